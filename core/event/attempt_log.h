// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/event.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

/// What each worker did when: every attempt that ended, 24 bytes each, so that a million stay in memory.
namespace sheaf::event {

struct AttemptBar {
    std::int64_t startMicros = 0;
    float seconds = 0;
    MiniBatchIndex miniBatch;
    std::uint16_t picked = 1;
    AttemptOutcome outcome : 8 = AttemptOutcome::Done;
    bool isFinal : 8 = true;

    [[nodiscard]] std::int64_t endMicros() const { return startMicros + static_cast<std::int64_t>(static_cast<double>(seconds) * 1e6); }
    [[nodiscard]] bool isTimeout() const { return outcome == AttemptOutcome::Timeout || outcome == AttemptOutcome::LoadTimeout; }
    [[nodiscard]] bool isFailed() const { return outcome != AttemptOutcome::Done && outcome != AttemptOutcome::Lost; }
};

/// What is in a span of time of one lane.
struct LaneSpan {
    std::size_t bars = 0; // that touch it
    double busy = 0; // share of it, 0 to 1
    std::size_t failed = 0; // of the bars, time-outs not counted
    std::size_t timedOut = 0;
};

/// The attempts of one worker, by time. Sums up to each bar are kept, so that a span of any length costs two searches, however many
/// attempts are in it: a picture costs its pixels, not its attempts.
class AttemptLane
{
public:
    AttemptLane(NodeIndex node, ProcessNumber process)
        : m_node(node)
        , m_process(process)
    {
    }
    [[nodiscard]] NodeIndex node() const { return m_node; }
    [[nodiscard]] ProcessNumber process() const { return m_process; }
    /// By start.
    [[nodiscard]] const std::vector<AttemptBar>& bars() const { return m_bars; }
    /// Places [first, end) of the bars that touch the time [from, to). Bars that lie over each other (a worker that holds many at once)
    /// may be missed at the edges.
    [[nodiscard]] std::pair<std::size_t, std::size_t> placesIn(std::int64_t fromMicros, std::int64_t toMicros) const;
    [[nodiscard]] LaneSpan spanOf(std::int64_t fromMicros, std::int64_t toMicros) const;
    /// The same for spans that are asked for one after the other in order of time: `place`, 0 at first, says where the last one was.
    [[nodiscard]] LaneSpan spanOf(std::int64_t fromMicros, std::int64_t toMicros, std::size_t& place) const;
    [[nodiscard]] std::size_t failed() const { return m_sums.empty() ? 0 : m_sums.back().failed + m_sums.back().timedOut; }
    [[nodiscard]] double busySeconds() const { return m_sums.empty() ? 0 : m_sums.back().seconds; }

    void add(const AttemptBar& bar);

private:
    struct Sums {
        double seconds = 0; // up to and with this bar
        std::uint32_t failed = 0;
        std::uint32_t timedOut = 0;
    };
    void sumFrom(std::size_t place);

    NodeIndex m_node;
    ProcessNumber m_process;
    std::vector<AttemptBar> m_bars;
    std::vector<Sums> m_sums; // as m_bars
};

/// The lanes of one step, by node and process. Owned by who folds events; one thread.
class AttemptLog
{
public:
    void add(const AttemptEnded& ended);
    /// In order of node and process.
    [[nodiscard]] const std::vector<AttemptLane>& lanes() const { return m_lanes; }
    /// Ends of the attempts that were Done, in µs, in order of their telling.
    [[nodiscard]] const std::vector<std::int64_t>& doneMicros() const { return m_done; }
    [[nodiscard]] std::int64_t firstMicros() const { return m_first; } // 0: there is none
    [[nodiscard]] std::int64_t lastMicros() const { return m_last; }
    [[nodiscard]] std::size_t attempts() const { return m_attempts; }
    /// The same as it was at this moment: attempts that had ended by then.
    [[nodiscard]] AttemptLog until(std::int64_t micros) const;

private:
    std::vector<AttemptLane> m_lanes;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> m_places; // by node and process
    std::vector<std::int64_t> m_done;
    std::int64_t m_first = 0;
    std::int64_t m_last = 0;
    std::size_t m_attempts = 0;
};

} // namespace sheaf::event
