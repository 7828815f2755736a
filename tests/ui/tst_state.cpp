// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/json.h"
#include "core/store/event_store.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/canvas/auto_layout.h"
#include "ui/canvas/node_geometry.h"
#include "ui/run/settings_model.h"
#include "ui/state/catalog_state.h"
#include "ui/state/document_state.h"
#include "ui/state/pipeline_state.h"
#include "ui/state/run_state.h"
#include "ui/state/settings_state.h"
#include "ui/state/watch_pace.h"
#include "ui/state/work_thread.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#endif

#include <QAbstractItemModelTester>
#include <QGuiApplication>
#include <QSignalSpy>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

/// A run folder whose events the test writes, as a coordinator would.
struct WrittenRun {
    test::TempFolder folder;
    std::optional<store::EventStore> store;
    std::uint64_t sequence = 0;

    WrittenRun()
    {
        pipeline::RunSpec spec;
        spec.run = "r";
        spec.jobFile = (folder.path() / "pipeline.yml").string();
        pipeline::StepSpec step;
        step.name = "work";
        step.kind = pipeline::StepKind::Parallel;
        spec.steps.push_back(step);
        const runtime::RunDir dir(folder.path() / ".sheaf" / "runs" / "r");
        std::filesystem::create_directories(dir.path());
        std::ofstream(dir.spec()) << json::serialize(spec);
        if (auto opened = store::EventStore::openForWriting(dir.database())) {
            store.emplace(std::move(*opened));
        }
    }
    bool tell(std::vector<event::Fact> facts)
    {
        std::vector<event::Event> events;
        for (auto& fact : facts) {
            ++sequence;
            events.push_back({ sequence, static_cast<std::int64_t>(sequence) * 1000000, std::move(fact) });
        }
        return store && store->append(events).has_value();
    }
    bool begin(std::uint32_t miniBatches)
    {
        return tell({ event::RunStarted { "r", { "work" }, 1, false, 1, "h" }, event::StepStarted { StepIndex(0), { NodeIndex(0) }, 2 },
            event::StepPlanned { StepIndex(0), miniBatches, 0, 0, 0 } });
    }
    static event::AttemptEnded ended(std::uint32_t miniBatch, const std::string& error = {})
    {
        event::AttemptEnded attempt;
        attempt.miniBatch = MiniBatchIndex(miniBatch);
        attempt.attempt = AttemptId(miniBatch + 1);
        attempt.picked = 1;
        attempt.items = 1;
        attempt.final = true;
        attempt.outcome = error.empty() ? event::AttemptOutcome::Done : event::AttemptOutcome::Exception;
        attempt.returned = error.empty() ? 1 : 0;
        attempt.error = error;
        return attempt;
    }
};

const std::string kOneStep = "type: pipeline\njobs:\n  work:\n    type: parallel\n    input_data: ${{inputs.files}}\n    inputs:\n      files: {type: uri_folder, path: "
                             "./data}\n    task: {type: run_function, code: ./src, entry_script: entry.py, environment: azureml:any:1}\n";
const std::string kOneCommand = "type: pipeline\njobs:\n  work:\n    type: command\n    command: echo hello\n    environment: azureml:any:1\n";

/// Somebody was in another window.
void comeBack()
{
    emit qGuiApp->applicationStateChanged(Qt::ApplicationActive);
}

bool says(const PipelineState& pipeline, const std::string& code)
{
    const auto snapshot = pipeline.snapshot();
    return snapshot && std::any_of(snapshot->diagnostics.begin(), snapshot->diagnostics.end(), [&](const spec::Diagnostic& d) { return d.code == code; });
}

spec::Diagnostic diskFull(const pipeline::RunSpec& spec)
{
    spec::Diagnostic full;
    full.code = "disk-full";
    full.severity = spec::Severity::Error;
    full.file = spec.jobFile;
    full.message = "the disk is full";
    return full;
}

/// What a PipelineState needs.
struct Pipeline {
    WorkThread resolver;
    WorkThread checker;
    SettingsState settings;
    DocumentState document;
    PipelineState state { document, resolver, checker, settings };
};

