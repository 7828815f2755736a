// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/workspace/recorded_run.h"
#include "core/workspace/run_labels.h"
#include "core/workspace/run_replay.h"
#include "tests/support/test_runner.h"
#include "tests/ui/real_run.h"
#include "ui/history/compare_view.h"
#include "ui/history/history_panel.h"
#include "ui/history/replay_bar.h"
#include "ui/history/run_table_model.h"
#include "ui/shell/main_window.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <filesystem>
#endif

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>
#include <QTreeView>
#include <QTreeWidget>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

workspace::RunSummary summary(const std::string& name, std::int64_t started, event::RunState state = event::RunState::Completed)
{
    workspace::RunSummary run;
    run.run = name;
    run.startedMicros = started;
    run.endedMicros = started + 5'000'000;
    run.state = state;
    return run;
}

QStringList cells(const QTreeWidget& table, int column)
{
    QStringList texts;
    for (int row = 0; row < table.topLevelItemCount(); ++row) {
        texts << table.topLevelItem(row)->text(column);
    }
    return texts;
}

constexpr auto kScript = "def run(mini_batch):\n    n = number(mini_batch[0])\n    print('n is', n)\n    if n % 5 == 2:\n        raise ValueError('odd %d' % n)\n"
                         "    return [n]\n";

} // namespace

class tst_history : public QObject
{
    Q_OBJECT

    test::RealRun m_real; // "first" fails, "second" completes

    void showAll(QWidget& widget)
    {
        widget.resize(1200, 700);
        widget.show();
        QVERIFY(QTest::qWaitForWindowExposed(&widget));
    }
    QTreeView* viewOf(HistoryPanel& panel) { return panel.findChild<QTreeView*>(QStringLiteral("history.runs")); }
    void choose(HistoryPanel& panel, const QString& run)
    {
        auto* view = viewOf(panel);
        for (int row = 0; row < view->model()->rowCount(); ++row) {
            if (view->model()->index(row, 0).data().toString() == run) {
                view->setCurrentIndex(view->model()->index(row, 0));
                return;
            }
        }
        QFAIL(qPrintable(QStringLiteral("no run ") + run));
    }
    void load(AppContext& context)
    {
        context.history.setFolder(m_real.path());
        QTRY_VERIFY(context.history.runs().size() >= 2);
    }

private slots:
    void initTestCase()
    {
        applyTheme(*qobject_cast<QApplication*>(QCoreApplication::instance()), ThemeChoice::Light);
        m_real.write(kScript, 20, "    mini_batch_error_threshold: 2\n    retry_settings: { max_retries: 0 }\n");
        QVERIFY2(m_real.run(QStringLiteral("first")) == 1, qPrintable(m_real.said));
        m_real.writeScript("def run(mini_batch):\n    n = number(mini_batch[0])\n    if n == 7:\n        raise KeyError('seven')\n    return [n]\n");
        QVERIFY2(m_real.sheaf({ QStringLiteral("run"), QStringLiteral("pipeline.yml"), QStringLiteral("--name"), QStringLiteral("second"), QStringLiteral("--set"),
                     QStringLiteral("jobs.work.mini_batch_error_threshold=9") })
                == 0,
            qPrintable(m_real.said));
    }

    void rows_stay_what_they_are_while_others_come_and_go()
    {
        RunTableModel model;
        RunFilterModel shown(model);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester shownTester(&shown, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns({ summary("c", 3), summary("b", 2), summary("a", 1) });
        const QPersistentModelIndex kept(model.index(1, 0));
        model.setRuns({ summary("d", 4), summary("b", 2), summary("c", 3) }); // one more, one gone, two changed places
        QCOMPARE(kept.row(), 1);
        QCOMPARE(kept.data().toString(), QStringLiteral("b"));
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(2, 0).data().toString(), QStringLiteral("c"));
        auto tagged = summary("b", 2, event::RunState::Failed);
        tagged.tags = { "Baseline" };
        tagged.note = "the good one";
        tagged.jobFile = "/w/wheat.yml";
        model.setRuns({ summary("d", 4), tagged });
        for (const char* search : { "baseline", "GOOD", "wheat", "failed one" }) {
            shown.setSearch(QString::fromLatin1(search));
            QCOMPARE(shown.rowCount(), 1);
        }
        shown.setSearch(QStringLiteral("baseline nothing"));
        QCOMPARE(shown.rowCount(), 0);
        model.setRuns({});
        QCOMPARE(model.rowCount(), 0);
    }

