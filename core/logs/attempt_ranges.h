// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/ids.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace sheaf::logs {

/// Bytes [begin, end) of one log file that one attempt wrote, as the run recorded it.
struct AttemptRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::int64_t startMicros = 0; // of the attempt
    float seconds = 0; // that it took
    MiniBatchIndex miniBatch;
    std::uint16_t tryNumber = 1;

    [[nodiscard]] std::int64_t endMicros() const { return startMicros + static_cast<std::int64_t>(static_cast<double>(seconds) * 1e6); }
};

/// The ranges of one file, by place: which mini-batch wrote this line, and where are the lines of that mini-batch. A value. Ranges of
/// mini-batches that ran at once in one process may overlap: a byte then belongs to the one that began last.
class AttemptRanges
{
public:
    void add(const AttemptRange& range); // in any order; quick when they come as they were written
    [[nodiscard]] bool isEmpty() const { return m_ranges.empty(); }
    [[nodiscard]] const std::vector<AttemptRange>& all() const { return m_ranges; } // by begin
    /// The attempt that wrote byte `offset`; nothing when none is known to have (init(), one that still runs).
    [[nodiscard]] std::optional<AttemptRange> at(std::uint64_t offset) const;
    /// Its last attempt's.
    [[nodiscard]] std::optional<AttemptRange> of(MiniBatchIndex miniBatch) const;

private:
    std::vector<AttemptRange> m_ranges;
    std::uint64_t m_longest = 0; // no range is longer: how far back one has to look
};

} // namespace sheaf::logs
