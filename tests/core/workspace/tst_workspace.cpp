// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/paths.h"
#include "core/pipeline/run_spec.h"
#include "core/store/event_store.h"
#include "core/workspace/recorded_run.h"
#include "core/workspace/run_index.h"
#include "core/workspace/run_preparer.h"
#include "core/workspace/tool_output.h"
#include "core/workspace/workspace.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace sheaf;

class tst_workspace : public QObject
{
    Q_OBJECT
private slots:
    void isTheNearestFolderAboveWithADotSheaf();
    void isTheFoldersOwnWhereThereIsNone();
    void findsARunByItsNameAUniqueBeginningOrLatest();
    void listsRunsNewestFirstWithWhatTheirEventsSay();
    void aRunWithoutEndAndWithoutCoordinatorIsInterrupted();
    void aRunWithALivingCoordinatorIsActiveAndCannotBeResumed();
    void aRunThatIsNotOverIsReadAgainOnlyWhenItsRecordHasChanged();
    void aRunThatSomebodyFollowsIsNotRead();
    void theListIsTheSameAfterWorkspaceDbWasLostOrDamaged();
    void aRemovedRunLeavesTheList();
    void aCompletedRunIsNotResumed();
    void stoppingARunThatIsNotGoingOnSaysSo();
    void aBadRunNameIsRefusedAndNothingIsMade();
    void aPreparedRunHoldsTheFilesAsSubmitted();
    void pythonMeansTheRunsInterpreter();
    void aPreparationThatFailsLeavesNothing();
    void aRunOfThatNameIsNotOverwritten();
};

namespace {

workspace::Workspace workspaceIn(const test::TempFolder& temp)
{
    fs::create_directories(temp.path() / ".sheaf" / "runs");
    return workspace::Workspace(temp.path());
}

void makeRun(const workspace::Workspace& workspace,
    const std::string& name,
    std::int64_t startedMicros,
    std::optional<event::RunState> end)
{
    const auto dir = workspace.runDir(name);
    fs::create_directories(dir.path());
    pipeline::RunSpec spec;
    spec.run = name;
    spec.displayName = "shown " + name;
    spec.jobFile = "/jobs/" + name + ".yml";
    spec.python = "/usr/bin/python3";
    spec.steps.emplace_back().name = "score";
    QVERIFY(paths::writeFile(dir.spec(), json::serialize(spec)).has_value());
    auto store = store::EventStore::openForWriting(dir.database());
    VERIFY_OK(store);
    std::vector<event::Event> events;
    events.push_back(
        { 0, startedMicros, event::RunStarted { name, { "score" }, 1, false, 1, "here" } });
    events.push_back(
        { 0, startedMicros + 1, event::StepStarted { StepIndex(0), { NodeIndex(0) }, 1 } });
    events.push_back({ 0, startedMicros + 2, event::StepPlanned { StepIndex(0), 4, 4, 4, 0 } });
    if (end) {
        events.push_back({ 0, startedMicros + 3,
            event::StepEnded { StepIndex(0), event::StepState::Completed, "", "", 0 } });
        events.push_back({ 0, startedMicros + 4, event::RunEnded { *end, "the end of " + name } });
    }
    VERIFY_OK(store->append(events));
}

std::string listed(const workspace::Workspace& workspace)
{
    std::string text;
    const auto runs = workspace.runs();
    for (const auto& run : runs ? *runs : std::vector<workspace::RunSummary> {}) {
        text += run.run + " " + json::enumName(run.state)
            + (run.interrupted ? " interrupted " : " ") + std::to_string(run.miniBatches) + " "
            + run.message + "\n";
    }
    return text;
}

pipeline::Resolved resolvedJob(const test::TempFolder& temp, const fs::path& code)
{
    pipeline::Resolved job;
    job.spec.jobFile = temp.write("jobs/job.yml", "type: pipeline # as written\r\n").string();
    job.files = { job.spec.jobFile, temp.write("jobs/parts/score.yml", "a: 1\n"),
        temp.write("far/MLTable", "b: 2\n") };
    auto& step = job.spec.steps.emplace_back();
    step.name = "score";
    step.kind = pipeline::StepKind::Parallel;
    step.parallel.code = code.string();
    return job;
}

} // namespace

void tst_workspace::isTheNearestFolderAboveWithADotSheaf()
{
    const test::TempFolder temp;
    const auto file = temp.write("a/b/job.yml", "");
    fs::create_directories(temp.path() / "a" / ".sheaf");
    QCOMPARE(workspace::Workspace::around(file).folder(), temp.path() / "a");
    QCOMPARE(workspace::Workspace::around(temp.path() / "a" / "b").folder(), temp.path() / "a");
}

void tst_workspace::isTheFoldersOwnWhereThereIsNone()
{
    const test::TempFolder temp;
    const auto file = temp.write("a/b/job.yml", "");
    QCOMPARE(workspace::Workspace::around(file).folder(), temp.path() / "a" / "b");
    QVERIFY(!fs::exists(temp.path() / "a" / "b" / ".sheaf"));
}

