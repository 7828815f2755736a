// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/logs/log_query.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

namespace sheaf::logs {

/// What one turn of a search through a file brought.
struct ScanTurn {
    std::vector<std::uint64_t> lines; // where matching lines begin
    std::uint64_t end = 0; // looked at up to here, the begin of a line; the next turn goes on from it
    bool atEnd = false; // nothing more up to `to`
};

/// Looks for matching lines in [from, to) of a file, `from` being the begin of a line, at most about `atMost` bytes of it: a search is a row of
/// turns, so hits are there from the first one on, and it goes on where it was when the file has grown. Large turns are halved between
/// two threads. What is behind the last line end counts as a line when `unfinished` is asked for. A line longer than 16 MiB is
/// looked at in pieces. Any thread; the file is read in blocks, never mapped: what is read does not stay.
[[nodiscard]] Result<ScanTurn> scanLines(const std::filesystem::path& file, std::uint64_t from, std::uint64_t to, std::uint64_t atMost,
    const LogQuery& query, bool unfinished, const std::stop_token& stop);

/// How many lines of [from, to) match; `from` is the begin of a line.
[[nodiscard]] Result<std::uint64_t> countLines(const std::filesystem::path& file, std::uint64_t from, std::uint64_t to, const LogQuery& query);

} // namespace sheaf::logs
