// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <string_view>

namespace sheaf::logs {

enum class LogLevel {
    Plain,
    Warning, // WARNING or WARN as a word near the begin of the line
    Error, // ERROR, CRITICAL or FATAL there; or a line as Python ends a traceback with: "KeyError: 'x'"; or "Traceback (most recent call last)"
};

/// What a line says of itself in its first 200 bytes.
[[nodiscard]] LogLevel levelOf(std::string_view line);

/// The question of LogQuery for lines that levelOf() calls errors, for counting many.
inline constexpr std::string_view kErrorLines
    = R"(^.{0,190}\b(ERROR|CRITICAL|FATAL)\b|^Traceback \(most recent call last\)|^([A-Za-z_][A-Za-z_0-9.]*)?(Error|Exception)(:|\r?$))";

} // namespace sheaf::logs
