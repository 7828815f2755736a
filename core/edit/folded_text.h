// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/edit/edit.h"

#include <optional>
#include <string>
#include <vector>

/// Folded texts (`>`, `>-`): YAML reads their lines as one, a person wrote them as several. These two show and change the lines as they are
/// written, so that a long command keeps its shape. Pure; any thread.
namespace sheaf::edit {

class TextDraft;

/// The lines of the folded text at `path`, without their indentation; nullopt when what is there is no folded text.
[[nodiscard]] std::optional<std::string> foldedLines(const spec::YamlDocument& document, const std::vector<std::string>& path);
/// Puts other lines there; the sign, what stands behind it, and the indentation stay. Fails with Invalid when the result would not read as
/// these lines folded.
[[nodiscard]] Result<std::vector<TextPatch>> foldedPatches(const spec::YamlDocument& document, const std::vector<std::string>& path, const std::string& lines);

/// One wish of foldedPatches().
struct FoldedEdit
{
    std::vector<std::string> path; // no two of a list of wishes are the same
    std::string lines;
};
/// Carries all of them out: they are proved together when they can be, so that many cost hardly more than one.
[[nodiscard]] Result<void> changeFolded(TextDraft& draft, const std::vector<FoldedEdit>& edits);

} // namespace sheaf::edit
