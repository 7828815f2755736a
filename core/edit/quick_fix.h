// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/edit/edit.h"
#include "core/spec/diagnostic.h"

#include <string>
#include <string_view>
#include <vector>

/// How to mend a finding with one choice: as patches of the file it is in, and as files that are missing. Pure: no file is read or written
/// here; any thread.
namespace sheaf::edit {

/// What a fix does, for its title: "Rename from to to". Which of from, to and path have a meaning stands behind each.
enum class FixKind {
    RenameKey, // from, to
    ReplaceValue, // from, to; path
    AddEntry, // path, to: its value
    RemoveEntry, // path
    MoveEntry, // from, to: dotted paths
    RenameFlag, // from, to: with dashes
    InsertText, // to: a bracket, a quote or a flag's value that is missing
    ReplaceLine, // from, to: one line of the file, without its indentation
    Reindent, // from: the line without its indentation; path: what it belongs to then, "" for the file itself
    CreateFile, // path: of the file
};
BOOST_DESCRIBE_ENUM(FixKind, RenameKey, ReplaceValue, AddEntry, RemoveEntry, MoveEntry, RenameFlag, InsertText, ReplaceLine, Reindent, CreateFile)

/// A file that the fix makes. One that is there already must be left alone: its content is the user's.
struct NewFile
{
    std::string path; // absolute; its folders are made too
    std::string content;
    bool operator==(const NewFile&) const = default;
};

struct QuickFix
{
    FixKind kind = FixKind::ReplaceValue;
    std::string from;
    std::string to;
    std::string path;
    std::string file; // that the patches are for: the file of the finding
    std::vector<TextPatch> patches; // in order of place; none when only files are made
    std::vector<NewFile> newFiles;
    bool operator==(const QuickFix&) const = default;
};

/// The fixes of one finding, the most likely first; none when only a person can tell. `fileText` is the text of diagnostic.file as it was when
/// the finding was made, "" when there is no such file. A fix that is applied makes the finding vanish and brings no new error, as far as that can be
/// told from this one file.
[[nodiscard]] std::vector<QuickFix> quickFixes(const spec::Diagnostic& diagnostic, std::string_view fileText);

} // namespace sheaf::edit
