// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/monitor/sample.h"

#include <QList>
#include <QPointF>
#include <QString>

#include <cstdint>
#include <string>
#include <vector>

/// From samples to what charts draw: pure functions, any thread. Times are milliseconds since 1970.
namespace sheaf::ui {

enum class Metric { NodeCpu, NodeMemory, Disk, Network, WorkerCpu, WorkerMemory, Processes, GpuBusy, GpuMemory };

/// One line of a chart. Where no figure came for more than 2.5 intervals it ends, and another piece begins: nothing is drawn over a gap.
struct MetricLine {
    QString name;
    int node = 0;
    QList<QPointF> points; // in order of time
};

/// The usual time between two samples, in seconds; 0 when there are not two.
[[nodiscard]] double sampleInterval(const std::vector<monitor::NodeSample>& samples);
/// CPU that sampling costs the nodes, as a share of one core; below 0 when samples do not tell.
[[nodiscard]] double samplingCost(const std::vector<monitor::NodeSample>& samples);
/// Lines of a chart; of the workers those of `step`. `together`: of disk and network one line a node, both ways added.
[[nodiscard]] std::vector<MetricLine> metricLines(
    const std::vector<monitor::NodeSample>& samples, Metric metric, const std::string& step, bool together = false);
/// The points of a line in pieces without a gap, each thinned to about `most` points of the whole: the least and the greatest of neighbours stay.
[[nodiscard]] QList<QList<QPointF>> piecesOf(const QList<QPointF>& points, double intervalSeconds, int most);

/// Many lines as a band: at each moment the median and the values that a tenth is below and above of.
struct MetricBand {
    QList<QPointF> median;
    QList<QPointF> low;
    QList<QPointF> high;
};
[[nodiscard]] MetricBand bandOf(const std::vector<MetricLine>& lines, double intervalSeconds);

/// The greatest memory that any node has, MiB: the limit line; 0 when not known.
[[nodiscard]] double memoryLimit(const std::vector<monitor::NodeSample>& samples);

} // namespace sheaf::ui
