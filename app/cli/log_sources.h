// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "app/cli/open_run.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::cli {

/// Which log files are wanted; "" is any.
struct LogFilter
{
    std::string step;
    std::string node;
    std::string process; // "process003"
};

/// One log file of a run, and how much of it was printed.
struct LogSource
{
    std::filesystem::path path;
    std::string title; // "score  node 0  process003  stdout"
    std::uint64_t printed = 0;
};

/// The log files that are there now, in order of step, node, process and stream. Those known
/// already keep their place in `sources` and how much of them was printed.
void findLogSources(const OpenRun& run, const LogFilter& filter, std::vector<LogSource>& sources);

/// What has been added to the file since, up to its last whole line (or to its end when `toEnd`);
/// moves `printed` on.
[[nodiscard]] std::string readNew(LogSource& source, bool toEnd);

/// Bytes [begin, end) of a file, as far as they are there.
[[nodiscard]] std::string readRange(
    const std::filesystem::path& path, std::uint64_t begin, std::uint64_t end);

/// "3", "003" and "process003" mean process003.
[[nodiscard]] std::string processWord(const std::string& text);

} // namespace sheaf::cli