    void a_tag_and_a_note_are_written_and_what_is_chosen_stays_chosen()
    {
        AppContext context;
        HistoryPanel panel(context);
        showAll(panel);
        load(context);
        choose(panel, QStringLiteral("first"));
        panel.findChild<QAction*>(QStringLiteral("history.labels"))->trigger();
        auto* dialog = panel.findChild<QDialog*>(QStringLiteral("labels"));
        QVERIFY(dialog != nullptr);
        dialog->findChild<QLineEdit*>(QStringLiteral("labels.tags"))->setText(QStringLiteral("baseline, odd"));
        dialog->findChild<QPlainTextEdit*>(QStringLiteral("labels.note"))->setPlainText(QStringLiteral("before the fix"));
        dialog->accept();
        QTRY_COMPARE(context.history.find(QStringLiteral("first"))->tags.size(), std::size_t { 2 });
        QCOMPARE(viewOf(panel)->currentIndex().siblingAtColumn(0).data().toString(), QStringLiteral("first"));
        QCOMPARE(viewOf(panel)->currentIndex().siblingAtColumn(RunTableModel::Tags).data().toString(), QStringLiteral("baseline, odd"));
        panel.findChild<QLineEdit*>(QStringLiteral("history.filter"))->setText(QStringLiteral("odd fix"));
        QCOMPARE(panel.findChild<QLabel*>(QStringLiteral("history.count"))->text(), QStringLiteral("1 of 2"));
        panel.findChild<QLineEdit*>(QStringLiteral("history.filter"))->clear();
        QVERIFY(test::keepShot(panel, QStringLiteral("history-light")));
    }

    void deleting_says_what_it_frees_and_closes_the_open_run_first()
    {
        const auto copy = m_real.folder().path() / ".sheaf/runs/third";
        std::filesystem::copy(m_real.folder().path() / ".sheaf/runs/first", copy, std::filesystem::copy_options::recursive);
        AppContext context;
        HistoryPanel panel(context);
        showAll(panel);
        context.history.setFolder(m_real.path());
        QTRY_VERIFY(context.history.find(QStringLiteral("third")) != nullptr);
        context.run.open(m_real.path(), QStringLiteral("third"));
        QTRY_VERIFY(context.run.isLoaded());
        choose(panel, QStringLiteral("third"));
        panel.findChild<QAction*>(QStringLiteral("history.remove"))->trigger();
        QTRY_VERIFY(panel.findChild<QMessageBox*>(QStringLiteral("history.ask")) != nullptr);
        auto* box = panel.findChild<QMessageBox*>(QStringLiteral("history.ask"));
        QVERIFY2(box->informativeText().contains(QStringLiteral("This frees ")), qPrintable(box->informativeText()));
        QVERIFY(!box->informativeText().contains(QStringLiteral(" 0 B")));
        QSignalSpy removed(&context.history, &HistoryState::removed);
        box->findChild<QPushButton*>(QStringLiteral("history.ask.yes"))->click();
        QVERIFY(!context.run.isOpen());
        QTRY_COMPARE(removed.count(), 1);
        QVERIFY(!std::filesystem::exists(copy));
        QTRY_VERIFY(context.history.find(QStringLiteral("third")) == nullptr);
        QTRY_COMPARE(viewOf(panel)->model()->rowCount(), 2);
    }

