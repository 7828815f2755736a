// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/yaml_layout.h"

#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace sheaf::edit {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

/// The bytes at `at` of a character that may only stand in double quotes, escaped: control characters, and what some readers take for a line
/// end (U+0085, U+2028, U+2029) or for no character at all. 0: an ordinary one.
std::size_t bytesToEscape(std::string_view value, std::size_t at)
{
    const auto byte = [&](std::size_t i) { return at + i < value.size() ? static_cast<unsigned char>(value[at + i]) : 0U; };
    if (byte(0) < 0x20 || byte(0) == 0x7f) {
        return 1;
    }
    if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) < 0xA0) {
        return 2;
    }
    const bool lineEnd = byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9);
    const bool mark = byte(0) == 0xEF && ((byte(1) == 0xBB && byte(2) == 0xBF) || (byte(1) == 0xBF && byte(2) >= 0xBE));
    return lineEnd || mark ? 3 : 0;
}

/// Whether it holds such a character that is not among the `allowed` ones.
bool mustEscape(std::string_view value, std::string_view allowed)
{
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (bytesToEscape(value, at) > 0 && allowed.find(value[at]) == allowed.npos) {
            return true;
        }
    }
    return false;
}

bool hasControl(std::string_view value)
{
    return mustEscape(value, "");
}

std::string escaped(std::string_view character)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(character[i])); };
    switch (character.size()) {
    case 1:
        return fmt::format("\\x{:02X}", byte(0));
    case 2:
        return fmt::format("\\x{:02X}", (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU));
    default:
        return fmt::format("\\u{:04X}", (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU));
    }
}

/// "2024-02-30", "2024-01-01 25:00:00": YAML 1.1 knows that this is a date, and then that it is none.
bool isBadDate(std::string_view value)
{
    std::vector<int> numbers;
    std::size_t at = 0;
    for (const char behind : std::string_view("--t::.")) {
        const std::size_t end = std::min(value.find_first_not_of("0123456789", at), value.size());
        const auto number = text::toInt(value.substr(at, end - at));
        if (!number || end - at > 4) {
            break;
        }
        numbers.push_back(static_cast<int>(*number));
        at = end;
        const bool isTime = behind == 't' && at < value.size() && std::string_view("Tt \t").find(value[at]) != value.npos;
        if (at >= value.size() || (value[at] != behind && !isTime)) {
            break;
        }
        at = behind == 't' ? std::min(value.find_first_not_of("Tt \t", at), value.size()) : at + 1;
    }
    const bool looksLikeOne = numbers.size() >= 3 && value.find('-') == 4
        && value.find_first_not_of("0123456789-+:.TtZ \t") == value.npos;
    if (!looksLikeOne) {
        return false;
    }
    const std::chrono::year_month_day day { std::chrono::year(numbers[0]), std::chrono::month(static_cast<unsigned>(numbers[1])),
        std::chrono::day(static_cast<unsigned>(numbers[2])) };
    const bool badTime = (numbers.size() > 3 && numbers[3] > 23) || (numbers.size() > 4 && numbers[4] > 59)
        || (numbers.size() > 5 && numbers[5] > 59);
    return numbers[0] == 0 || !day.ok() || badTime;
}

/// Words that a reader of YAML 1.1 does not take for text and can make nothing of: it would refuse the whole file.
bool isRefusedPlain(std::string_view value)
{
    if (value == "=" || value == "<<" || isBadDate(value)) {
        return true;
    }
    value.remove_prefix(!value.empty() && (value.front() == '+' || value.front() == '-') ? 1 : 0);
    for (const std::string_view sign : { "0x", "0b", "." }) {
        if (value.starts_with(sign) && value.size() > sign.size() && value.find_first_not_of('_', sign.size()) == value.npos) {
            return true;
        }
    }
    return false;
}

