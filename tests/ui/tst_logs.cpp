// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/store/event_store.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "tests/ui/real_run.h"
#include "ui/logs/log_panel.h"
#include "ui/logs/log_view.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/widgets/elided_label.h"
#endif

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QToolButton>

#include <fstream>
#include <set>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

const char* const kScript = "import logging, sys\n"
                            "from azureml_user.parallel_run import EntryScript\n"
                            "def init():\n"
                            "    print('init here')\n"
                            "def run(mini_batch):\n"
                            "    n = number(mini_batch[0])\n"
                            "    for i in range(20):\n"
                            "        print('of', n, 'line', i)\n"
                            "    EntryScript().logger.warning('logged by %d', n)\n"
                            "    print('ERROR of', n, file=sys.stderr)\n"
                            "    if n == 7:\n"
                            "        raise ValueError('seven')\n"
                            "    return ['row %d' % n]\n";

} // namespace

/// The log page over a real run: files, all together, filter, search, and the way from lines to mini-batches.
class tst_logs : public QObject
{
    Q_OBJECT

    test::RealRun m_job;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<LogPanel> m_panel;

    template <class Widget>
    Widget* child(const char* name) const
    {
        return m_panel->findChild<Widget*>(QLatin1String(name));
    }
    LogView* view() const { return m_panel->view(); }
    QString about() const { return child<ElidedLabel>("logs.about")->fullText(); }
    QString count() const { return child<QLabel>("logs.count")->text(); }
    QString found() const { return child<QLabel>("logs.found")->text(); }
    void choose(const QString& file)
    {
        auto* picker = child<QComboBox>("logs.picker");
        QTRY_VERIFY(picker->findData(file) >= 0);
        picker->setCurrentIndex(picker->findData(file));
        emit picker->activated(picker->currentIndex());
        QTRY_VERIFY(m_panel->isQuiet());
    }
    /// What the process printed that ran the first mini-batch: any of them may have run them all.
    QString printed() const
    {
        const auto places = m_panel->findChild<LogState*>()->placesOf(QStringLiteral("work"), 0);
        return places.empty() ? QString() : places.front().first;
    }
    QString marked() const { return view()->marked() ? view()->textAt(*view()->marked()) : QString(); }
    void type(const char* edit, const QString& text)
    {
        auto* line = child<QLineEdit>(edit);
        line->setFocus();
        line->clear();
        QTest::keyClicks(line, text);
    }
    void bothThemes(const QString& name)
    {
        auto& application = *qobject_cast<QApplication*>(QCoreApplication::instance());
        QVERIFY(test::keepShot(*m_panel, name + QStringLiteral("-light")));
        applyTheme(application, ThemeChoice::Dark);
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
        QVERIFY(test::keepShot(*m_panel, name + QStringLiteral("-dark")));
        applyTheme(application, ThemeChoice::Light);
        QCoreApplication::processEvents();
    }

private slots:
    void initTestCase()
    {
        applyTheme(*qobject_cast<QApplication*>(QCoreApplication::instance()), ThemeChoice::Light);
        m_job.write(kScript, 40, "    retry_settings: { max_retries: 1 }\n    mini_batch_error_threshold: 5\n");
        QVERIFY2(m_job.run(QStringLiteral("r")) == 0, qPrintable(m_job.said));
        m_context = std::make_unique<AppContext>();
        m_context->run.open(m_job.path(), QStringLiteral("r"));
        QTRY_VERIFY_WITH_TIMEOUT(m_context->run.isLoaded() && m_context->run.step(QStringLiteral("work")) != nullptr, 20000);
        m_panel = std::make_unique<LogPanel>(*m_context);
        m_panel->resize(1000, 560);
        m_panel->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
        m_context->selection.setStep(QStringLiteral("work"));
        QTRY_COMPARE(child<QComboBox>("logs.picker")->currentData().toString(), QStringLiteral("*step"));
        QTRY_VERIFY(m_panel->isQuiet());
    }

    void a_run_that_is_over_is_not_followed()
    {
        QVERIFY(!view()->isFollowing());
    }

