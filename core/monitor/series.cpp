// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/series.h"

#include <algorithm>

namespace sheaf::monitor {

namespace {

void join(Series::Point& into, const Series::Point& later)
{
    const double sum = into.value * into.values + later.value * later.values;
    into.values += later.values;
    into.value = sum / into.values;
    into.peak = std::max(into.peak, later.peak);
    into.timeMicros = later.timeMicros;
}

} // namespace

Series::Series(std::size_t capacity)
    : m_capacity(std::max<std::size_t>(capacity, 2))
{
}

void Series::add(std::int64_t timeMicros, double value)
{
    const Point point { timeMicros, value, value, 1 };
    if (!m_points.empty() && m_points.back().values < m_stride) {
        join(m_points.back(), point);
        return;
    }
    if (m_points.size() == m_capacity) {
        joinNeighbours();
        // An odd last point has had no neighbour, so it takes this value.
        if (m_points.back().values < m_stride) {
            join(m_points.back(), point);
            return;
        }
    }
    m_points.push_back(point);
}

void Series::clear()
{
    m_points.clear();
    m_stride = 1;
}

void Series::joinNeighbours()
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_points.size(); i += 2) {
        Point point = m_points[i];
        if (i + 1 < m_points.size()) {
            join(point, m_points[i + 1]);
        }
        m_points[kept++] = point;
    }
    m_points.resize(kept);
    m_stride *= 2;
}

} // namespace sheaf::monitor
