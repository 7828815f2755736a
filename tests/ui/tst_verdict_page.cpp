// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/clock.h"
#include "core/store/event_store.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "tests/ui/real_run.h"
#include "ui/run/mini_batch_page.h"
#include "ui/run/result_view.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/verdict/budget_gauge.h"
#include "ui/verdict/verdict_page.h"
#include "ui/widgets/state_badge.h"

#include <fcntl.h>
#include <fstream>
#include <future>
#include <sys/file.h>
#include <unistd.h>
#endif

#include <QApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTextBrowser>
#include <QTreeWidget>

using namespace sheaf;
using namespace sheaf::ui;
using namespace sheaf::event;

namespace {

/// A run's folder as a coordinator would have left it: `collect` (command), then `check` (parallel) on two nodes.
class RecordedRun
{
public:
    pipeline::RunSpec spec;

    explicit RecordedRun(const test::TempFolder& folder)
        : m_dir(folder.path() / ".sheaf/runs/brave-otter")
        , m_code(folder.write("src/check.py", "import os\n\ndef run(mini_batch):\n    return [float(open(f).read()) for f in mini_batch]\n"))
    {
        spec.run = "brave-otter";
        spec.jobFile = (folder.path() / "pipeline.yml").string();
        spec.workspace = folder.path().string();
        spec.runDir = m_dir.path().string();
        spec.python = "/usr/bin/python3";
        pipeline::StepSpec collect;
        collect.name = "collect";
        spec.steps.push_back(collect);
        pipeline::StepSpec check;
        check.name = "check";
        check.kind = pipeline::StepKind::Parallel;
        check.dependsOn = { "collect" };
        check.instanceCount = 2;
        check.parallel.inputData = "readings";
        check.parallel.entryScript = "check.py";
        check.parallel.code = m_code.parent_path().string();
        check.parallel.miniBatchErrorThreshold = 10;
        check.parallel.errorThreshold = 200;
        check.parallel.progressUpdateTimeoutSeconds = 600;
        check.outputs.push_back({ "summary", pipeline::DataType::UriFile, "rw_mount", (m_dir.outputs() / "check/summary/rows.txt").string(), "", "" });
        spec.steps.push_back(check);
    }
    ~RecordedRun()
    {
        if (m_lock >= 0) {
            ::close(m_lock);
        }
    }
    RecordedRun(const RecordedRun&) = delete;
    RecordedRun& operator=(const RecordedRun&) = delete;

