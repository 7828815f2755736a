// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/attempt_ranges.h"

#include <algorithm>

namespace sheaf::logs {

void AttemptRanges::add(const AttemptRange& range)
{
    if (range.end <= range.begin) {
        return;
    }
    m_longest = std::max(m_longest, range.end - range.begin);
    if (m_ranges.empty() || m_ranges.back().begin <= range.begin) {
        m_ranges.push_back(range);
        return;
    }
    const auto place = std::upper_bound(
        m_ranges.begin(), m_ranges.end(), range.begin, [](std::uint64_t begin, const AttemptRange& other) { return begin < other.begin; });
    m_ranges.insert(place, range);
}

std::optional<AttemptRange> AttemptRanges::at(std::uint64_t offset) const
{
    auto place = std::upper_bound(
        m_ranges.begin(), m_ranges.end(), offset, [](std::uint64_t at, const AttemptRange& range) { return at < range.begin; });
    while (place != m_ranges.begin()) {
        --place;
        if (offset < place->end) {
            return *place;
        }
        if (offset - place->begin >= m_longest) {
            break;
        }
    }
    return std::nullopt;
}

std::optional<AttemptRange> AttemptRanges::of(MiniBatchIndex miniBatch) const
{
    std::optional<AttemptRange> found;
    for (const AttemptRange& range : m_ranges) {
        if (range.miniBatch == miniBatch && (!found || range.startMicros >= found->startMicros)) {
            found = range;
        }
    }
    return found;
}

} // namespace sheaf::logs
