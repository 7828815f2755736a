// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/yaml_place.h"

#include "core/base/text.h"

#include <algorithm>
#include <functional>

namespace sheaf::edit {

namespace {

using Form = OutlineEntry::Form;

PlaceInOutline keyIn(const YamlOutline& outline, int owner, std::size_t begin, std::size_t offset, std::size_t end)
{
    return { { YamlPlace::Kind::Key, outline.path(owner), std::string(outline.text().substr(begin, offset - begin)), begin, end }, owner };
}

PlaceInOutline valueOf(const YamlOutline& outline, int entry, std::size_t begin, std::size_t offset, std::size_t end)
{
    return { { YamlPlace::Kind::Value, outline.path(entry), std::string(outline.text().substr(begin, offset - begin)), begin, end }, entry };
}

/// Inside brackets, between the entries.
PlaceInOutline inFlow(const YamlOutline& outline, int owner, std::size_t offset)
{
    const auto text = outline.text();
    const OutlineEntry& entry = outline.at(owner);
    const bool isClosed = entry.valueEnd > entry.valueBegin + 1 && (text[entry.valueEnd - 1] == '}' || text[entry.valueEnd - 1] == ']');
    if (offset == entry.valueBegin || (offset == entry.valueEnd && isClosed)) {
        return {};
    }
    if (text[entry.valueBegin] == '{') {
        return keyIn(outline, owner, offset, offset, offset);
    }
    PlaceInOutline item = valueOf(outline, owner, offset, offset, offset);
    std::size_t before = 0;
    for (const int child : outline.children(owner)) {
        before += outline.at(child).keyBegin < offset ? 1 : 0;
    }
    item.place.path.push_back(std::to_string(before));
    return item;
}

PlaceInOutline inScalar(const YamlOutline& outline, int index, std::size_t offset)
{
    const OutlineEntry& entry = outline.at(index);
    std::size_t begin = entry.valueBegin;
    std::size_t end = entry.valueEnd;
    if (entry.form == Form::Quoted) {
        const char quote = outline.text()[begin];
        const bool isClosed = end > begin + 1 && outline.text()[end - 1] == quote;
        ++begin;
        end -= isClosed ? 1 : 0;
        if (offset < begin || offset > end) {
            return {};
        }
    }
    if (entry.form == Form::Block) {
        begin = std::min(outline.lineEnd(begin), end); // its "|" is none of the text
        if (offset <= begin) {
            return {};
        }
    }
    return valueOf(outline, index, begin, offset, end);
}

/// In a line that holds nothing but blanks: what the column says.
PlaceInOutline inEmptyLine(const YamlOutline& outline, std::size_t offset)
{
    const std::size_t column = outline.column(offset);
    int owner = outline.lastBefore(offset);
    while (owner >= 0 && (outline.at(owner).inFlow || outline.at(owner).isBare || outline.at(owner).column >= column)) {
        owner = outline.at(owner).parent;
    }
    if (owner >= 0 && (outline.at(owner).form == Form::Plain || outline.at(owner).form == Form::Block)) {
        return valueOf(outline, owner, offset, offset, offset); // YAML folds the line into it
    }
    while (owner >= 0 && outline.at(owner).form != Form::None) {
        owner = outline.at(owner).parent;
    }
    return keyIn(outline, owner, offset, offset, offset);
}

bool isInComment(const YamlOutline& outline, std::size_t from, std::size_t offset)
{
    const auto text = outline.text();
    for (std::size_t at = from; at < offset; ++at) {
        if (text[at] == '#' && (at == 0 || at == outline.lineBegin(offset) || text[at - 1] == ' ' || text[at - 1] == '\t')) {
            return true;
        }
    }
    return false;
}

} // namespace

PlaceInOutline placeIn(const YamlOutline& outline, std::size_t offset)
{
    const auto text = outline.text();
    offset = std::min(offset, text.size());
    const std::size_t lineBegin = outline.lineBegin(offset);
    const std::size_t lineEnd = outline.lineEnd(offset);
    offset = std::clamp(offset, lineBegin, std::max(lineBegin, lineEnd));
    // The innermost entry whose key or value the cursor is in or at.
    for (int index = outline.lastBefore(offset); index >= 0; index = index - 1) {
        const OutlineEntry& entry = outline.at(index);
        if (!entry.isItem && offset <= entry.keyEnd) {
            const bool isQuoted = entry.keyEnd > entry.keyBegin && (text[entry.keyBegin] == '"' || text[entry.keyBegin] == '\'');
            return keyIn(outline, entry.parent, std::min(offset, entry.keyBegin + (isQuoted ? 1 : 0)), offset, entry.keyEnd - (isQuoted ? 1 : 0));
        }
        if (entry.form == Form::Flow && offset >= entry.valueBegin && offset <= entry.valueEnd) {
            return inFlow(outline, index, offset);
        }
        if (entry.form != Form::None && offset >= entry.valueBegin && offset <= entry.valueEnd) {
            return inScalar(outline, index, offset);
        }
        if (entry.inFlow && entry.form == Form::None && !entry.isBare && offset > entry.keyEnd && offset <= entry.valueEnd) {
            return valueOf(outline, index, offset, offset, offset);
        }
        if (entry.end < lineBegin && !entry.inFlow && entry.column == 0) {
            break; // nothing before it reaches here
        }
    }
    const std::size_t first = outline.firstWord(offset);
    if (first == lineEnd) {
        return inEmptyLine(outline, offset);
    }
    if (offset <= first) {
        return {}; // in the indentation of something
    }
    const int index = outline.lastBefore(offset);
    if (index < 0 || outline.at(index).end < lineBegin) {
        return {};
    }
    const OutlineEntry& entry = outline.at(index);
    const std::size_t from = std::clamp(std::max(entry.keyEnd, entry.valueEnd), lineBegin, offset);
    if (isInComment(outline, from, offset) || entry.inFlow || entry.isBare) {
        return {};
    }
    if (entry.form == Form::None) {
        return entry.isItem ? keyIn(outline, index, offset, offset, offset) : valueOf(outline, index, offset, offset, offset);
    }
    const bool isOpen = entry.form == Form::Plain || entry.form == Form::Block; // blanks behind it belong to it
    return isOpen ? valueOf(outline, index, entry.valueBegin, offset, offset) : PlaceInOutline {};
}

YamlPlace placeAt(std::string_view text, std::size_t offset)
{
    return placeIn(YamlOutline(text), offset).place;
}

std::string pathAt(std::string_view text, std::size_t offset)
{
    const YamlOutline outline(text);
    offset = std::min(offset, text.size());
    const std::size_t lineBegin = outline.lineBegin(offset);
    const std::size_t lineEnd = outline.lineEnd(offset);
    const std::size_t first = outline.firstWord(offset);
    const bool isEmpty = first == lineEnd;
    int index = outline.lastBefore(isEmpty ? offset : std::max(offset, first));
    const bool isHere = index >= 0 && (outline.at(index).keyBegin >= lineBegin || outline.at(index).valueEnd >= lineBegin);
    if (!isHere) { // an empty line or a comment: what its column says
        const std::size_t column = isEmpty ? outline.column(offset) : outline.column(first);
        while (index >= 0 && (outline.at(index).inFlow || outline.at(index).column >= column)) {
            index = outline.at(index).parent;
        }
    }
    return text::join(outline.path(index), ".");
}

std::optional<PathRange> rangeOfPath(std::string_view text, std::string_view dotted)
{
    const YamlOutline outline(text);
    // A key may hold dots itself: every way to cut is tried, depth first.
    const std::function<std::optional<int>(int, std::string_view)> find = [&](int parent, std::string_view rest) -> std::optional<int> {
        for (const int child : outline.children(parent)) {
            const std::string_view key = outline.at(child).key;
            if (rest == key) {
                return child;
            }
            if (rest.size() > key.size() && rest.starts_with(key) && rest[key.size()] == '.') {
                if (const auto found = find(child, rest.substr(key.size() + 1))) {
                    return found;
                }
            }
        }
        return std::nullopt;
    };
    const auto found = dotted.empty() ? std::nullopt : find(-1, dotted);
    if (!found) {
        return std::nullopt;
    }
    const OutlineEntry& entry = outline.at(*found);
    return PathRange { entry.keyBegin, entry.keyEnd, entry.end };
}

} // namespace sheaf::edit