    void tell(Fact fact)
    {
        m_now += 200'000;
        m_events.push_back({ 0, m_now, std::move(fact) });
    }
    void begin(std::uint32_t miniBatches)
    {
        RunStarted started;
        started.run = spec.run;
        started.steps = { "collect", "check" };
        started.nodes = 2;
        tell(started);
        for (std::uint32_t node = 0; node < 2; ++node) {
            tell(NodeJoined { NodeIndex(node), "host", 2, 1000, 7 });
        }
        tell(StepStarted { StepIndex(0), { NodeIndex(0) }, 1 });
        tell(StepEnded { StepIndex(0), StepState::Completed, "", "The command exited with 0.", 0 });
        tell(StepStarted { kCheck, { NodeIndex(0), NodeIndex(1) }, 2 });
        tell(StepPlanned { kCheck, miniBatches, miniBatches * 5, 1000, 0.1 });
        for (std::uint32_t i = 0; i < 4; ++i) {
            tell(WorkerStarted { kCheck, NodeIndex(i / 2), ProcessNumber(i % 2), 100 + i });
            tell(WorkerInitialized { kCheck, NodeIndex(i / 2), ProcessNumber(i % 2), true, 0.1, "", "" });
        }
    }
    void attempt(std::uint32_t index, AttemptOutcome outcome, const std::string& error = {}, const std::string& traceback = {})
    {
        AttemptEnded ended;
        ended.step = kCheck;
        ended.miniBatch = MiniBatchIndex(index);
        ended.node = NodeIndex(outcome == AttemptOutcome::Exception ? 1 : index % 2);
        ended.process = ProcessNumber(index / 2 % 2);
        ended.outcome = outcome;
        ended.startMicros = m_now - 1'000'000;
        ended.elapsedSeconds = 1.0;
        ended.items = 5;
        ended.returned = outcome == AttemptOutcome::Done ? 5 : 0;
        ended.error = error;
        ended.traceback = traceback;
        tell(ended);
    }
    void raise(std::uint32_t index)
    {
        attempt(index, AttemptOutcome::Exception, "ValueError: could not convert string to float: 'n/a'",
            "Traceback (most recent call last):\n  File \"" + (m_dir.code("check") / "check.py").string()
                + "\", line 4, in run\n    return [float(open(f).read()) for f in mini_batch]\n  File \"/usr/lib/python3.11/codecs.py\", line 322, in decode\n    (result, consumed) = self._buffer_decode(data)\n"
                  "ValueError: could not convert string to float: 'n/a'\n");
    }
    /// Mini-batches [from, to): every seventh raises, every 31st is too late, the others are done.
    void work(std::uint32_t from, std::uint32_t to)
    {
        for (std::uint32_t i = from; i < to; ++i) {
            if (i % 31 == 5) {
                attempt(i, AttemptOutcome::Timeout, "run() took longer than 60 s");
            } else if (i % 7 == 3) {
                raise(i);
            } else {
                attempt(i, AttemptOutcome::Done);
            }
        }
    }
    void running(std::uint32_t index) { tell(AttemptStarted { kCheck, MiniBatchIndex(index), AttemptId(index), NodeIndex(0), ProcessNumber(0), m_now }); }
    void end(StepState step, event::RunState run, const std::string& reason = {})
    {
        tell(StepEnded { kCheck, step, reason, "", 0 });
        tell(RunEnded { run, "" });
    }
    void startSecondsAgo(double seconds) { m_now = wallMicros() - static_cast<std::int64_t>(seconds * 1e6); }

    void write()
    {
        std::filesystem::create_directories(m_dir.path());
        std::ofstream(m_dir.spec()) << json::serialize(spec);
        auto store = store::EventStore::openForWriting(m_dir.database());
        QVERIFY(store.has_value());
        QVERIFY(store->append(m_events).has_value());
        m_events.clear();
    }
    /// As long as this lives, a coordinator seems to.
    void beAlive()
    {
        std::filesystem::create_directories(m_dir.path());
        m_lock = ::open(m_dir.lock().c_str(), O_RDWR | O_CREAT, 0600);
        QVERIFY(::flock(m_lock, LOCK_EX | LOCK_NB) == 0);
    }
    void die()
    {
        ::close(m_lock);
        m_lock = -1;
    }
    [[nodiscard]] const runtime::RunDir& dir() const { return m_dir; }
    void open(AppContext& context) const
    {
        context.run.open(QString::fromStdString(spec.workspace), QStringLiteral("brave-otter"));
        QTRY_VERIFY(context.run.isLoaded());
    }

    static constexpr StepIndex kCheck { 1 };

private:
    runtime::RunDir m_dir;
    std::filesystem::path m_code;
    std::vector<Event> m_events;
    std::int64_t m_now = 1'795'255'200'000'000; // 2026-11-21 10:00:00 UTC
    int m_lock = -1;
};

template <class Widget> Widget* child(QWidget& page, const char* name)
{
    return page.findChild<Widget*>(QLatin1String(name));
}

QString plain(const QLabel* label)
{
    return label->accessibleName();
}

QPushButton* buttonSaying(QWidget& page, const QString& words)
{
    for (QPushButton* button : page.findChildren<QPushButton*>()) {
        if (button->text() == words && button->isVisible()) {
            return button;
        }
    }
    return nullptr;
}

} // namespace