void tst_workspace::findsARunByItsNameAUniqueBeginningOrLatest()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "calm_oak", 1000, event::RunState::Completed);
    makeRun(workspace, "calm_oak_2", 2000, event::RunState::Completed);
    makeRun(workspace, "wise_rye", 3000, event::RunState::Completed);
    const auto older
        = fs::last_write_time(workspace.runDir("wise_rye").spec()) - std::chrono::hours(1);
    fs::last_write_time(workspace.runDir("wise_rye").spec(), older);
    fs::last_write_time(workspace.runDir("calm_oak").spec(), older);
    QCOMPARE(*workspace.findRun("calm_oak"), std::string("calm_oak"));
    QCOMPARE(*workspace.findRun("wi"), std::string("wise_rye"));
    QCOMPARE(*workspace.findRun("latest"), std::string("calm_oak_2"));
    COMPARE_ERROR(workspace.findRun("calm"), ErrorCode::Invalid);
    COMPARE_ERROR(workspace.findRun("x"), ErrorCode::RunMissing);
    COMPARE_ERROR(workspace.findRun(""), ErrorCode::RunMissing);
}

void tst_workspace::listsRunsNewestFirstWithWhatTheirEventsSay()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "older", 1000, event::RunState::Failed);
    makeRun(workspace, "newer", 2000, event::RunState::Completed);
    QCOMPARE(listed(workspace),
        std::string("newer Completed 4 the end of newer\nolder Failed 4 the end of older\n"));
    const auto first = workspace.runs()->front();
    QCOMPARE(first.displayName, std::string("shown newer"));
    QCOMPARE(first.jobFile, std::string("/jobs/newer.yml"));
    QCOMPARE(first.startedMicros, 2000);
    QCOMPARE(first.endedMicros, 2004);
}

void tst_workspace::aRunWithoutEndAndWithoutCoordinatorIsInterrupted()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "cut_off", 1000, std::nullopt);
    QCOMPARE(listed(workspace), std::string("cut_off Running interrupted 4 \n"));
}

void tst_workspace::aRunWithALivingCoordinatorIsActiveAndCannotBeResumed()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "alive", 1000, std::nullopt);
    QVERIFY(!workspace.isActive("alive"));
    const int lock = ::open(workspace.runDir("alive").lock().c_str(), O_RDWR | O_CREAT, 0600);
    QCOMPARE(::flock(lock, LOCK_EX), 0);
    QVERIFY(workspace.isActive("alive"));
    QCOMPARE(listed(workspace), std::string("alive Running 4 \n"));
    COMPARE_ERROR(workspace.resume("alive"), ErrorCode::RunActive);
    ::close(lock);
    QVERIFY(!workspace.isActive("alive"));
}

void tst_workspace::aRunThatIsNotOverIsReadAgainOnlyWhenItsRecordHasChanged()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "cut_off", 1000, std::nullopt);
    workspace::RunLister lister(workspace);
    QCOMPARE(lister.list()->front().miniBatches, 4U);
    const auto database = workspace.runDir("cut_off").database();
    const auto written = fs::last_write_time(database);
    const std::string bytes = paths::readFile(database).value();
    VERIFY_OK(paths::writeFile(database, "not a record any more"));
    fs::last_write_time(database, written);
    QCOMPARE(lister.list()->front().miniBatches, 4U);
    VERIFY_OK(paths::writeFile(database, bytes));
    std::vector<event::Event> events { { 0, 2000, event::RunEnded { event::RunState::Failed, "the end" } } };
    VERIFY_OK(store::EventStore::openForWriting(database)->append(events));
    QCOMPARE(lister.list()->front().state, event::RunState::Failed);
}

void tst_workspace::aRunThatSomebodyFollowsIsNotRead()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "cut_off", 1000, std::nullopt);
    workspace::RunLister lister(workspace);
    auto runs = lister.list("cut_off");
    QCOMPARE(runs->front().displayName, std::string("shown cut_off"));
    QCOMPARE(runs->front().miniBatches, 0U);
    const auto read = workspace::readRun(workspace.runDir("cut_off"));
    workspace::summarize(runs->front(), read->picture, true);
    QCOMPARE(runs->front().miniBatches, 4U);
    QVERIFY(!runs->front().interrupted);
    workspace::summarize(runs->front(), read->picture, false);
    QVERIFY(runs->front().interrupted);
}

void tst_workspace::theListIsTheSameAfterWorkspaceDbWasLostOrDamaged()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "one", 1000, event::RunState::Canceled);
    const std::string before = listed(workspace);
    QVERIFY(fs::exists(temp.path() / ".sheaf/workspace.db"));
    QCOMPARE(listed(workspace), before); // from the index
    fs::remove(temp.path() / ".sheaf/workspace.db");
    QCOMPARE(listed(workspace), before);
    temp.write(".sheaf/workspace.db",
        "this is no database, and longer than a header of one would be ----------------");
    QCOMPARE(listed(workspace), before);
}

