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
#include <vector>

namespace sheaf::logs {

/// Reads a file in blocks from a place on. One thread.
class BlockReader
{
public:
    [[nodiscard]] static Result<BlockReader> open(const std::filesystem::path& file, std::uint64_t from);

    struct Status {
        std::uint64_t size = 0;
        std::uint64_t number = 0; // of the file in its file system
        std::int64_t changedNanos = 0;
    };
    [[nodiscard]] Status status() const; // now
    void goTo(std::uint64_t at) { m_at = at; }
    /// Fills `bytes` from `at` on; false when the file has not so many.
    [[nodiscard]] bool readAt(std::uint64_t at, std::string& bytes) const;
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

/// A line as it is shown.
struct Line {
    std::uint64_t begin = 0;
    std::string bytes; // without its end
    bool isCut = false; // it is longer than was asked for
    bool isFinished = true; // its end is there
    bool isLeft = false; // its end was not looked for any further: it is the last one that is given
};
/// Lines from the one that begins at `begin` on: at most `count`, at most `longest` bytes of each, what is before byte `end`. Reads a little more
/// than it gives, and not beyond the first megabyte of a line: for a screen, not for a search. Any thread.
[[nodiscard]] Result<std::vector<Line>> linesFrom(
    const std::filesystem::path& file, std::uint64_t begin, std::uint64_t end, std::size_t count, std::size_t longest);
/// Where the line begins that holds byte `offset` (before `end`), or, `back` lines before it; fewer when these are longer than 16 MiB together.
/// What is longer than that is a line of its own. Where there is a LineIndex, it knows better.
[[nodiscard]] Result<std::uint64_t> lineBegin(const std::filesystem::path& file, std::uint64_t offset, std::uint64_t back);

} // namespace sheaf::logs
