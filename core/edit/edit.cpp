// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/edit.h"

#include "core/base/text.h"
#include "core/edit/yaml_layout.h"
#include "core/spec/override.h"

#include <fmt/format.h>

#include <algorithm>

namespace sheaf::edit {

namespace {

constexpr std::size_t kStep = 2; // indentation of a map that is made, where no sister shows another

tl::unexpected<Error> refuse(const Edit& edit, const std::string& found, const std::string& allowed)
{
    return fail(ErrorCode::Invalid,
        { { "what", spec::textFromKeys(edit.path) }, { "found", found }, { "allowed", allowed } });
}

// ---- how a value is written --------------------------------------------------------------------

/// A wanted value: what it means, and whether its form was asked for.
struct Wanted
{
    spec::YamlNode node;
    std::string raw; // as given
    bool quoted = false;
};

std::string rendered(const Wanted& wanted, bool inFlow)
{
    if (!wanted.node.isScalar()) {
        return wanted.node.isNull() ? "null" : wanted.raw;
    }
    if (wanted.quoted) {
        return wanted.raw;
    }
    // Given plain, it means what YAML makes of it: a number stays one.
    return canBePlain(wanted.node.text, inFlow) ? wanted.node.text : singleQuoted(wanted.node.text);
}

/// nullopt: it is to be taken away.
Result<std::optional<Wanted>> wantedOf(const Edit& edit)
{
    if (!edit.value) {
        return std::optional<Wanted> {};
    }
    Wanted wanted;
    wanted.raw = *edit.value;
    if (edit.value->find('\n') != std::string::npos) {
        wanted.node.kind = spec::YamlNode::Kind::Scalar; // several lines are text, to the last blank
        wanted.node.text = *edit.value;
        return std::optional(wanted);
    }
    wanted.raw = std::string(text::trim(*edit.value));
    wanted.node = spec::valueFromText(wanted.raw);
    const bool begins = wanted.raw.starts_with('[') || (wanted.raw.starts_with('{') && !wanted.raw.starts_with("{{"));
    if (begins && wanted.node.isScalar()) {
        return refuse(edit, *edit.value, "it begins like a list or a map, but is none");
    }
    // Quotes that were understood are wanted as they are.
    wanted.quoted = wanted.node.isScalar() && !wanted.node.plain && !wanted.raw.empty() && wanted.node.text != wanted.raw;
    return std::optional(wanted);
}

// ---- where things lie --------------------------------------------------------------------------

/// A node on the way down: where it is written, and the key or item before it.
struct Place
{
    const spec::YamlNode* node = nullptr;
    const spec::YamlEntry* entry = nullptr; // null for the root and items of lists
    bool inFlow = false;
    std::size_t indent = 0; // column of the map or list that holds it
};

class Editor
{
public:
    Editor(const spec::YamlDocument& document, const Edit& edit, const std::optional<Wanted>& wanted)
        : m_document(document)
        , m_edit(edit)
        , m_wanted(wanted)
        , m_layout(document.text)
        , m_lines(m_layout.lines())
    {
    }

    Result<std::vector<TextPatch>> run()
    {
        Place place { &m_document.root, nullptr, false, 0 };
        place.inFlow = isFlow(m_document.root);
        for (std::size_t depth = 0; depth < m_edit.path.size(); ++depth) {
            const bool last = depth + 1 == m_edit.path.size();
            auto step = goDown(place, depth);
            if (!step) {
                return tl::unexpected<Error>(step.error());
            }
            if (!*step) {
                if (!m_wanted) {
                    return refuse(m_edit, "nothing", "there is no such entry to take away");
                }
                return add(place, depth, *m_wanted);
            }
            if (last) {
                return m_wanted ? replace(place, **step, *m_wanted) : takeAway(place, **step);
            }
            if (isElsewhere(**step)) {
                return refuse(m_edit, "an alias",
                    fmt::format("'{}' stands for the anchor in line {}: set the value there, or write the map out here",
                        m_edit.path[depth], (*step)->node->where.line));
            }
            place = **step;
        }
        return refuse(m_edit, "", "give a path");
    }

private:
    [[nodiscard]] bool isFlow(const spec::YamlNode& node) const { return m_layout.isFlow(node); }
    [[nodiscard]] bool isElsewhere(const Place& place) const { return place.entry != nullptr && m_layout.isElsewhere(*place.entry); }

