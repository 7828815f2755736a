// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/edit/edit.h"
#include "core/spec/source_text.h"

#include <string>
#include <vector>

namespace sheaf::edit {

/// A change of one line (of a tab: of all lines with one) after which the file is YAML.
struct LineRepair
{
    std::string before;
    std::string after;
    std::vector<TextPatch> patches;
};

/// For a text that is no YAML, with the line where reading ended: colons, brackets, quotes and indentation that were most likely meant, the best
/// two at most, which read differently. Of several ways that read, those win that give the keys of a job file their places. Pure; parses the text some dozen times.
[[nodiscard]] std::vector<LineRepair> lineRepairs(const spec::SourceText& text, int line);

} // namespace sheaf::edit
