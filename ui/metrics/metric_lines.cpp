// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/metrics/metric_lines.h"

#include "ui/text/convert.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

namespace sheaf::ui {

namespace {

constexpr double kGapIntervals = 2.5;
constexpr double kMega = 1024.0 * 1024.0;

QString words(const char* text)
{
    return QCoreApplication::translate("MetricLines", text);
}

/// Lines by a key that is cheap to compare; a name is made once.
class Lines
{
public:
    explicit Lines(std::vector<MetricLine>& lines)
        : m_lines(lines)
    {
    }
    template <class Name>
    void add(int node, const std::string& part, double x, double y, Name&& name)
    {
        const auto [place, isNew] = m_numbers.try_emplace({ node, part }, m_lines.size());
        if (isNew) {
            m_lines.push_back({ name(), node, {} });
        }
        m_lines[place->second].points << QPointF(x, y);
    }

private:
    std::vector<MetricLine>& m_lines;
    std::map<std::pair<int, std::string>, std::size_t> m_numbers;
};

void addRates(Lines& lines, const monitor::NodeSample& now, const monitor::NodeSample& then, bool disk, bool together, double x, const QString& node)
{
    const double seconds = static_cast<double>(now.timeMicros - then.timeMicros) * 1e-6;
    const auto rate = [seconds](std::uint64_t after, std::uint64_t before) {
        return after >= before ? static_cast<double>(after - before) / kMega / seconds : 0.0; // a counter that began anew
    };
    const int number = static_cast<int>(now.node.value);
    if (together) {
        lines.add(number, {}, x,
            disk ? rate(now.diskReadBytes, then.diskReadBytes) + rate(now.diskWriteBytes, then.diskWriteBytes)
                 : rate(now.networkReceivedBytes, then.networkReceivedBytes) + rate(now.networkSentBytes, then.networkSentBytes),
            [&] { return node; });
    } else if (disk) {
        lines.add(number, "r", x, rate(now.diskReadBytes, then.diskReadBytes), [&] { return words("%1 read").arg(node); });
        lines.add(number, "w", x, rate(now.diskWriteBytes, then.diskWriteBytes), [&] { return words("%1 written").arg(node); });
    } else {
        lines.add(number, "r", x, rate(now.networkReceivedBytes, then.networkReceivedBytes), [&] { return words("%1 received").arg(node); });
        lines.add(number, "w", x, rate(now.networkSentBytes, then.networkSentBytes), [&] { return words("%1 sent").arg(node); });
    }
}

double quantile(std::vector<double>& values, double share)
{
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return values[static_cast<std::size_t>(place)];
}

} // namespace

double sampleInterval(const std::vector<monitor::NodeSample>& samples)
{
    std::vector<double> intervals;
    for (const auto& sample : samples) {
        if (sample.intervalSeconds > 0) {
            intervals.push_back(static_cast<double>(sample.intervalSeconds));
        }
    }
    return intervals.empty() ? 0 : quantile(intervals, 0.5);
}

double samplingCost(const std::vector<monitor::NodeSample>& samples)
{
    double cost = 0;
    double seconds = 0;
    for (const auto& sample : samples) {
        if (sample.costSeconds > 0 && sample.intervalSeconds > 0) {
            cost += static_cast<double>(sample.costSeconds);
            seconds += static_cast<double>(sample.intervalSeconds);
        }
    }
    return seconds > 0 ? cost / seconds : -1;
}

double memoryLimit(const std::vector<monitor::NodeSample>& samples)
{
    std::uint64_t most = 0;
    for (const auto& sample : samples) {
        most = std::max(most, sample.memoryTotalBytes);
    }
    return static_cast<double>(most) / kMega;
}

std::vector<MetricLine> metricLines(const std::vector<monitor::NodeSample>& samples, Metric metric, const std::string& step, bool together)
{
    std::vector<MetricLine> found;
    Lines lines(found);
    std::map<int, const monitor::NodeSample*> before;
    const double interval = sampleInterval(samples);
    const std::string prefix = step + "/";
    for (const auto& sample : samples) {
        const int number = static_cast<int>(sample.node.value);
        const QString node = words("node %1").arg(number);
        const double x = static_cast<double>(sample.timeMicros) / 1000.0;
        const monitor::NodeSample* last = std::exchange(before[number], &sample);
        // What is told as a rate is nothing for the first sample, nor for the first one behind a gap: that rate would be the gap's.
        const bool hasRate = last != nullptr && sample.timeMicros > last->timeMicros
            && static_cast<double>(sample.timeMicros - last->timeMicros) * 1e-6 <= kGapIntervals * std::max(interval, 0.1);
        switch (metric) {
        case Metric::NodeCpu:
            if (sample.intervalSeconds > 0) {
                lines.add(number, {}, x, static_cast<double>(sample.cpuPercent), [&] { return node; });
            }
            break;
        case Metric::NodeMemory:
            lines.add(number, {}, x, static_cast<double>(sample.memoryTotalBytes - sample.memoryAvailableBytes) / kMega, [&] { return node; });
            break;
        case Metric::Disk:
        case Metric::Network:
            if (hasRate) {
                addRates(lines, sample, *last, metric == Metric::Disk, together, x, node);
            }
            break;
        case Metric::Processes:
            lines.add(number, {}, x, static_cast<double>(sample.processes.size()), [&] { return node; });
            break;
        case Metric::WorkerCpu:
        case Metric::WorkerMemory:
            for (const auto& process : sample.processes) {
                if (std::string_view(process.name).starts_with(prefix)) {
                    const double value = metric == Metric::WorkerCpu ? static_cast<double>(process.cpuPercent) : static_cast<double>(process.rssBytes) / kMega;
                    lines.add(number, process.name, x, value, [&] { // "0/003": a legend has little room
                        return QString::number(number) + QLatin1Char('/') + toQt(std::string_view(process.name).substr(prefix.size())).remove(QLatin1String("process"));
                    });
                }
            }
            break;
        case Metric::GpuBusy:
        case Metric::GpuMemory:
            for (const auto& gpu : sample.gpus) {
                const double value = metric == Metric::GpuBusy ? static_cast<double>(gpu.percent) : static_cast<double>(gpu.memoryUsedBytes) / kMega;
                if (value >= 0) {
                    lines.add(number, std::to_string(gpu.index), x, value, [&] { return words("%1 GPU %2").arg(node).arg(gpu.index); });
                }
            }
            break;
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const MetricLine& a, const MetricLine& b) { return a.node != b.node ? a.node < b.node : a.name < b.name; });
    return found;
}

QList<QList<QPointF>> piecesOf(const QList<QPointF>& points, double intervalSeconds, int most)
{
    QList<QList<QPointF>> pieces;
    const double gap = kGapIntervals * intervalSeconds * 1000;
    for (const QPointF& point : points) {
        if (pieces.isEmpty() || (gap > 0 && point.x() - pieces.last().last().x() > gap)) {
            pieces << QList<QPointF>();
        }
        pieces.last() << point;
    }
    const qsizetype together = 2 * points.size() / std::max(most, 2); // neighbours that become two points
    if (together < 3) {
        return pieces;
    }
    for (QList<QPointF>& piece : pieces) {
        QList<QPointF> thin;
        for (qsizetype at = 0; at < piece.size(); at += together) {
            const qsizetype end = std::min(at + together, piece.size());
            const auto byValue = [](const QPointF& a, const QPointF& b) { return a.y() < b.y(); };
            auto [least, greatest] = std::minmax_element(piece.begin() + at, piece.begin() + end, byValue);
            if (greatest < least) {
                std::swap(least, greatest);
            }
            thin << *least;
            if (least != greatest) {
                thin << *greatest;
            }
        }
        piece = std::move(thin);
    }
    return pieces;
}

MetricBand bandOf(const std::vector<MetricLine>& lines, double intervalSeconds)
{
    // Nodes are not sampled at the same moment: what falls into one interval is of one moment.
    std::map<qint64, std::vector<double>> values;
    const double width = std::max(intervalSeconds, 0.1) * 1000;
    for (const MetricLine& line : lines) {
        for (const QPointF& point : line.points) {
            values[static_cast<qint64>(std::floor(point.x() / width))].push_back(point.y());
        }
    }
    MetricBand band;
    for (auto& [moment, all] : values) {
        const double x = (static_cast<double>(moment) + 0.5) * width;
        band.median << QPointF(x, quantile(all, 0.5));
        band.low << QPointF(x, quantile(all, 0.1));
        band.high << QPointF(x, quantile(all, 0.9));
    }
    return band;
}

} // namespace sheaf::ui