    /// The entry or item that the path names next; nullopt when it is not there.
    Result<std::optional<Place>> goDown(const Place& from, std::size_t depth) const
    {
        const std::string& key = m_edit.path[depth];
        const spec::YamlNode& node = *from.node;
        if (node.isMap()) {
            for (const auto& entry : node.entries) {
                if (entry.key == key) {
                    return Place { &entry.value, &entry, from.inFlow || isFlow(entry.value), columnOf(node) };
                }
            }
            if (const auto* whole = keyWithDots(node, depth)) {
                return refuse(m_edit, fmt::format("the key '{}'", *whole),
                    fmt::format("a key with a dot is written in quotes: {}", withWholeKey(depth, *whole)));
            }
            return std::nullopt;
        }
        if (node.isList()) {
            const auto number = text::toInt(key);
            if (!number || *number < 0 || *number > std::ssize(node.items)) {
                return refuse(m_edit, key, fmt::format("this is a list of {} items, numbered from 0", node.items.size()));
            }
            if (*number == std::ssize(node.items)) {
                return std::nullopt;
            }
            const spec::YamlNode& item = node.items[static_cast<std::size_t>(*number)];
            if (item.where.begin < node.where.begin || item.where.end > node.where.end) {
                return refuse(m_edit, "an alias", fmt::format("the item stands for the anchor in line {}", item.where.line));
            }
            return Place { &item, nullptr, from.inFlow || isFlow(item), columnOf(node) };
        }
        if (node.isNull()) {
            return std::nullopt;
        }
        return refuse(m_edit, node.words(),
            fmt::format("'{}' is a value, which has no '{}' in it", joined(depth), key));
    }

    [[nodiscard]] std::string joined(std::size_t depth) const
    {
        return spec::textFromKeys(std::vector<std::string>(m_edit.path.begin(), m_edit.path.begin() + static_cast<std::ptrdiff_t>(depth)));
    }

    /// A key of the map that the path, from `depth` on, names when its dots are no steps down.
    [[nodiscard]] const std::string* keyWithDots(const spec::YamlNode& map, std::size_t depth) const
    {
        std::string name = m_edit.path[depth];
        for (std::size_t i = depth + 1; i < m_edit.path.size(); ++i) {
            name += "." + m_edit.path[i];
            for (const auto& entry : map.entries) {
                if (entry.key == name) {
                    return &entry.key;
                }
            }
        }
        return nullptr;
    }

    [[nodiscard]] std::string withWholeKey(std::size_t depth, const std::string& whole) const
    {
        std::vector<std::string> keys(m_edit.path.begin(), m_edit.path.begin() + static_cast<std::ptrdiff_t>(depth));
        keys.push_back(whole);
        const std::ptrdiff_t eaten = std::count(whole.begin(), whole.end(), '.') + 1;
        keys.insert(keys.end(), m_edit.path.begin() + static_cast<std::ptrdiff_t>(depth) + eaten, m_edit.path.end());
        return spec::textFromKeys(keys);
    }

    [[nodiscard]] std::size_t columnOf(const spec::YamlNode& node) const { return m_layout.columnOf(node); }

    // ---- set what is there -----------------------------------------------------------------------

    Result<std::vector<TextPatch>> replace(const Place& parent, const Place& place, const Wanted& wanted)
    {
        const spec::YamlNode& old = *place.node;
        if (place.entry != nullptr && place.entry->merged) { // a key of its own goes before what `<<` brings
            return addToMap(parent, m_edit.path.size() - 1, wanted);
        }
        if (place.entry != nullptr) {
            if (const auto alias = m_layout.aliasOf(*place.entry)) {
                return std::vector<TextPatch> { { alias->begin, alias->end, rendered(wanted, place.inFlow) } };
            }
        }
        if (old.isMap() || old.isList()) {
            if (wanted.node.isScalar() || wanted.node.isNull()) {
                return refuse(m_edit, old.words(), "set a key in it, give a whole [list] or {map}, or take it away first (--unset)");
            }
            if (isFlow(old)) {
                return std::vector<TextPatch> { { old.where.begin, old.where.end, wanted.raw } };
            }
            if (place.entry == nullptr) {
                return std::vector<TextPatch> { { old.where.begin, old.where.end, wanted.raw } };
            }
            return std::vector<TextPatch> { { m_layout.behindColon(*place.entry), old.where.end, " " + wanted.raw } };
        }
        if (old.isNull()) {
            const bool word = old.where.end > old.where.begin;
            std::string text = wanted.node.isScalar() && isLong(wanted) && !place.inFlow && canBeBlock(old, wanted)
                ? blockText(wanted.node.text, place.indent + kStep, m_lines.eol(), "")
                : rendered(wanted, place.inFlow);
            return std::vector<TextPatch> { { old.where.begin, old.where.end, (word ? "" : " ") + text } };
        }
        return replaceScalar(place, wanted);
    }

