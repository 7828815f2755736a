// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sheaf::plan {

/// A line of plan.jsonl (its form: plan_file.h) read back, as far as people want to see it. A value.
struct LineContent
{
    bool hasSlices = false; // else files
    std::uint64_t parts = 0; // files or slices
    std::uint64_t amount = 0; // of all slices: bytes, or row groups; one "up to the last" counts nothing
    std::int64_t firstRow = -1; // json rows: number of its first row
    std::string firstPath; // readable: a byte that is not UTF-8 is "\xNN"
    std::int64_t begin = 0; // of the first slice
    std::int64_t end = 0;
    std::vector<std::pair<std::string, std::string>> key; // of its partition
};

/// Reads it all, or without its texts (firstPath, key), which is what figures need of a million lines. Our own reader,
/// since a name may hold a lone surrogate, which JSON libraries refuse. What is no line of a plan gives what could be read.
[[nodiscard]] LineContent readLine(std::string_view line, bool withTexts = true);
/// Paths of all its files or slices, in their order, readable.
[[nodiscard]] std::vector<std::string> pathsOfLine(std::string_view line);

} // namespace sheaf::plan
