// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/metrics/metrics_panel.h"

#include "ui/metrics/series_chart.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace sheaf::ui {

namespace {

constexpr int kRefreshInterval = 1000;
constexpr std::size_t kMostPoints = 600; // about one for two pixels
constexpr double kMega = 1024.0 * 1024.0;

enum Chart { NodeCpu, NodeMemory, Disk, Network, WorkerCpu, WorkerMemory };

using Lines = std::map<QString, QList<QPointF>>;

} // namespace

MetricsPanel::MetricsPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_interval(new QLabel(this))
{
    setObjectName(QStringLiteral("metrics.panel"));
    m_interval->setObjectName(QStringLiteral("metrics.interval"));
    m_area = new QScrollArea(this);
    m_area->setAccessibleName(tr("Charts of the nodes"));
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    auto* page = new QWidget(m_area);
    auto* grid = new QGridLayout(page);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(space::kMedium);
    const std::pair<QString, QString> titles[] = { { tr("CPU of the nodes"), tr("%") }, { tr("Memory of the nodes"), tr("MiB") },
        { tr("Disk, read and written"), tr("MiB/s") }, { tr("Network, sent and received"), tr("MiB/s") },
        { tr("CPU of the workers"), tr("% of a core") }, { tr("Memory of the workers"), tr("MiB") } };
    for (int i = 0; i < 6; ++i) {
        m_charts.push_back(new SeriesChart(titles[i].first, titles[i].second, page));
        m_charts.back()->setObjectName(QStringLiteral("metrics.chart%1").arg(i));
        grid->addWidget(m_charts.back(), i / 2, i % 2);
    }
    m_area->setWidget(page);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    layout->addWidget(m_interval, 0, Qt::AlignTop);
    layout->addWidget(m_area, 1);
    m_settle.setSingleShot(true);
    connect(&m_settle, &QTimer::timeout, this, [this] { refresh(); });
    const auto later = [this] {
        m_stale = true;
        if (isVisible() && !m_settle.isActive()) {
            m_settle.start(kRefreshInterval);
        }
    };
    connect(&m_context.run, &RunState::samplesAdded, this, later);
    connect(&m_context.run, &RunState::opened, this, later);
    connect(&m_context.run, &RunState::closed, this, later);
    connect(&m_context.selection, &SelectionState::stepChanged, this, later);
}

void MetricsPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_stale) {
        refresh();
    }
}

void MetricsPanel::refresh()
{
    m_stale = false;
    const auto& samples = m_context.run.samples();
    std::map<int, Lines> charts;
    std::map<NodeIndex, const monitor::NodeSample*> before;
    const std::string prefix = toStd(m_context.selection.step()) + "/";
    std::vector<float> intervals;
    const std::size_t stride = samples.size() / kMostPoints + 1;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto& sample = samples[i];
        const monitor::NodeSample* last = before[sample.node];
        if (last != nullptr && i % stride != 0 && i + 1 < samples.size()) {
            continue;
        }
        const double x = static_cast<double>(sample.timeMicros) / 1000.0;
        const QString node = tr("node %1").arg(sample.node.value);
        if (sample.intervalSeconds > 0) {
            charts[NodeCpu][node] << QPointF(x, static_cast<double>(sample.cpuPercent));
            intervals.push_back(sample.intervalSeconds);
        }
        charts[NodeMemory][node] << QPointF(x, static_cast<double>(sample.memoryTotalBytes - sample.memoryAvailableBytes) / kMega);
        if (last != nullptr && sample.timeMicros > last->timeMicros) {
            const double seconds = static_cast<double>(sample.timeMicros - last->timeMicros) * 1e-6;
            const auto rate = [&](std::uint64_t now, std::uint64_t then) {
                return now >= then ? static_cast<double>(now - then) / kMega / seconds : 0.0;
            };
            charts[Disk][tr("%1 read").arg(node)] << QPointF(x, rate(sample.diskReadBytes, last->diskReadBytes));
            charts[Disk][tr("%1 written").arg(node)] << QPointF(x, rate(sample.diskWriteBytes, last->diskWriteBytes));
            charts[Network][tr("%1 sent").arg(node)] << QPointF(x, rate(sample.networkSentBytes, last->networkSentBytes));
            charts[Network][tr("%1 received").arg(node)] << QPointF(x, rate(sample.networkReceivedBytes, last->networkReceivedBytes));
        }
        for (const auto& process : sample.processes) {
            if (std::string_view(process.name).starts_with(prefix)) {
                const QString name = tr("node %1 %2").arg(sample.node.value).arg(toQt(process.name.substr(prefix.size())));
                charts[WorkerCpu][name] << QPointF(x, static_cast<double>(process.cpuPercent));
                charts[WorkerMemory][name] << QPointF(x, static_cast<double>(process.rssBytes) / kMega);
            }
        }
        before[sample.node] = &sample;
    }
    double interval = 0;
    if (!intervals.empty()) {
        std::nth_element(intervals.begin(), intervals.begin() + static_cast<std::ptrdiff_t>(intervals.size() / 2), intervals.end());
        interval = static_cast<double>(intervals[intervals.size() / 2]);
    }
    for (int i = 0; i < 6; ++i) {
        m_charts[static_cast<std::size_t>(i)]->setLines(charts[i], std::max(1.0, interval) * 3000.0 * static_cast<double>(stride));
    }
    m_area->setVisible(interval > 0); // empty axes say nothing
    m_interval->setText(interval > 0 ? tr("A figure every %1; gaps are gaps.").arg(durationText(interval))
            : m_context.run.isOpen() && m_context.run.isOver()
            ? tr("No figures: they are taken once a second, and this was over sooner.")
            : tr("No figures yet: the first comes a second after the run has begun."));
}

} // namespace sheaf::ui
