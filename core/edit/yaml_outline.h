// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::edit {

/// One key or list item of a YAML text. Offsets are bytes of the text, a byte order mark counted.
struct OutlineEntry
{
    enum class Form {
        None, // nothing behind it on its line: a map, a list or nothing lies below
        Plain,
        Quoted,
        Block, // | or >
        Flow, // { } or [ ]
        Alias,
    };

    int parent = -1; // -1: the file itself
    std::string key; // of a list item its number, from 0
    bool isItem = false;
    bool isBare = false; // a word without colon where a key may stand: half typed, or a scalar in a line of its own
    bool inFlow = false;
    Form form = Form::None;
    std::size_t column = 0; // of the key or dash; of no meaning in flow
    std::size_t keyBegin = 0; // quotes included; of an item its dash, in flow its value
    std::size_t keyEnd = 0;
    std::size_t valueBegin = 0; // as written, quotes included; of None where a value would stand
    std::size_t valueEnd = 0;
    std::size_t end = 0; // behind the last thing that belongs to it
};

/// The keys of a YAML text as it is being typed, in the order of the text: found by lines and indentation, so that half a file and a
/// file that does not parse still have places. Knows nothing of anchors' contents. For what a file means there is yaml_node. Holds views
/// of the text: lives no longer than it. Pure; any thread.
class YamlOutline
{
public:
    explicit YamlOutline(std::string_view text);

    [[nodiscard]] std::string_view text() const { return m_text; }
    [[nodiscard]] const std::vector<OutlineEntry>& entries() const { return m_entries; }
    [[nodiscard]] const OutlineEntry& at(int index) const { return m_entries[static_cast<std::size_t>(index)]; }

    /// Keys from the root to the entry; empty for -1.
    [[nodiscard]] std::vector<std::string> path(int index) const;
    [[nodiscard]] std::vector<int> children(int parent) const;
    [[nodiscard]] std::optional<int> child(int parent, std::string_view key) const;
    /// The last entry that begins at or before `offset`, or -1.
    [[nodiscard]] int lastBefore(std::size_t offset) const;
    /// The scalar of an entry without quotes, as good as one line tells; "" when it has none.
    [[nodiscard]] std::string scalar(int index) const;

    // --- lines
    [[nodiscard]] std::size_t lineBegin(std::size_t offset) const;
    /// Without its line end.
    [[nodiscard]] std::size_t lineEnd(std::size_t offset) const;
    [[nodiscard]] std::size_t column(std::size_t offset) const;
    /// First byte of the line that is no blank; its end when there is none.
    [[nodiscard]] std::size_t firstWord(std::size_t offset) const;

private:
    std::string_view m_text;
    std::vector<OutlineEntry> m_entries;
};

} // namespace sheaf::edit
