// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/logs/line_index.h"

#include <optional>
#include <stop_token>
#include <string>

namespace sheaf::logs {

struct LogQuestion {
    std::string text; // bytes as in the file; never empty
    bool caseSensitive = false; // else ASCII letters count as equal
    bool backward = false;
    std::int64_t from = -1; // the search begins with the line after (before) this one and goes once around
};

/// The nearest line that holds the text, or nullopt when none does (or `stop` was asked for). Reads the file in blocks, never as a
/// whole; looks at what the index knows. Any thread.
[[nodiscard]] Result<std::optional<std::uint64_t>> searchLog(const std::filesystem::path& file, const LineIndex& index,
    const LogQuestion& question, const std::stop_token& stop);

} // namespace sheaf::logs
