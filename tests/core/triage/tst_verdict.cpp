// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/error.h"
#include "core/triage/verdict.h"
#include "tests/support/golden.h"
#include "tests/support/test_runner.h"

#include <fmt/format.h>

using namespace sheaf;
using namespace sheaf::event;
using namespace sheaf::triage;

namespace {

constexpr std::int64_t kTen = 1'795'255'200'000'000; // 2026-11-21 10:00:00 UTC

const char* const kTraceback = "Traceback (most recent call last):\n  File \"/w/src/check.py\", line 12, in run\n    return [clean(row) for row in mini_batch]\n"
                               "  File \"/w/src/prep/clean.py\", line 7, in clean\n    return float(row)\n"
                               "ValueError: could not convert string to float: 'a'\n";

/// A run of `check` alone, or of `collect` and then `check`, told event by event, one second apart.
class Story
{
public:
    pipeline::RunSpec spec;
    RunPicture picture;
    std::int64_t now = kTen;

    explicit Story(bool withCollect = false)
    {
        spec.run = "brave-otter";
        spec.jobFile = "/w/pipeline.yml";
        spec.runDir = "/w/.sheaf/runs/brave-otter";
        spec.python = "/usr/bin/python3";
        if (withCollect) {
            pipeline::StepSpec collect;
            collect.name = "collect";
            collect.kind = pipeline::StepKind::Command;
            collect.command.command = "python collect.py";
            collect.command.timeoutSeconds = 60;
            spec.steps.push_back(collect);
        }
        pipeline::StepSpec check;
        check.name = "check";
        check.kind = pipeline::StepKind::Parallel;
        check.inputs.push_back({ "readings", pipeline::DataType::UriFolder, "ro_mount", "/w/readings", withCollect ? "collect" : "", withCollect ? "readings" : "" });
        auto& settings = check.parallel;
        settings.inputData = "readings";
        settings.entryScript = "check.py";
        settings.appendRowTo = "summary";
        settings.appendRowFile = "/w/out/parallel_run_step.txt";
        settings.timeoutSeconds = 3;
        settings.progressUpdateTimeoutSeconds = 600;
        if (withCollect) {
            check.dependsOn.push_back("collect");
        }
        spec.steps.push_back(check);
        m_check = StepIndex(withCollect ? 1 : 0);
    }
    pipeline::ParallelSettings& settings() { return spec.steps.back().parallel; }

    Story& tell(Fact fact)
    {
        now += 1'000'000;
        ChangeSet changes;
        picture.apply(Event { picture.lastSequence() + 1, now, std::move(fact) }, changes);
        return *this;
    }
    Story& start(bool resumed = false)
    {
        RunStarted started;
        started.run = spec.run;
        for (const auto& step : spec.steps) {
            started.steps.push_back(step.name);
        }
        started.nodes = 2;
        started.resumed = resumed;
        tell(started);
        for (std::uint32_t node = 0; node < 2; ++node) {
            tell(NodeJoined { NodeIndex(node), "host", 2, 1000, 7 });
        }
        return *this;
    }
    Story& begin(std::uint32_t miniBatches)
    {
        tell(StepStarted { m_check, { NodeIndex(0), NodeIndex(1) }, 2 });
        tell(StepPlanned { m_check, miniBatches, miniBatches * 5, 1000, 0.1 });
        tell(WorkerStarted { m_check, NodeIndex(0), ProcessNumber(0), 1 });
        return tell(WorkerInitialized { m_check, NodeIndex(0), ProcessNumber(0), true, 0.1, "", "" });
    }
    Story& attempt(std::uint32_t index, AttemptOutcome outcome, const std::string& error = {}, const std::string& traceback = {}, std::uint32_t returned = 5)
    {
        AttemptEnded ended;
        ended.step = m_check;
        ended.miniBatch = MiniBatchIndex(index);
        ended.node = NodeIndex(index % 2);
        ended.process = ProcessNumber(index % 3);
        ended.outcome = outcome;
        ended.startMicros = now;
        ended.elapsedSeconds = 0.5;
        ended.items = 5;
        ended.returned = outcome == AttemptOutcome::Done ? returned : 0;
        ended.error = error;
        ended.traceback = traceback;
        return tell(ended);
    }
    Story& done(std::uint32_t from, std::uint32_t to)
    {
        for (std::uint32_t i = from; i < to; ++i) {
            attempt(i, AttemptOutcome::Done);
        }
        return *this;
    }
    Story& raise(std::uint32_t index) { return attempt(index, AttemptOutcome::Exception, "ValueError: could not convert string to float: 'a'", kTraceback); }
    Story& running(std::uint32_t index)
    {
        return tell(AttemptStarted { m_check, MiniBatchIndex(index), AttemptId(index), NodeIndex(0), ProcessNumber(0), now });
    }
    Story& end(StepState state, const std::string& reason = {}, const std::string& message = {}, int exitCode = 0)
    {
        return tell(StepEnded { m_check, state, reason, message, exitCode });
    }
    Story& over(RunState state) { return tell(RunEnded { state, "" }); }

