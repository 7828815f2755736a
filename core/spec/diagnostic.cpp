// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/diagnostic.h"

#include "core/base/text.h"
#include "core/spec/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace sheaf::spec {

namespace {

const char* severityWord(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return "error";
    case Severity::Warning:
        return "warning";
    case Severity::Note:
        return "note";
    }
    return "";
}

} // namespace

std::string diagnosticText(const Diagnostic& diagnostic)
{
    std::string text = diagnostic.file;
    if (diagnostic.where.line > 0) {
        text += fmt::format(":{}:{}", diagnostic.where.line, diagnostic.where.column);
    }
    text += fmt::format(
        ": {}: {} [{}]", severityWord(diagnostic.severity), diagnostic.message, diagnostic.code);
    if (!diagnostic.fix.empty()) {
        text += "\n    fix: " + diagnostic.fix;
    }
    return text;
}

Diagnostic finding(
    Severity severity, std::string code, Place place, std::string message, Finding words)
{
    return Diagnostic { std::move(code), severity, std::move(place.file), place.where,
        std::move(place.path), std::move(words.found), std::move(words.allowed),
        std::move(words.fix), std::move(message) };
}

std::string didYouMean(const std::string& word, const std::vector<std::string>& candidates)
{
    return meaning(text::nearest(word, candidates).value_or(std::string()));
}

std::string meaning(const std::string& word)
{
    return word.empty() ? std::string() : fmt::format(" (did you mean '{}'?)", word);
}

std::string wordList(const std::vector<std::string>& words)
{
    if (words.empty()) {
        return "none";
    }
    std::string list = words.front();
    for (std::size_t i = 1; i < words.size(); ++i) {
        list += (i + 1 == words.size() ? " and " : ", ") + words[i];
    }
    return list;
}

void sortDiagnostics(std::vector<Diagnostic>& diagnostics, const std::vector<std::string>& files)
{
    const auto rank = [&](const std::string& file) {
        return std::find(files.begin(), files.end(), file) - files.begin();
    };
    const auto key = [&](const Diagnostic& d) {
        return std::tuple(rank(d.file), d.file, d.where.line, d.where.column, d.severity, d.code,
            d.path, d.message);
    };
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
        [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
    const auto same = [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); };
    diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end(), same), diagnostics.end());
}

} // namespace sheaf::spec
