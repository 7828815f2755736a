// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_level.h"

#include <algorithm>
#include <cctype>

namespace sheaf::logs {

namespace {

bool isWordLetter(char c)
{
    return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool hasWord(std::string_view line, std::string_view word)
{
    for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !isWordLetter(line[at - 1])) && (end == line.size() || !isWordLetter(line[end]))) {
            return true;
        }
    }
    return false;
}

/// "KeyError: 'station'", "json.decoder.JSONDecodeError: …": the last line of a traceback.
bool isRaised(std::string_view line)
{
    const auto nameEnd = std::find_if(line.begin(), line.end(), [](char c) { return !isWordLetter(c) && c != '.'; });
    const std::string_view name = line.substr(0, static_cast<std::size_t>(nameEnd - line.begin()));
    const bool named = name.ends_with("Error") || name.ends_with("Exception");
    return named && std::isdigit(static_cast<unsigned char>(name.front())) == 0 && name.front() != '.'
        && (nameEnd == line.end() || *nameEnd == ':' || *nameEnd == '\r');
}

} // namespace

LogLevel levelOf(std::string_view line)
{
    const std::string_view begin = line.substr(0, 200);
    if (hasWord(begin, "ERROR") || hasWord(begin, "CRITICAL") || hasWord(begin, "FATAL") || isRaised(line)
        || line.starts_with("Traceback (most recent call last)")) {
        return LogLevel::Error;
    }
    return hasWord(begin, "WARNING") || hasWord(begin, "WARN") ? LogLevel::Warning : LogLevel::Plain;
}

} // namespace sheaf::logs