    void all_together_has_every_line_of_every_stream_in_order()
    {
        choose(QStringLiteral("*step"));
        std::uint64_t lines = 0;
        for (const auto& file : view()->rows().files()) {
            const std::string text = paths::readFile(file).value();
            lines += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
        }
        QTRY_COMPARE(view()->rows().count(), lines);
        std::int64_t last = 0;
        for (const auto& line : view()->rows().read(0, lines)) {
            QVERIFY(line.timeMicros >= last && line.timeMicros > 1'500'000'000'000'000);
            last = line.timeMicros;
        }
        child<QToolButton>("logs.times")->setChecked(true);
        bothThemes(QStringLiteral("logs-together"));
        child<QToolButton>("logs.times")->setChecked(false);
    }

    /// Both ways for each mini-batch: its first and its last line are its own.
    void every_line_knows_its_mini_batch_and_every_mini_batch_its_lines()
    {
        const LogState& ranges = *m_panel->findChild<LogState*>();
        for (int i = 0; i < 40; ++i) {
            const auto places = ranges.placesOf(QStringLiteral("work"), i);
            QVERIFY(!places.empty());
            QVERIFY(places.front().first.startsWith(QStringLiteral("user/stdout")));
            const auto& [file, range] = places.front();
            m_context->selection.showLog(file, static_cast<qint64>(range.begin));
            QTRY_COMPARE(marked(), QStringLiteral("of %1 line 0").arg(i));
            QVERIFY(m_panel->file().endsWith(file));
            QVERIFY2(about().contains(QStringLiteral("mini-batch %1").arg(i)), qPrintable(about()));
            m_context->selection.showLog(file, static_cast<qint64>(range.end) - 1);
            QTRY_COMPARE(marked(), QStringLiteral("of %1 line 19").arg(i));
            QVERIFY2(about().contains(QStringLiteral("mini-batch %1").arg(i)), qPrintable(about()));
            QSignalSpy asked(&m_context->selection, &SelectionState::pageAsked);
            QTest::keyClick(view(), Qt::Key_Return);
            QCOMPARE(m_context->selection.miniBatch(), qint64 { i });
            QCOMPARE(asked.last().first().toString(), QStringLiteral("batches"));
        }
    }

    void a_line_of_no_mini_batch_says_so()
    {
        choose(printed());
        view()->mark(0);
        QCOMPARE(marked(), QStringLiteral("init here"));
        QVERIFY2(about().contains(QStringLiteral("of no mini-batch")), qPrintable(about()));
        QVERIFY(!child<QToolButton>("logs.toBatch")->isVisible());
        m_context->selection.setMiniBatch(-1);
        QTest::keyClick(view(), Qt::Key_Return);
        QCOMPARE(m_context->selection.miniBatch(), qint64 { -1 });
    }

    void a_double_click_opens_the_mini_batch_of_a_line()
    {
        choose(QStringLiteral("*step"));
        type("logs.filter", QStringLiteral("of 13 line 5"));
        QTRY_COMPARE(view()->rows().count(), std::uint64_t { 1 });
        view()->repaint();
        m_context->selection.setMiniBatch(-1);
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, {}, QPoint(300, 5));
        QTest::mouseDClick(view()->viewport(), Qt::LeftButton, {}, QPoint(300, 5));
        QCOMPARE(m_context->selection.miniBatch(), qint64 { 13 });
        child<QLineEdit>("logs.filter")->clear();
        QTRY_VERIFY(!view()->rows().isFiltered());
    }

    void a_filter_shows_only_what_matches_and_counts_it()
    {
        const QString file = m_panel->findChild<LogState*>()->placesOf(QStringLiteral("work"), 0).front().first; // of a process that had work
        for (const auto& source : { QStringLiteral("*step"), file }) {
            choose(source);
            const std::uint64_t all = view()->rows().allLines();
            type("logs.filter", QStringLiteral("\"line 3$\" and not \"of 1\""));
            QTRY_VERIFY2(view()->rows().isFiltered() && view()->rows().count() > 0 && m_panel->isQuiet(), qPrintable(count() + child<QLabel>("logs.problem")->text() + child<QLineEdit>("logs.filter")->text()));
            for (const auto& line : view()->rows().read(0, 100)) {
                QVERIFY2(QByteArray::fromStdString(line.bytes).endsWith("line 3"), line.bytes.c_str());
                QVERIFY(!QByteArray::fromStdString(line.bytes).contains("of 1"));
            }
            if (source.startsWith(QLatin1Char('*'))) {
                QCOMPARE(view()->rows().count(), std::uint64_t { 40 + 1 - 11 }); // 7 ran twice; 1 and 10 to 19 are not there
            }
            QVERIFY2(count().startsWith(QStringLiteral("%1 of %L2 lines").arg(view()->rows().count()).arg(all)), qPrintable(count()));
            child<QLineEdit>("logs.filter")->clear();
            QTRY_COMPARE(view()->rows().count(), all);
        }
    }

