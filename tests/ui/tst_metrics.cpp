// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/store/event_store.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "tests/ui/real_run.h"
#include "ui/metrics/metric_lines.h"
#include "ui/metrics/metrics_panel.h"
#include "ui/metrics/node_heat.h"
#include "ui/metrics/series_chart.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/widgets/empty_hint.h"
#endif

#include <QApplication>
#include <QLabel>
#include <QLineSeries>

#include <cmath>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

constexpr std::int64_t kBegin = 1'790'000'000'000'000;

/// `count` samples a second apart of some nodes, two workers each; from `gap` on 20 seconds later.
std::vector<monitor::NodeSample> samplesOf(int nodes, int count, int gap)
{
    std::vector<monitor::NodeSample> samples;
    for (int i = 0; i < count; ++i) {
        for (int node = 0; node < nodes; ++node) {
            monitor::NodeSample sample;
            sample.node = NodeIndex(static_cast<std::uint32_t>(node));
            const std::int64_t second = i + (i >= gap ? 20 : 0);
            sample.timeMicros = kBegin + second * 1'000'000 + node * 1000;
            sample.intervalSeconds = i == 0 ? 0 : i == gap ? 21 : 1;
            sample.costSeconds = i == 0 ? 0.0F : 0.0004F;
            sample.cpuPercent = static_cast<float>(50 + 45 * std::sin(i * 0.1 + node * 0.4));
            sample.memoryTotalBytes = 16ULL << 30;
            sample.memoryAvailableBytes = (12ULL << 30) - static_cast<std::uint64_t>(i) * (20ULL << 20);
            sample.diskReadBytes = static_cast<std::uint64_t>(second) * (3ULL << 20);
            sample.networkSentBytes = static_cast<std::uint64_t>(second) * (1ULL << 20);
            for (int worker = 0; worker < 2; ++worker) {
                monitor::ProcessSample process;
                process.name = "work/process00" + std::to_string(worker);
                process.cpuPercent = static_cast<float>(90 + worker);
                process.rssBytes = static_cast<std::uint64_t>(200 + i) << 20;
                sample.processes.push_back(process);
            }
            samples.push_back(std::move(sample));
        }
    }
    return samples;
}

} // namespace

/// Charts: gaps, bands, limits, the moment that all panels mark.
class tst_metrics : public QObject
{
    Q_OBJECT

    test::TempFolder m_folder;

    /// A run that has only samples.
    void keep(const std::string& run, const std::vector<monitor::NodeSample>& samples)
    {
        pipeline::RunSpec spec;
        m_folder.write(".sheaf/runs/" + run + "/run.json", json::serialize(spec));
        auto store = store::EventStore::openForWriting(m_folder.path() / ".sheaf" / "runs" / run / "run.db");
        VERIFY_OK(store);
        std::vector<event::Event> events(1);
        events.front().timeMicros = kBegin;
        events.front().fact = event::RunStarted { run, { "work" }, 1, false, 0, "here" };
        VERIFY_OK(store->append(events));
        VERIFY_OK(store->appendSamples(samples));
    }
    static void bothThemes(QWidget& widget, const QString& name)
    {
        auto& application = *qobject_cast<QApplication*>(QCoreApplication::instance());
        QVERIFY(test::keepShot(widget, name + QStringLiteral("-light")));
        applyTheme(application, ThemeChoice::Dark);
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
        QVERIFY(test::keepShot(widget, name + QStringLiteral("-dark")));
        applyTheme(application, ThemeChoice::Light);
        QCoreApplication::processEvents();
    }

private slots:
    void no_line_goes_over_a_gap()
    {
        const auto samples = samplesOf(1, 60, 30);
        QCOMPARE(sampleInterval(samples), 1.0);
        const auto lines = metricLines(samples, Metric::NodeCpu, "work");
        QCOMPARE(lines.size(), std::size_t { 1 });
        const auto pieces = piecesOf(lines.front().points, 1.0, 1000);
        QCOMPARE(pieces.size(), 2);
        QCOMPARE(pieces[1].size(), 30);
        const auto even = piecesOf({ { 0, 1 }, { 1000, 1 }, { 3500, 1 }, { 6001, 1 } }, 1.0, 1000);
        QCOMPARE(even.size(), 2); // 2.5 intervals are none, more is
        // A rate over the gap would be the gap's own.
        for (const MetricLine& line : metricLines(samples, Metric::Disk, "work")) {
            for (const QPointF& point : line.points) {
                QVERIFY(point.y() < 3.1);
            }
        }
    }

