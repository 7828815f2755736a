// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/metrics/metrics_panel.h"

#include "ui/metrics/node_heat.h"
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
#include <set>

namespace sheaf::ui {

namespace {

constexpr int kRefreshInterval = 1000;
constexpr std::size_t kMostNodes = 16; // as lines

bool isOfWorkers(Metric metric)
{
    return metric == Metric::WorkerCpu || metric == Metric::WorkerMemory;
}

bool isOfGpus(Metric metric)
{
    return metric == Metric::GpuBusy || metric == Metric::GpuMemory;
}

} // namespace

MetricsPanel::MetricsPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_interval(new QLabel(this))
{
    setObjectName(QStringLiteral("metrics.panel"));
    m_interval->setObjectName(QStringLiteral("metrics.interval"));
    m_interval->setWordWrap(true);
    m_area = new QScrollArea(this);
    m_area->setAccessibleName(tr("Charts of the nodes"));
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    auto* page = new QWidget(m_area);
    auto* grid = new QGridLayout(page);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(space::kMedium);
    m_heat = new NodeHeat(page);
    m_heat->hide();
    grid->addWidget(m_heat, 0, 0, 1, 2);
    struct Words {
        Metric metric;
        QString title;
        QString unit;
    };
    const Words words[] = { { Metric::NodeCpu, tr("CPU of the nodes"), tr("%") }, { Metric::NodeMemory, tr("Memory of the nodes"), tr("MiB") },
        { Metric::Disk, tr("Disk, reading and writing"), tr("MiB/s") }, { Metric::Network, tr("Network, sending and receiving"), tr("MiB/s") },
        { Metric::WorkerCpu, tr("CPU of the workers"), tr("% of a core") }, { Metric::WorkerMemory, tr("Memory of the workers"), tr("MiB") },
        { Metric::Processes, tr("Processes of the run on the nodes"), QString() }, { Metric::GpuBusy, tr("Graphics processors, busy"), tr("%") },
        { Metric::GpuMemory, tr("Memory of the graphics processors"), tr("MiB") } };
    int place = 2;
    for (const Words& one : words) {
        auto* chart = new SeriesChart(one.title, one.unit, page);
        chart->setObjectName(QStringLiteral("metrics.chart%1").arg(place - 2));
        grid->addWidget(chart, place / 2, place % 2);
        ++place;
        m_charts.push_back({ one.metric, chart });
        chart->setFull(one.metric == Metric::NodeCpu || one.metric == Metric::GpuBusy ? 100 : 0);
        connect(chart, &SeriesChart::timePicked, &m_context.selection, &SelectionState::setTime);
    }
    connect(m_heat, &NodeHeat::timePicked, &m_context.selection, &SelectionState::setTime);
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
    connect(&m_context.selection, &SelectionState::timeChanged, this, [this](qint64 micros) { showCursor(micros); });
}

void MetricsPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_stale) {
        refresh();
    }
}

void MetricsPanel::showCursor(qint64 micros)
{
    const double milliseconds = static_cast<double>(micros) / 1000.0;
    for (const Chart& one : m_charts) {
        one.chart->setCursorTime(milliseconds);
    }
    m_heat->setCursorTime(milliseconds);
}

void MetricsPanel::refresh()
{
    m_stale = false;
    const auto& samples = m_context.run.samples();
    const double interval = sampleInterval(samples);
    m_area->setVisible(interval > 0); // empty axes say nothing
    if (interval <= 0) {
        m_interval->setText(m_context.run.isOpen() && m_context.run.isOver() ? tr("No figures: they are taken once a second, and this was over sooner.")
                                                                             : tr("No figures yet: the first comes a second after the run has begun."));
        return;
    }
    std::set<std::uint32_t> nodes;
    double first = static_cast<double>(samples.front().timeMicros) / 1000;
    double last = first;
    for (const auto& sample : samples) {
        nodes.insert(sample.node.value);
        const double time = static_cast<double>(sample.timeMicros) / 1000;
        first = std::min(first, time);
        last = std::max(last, time);
    }
    last = std::max(last, first + 10000);
    const bool many = nodes.size() > kMostNodes;
    const std::string step = toStd(m_context.selection.step());
    for (const Chart& one : m_charts) {
        const auto lines = metricLines(samples, one.metric, step, many);
        one.chart->setVisible(!lines.empty() || (!isOfGpus(one.metric) && !isOfWorkers(one.metric)));
        if (one.metric == Metric::NodeMemory) {
            one.chart->setLimit(memoryLimit(samples), tr("what a node has"));
        }
        if (one.metric == Metric::NodeCpu && many) {
            m_heat->setLines(lines, interval, 100, tr("%"));
        }
        // Workers beyond a legend's length are a band as well: their lines could not be told apart.
        if (lines.size() > kMostNodes) {
            one.chart->setBand(bandOf(lines, interval), interval, static_cast<int>(lines.size()));
        } else {
            one.chart->setLines(lines, interval);
        }
        one.chart->setTimeRange(first, last);
    }
    m_heat->setVisible(many);
    showCursor(m_context.selection.time());
    const double cost = samplingCost(samples);
    const QString words = tr("A figure every %1; where none came nothing is drawn.").arg(durationText(interval));
    m_interval->setText(cost >= 0 ? words + QLatin1Char(' ') + tr("Taking them costs %1 % of a core on each node.").arg(cost * 100, 0, 'f', cost < 0.01 ? 2 : 1) : words);
}

} // namespace sheaf::ui