    StepIndex m_check;
};

std::string linkText(const Link& link)
{
    std::string text = json::enumName(link.kind);
    if (!link.step.empty() && link.kind != LinkKind::Setting && link.kind != LinkKind::Moment) {
        text += " " + link.step;
    }
    if (!link.target.empty()) {
        text += " " + link.target;
    }
    return link.number >= 0 && link.kind != LinkKind::Moment ? text + fmt::format(" {}", link.number) : text;
}

std::string markedText(const Sentence& sentence)
{
    std::string text;
    for (const Part& part : sentence.parts) {
        text += part.link ? fmt::format("[{}]({})", part.text, linkText(*part.link)) : part.text;
    }
    return text;
}

std::string printed(const Verdict& verdict)
{
    std::string text = fmt::format("{}: {}\n", json::enumName(verdict.outcome), markedText(verdict.what));
    for (const Sentence& why : verdict.why) {
        text += "  " + markedText(why) + "\n";
    }
    for (const Action& action : verdict.next) {
        text += "  > " + markedText(action.text);
        text += action.does ? fmt::format(" ({})", linkText(*action.does)) : "";
        text += action.command ? fmt::format(" $ sheaf {} {}{}{}", action.command->verb, action.command->subject, action.command->rest.empty() ? "" : " ", action.command->rest) : "";
        text += "\n";
    }
    return text;
}

std::string printed(const Story& story, Liveness liveness = Liveness::Gone)
{
    return printed(verdictOf(story.picture, story.spec, liveness));
}

std::string golden(const std::string& name, const std::string& text)
{
    return test::compareGolden("verdict/" + name + ".txt", text);
}

} // namespace

#define COMPARE_GOLDEN(name, text) \
    do { \
        const std::string difference = golden(name, text); \
        QVERIFY2(difference.empty(), difference.c_str()); \
    } while (false)

/// What is said of every way in which a run can end, or stand: the whole texts are in tests/data/golden/verdict.
class tst_verdict : public QObject
{
    Q_OBJECT

private slots:
    void completed()
    {
        Story story;
        story.start().begin(10).done(0, 10).end(StepState::Completed).over(RunState::Completed);
        COMPARE_GOLDEN("completed", printed(story));
    }

    void completed_of_two_steps()
    {
        Story story(true);
        story.start().tell(StepStarted { StepIndex(0), { NodeIndex(0) }, 1 }).tell(StepEnded { StepIndex(0), StepState::Completed, "", "", 0 });
        story.begin(10).done(0, 9).attempt(9, AttemptOutcome::Done, {}, {}, 3).end(StepState::Completed).over(RunState::Completed);
        COMPARE_GOLDEN("completed_of_two_steps", printed(story));
    }

    void completed_with_failures_tolerated()
    {
        Story story;
        story.settings().miniBatchErrorThreshold = 4;
        story.start().begin(10).done(0, 6).raise(6).raise(7).attempt(8, AttemptOutcome::Timeout, "run() took longer than 3 s").done(9, 10);
        story.end(StepState::Completed).over(RunState::Completed);
        COMPARE_GOLDEN("completed_with_failures_tolerated", printed(story));
    }