/// Whether some YAML reader, of 1.1 or 1.2, takes the plain word for a number, a truth value, a date or nothing.
bool meansMore(std::string_view value)
{
    const std::string word = text::lower(value);
    for (const std::string_view special : { "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<",
             ".inf", "+.inf", "-.inf", ".nan" }) {
        if (word == special) {
            return true;
        }
    }
    const bool numberLike = std::string_view("0123456789+-.").find(word.front()) != word.npos;
    return numberLike && word.find_first_not_of("0123456789abcdefxo_:+-.tz ") == word.npos;
}

} // namespace

// ---- lines -------------------------------------------------------------------------------------

Lines::Lines(std::string_view bytes)
    : m_bytes(bytes)
    , m_eol(bytes.find('\n') != bytes.npos && bytes.find('\n') > 0 && bytes[bytes.find('\n') - 1] == '\r' ? "\r\n" : "\n")
{
}

std::size_t Lines::begin(std::size_t at) const
{
    const std::size_t before = at == 0 ? m_bytes.npos : m_bytes.rfind('\n', at - 1);
    return before == m_bytes.npos ? 0 : before + 1;
}

std::size_t Lines::end(std::size_t at) const
{
    const std::size_t stop = std::min(m_bytes.find('\n', at), m_bytes.size());
    return stop > at && m_bytes[stop - 1] == '\r' ? stop - 1 : stop;
}

std::size_t Lines::next(std::size_t at) const
{
    const std::size_t stop = m_bytes.find('\n', at);
    return stop == m_bytes.npos ? m_bytes.size() : stop + 1;
}

std::size_t Lines::column(std::size_t at) const
{
    const std::size_t first = begin(at);
    const bool marked = first == 0 && m_bytes.starts_with("\xEF\xBB\xBF");
    return at - first - (marked ? 3 : 0);
}

bool Lines::onlyBlanksBefore(std::size_t at) const
{
    const std::size_t first = at - column(at);
    const auto before = m_bytes.substr(first, at - first);
    return std::all_of(before.begin(), before.end(), isBlank);
}

std::size_t Lines::skipBlanks(std::size_t at) const
{
    while (at < m_bytes.size() && isBlank(m_bytes[at])) {
        ++at;
    }
    return at;
}

bool Lines::isEmptyLine(std::size_t at) const
{
    return skipBlanks(begin(at)) >= end(begin(at));
}

// ---- entries -----------------------------------------------------------------------------------

YamlLayout::YamlLayout(const spec::SourceText& text)
    : m_lines(text.bytes())
{
}

bool YamlLayout::isFlow(const spec::YamlNode& node) const
{
    return (node.isMap() || node.isList()) && node.where.begin < m_lines.bytes().size()
        && (m_lines.bytes()[node.where.begin] == '{' || m_lines.bytes()[node.where.begin] == '[');
}

std::optional<spec::SourceRange> YamlLayout::aliasOf(const spec::YamlEntry& entry) const
{
    if (entry.merged) {
        return std::nullopt;
    }
    const std::size_t at = m_lines.skipBlanks(behindColon(entry));
    if (at >= m_lines.bytes().size() || m_lines.bytes()[at] != '*') {
        return std::nullopt;
    }
    return spec::SourceRange { at, std::min(m_lines.bytes().find_first_of(" \t\r\n,]}", at), m_lines.bytes().size()), 0, 0 };
}

bool YamlLayout::isElsewhere(const spec::YamlEntry& entry) const
{
    return entry.merged || entry.value.where.begin < entry.keyWhere.end || aliasOf(entry);
}

std::size_t YamlLayout::behindColon(const spec::YamlEntry& entry) const
{
    const std::size_t colon = m_lines.bytes().find(':', entry.keyWhere.end);
    return colon == std::string_view::npos ? entry.keyWhere.end : colon + 1;
}

std::size_t YamlLayout::valueEnd(const spec::YamlEntry& entry) const
{
    if (const auto alias = aliasOf(entry)) {
        return alias->end;
    }
    return std::max(entry.value.where.end, behindColon(entry));
}

