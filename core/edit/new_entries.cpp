// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/new_entries.h"

#include "core/base/text.h"

#include <algorithm>

namespace sheaf::edit {

namespace {

constexpr std::size_t kStep = 2; // indentation of a map that is made, where no sister shows another

} // namespace

std::string dotted(const KeyPath& path)
{
    return path.empty() ? "the job file" : text::join(path, ".");
}

tl::unexpected<Error> refused(const std::string& what, const std::string& found, const std::string& allowed)
{
    return fail(ErrorCode::Invalid, { { "what", what }, { "found", found }, { "allowed", allowed } });
}

std::string withPlainLineEnds(std::string_view lines)
{
    std::string all;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i] != '\r' || i + 1 == lines.size() || lines[i + 1] != '\n') {
            all += lines[i];
        }
    }
    return all;
}

std::size_t indentStep(const spec::YamlDocument& document, const YamlLayout& layout)
{
    for (const auto& entry : document.root.entries) {
        if (entry.value.isMap() && !layout.isElsewhere(entry) && !layout.isFlow(entry.value) && layout.columnOf(entry.value) > 0) {
            return layout.columnOf(entry.value);
        }
    }
    return kStep;
}

// ---- lines of entries --------------------------------------------------------------------------

Sisters::Sisters(const YamlLayout& layout, const spec::YamlNode& map)
    : m_layout(layout)
    , m_lines(layout.lines())
{
    for (const auto& entry : map.entries) {
        if (!entry.merged) {
            m_own.push_back(&entry);
        }
    }
    std::sort(m_own.begin(), m_own.end(), [](const auto* a, const auto* b) { return a->keyWhere.begin < b->keyWhere.begin; });
}

/// A line that is a comment, and no line of a disabled step.
bool Sisters::isComment(std::size_t line) const
{
    const std::string_view rest = m_lines.bytes().substr(m_lines.skipBlanks(line));
    return rest.starts_with('#') && !rest.starts_with("#|");
}

std::size_t Sisters::head(std::size_t index) const
{
    const std::size_t column = m_lines.column(m_own[index]->keyWhere.begin);
    std::size_t at = m_own[index]->keyWhere.begin - column;
    while (index > 0 && at > 0) {
        const std::size_t above = m_lines.begin(at - 1);
        if (m_lines.skipBlanks(above) != above + column || !isComment(above)) {
            break;
        }
        at = above;
    }
    return at;
}

std::size_t Sisters::tail(std::size_t index) const
{
    const std::size_t column = m_lines.column(m_own[index]->keyWhere.begin);
    std::size_t end = m_lines.end(m_layout.entryEnd(*m_own[index]));
    for (std::size_t at = m_lines.next(end); at < m_lines.bytes().size(); at = m_lines.next(at)) {
        if (!isComment(at) || m_lines.column(m_lines.skipBlanks(at)) <= column) {
            break;
        }
        end = m_lines.end(at);
    }
    return end;
}

std::size_t Sisters::blanksBehind(std::size_t at) const
{
    while (at < m_lines.bytes().size() && m_lines.isEmptyLine(at)) {
        at = m_lines.next(at);
    }
    return at;
}

bool Sisters::arePartedByBlankLines() const
{
    bool parted = false;
    bool sawLong = false;
    for (std::size_t i = 1; i < m_own.size(); ++i) {
        const bool isLong = m_lines.next(m_own[i]->keyWhere.end) <= m_layout.entryEnd(*m_own[i]);
        if (isLong || !sawLong) {
            const std::size_t above = head(i);
            parted = above > 0 && m_lines.isEmptyLine(above - 1);
        }
        sawLong = sawLong || isLong;
    }
    return parted;
}

std::vector<TextPatch> Sisters::holes(const std::vector<std::string>& keys, Blanks blanks) const
{
    std::vector<TextPatch> all;
    bool isAll = true;
    for (std::size_t i = 0; i < m_own.size(); ++i) {
        if (std::find(keys.begin(), keys.end(), m_own[i]->key) == keys.end()) {
            isAll = false;
            continue;
        }
        const std::size_t begin = head(i);
        const std::size_t end = m_lines.next(tail(i));
        if (!all.empty() && blanksBehind(all.back().end) >= begin) { // one hole with the one before
            all.back().end = end;
        } else {
            all.push_back({ begin, end, "" });
        }
    }
    for (auto& hole : all) {
        if (blanks == Blanks::Parting) {
            tidyUp(hole, isAll);
        } else if (blanks == Blanks::Behind) {
            hole.end = blanksBehind(hole.end);
        }
    }
    return all;
}

