// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/diagnostic.h"

#include <string>
#include <vector>

namespace sheaf::spec {

/// Where a finding is: file, range in it, dotted path of the field.
struct Place
{
    std::string file;
    SourceRange where;
    std::string path;
};

/// The words of a finding beside its sentence.
struct Finding
{
    std::string found;
    std::string allowed;
    std::string fix;
};

[[nodiscard]] Diagnostic finding(
    Severity severity, std::string code, Place place, std::string message, Finding words = {});

/// " (did you mean 'x'?)" for the candidate nearest to `word`, else "".
[[nodiscard]] std::string didYouMean(
    const std::string& word, const std::vector<std::string>& candidates);

/// " (did you mean 'x'?)", or "" for "".
[[nodiscard]] std::string meaning(const std::string& word);

/// "a, b and c" for messages; "none" when empty.
[[nodiscard]] std::string wordList(const std::vector<std::string>& words);

/// By file (in the order of `files`, others after them), then place; the same finding is kept once.
void sortDiagnostics(std::vector<Diagnostic>& diagnostics, const std::vector<std::string>& files);

} // namespace sheaf::spec
