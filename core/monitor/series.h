// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sheaf::monitor {

/// Values over time for a chart, however long the run: when the room is used up, neighbours are
/// joined two by two and each later point stands for twice as many values. Sums stay right: a point
/// is the mean of its values, and `peak` the greatest of them. A value; one thread.
class Series
{
public:
    struct Point
    {
        std::int64_t timeMicros = 0; // of the last value that it stands for
        double value = 0;
        double peak = 0;
        std::uint32_t values = 0; // how many it stands for
    };

    /// `capacity` is at least 2.
    explicit Series(std::size_t capacity = 2000);

    void add(std::int64_t timeMicros, double value);
    void clear();

    /// In order of time; the last one may still be filling.
    [[nodiscard]] const std::vector<Point>& points() const { return m_points; }
    /// How many values a full point stands for.
    [[nodiscard]] std::uint32_t stride() const { return m_stride; }

private:
    void joinNeighbours();

    std::size_t m_capacity;
    std::uint32_t m_stride = 1;
    std::vector<Point> m_points;
};

} // namespace sheaf::monitor