Graph graphOf(int steps)
{
    Graph graph;
    for (int i = 0; i < steps; ++i) {
        GraphNode node;
        node.id = node.title = QStringLiteral("step%1").arg(i);
        node.inputs.resize(2);
        node.outputs.resize(1);
        graph.nodes.push_back(node);
        for (const int back : { 1, 3 }) {
            if (i >= back) {
                graph.edges.push_back({ i - back, 0, i, back == 1 ? 0 : 1 });
            }
        }
    }
    return graph;
}

} // namespace

/// What the window knows: the open run, the layout of the graph, the settings in force.
class tst_state : public QObject
{
    Q_OBJECT

private slots:
    void an_open_run_follows_its_record_and_a_run_of_the_past_reads_the_same()
    {
        WrittenRun written;
        QVERIFY(written.begin(6));
        QVERIFY(written.tell({ WrittenRun::ended(0), WrittenRun::ended(1, "KeyError: 'x'") }));
        WorkThread reader;
        WorkThread worker;
        RunState live(reader, worker);
        live.open(QString::fromStdString(written.folder.path().string()), QStringLiteral("r"));
        QTRY_VERIFY(live.isLoaded());
        const auto* step = live.step(QStringLiteral("work"));
        QVERIFY(step != nullptr);
        QCOMPARE(step->count(event::MiniBatchState::Done), 1U);
        QCOMPARE(live.errorOf(StepIndex(0), MiniBatchIndex(1)), QStringLiteral("KeyError: 'x'"));
        QVERIFY(live.isInterrupted()); // nobody holds its lock, and no end was written

        QSignalSpy changed(&live, &RunState::changed);
        QVERIFY(written.tell({ WrittenRun::ended(2), WrittenRun::ended(3), WrittenRun::ended(4), WrittenRun::ended(5),
            event::StepEnded { StepIndex(0), event::StepState::Completed, "", "5 of 6 mini-batches done, 1 failed.", 0 },
            event::RunEnded { event::RunState::Completed, "1 of 1 steps completed." } }));
        QTRY_VERIFY(live.isOver());
        QVERIFY(changed.count() > 0);
        QVERIFY(!live.isInterrupted());

        RunState later(reader, worker);
        later.open(live.workspaceFolder(), QStringLiteral("r"));
        QTRY_VERIFY(later.isLoaded() && later.isOver());
        QCOMPARE(later.picture().steps()[0].counts, live.picture().steps()[0].counts);
        QCOMPARE(later.picture().message(), live.picture().message());
        QCOMPARE(later.elapsedSeconds(), live.elapsedSeconds());
    }

    void a_window_looks_often_only_while_the_workers_leave_it_a_core()
    {
        WatchPace pace;
        QCOMPARE(pace.next(0, { 1, 1.0, 0.02 }), WatchPace::kLively);
        QCOMPARE(pace.next(2000, { 1, 1.0, 0.02 }), WatchPace::kSmooth);
        QCOMPARE(pace.next(500, { 2, 1.0, 0.30 }), WatchPace::kSmooth); // in 30 ms
        // Both cores are at work now: what it took at 30 ms it takes at no more than a hundredth of a core.
        QCOMPARE(pace.next(500, { 3, 0.1, 0.016 }), 2 * WatchPace::kLively);
        QCOMPARE(pace.next(500, { 3, 0.1, 0.016 }), 2 * WatchPace::kLively); // told once, counted once
        QCOMPARE(pace.next(5000, { 4, 0.0, WatchPace::kMostCores }), 2 * WatchPace::kLively);
        QCOMPARE(pace.next(500, { 5, 0.0, 0.5 }), WatchPace::kSparing);
        QCOMPARE(pace.next(0, { 6, 0.0, 0.0 }), WatchPace::kLively);
    }

    void the_machine_is_measured_at_most_once_a_second()
    {
        WatchPace::Meter meter;
        QCOMPARE(meter.load(100).measurement, 0U); // nothing to compare with
        QCOMPARE(meter.load(100.5).measurement, 0U);
        const auto first = meter.load(101.1);
        QCOMPARE(first.measurement, 1U);
        QVERIFY(first.idleCores >= 0 && first.ownCores >= 0);
        QCOMPARE(meter.load(101.2).measurement, 1U);
        QCOMPARE(meter.load(102.2).measurement, 2U);
        QCOMPARE(meter.load(120).measurement, 2U); // nobody looked for long: what was used in between says nothing about now
        QCOMPARE(meter.load(121.1).measurement, 3U);
    }