    /// What stands behind the value, be it a blank, would become part of a block text; and without a last line end a text has none either.
    [[nodiscard]] bool canBeBlock(const spec::YamlNode& node, const Wanted& wanted) const
    {
        const std::size_t end = node.where.end;
        return end >= m_lines.end(end) && (end < m_lines.bytes().size() || !wanted.node.text.ends_with('\n'));
    }

    static bool isLong(const Wanted& wanted)
    {
        return !wanted.quoted && wanted.node.text.find('\n') != std::string::npos;
    }

    Result<std::vector<TextPatch>> replaceScalar(const Place& place, const Wanted& wanted)
    {
        const spec::YamlNode& old = *place.node;
        const char first = m_lines.bytes()[std::min(old.where.begin, m_lines.bytes().size() - 1)];
        const bool quotes = first == '"' || first == '\'';
        const bool isBlock = !place.inFlow && (first == '|' || first == '>') && !old.plain;
        if (wanted.node.isScalar() && old.text == wanted.node.text && (wanted.quoted == (quotes || isBlock) || !wanted.quoted)) {
            return std::vector<TextPatch> {};
        }
        std::string text;
        if (!wanted.node.isScalar() || wanted.quoted) {
            text = rendered(wanted, place.inFlow);
        } else if (isBlock) {
            return replaceBlock(place, wanted);
        } else if (first == '"') {
            text = doubleQuoted(wanted.node.text);
        } else if (first == '\'') {
            text = singleQuoted(wanted.node.text);
        } else if (isLong(wanted) && !place.inFlow && canBeBlock(old, wanted)) {
            text = blockText(wanted.node.text, place.indent + kStep, m_lines.eol(), "");
        } else {
            text = rendered(wanted, place.inFlow);
        }
        return std::vector<TextPatch> { { old.where.begin, old.where.end, std::move(text) } };
    }

    /// A block text stays one, with its indentation and what stands behind its sign, when the new value has lines.
    Result<std::vector<TextPatch>> replaceBlock(const Place& place, const Wanted& wanted)
    {
        const spec::SourceRange& where = place.node->where;
        const std::size_t signEnd = std::min(m_lines.bytes().find_first_not_of("|>0123456789+-", where.begin), m_lines.bytes().size());
        const std::string rest(m_lines.bytes().substr(signEnd, m_lines.end(signEnd) - signEnd));
        if (!isLong(wanted)) {
            // What stood behind the sign stays behind the value.
            return std::vector<TextPatch> { { where.begin, where.end, rendered(wanted, false) + rest } };
        }
        std::size_t indent = place.indent + kStep;
        for (std::size_t at = m_lines.next(signEnd); at < where.end; at = m_lines.next(at)) {
            const std::size_t text = m_lines.skipBlanks(at);
            if (text < m_lines.end(at)) {
                indent = text - at;
                break;
            }
        }
        const std::size_t end = std::max(where.end, std::min(m_lines.skipBlanks(where.end), m_lines.end(where.end))); // blanks there are its text
        const bool hasLineEnd = end < m_lines.bytes().size() || !wanted.node.text.ends_with('\n');
        return std::vector<TextPatch> { { where.begin, end,
            hasLineEnd ? blockText(wanted.node.text, indent, m_lines.eol(), rest) : doubleQuoted(wanted.node.text) + rest } };
    }

    // ---- add what is not there -------------------------------------------------------------------