    void two_runs_side_by_side()
    {
        AppContext context;
        CompareView view(context);
        showAll(view);
        load(context);
        context.run.open(m_real.path(), QStringLiteral("first"));
        QTRY_VERIFY(context.run.isLoaded());
        auto* settings = view.findChild<QTreeWidget*>(QStringLiteral("compare.settings"));
        QTRY_VERIFY(settings->isVisible());
        QCOMPARE(view.findChild<QComboBox*>(QStringLiteral("compare.other"))->currentData().toString(), QStringLiteral("second"));
        const auto threshold = cells(*settings, 1).indexOf(QStringLiteral("mini_batch_error_threshold"));
        QVERIFY2(threshold >= 0, qPrintable(cells(*settings, 1).join(QLatin1Char(','))));
        QCOMPARE(settings->topLevelItem(static_cast<int>(threshold))->text(2), QStringLiteral("9")); // A: the other one
        QCOMPARE(settings->topLevelItem(static_cast<int>(threshold))->text(3), QStringLiteral("2"));
        const auto code = cells(*settings, 1).indexOf(QStringLiteral("code"));
        QVERIFY2(code >= 0, qPrintable(cells(*settings, 1).join(QLatin1Char(','))));
        QCOMPARE(settings->topLevelItem(static_cast<int>(code))->text(3), QStringLiteral("entry.py differs"));
        auto* failures = view.findChild<QTreeWidget*>(QStringLiteral("compare.failures"));
        QCOMPARE(failures->topLevelItemCount(), 2);
        QCOMPARE(failures->topLevelItem(0)->text(1), QStringLiteral("new"));
        QVERIFY(failures->topLevelItem(0)->text(4).contains(QStringLiteral("odd")));
        QCOMPARE(failures->topLevelItem(1)->text(1), QStringLiteral("gone"));
        QVERIFY(failures->topLevelItem(1)->text(4).contains(QStringLiteral("seven")));
        auto* times = view.findChild<QTreeWidget*>(QStringLiteral("compare.times"));
        QCOMPARE(times->topLevelItemCount(), 6);
        QVERIFY(times->topLevelItem(0)->text(0) == QStringLiteral("work"));
        for (const QString& change : cells(*times, 4)) { // never a bare number
            QVERIFY2(change == QStringLiteral("the same") || change.contains(QStringLiteral("s more")) || change.contains(QStringLiteral("s less")) || change.contains(QStringLiteral("mini-batch")), qPrintable(change));
        }
        view.findChild<QPushButton*>(QStringLiteral("compare.swap"))->setChecked(true);
        QTRY_COMPARE(settings->topLevelItem(static_cast<int>(threshold))->text(2), QStringLiteral("2"));
        QCOMPARE(failures->topLevelItem(0)->text(1), QStringLiteral("new"));
        QVERIFY(failures->topLevelItem(0)->text(4).contains(QStringLiteral("seven")));
        QVERIFY(test::keepShot(view, QStringLiteral("compare-light")));
    }

    void what_is_the_same_is_said_in_words()
    {
        AppContext context;
        CompareView view(context);
        showAll(view);
        load(context);
        context.run.openCopy(m_real.path() + QStringLiteral("/.sheaf/runs/second"));
        QTRY_VERIFY(context.run.isLoaded());
        context.selection.askCompare(QStringLiteral("second"));
        auto* empty = view.findChild<QLabel*>(QStringLiteral("compare.settings.empty"));
        QTRY_VERIFY(empty->isVisible());
        QCOMPARE(empty->text(), QStringLiteral("Settings and code are the same."));
    }