std::size_t YamlLayout::entryEnd(const spec::YamlEntry& entry) const
{
    if (aliasOf(entry)) {
        return valueEnd(entry);
    }
    return std::max(blockEnd(lastLeaf(entry.value).where), behindColon(entry));
}

const spec::YamlNode& YamlLayout::lastLeaf(const spec::YamlNode& node) const
{
    const spec::YamlNode* last = &node;
    if (!isFlow(node)) {
        for (const auto& item : node.items) {
            last = item.where.end >= node.where.begin && item.where.end <= node.where.end ? &item : last;
        }
        for (const auto& entry : node.entries) {
            const bool here = !entry.merged && entry.value.where.begin >= entry.keyWhere.end && !aliasOf(entry);
            last = here && entry.value.where.end <= node.where.end ? &entry.value : last;
        }
    }
    const bool outlives = last == &node || node.where.end > last->where.end; // an alias or an empty key is the last
    return outlives ? node : lastLeaf(*last);
}

std::size_t YamlLayout::blockEnd(const spec::SourceRange& where) const
{
    const std::string_view bytes = m_lines.bytes();
    if (where.begin >= bytes.size() || (bytes[where.begin] != '|' && bytes[where.begin] != '>')) {
        return where.end;
    }
    const std::size_t signEnd = bytes.find_first_not_of("|>0123456789", where.begin);
    if (signEnd == bytes.npos || bytes[signEnd] != '+') {
        return where.end;
    }
    std::size_t end = where.end;
    for (std::size_t at = m_lines.next(end); at < bytes.size() && m_lines.skipBlanks(at) >= m_lines.end(at); at = m_lines.next(at)) {
        end = m_lines.end(at);
    }
    return end;
}

// ---- how a value is written --------------------------------------------------------------------

std::string doubleQuoted(std::string_view value)
{
    std::string all = "\"";
    for (std::size_t at = 0; at < value.size(); ++at) {
        switch (const char c = value[at]; c) {
        case '"':
            all += "\\\"";
            break;
        case '\\':
            all += "\\\\";
            break;
        case '\n':
            all += "\\n";
            break;
        case '\t':
            all += "\\t";
            break;
        case '\r':
            all += "\\r";
            break;
        default:
            if (const std::size_t bytes = bytesToEscape(value, at); bytes > 0) {
                all += escaped(value.substr(at, bytes));
                at += bytes - 1;
            } else {
                all += c;
            }
        }
    }
    return all + "\"";
}

std::string singleQuoted(std::string_view value)
{
    if (hasControl(value)) {
        return doubleQuoted(value);
    }
    std::string all = "'";
    for (const char c : value) {
        all += c == '\'' ? "''" : std::string(1, c);
    }
    return all + "'";
}

bool canBePlain(std::string_view value, bool inFlow)
{
    if (value.empty() || isBlank(value.front()) || isBlank(value.back()) || hasControl(value)
        || value.back() == ':' || value.find(": ") != value.npos || value.find(" #") != value.npos) {
        return false;
    }
    if (value.starts_with("---") || value.starts_with("...") || isRefusedPlain(value) || (inFlow && (value.front() == '?' || value.front() == ':'))) {
        return false;
    }
    constexpr std::string_view kFirst = ",[]{}#&*!|>'\"%@`";
    if (kFirst.find(value.front()) != kFirst.npos) {
        return false;
    }
    if ((value.front() == '-' || value.front() == '?' || value.front() == ':')
        && (value.size() == 1 || isBlank(value[1]) || (inFlow && std::string_view(",[]{}").find(value[1]) != value.npos))) {
        return false;
    }
    return !inFlow || value.find_first_of(",[]{}") == value.npos;
}

std::string asText(std::string_view value, bool inFlow)
{
    return canBePlain(value, inFlow) && !meansMore(value) ? std::string(value) : singleQuoted(value);
}