/// Of the blank lines around a hole, those behind it go with it; those before it when none or nothing is behind.
void Sisters::tidyUp(TextPatch& hole, bool isAll) const
{
    std::size_t stays = 0; // the end of what is above: its blank lines count
    for (std::size_t i = 0; i < m_own.size(); ++i) {
        stays = m_own[i]->keyWhere.begin < hole.begin ? tail(i) : stays;
    }
    const auto isBlankAbove = [&] { return hole.begin > 0 && m_lines.isEmptyLine(hole.begin - 1) && m_lines.begin(hole.begin - 1) > stays; };
    const bool isFirst = hole.begin <= m_own.front()->keyWhere.begin;
    const bool isLast = hole.end > m_own.back()->keyWhere.begin;
    const std::size_t behind = blanksBehind(hole.end);
    const bool endsText = behind >= m_lines.bytes().size();
    if (!endsText && (behind > hole.end || !isLast)) {
        hole.end = (isFirst ? !isAll : isBlankAbove()) ? behind : hole.end;
        return;
    }
    while (isBlankAbove()) {
        hole.begin = m_lines.begin(hole.begin - 1);
    }
    if (endsText && !m_lines.bytes().ends_with('\n') && hole.begin > 0) { // the last line had no end; so has the one before it now
        hole.begin = m_lines.end(m_lines.begin(hole.begin - 1));
    }
}

// ---- new ones ----------------------------------------------------------------------------------

Result<NewEntry> newEntryOf(const KeyPath& parent, const std::string& key, const std::string& block)
{
    KeyPath path = parent;
    path.push_back(key);
    if (key.empty()) {
        return refused(dotted(path), "nothing", "a key needs a name");
    }
    std::string lines = withPlainLineEnds(block);
    const bool keepsBlanks = lines.find("|+") != std::string::npos || lines.find(">+") != std::string::npos;
    while (lines.ends_with('\n')) {
        lines.pop_back();
        if (keepsBlanks) {
            break;
        }
    }
    spec::YamlDocument document = spec::parseYaml(spec::SourceText("", lines.empty() ? "" : lines + "\n"));
    if (spec::hasErrors(document.diagnostics)) {
        return refused(dotted(path), lines, "it must be YAML: " + document.diagnostics.front().message);
    }
    const bool isBlock = (document.root.isMap() || document.root.isList()) && !YamlLayout(document.text).isFlow(document.root);
    NewEntry entry { key, text::split(lines, '\n'), std::move(document.root), false };
    entry.startsBesideKey = !isBlock && !text::trim(lines).starts_with('#');
    return entry;
}

std::string valueLines(const NewEntry& entry, std::size_t indent, const std::string& eol)
{
    std::string all;
    for (std::size_t i = 0; i < entry.lines.size(); ++i) {
        const std::string& line = entry.lines[i];
        if (i == 0 && entry.startsBesideKey) {
            all += (line.empty() ? "" : " ") + line;
        } else {
            all += eol + (line.empty() ? "" : std::string(indent, ' ') + line);
        }
    }
    return all;
}

namespace {

std::string spaces(std::size_t count)
{
    return std::string(count, ' ');
}

class Putter
{
public:
    Putter(const spec::YamlDocument& document, const KeyPath& parent, const std::vector<NewEntry>& entries)
        : m_document(document)
        , m_layout(document.text)
        , m_lines(m_layout.lines())
        , m_parent(parent)
        , m_entries(entries)
        , m_step(indentStep(document, m_layout))
        , m_holder(&document.root)
        , m_inFlow(m_layout.isFlow(document.root))
    {
    }

