// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/yaml_outline.h"

#include <algorithm>

namespace sheaf::edit {

namespace {

using Form = OutlineEntry::Form;
using Entries = std::vector<OutlineEntry>;

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr int kDeepest = 100; // of flow collections: a hostile text must not eat the stack

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

bool isSpace(char c)
{
    return isBlank(c) || c == '\n' || c == '\r';
}

class Scanner
{
public:
    Scanner(std::string_view text, Entries& entries)
        : m_text(text)
        , m_entries(entries)
        , m_at(text.starts_with(kMark) ? kMark.size() : 0)
    {
    }

    void scan()
    {
        while (m_at < m_text.size()) {
            readLine();
        }
        for (auto entry = m_entries.rbegin(); entry != m_entries.rend(); ++entry) {
            entry->end = std::max({ entry->end, entry->keyEnd, entry->valueEnd });
            if (entry->parent >= 0) {
                auto& parent = m_entries[static_cast<std::size_t>(entry->parent)];
                parent.end = std::max(parent.end, entry->end);
            }
        }
    }

private:
    // ---- lines

    [[nodiscard]] std::size_t lineEndFrom(std::size_t at) const
    {
        const std::size_t stop = std::min(m_text.find('\n', at), m_text.size());
        return stop > at && m_text[stop - 1] == '\r' ? stop - 1 : stop;
    }
    [[nodiscard]] std::size_t nextLine(std::size_t at) const
    {
        const std::size_t stop = m_text.find('\n', at);
        return stop == m_text.npos ? m_text.size() : stop + 1;
    }
    [[nodiscard]] std::size_t skipBlanks(std::size_t at, std::size_t end) const
    {
        while (at < end && isBlank(m_text[at])) {
            ++at;
        }
        return at;
    }
    [[nodiscard]] bool isAt(std::size_t at, std::size_t end, std::string_view what) const { return m_text.substr(at, end - at).starts_with(what); }
    /// The byte at `at` ends a word: a blank, or the end of the line.
    [[nodiscard]] bool endsWord(std::size_t at, std::size_t end) const { return at >= end || isBlank(m_text[at]); }
    [[nodiscard]] bool isComment(std::size_t at, std::size_t lineBegin) const
    {
        return m_text[at] == '#' && (at == lineBegin || isSpace(m_text[at - 1]));
    }
    /// The end of what stands before a comment, without blanks.
    [[nodiscard]] std::size_t beforeComment(std::size_t begin, std::size_t end) const
    {
        for (std::size_t at = begin; at < end; ++at) {
            if (m_text[at] == '#' && at > begin && isBlank(m_text[at - 1])) {
                end = at;
            }
        }
        while (end > begin && isSpace(m_text[end - 1])) {
            --end;
        }
        return end;
    }
    /// Where the lines end that may still belong to a value of an entry in `column`: those that are empty or further in.
    [[nodiscard]] std::size_t endOfDeeper(std::size_t at, std::size_t column) const
    {
        std::size_t stop = lineEndFrom(at);
        for (std::size_t line = nextLine(at); line < m_text.size(); line = nextLine(line)) {
            const std::size_t end = lineEndFrom(line);
            const std::size_t first = skipBlanks(line, end);
            if (first == end) {
                continue;
            }
            if (first - line <= column) {
                break;
            }
            stop = end;
        }
        return stop;
    }
    /// Behind the closing quote, or nothing.
    [[nodiscard]] std::optional<std::size_t> behindQuote(std::size_t at, std::size_t end) const
    {
        const char quote = m_text[at];
        for (++at; at < end; ++at) {
            if (m_text[at] == '\\' && quote == '"') {
                ++at;
            } else if (m_text[at] == quote && quote == '\'' && at + 1 < end && m_text[at + 1] == '\'') {
                ++at;
            } else if (m_text[at] == quote) {
                return at + 1;
            }
        }
        return std::nullopt;
    }

    void readLine()
    {
        const std::size_t begin = m_at;
        const std::size_t end = lineEndFrom(begin);
        m_at = nextLine(begin);
        std::size_t at = skipBlanks(begin, end);
        if (at == end || m_text[at] == '#' || m_text[at] == '%') {
            return;
        }
        if (at == begin && (isAt(at, end, "---") || isAt(at, end, "...")) && endsWord(at + 3, end)) {
            m_open.clear();
            return;
        }
        while (m_text[at] == '-' && endsWord(at + 1, end)) {
            closeTo(at - begin, true);
            OutlineEntry& item = add(at, at + 1, at - begin);
            item.isItem = true;
            item.key = std::to_string(m_items[static_cast<std::size_t>(item.parent + 1)]++);
            item.valueBegin = item.valueEnd = std::min(at + 2, end);
            m_open.push_back(last());
            at = skipBlanks(at + 1, end);
            if (at == end || m_text[at] == '#') {
                return;
            }
        }
        readContent(begin, at, end);
    }