    void a_limit_that_was_kept_is_named_whichever_it_is()
    {
        const auto told = [](auto set) {
            Story story;
            set(story.settings());
            story.start().begin(10).done(0, 9).raise(9).end(StepState::Completed).over(RunState::Completed);
            const std::string text = markedText(verdictOf(story.picture, story.spec, Liveness::Gone).what);
            return text.substr(text.find("; ") + 2);
        };
        QCOMPARE(told([](auto&) {}), std::string("[no limit](Setting jobs.check.mini_batch_error_threshold) was set."));
        QCOMPARE(told([](auto& settings) { settings.errorThreshold = 20; }), std::string("[error_threshold](Setting jobs.check.error_threshold) allows 20 items."));
        QCOMPARE(told([](auto& settings) {
            settings.miniBatchErrorThreshold = 3;
            settings.allowedFailedPercent = 12.5;
        }),
            std::string("[mini_batch_error_threshold](Setting jobs.check.mini_batch_error_threshold) allows 3, "
                        "[--allowed_failed_percent](Setting jobs.check.--allowed_failed_percent) allows 12.5 %."));
    }

    void mini_batch_error_threshold()
    {
        Story story;
        story.settings().miniBatchErrorThreshold = 2;
        story.start().begin(10).done(0, 2).raise(2).raise(3).done(4, 5).raise(5).end(StepState::Failed, "mini_batch_error_threshold", "x").over(RunState::Failed);
        COMPARE_GOLDEN("mini_batch_error_threshold", printed(story));
        const auto limit = verdictOf(story.picture, story.spec, Liveness::Gone).limit;
        QVERIFY(limit.has_value());
        QCOMPARE(limit->miniBatch.value, 5U);
        QCOMPARE(limit->counted, 3.0);
        QCOMPARE(limit->ended, 6U);
    }

    void the_limit_is_crossed_by_the_one_that_was_told_last_not_by_the_highest_number()
    {
        Story story;
        story.settings().miniBatchErrorThreshold = 1;
        story.start().begin(10).raise(9).raise(2).end(StepState::Failed, "mini_batch_error_threshold", "x").over(RunState::Failed);
        QCOMPARE(verdictOf(story.picture, story.spec, Liveness::Gone).limit->miniBatch.value, 2U);
    }

    void error_threshold()
    {
        Story story;
        story.settings().errorThreshold = 6;
        story.start().begin(4).attempt(0, AttemptOutcome::Done, {}, {}, 3).raise(1).done(2, 3).end(StepState::Failed, "error_threshold", "x").over(RunState::Failed);
        COMPARE_GOLDEN("error_threshold", printed(story));
    }

    void error_threshold_by_items_alone()
    {
        Story story;
        story.settings().errorThreshold = 1;
        story.start().begin(4).attempt(0, AttemptOutcome::Done, {}, {}, 3).done(1, 4).end(StepState::Failed, "error_threshold", "x").over(RunState::Failed);
        COMPARE_GOLDEN("error_threshold_by_items_alone", printed(story));
    }

    void allowed_failed_percent()
    {
        Story story;
        story.settings().allowedFailedPercent = 10;
        story.start().begin(10).raise(0).done(1, 9).raise(9).end(StepState::Failed, "allowed_failed_percent", "x").over(RunState::Failed);
        COMPARE_GOLDEN("allowed_failed_percent", printed(story));
    }

    void no_result()
    {
        Story story;
        story.start().begin(2).attempt(0, AttemptOutcome::Done, {}, {}, 0).attempt(1, AttemptOutcome::Done, {}, {}, 0);
        story.end(StepState::Failed, "no_result", "no succeeded mini batch item returned from run().").over(RunState::Failed);
        COMPARE_GOLDEN("no_result", printed(story));
    }

    void init_failed()
    {
        Story story;
        story.start().begin(2);
        story.tell(WorkerInitialized { story.m_check, NodeIndex(0), ProcessNumber(0), false, 0.1, "KeyError: 'MODEL'",
            "Traceback (most recent call last):\n  File \"/w/src/check.py\", line 5, in init\n    model = os.environ['MODEL']\nKeyError: 'MODEL'\n" });
        story.end(StepState::Failed, "init_failed", "init() failed twice in a row in every worker: KeyError: 'MODEL'").over(RunState::Failed);
        COMPARE_GOLDEN("init_failed", printed(story));
    }

    void the_entry_script_cannot_be_imported()
    {
        Story story;
        story.start().begin(2);
        story.tell(WorkerInitialized { story.m_check, NodeIndex(0), ProcessNumber(0), false, 0.1, "ModuleNotFoundError: No module named 'torch'",
            "Traceback (most recent call last):\n  File \"/w/src/check.py\", line 1, in <module>\n    import torch\nModuleNotFoundError: No module named 'torch'\n" });
        story.end(StepState::Failed, "entry_script", "The entry script check.py cannot be used: ModuleNotFoundError: No module named 'torch'").over(RunState::Failed);
        COMPARE_GOLDEN("entry_script", printed(story));
    }

