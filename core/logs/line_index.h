// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sheaf::logs {

/// Where the lines of a growing file begin, sparsely: one place in kStride lines, so a gigabyte of log costs about a megabyte.
/// A value: whoever reads the file extends a copy in any thread and hands it over. Bytes behind the last newline are a
/// line of their own until it comes.
class LineIndex
{
public:
    static constexpr std::uint64_t kStride = 64;

    /// Reads what `file` has more than is known, `atMost` bytes of it. A file that is shorter than known was begun anew: so is the
    /// index. A file that is not there is an empty one. True when something changed.
    [[nodiscard]] Result<bool> extend(const std::filesystem::path& file, std::uint64_t atMost);

    [[nodiscard]] std::uint64_t lines() const { return m_newlines + (m_lastBegin < m_size ? 1 : 0); }
    /// Bytes that have been looked at.
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    /// A line that begins at or before `line`, and where: reading goes on from there.
    struct Place {
        std::uint64_t line = 0;
        std::uint64_t offset = 0;
    };
    [[nodiscard]] Place before(std::uint64_t line) const;
    /// The last known place at or before byte `offset`.
    [[nodiscard]] Place beforeOffset(std::uint64_t offset) const;

private:
    std::vector<std::uint64_t> m_places { 0 }; // where line 0, kStride, 2·kStride, … begin
    std::uint64_t m_newlines = 0;
    std::uint64_t m_lastBegin = 0; // of the line behind the last newline
    std::uint64_t m_size = 0;
};

/// Lines [first, first + count) of the file without their line ends, at most `longest` bytes of each. Fewer at the end of
/// what the index knows. Any thread.
[[nodiscard]] Result<std::vector<std::string>> readLines(const std::filesystem::path& file, const LineIndex& index,
    std::uint64_t first, std::size_t count, std::size_t longest);

/// The line that holds byte `offset`; the last one when it lies behind the end.
[[nodiscard]] Result<std::uint64_t> lineAt(const std::filesystem::path& file, const LineIndex& index, std::uint64_t offset);

} // namespace sheaf::logs