    // ---- entries

    [[nodiscard]] int last() const { return static_cast<int>(m_entries.size()) - 1; }
    [[nodiscard]] int top() const { return m_open.empty() ? -1 : m_open.back(); }
    OutlineEntry& entry(int index) { return m_entries[static_cast<std::size_t>(index)]; }

    OutlineEntry& addBelow(int parent, std::size_t begin, std::size_t end, std::size_t column)
    {
        OutlineEntry made;
        made.parent = parent;
        made.column = column;
        made.keyBegin = begin;
        made.keyEnd = end;
        made.valueBegin = made.valueEnd = end;
        m_entries.push_back(std::move(made));
        m_items.push_back(0);
        return m_entries.back();
    }
    OutlineEntry& add(std::size_t begin, std::size_t end, std::size_t column) { return addBelow(top(), begin, end, column); }

    /// Closes what cannot hold something in this column. A list may stand right below its key.
    void closeTo(std::size_t column, bool isItem)
    {
        while (!m_open.empty()) {
            const OutlineEntry& open = entry(m_open.back());
            const bool holds = open.column < column || (open.column == column && isItem && !open.isItem);
            if (holds) {
                return;
            }
            m_open.pop_back();
        }
    }

    /// The key that begins at `at`, up to its colon: {end of the key, behind the colon}.
    struct Key
    {
        std::size_t end = 0;
        std::size_t behind = 0;
    };
    [[nodiscard]] std::optional<Key> keyAt(std::size_t at, std::size_t end) const
    {
        if (m_text[at] == '"' || m_text[at] == '\'') {
            const auto behind = behindQuote(at, end);
            const std::size_t colon = behind ? skipBlanks(*behind, end) : end;
            return colon < end && m_text[colon] == ':' && endsWord(colon + 1, end) ? std::optional(Key { *behind, colon + 1 }) : std::nullopt;
        }
        for (std::size_t i = at; i < end; ++i) {
            if (m_text[i] == '#' && i > at && isBlank(m_text[i - 1])) {
                break;
            }
            if (m_text[i] == ':' && endsWord(i + 1, end)) {
                std::size_t stop = i;
                while (stop > at && isBlank(m_text[stop - 1])) {
                    --stop;
                }
                return Key { stop, i + 1 };
            }
        }
        return std::nullopt;
    }
    [[nodiscard]] std::string keyText(std::size_t begin, std::size_t end) const
    {
        const bool isQuoted = end - begin >= 2 && (m_text[begin] == '"' || m_text[begin] == '\'') && m_text[end - 1] == m_text[begin];
        return std::string(isQuoted ? m_text.substr(begin + 1, end - begin - 2) : m_text.substr(begin, end - begin));
    }

    void readContent(std::size_t lineBegin, std::size_t at, std::size_t end)
    {
        const bool isFlow = m_text[at] == '{' || m_text[at] == '[';
        if (const auto key = isFlow ? std::nullopt : keyAt(at, end)) {
            closeTo(at - lineBegin, false);
            add(at, key->end, at - lineBegin).key = keyText(at, key->end);
            m_open.push_back(last());
            readValue(last(), key->behind, end);
            return;
        }
        const std::size_t column = at - lineBegin;
        while (!m_open.empty() && entry(m_open.back()).column >= column) {
            m_open.pop_back();
        }
        const int owner = top();
        const bool isValueOfItem = owner >= 0 && entry(owner).isItem && entry(owner).form == Form::None && entry(owner).keyBegin >= lineBegin;
        if (isValueOfItem || (isFlow && owner >= 0 && entry(owner).form == Form::None)) {
            readValue(owner, at, end);
        } else if (isFlow && owner < 0) {
            m_at = std::max(m_at, readFlow(at, m_text.size(), -1, 0));
        } else if (owner >= 0 && entry(owner).form == Form::Plain) {
            entry(owner).valueEnd = beforeComment(at, end);
        } else {
            const std::size_t stop = beforeComment(at, end);
            OutlineEntry& bare = add(at, stop, column);
            bare.key = std::string(m_text.substr(at, stop - at));
            bare.isBare = true;
        }
    }

