// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/logs/attempt_ranges.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sheaf::logs {

/// Reads the time that a line begins with: "2026-11-21 17:42:46,421 …" (Python's logging: local time), "2026-11-21T17:42:46.167293 …" (Sheaf's own lines:
/// UTC), either with Z or an offset behind it. One thread: the last hour is remembered, for local time is slow to work out.
class StampReader
{
public:
    [[nodiscard]] std::optional<std::int64_t> read(std::string_view line);

private:
    std::string m_hour; // "2026-11-21 17"
    std::int64_t m_hourMicros = 0;
};

/// When the lines of one file were written. Most lines do not say; the rule, in this order:
///  1. the time that the line begins with, if it lies in the time of the attempt that wrote it (two seconds to spare); if no attempt did, in the
///     time of the file (a day to spare: clocks and zones differ). Printed data begin with dates, too, and one of 2031 must not move what follows;
///  2. a share of the attempt's time, as large as the share of the attempt's bytes in this file before the line;
///  3. the time of the line before it; for the first ones of a file, the time when the file was made, or of its first attempt if that is earlier; if
///     it is not known, the time given at its begin (`reached` when the file is being written).
/// And never before the line before it: a file keeps its order. Lines are asked for in that order. One thread.
class LineTimes
{
public:
    /// The time of the file: from `beginMicros` (0: any) to `endMicros` (0: to now). `madeMicros`: when it was made; 0: not known.
    explicit LineTimes(std::int64_t beginMicros, std::int64_t endMicros = 0, std::int64_t madeMicros = 0)
        : m_begin(beginMicros)
        , m_end(endMicros)
        , m_made(madeMicros)
        , m_last(beginMicros)
    {
    }
    /// `reached`: when these bytes were found in a growing file; 0 when that is not known.
    [[nodiscard]] std::int64_t of(const AttemptRanges& ranges, std::uint64_t offset, std::string_view line, std::int64_t reached);

private:
    [[nodiscard]] bool isOfTheFile(std::int64_t stamp, std::int64_t reached);
    StampReader m_stamps;
    std::int64_t m_begin;
    std::int64_t m_end;
    std::int64_t m_made;
    std::int64_t m_last;
};

} // namespace sheaf::logs
