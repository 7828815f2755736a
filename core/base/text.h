// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::text {

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> toInt(std::string_view text);
[[nodiscard]] std::optional<double> toDouble(std::string_view text);

/// Splits like a POSIX command line: blanks, single and double quotes, backslash. nullopt: a quote is not closed.
[[nodiscard]] std::optional<std::vector<std::string>> splitCommandLine(std::string_view text);

/// "1.4 MiB", "12 s", "3 min 20 s", "1,234,567": for people, English.
[[nodiscard]] std::string humanBytes(std::uint64_t bytes);
[[nodiscard]] std::string humanSeconds(double seconds);
[[nodiscard]] std::string humanCount(std::uint64_t count);

/// Least number of single-character edits (swap of neighbours counts one) from `a` to `b`.
[[nodiscard]] int editDistance(std::string_view a, std::string_view b);
/// The candidate nearest to `word`, if it is near enough to be meant (a third of its length at most).
[[nodiscard]] std::optional<std::string> nearest(
    std::string_view word, const std::vector<std::string>& candidates);

} // namespace sheaf::text
