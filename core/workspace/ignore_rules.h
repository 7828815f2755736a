// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sheaf::workspace {

/// The rules of .amlignore or .gitignore files: which paths of a folder are left out. The caller
/// walks from the top and does not enter a folder that is ignored, so nothing below it can be taken
/// back in (as git has it). Pure; a value.
class IgnoreRules
{
public:
    /// Adds the lines of an ignore file that lies in `folder` (relative to the root, "" for the
    /// root itself). Files nearer to the root come first: the last rule that matches decides.
    void add(std::string_view folder, std::string_view lines);
    /// `path` is relative to the root, with / between its parts.
    [[nodiscard]] bool isIgnored(std::string_view path, bool isFolder) const;

private:
    struct Rule
    {
        std::string folder;
        std::vector<std::string> parts; // of the pattern, split at /
        bool takesBack = false; // !pattern
        bool foldersOnly = false; // pattern/
    };
    [[nodiscard]] static bool matches(const Rule& rule, std::string_view path, bool isFolder);
    std::vector<Rule> m_rules;
};

} // namespace sheaf::workspace
