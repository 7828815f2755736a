// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/ignore_rules.h"

#include "core/base/text.h"

#include <fnmatch.h>
#include <span>

namespace sheaf::workspace {

namespace {

bool partsMatch(std::span<const std::string> pattern, std::span<const std::string> path)
{
    if (pattern.empty()) {
        return path.empty();
    }
    if (pattern.front() == "**") {
        if (pattern.size() == 1) {
            return !path.empty(); // "folder/**": everything inside, not the folder
        }
        for (std::size_t skipped = 0; skipped <= path.size(); ++skipped) {
            if (partsMatch(pattern.subspan(1), path.subspan(skipped))) {
                return true;
            }
        }
        return false;
    }
    return !path.empty() && ::fnmatch(pattern.front().c_str(), path.front().c_str(), 0) == 0
        && partsMatch(pattern.subspan(1), path.subspan(1));
}

/// Without blanks at the end, unless the last is escaped; without a carriage return.
std::string_view cutBlanks(std::string_view line)
{
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    while (line.ends_with(' ') && !line.ends_with("\\ ")) {
        line.remove_suffix(1);
    }
    return line;
}

} // namespace

void IgnoreRules::add(std::string_view folder, std::string_view lines)
{
    if (lines.starts_with("\xef\xbb\xbf")) {
        lines.remove_prefix(3);
    }
    for (const auto& whole : text::split(lines, '\n')) {
        std::string_view line = cutBlanks(whole);
        Rule rule;
        rule.folder = folder;
        if (line.empty() || line.front() == '#') {
            continue;
        }
        if (line.front() == '!') {
            rule.takesBack = true;
            line.remove_prefix(1);
        }
        if (line.ends_with('/')) {
            rule.foldersOnly = true;
            line.remove_suffix(1);
        }
        const bool anchored = line.find('/') != std::string_view::npos;
        if (line.starts_with('/')) {
            line.remove_prefix(1);
        }
        if (line.empty()) {
            continue;
        }
        if (!anchored) {
            rule.parts.emplace_back("**");
        }
        for (auto& part : text::split(line, '/')) {
            rule.parts.push_back(std::move(part));
        }
        m_rules.push_back(std::move(rule));
    }
}

bool IgnoreRules::matches(const Rule& rule, std::string_view path, bool isFolder)
{
    if (rule.foldersOnly && !isFolder) {
        return false;
    }
    if (!rule.folder.empty()) {
        if (!path.starts_with(rule.folder) || path.size() <= rule.folder.size()
            || path[rule.folder.size()] != '/') {
            return false;
        }
        path.remove_prefix(rule.folder.size() + 1);
    }
    const auto parts = text::split(path, '/');
    return partsMatch(rule.parts, parts);
}

bool IgnoreRules::isIgnored(std::string_view path, bool isFolder) const
{
    for (auto rule = m_rules.rbegin(); rule != m_rules.rend(); ++rule) {
        if (matches(*rule, path, isFolder)) {
            return !rule->takesBack;
        }
    }
    return false;
}

} // namespace sheaf::workspace