    void a_folder_that_was_copied_can_be_looked_at_and_nothing_can_be_run()
    {
        namespace fs = std::filesystem;
        const test::TempFolder elsewhere;
        const fs::path copy = elsewhere.path() / "from_bob";
        fs::copy(m_real.folder().path() / ".sheaf/runs/first", copy, fs::copy_options::recursive);
        const std::string spec = m_real.folder().path().string(); // as if of another machine
        QFile file(toQt(copy / "run.json"));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray moved = file.readAll().replace(QByteArray::fromStdString(spec), "/no/such/place");
        file.resize(0);
        file.seek(0);
        file.write(moved);
        file.close();
        for (const auto& entry : fs::recursive_directory_iterator(copy)) {
            fs::permissions(entry.path(), entry.is_directory() ? fs::perms::owner_read | fs::perms::owner_exec : fs::perms::owner_read);
        }
        fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_exec);
        {
            AppContext context;
            MainWindow window(context);
            showAll(window);
            window.openPath(toQt(copy));
            QTRY_VERIFY(context.run.isLoaded());
            QCOMPARE(context.run.picture().state(), event::RunState::Failed);
            QVERIFY(!context.run.whyOnlyLooked().isEmpty());
            QVERIFY(!window.findChild<QAction*>(QStringLiteral("run.resume"))->isEnabled());
            QVERIFY(window.findChild<QAction*>(QStringLiteral("run.resume"))->toolTip().contains(QStringLiteral("/no/such/place")));
            context.selection.setStep(QStringLiteral("work"));
            context.selection.setMiniBatch(2);
            for (const char* page : { "verdict", "batches", "timeline", "logs", "metrics", "outputs", "settings", "compare" }) {
                context.selection.showPage(QString::fromLatin1(page));
                QCoreApplication::processEvents();
                QVERIFY(!window.grab().isNull());
            }
            bool answered = false;
            context.run.askStory(this, StepIndex(0), MiniBatchIndex(2), [&](const RunState::MiniBatchStory& story) {
                answered = true;
                QVERIFY(!story.error);
                QCOMPARE(story.attempts.size(), std::size_t { 1 });
                QVERIFY(story.logs[0].contains(QStringLiteral("n is 2")));
            });
            QTRY_VERIFY(answered);
            context.selection.askRepair(QStringLiteral("state:failed"));
            context.selection.askDebug(2);
            QVERIFY(window.findChild<QDialog*>(QStringLiteral("repair")) == nullptr);
            QVERIFY(!window.findChild<QWidget*>(QStringLiteral("run.debug"))->isVisible());
            context.run.resume();
            QVERIFY(!context.run.isStarting());
            QVERIFY(context.run.mayOpen(toQt(copy / "run.json")));
            QVERIFY(!context.run.mayOpen(toQt(copy / "../python")));
            QVERIFY(!context.run.mayOpen(m_real.path()));
            context.selection.showPage(QStringLiteral("verdict"));
            QCoreApplication::processEvents();
            QVERIFY(test::keepShot(window, QStringLiteral("copy-light")));
        }
        for (const auto& entry : fs::recursive_directory_iterator(copy)) {
            fs::permissions(entry.path(), fs::perms::owner_all);
        }
    }

    void a_replay_shows_each_moment_and_leaves_the_end_as_it_was()
    {
        AppContext context;
        context.run.open(m_real.path(), QStringLiteral("first"));
        QTRY_VERIFY(context.run.isLoaded());
        const auto last = context.run.picture().lastSequence();
        const std::int64_t first = context.run.picture().startedMicros();
        const std::int64_t end = context.run.picture().endedMicros();
        workspace::RunReplay expected(context.run.dir());
        QSignalSpy changed(&context.run, &RunState::changed);
        for (const int share : { 0, 50, 20, 80, 100 }) {
            const std::int64_t moment = first + (end - first) * share / 100;
            context.run.replay(moment);
            QTRY_COMPARE(context.run.replayMicros(), moment);
            QCOMPARE(context.run.picture().lastSequence(), expected.at(moment)->lastSequence());
            QCOMPARE(context.run.liveMicros() > 0, !context.run.isOver());
            QVERIFY(!context.run.isInterrupted());
        }
        QVERIFY(changed.count() >= 4);
        context.run.replay(first);
        QTRY_COMPARE(context.run.replayMicros(), first);
        QVERIFY(!context.run.whyOnlyLooked().isEmpty());
        context.run.replay(end); // on its way when it is left
        context.run.replay(std::nullopt);
        QVERIFY(!context.run.isReplaying());
        QCOMPARE(context.run.picture().lastSequence(), last);
        QCOMPARE(context.run.picture().state(), event::RunState::Failed);
        QVERIFY(context.run.whyOnlyLooked().isEmpty());
        context.run.replay(first);
        QTRY_VERIFY(context.run.isReplaying()); // the dropped answer is in no one's way
    }

    void the_bar_plays_a_run_and_goes_back_to_its_end()
    {
        AppContext context;
        MainWindow window(context);
        showAll(window);
        window.openPath(m_real.path() + QStringLiteral("/.sheaf/runs/first"));
        auto* bar = window.findChild<ReplayBar*>(QStringLiteral("replay"));
        QTRY_VERIFY(bar->isVisible());
        auto* slider = bar->findChild<MomentSlider*>(QStringLiteral("replay.slider"));
        QVERIFY(!slider->moments().empty());
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_PageDown);
        QTRY_VERIFY(context.run.isReplaying());
        QVERIFY(context.run.replayMicros() < context.run.recorded().endedMicros());
        slider->setValue(slider->maximum() / 2);
        QTRY_VERIFY(context.run.replayMicros() < (context.run.recorded().startedMicros() + context.run.recorded().endedMicros()) / 2 + 1000);
        context.selection.setStep(QStringLiteral("work"));
        context.selection.showPage(QStringLiteral("batches"));
        QCoreApplication::processEvents();
        QVERIFY(test::keepShot(window, QStringLiteral("replay-light")));
        QVERIFY(!window.findChild<QAction*>(QStringLiteral("run.resume"))->isEnabled());
        bar->findChild<QComboBox*>(QStringLiteral("replay.speed"))->setCurrentIndex(2);
        QTest::mouseClick(bar->findChild<QToolButton*>(QStringLiteral("replay.play")), Qt::LeftButton);
        QTRY_COMPARE(context.run.replayMicros(), context.run.recorded().endedMicros()); // it plays to the end and stays there
        QTest::mouseClick(bar->findChild<QPushButton*>(QStringLiteral("replay.end")), Qt::LeftButton);
        QVERIFY(!context.run.isReplaying());
        QVERIFY(window.findChild<QAction*>(QStringLiteral("run.resume"))->isEnabled());
    }

    void a_report_is_one_file()
    {
        AppContext context;
        context.run.open(m_real.path(), QStringLiteral("first"));
        QTRY_VERIFY(context.run.isLoaded());
        const QString file = m_real.path() + QStringLiteral("/first.html");
        QSignalSpy saved(&context.run, &RunState::reportSaved);
        context.run.saveReport(file);
        QTRY_COMPARE(saved.count(), 1);
        QFile html(file);
        QVERIFY(html.open(QIODevice::ReadOnly));
        QVERIFY(html.readAll().contains("odd 2"));
        QSignalSpy failed(&context.run, &RunState::failed);
        context.run.saveReport(m_real.path() + QStringLiteral("/no/such/folder/first.html"));
        QTRY_COMPARE(failed.count(), 1);
    }

    void in_the_dark()
    {
        auto& application = *qobject_cast<QApplication*>(QCoreApplication::instance());
        applyTheme(application, ThemeChoice::Dark);
        AppContext context;
        HistoryPanel panel(context);
        CompareView view(context);
        showAll(panel);
        showAll(view);
        load(context);
        context.run.open(m_real.path(), QStringLiteral("first"));
        QTRY_VERIFY(view.findChild<QTreeWidget*>(QStringLiteral("compare.failures"))->isVisible());
        choose(panel, QStringLiteral("first"));
        QVERIFY(test::keepShot(panel, QStringLiteral("history-dark")));
        QVERIFY(test::keepShot(view, QStringLiteral("compare-dark")));
        applyTheme(application, ThemeChoice::Light);
    }
};

SHEAF_TEST(tst_history)
#include "tst_history.moc"