    void time_outs_only()
    {
        Story story;
        story.settings().miniBatchErrorThreshold = 1;
        story.start().begin(5).attempt(1, AttemptOutcome::Timeout, "run() took longer than 3 s").attempt(3, AttemptOutcome::Timeout, "run() took longer than 3 s");
        story.end(StepState::Failed, "mini_batch_error_threshold", "x").over(RunState::Failed);
        COMPARE_GOLDEN("time_outs_only", printed(story));
    }

    void a_crash_by_signal()
    {
        Story story;
        story.settings().miniBatchErrorThreshold = 0;
        story.start().begin(5).done(0, 1).attempt(1, AttemptOutcome::WorkerDied, "the worker process was killed by signal 11 (Segmentation fault)");
        story.end(StepState::Failed, "mini_batch_error_threshold", "x").over(RunState::Failed);
        COMPARE_GOLDEN("signal", printed(story));
    }

    void out_of_memory()
    {
        Story story;
        story.settings().miniBatchErrorThreshold = 1;
        story.start().begin(5).attempt(1, AttemptOutcome::WorkerDied, "the worker process was killed by signal 9 (Killed)");
        story.attempt(2, AttemptOutcome::Exception, "MemoryError: Unable to allocate 30 GiB", "Traceback (most recent call last):\n  File \"/w/src/check.py\", line 12, in run\n    np.zeros(n)\nMemoryError: Unable to allocate 30 GiB\n");
        story.attempt(3, AttemptOutcome::WorkerDied, "the worker process was killed by signal 9 (Killed)");
        story.end(StepState::Failed, "mini_batch_error_threshold", "x").over(RunState::Failed);
        COMPARE_GOLDEN("out_of_memory", printed(story));
    }

    void canceled_after_the_running_ones()
    {
        Story story;
        story.start().begin(10).done(0, 4).tell(StopAsked { false }).end(StepState::Canceled, "canceled", "Stopped as asked with 4 of 10 mini-batches done.").over(RunState::Canceled);
        COMPARE_GOLDEN("cancel_drain", printed(story));
    }

    void canceled_at_once()
    {
        Story story(true);
        story.start().tell(StepStarted { StepIndex(0), { NodeIndex(0) }, 1 }).tell(StepEnded { StepIndex(0), StepState::Completed, "", "", 0 });
        story.begin(10).done(0, 4).running(4).tell(StopAsked { true }).end(StepState::Canceled, "canceled", "Stopped as asked.").over(RunState::Canceled);
        COMPARE_GOLDEN("cancel_now", printed(story));
    }

    void a_lost_node()
    {
        Story story;
        story.start().begin(10).done(0, 4).running(4).running(5).start(true).begin(10).done(4, 10).end(StepState::Completed).over(RunState::Completed);
        COMPARE_GOLDEN("lost_node", printed(story));
    }

    void a_repair_leaves_the_rest()
    {
        Story story;
        story.start().begin(10).done(0, 4).start(true).begin(10).done(4, 5).end(StepState::Canceled, "unfinished", "What was asked for has been run.").over(RunState::Canceled);
        COMPARE_GOLDEN("unfinished", printed(story));
    }

    void a_repair_of_some_is_not_told_as_a_stop()
    {
        Story story(true); // the step before is canceled by what it needs in this telling: both had begun in an earlier life
        story.start().tell(StepStarted { StepIndex(0), { NodeIndex(0) }, 1 });
        story.begin(10).done(0, 4).start(true).begin(10).done(4, 5).end(StepState::Canceled, "unfinished", "What was asked for has been run.");
        story.tell(StepEnded { StepIndex(0), StepState::Canceled, "dependency", "Not started: it needs step 'check', which did not complete.", 0 }).over(RunState::Canceled);
        const Verdict verdict = verdictOf(story.picture, story.spec, Liveness::Gone);
        QVERIFY2(markedText(verdict.what).find("stopped as asked") == std::string::npos, markedText(verdict.what).c_str());
        QVERIFY2(markedText(verdict.what).find("is not finished: what was asked for has been run") != std::string::npos, markedText(verdict.what).c_str());
    }

