// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/edit/edit.h"
#include "core/edit/yaml_layout.h"
#include "core/spec/yaml_node.h"

#include <string>
#include <string_view>
#include <vector>

/// Entries of a map as a person keeps them in a file: where a new one goes, what belongs to an old one. Used by text_draft only; pure.
namespace sheaf::edit {

/// Keys from the root of a file.
using KeyPath = std::vector<std::string>;
/// "jobs.score"; {} is the job file.
[[nodiscard]] std::string dotted(const KeyPath& path);
/// "jobs.score is 'nothing', but there is no such step": an Invalid with its words.
[[nodiscard]] tl::unexpected<Error> refused(const std::string& what, const std::string& found, const std::string& allowed);

/// The lines of a map's own entries, comments and blank lines included. Layout and map must outlive it.
class Sisters
{
public:
    Sisters(const YamlLayout& layout, const spec::YamlNode& map);

    /// In order of place.
    [[nodiscard]] const std::vector<const spec::YamlEntry*>& own() const { return m_own; }
    /// Where the line of the key begins, or that of the comments right above it. What is above the first entry may be said of them all.
    [[nodiscard]] std::size_t head(std::size_t index) const;
    /// Behind the last byte of the entry and of deeper comments right below it.
    [[nodiscard]] std::size_t tail(std::size_t index) const;
    /// Whether a blank line parts the entries, as far as they have several lines.
    [[nodiscard]] bool arePartedByBlankLines() const;
    /// Where the first line is that is not empty.
    [[nodiscard]] std::size_t blanksBehind(std::size_t at) const;
    /// Which blank lines go with entries: those that parted them from others, none, or all behind them.
    enum class Blanks { Parting, None, Behind };
    /// The bytes that go when these entries go.
    [[nodiscard]] std::vector<TextPatch> holes(const std::vector<std::string>& keys, Blanks blanks) const;

private:
    [[nodiscard]] bool isComment(std::size_t line) const;
    void tidyUp(TextPatch& hole, bool isAll) const;

    const YamlLayout& m_layout;
    const Lines& m_lines;
    std::vector<const spec::YamlEntry*> m_own;
};

/// A block of YAML lines that is to stand below a key.
struct NewEntry
{
    std::string key;
    std::vector<std::string> lines;
    spec::YamlNode node;
    bool startsBesideKey = false; // a scalar, or a map in { }
};

/// Fails when the block is no YAML.
[[nodiscard]] Result<NewEntry> newEntryOf(const KeyPath& parent, const std::string& key, const std::string& block);
/// The value behind "key:", on its line and on those below.
[[nodiscard]] std::string valueLines(const NewEntry& entry, std::size_t indent, const std::string& eol);

/// Patches that add entries, and the tree that the file then has.
struct PutPlan
{
    std::vector<std::vector<TextPatch>> ways; // the first that gives the tree is meant
    spec::YamlNode expected;
};
/// Adds to the map at `parent`, which is made when it is missing. Fails when it is no map, lies at an anchor, or has such a key.
[[nodiscard]] Result<PutPlan> planPut(const spec::YamlDocument& document, const KeyPath& parent, const std::vector<NewEntry>& entries);

/// How deep the maps of a file are indented.
[[nodiscard]] std::size_t indentStep(const spec::YamlDocument& document, const YamlLayout& layout);
[[nodiscard]] std::string withPlainLineEnds(std::string_view lines);

} // namespace sheaf::edit