    void a_short_peak_is_not_thinned_away()
    {
        QList<QPointF> points;
        for (int i = 0; i < 100000; ++i) {
            points << QPointF(i * 1000.0, i == 77777 ? 99 : 1);
        }
        const auto pieces = piecesOf(points, 1.0, 500);
        QCOMPARE(pieces.size(), 1);
        QVERIFY(pieces[0].size() <= 600);
        QVERIFY(std::any_of(pieces[0].begin(), pieces[0].end(), [](const QPointF& point) { return point.y() == 99; }));
        QVERIFY(std::is_sorted(pieces[0].begin(), pieces[0].end(), [](const QPointF& a, const QPointF& b) { return a.x() < b.x(); }));
    }

    void a_band_holds_eight_of_ten()
    {
        std::vector<MetricLine> lines;
        for (int i = 0; i <= 100; ++i) {
            lines.push_back({ QString::number(i), i, { { 500, static_cast<double>(i) }, { 1500, static_cast<double>(i) } } });
        }
        const MetricBand band = bandOf(lines, 1.0);
        QCOMPARE(band.median.size(), 2);
        QCOMPARE(band.median[0].y(), 50.0);
        QCOMPARE(band.low[1].y(), 10.0);
        QCOMPARE(band.high[1].y(), 90.0);
    }

    void the_interval_and_the_cost_are_printed()
    {
        keep("few", samplesOf(2, 90, 40));
        AppContext context;
        MetricsPanel panel(context);
        panel.resize(1000, 900);
        panel.show();
        context.run.open(QString::fromStdString(m_folder.path().string()), QStringLiteral("few"));
        QTRY_COMPARE(context.run.samples().size(), std::size_t { 180 });
        context.selection.setStep(QStringLiteral("work"));
        auto* label = panel.findChild<QLabel*>(QStringLiteral("metrics.interval"));
        QTRY_VERIFY2(label->text().contains(QStringLiteral("every 1")), qPrintable(label->text()));
        QVERIFY2(label->text().contains(QStringLiteral("0.03 % of a core")), qPrintable(label->text()));
        QVERIFY(!panel.findChild<NodeHeat*>()->isVisible());

        // The moment goes both ways.
        auto* chart = panel.findChild<SeriesChart*>(QStringLiteral("metrics.chart0"));
        QTRY_VERIFY(chart->chart()->plotArea().width() > 50);
        const QPointF middle = chart->chart()->plotArea().center();
        QTest::mouseClick(chart->viewport(), Qt::LeftButton, {}, chart->mapFromScene(chart->chart()->mapToScene(middle)));
        const qint64 clicked = context.selection.time();
        QVERIFY(clicked > kBegin && clicked < kBegin + 120'000'000);
        QTest::keyClick(chart, Qt::Key_Right);
        QVERIFY(context.selection.time() > clicked);
        const qint64 right = context.selection.time();
        QTest::keyClick(chart, Qt::Key_Left);
        QVERIFY(context.selection.time() < right);
        context.selection.setTime(kBegin + 20'000'000);
        bothThemes(panel, QStringLiteral("metrics-few"));
    }

    void many_nodes_are_a_band_and_shades()
    {
        keep("many", samplesOf(40, 120, 60));
        AppContext context;
        MetricsPanel panel(context);
        panel.resize(1000, 900);
        panel.show();
        context.run.open(QString::fromStdString(m_folder.path().string()), QStringLiteral("many"));
        QTRY_VERIFY(context.run.samples().size() == 40 * 120);
        auto* heat = panel.findChild<NodeHeat*>();
        QTRY_VERIFY(heat->isVisible());
        QTest::mouseClick(heat, Qt::LeftButton, {}, QPoint(heat->width() / 2, heat->height() / 2));
        QVERIFY(context.selection.time() > kBegin);
        bothThemes(panel, QStringLiteral("metrics-many"));
    }

    void without_figures_a_sentence_says_why()
    {
        AppContext context;
        MetricsPanel panel(context);
        panel.show();
        QVERIFY(panel.findChild<EmptyHint*>()->isVisible());
        QCOMPARE(panel.findChild<EmptyHint*>()->title(), QStringLiteral("No figures yet"));
        QVERIFY(!panel.findChild<QLabel*>(QStringLiteral("metrics.interval"))->isVisible());
    }
};

SHEAF_TEST(tst_metrics)
#include "tst_metrics.moc"
