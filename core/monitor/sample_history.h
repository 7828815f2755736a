// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/monitor/sample.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace sheaf::monitor {

/// The samples of a run, however long it is: when the room is used up, each two neighbours of a node become one, and each later one stands for
/// twice as many. Shares of time (CPU, busy) are then the mean of theirs, memory is what was most in use, counters are those of the
/// last one; their intervals and costs are added. A value; one thread.
class SampleHistory
{
public:
    static constexpr std::size_t kMostFigures = 150'000;
    static constexpr std::size_t kFewestOfNode = 20; // that many stay, whatever the room

    /// `mostFigures`: samples and processes and graphics processors in them, together.
    explicit SampleHistory(std::size_t mostFigures = kMostFigures);

    void add(NodeSample sample);

    /// As they came, which is nearly the order of time; the last one of each node may still be filling.
    [[nodiscard]] const std::vector<NodeSample>& samples() const { return m_samples; }
    /// How many samples a full one stands for.
    [[nodiscard]] std::uint32_t stride() const { return m_stride; }

private:
    /// The last sample of a node.
    struct Last {
        std::size_t place = 0;
        std::uint32_t values = 0; // that it stands for
    };
    void joinNeighbours();

    std::vector<NodeSample> m_samples;
    std::unordered_map<std::uint32_t, Last> m_last; // by node
    std::size_t m_mostFigures;
    std::size_t m_figures = 0;
    std::uint32_t m_stride = 1;
};

} // namespace sheaf::monitor