/// A run's first page, as a person reads and uses it.
class tst_verdict_page : public QObject
{
    Q_OBJECT

private:
    static void failedRun(RecordedRun& run)
    {
        run.begin(120);
        run.work(0, 66);
        run.spec.steps[1].parallel.miniBatchErrorThreshold = 10;
        run.end(StepState::Failed, event::RunState::Failed, "mini_batch_error_threshold");
        run.write();
    }
    static void show(QWidget& page)
    {
        page.resize(1000, 860);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
    }
    static void shot(QWidget& page, const char* name)
    {
        for (int i = 0; i < 5; ++i) { // what has just changed is laid out from the inside to the outside, one event each
            QCoreApplication::processEvents();
        }
        QVERIFY(test::keepShot(page, QStringLiteral("verdict-%1").arg(QLatin1String(name))));
    }

private slots:
    void without_a_run_it_says_how_to_get_one()
    {
        AppContext context;
        VerdictPage page(context);
        show(page);
        QCOMPARE(child<QLabel>(page, "hint.title")->text(), QStringLiteral("No run"));
        shot(page, "empty");
    }

    void a_failed_run_says_what_when_and_what_to_do()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        failedRun(run);
        AppContext context;
        VerdictPage page(context);
        show(page);
        run.open(context);
        auto* sentence = child<QLabel>(page, "verdict.sentence");
        QTRY_COMPARE(plain(sentence), QStringLiteral("check failed: 11 mini-batches failed, mini_batch_error_threshold allows 10."));
        QVERIFY(plain(child<QLabel>(page, "verdict.why")).contains(QStringLiteral("by mini-batch 59, when 60 of 120 mini-batches had ended")));
        QCOMPARE(page.findChild<StateBadge*>()->word(), QStringLiteral("Failed"));
        auto* shares = child<QLabel>(page, "verdict.shares");
        QTRY_VERIFY2(shares->text().contains(QStringLiteral("ran on node 1")), qPrintable(shares->text()));
        shot(page, "failed");

