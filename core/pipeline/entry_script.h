// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sheaf::pipeline {

/// The file of an entry script: "iris.py", "sub/embed.py" or dotted "pkg.main" below `code` (a
/// folder, or the script itself).
/// "" when it is not there.
[[nodiscard]] std::filesystem::path findEntryScript(
    const std::filesystem::path& code, const std::string& entryScript);

/// Whether a line of the Python text begins a function of that name, or the name is imported or
/// assigned. A look at the text only: it can be wrong either way, so it is good for a warning and
/// no more.
[[nodiscard]] bool definesFunction(std::string_view script, std::string_view name);

} // namespace sheaf::pipeline