    /// Goes to the map, as far as it is there.
    Result<void> goDown()
    {
        for (; m_depth < m_parent.size() && !m_holder->isNull(); ++m_depth) {
            if (!m_holder->isMap()) {
                break;
            }
            const auto found = std::find_if(m_holder->entries.begin(), m_holder->entries.end(),
                [&](const spec::YamlEntry& entry) { return entry.key == m_parent[m_depth]; });
            if (found == m_holder->entries.end()) {
                break;
            }
            if (m_layout.isElsewhere(*found)) {
                return refused(dotted(m_parent), "an alias", "it stands for an anchor elsewhere: write it out here, or change it there");
            }
            m_indent = m_layout.columnOf(*m_holder);
            m_entry = &*found;
            m_isEmptyInFlow = m_inFlow; // an empty map in a flow map stays in it
            m_holder = &found->value;
            m_inFlow = m_inFlow || m_layout.isFlow(*m_holder);
        }
        if (!m_holder->isMap() && !m_holder->isNull()) {
            return refused(dotted(m_parent), m_holder->words(), "only a map has keys");
        }
        for (const auto& entry : m_entries) {
            if (m_depth == m_parent.size() && m_holder->find(entry.key) != nullptr) {
                return refused(dotted(m_parent), entry.key, "there is one of this name already");
            }
        }
        return {};
    }

    [[nodiscard]] std::vector<TextPatch> patches(bool mayPart) const
    {
        const bool isEmpty = m_holder->entries.empty();
        if (m_inFlow && (!isEmpty || m_isEmptyInFlow)) {
            return { intoFlow() };
        }
        if (m_entry == nullptr && isEmpty) {
            return { intoEmptyFile() };
        }
        return isEmpty ? intoNothing() : intoBlock(mayPart);
    }

    [[nodiscard]] spec::YamlNode expected() const
    {
        spec::YamlNode root = m_document.root;
        spec::YamlNode* map = &root;
        for (std::size_t depth = 0;; ++depth) {
            map->kind = spec::YamlNode::Kind::Map;
            if (depth == m_parent.size()) {
                break;
            }
            if (map->find(m_parent[depth]) == nullptr) {
                map->entries.push_back({ m_parent[depth], {}, {}, false });
            }
            map = map->find(m_parent[depth]);
        }
        for (const auto& entry : m_entries) {
            map->entries.push_back({ entry.key, {}, entry.node, false });
        }
        return root;
    }

private:
    /// The new lines at `indent`, with keys above them that are missing; first line not indented.
    [[nodiscard]] std::string lines(std::size_t indent, bool parted) const
    {
        std::string all;
        for (std::size_t i = m_depth; i < m_parent.size(); ++i, indent += m_step) {
            all += (i == m_depth ? "" : spaces(indent)) + asText(m_parent[i], false) + ":" + m_lines.eol();
        }
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            const bool isFirst = i == 0 && m_depth == m_parent.size();
            all += (i == 0 ? "" : m_lines.eol()) + (i > 0 && parted ? m_lines.eol() : "") + (isFirst ? "" : spaces(indent))
                + asText(m_entries[i].key, false) + ":" + valueLines(m_entries[i], indent + m_step, m_lines.eol());
        }
        return all;
    }

    [[nodiscard]] std::string inFlow() const
    {
        std::string all;
        for (std::size_t i = m_depth; i < m_parent.size(); ++i) {
            all += asText(m_parent[i], true) + ": {";
        }
        for (const auto& entry : m_entries) {
            all += (&entry == &m_entries.front() ? "" : ", ") + asText(entry.key, true) + ": " + flowText(entry.node);
        }
        return all + std::string(m_parent.size() - m_depth, '}');
    }

    [[nodiscard]] TextPatch intoFlow() const
    {
        if (!m_holder->isMap()) {
            const spec::SourceRange& where = m_holder->where;
            return { where.begin, where.end, (where.begin == where.end ? " {" : "{") + inFlow() + "}" };
        }
        const Sisters sisters(m_layout, *m_holder);
        const std::size_t at = sisters.own().empty() ? m_holder->where.begin + 1 : m_layout.valueEnd(*sisters.own().back());
        const char* after = sisters.own().empty() && !m_holder->entries.empty() ? ", " : "";
        return { at, at, (sisters.own().empty() ? "" : ", ") + inFlow() + after };
    }

    [[nodiscard]] TextPatch intoEmptyFile() const
    {
        if (m_holder->isMap()) { // {}
            return { m_holder->where.begin, m_holder->where.end, lines(0, isLong()) };
        }
        const std::size_t size = m_lines.bytes().size();
        const bool onNewLine = size == m_document.text.bodyOffset() || m_lines.bytes().back() == '\n';
        return { size, size, (onNewLine ? "" : m_lines.eol()) + lines(0, isLong()) + m_lines.eol() };
    }

