// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/text_draft.h"

#include "core/base/text.h"
#include "core/edit/new_entries.h"
#include "core/edit/yaml_layout.h"
#include "core/spec/override.h"

#include <algorithm>
#include <map>
#include <set>

namespace sheaf::edit {

namespace {

spec::YamlNode mapWith(const std::string& key, spec::YamlNode value)
{
    spec::YamlNode map;
    map.kind = spec::YamlNode::Kind::Map;
    map.entries.push_back({ key, {}, std::move(value), false });
    return map;
}

/// Up to `count` blanks less at the head of each line.
std::string dedented(std::string_view lines, std::size_t count)
{
    std::vector<std::string> all = text::split(lines, '\n');
    for (auto& line : all) {
        const std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
        line.erase(0, std::min(blanks, count));
    }
    return text::join(all, "\n");
}

/// Whether bytes between values name an anchor: comments do not count.
bool namesAnchor(std::string_view gap)
{
    for (std::size_t i = 0; i < gap.size(); ++i) {
        if (gap[i] == '#') {
            i = std::min(gap.find('\n', i), gap.size());
        } else if (gap[i] == '&') {
            return true;
        }
    }
    return false;
}

bool hasAnchor(const YamlLayout& layout, const spec::YamlEntry& entry);

bool hasAnchorInside(const YamlLayout& layout, const spec::YamlNode& node)
{
    std::size_t last = node.where.begin;
    for (const auto& item : node.items) {
        if (item.where.begin >= last && item.where.end <= node.where.end) {
            if (namesAnchor(layout.lines().bytes().substr(last, item.where.begin - last)) || hasAnchorInside(layout, item)) {
                return true;
            }
            last = item.where.end;
        }
    }
    return std::any_of(node.entries.begin(), node.entries.end(), [&](const spec::YamlEntry& entry) { return hasAnchor(layout, entry); });
}

bool hasAnchor(const YamlLayout& layout, const spec::YamlEntry& entry)
{
    if (layout.isElsewhere(entry)) {
        return false;
    }
    const std::size_t from = layout.behindColon(entry);
    const std::size_t to = std::max(from, entry.value.where.begin);
    return namesAnchor(layout.lines().bytes().substr(from, to - from)) || hasAnchorInside(layout, entry.value);
}

bool readsAs(const std::string& block, const spec::YamlNode& wanted)
{
    for (const char* end : { "\n", "" }) { // a block text counts the line end behind it
        const spec::YamlDocument document = spec::parseYaml(spec::SourceText("", block + end));
        if (!spec::hasErrors(document.diagnostics) && sameMeaning(document.root, wanted)) {
            return true;
        }
    }
    return false;
}

/// Carries the edit out on a tree; false when its path leads nowhere.
bool carryOut(spec::YamlNode& root, const Edit& edit)
{
    spec::YamlNode* node = &root;
    for (const auto& key : edit.path) {
        const bool isLast = &key == &edit.path.back();
        if (node->isList()) {
            const auto number = text::toInt(key);
            if (!number || *number < 0 || *number >= std::ssize(node->items)) {
                return false;
            }
            if (isLast && !edit.value) {
                node->items.erase(node->items.begin() + static_cast<std::ptrdiff_t>(*number));
                return true;
            }
            node = &node->items[static_cast<std::size_t>(*number)];
            continue;
        }
        if (node->isScalar()) {
            return false;
        }
        if (isLast && !edit.value) {
            return std::erase_if(node->entries, [&](const spec::YamlEntry& entry) { return entry.key == key; }) > 0;
        }
        node->kind = spec::YamlNode::Kind::Map;
        if (node->find(key) == nullptr) {
            node->entries.push_back({ key, {}, {}, false });
        }
        node = node->find(key);
    }
    *node = edit.value->find('\n') == std::string::npos ? spec::valueFromText(std::string(text::trim(*edit.value))) : spec::YamlNode {};
    if (edit.value->find('\n') != std::string::npos) {
        node->kind = spec::YamlNode::Kind::Scalar;
        node->text = *edit.value;
    }
    return true;
}

// ---- expressions -------------------------------------------------------------------------------

void eachNode(spec::YamlNode& node, const std::function<void(spec::YamlNode&)>& visit)
{
    visit(node);
    for (auto& item : node.items) {
        eachNode(item, visit);
    }
    for (auto& entry : node.entries) {
        eachNode(entry.value, visit);
    }
}

void eachScalarBelow(const YamlLayout& layout, const spec::YamlNode& node, KeyPath& path,
    const std::function<void(const KeyPath&, const spec::YamlNode&)>& visit)
{
    if (node.isScalar()) {
        visit(path, node);
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const spec::SourceRange& where = node.items[i].where;
        if (where.begin >= node.where.begin && where.end <= node.where.end) {
            path.push_back(std::to_string(i));
            eachScalarBelow(layout, node.items[i], path, visit);
            path.pop_back();
        }
    }
    for (const auto& entry : node.entries) {
        if (!layout.isElsewhere(entry)) {
            path.push_back(entry.key);
            eachScalarBelow(layout, entry.value, path, visit);
            path.pop_back();
        }
    }
}

/// What messages call the file.
std::string calledIn(const spec::YamlDocument& document)
{
    return document.text.file().empty() ? "the job file" : document.text.file();
}

/// In order of place; false when two of them meet.
bool sortApart(std::vector<TextPatch>& patches)
{
    std::sort(patches.begin(), patches.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    const auto meets = [](const TextPatch& a, const TextPatch& b) { return a.end > b.begin || a.begin == b.begin; };
    return std::adjacent_find(patches.begin(), patches.end(), meets) == patches.end();
}

/// See TextDraft::blockOf().
std::string linesOf(const spec::YamlDocument& document, const spec::YamlEntry& entry, bool isInFlow, bool withKey)
{
    const YamlLayout layout(document.text);
    const Lines& lines = layout.lines();
    const spec::YamlNode wanted = withKey ? mapWith(entry.key, entry.value) : entry.value;
    if (layout.isElsewhere(entry) || hasAnchor(layout, entry)) {
        return writtenOut(wanted);
    }
    const std::size_t key = entry.keyWhere.begin;
    const std::size_t end = isInFlow ? layout.valueEnd(entry) : lines.end(layout.entryEnd(entry));
    const std::size_t value = lines.skipBlanks(layout.behindColon(entry));
    const bool isBelow = entry.value.where.begin >= lines.next(key);
    std::size_t from = key;
    std::size_t column = lines.column(key);
    if (!withKey) {
        from = std::min(isBelow ? lines.next(key) : value, end);
        column = isBelow ? layout.columnOf(entry.value) : column;
    }
    const std::string block = dedented(withPlainLineEnds(lines.bytes().substr(from, end - from)), column);
    return readsAs(block, wanted) ? block : writtenOut(wanted);
}

} // namespace

std::string rewritten(std::string_view text, const TextDraft::Rewrite& rewrite)
{
    return spec::replaceExpressions(text, [&](const spec::Expression& expression) {
        const std::string raw(text.substr(expression.begin, expression.end - expression.begin));
        return rewrite(expression, raw).value_or(raw);
    });
}

// ---- the draft ---------------------------------------------------------------------------------

TextDraft::TextDraft(spec::YamlDocument document)
    : m_document(std::move(document))
{
}

Result<TextDraft> TextDraft::of(const std::string& text, const std::string& file)
{
    TextDraft draft(spec::parseYaml(spec::SourceText(file, text)));
    const auto& found = draft.m_document.diagnostics;
    const auto bad = std::find_if(found.begin(), found.end(), [](const spec::Diagnostic& one) { return one.severity == spec::Severity::Error; });
    if (bad != found.end()) {
        return refused(calledIn(draft.m_document), bad->found, "it must be YAML first: " + bad->message);
    }
    return draft;
}

const spec::YamlNode* TextDraft::find(const KeyPath& path) const
{
    const spec::YamlNode* node = &m_document.root;
    for (const auto& key : path) {
        node = node == nullptr ? nullptr : node->find(key);
    }
    return node;
}

const spec::YamlEntry* TextDraft::ownEntry(const KeyPath& path) const
{
    const YamlLayout layout(m_document.text);
    const spec::YamlNode* node = &m_document.root;
    const spec::YamlEntry* last = nullptr;
    for (const auto& key : path) {
        if (last != nullptr && layout.isElsewhere(*last)) {
            return nullptr; // only the last value may be an alias
        }
        const auto found = std::find_if(node->entries.begin(), node->entries.end(), [&](const spec::YamlEntry& entry) { return entry.key == key; });
        if (found == node->entries.end() || found->merged) {
            return nullptr;
        }
        last = &*found;
        node = &found->value;
    }
    return last;
}

Result<std::string> TextDraft::blockOf(const KeyPath& path, bool withKey) const
{
    const YamlLayout layout(m_document.text);
    const spec::YamlNode* holder = &m_document.root;
    const spec::YamlEntry* last = nullptr;
    bool inFlow = false;
    for (const auto& key : path) {
        inFlow = inFlow || layout.isFlow(*holder);
        const auto found = std::find_if(holder->entries.begin(), holder->entries.end(), [&](const spec::YamlEntry& entry) { return entry.key == key; });
        if (found == holder->entries.end()) {
            return refused(dotted(path), "nothing", "there is no such entry");
        }
        last = &*found;
        holder = &found->value;
    }
    if (last == nullptr) {
        return refused(dotted(path), "nothing", "it must be an entry of a map");
    }
    return linesOf(m_document, *last, inFlow, withKey);
}

void TextDraft::eachScalar(const std::function<void(const KeyPath&, const spec::YamlNode&)>& visit) const
{
    KeyPath path;
    eachScalarBelow(YamlLayout(m_document.text), m_document.root, path, visit);
}

Result<void> TextDraft::set(const KeyPath& path, const std::string& value)
{
    return change({ { path, value } });
}

Result<void> TextDraft::unset(const KeyPath& path)
{
    return change({ { path, std::nullopt } });
}

Result<void> TextDraft::change(const std::vector<Edit>& edits)
{
    std::vector<Edit> rest = edits;
    while (!rest.empty()) {
        // Entries of one map that go at once would cut into each other: one of them for each round.
        std::set<KeyPath> holders;
        std::vector<Edit> round;
        std::vector<Edit> later;
        for (auto& edit : rest) {
            const KeyPath holder(edit.path.begin(), edit.path.end() - std::min<std::ptrdiff_t>(1, std::ssize(edit.path)));
            (holders.insert(holder).second ? round : later).push_back(std::move(edit));
        }
        const auto together = [this](std::span<const Edit> some) { return changeTogether(some); };
        if (auto done = inHalves<Edit>(round, together, [this](const Edit& edit) { return changeOne(edit); }); !done) {
            return done;
        }
        rest = std::move(later);
    }
    return {};
}

bool TextDraft::changeTogether(std::span<const Edit> edits)
{
    std::vector<TextPatch> all;
    spec::YamlNode expected = root();
    for (const auto& edit : edits) {
        const auto patches = unprovedPatchesFor(m_document, edit);
        if (!patches || !carryOut(expected, edit)) {
            return false;
        }
        all.insert(all.end(), patches->begin(), patches->end());
    }
    return sortApart(all) && (all.empty() || take(all, expected, {}));
}

bool TextDraft::changeTexts(const std::vector<TextChange>& changes)
{
    std::vector<TextPatch> patches;
    for (const auto& change : changes) {
        patches.push_back(change.patch);
    }
    if (!sortApart(patches)) {
        return false;
    }
    spec::YamlDocument after = read(patched(text(), patches));
    if (spec::hasErrors(after.diagnostics)) {
        return false;
    }
    spec::YamlNode rest = after.root;
    for (const auto& change : changes) {
        const spec::YamlNode* was = find(change.path);
        spec::YamlNode* now = &rest;
        for (const auto& key : change.path) {
            now = now == nullptr ? nullptr : now->find(key);
        }
        if (was == nullptr || now == nullptr || !now->isScalar() || !change.isMeant(now->text)) {
            return false;
        }
        now->text = was->text; // what is left to compare is the rest
    }
    if (!sameMeaning(rest, root())) {
        return false;
    }
    m_document = std::move(after);
    return true;
}

void TextDraft::takeProved(const std::vector<TextPatch>& patches)
{
    if (!patches.empty()) {
        m_document = read(patched(text(), patches));
    }
}

spec::YamlDocument TextDraft::read(std::string text) const
{
    return spec::parseYaml(spec::SourceText(m_document.text.file(), std::move(text)));
}

/// With the kinder proof of edit.h: what hangs on an anchor may change with it.
Result<void> TextDraft::changeOne(const Edit& edit)
{
    const auto patches = patchesFor(m_document, edit);
    if (!patches && !endsItsLastLine()) {
        return withLastLineEnd([&](TextDraft& draft) { return draft.changeOne(edit); });
    }
    if (!patches) {
        return tl::unexpected<Error>(patches.error());
    }
    takeProved(*patches);
    return {};
}

Result<void> TextDraft::put(const KeyPath& parent, const std::vector<Block>& blocks)
{
    std::vector<NewEntry> entries;
    for (const auto& [key, block] : blocks) {
        auto entry = newEntryOf(parent, key, block);
        if (!entry) {
            return tl::unexpected<Error>(entry.error());
        }
        entries.push_back(std::move(*entry));
    }
    if (entries.empty()) {
        return {};
    }
    const auto plan = planPut(m_document, parent, entries);
    if (!plan) {
        return tl::unexpected<Error>(plan.error());
    }
    Result<void> done;
    for (const auto& way : plan->ways) {
        done = take(way, plan->expected, parent);
        if (done) {
            return done;
        }
    }
    return endsItsLastLine() ? done : withLastLineEnd([&](TextDraft& draft) { return draft.put(parent, blocks); });
}

Result<void> TextDraft::replaceValue(const KeyPath& path, const std::string& block)
{
    const spec::YamlEntry* entry = ownEntry(path);
    if (entry == nullptr) {
        return refused(dotted(path), "nothing", "it must be there, written at its place");
    }
    const KeyPath parent(path.begin(), path.end() - 1);
    auto made = newEntryOf(parent, path.back(), block);
    if (!made) {
        return tl::unexpected<Error>(made.error());
    }
    spec::YamlNode expected = root();
    spec::YamlNode* place = &expected;
    bool inFlow = false;
    const YamlLayout layout(m_document.text);
    for (const auto& key : path) {
        inFlow = inFlow || layout.isFlow(*place);
        place = place->find(key);
    }
    *place = made->node;

    const Lines& lines = layout.lines();
    const std::size_t colon = layout.behindColon(*entry);
    if (inFlow) {
        return take({ { colon, layout.valueEnd(*entry), " " + flowText(made->node) } }, expected, path);
    }
    const std::size_t end = layout.entryEnd(*entry);
    const std::size_t lineEnd = lines.end(colon);
    const std::string value = valueLines(*made, lines.column(entry->keyWhere.begin) + indentStep(m_document, layout), lines.eol());
    const bool isBelow = end > lineEnd && !layout.aliasOf(*entry) && entry->value.where.begin > lineEnd;
    if (isBelow && made->startsBesideKey) { // a comment beside the key stays there
        return take({ { colon, colon, value }, { lineEnd, end, "" } }, expected, path);
    }
    return take({ { colon, end, value } }, expected, path);
}

Result<void> TextDraft::removeEntries(const KeyPath& parent, const std::vector<std::string>& keys)
{
    spec::YamlNode expected = root();
    spec::YamlNode* map = &expected;
    for (const auto& key : parent) {
        map = map == nullptr ? nullptr : map->find(key);
    }
    if (map == nullptr || !map->isMap()) {
        return refused(dotted(parent), map == nullptr ? "nothing" : map->words(), "it must be a map");
    }
    const YamlLayout layout(m_document.text);
    const Lines& lines = layout.lines();
    const spec::YamlNode& holder = *find(parent);
    const auto isGone = [&](const spec::YamlEntry& entry) { return std::find(keys.begin(), keys.end(), entry.key) != keys.end(); };
    const Sisters sisters(layout, holder);
    const bool inLines = std::all_of(sisters.own().begin(), sisters.own().end(),
        [&](const spec::YamlEntry* entry) { return lines.onlyBlanksBefore(entry->keyWhere.begin); });
    if (layout.isFlow(holder) || !inLines) {
        for (const auto& key : keys) {
            KeyPath path = parent;
            path.push_back(key);
            if (auto done = unset(path); !done) {
                return done;
            }
        }
        return {};
    }
    std::erase_if(map->entries, isGone);
    if (map->entries.empty()) {
        map->kind = spec::YamlNode::Kind::Null;
    }

    if (auto done = take(sisters.holes(keys, Sisters::Blanks::Parting), expected, parent)) {
        return done;
    }
    if (!endsItsLastLine()) {
        return withLastLineEnd([&](TextDraft& draft) { return draft.removeEntries(parent, keys); });
    }
    if (auto done = take(sisters.holes(keys, Sisters::Blanks::None), expected, parent)) { // a text above counts its blank lines
        return done;
    }
    return take(sisters.holes(keys, Sisters::Blanks::Behind), expected, parent);
}

bool TextDraft::endsItsLastLine() const
{
    return text().ends_with('\n');
}

/// Without a last line end a block text at the end of the file is another one as soon as something comes behind it. So it gets its line
/// end first.
Result<void> TextDraft::withLastLineEnd(const std::function<Result<void>(TextDraft&)>& step)
{
    TextDraft draft(read(text() + Lines(text()).eol()));
    if (spec::hasErrors(draft.document().diagnostics)) {
        return refused(calledIn(m_document), "a last line without an end", "it can be changed in the text");
    }
    if (auto done = step(draft); !done) {
        return done;
    }
    const std::size_t size = draft.text().size();
    const std::size_t end = Lines(draft.text()).end(Lines(draft.text()).begin(size - 1));
    (void)draft.take({ { end, size, "" } }, draft.root(), {}); // it stays when something needs it
    *this = std::move(draft);
    return {};
}

Result<void> TextDraft::rewrite(const Rewrite& rewrite, const KeyPath& key, const std::string& newName)
{
    return rewriteBelow({}, rewrite, key, newName);
}

Result<void> TextDraft::rewriteBelow(const KeyPath& path, const Rewrite& rewrite, const KeyPath& key, const std::string& newName)
{
    const std::string_view bytes = text();
    const YamlLayout layout(m_document.text);
    spec::YamlNode expected = root();
    std::map<std::size_t, TextPatch> patches; // by place: what aliases show is written once
    spec::YamlNode* place = &expected;
    for (const auto& part : path) {
        place = place == nullptr ? nullptr : place->find(part);
    }
    if (place == nullptr) {
        return refused(dotted(path), "nothing", "it must be there");
    }
    eachNode(*place, [&](spec::YamlNode& node) {
        if (!node.isScalar() || !spec::hasExpression(node.text)) {
            return;
        }
        std::size_t from = node.where.begin;
        if (from < bytes.size() && (bytes[from] == '|' || bytes[from] == '>')) {
            from = layout.lines().next(from); // a comment may stand behind the sign
        }
        const std::string_view raw = bytes.substr(from, node.where.end - std::min(from, node.where.end));
        for (const auto& expression : spec::findExpressions(raw)) {
            const std::size_t at = from + expression.begin;
            if (auto now = rewrite(expression, raw.substr(expression.begin, expression.end - expression.begin))) {
                patches[at] = { at, from + expression.end, std::move(*now) };
            }
        }
        node.text = rewritten(node.text, rewrite);
    });
    if (!key.empty()) {
        const spec::YamlEntry* entry = ownEntry(key);
        spec::YamlNode* map = &expected;
        for (std::size_t i = 0; i + 1 < key.size() && map != nullptr; ++i) {
            map = map->find(key[i]);
        }
        if (entry == nullptr || map == nullptr) {
            return refused(dotted(key), "nothing", "it must be there, written at its place");
        }
        for (auto& sister : map->entries) {
            sister.key = sister.key == key.back() ? newName : sister.key;
        }
        const spec::SourceRange& where = entry->keyWhere;
        const char first = bytes[where.begin];
        const std::string quote = first == '"' || first == '\'' ? std::string(1, first) : "";
        patches[where.begin] = { where.begin, where.end, quote + newName + quote };
    }
    std::vector<TextPatch> all;
    for (auto& [at, patch] : patches) {
        all.push_back(std::move(patch));
    }
    return take(all, expected, key);
}

Result<void> TextDraft::take(const std::vector<TextPatch>& patches, const spec::YamlNode& expected, const KeyPath& what)
{
    spec::YamlDocument after = read(patched(text(), patches));
    if (spec::hasErrors(after.diagnostics) || !sameMeaning(after.root, expected)) {
        return refused(dotted(what), "a way of writing that cannot be changed safely here", "it can be changed in the text");
    }
    m_document = std::move(after);
    return {};
}

} // namespace sheaf::edit
