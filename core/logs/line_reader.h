// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/base/unique_fd.h"
#include "core/logs/line_index.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace sheaf::logs {

/// Reads a file in blocks from a place on. One thread.
class BlockReader
{
public:
    [[nodiscard]] static Result<BlockReader> open(const std::filesystem::path& file, std::uint64_t from);

    [[nodiscard]] std::uint64_t fileSize() const; // now
    /// Up to a megabyte, at most `atMost` bytes; empty at the end. Valid until the next call.
    [[nodiscard]] Result<std::string_view> next(std::uint64_t atMost);

private:
    BlockReader(std::string path, UniqueFd file, std::uint64_t at);
    std::string m_path;
    UniqueFd m_file;
    std::uint64_t m_at = 0;
    std::string m_block;
};

/// Calls `line(number, begin, bytes without the line end)` from `place` on up to byte `end` while it returns true. What is longer than a
/// megabyte is cut.
[[nodiscard]] Result<void> eachLine(const std::filesystem::path& file, LineIndex::Place place, std::uint64_t end,
    const std::function<bool(std::uint64_t number, std::uint64_t begin, std::string_view bytes)>& line);

} // namespace sheaf::logs