    Result<std::vector<TextPatch>> add(const Place& parent, std::size_t depth, const Wanted& wanted)
    {
        const spec::YamlNode& node = *parent.node;
        if (node.isList()) {
            if (depth + 1 != m_edit.path.size()) {
                return refuse(m_edit, m_edit.path[depth], "append the item whole: {key: value}");
            }
            return addToList(parent, wanted);
        }
        if (node.isMap()) {
            return addToMap(parent, depth, wanted);
        }
        return addToNothing(parent, depth, wanted);
    }

    /// The keys from `depth` on with the value, as they stand in a flow map or on lines of their own.
    std::string entryText(std::size_t depth, const Wanted& wanted, bool inFlow, std::size_t indent) const
    {
        std::string text;
        for (std::size_t i = depth; i < m_edit.path.size(); ++i) {
            const bool last = i + 1 == m_edit.path.size();
            const std::string key = asText(m_edit.path[i], inFlow);
            if (inFlow) {
                text += key + ": " + (last ? rendered(wanted, true) : "{");
            } else {
                text += std::string(i == depth ? 0 : indent + (i - depth) * kStep, ' ') + key + ":";
                const std::size_t inner = indent + (i - depth + 1) * kStep;
                text += !last ? m_lines.eol()
                    : wanted.node.isScalar() && isLong(wanted) ? " " + blockText(wanted.node.text, inner, m_lines.eol(), "")
                                                               : " " + rendered(wanted, false);
            }
        }
        return inFlow ? text + std::string(m_edit.path.size() - depth - 1, '}') : text;
    }

    Result<std::vector<TextPatch>> addToMap(const Place& parent, std::size_t depth, const Wanted& wanted)
    {
        const spec::YamlNode& map = *parent.node;
        const spec::YamlEntry* last = nullptr;
        for (const auto& entry : map.entries) {
            last = entry.merged || (last != nullptr && last->keyWhere.begin > entry.keyWhere.begin) ? last : &entry;
        }
        if (isFlow(map) || parent.inFlow) {
            if (last != nullptr) {
                const std::size_t at = m_layout.valueEnd(*last);
                return std::vector<TextPatch> { { at, at, ", " + entryText(depth, wanted, true, 0) } };
            }
            const std::size_t at = map.where.begin + 1;
            return std::vector<TextPatch> { { at, at, entryText(depth, wanted, true, 0) + (map.entries.empty() ? "" : ", ") } };
        }
        const std::size_t indent = columnOf(map);
        const std::string text = entryText(depth, wanted, false, indent);
        if (last == nullptr) { // all it has came through `<<`: before that
            const std::size_t at = map.where.begin;
            return std::vector<TextPatch> { { at, at, text + m_lines.eol() + std::string(indent, ' ') } };
        }
        return std::vector<TextPatch> { lineAfter(m_layout.entryEnd(*last), std::string(indent, ' ') + text) };
    }

    Result<std::vector<TextPatch>> addToList(const Place& parent, const Wanted& wanted)
    {
        const spec::YamlNode& list = *parent.node;
        if (isFlow(list) || parent.inFlow) {
            const std::size_t at = list.items.empty() ? list.where.begin + 1 : list.items.back().where.end;
            return std::vector<TextPatch> { { at, at, (list.items.empty() ? "" : ", ") + rendered(wanted, true) } };
        }
        const std::size_t dash = m_lines.bytes().rfind('-', list.items.back().where.begin);
        if (dash == std::string_view::npos || dash < m_lines.begin(list.where.begin)) {
            return refuse(m_edit, "a list", "its last item cannot be found");
        }
        return std::vector<TextPatch> { lineAfter(
            m_layout.blockEnd(list.items.back().where), std::string(m_lines.column(dash), ' ') + "- " + rendered(wanted, false)) };
    }

