// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/yaml_node.h"

#include <optional>
#include <string>
#include <string_view>

/// Where the parts of a YAML file lie in its bytes, and how a value is written: what the edits of edit.h and text_draft.h stand on.
/// Pure; any thread.
namespace sheaf::edit {

/// Answers about the lines of one file. The bytes must outlive it.
class Lines
{
public:
    explicit Lines(std::string_view bytes);

    [[nodiscard]] std::size_t begin(std::size_t at) const;
    /// Without its line end.
    [[nodiscard]] std::size_t end(std::size_t at) const;
    /// Where the next line begins, or the end of the text.
    [[nodiscard]] std::size_t next(std::size_t at) const;
    /// Characters before `at` in its line; a byte order mark is none.
    [[nodiscard]] std::size_t column(std::size_t at) const;
    [[nodiscard]] bool onlyBlanksBefore(std::size_t at) const;
    [[nodiscard]] std::size_t skipBlanks(std::size_t at) const;
    /// Whether the line that holds `at` has nothing but blanks.
    [[nodiscard]] bool isEmptyLine(std::size_t at) const;
    [[nodiscard]] std::string_view bytes() const { return m_bytes; }
    /// The line end that the file uses.
    [[nodiscard]] const std::string& eol() const { return m_eol; }

private:
    std::string_view m_bytes;
    std::string m_eol;
};

/// Where the entries of a file end: YamlNode knows where the visible characters are, here are lines, aliases and blank lines that count.
/// The text must outlive it.
class YamlLayout
{
public:
    explicit YamlLayout(const spec::SourceText& text);

    [[nodiscard]] const Lines& lines() const { return m_lines; }
    [[nodiscard]] bool isFlow(const spec::YamlNode& node) const;
    [[nodiscard]] std::size_t columnOf(const spec::YamlNode& node) const { return m_lines.column(node.where.begin); }
    /// The bytes of "*name" behind the key.
    [[nodiscard]] std::optional<spec::SourceRange> aliasOf(const spec::YamlEntry& entry) const;
    /// The value of an entry is an alias, so its node lies at the anchor; or the whole entry came through `<<`.
    [[nodiscard]] bool isElsewhere(const spec::YamlEntry& entry) const;
    [[nodiscard]] std::size_t behindColon(const spec::YamlEntry& entry) const;
    [[nodiscard]] std::size_t valueEnd(const spec::YamlEntry& entry) const;
    /// Behind the last byte of the entry, in block style.
    [[nodiscard]] std::size_t entryEnd(const spec::YamlEntry& entry) const;
    /// The node that lies last in the text: a text with `|+` may end the map.
    [[nodiscard]] const spec::YamlNode& lastLeaf(const spec::YamlNode& node) const;
    /// A text that keeps its blank lines (`|+`) ends behind them.
    [[nodiscard]] std::size_t blockEnd(const spec::SourceRange& where) const;

private:
    Lines m_lines;
};

[[nodiscard]] std::string doubleQuoted(std::string_view value);
/// In double quotes when it holds what single ones cannot.
[[nodiscard]] std::string singleQuoted(std::string_view value);
/// Whether these characters, without quotes, are one scalar, whatever it means, to every reader of YAML 1.1 or 1.2.
[[nodiscard]] bool canBePlain(std::string_view value, bool inFlow);
/// The text as a scalar that no YAML reader, of 1.1 or 1.2, takes for a number, a truth value, a date or nothing.
[[nodiscard]] std::string asText(std::string_view value, bool inFlow);
/// A text of several lines behind "key: " as a block text, indented by `indent`; without its last line end. `rest` is what stands behind
/// the sign. Text that a block cannot say is quoted.
[[nodiscard]] std::string blockText(const std::string& value, std::size_t indent, const std::string& eol, const std::string& rest);
/// A tree on one line: {a: 1, b: [x, 'y']}.
[[nodiscard]] std::string flowText(const spec::YamlNode& node);
/// A tree in lines from column 0, without the last line end: what its aliases and merge keys stand for is written out.
[[nodiscard]] std::string writtenOut(const spec::YamlNode& node);

/// Whether two trees hold the same; the order of keys and the way of writing do not count.
[[nodiscard]] bool sameMeaning(const spec::YamlNode& a, const spec::YamlNode& b);

} // namespace sheaf::edit
