// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

/// What the verbs know of the terminal they print to. Escapes and pictures only where a person
/// looks.
namespace sheaf::cli {

[[nodiscard]] bool isTerminal(FILE* stream);
/// Columns of the terminal; 100 when it is none.
[[nodiscard]] int terminalWidth();
/// Whether the locale can show more than ASCII.
[[nodiscard]] bool speaksUtf8();

enum class Colour { None, Bold, Dim, Green, Yellow, Red };
/// The text in a colour on a terminal (unless NO_COLOR is set), else as it is.
[[nodiscard]] std::string coloured(Colour colour, std::string_view text);

/// Text of users with its control characters made visible (^[ for escape), so that it cannot drive
/// the terminal. Newlines and tabs stay. Text for one line: newlines become blanks.
[[nodiscard]] std::string harmless(std::string_view text);
[[nodiscard]] std::string harmlessLine(std::string_view text);
/// As it is into a file or pipe, made harmless on a terminal.
void printUserText(std::string_view text);

/// "sheaf: sentence" on stderr; returns the exit code to leave with.
int complain(const Error& error, int exitCode = 2);

/// Columns of text, each as wide as its widest cell; the last one is not filled up.
[[nodiscard]] std::string table(const std::vector<std::vector<std::string>>& rows);
/// At most `columns` characters (not bytes), with … at the end where something was cut.
[[nodiscard]] std::string cut(std::string_view text, int columns);
/// Wall time as "2026-11-21 01:02:03", local.
[[nodiscard]] std::string localTime(std::int64_t micros);

} // namespace sheaf::cli