    void what_was_asked_of_one_run_is_not_held_against_the_next()
    {
        WrittenRun first;
        WrittenRun second;
        QVERIFY(first.begin(2) && first.tell({ event::RunEnded { event::RunState::Completed, "" } }));
        QVERIFY(second.begin(2));
        WorkThread reader;
        WorkThread worker;
        ui::RunState run(reader, worker);
        run.open(QString::fromStdString(first.folder.path().string()), QStringLiteral("r"));
        QTRY_VERIFY(run.isLoaded());
        std::promise<void> gate;
        worker.ask(&run, [open = gate.get_future().share()] { return open.wait(), 0; }, [](int) {});
        QSignalSpy failed(&run, &ui::RunState::failed);
        run.resume();
        QVERIFY(run.isStarting());
        QVERIFY(!run.repair({}, false)); // one after the other, and that is said
        QCOMPARE(failed.count(), 1);
        run.stop(false);
        QVERIFY(run.isStopAsked());
        run.open(QString::fromStdString(second.folder.path().string()), QStringLiteral("r"));
        QVERIFY(!run.isStarting());
        QVERIFY(!run.isStopAsked());
        gate.set_value();
        QTRY_COMPARE(failed.count(), 3); // it is over already: neither could be done
        QVERIFY(!run.isStarting());
        QVERIFY(run.isOpen());
    }

    void the_story_of_a_mini_batch_is_every_attempt_of_it()
    {
        WrittenRun written;
        QVERIFY(written.begin(2));
        auto first = WrittenRun::ended(1, "ValueError: once");
        first.final = false;
        first.traceback = "Traceback\nValueError: once";
        auto second = WrittenRun::ended(1);
        second.picked = 2;
        QVERIFY(written.tell({ first, WrittenRun::ended(0), second }));
        WorkThread reader;
        WorkThread worker;
        RunState run(reader, worker);
        run.open(QString::fromStdString(written.folder.path().string()), QStringLiteral("r"));
        QTRY_VERIFY(run.isLoaded());
        std::optional<RunState::MiniBatchStory> story;
        run.askStory(&run, StepIndex(0), MiniBatchIndex(1), [&](RunState::MiniBatchStory told) { story = std::move(told); });
        QTRY_VERIFY(story.has_value());
        QCOMPARE(story->attempts.size(), 2U);
        QCOMPARE(story->attempts[0].traceback, std::string("Traceback\nValueError: once"));
        QCOMPARE(story->attempts[1].outcome, event::AttemptOutcome::Done);
    }

    void an_open_file_is_read_first_and_its_script_looked_at_then_again_when_it_changes()
    {
        const test::TempFolder folder;
        folder.write("data/a.txt", "1\n");
        folder.write("src/entry.py", "def run(a, b, c):\n    return a\n");
        const auto job = folder.write("pipeline.yml",
            "type: pipeline\njobs:\n  work:\n    type: parallel\n    input_data: ${{inputs.files}}\n    inputs:\n      files: {type: uri_folder, path: "
            "./data}\n    task: {type: run_function, code: ./src, entry_script: entry.py, environment: azureml:any:1}\n");
        WorkThread resolver;
        WorkThread checker;
        SettingsState settings;
        DocumentState document;
        PipelineState pipeline(document, resolver, checker, settings);
        QSignalSpy changed(&pipeline, &PipelineState::changed);
        pipeline.open(QString::fromStdString(job.string()));
        QTRY_VERIFY(changed.count() >= 1);
        QTRY_COMPARE(pipeline.count(spec::Severity::Error), 1);
        QVERIFY(!pipeline.canRun());
        QCOMPARE(pipeline.snapshot()->diagnostics.back().path, std::string("jobs.work.task.entry_script"));
        folder.write("src/entry.py", "def run(a):\n    return a\n");
        QTRY_VERIFY(pipeline.canRun());
    }