    void hits_are_counted_and_gone_through_with_f3()
    {
        choose(QStringLiteral("*step"));
        QTest::keyClick(view(), Qt::Key_Home);
        type("logs.find", QStringLiteral("of \\d+ line 1$"));
        QTest::keyClick(child<QLineEdit>("logs.find"), Qt::Key_Return);
        QTRY_COMPARE(found(), QStringLiteral("1 of 41"));
        QVERIFY(marked().endsWith(QStringLiteral("line 1")));
        const QString first = marked();
        QTest::keyClick(child<QLineEdit>("logs.find"), Qt::Key_F3);
        QCOMPARE(found(), QStringLiteral("2 of 41"));
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_F3, Qt::ShiftModifier);
        QCOMPARE(marked(), first);
        QTest::keyClick(view(), Qt::Key_F3, Qt::ShiftModifier); // around
        QCOMPARE(found(), QStringLiteral("41 of 41"));
        bothThemes(QStringLiteral("logs-search"));
        type("logs.find", QStringLiteral("no such thing"));
        QTest::keyClick(child<QLineEdit>("logs.find"), Qt::Key_Return);
        QTRY_COMPARE(found(), QStringLiteral("Not found"));
    }

    void hits_that_the_filter_hides_are_leapt_over_in_both_directions()
    {
        choose(QStringLiteral("*step"));
        type("logs.filter", QStringLiteral("of (13|21) line [56]$"));
        type("logs.find", QStringLiteral("line 5$"));
        QTRY_COMPARE(view()->rows().count(), std::uint64_t { 4 });
        QTRY_COMPARE(found(), QStringLiteral("41 hits"));
        QStringList seen;
        for (const auto modifiers : { Qt::NoModifier, Qt::NoModifier, Qt::NoModifier, Qt::ShiftModifier, Qt::ShiftModifier }) {
            QTest::keyClick(view(), Qt::Key_F3, modifiers);
            seen << marked();
        }
        QVERIFY2(seen[0].endsWith(QStringLiteral("line 5")) && seen[1].endsWith(QStringLiteral("line 5")) && seen[0] != seen[1], qPrintable(seen.join(QLatin1Char('|'))));
        QCOMPARE(seen[2], seen[0]); // around
        QCOMPARE(seen[3], seen[1]);
        QCOMPARE(seen[4], seen[0]);
        type("logs.filter", QStringLiteral("of (13|21) line 6$"));
        QTRY_COMPARE(view()->rows().count(), std::uint64_t { 2 });
        QTRY_VERIFY(m_panel->isQuiet());
        QTest::keyClick(view(), Qt::Key_F3, Qt::ShiftModifier);
        QVERIFY2(about().contains(QStringLiteral("hides all hits")), qPrintable(about()));
        child<QLineEdit>("logs.filter")->clear();
        child<QLineEdit>("logs.find")->clear();
        QTRY_VERIFY(!view()->rows().isFiltered() && found().isEmpty());
    }

    void what_is_no_expression_says_why_and_can_be_taken_as_it_stands()
    {
        choose(printed());
        type("logs.find", QStringLiteral("of (1"));
        QTRY_VERIFY(child<QLabel>("logs.problem")->isVisible());
        QVERIFY2(child<QLabel>("logs.problem")->text().contains(QStringLiteral("no regular expression")), qPrintable(child<QLabel>("logs.problem")->text()));
        child<QToolButton>("logs.regular")->setChecked(false);
        QTRY_VERIFY(!child<QLabel>("logs.problem")->isVisible());
        QTRY_COMPARE(found(), QStringLiteral("Not found"));
        child<QToolButton>("logs.regular")->setChecked(true);
        child<QLineEdit>("logs.find")->clear();
        QTRY_VERIFY(found().isEmpty());
    }

    void a_line_sets_the_moment_and_the_moment_goes_to_a_line()
    {
        choose(QStringLiteral("*step"));
        view()->mark(view()->rows().count() / 2);
        const qint64 time = m_context->selection.time();
        QCOMPARE(time, view()->markedLine()->timeMicros);
        m_context->selection.setTime(view()->rows().merged().rows(30, 1).front().timeMicros);
        QCOMPARE(view()->markedLine()->timeMicros, m_context->selection.time());
        QVERIFY(*view()->marked() <= 30);
    }

    void a_file_that_grows_extends_what_was_found_and_one_that_was_begun_anew_is_said()
    {
        choose(printed());
        const auto path = std::filesystem::path(m_panel->file().toStdString());
        const std::string before = paths::readFile(path).value();
        type("logs.filter", QStringLiteral("needle"));
        type("logs.find", QStringLiteral("needle"));
        QTRY_COMPARE(found(), QStringLiteral("Not found"));
        std::ofstream(path, std::ios::app) << "a needle\nhay\n";
        QTRY_COMPARE(found(), QStringLiteral("1 hits"));
        QTRY_COMPARE(view()->rows().count(), std::uint64_t { 1 });
        std::ofstream(path, std::ios::app) << "two needles\n";
        QTRY_COMPARE(view()->rows().count(), std::uint64_t { 2 });
        std::ofstream(path, std::ios::trunc) << before;
        QTRY_VERIFY(child<QLabel>("logs.happened")->isVisible());
        QVERIFY2(child<QLabel>("logs.happened")->text().contains(QStringLiteral("shorter")), qPrintable(child<QLabel>("logs.happened")->text()));
        QTRY_COMPARE(found(), QStringLiteral("Not found"));
        child<QLineEdit>("logs.filter")->clear();
        child<QLineEdit>("logs.find")->clear();
        QTRY_VERIFY(!view()->rows().isFiltered());
    }

    /// Minutes later nothing jumps away from under who reads something else.
    void a_file_that_is_not_written_yet_is_said_to_be_so_and_waited_for_until_something_else_is_chosen()
    {
        const QString missing = QStringLiteral("user/stdout/0/process077.stdout.txt");
        const QString other = printed();
        auto* picker = child<QComboBox>("logs.picker");
        m_context->selection.showLog(missing, 0);
        QTRY_VERIFY2(about().contains(QStringLiteral("not been written")), qPrintable(about()));
        choose(other);
        QVERIFY2(!about().contains(QStringLiteral("not been written")), qPrintable(about()));
        const auto path = m_context->run.dir().logs("work") / missing.toStdString();
        std::ofstream(path) << "late\n";
        emit m_context->run.opened(); // files are listed again
        QTRY_VERIFY(picker->findData(missing) >= 0);
        QCOMPARE(picker->currentData().toString(), other);
        std::filesystem::remove(path);
        emit m_context->run.opened();
        QTRY_VERIFY(picker->findData(missing) < 0);
        m_context->selection.showLog(missing, 0);
        QTRY_VERIFY2(about().contains(QStringLiteral("not been written")), qPrintable(about()));
        std::ofstream(path) << "late\n";
        QTRY_COMPARE(picker->currentData().toString(), missing); // nothing else was chosen
        choose(other);
        std::filesystem::remove(path);
    }

    /// Of a run that ended long ago a date of last year is no time of a line.
    void a_date_after_the_end_of_the_run_was_printed()
    {
        constexpr std::int64_t kBegin = 1'500'000'000'000'000; // July 2017
        const test::TempFolder folder;
        const runtime::RunDir dir(folder.path() / ".sheaf/runs/old");
        pipeline::RunSpec spec;
        spec.run = "old";
        spec.steps.emplace_back().name = "work";
        folder.write(".sheaf/runs/old/run.json", json::serialize(spec));
        folder.write(".sheaf/runs/old/steps/work/logs/user/stdout/0/process000.stdout.txt",
            isoTime(kBegin + 1'000'000) + " ready\n2020-01-01 00:00:00,1.5\n" + isoTime(kBegin + 3'000'000) + " on\n");
        auto store = store::EventStore::openForWriting(dir.database());
        QVERIFY(store.has_value());
        event::RunStarted started;
        started.run = "old";
        started.steps = { "work" };
        started.nodes = 1;
        std::vector<event::Event> events { { 0, kBegin, started }, { 0, kBegin, event::StepStarted { StepIndex(0), { NodeIndex(0) }, 1 } },
            { 0, kBegin + 9'000'000, event::StepEnded { StepIndex(0), event::StepState::Completed, "", "", 0 } },
            { 0, kBegin + 9'000'000, event::RunEnded { event::RunState::Completed, "" } } };
        QVERIFY(store->append(events).has_value());
        AppContext context;
        LogPanel panel(context);
        panel.show();
        context.run.open(toQt(folder.path()), QStringLiteral("old"));
        QTRY_VERIFY(context.run.isLoaded());
        context.selection.setStep(QStringLiteral("work"));
        QTRY_COMPARE(panel.view()->rows().merged().size(), std::uint64_t { 3 });
        const auto rows = panel.view()->rows().merged().rows(0, 3);
        QCOMPARE(rows[1].timeMicros, kBegin + 1'000'000);
        QCOMPARE(rows[2].timeMicros, kBegin + 3'000'000);
    }

    void files_are_listed_when_somebody_looks()
    {
        LogPanel hidden(*m_context);
        LogPanel seen(*m_context);
        seen.show();
        emit m_context->run.opened();
        QTRY_VERIFY(seen.findChild<QComboBox*>(QStringLiteral("logs.picker"))->count() > 0);
        auto* picker = hidden.findChild<QComboBox*>(QStringLiteral("logs.picker"));
        QCOMPARE(picker->count(), 0);
        hidden.show();
        QTRY_VERIFY(picker->count() > 0);
    }
};

SHEAF_TEST(tst_logs)
#include "tst_logs.moc"
