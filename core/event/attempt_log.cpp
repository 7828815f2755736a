// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/attempt_log.h"

#include <algorithm>
#include <iterator>

namespace sheaf::event {

static_assert(sizeof(AttemptBar) <= 24);

namespace {

/// First place from `begin` on where `holds` is no longer true; quick when it is near.
template <class Holds> std::size_t firstNot(const std::vector<AttemptBar>& bars, std::size_t begin, Holds&& holds)
{
    std::size_t step = 1;
    std::size_t known = begin; // all before it hold
    while (known < bars.size() && holds(bars[known])) {
        ++known;
        const std::size_t next = known + step;
        if (next >= bars.size() || !holds(bars[next])) {
            const auto end = bars.begin() + static_cast<std::ptrdiff_t>(std::min(bars.size(), next));
            return static_cast<std::size_t>(std::partition_point(bars.begin() + static_cast<std::ptrdiff_t>(known), end, holds) - bars.begin());
        }
        known = next;
        step *= 2;
    }
    return known;
}

} // namespace

void AttemptLane::sumFrom(std::size_t place)
{
    m_sums.resize(m_bars.size());
    for (std::size_t i = place; i < m_bars.size(); ++i) {
        const AttemptBar& bar = m_bars[i];
        const Sums before = i == 0 ? Sums() : m_sums[i - 1];
        const bool isFailed = bar.isFailed() && !bar.isTimeout();
        m_sums[i] = { before.seconds + static_cast<double>(bar.seconds), before.failed + (isFailed ? 1U : 0U), before.timedOut + (bar.isTimeout() ? 1U : 0U) };
    }
}

void AttemptLane::add(const AttemptBar& bar)
{
    const auto place = std::upper_bound(m_bars.begin(), m_bars.end(), bar.startMicros, [](std::int64_t micros, const AttemptBar& one) { return micros < one.startMicros; });
    const auto index = static_cast<std::size_t>(place - m_bars.begin()); // nearly always the end
    m_bars.insert(place, bar);
    sumFrom(index);
}

std::pair<std::size_t, std::size_t> AttemptLane::placesIn(std::int64_t fromMicros, std::int64_t toMicros) const
{
    const auto first = std::partition_point(m_bars.begin(), m_bars.end(), [&](const AttemptBar& bar) { return bar.endMicros() <= fromMicros && bar.startMicros < fromMicros; });
    const auto end = std::partition_point(first, m_bars.end(), [&](const AttemptBar& bar) { return bar.startMicros < toMicros; });
    return { static_cast<std::size_t>(first - m_bars.begin()), static_cast<std::size_t>(end - m_bars.begin()) };
}

LaneSpan AttemptLane::spanOf(std::int64_t fromMicros, std::int64_t toMicros) const
{
    std::size_t place = placesIn(fromMicros, toMicros).first;
    return spanOf(fromMicros, toMicros, place);
}

LaneSpan AttemptLane::spanOf(std::int64_t fromMicros, std::int64_t toMicros, std::size_t& place) const
{
    LaneSpan span;
    const std::size_t first = firstNot(m_bars, place, [&](const AttemptBar& bar) { return bar.endMicros() <= fromMicros && bar.startMicros < fromMicros; });
    const std::size_t end = firstNot(m_bars, first, [&](const AttemptBar& bar) { return bar.startMicros < toMicros; });
    place = first;
    if (first == end || toMicros <= fromMicros) {
        return span;
    }
    span.bars = end - first;
    const Sums before = first == 0 ? Sums() : m_sums[first - 1];
    const Sums& after = m_sums[end - 1];
    span.failed = after.failed - before.failed;
    span.timedOut = after.timedOut - before.timedOut;
    double seconds = after.seconds - before.seconds;
    seconds -= static_cast<double>(std::max<std::int64_t>(0, fromMicros - m_bars[first].startMicros)) / 1e6;
    seconds -= static_cast<double>(std::max<std::int64_t>(0, m_bars[end - 1].endMicros() - toMicros)) / 1e6;
    span.busy = std::clamp(seconds * 1e6 / static_cast<double>(toMicros - fromMicros), 0.0, 1.0);
    return span;
}

void AttemptLog::add(const AttemptEnded& ended)
{
    if (ended.startMicros <= 0) {
        return; // it never began
    }
    const std::pair<std::uint32_t, std::uint32_t> key { ended.node.value, ended.process.value };
    auto found = m_places.find(key);
    if (found == m_places.end()) { // rare: a lane moves in between the others
        const auto place = static_cast<std::size_t>(std::distance(m_places.begin(), m_places.lower_bound(key)));
        m_lanes.insert(m_lanes.begin() + static_cast<std::ptrdiff_t>(place), AttemptLane(ended.node, ended.process));
        found = m_places.emplace(key, place).first;
        std::size_t number = 0;
        for (auto& [ignored, index] : m_places) {
            index = number++;
        }
    }
    const AttemptBar bar { ended.startMicros, static_cast<float>(ended.elapsedSeconds), ended.miniBatch, ended.picked, ended.outcome, ended.final };
    m_lanes[found->second].add(bar);
    m_first = m_first == 0 ? bar.startMicros : std::min(m_first, bar.startMicros);
    m_last = std::max(m_last, bar.endMicros());
    ++m_attempts;
    if (ended.outcome == AttemptOutcome::Done) {
        m_done.push_back(bar.endMicros());
    }
}

AttemptLog AttemptLog::until(std::int64_t micros) const
{
    AttemptLog log;
    for (const auto& lane : m_lanes) {
        AttemptLane cut(lane.node(), lane.process());
        for (const auto& bar : lane.bars()) {
            if (bar.endMicros() <= micros) {
                cut.add(bar);
                log.m_first = log.m_first == 0 ? bar.startMicros : std::min(log.m_first, bar.startMicros);
                log.m_last = std::max(log.m_last, bar.endMicros());
                ++log.m_attempts;
            }
        }
        if (!cut.bars().empty()) {
            log.m_places.emplace(std::pair(lane.node().value, lane.process().value), log.m_lanes.size());
            log.m_lanes.push_back(std::move(cut));
        }
    }
    std::copy_if(m_done.begin(), m_done.end(), std::back_inserter(log.m_done), [&](std::int64_t end) { return end <= micros; });
    return log;
}

} // namespace sheaf::event