    void interrupted()
    {
        Story story;
        story.start().begin(10).done(0, 4).running(4);
        COMPARE_GOLDEN("interrupted", printed(story));
    }

    void interrupted_before_the_first_step()
    {
        Story story;
        COMPARE_GOLDEN("interrupted_at_start", printed(story));
    }

    void an_empty_input()
    {
        Story story(true);
        story.start().tell(StepStarted { StepIndex(0), { NodeIndex(0) }, 1 }).tell(StepEnded { StepIndex(0), StepState::Completed, "", "", 0 });
        story.tell(StepStarted { story.m_check, { NodeIndex(0) }, 2 });
        story.end(StepState::Failed, "input", errorSentence(Error { ErrorCode::InputEmpty, { { "step", "check" }, { "path", "/w/readings" } } })).over(RunState::Failed);
        COMPARE_GOLDEN("empty_input", printed(story));
    }

    void an_input_that_cannot_be_split()
    {
        Story story;
        story.start().tell(StepStarted { story.m_check, { NodeIndex(0) }, 2 });
        story.end(StepState::Failed, "input", "Step 'check': its main input cannot be read: /w/readings: Permission denied.").over(RunState::Failed);
        COMPARE_GOLDEN("input", printed(story));
    }

    void a_command_fails_and_what_needs_it_is_not_started()
    {
        Story story(true);
        story.start().tell(StepStarted { StepIndex(0), { NodeIndex(0) }, 1 });
        story.tell(StepEnded { StepIndex(0), StepState::Failed, "command", "The command exited with 3; its last lines are in its log.", 3 });
        story.end(StepState::Canceled, "dependency", "Not started: it needs step 'collect', which did not complete.").over(RunState::Failed);
        COMPARE_GOLDEN("command", printed(story));
        COMPARE_GOLDEN("dependency", printed(*verdictOf(story.picture, story.spec, "check", Liveness::Gone)));
    }

    void no_progress()
    {
        Story story;
        story.start().begin(10).done(0, 4).running(4);
        story.end(StepState::Failed, "no_progress", "No progress update in 10 min 0 s.").over(RunState::Failed);
        COMPARE_GOLDEN("no_progress", printed(story));
    }

    void first_task_creation()
    {
        Story story;
        story.start().tell(StepStarted { story.m_check, { NodeIndex(0) }, 2 });
        story.end(StepState::Failed, "first_task_creation", "No mini-batch within …").over(RunState::Failed);
        COMPARE_GOLDEN("first_task_creation", printed(story));
    }

    void going_on()
    {
        Story story(true);
        COMPARE_GOLDEN("going_on", [&] {
            std::string all = printed(story, Liveness::Starting);
            story.tell(RunStarted { "brave-otter", { "collect", "check" }, 2, false, 1, "h" });
            all += printed(story, Liveness::Active);
            story.start().tell(StepStarted { StepIndex(0), { NodeIndex(0) }, 1 }).tell(CommandStarted { StepIndex(0), NodeIndex(0), 5 });
            all += printed(story, Liveness::Active);
            story.tell(StepEnded { StepIndex(0), StepState::Completed, "", "", 0 }).tell(StepStarted { story.m_check, { NodeIndex(0) }, 2 });
            all += printed(story, Liveness::Active);
            story.begin(10);
            all += printed(story, Liveness::Active);
            story.done(0, 5).running(5).running(6).raise(7);
            all += printed(story, Liveness::Active);
            story.tell(StopAsked { false });
            all += printed(story, Liveness::Active);
            story.done(5, 7).done(8, 10).tell(StepFinalizing { story.m_check });
            all += printed(story, Liveness::Active);
            return all;
        }());
    }

    void a_verdict_goes_through_json()
    {
        Story story;
        story.settings().miniBatchErrorThreshold = 2;
        story.start().begin(10).raise(2).raise(3).raise(5).end(StepState::Failed, "mini_batch_error_threshold", "x").over(RunState::Failed);
        const Verdict verdict = verdictOf(story.picture, story.spec, Liveness::Gone);
        const auto read = json::deserialize<Verdict>(json::serialize(verdict), "verdict");
        QVERIFY(read.has_value());
        QCOMPARE(printed(*read), printed(verdict));
        QCOMPARE(read->limit->atMicros, verdict.limit->atMicros);
    }
};

SHEAF_TEST(tst_verdict)
#include "tst_verdict.moc"