    /// Into `key:` without a value, or an empty file.
    Result<std::vector<TextPatch>> addToNothing(const Place& parent, std::size_t depth, const Wanted& wanted)
    {
        if (parent.entry == nullptr) {
            if (depth != 0) {
                return refuse(m_edit, "an empty item", "write the item out");
            }
            const std::size_t size = m_lines.bytes().size();
            const bool onNewLine = size == m_document.text.bodyOffset() || m_lines.bytes().back() == '\n';
            return std::vector<TextPatch> { { size, size, (onNewLine ? "" : m_lines.eol()) + entryText(0, wanted, false, 0) + m_lines.eol() } };
        }
        const spec::SourceRange& where = parent.node->where;
        if (parent.inFlow) {
            return std::vector<TextPatch> { { where.begin, where.end, (where.begin == where.end ? " {" : "{") + entryText(depth, wanted, true, 0) + "}" } };
        }
        const std::size_t indent = parent.indent + kStep;
        std::vector<TextPatch> patches;
        if (where.end > where.begin) { // the word null or ~ goes
            patches.push_back({ m_layout.behindColon(*parent.entry), where.end, "" });
        }
        patches.push_back(lineAfter(where.end, std::string(indent, ' ') + entryText(depth, wanted, false, indent)));
        return patches;
    }

    /// A new line behind the line that holds `at`.
    [[nodiscard]] TextPatch lineAfter(std::size_t at, const std::string& line) const
    {
        const std::size_t end = m_lines.end(at);
        return { end, end, m_lines.eol() + line };
    }

    // ---- take away -------------------------------------------------------------------------------

    Result<std::vector<TextPatch>> takeAway(const Place& parent, const Place& place)
    {
        const spec::YamlNode& holder = *parent.node;
        if (place.entry != nullptr && place.entry->merged) {
            return refuse(m_edit, "a key that comes through <<", "take it away at the anchor");
        }
        // Its place among its sisters, as written.
        std::vector<spec::SourceRange> all;
        std::size_t own = 0;
        const auto put = [&](std::size_t begin, std::size_t end, bool isOwn) {
            own = isOwn ? all.size() : own;
            all.push_back({ begin, end, 0, 0 });
        };
        for (const auto& entry : holder.entries) {
            if (!entry.merged) {
                put(entry.keyWhere.begin, isFlow(holder) || parent.inFlow ? m_layout.valueEnd(entry) : m_layout.entryEnd(entry), &entry == place.entry);
            }
        }
        for (const auto& item : holder.items) {
            put(item.where.begin, isFlow(holder) || parent.inFlow ? item.where.end : m_layout.blockEnd(m_layout.lastLeaf(item).where), &item == place.node);
        }
        if (isFlow(holder) || parent.inFlow) {
            return std::vector<TextPatch> { fromFlow(all, own) };
        }
        return fromBlock(parent, holder, all, own);
    }

    static TextPatch fromFlow(const std::vector<spec::SourceRange>& all, std::size_t own)
    {
        if (own + 1 < all.size()) {
            return { all[own].begin, all[own + 1].begin, "" };
        }
        return { own > 0 ? all[own - 1].end : all[own].begin, all[own].end, "" };
    }

    Result<std::vector<TextPatch>> fromBlock(
        const Place& parent, const spec::YamlNode& holder, const std::vector<spec::SourceRange>& all, std::size_t own)
    {
        const std::string_view bytes = m_lines.bytes();
        std::size_t begin = all[own].begin;
        if (holder.isList()) {
            begin = bytes.rfind('-', begin);
            if (begin == bytes.npos) {
                return refuse(m_edit, "a list", "the item cannot be found");
            }
        }
        if (all.size() == 1) { // an empty map or list stays one
            const char* nothing = holder.isList() ? "[]" : "{}";
            if (parent.entry == nullptr || !m_lines.onlyBlanksBefore(begin)) {
                return std::vector<TextPatch> { { begin, all[own].end, nothing } };
            }
            const std::size_t colon = m_layout.behindColon(*parent.entry);
            return std::vector<TextPatch> { { colon, colon, std::string(" ") + nothing }, wholeLines(begin, all[own].end) };
        }
        if (!m_lines.onlyBlanksBefore(begin)) { // behind a dash: the next one takes its place
            return std::vector<TextPatch> { { begin, all[own + 1].begin, "" } };
        }
        return std::vector<TextPatch> { wholeLines(begin, all[own].end) };
    }

    [[nodiscard]] TextPatch wholeLines(std::size_t from, std::size_t to) const
    {
        std::size_t begin = from - m_lines.column(from);
        const std::size_t end = m_lines.next(to);
        const bool unended = end == m_lines.bytes().size() && (end == 0 || m_lines.bytes()[end - 1] != '\n');
        if (unended && begin > m_document.text.bodyOffset()) { // the last line had no end; so has the one before it now
            begin = m_lines.end(m_lines.begin(begin - 1));
        }
        return { begin, end, "" };
    }

