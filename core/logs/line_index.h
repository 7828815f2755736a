// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sheaf::logs {

class BlockReader;

/// Where the lines of a growing file begin, sparsely: one place in kStride lines or kSpan bytes, so a gigabyte of log costs about a megabyte, and
/// whatever the length of lines, the begin of each is found less than kSpan bytes behind a place.
/// A value: whoever reads the file extends a copy in any thread and hands it over. Bytes behind the last newline are a
/// line of their own until it comes.
class LineIndex
{
public:
    static constexpr std::uint64_t kStride = 128;
    static constexpr std::uint64_t kSpan = 64U << 10;

    /// Reads what `file` has more than is known, `atMost` bytes of it. A file that is not the one it was (see Restart) is read
    /// from its begin. A file that is not there is an empty one. True when something changed.
    [[nodiscard]] Result<bool> extend(const std::filesystem::path& file, std::uint64_t atMost);

    /// What the last extend() found that had nothing to do with growing. Known by size, by the file's number in its file system, and by a
    /// hash of the first and last kilobytes of what is known: quick, and it does not see a change in the middle.
    enum class Restart {
        None,
        Shorter, // cut off
        Replaced, // another file has its name: rotated
        Rewritten, // the same file, other bytes
        Gone,
    };
    [[nodiscard]] Restart restart() const { return m_restart; }
    /// Bytes that the file had when it was last looked at; more than size() while it is being read.
    [[nodiscard]] std::uint64_t fileSize() const { return m_fileSize; }

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
    /// The first known place behind byte `offset`: if the line there is longer than kSpan, the begin of the next.
    [[nodiscard]] std::optional<std::uint64_t> placeAfter(std::uint64_t offset) const;

    /// What it takes to know that a file has not been written to: an index of a large file is not copied to find that out.
    struct Seen {
        std::uint64_t number = 0;
        std::uint64_t size = 0;
        std::int64_t changedNanos = 0;
        bool isWhole = false; // it was read to its end
    };
    [[nodiscard]] Seen seen() const { return { m_number, m_fileSize, m_changed, m_size == m_fileSize }; }
    /// Whether extend() may find something.
    [[nodiscard]] static bool mayExtend(const std::filesystem::path& file, const Seen& seen);

private:
    [[nodiscard]] Restart changeOf(const BlockReader& file) const;
    void remember(BlockReader& file);

    std::vector<Place> m_places { Place() };
    std::uint64_t m_newlines = 0;
    std::uint64_t m_lastBegin = 0; // of the line behind the last newline
    std::uint64_t m_size = 0;
    std::uint64_t m_fileSize = 0;
    Restart m_restart = Restart::None;
    std::uint64_t m_number = 0; // of the file in its file system
    std::int64_t m_changed = 0; // when it was written last, ns
    std::uint64_t m_headSize = 0;
    std::uint64_t m_head = 0; // hash of its first bytes
    std::uint64_t m_tail = 0; // hash of the last ones before m_size
};

/// Lines [first, first + count) of the file without their line ends, at most `longest` bytes of each. Fewer at the end of
/// what the index knows. Any thread.
[[nodiscard]] Result<std::vector<std::string>> readLines(const std::filesystem::path& file, const LineIndex& index,
    std::uint64_t first, std::size_t count, std::size_t longest);

/// Where line `line` < index.lines() begins. Reads no more than LineIndex::kSpan, as lineAt() does.
[[nodiscard]] Result<std::uint64_t> beginOf(const std::filesystem::path& file, const LineIndex& index, std::uint64_t line);

/// The line that holds byte `offset`; the last one when it lies behind the end.
[[nodiscard]] Result<std::uint64_t> lineAt(const std::filesystem::path& file, const LineIndex& index, std::uint64_t offset);

} // namespace sheaf::logs