    void a_script_is_told_once_however_often_it_is_looked_at()
    {
        const test::TempFolder folder;
        folder.write("data/a.txt", "1\n");
        folder.write("src/entry.py", "def run(a, b, c):\n    return a\n");
        Pipeline pipeline;
        int most = 0;
        connect(&pipeline.state, &PipelineState::changed, this, [&] { most = std::max(most, pipeline.state.count(spec::Severity::Error)); });
        pipeline.state.open(QString::fromStdString(folder.write("pipeline.yml", kOneStep).string()));
        std::promise<void> gate; // the interpreter is slow to start
        pipeline.checker.ask(&pipeline.state, [wait = gate.get_future().share()] { wait.wait(); return 0; }, [](int) { });
        QTRY_VERIFY(pipeline.state.snapshot());
        QSignalSpy changed(&pipeline.state, &PipelineState::changed);
        for (int i = 0; i < 3; ++i) {
            const auto before = changed.count();
            comeBack();
            QTRY_VERIFY(changed.count() > before);
        }
        gate.set_value();
        QTRY_COMPARE(pipeline.state.count(spec::Severity::Error), 1);
        folder.write("src/entry.py", "def run(a:\n    return a\n");
        QTRY_VERIFY(says(pipeline.state, "script-syntax"));
        QCOMPARE(most, 1);
        // A module that is missing comes: the script itself is as it was.
        folder.write("src/entry.py", "import helper_of_this_test\ndef run(a):\n    return a\n");
        QTRY_VERIFY(says(pipeline.state, "import-missing"));
        folder.write("src/helper_of_this_test.py", "");
        QTRY_VERIFY(!says(pipeline.state, "import-missing"));
    }

    void a_full_disk_is_asked_again_and_is_not_taken_for_another_file()
    {
        const test::TempFolder folder;
        const auto first = folder.write("a.yml", kOneCommand);
        const auto second = folder.write("b.yml", kOneCommand);
        std::atomic<bool> isFull = true;
        Pipeline pipeline;
        pipeline.state.setDiskCheck([&isFull](const pipeline::RunSpec& spec, const std::string&) {
            return isFull ? std::vector<spec::Diagnostic> { diskFull(spec) } : std::vector<spec::Diagnostic>();
        });
        pipeline.state.open(QString::fromStdString(first.string()));
        QTRY_VERIFY(says(pipeline.state, "disk-full"));
        QVERIFY(!pipeline.state.canRun());
        isFull = false;
        comeBack(); // nothing of the job has changed
        QTRY_VERIFY(pipeline.state.canRun());
        QVERIFY(!says(pipeline.state, "disk-full"));

        // The answer about the first file comes when the second one is open.
        std::promise<void> gate;
        std::atomic<int> answers = 0;
        pipeline.state.setDiskCheck([&answers, wait = gate.get_future().share(), first](const pipeline::RunSpec& spec, const std::string&) {
            wait.wait();
            ++answers;
            return spec.jobFile == first.string() ? std::vector<spec::Diagnostic> { diskFull(spec) } : std::vector<spec::Diagnostic>();
        });
        comeBack();
        pipeline.state.open(QString::fromStdString(second.string()));
        QTRY_VERIFY(pipeline.state.canRun());
        gate.set_value();
        QTRY_VERIFY(answers == 2);
        bool isHandled = false; // answers come in the order of the questions
        pipeline.checker.ask(&pipeline.state, [] { return 0; }, [&](int) { isHandled = true; });
        QTRY_VERIFY(isHandled);
        QVERIFY(pipeline.state.canRun());
        QVERIFY(!says(pipeline.state, "disk-full"));
    }