    const spec::YamlDocument& m_document;
    const Edit& m_edit;
    const std::optional<Wanted>& m_wanted; // nullopt: to be taken away
    YamlLayout m_layout;
    const Lines& m_lines;
};

// ---- the proof -----------------------------------------------------------------------------------

bool sameTree(const spec::YamlNode& a, const spec::YamlNode& b)
{
    return a.kind == b.kind && a.text == b.text && (!a.isScalar() || a.plain == b.plain)
        && std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), sameTree)
        && std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
            [](const spec::YamlEntry& x, const spec::YamlEntry& y) { return x.key == y.key && sameTree(x.value, y.value); });
}

bool sameValue(const spec::YamlNode& a, const spec::YamlNode& b)
{
    return a.kind == b.kind && a.text == b.text
        && std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), sameValue)
        && std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
            [](const spec::YamlEntry& x, const spec::YamlEntry& y) { return x.key == y.key && sameValue(x.value, y.value); });
}

spec::YamlNode* descend(spec::YamlNode& root, const std::vector<std::string>& path, std::size_t count)
{
    spec::YamlNode* node = &root;
    for (std::size_t i = 0; i < count && node != nullptr; ++i) {
        if (node->isList()) {
            const auto number = text::toInt(path[i]);
            node = number && *number >= 0 && *number < std::ssize(node->items) ? &node->items[static_cast<std::size_t>(*number)] : nullptr;
        } else {
            node = node->find(path[i]);
        }
    }
    return node;
}

/// Takes every value that is written at this place out of a tree: through aliases and `<<` it may be in several.
void cutOutAll(spec::YamlNode& node, const spec::SourceRange& where)
{
    if (where.begin == where.end) {
        return;
    }
    const auto isThere = [&](const spec::YamlNode& value) { return value.where.begin == where.begin && value.where.end == where.end; };
    std::erase_if(node.items, isThere);
    std::erase_if(node.entries, [&](const spec::YamlEntry& entry) { return isThere(entry.value); });
    for (auto& item : node.items) {
        cutOutAll(item, where);
    }
    for (auto& entry : node.entries) {
        cutOutAll(entry.value, where);
    }
}

/// Whether the value at this path lies at an anchor elsewhere, so that the edit gives the place a value of its own.
bool comesFromElsewhere(const spec::YamlDocument& document, const std::vector<std::string>& path)
{
    spec::YamlNode root = document.root;
    const spec::YamlNode* holder = descend(root, path, path.size() - 1);
    if (holder == nullptr || !holder->isMap()) {
        return false;
    }
    const auto entry = std::find_if(holder->entries.begin(), holder->entries.end(), [&](const auto& one) { return one.key == path.back(); });
    return entry != holder->entries.end() && YamlLayout(document.text).isElsewhere(*entry);
}

/// Takes the edited place out of a tree, so that the rest can be compared.
void cutOut(spec::YamlNode& root, const std::vector<std::string>& path)
{
    spec::YamlNode* holder = descend(root, path, path.size() - 1);
    if (holder == nullptr) {
        return;
    }
    if (holder->isList()) {
        if (const auto number = text::toInt(path.back()); number && *number < std::ssize(holder->items)) {
            holder->items.erase(holder->items.begin() + static_cast<std::ptrdiff_t>(*number));
        }
    } else {
        std::erase_if(holder->entries, [&](const spec::YamlEntry& entry) { return entry.key == path.back(); });
    }
}

