// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/metrics/metrics_panel.h"

#include "ui/metrics/node_heat.h"
#include "ui/metrics/series_chart.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"
#include "ui/widgets/empty_hint.h"

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
    , m_hint(new EmptyHint(QStringLiteral("chart"), this))
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
    layout->addWidget(m_hint, 1);
    m_settle.setSingleShot(true);
    connect(&m_settle, &QTimer::timeout, this, [this] { refresh(); });
    connect(&m_context.run, &RunState::samplesAdded, this, &MetricsPanel::refreshSoon);
    connect(&m_context.run, &RunState::opened, this, &MetricsPanel::refreshSoon);
    connect(&m_context.run, &RunState::closed, this, [this] {
        ++m_visit;
        refreshSoon();
    });
    connect(&m_context.selection, &SelectionState::stepChanged, this, &MetricsPanel::refreshSoon);
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

void MetricsPanel::refreshSoon()
{
    m_stale = true;
    if (isVisible() && !m_settle.isActive()) {
        m_settle.start(kRefreshInterval);
    }
}

MetricsPanel::Figures MetricsPanel::figuresOf(const std::vector<monitor::NodeSample>& samples, const std::vector<Metric>& metrics, const std::string& step)
{
    Figures figures;
    figures.interval = sampleInterval(samples);
    if (figures.interval <= 0) {
        return figures;
    }
    std::set<std::uint32_t> nodes;
    figures.first = figures.last = static_cast<double>(samples.front().timeMicros) / 1000;
    for (const auto& sample : samples) {
        nodes.insert(sample.node.value);
        const double time = static_cast<double>(sample.timeMicros) / 1000;
        figures.first = std::min(figures.first, time);
        figures.last = std::max(figures.last, time);
    }
    figures.last = std::max(figures.last, figures.first + 10000);
    figures.areManyNodes = nodes.size() > kMostNodes;
    figures.cost = samplingCost(samples);
    figures.memoryLimit = memoryLimit(samples);
    for (const Metric metric : metrics) {
        auto lines = metricLines(samples, metric, step, figures.areManyNodes);
        // Workers beyond a legend's length are a band as well: their lines could not be told apart.
        figures.bands.push_back(lines.size() > kMostNodes ? std::optional(bandOf(lines, figures.interval)) : std::nullopt);
        figures.lines.push_back(std::move(lines));
    }
    return figures;
}

void MetricsPanel::refresh()
{
    if (m_asking) {
        m_stale = true; // asked again with the answer
        return;
    }
    m_stale = false;
    if (m_context.run.samples().empty()) {
        draw({});
        return;
    }
    std::vector<Metric> metrics;
    for (const Chart& one : m_charts) {
        metrics.push_back(one.metric);
    }
    m_asking = true;
    m_thread.ask(
        this,
        [samples = m_context.run.sharedSamples(), metrics = std::move(metrics), step = toStd(m_context.selection.step())] { return figuresOf(*samples, metrics, step); },
        [this, visit = m_visit](const Figures& figures) {
            m_asking = false;
            if (visit == m_visit) {
                draw(figures);
            }
            if (m_stale) {
                refreshSoon();
            }
        });
}

void MetricsPanel::draw(const Figures& figures)
{
    m_area->setVisible(figures.interval > 0); // empty axes say nothing
    m_interval->setVisible(figures.interval > 0);
    m_hint->setVisible(figures.interval <= 0);
    if (figures.interval <= 0) {
        const bool isOver = m_context.run.isOpen() && m_context.run.isOver();
        m_hint->setWords(isOver ? tr("No figures") : tr("No figures yet"),
            isOver ? tr("They are taken once a second, and this was over sooner.") : tr("Processor, memory, disk and network: the first come a second after the run has begun."));
        return;
    }
    for (std::size_t i = 0; i < m_charts.size(); ++i) {
        const Chart& one = m_charts[i];
        const auto& lines = figures.lines[i];
        one.chart->setVisible(!lines.empty() || (!isOfGpus(one.metric) && !isOfWorkers(one.metric)));
        if (one.metric == Metric::NodeMemory) {
            one.chart->setLimit(figures.memoryLimit, tr("what a node has"));
        }
        if (one.metric == Metric::NodeCpu && figures.areManyNodes) {
            m_heat->setLines(lines, figures.interval, 100, tr("%"));
        }
        if (figures.bands[i]) {
            one.chart->setBand(*figures.bands[i], figures.interval, static_cast<int>(lines.size()));
        } else {
            one.chart->setLines(lines, figures.interval);
        }
        one.chart->setTimeRange(figures.first, figures.last);
    }
    m_heat->setVisible(figures.areManyNodes);
    showCursor(m_context.selection.time());
    const QString words = tr("A figure every %1; where none came nothing is drawn.").arg(durationText(figures.interval));
    m_interval->setText(figures.cost >= 0 ? words + QLatin1Char(' ') + tr("Taking them costs %1 % of a core on each node.").arg(figures.cost * 100, 0, 'f', figures.cost < 0.01 ? 2 : 1)
                                          : words);
}

} // namespace sheaf::ui