void tst_workspace::aRemovedRunLeavesTheList()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "one", 1000, event::RunState::Completed);
    QVERIFY(!listed(workspace).empty());
    fs::remove_all(workspace.runDir("one").path());
    QCOMPARE(listed(workspace), std::string());
}

void tst_workspace::aCompletedRunIsNotResumed()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "done", 1000, event::RunState::Completed);
    COMPARE_ERROR(workspace.resume("done"), ErrorCode::Invalid);
    COMPARE_ERROR(workspace.resume("no_such_run"), ErrorCode::RunMissing);
}

void tst_workspace::stoppingARunThatIsNotGoingOnSaysSo()
{
    const test::TempFolder temp;
    const auto workspace = workspaceIn(temp);
    makeRun(workspace, "done", 1000, event::RunState::Completed);
    COMPARE_ERROR(workspace.stop("done", false), ErrorCode::RunNotActive);
    COMPARE_ERROR(workspace.stop("no_such_run", true), ErrorCode::RunMissing);
}

void tst_workspace::aBadRunNameIsRefusedAndNothingIsMade()
{
    const test::TempFolder temp;
    const auto job = temp.write("job.yml", "type: pipeline\njobs: {}\n");
    const workspace::Workspace workspace(temp.path());
    workspace::StartOutcome outcome;
    COMPARE_ERROR(workspace.start({ job, {}, "", "../x" }, outcome), ErrorCode::Invalid);
    COMPARE_ERROR(
        workspace.start({ temp.path() / "none.yml", {}, "", "" }, outcome), ErrorCode::NotFound);
    QVERIFY(!fs::exists(temp.path() / ".sheaf"));
}

void tst_workspace::aPreparedRunHoldsTheFilesAsSubmitted()
{
    const test::TempFolder temp;
    const auto code = temp.write("jobs/src/entry.py", "pass\n").parent_path();
    const runtime::RunDir dir(temp.path() / ".sheaf/runs/one");
    std::vector<std::string> warnings;
    VERIFY_OK(workspace::prepareRun(resolvedJob(temp, code), dir, warnings));
    QCOMPARE(test::readAll(dir.job()), std::string("type: pipeline # as written\r\n"));
    QCOMPARE(test::readAll(dir.files() / "parts/score.yml"), std::string("a: 1\n"));
    QCOMPARE(test::readAll(dir.files() / "outside" / (temp.path() / "far/MLTable").relative_path()),
        std::string("b: 2\n"));
    QCOMPARE(test::readAll(dir.code("score") / "entry.py"), std::string("pass\n"));
    const auto spec = json::deserialize<pipeline::RunSpec>(test::readAll(dir.spec()), "run.json");
    VERIFY_OK(spec);
    QCOMPARE(spec->steps.front().parallel.code, code.string());
    struct stat status
    {
    };
    QCOMPARE(::stat(dir.path().c_str(), &status), 0);
    QCOMPARE(status.st_mode & 0777U, 0700U);
}

void tst_workspace::pythonMeansTheRunsInterpreter()
{
    const test::TempFolder temp;
    auto job = resolvedJob(temp, temp.write("jobs/src/entry.py", "").parent_path());
    job.spec.python = "/usr/bin/python3";
    const runtime::RunDir dir(temp.path() / ".sheaf/runs/one");
    std::vector<std::string> warnings;
    VERIFY_OK(workspace::prepareRun(job, dir, warnings));
    for (const char* name : { "python", "python3" }) {
        const auto answer = workspace::toolOutput(
            { (dir.programs() / name).string(), "-c", "import sys; print(sys.executable, sys.argv[1])", "a b" });
        VERIFY_OK(answer);
        QCOMPARE(*answer, std::string("/usr/bin/python3 a b"));
    }
}

void tst_workspace::aPreparationThatFailsLeavesNothing()
{
    const test::TempFolder temp;
    const runtime::RunDir dir(temp.path() / ".sheaf/runs/one");
    std::vector<std::string> warnings;
    COMPARE_ERROR(workspace::prepareRun(resolvedJob(temp, temp.path() / "nowhere"), dir, warnings),
        ErrorCode::NotFound);
    QVERIFY(fs::is_empty(temp.path() / ".sheaf/runs"));
}

void tst_workspace::aRunOfThatNameIsNotOverwritten()
{
    const test::TempFolder temp;
    const auto code = temp.write("jobs/src/entry.py", "pass\n").parent_path();
    const runtime::RunDir dir(temp.path() / ".sheaf/runs/one");
    temp.write(".sheaf/runs/one/run.db", "precious");
    std::vector<std::string> warnings;
    COMPARE_ERROR(
        workspace::prepareRun(resolvedJob(temp, code), dir, warnings), ErrorCode::RunExists);
    QCOMPARE(test::readAll(dir.database()), std::string("precious"));
}

SHEAF_TEST(tst_workspace)
#include "tst_workspace.moc"