    /// The value behind a colon or a dash.
    void readValue(int index, std::size_t at, std::size_t end)
    {
        entry(index).valueBegin = entry(index).valueEnd = std::min(at + 1, end);
        at = skipBlanks(at, end);
        while (at < end && (m_text[at] == '&' || m_text[at] == '!')) { // anchors and tags are passed over
            while (at < end && !isBlank(m_text[at])) {
                ++at;
            }
            at = skipBlanks(at, end);
        }
        if (at == end || m_text[at] == '#') {
            return;
        }
        OutlineEntry& owner = entry(index);
        owner.valueBegin = at;
        switch (m_text[at]) {
        case '|':
        case '>':
            owner.form = Form::Block;
            owner.valueEnd = endOfDeeper(at, owner.column);
            m_at = std::max(m_at, nextLine(owner.valueEnd));
            break;
        case '"':
        case '\'': {
            owner.form = Form::Quoted;
            const auto behind = behindQuote(at, endOfDeeper(at, owner.column));
            owner.valueEnd = behind.value_or(end);
            m_at = std::max(m_at, nextLine(owner.valueEnd));
            break;
        }
        case '{':
        case '[': {
            const std::size_t limit = endOfDeeper(at, owner.column);
            owner.form = Form::Flow;
            const std::size_t behind = readFlow(at, limit, index, 0);
            entry(index).valueEnd = behind; // entries may have moved
            m_at = std::max(m_at, nextLine(behind));
            break;
        }
        case '*':
            owner.form = Form::Alias;
            owner.valueEnd = beforeComment(at, end);
            break;
        default:
            owner.form = Form::Plain;
            owner.valueEnd = beforeComment(at, end);
        }
    }

    // ---- flow

    [[nodiscard]] std::size_t skipSpace(std::size_t at, std::size_t end) const
    {
        while (at < end) {
            if (isSpace(m_text[at])) {
                ++at;
            } else if (m_text[at] == '#' && at > 0 && isSpace(m_text[at - 1])) {
                at = std::min(lineEndFrom(at), end);
            } else {
                break;
            }
        }
        return at;
    }

    /// End of a plain word in flow. "${{ }}" is taken as part of it: YAML wants quotes there, people forget them.
    [[nodiscard]] std::size_t endOfWord(std::size_t at, std::size_t end, bool isKey) const
    {
        constexpr std::string_view kEnds = ",[]{}\n";
        while (at < end) {
            if (isAt(at, end, "${{")) {
                const std::size_t close = m_text.substr(0, end).find("}}", at);
                const std::size_t line = std::min(m_text.find('\n', at), end);
                at = close != m_text.npos && close < line ? close + 2 : at + 3;
                continue;
            }
            if (kEnds.find(m_text[at]) != kEnds.npos || (m_text[at] == '#' && isSpace(m_text[at - 1]))
                || (isKey && m_text[at] == ':' && (at + 1 == end || isSpace(m_text[at + 1]) || kEnds.find(m_text[at + 1]) != kEnds.npos))) {
                break;
            }
            ++at;
        }
        return at;
    }
    [[nodiscard]] std::size_t withoutBlanks(std::size_t begin, std::size_t end) const
    {
        while (end > begin && isSpace(m_text[end - 1])) {
            --end;
        }
        return end;
    }

    /// Reads from the bracket at `at`; gives the place behind its partner, or `end` when it has none.
    std::size_t readFlow(std::size_t at, std::size_t end, int owner, int depth)
    {
        const bool isMap = m_text[at] == '{';
        const char close = isMap ? '}' : ']';
        int number = 0;
        for (++at; at < end;) {
            at = skipSpace(at, end);
            if (at == end || m_text[at] == close) {
                return std::min(at + 1, end);
            }
            if (m_text[at] == ',') {
                ++at;
                continue;
            }
            if (m_text[at] == '}' || m_text[at] == ']') { // of the bracket around: this one was not closed
                return at;
            }
            if (depth >= kDeepest) {
                return end;
            }
            at = isMap ? readFlowEntry(at, end, owner, depth) : readFlowItem(at, end, owner, number++, depth);
        }
        return end;
    }

    std::size_t readFlowEntry(std::size_t at, std::size_t end, int owner, int depth)
    {
        const bool isQuoted = m_text[at] == '"' || m_text[at] == '\'';
        const std::size_t stop = isQuoted ? behindQuote(at, end).value_or(end) : endOfWord(at, end, true);
        if (stop == at) {
            return at + 1; // a stray bracket or colon
        }
        const std::size_t keyEnd = withoutBlanks(at, stop);
        addBelow(owner, at, keyEnd, 0).key = keyText(at, keyEnd);
        const int index = last();
        entry(index).inFlow = true;
        const std::size_t colon = skipSpace(stop, end);
        if (colon == end || m_text[colon] != ':') {
            entry(index).isBare = true;
            return stop;
        }
        return readFlowValue(index, colon + 1, end, depth);
    }