    void what_can_be_added_follows_the_folders()
    {
        const test::TempFolder folder;
        folder.write("parts/one.yml", "type: command\ncommand: echo 1\n");
        WorkThread worker;
        DocumentState document;
        CatalogState catalog(document, worker);
        document.open(QString::fromStdString(folder.write("pipeline.yml", kOneCommand).string()));
        const auto title = [&](const char* id) {
            const auto* entry = catalog.find(QString::fromLatin1(id));
            return entry == nullptr ? QString() : entry->title;
        };
        QTRY_COMPARE(title("component:./parts/one.yml"), QStringLiteral("one"));
        folder.write("parts/two.yml", "type: command\ncommand: echo 2\n");
        QTRY_COMPARE(title("component:./parts/two.yml"), QStringLiteral("two"));
        folder.write("parts/two.yml", "type: command\ndisplay_name: Second\ncommand: echo 2\n");
        QTRY_COMPARE(title("component:./parts/two.yml"), QStringLiteral("Second"));
        std::filesystem::create_directories(folder.path() / "photos");
        QTRY_COMPARE(title("data:./photos"), QStringLiteral("photos"));
        std::filesystem::remove(folder.path() / "parts/one.yml");
        QTRY_VERIFY(catalog.find(QStringLiteral("component:./parts/one.yml")) == nullptr);
        QSignalSpy changed(&catalog, &CatalogState::changed);
        comeBack(); // the list is looked at, and is as it was
        bool isHandled = false;
        worker.ask(&catalog, [] { return 0; }, [&](int) { isHandled = true; });
        QTRY_VERIFY(isHandled);
        QCOMPARE(changed.count(), 0);
    }

    void the_same_graph_gives_the_same_layout_and_no_boxes_touch()
    {
        const Graph graph = graphOf(40);
        const Places first = autoLayout(graph);
        QVERIFY(first == autoLayout(graph));
        QCOMPARE(static_cast<std::size_t>(first.size()), graph.nodes.size());
        const auto box = [&](const Places& places, std::size_t i) { return QRectF(places[graph.nodes[i].id], nodeSize(graph.nodes[i])); };
        const auto noneTouch = [&](const Places& places) {
            for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
                for (std::size_t k = i + 1; k < graph.nodes.size(); ++k) {
                    QVERIFY2(!box(places, i).intersects(box(places, k)), qPrintable(QStringLiteral("%1 and %2").arg(i).arg(k)));
                }
            }
        };
        noneTouch(first);
        for (const auto& edge : graph.edges) { // data flows from left to right
            QVERIFY(box(first, static_cast<std::size_t>(edge.from)).right() < box(first, static_cast<std::size_t>(edge.to)).left());
        }
        // What was put by hand stays, the others make way.
        const QMap<QString, QPointF> pinned { { QStringLiteral("step3"), first[QStringLiteral("step9")] } };
        const Places around = autoLayout(graph, pinned);
        QCOMPARE(around[QStringLiteral("step3")], pinned[QStringLiteral("step3")]);
        noneTouch(around);
    }

    void a_box_that_is_added_moves_no_other()
    {
        Graph graph = graphOf(200);
        const Places before = autoLayout(graph);
        GraphNode leaf;
        leaf.id = QStringLiteral("leaf");
        leaf.inputs.resize(1);
        graph.nodes.push_back(leaf);
        graph.edges.push_back({ 100, 0, 200, 0 });
        const Places after = placeNew(graph, before);
        for (const GraphNode& node : graphOf(200).nodes) {
            QCOMPARE(after[node.id], before[node.id]);
        }
        const QRectF made(after[leaf.id], nodeSize(leaf));
        for (const GraphNode& node : graphOf(200).nodes) {
            QVERIFY(!made.intersects(QRectF(after[node.id], nodeSize(node))));
        }
        QVERIFY(made.left() > after[QStringLiteral("step100")].x() + kStepWidth); // right of what it reads
    }

    void a_setting_says_whether_the_file_or_an_override_gave_it()
    {
        pipeline::StepSpec step;
        step.name = "work";
        step.kind = pipeline::StepKind::Parallel;
        step.setByUser = { "mini_batch_size", "error_threshold" };
        const auto rows = settingsInForce(step, { "jobs.work.error_threshold=5", "jobs.other.mini_batch_size=1" });
        SettingsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows(rows);
        const auto originOf = [&](const QString& name) {
            for (int row = 0; row < model.rowCount(); ++row) {
                if (model.index(row, SettingsModel::Name).data().toString() == name) {
                    return model.index(row, SettingsModel::Origin).data().toString();
                }
            }
            return QString();
        };
        QCOMPARE(originOf(QStringLiteral("error_threshold")), QStringLiteral("set by --set"));
        QCOMPARE(originOf(QStringLiteral("mini_batch_size")), QStringLiteral("set in the file"));
        QCOMPARE(originOf(QStringLiteral("mini_batch_error_threshold")), QStringLiteral("default"));
    }
};

SHEAF_TEST(tst_state)
#include "tst_state.moc"