        QSignalSpy repair(&context.selection, &SelectionState::repairAsked);
        QSignalSpy debug(&context.selection, &SelectionState::debugAsked);
        QTest::mouseClick(buttonSaying(page, QStringLiteral("Run here…")), Qt::LeftButton);
        QCOMPARE(debug.size(), 1);
        QCOMPARE(context.selection.step(), QStringLiteral("check"));
        QVERIFY(buttonSaying(page, QStringLiteral("Go on")) != nullptr);
        QSignalSpy report(&context.selection, &SelectionState::reportAsked);
        QTest::mouseClick(child<QPushButton>(page, "verdict.report"), Qt::LeftButton);
        QCOMPARE(report.size(), 1);
    }

    /// A picture of long ago is not how the run stands.
    void while_its_record_is_read_it_says_so()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        failedRun(run);
        AppContext context;
        VerdictPage page(context);
        show(page);
        context.run.open(QString::fromStdString(run.spec.workspace), QStringLiteral("brave-otter"));
        QCOMPARE(child<QLabel>(page, "hint.title")->text(), QStringLiteral("Reading the run"));
        QTRY_VERIFY(context.run.isLoaded());
        QTRY_VERIFY(plain(child<QLabel>(page, "verdict.sentence")).startsWith(QStringLiteral("check failed")));
    }

    void where_there_are_no_mini_batches_it_says_why()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        failedRun(run);
        AppContext context;
        MiniBatchPage page(context);
        show(page);
        const auto* title = child<QLabel>(page, "hint.title");
        QCOMPARE(title->text(), QStringLiteral("No run"));
        run.open(context);
        QTRY_COMPARE(title->text(), QStringLiteral("The whole run"));
        context.selection.setStep(QStringLiteral("collect"));
        QCOMPARE(title->text(), QStringLiteral("A command has no mini-batches"));
        context.selection.setStep(QStringLiteral("check"));
        QVERIFY(!title->isVisible());
    }

    void links_are_reached_by_the_keyboard()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        failedRun(run);
        AppContext context;
        VerdictPage page(context);
        show(page);
        run.open(context);
        auto* sentence = child<QLabel>(page, "verdict.sentence");
        QTRY_VERIFY(plain(sentence).contains(QStringLiteral("failed")));
        QSignalSpy pages(&context.selection, &SelectionState::pageAsked);
        QSignalSpy fields(&context.selection, &SelectionState::fieldAsked);
        page.activateWindow();
        sentence->setFocus(Qt::TabFocusReason);
        QTRY_VERIFY(sentence->hasFocus());
        QTest::keyClick(sentence, Qt::Key_Tab); // step, then its mini-batches
        QTest::keyClick(sentence, Qt::Key_Tab);
        QTest::keyClick(sentence, Qt::Key_Return);
        QCOMPARE(context.selection.filter(), QStringLiteral("state:failed,timedout"));
        QCOMPARE(pages.last().first().toString(), QStringLiteral("batches"));
    }

    void what_can_be_done_comes_back_when_a_replay_is_left_at_its_end()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        failedRun(run);
        AppContext context;
        VerdictPage page(context);
        show(page);
        run.open(context);
        const auto canGoOn = [&] {
            const QPushButton* button = buttonSaying(page, QStringLiteral("Go on"));
            return button != nullptr && button->isEnabled();
        };
        QTRY_VERIFY(canGoOn());
        context.run.replay(context.run.picture().endedMicros());
        QTRY_VERIFY(context.run.isReplaying());
        QVERIFY(!canGoOn());
        context.run.replay(std::nullopt);
        QTRY_VERIFY(canGoOn());
    }

    void an_end_that_is_still_to_be_read_is_no_interruption()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        run.startSecondsAgo(5000);
        run.begin(10000);
        run.beAlive();
        run.write();
        AppContext context;
        run.open(context);
        QTRY_VERIFY(context.run.isActive());
        int interrupted = 0;
        connect(&context.run, &ui::RunState::activityChanged, &context.run, [&] { interrupted += context.run.isInterrupted() ? 1 : 0; });
        // While nobody reads, it comes to its end, with more than is read at once, and its coordinator goes away.
        std::promise<void> gate;
        context.reader.ask(&context.run, [open = gate.get_future().share()] { return open.wait(), 0; }, [](int) {});
        for (std::uint32_t i = 0; i < 10000; ++i) {
            run.attempt(i, AttemptOutcome::Done);
        }
        run.end(StepState::Completed, event::RunState::Completed);
        run.write();
        run.die();
        const double now = monotonicSeconds();
        QTRY_VERIFY(monotonicSeconds() > now + 0.5); // only then it is looked again whether somebody lives
        gate.set_value();
        QTRY_VERIFY(context.run.isOver() && !context.run.isActive());
        QCOMPARE(interrupted, 0);
    }

    void groups_lead_to_their_mini_batches_and_to_the_code()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        failedRun(run);
        AppContext context;
        VerdictPage page(context);
        show(page);
        run.open(context);
        auto* groups = child<QTreeWidget>(page, "verdict.groups");
        QTRY_COMPARE(groups->topLevelItemCount(), 2);
        QCOMPARE(groups->topLevelItem(0)->text(0), QStringLiteral("9"));
        QCOMPARE(groups->topLevelItem(0)->text(4), QStringLiteral("check.py:4"));
        QSignalSpy repair(&context.selection, &SelectionState::repairAsked);
        QSignalSpy debug(&context.selection, &SelectionState::debugAsked);
        QSignalSpy place(&context.selection, &SelectionState::placeAsked);
        QTest::mouseClick(child<QPushButton>(page, "verdict.again"), Qt::LeftButton);
        QCOMPARE(repair.last().first().toString(), QStringLiteral("group:1"));
        QTest::mouseClick(child<QPushButton>(page, "verdict.here"), Qt::LeftButton);
        QCOMPARE(debug.last().first().toLongLong(), 3);
        QTest::mouseClick(child<QPushButton>(page, "verdict.show"), Qt::LeftButton);
        QCOMPARE(context.selection.filter(), QStringLiteral("group:1"));

        auto* traceback = child<QTextBrowser>(page, "verdict.traceback");
        traceback->setFocus(Qt::TabFocusReason);
        QTest::keyClick(traceback, Qt::Key_Tab);
        QTest::keyClick(traceback, Qt::Key_Return);
        QTRY_COMPARE(place.size(), 1);
        QCOMPARE(place.last().first().toString(), QString::fromStdString((folder.path() / "src/check.py").string()));
        QCOMPARE(place.last().at(1).toLongLong(), qint64 { 32 });

        groups->setCurrentItem(groups->topLevelItem(1));
        QTRY_VERIFY(traceback->toPlainText().contains(QStringLiteral("run() took longer")));
        QTest::mouseClick(child<QPushButton>(page, "verdict.show"), Qt::LeftButton);
        QCOMPARE(context.selection.filter(), QStringLiteral("group:2"));
    }

    void a_run_that_goes_on_shows_where_its_budgets_lead()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        run.beAlive();
        run.startSecondsAgo(40);
        run.begin(120);
        run.work(0, 60);
        run.running(60);
        run.running(61);
        run.spec.steps[1].parallel.miniBatchErrorThreshold = 11;
        run.write();
        AppContext context;
        VerdictPage page(context);
        show(page);
        run.open(context);
        auto* sentence = child<QLabel>(page, "verdict.sentence");
        QTRY_COMPARE(plain(sentence), QStringLiteral("check: 49 of 120 mini-batches done, 2 running, 11 failed."));
        const auto gauges = page.findChildren<BudgetGauge*>();
        QVERIFY(gauges.size() >= 3);
        QVERIFY2(gauges[0]->words().startsWith(QStringLiteral("11 of 11 allowed; at this rate 22: crossed in")), qPrintable(gauges[0]->words()));
        QVERIFY(!child<QPushButton>(page, "verdict.again")->isEnabled());
        QTRY_VERIFY(child<QLabel>(page, "verdict.counts")->text().contains(QStringLiteral(" left")));
        shot(page, "running");

        // It ends while it is looked at.
        run.raise(62);
        run.end(StepState::Failed, event::RunState::Failed, "mini_batch_error_threshold");
        run.write();
        QTRY_COMPARE(page.findChild<StateBadge*>()->word(), QStringLiteral("Failed"));
        QTRY_COMPARE(plain(sentence), QStringLiteral("check failed: 12 mini-batches failed, mini_batch_error_threshold allows 11."));
        QVERIFY(child<QPushButton>(page, "verdict.again")->isEnabled());
    }

    /// What lies between two lives is no work.
    void a_run_that_was_resumed_has_the_rate_of_its_present_life()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        run.beAlive();
        run.startSecondsAgo(100'000);
        run.begin(120);
        run.work(0, 60);
        run.startSecondsAgo(30);
        RunStarted again;
        again.run = run.spec.run;
        again.steps = { "collect", "check" };
        again.nodes = 2;
        again.resumed = true;
        run.tell(again);
        run.tell(StepStarted { RecordedRun::kCheck, { NodeIndex(0), NodeIndex(1) }, 2 });
        for (std::uint32_t i = 60; i < 110; ++i) {
            run.attempt(i, AttemptOutcome::Done);
        }
        run.running(110);
        run.write();
        AppContext context;
        VerdictPage page(context);
        show(page);
        run.open(context);
        QTRY_VERIFY2(child<QLabel>(page, "verdict.counts")->text().contains(QStringLiteral(" per second")), qPrintable(child<QLabel>(page, "verdict.counts")->text()));
    }

    void a_completed_run_of_all_steps()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        run.begin(120);
        for (std::uint32_t i = 0; i < 120; ++i) {
            run.attempt(i, AttemptOutcome::Done);
        }
        run.end(StepState::Completed, event::RunState::Completed);
        run.write();
        AppContext context;
        VerdictPage page(context);
        show(page);
        run.open(context);
        QTRY_VERIFY(plain(child<QLabel>(page, "verdict.sentence")).startsWith(QStringLiteral("Both steps are done")));
        QVERIFY(!child<QWidget>(page, "verdict.failures")->isVisible());
        shot(page, "completed");
        context.selection.setStep(QStringLiteral("collect"));
        QCOMPARE(plain(child<QLabel>(page, "verdict.sentence")), QStringLiteral("collect is done: its command exited with 0."));
        context.selection.setStep(QStringLiteral("later"));
        QCOMPARE(child<QLabel>(page, "hint.title")->text(), QStringLiteral("Not part of this run"));
    }

    void a_step_that_did_not_get_ready_shows_its_traceback()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        run.begin(12);
        run.tell(WorkerInitialized { RecordedRun::kCheck, NodeIndex(0), ProcessNumber(0), false, 0.1, "KeyError: 'MODEL'",
            "Traceback (most recent call last):\n  File \"" + (run.dir().code("check") / "check.py").string() + "\", line 3, in init\n    model = os.environ['MODEL']\nKeyError: 'MODEL'\n" });
        run.end(StepState::Failed, event::RunState::Failed, "init_failed");
        run.write();
        AppContext context;
        VerdictPage page(context);
        show(page);
        run.open(context);
        QTRY_VERIFY(plain(child<QLabel>(page, "verdict.sentence")).startsWith(QStringLiteral("check failed: init() of check.py raised KeyError: 'MODEL'")));
        QVERIFY(child<QTextBrowser>(page, "verdict.traceback")->toPlainText().contains(QStringLiteral("KeyError: 'MODEL'")));
        QVERIFY(!child<QPushButton>(page, "verdict.again")->isEnabled());
        shot(page, "init");
    }

    void in_the_dark_and_narrow()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        failedRun(run);
        auto& application = *qobject_cast<QApplication*>(QCoreApplication::instance());
        applyTheme(application, ThemeChoice::Dark);
        {
            AppContext context;
            VerdictPage page(context);
            show(page);
            run.open(context);
            QTRY_VERIFY(plain(child<QLabel>(page, "verdict.sentence")).contains(QStringLiteral("failed")));
            QTRY_VERIFY(!child<QLabel>(page, "verdict.shares")->text().isEmpty());
            shot(page, "failed-dark");
            page.resize(520, 860);
            QTRY_VERIFY(child<QWidget>(page, "verdict.budgets")->y() > child<QWidget>(page, "verdict.nextBox")->y() + 20);
            shot(page, "failed-narrow");
            page.resize(1000, 860);
            applyTheme(application, ThemeChoice::Light); // while it is open: links take the new colour
            QTRY_VERIFY(!child<QLabel>(page, "verdict.sentence")->text().isEmpty());
            shot(page, "failed-light-again");
        }
    }

    void its_files_stand_beside_their_text()
    {
        const test::TempFolder folder;
        RecordedRun run(folder);
        failedRun(run);
        const auto logs = run.dir().logs("check");
        for (const char* name : { "job_result.txt", "readme.txt", "user/stdout/0/process000.stdout.txt", "sys/job_report/processed_mini-batches.csv" }) {
            std::filesystem::create_directories((logs / name).parent_path());
            std::ofstream(logs / name) << "This is " << name << "\n";
        }
        std::ofstream big(logs / "user/stdout/0/process001.stdout.txt");
        for (int i = 0; i < 100'000; ++i) {
            big << "line " << i << '\n';
        }
        big.close();
        AppContext context;
        ResultView page(context);
        show(page);
        run.open(context);
        context.selection.setStep(QStringLiteral("check"));
        auto* text = child<QPlainTextEdit>(page, "run.result.text");
        QTRY_COMPARE(text->toPlainText(), QStringLiteral("This is job_result.txt\n"));
        auto* tree = child<QTreeWidget>(page, "run.result.tree");
        QTRY_COMPARE(tree->topLevelItemCount(), 2);
        QCOMPARE(tree->topLevelItem(0)->child(0)->text(0), QStringLiteral("job_result.txt"));
        QCOMPARE(tree->topLevelItem(1)->child(0)->text(1), QStringLiteral("not written"));
        shot(page, "outputs");

        const auto found = tree->findItems(QStringLiteral("process001.stdout.txt"), Qt::MatchExactly | Qt::MatchRecursive);
        QCOMPARE(found.size(), 1);
        tree->setCurrentItem(found.first());
        auto* note = child<QLabel>(page, "run.result.note");
        QTRY_VERIFY2(note->text().startsWith(QStringLiteral("The first 256 KiB of ")), qPrintable(note->text()));
        QSignalSpy log(&context.selection, &SelectionState::logAsked);
        QTest::mouseClick(child<QPushButton>(page, "run.result.inLogs"), Qt::LeftButton);
        QCOMPARE(log.last().first().toString(), QStringLiteral("user/stdout/0/process001.stdout.txt"));
    }
};

SHEAF_TEST(tst_verdict_page)
#include "tst_verdict_page.moc"