/// A map that only holds what was cut out of it says no more than nothing.
void dropEmpty(spec::YamlNode& root, const std::vector<std::string>& path)
{
    for (std::size_t depth = path.size() - 1; depth > 0; --depth) {
        const std::vector<std::string> here(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
        const spec::YamlNode* node = descend(root, here, depth);
        if (node == nullptr) {
            continue;
        }
        if (!node->isNull() && (!node->isMap() || !node->entries.empty())) {
            return;
        }
        cutOut(root, here);
    }
}

/// Does the new text read as the old one with this one change? What hangs on a changed anchor changes with it, and nothing else.
bool saysWhatWasMeant(const spec::YamlDocument& before, const spec::YamlDocument& after, const Edit& edit, const std::optional<Wanted>& wanted)
{
    if (spec::hasErrors(after.diagnostics) && !spec::hasErrors(before.diagnostics)) {
        return false;
    }
    spec::YamlNode old = before.root;
    spec::YamlNode now = after.root;
    spec::YamlNode* found = descend(now, edit.path, edit.path.size());
    const spec::YamlNode* holder = descend(old, edit.path, edit.path.size() - 1);
    const bool inList = holder != nullptr && holder->isList();
    if (wanted ? found == nullptr || !sameValue(*found, wanted->node) : found != nullptr && !inList) {
        return false;
    }
    const bool hasAnchors = before.text.bytes().find('&') != std::string::npos && !comesFromElsewhere(before, edit.path);
    const spec::YamlNode* there = descend(old, edit.path, edit.path.size());
    const spec::SourceRange oldWhere = hasAnchors && there != nullptr ? there->where : spec::SourceRange {};
    const spec::SourceRange newWhere = hasAnchors && wanted ? found->where : spec::SourceRange {};
    cutOut(old, edit.path);
    if (wanted || !inList) { // the item behind one that was taken away has its number now
        cutOut(now, edit.path);
    }
    cutOutAll(old, oldWhere);
    cutOutAll(now, newWhere);
    dropEmpty(old, edit.path);
    dropEmpty(now, edit.path);
    const bool bothEmpty = (old.isNull() || (old.isMap() && old.entries.empty())) && (now.isNull() || (now.isMap() && now.entries.empty()));
    return bothEmpty || sameTree(old, now);
}

} // namespace

Result<std::vector<TextPatch>> unprovedPatchesFor(const spec::YamlDocument& document, const Edit& edit)
{
    if (edit.path.empty() || std::any_of(edit.path.begin(), edit.path.end(), [](const auto& key) { return key.empty(); })) {
        return refuse(edit, "an empty key", "write it as jobs.STEP.resources.instance_count");
    }
    if (spec::hasErrors(document.diagnostics)) {
        return refuse(edit, "a file that is no YAML", "mend it first: " + document.diagnostics.front().message);
    }
    const auto wanted = wantedOf(edit);
    if (!wanted) {
        return tl::unexpected<Error>(wanted.error());
    }
    auto patches = Editor(document, edit, *wanted).run();
    if (patches) {
        std::sort(patches->begin(), patches->end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    }
    return patches;
}

Result<std::vector<TextPatch>> patchesFor(const spec::YamlDocument& document, const Edit& edit)
{
    auto patches = unprovedPatchesFor(document, edit);
    if (!patches || patches->empty()) {
        return patches;
    }
    const spec::YamlDocument after = spec::parseYaml(spec::SourceText(document.text.file(), patched(document.text.bytes(), *patches)));
    if (!saysWhatWasMeant(document, after, edit, *wantedOf(edit))) {
        if (edit.value && edit.value->find('\n') != std::string::npos) { // a block text does not fit here: a comment behind it would be its last line
            return patchesFor(document, { edit.path, doubleQuoted(*edit.value) });
        }
        return refuse(edit, edit.value.value_or("--unset"),
            "this place is written in a way that cannot be changed safely here: change it in the text");
    }
    return patches;
}

std::string patched(std::string_view text, const std::vector<TextPatch>& patches)
{
    std::string all;
    std::size_t at = 0;
    for (const auto& patch : patches) {
        all.append(text.substr(at, patch.begin - at));
        all += patch.text;
        at = patch.end;
    }
    return all.append(text.substr(at));
}

std::vector<TextPatch> inverseOf(std::string_view text, const std::vector<TextPatch>& patches)
{
    std::vector<TextPatch> inverse;
    std::ptrdiff_t moved = 0;
    for (const auto& patch : patches) {
        const auto begin = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(patch.begin) + moved);
        inverse.push_back({ begin, begin + patch.text.size(), std::string(text.substr(patch.begin, patch.end - patch.begin)) });
        moved += static_cast<std::ptrdiff_t>(patch.text.size()) - static_cast<std::ptrdiff_t>(patch.end - patch.begin);
    }
    return inverse;
}

} // namespace sheaf::edit