std::string blockText(const std::string& value, std::size_t indent, const std::string& eol, const std::string& rest)
{
    const bool firstIsBlank = !value.empty() && (isBlank(value.front()) || value.front() == '\n');
    const bool manyAtEnd = value.ends_with("\n\n");
    if (firstIsBlank || manyAtEnd || mustEscape(value, "\n\t")) {
        return doubleQuoted(value) + rest;
    }
    const bool clipped = value.ends_with('\n');
    std::string all = std::string("|") + (clipped ? "" : "-") + rest;
    for (const auto& line : text::split(clipped ? value.substr(0, value.size() - 1) : value, '\n')) {
        all += eol + (line.empty() ? "" : std::string(indent, ' ') + line);
    }
    return all;
}

namespace {

std::string scalarText(const spec::YamlNode& node, bool inFlow)
{
    if (node.isNull()) {
        return "null";
    }
    // Plain, it means what YAML makes of it: a number stays one. In quotes it is text.
    return node.plain && canBePlain(node.text, inFlow) ? node.text
        : !node.plain && canBePlain(node.text, inFlow) && !meansMore(node.text) ? node.text
                                                                                : singleQuoted(node.text);
}

bool isEmpty(const spec::YamlNode& node)
{
    return node.items.empty() && node.entries.empty();
}

void writeLines(const spec::YamlNode& node, std::size_t indent, std::vector<std::string>& lines);

/// What stands behind "key:" or "-".
void writeBelow(const std::string& head, const spec::YamlNode& node, std::size_t indent, std::vector<std::string>& lines)
{
    if (!isEmpty(node)) {
        lines.push_back(head);
        writeLines(node, indent + 2, lines);
    } else if (node.isScalar() && node.text.find('\n') != std::string::npos) {
        lines.push_back(head + " " + blockText(node.text, indent + 2, "\n", ""));
    } else {
        lines.push_back(head + (node.isNull() ? "" : " " + (node.isScalar() ? scalarText(node, false) : flowText(node))));
    }
}

void writeLines(const spec::YamlNode& node, std::size_t indent, std::vector<std::string>& lines)
{
    const std::string blanks(indent, ' ');
    for (const auto& entry : node.entries) {
        writeBelow(blanks + asText(entry.key, false) + ":", entry.value, indent, lines);
    }
    for (const auto& item : node.items) {
        writeBelow(blanks + "-", item, indent, lines);
    }
}

} // namespace

std::string flowText(const spec::YamlNode& node)
{
    std::vector<std::string> parts;
    for (const auto& item : node.items) {
        parts.push_back(flowText(item));
    }
    for (const auto& entry : node.entries) {
        parts.push_back(asText(entry.key, true) + ": " + flowText(entry.value));
    }
    return node.isList() ? "[" + text::join(parts, ", ") + "]"
        : node.isMap()   ? "{" + text::join(parts, ", ") + "}"
                         : scalarText(node, true);
}

std::string writtenOut(const spec::YamlNode& node)
{
    if (isEmpty(node)) {
        return node.isScalar() && node.text.find('\n') != std::string::npos ? blockText(node.text, 2, "\n", "") : flowText(node);
    }
    std::vector<std::string> lines;
    writeLines(node, 0, lines);
    return text::join(lines, "\n");
}

// ---- what it means -----------------------------------------------------------------------------

bool sameMeaning(const spec::YamlNode& a, const spec::YamlNode& b)
{
    if (a.kind != b.kind || a.text != b.text || a.entries.size() != b.entries.size()
        || !std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), sameMeaning)) {
        return false;
    }
    for (std::size_t i = 0; i < a.entries.size(); ++i) {
        const spec::YamlEntry& mine = a.entries[i]; // mostly in the same place there
        const spec::YamlNode* other = b.entries[i].key == mine.key ? &b.entries[i].value : b.find(mine.key);
        if (other == nullptr || !sameMeaning(mine.value, *other)) {
            return false;
        }
    }
    return true;
}

} // namespace sheaf::edit