    std::size_t readFlowItem(std::size_t at, std::size_t end, int owner, int number, int depth)
    {
        OutlineEntry& item = addBelow(owner, at, at, 0);
        item.key = std::to_string(number);
        item.isItem = true;
        item.inFlow = true;
        const std::size_t behind = readFlowValue(last(), at, end, depth);
        return std::max(behind, at + 1);
    }

    std::size_t readFlowValue(int index, std::size_t at, std::size_t end, int depth)
    {
        const std::size_t behindColon = at;
        at = skipSpace(at, end);
        OutlineEntry& owner = entry(index);
        const bool isNothing = at == end || std::string_view(",]}").find(m_text[at]) != std::string_view::npos;
        owner.valueBegin = isNothing ? std::min(behindColon + 1, at) : at;
        owner.valueEnd = at;
        if (isNothing) {
            return at;
        }
        if (m_text[at] == '{' || m_text[at] == '[') {
            owner.form = Form::Flow;
            const std::size_t behind = readFlow(at, end, index, depth + 1);
            entry(index).valueEnd = behind;
            return behind;
        }
        const bool isQuoted = m_text[at] == '"' || m_text[at] == '\'';
        const auto quoted = isQuoted ? behindQuote(at, end) : std::nullopt;
        const std::size_t stop = quoted ? *quoted : endOfWord(at, end, false);
        owner.form = isQuoted ? Form::Quoted : Form::Plain;
        owner.valueEnd = withoutBlanks(at, stop);
        return stop;
    }

    std::string_view m_text;
    Entries& m_entries;
    std::size_t m_at;
    std::vector<int> m_open; // entries that the next line may lie below
    std::vector<int> m_items { 0 }; // items so far, by parent + 1
};

} // namespace

YamlOutline::YamlOutline(std::string_view text)
    : m_text(text)
{
    Scanner(m_text, m_entries).scan();
}

std::vector<std::string> YamlOutline::path(int index) const
{
    std::vector<std::string> keys;
    for (; index >= 0; index = at(index).parent) {
        keys.push_back(at(index).key);
    }
    std::reverse(keys.begin(), keys.end());
    return keys;
}

std::vector<int> YamlOutline::children(int parent) const
{
    std::vector<int> found;
    for (int i = parent + 1; i < static_cast<int>(m_entries.size()); ++i) {
        if (at(i).parent == parent) {
            found.push_back(i);
        } else if (parent >= 0 && at(i).keyBegin > at(parent).end) {
            break;
        }
    }
    return found;
}

std::optional<int> YamlOutline::child(int parent, std::string_view key) const
{
    for (const int index : children(parent)) {
        if (at(index).key == key && !at(index).isBare) {
            return index;
        }
    }
    return std::nullopt;
}

int YamlOutline::lastBefore(std::size_t offset) const
{
    const auto behind = std::upper_bound(
        m_entries.begin(), m_entries.end(), offset, [](std::size_t wanted, const OutlineEntry& entry) { return wanted < entry.keyBegin; });
    return static_cast<int>(behind - m_entries.begin()) - 1;
}

std::string YamlOutline::scalar(int index) const
{
    const OutlineEntry& entry = at(index);
    if (entry.form != Form::Plain && entry.form != Form::Quoted) {
        return {};
    }
    std::string_view value = m_text.substr(entry.valueBegin, entry.valueEnd - entry.valueBegin);
    if (entry.form == Form::Quoted) {
        value.remove_prefix(1);
        if (!value.empty() && value.back() == m_text[entry.valueBegin]) {
            value.remove_suffix(1);
        }
    }
    return std::string(value);
}

std::size_t YamlOutline::lineBegin(std::size_t offset) const
{
    const std::size_t before = offset == 0 ? m_text.npos : m_text.rfind('\n', offset - 1);
    return before != m_text.npos ? before + 1 : m_text.starts_with(kMark) ? std::min(kMark.size(), m_text.size()) : 0;
}

std::size_t YamlOutline::lineEnd(std::size_t offset) const
{
    const std::size_t begin = lineBegin(offset);
    const std::size_t stop = std::min(m_text.find('\n', std::max(begin, offset)), m_text.size());
    return stop > begin && m_text[stop - 1] == '\r' ? stop - 1 : stop;
}

std::size_t YamlOutline::column(std::size_t offset) const
{
    const std::size_t begin = lineBegin(offset);
    return offset > begin ? offset - begin : 0;
}

std::size_t YamlOutline::firstWord(std::size_t offset) const
{
    std::size_t first = lineBegin(offset);
    const std::size_t end = lineEnd(offset);
    while (first < end && isBlank(m_text[first])) {
        ++first;
    }
    return first;
}

} // namespace sheaf::edit