    /// Into `key:` without a value, or `key: {}`, of a map in block style.
    [[nodiscard]] std::vector<TextPatch> intoNothing() const
    {
        std::vector<TextPatch> all;
        const spec::SourceRange& where = m_holder->where;
        const std::size_t colon = m_layout.behindColon(*m_entry);
        if (where.end > colon) { // the word null, or {}
            all.push_back({ colon, where.end, "" });
        }
        const std::size_t at = m_lines.end(where.end);
        std::size_t indent = m_indent + m_step;
        const std::size_t below = m_lines.skipBlanks(m_lines.next(at)); // comments, or disabled steps, show the indentation
        if (below < m_lines.bytes().size() && m_lines.bytes()[below] == '#' && m_lines.column(below) > m_indent) {
            indent = m_lines.column(below);
        }
        all.push_back({ at, at, m_lines.eol() + spaces(indent) + lines(indent, isLong()) });
        return all;
    }

    [[nodiscard]] std::vector<TextPatch> intoBlock(bool mayPart) const
    {
        const Sisters sisters(m_layout, *m_holder);
        const std::size_t indent = m_layout.columnOf(*m_holder);
        if (sisters.own().empty()) { // all it has came through `<<`: before that
            const std::size_t at = m_holder->where.begin;
            return { { at, at, lines(indent, false) + m_lines.eol() + spaces(indent) } };
        }
        const bool parted = mayPart && isLong() && areParted(sisters);
        const std::string blank = parted ? m_lines.eol() : "";
        for (std::size_t i = 0; m_entry == nullptr && i < sisters.own().size(); ++i) {
            if (!goesBefore(sisters.own()[i]->key)) {
                continue;
            }
            const std::size_t at = i == 0 ? sisters.own()[i]->keyWhere.begin : sisters.head(i);
            return { { at, at, lines(indent, parted) + m_lines.eol() + blank } };
        }
        const std::size_t at = sisters.tail(sisters.own().size() - 1);
        return { { at, at, m_lines.eol() + blank + spaces(indent) + lines(indent, parted) } };
    }

    /// What a pipeline takes and makes stands before its jobs.
    [[nodiscard]] bool goesBefore(const std::string& sister) const
    {
        const std::string& key = m_depth < m_parent.size() ? m_parent[m_depth] : m_entries.front().key;
        return (sister == "jobs" && (key == "inputs" || key == "outputs")) || (sister == "outputs" && key == "inputs");
    }

    [[nodiscard]] bool isLong() const
    {
        return m_depth < m_parent.size()
            || std::any_of(m_entries.begin(), m_entries.end(), [](const NewEntry& entry) { return entry.lines.size() > 1; });
    }

    /// One step alone shows nothing: then the file's own keys are asked.
    [[nodiscard]] bool areParted(const Sisters& sisters) const
    {
        const bool isLoneStep = sisters.own().size() == 1 && m_parent == KeyPath { "jobs" };
        return isLoneStep ? Sisters(m_layout, m_document.root).arePartedByBlankLines() : sisters.arePartedByBlankLines();
    }

    const spec::YamlDocument& m_document;
    YamlLayout m_layout;
    const Lines& m_lines;
    const KeyPath& m_parent;
    const std::vector<NewEntry>& m_entries;
    std::size_t m_step;
    // The deepest map on the way that is there.
    const spec::YamlNode* m_holder;
    const spec::YamlEntry* m_entry = nullptr; // of the holder; null for the file itself
    bool m_inFlow = false;
    bool m_isEmptyInFlow = false;
    std::size_t m_indent = 0; // column of m_entry
    std::size_t m_depth = 0; // keys of the path that are there
};

} // namespace

Result<PutPlan> planPut(const spec::YamlDocument& document, const KeyPath& parent, const std::vector<NewEntry>& entries)
{
    Putter putter(document, parent, entries);
    if (auto there = putter.goDown(); !there) {
        return tl::unexpected<Error>(there.error());
    }
    PutPlan plan { { putter.patches(true), putter.patches(false) }, putter.expected() }; // a blank line may belong to the text above
    std::vector<NewEntry> writtenAnew = entries; // or one behind it to a text in the block that keeps its blank lines
    for (auto& entry : writtenAnew) {
        const std::string lines = text::join(entry.lines, "\n");
        if (lines.find("|+") != std::string::npos || lines.find(">+") != std::string::npos) {
            entry.lines = text::split(writtenOut(entry.node), '\n');
        }
    }
    Putter anew(document, parent, writtenAnew);
    if (anew.goDown()) {
        plan.ways.push_back(anew.patches(true));
    }
    return plan;
}
} // namespace sheaf::edit
