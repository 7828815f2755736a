// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/coordinator.h"
#include "tests/core/runtime/recording_effects.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <memory>

using namespace sheaf;
using namespace sheaf::runtime;
using event::AttemptOutcome;
using event::StepState;

namespace {

pipeline::StepSpec parallelStep(
    const std::string& name, const std::vector<std::string>& dependsOn = {})
{
    pipeline::StepSpec step;
    step.name = name;
    step.kind = pipeline::StepKind::Parallel;
    step.dependsOn = dependsOn;
    step.parallel.inputData = "files";
    step.parallel.entryScript = "score.py";
    step.parallel.maxConcurrencyPerInstance = 1;
    step.parallel.maxRetries = 1;
    step.parallel.appendRowTo = "scores";
    return step;
}

pipeline::StepSpec commandStep(
    const std::string& name, const std::vector<std::string>& dependsOn = {})
{
    pipeline::StepSpec step;
    step.name = name;
    step.dependsOn = dependsOn;
    return step;
}

pipeline::RunSpec runOf(std::vector<pipeline::StepSpec> steps)
{
    pipeline::RunSpec spec;
    spec.run = "r1";
    spec.steps = std::move(steps);
    return spec;
}

constexpr StepIndex kFirst { 0 };
constexpr StepIndex kSecond { 1 };
constexpr NodeIndex kNode0 { 0 };
constexpr NodeIndex kNode1 { 1 };

/// A coordinator with recorded effects; the test plays agents, planner, clock and user.
struct Play
{
    pipeline::RunSpec spec;
    test::RecordingEffects effects;
    Coordinator coordinator;
    double now = 100;

    explicit Play(pipeline::RunSpec run)
        : spec(std::move(run))
        , effects(spec)
        , coordinator(spec, effects)
    {
    }
    explicit Play(std::vector<pipeline::StepSpec> steps)
        : Play(runOf(std::move(steps)))
    {
    }

    /// Starts with all agents there.
    void begin(int cores = 4)
    {
        coordinator.start(now, 1, "host");
        for (int node = 0; node < spec.nodeCount(); ++node) {
            say(NodeIndex(static_cast<std::uint32_t>(node)), AgentJoined { "host", cores, 0, 1 });
        }
    }
    void say(NodeIndex node, const ToCoordinator& message)
    {
        coordinator.onMessage(node, message, now);
        coordinator.dispatch(now);
    }
    void planned(StepIndex step, std::uint32_t miniBatches)
    {
        coordinator.onStepPlanned(step, { step, miniBatches, miniBatches, 0, 0 }, {}, {}, now);
        coordinator.dispatch(now);
    }
    [[nodiscard]] test::RecordingEffects::Held held(StepIndex step, std::uint32_t miniBatch) const
    {
        return effects.held.at({ step.value, miniBatch });
    }
    void answer(StepIndex step,
        std::uint32_t miniBatch,
        AttemptOutcome outcome = AttemptOutcome::Done,
        std::uint32_t returned = 1,
        double seconds = 5) // long: nothing is handed out ahead
    {
        const auto holder = held(step, miniBatch);
        const bool done = outcome == AttemptOutcome::Done;
        AttemptResult result;
        result.step = step;
        result.attempt = holder.attempt;
        result.process = ProcessNumber(3);
        result.outcome = outcome;
        result.items = 1;
        result.returned = done ? returned : 0;
        result.elapsedSeconds = seconds;
        result.error = done ? "" : "KeyError: 'x'";
        result.rows = done && returned > 0 ? "row\n" : "";
        say(holder.node, result);
    }
    void drained(StepIndex step, NodeIndex node = kNode0) { say(node, StepDrained { step }); }
    void finalized(StepIndex step)
    {
        coordinator.onStepFinalized(step, {}, now);
        coordinator.dispatch(now);
    }
    void stop(bool immediately = false)
    {
        coordinator.onStopAsked(immediately, now);
        coordinator.dispatch(now);
    }
    void tick(double seconds)
    {
        now += seconds;
        coordinator.onTick(now);
    }
    /// Answers whatever is held until all is done; the step then waits for its drained agents.
    void answerAll(StepIndex step, std::uint32_t miniBatches)
    {
        for (std::uint32_t i = 0; i < miniBatches; ++i) {
            answer(step, i);
        }
    }
};

std::string joined(const std::vector<std::string>& lines)
{
    std::string all;
    for (const auto& line : lines) {
        all += line + "\n";
    }
    return all;
}

/// Four mini-batches of which 0 and 2 fail, 3 is never run; any failure fails the step. `after` needs it, `other` has failed too.
std::vector<pipeline::StepSpec> repairSteps()
{
    auto step = parallelStep("work");
    step.parallel.maxRetries = 0;
    step.parallel.miniBatchErrorThreshold = 1;
    return { step, commandStep("after", { "work" }), commandStep("other") };
}
std::unique_ptr<Play> brokenRun()
{
    auto before = std::make_unique<Play>(repairSteps());
    before->begin();
    before->say(kNode0, CommandGone { StepIndex(2), false, false, 1, "exited with 1" });
    before->planned(kFirst, 4);
    before->answer(kFirst, 0, AttemptOutcome::Exception);
    before->answer(kFirst, 1);
    before->answer(kFirst, 2, AttemptOutcome::Exception);
    before->drained(kFirst);
    return before;
}
std::unique_ptr<Play> repairOf(const Play& before, const RepairRequest& request)
{
    auto after = std::make_unique<Play>(repairSteps());
    after->coordinator.restore(before.effects.events);
    after->effects.spool = before.effects.spool;
    after->coordinator.repair(request);
    after->begin();
    return after;
}
RepairRequest repairing(const std::string& run)
{
    RepairRequest request;
    request.step = "work";
    request.run = run;
    return request;
}

/// Two steps, the second needs the first; all completed, mini-batch 1 of the first tolerated as failed.
std::vector<pipeline::StepSpec> chain()
{
    auto work = parallelStep("work");
    work.parallel.maxRetries = 0;
    return { work, parallelStep("next", { "work" }) };
}
void playChain(Play& play)
{
    play.begin();
    play.planned(kFirst, 3);
    play.answer(kFirst, 0);
    play.answer(kFirst, 1, AttemptOutcome::Exception);
    play.answer(kFirst, 2, AttemptOutcome::Exception);
    play.drained(kFirst);
    play.finalized(kFirst);
    play.planned(kSecond, 1);
    play.answer(kSecond, 0);
    play.drained(kSecond);
    play.finalized(kSecond);
}
std::vector<event::Event> told(const Play& one, const Play& other)
{
    auto events = one.effects.events;
    events.insert(events.end(), other.effects.events.begin(), other.effects.events.end());
    for (std::size_t i = 0; i < events.size(); ++i) {
        events[i].sequence = i + 1;
    }
    return events;
}

} // namespace

class tst_coordinator : public QObject
{
    Q_OBJECT

private slots:
    // ---- the way all goes well

    void one_agent_does_a_step()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 2);
        play.answer(kFirst, 0);
        play.answer(kFirst, 1);
        play.drained(kFirst);
        play.finalized(kFirst);
        const std::vector<std::string> expected { "run started", "work: started", "plan work",
            "node 0 joined", "work: planned 2", "to 0: start work from process 0",
            "to 0: assign work 0 1", "work: 0 Done", "work: 1 Done", "to 0: finish work",
            "work: finalizing", "finalize work", "work: ended Completed", "reports of work",
            "run ended Completed", "to 0: leave", "run is over" };
        QCOMPARE(joined(play.effects.lines), joined(expected));
        QVERIFY(play.coordinator.isOver());
        QCOMPARE(play.effects.finalized.at(0).at(1).begin, std::uint64_t(4));
    }

    void workers_start_only_when_both_agents_and_plan_are_there()
    {
        Play play({ parallelStep("work") });
        play.coordinator.start(play.now, 1, "host");
        play.planned(kFirst, 2);
        QCOMPARE(play.effects.all("to 0"), std::string());
        play.say(kNode0, AgentJoined { "host", 4, 0, 1 });
        QCOMPARE(play.effects.all("to 0"),
            std::string("to 0: start work from process 0\nto 0: assign work 0 1\n"));
    }

    void two_agents_share_the_work()
    {
        auto step = parallelStep("work");
        step.instanceCount = 2;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 6);
        int of[2] = { 0, 0 };
        for (std::uint32_t i = 0; i < 6; ++i) {
            QVERIFY(
                play.effects.held.contains({ 0, i })); // handed out as the ones before are answered
            ++of[play.held(kFirst, i).node.value];
            play.answer(kFirst, i);
        }
        QCOMPARE(of[0] + of[1], 6);
        QVERIFY2(of[0] >= 2 && of[1] >= 2, play.effects.all("to").c_str());
        QCOMPARE(play.effects.count("to 0: finish work"), 1);
        QCOMPARE(play.effects.count("to 1: finish work"), 1);
        play.drained(kFirst, kNode1);
        QVERIFY(!play.effects.has("work: finalizing")); // node 0 is still at it
        play.drained(kFirst, kNode0);
        play.finalized(kFirst);
        QVERIFY(play.effects.has("run ended Completed"));
    }

    void the_tail_is_not_hoarded_by_the_first_node()
    {
        auto step = parallelStep("work");
        step.instanceCount = 2;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 2);
        QVERIFY(play.held(kFirst, 0).node != play.held(kFirst, 1).node);
    }

    void a_node_that_holds_many_gives_some_back_when_another_has_none()
    {
        auto step = parallelStep("work");
        step.instanceCount = 2;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 100);
        // Node 1 is quick and does all it is given; node 0 has answered one quickly and then is in a long one.
        const auto heldBy = [&](NodeIndex node) {
            std::vector<std::uint32_t> all;
            for (const auto& [key, held] : play.effects.held) {
                if (held.node == node) {
                    all.push_back(key.second);
                }
            }
            return all;
        };
        play.answer(kFirst, heldBy(kNode0).front(), AttemptOutcome::Done, 1, 0.00001);
        play.effects.held.erase({ 0, heldBy(kNode0).front() });
        while (!heldBy(kNode1).empty()) {
            const std::uint32_t one = heldBy(kNode1).front();
            play.answer(kFirst, one, AttemptOutcome::Done, 1, 0.00001);
            play.effects.held.erase({ 0, one });
        }
        const auto hoarded = heldBy(kNode0);
        QVERIFY2(hoarded.size() > 2, play.effects.all("to").c_str());
        play.tick(0.05);
        play.tick(0.05);
        QCOMPARE(play.effects.count("to 0: recall work"), 1); // not asked again before it has answered

        AttemptsReturned returned { kFirst, {} };
        for (std::size_t i = hoarded.size() / 2; i < hoarded.size(); ++i) {
            returned.attempts.push_back(play.held(kFirst, hoarded[i]).attempt);
            play.effects.held.erase({ 0, hoarded[i] });
        }
        play.say(kNode0, returned);
        QVERIFY2(!heldBy(kNode1).empty(), play.effects.all("to").c_str());
    }

    void a_step_starts_when_those_it_needs_are_completed()
    {
        Play play({ commandStep("make"), parallelStep("work", { "make" }) });
        play.begin();
        QVERIFY(play.effects.has("to 0: command make"));
        QVERIFY(!play.effects.has("plan work"));
        play.say(kNode0, CommandGone { kFirst, false, false, 0, "exited with 0" });
        QVERIFY(play.effects.has("make: ended Completed"));
        QVERIFY(play.effects.has("plan work"));
        QVERIFY(!play.coordinator.isOver());
    }

    void commands_go_to_the_node_with_the_fewest()
    {
        auto wide = parallelStep("wide");
        wide.instanceCount = 2;
        Play play({ wide, commandStep("a"), commandStep("b") });
        play.begin();
        QVERIFY(play.effects.has("to 0: command a"));
        QVERIFY(play.effects.has("to 1: command b"));
    }

    // ---- failing mini-batches

    void a_failed_mini_batch_is_tried_again_by_another_worker_and_its_rows_come_once()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 1);
        const auto first = play.held(kFirst, 0);
        play.answer(kFirst, 0, AttemptOutcome::Exception);
        const auto second = play.held(kFirst, 0);
        QVERIFY(second.attempt != first.attempt);
        QCOMPARE(second.avoidProcess, 3U);
        play.answer(kFirst, 0);
        play.drained(kFirst);
        play.finalized(kFirst);
        QCOMPARE(
            play.effects.all("work: 0"), std::string("work: 0 Exception, again\nwork: 0 Done\n"));
        QCOMPARE(play.effects.spool, std::string("row\n"));
        QVERIFY(play.effects.has("run ended Completed"));
    }

    void an_answer_of_an_attempt_that_was_given_up_counts_for_nothing()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 1);
        AttemptResult late;
        late.step = kFirst;
        late.attempt = play.held(kFirst, 0).attempt;
        late.returned = 1;
        late.rows = "late\n";
        play.answer(kFirst, 0, AttemptOutcome::Timeout);
        play.say(kNode0, late);
        QCOMPARE(play.effects.spool, std::string());
        QVERIFY(!play.effects.has("work: 0 Done"));
        play.answer(kFirst, 0);
        QCOMPARE(play.effects.count("work: 0 Done"), 1);
    }

    void a_lost_attempt_is_handed_out_again_and_not_charged()
    {
        auto step = parallelStep("work");
        step.parallel.maxRetries = 0;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 1);
        play.answer(kFirst, 0, AttemptOutcome::Lost);
        play.say(kNode0, AttemptsReturned { kFirst, { play.held(kFirst, 0).attempt } });
        QCOMPARE(play.effects.count("to 0: assign work 0"), 3);
        play.answer(kFirst, 0);
        QVERIFY(play.effects.has("to 0: finish work"));
    }

    void a_crossed_threshold_cancels_the_workers_and_fails_the_step()
    {
        auto step = parallelStep("work");
        step.parallel.maxRetries = 0;
        step.parallel.miniBatchErrorThreshold = 0;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 5);
        play.answer(kFirst, 0, AttemptOutcome::Exception);
        QCOMPARE(play.effects.count("to 0: cancel work"), 1);
        QVERIFY(!play.effects.has(
            "work: ended Failed mini_batch_error_threshold")); // workers are not gone yet
        play.answer(kFirst, 1); // was under way: kept for a resume, changes nothing
        QCOMPARE(play.effects.count("to 0: cancel work"), 1);
        QVERIFY(!play.effects.held.contains({ 0, 2 }));
        play.drained(kFirst);
        QVERIFY(play.effects.has("work: ended Failed mini_batch_error_threshold"));
        QVERIFY2(play.effects.end(kFirst).message.find("mini-batch 0: KeyError: 'x'")
                != std::string::npos,
            play.effects.end(kFirst).message.c_str());
        QVERIFY(play.effects.has("run ended Failed"));
    }

    void of_rows_that_cannot_be_kept_nothing_is_recorded()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 2);
        play.effects.diskIsFull = true;
        play.answer(kFirst, 0);
        QVERIFY(std::none_of(play.effects.events.begin(), play.effects.events.end(),
            [](const auto& event) { return std::holds_alternative<event::AttemptEnded>(event.fact); }));
    }

    void a_failed_mini_batch_of_unknown_size_is_an_item_at_least()
    {
        auto step = parallelStep("work");
        step.parallel.maxRetries = 0;
        step.parallel.errorThreshold = 0;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 2);
        AttemptResult died;
        died.step = kFirst;
        died.attempt = play.held(kFirst, 0).attempt;
        died.outcome = AttemptOutcome::WorkerDied;
        play.say(kNode0, died);
        play.drained(kFirst);
        QVERIFY(play.effects.has("work: ended Failed error_threshold"));
    }

    void items_that_the_plan_knows_count_when_the_worker_could_not_say()
    {
        auto step = parallelStep("work");
        step.parallel.maxRetries = 0;
        step.parallel.errorThreshold = 9;
        Play play({ step });
        play.effects.itemsPlanned = 10;
        play.begin();
        play.planned(kFirst, 2);
        play.answer(kFirst, 0, AttemptOutcome::WorkerDied);
        play.drained(kFirst);
        QVERIFY(play.effects.has("work: ended Failed error_threshold"));
    }

    void nothing_returned_at_all_fails_a_step_that_appends_rows()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 1);
        play.answer(kFirst, 0, AttemptOutcome::Done, 0);
        play.drained(kFirst);
        QVERIFY(play.effects.has("work: ended Failed no_result"));
        QVERIFY(!play.effects.has("finalize work"));
    }

    void nothing_returned_is_well_for_summary_only()
    {
        auto step = parallelStep("work");
        step.parallel.appendRowTo = "";
        Play play({ step });
        play.begin();
        play.planned(kFirst, 1);
        play.answer(kFirst, 0, AttemptOutcome::Done, 0);
        play.drained(kFirst);
        play.finalized(kFirst);
        QVERIFY(play.effects.has("work: ended Completed"));
    }

    void an_output_that_cannot_be_written_fails_the_step()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 1);
        play.answer(kFirst, 0);
        play.drained(kFirst);
        play.coordinator.onStepFinalized(
            kFirst, fail(ErrorCode::Io, { { "path", "out.csv" }, { "reason", "full" } }), play.now);
        QVERIFY(play.effects.has("work: ended Failed output"));
        QVERIFY(play.effects.has("run ended Failed"));
    }

    // ---- workers that do not get ready

    void init_failed_everywhere_fails_the_step()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 3);
        play.say(kNode0,
            InitEnded {
                kFirst, ProcessNumber(0), false, false, 0.1, "ValueError: no model", "tb", "" });
        play.say(kNode0, SlotEmptied { kFirst, 0 });
        QVERIFY(play.effects.has("to 0: cancel work"));
        play.drained(kFirst);
        QVERIFY(play.effects.has("work: ended Failed init_failed"));
        QVERIFY(play.effects.end(kFirst).message.find("ValueError: no model") != std::string::npos);
    }

    void a_script_that_cannot_be_imported_is_called_so()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 1);
        play.say(kNode0,
            InitEnded {
                kFirst, ProcessNumber(0), false, true, 0.1, "ModuleNotFoundError: x", "tb", "" });
        play.say(kNode0, SlotEmptied { kFirst, 0 });
        play.drained(kFirst);
        QVERIFY(play.effects.has("work: ended Failed entry_script"));
        QVERIFY(play.effects.end(kFirst).message.find("score.py") != std::string::npos);
    }

    void a_node_without_workers_leaves_its_share_to_the_other()
    {
        auto step = parallelStep("work");
        step.instanceCount = 2;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 2);
        const std::uint32_t ofNode0 = play.held(kFirst, 0).node == kNode0 ? 0 : 1;
        play.say(kNode0, SlotEmptied { kFirst, 0 });
        QVERIFY(!play.effects.has("warning slot_empty")); // perhaps no worker ever gets ready: then the step's end says it
        play.say(kNode1, InitEnded { kFirst, ProcessNumber(0) });
        QVERIFY(play.effects.has("warning slot_empty"));
        play.say(kNode0, AttemptsReturned { kFirst, { play.held(kFirst, ofNode0).attempt } });
        play.answer(kFirst, 1 - ofNode0);
        QCOMPARE(play.held(kFirst, ofNode0).node, kNode1);
        play.answer(kFirst, ofNode0);
        QVERIFY(play.effects.has("to 1: finish work"));
        QCOMPARE(play.effects.all("work: ended"), std::string());
    }

    void a_slot_that_empties_after_the_last_mini_batch_fails_nothing()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 1);
        play.answer(kFirst, 0);
        QVERIFY(play.effects.has("to 0: finish work"));
        play.say(kNode0, SlotEmptied { kFirst, 0 }); // said before the agent read FinishStep
        play.drained(kFirst);
        play.finalized(kFirst);
        QCOMPARE(play.effects.all("work: ended"), std::string("work: ended Completed\n"));
    }

    // ---- several steps

    void what_needs_a_failed_step_is_canceled_and_the_rest_goes_on()
    {
        Play play({ commandStep("make"), commandStep("use", { "make" }),
            commandStep("more", { "use" }), commandStep("other") });
        play.begin();
        play.say(kNode0, CommandGone { kFirst, false, false, 3, "exited with 3" });
        QVERIFY(play.effects.has("make: ended Failed command"));
        QCOMPARE(play.effects.end(kFirst).exitCode, 3);
        QCOMPARE(play.effects.count("use: ended Canceled dependency"), 1);
        QCOMPARE(play.effects.count("more: ended Canceled dependency"), 1);
        QVERIFY(!play.effects.has("to 0: cancel other"));
        play.say(kNode0, CommandGone { StepIndex(3), false, false, 0, "exited with 0" });
        QVERIFY(play.effects.has("other: ended Completed"));
        QCOMPARE(play.effects.count("run ended Failed"), 1);
    }

    void without_continue_on_step_failure_the_others_are_canceled()
    {
        auto spec
            = runOf({ commandStep("make"), parallelStep("work"), commandStep("last", { "work" }) });
        spec.continueOnStepFailure = false;
        Play play(spec);
        play.begin();
        play.planned(kSecond, 3);
        play.say(kNode0, CommandGone { kFirst, false, false, 1, "exited with 1" });
        QVERIFY(play.effects.has("to 0: cancel work"));
        QVERIFY(!play.coordinator.isOver());
        play.drained(kSecond);
        QVERIFY(play.effects.has("work: ended Canceled canceled"));
        QCOMPARE(
            play.effects.all("last: ended").substr(0, 20), std::string("last: ended Canceled"));
        QCOMPARE(play.effects.count("run ended Failed"), 1);
    }

    void a_step_whose_output_is_being_written_may_end_when_another_fails()
    {
        auto spec = runOf({ commandStep("make"), parallelStep("work") });
        spec.continueOnStepFailure = false;
        Play play(spec);
        play.begin();
        play.planned(kSecond, 1);
        play.answer(kSecond, 0);
        play.drained(kSecond);
        QVERIFY(play.effects.has("finalize work"));
        play.say(kNode0, CommandGone { kFirst, false, false, 1, "exited with 1" });
        play.finalized(kSecond);
        QCOMPARE(play.effects.all("work: ended"), std::string("work: ended Completed\n"));
        QCOMPARE(play.effects.all("run ended"), std::string("run ended Failed\n"));
    }

    void a_plan_that_fails_fails_the_step_without_workers()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.coordinator.onPlanFailed(
            kFirst, Error { ErrorCode::InputEmpty, { { "step", "work" } } }, play.now);
        QVERIFY(play.effects.has("work: ended Failed input"));
        QVERIFY(play.effects.has("run ended Failed"));
        QVERIFY(!play.effects.has("to 0: start work from process 0"));
    }

    void a_command_over_its_time_fails_with_timeout()
    {
        Play play({ commandStep("make") });
        play.begin();
        play.say(kNode0, CommandGone { kFirst, true, true, 0, "was killed" });
        QVERIFY(play.effects.has("make: ended Failed timeout"));
    }

    // ---- stop

    void a_stop_lets_running_mini_batches_finish_then_cancels()
    {
        Play play({ parallelStep("work"), commandStep("after", { "work" }) });
        play.begin();
        play.planned(kFirst, 5);
        const auto ahead = play.held(kFirst, 1);
        play.stop();
        QVERIFY(play.effects.has("to 0: drain work"));
        QVERIFY(!play.effects.has("to 0: cancel work"));
        QVERIFY(play.effects.has("after: ended Canceled dependency")
            || play.effects.has("after: ended Canceled canceled"));
        play.say(kNode0, AttemptsReturned { kFirst, { ahead.attempt } });
        QVERIFY(!play.effects.has("to 0: cancel work")); // mini-batch 0 is still at work
        play.answer(kFirst, 0);
        QVERIFY(play.effects.has("work: 0 Done"));
        QVERIFY(play.effects.has("to 0: cancel work"));
        play.drained(kFirst);
        QVERIFY(play.effects.has("work: ended Canceled canceled"));
        QCOMPARE(play.effects.count("run ended Canceled"), 1);
        QVERIFY(!play.effects.held.contains({ 0, 2 }));
    }

    void a_stop_now_cancels_at_once_even_after_a_stop()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 5);
        play.stop();
        QVERIFY(!play.effects.has("to 0: cancel work"));
        play.stop(true);
        QCOMPARE(play.effects.count("to 0: cancel work"), 1);
        play.stop(true);
        play.stop();
        QCOMPARE(play.effects.all("stop asked"), std::string("stop asked\nstop asked now\n"));
        play.drained(kFirst);
        QVERIFY(play.effects.has("run ended Canceled"));
    }

    void a_stop_while_planning_ends_at_once()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.stop();
        QVERIFY(play.effects.has("stop planning work"));
        QVERIFY(play.effects.has("work: ended Canceled canceled"));
        QVERIFY(play.effects.has("run ended Canceled"));
        play.planned(kFirst, 3); // the planner was quicker than the wish
        QVERIFY(!play.effects.has("work: planned 3"));
    }

    void a_stop_when_all_is_handed_back_does_not_undo_what_is_done()
    {
        Play play({ parallelStep("work") });
        play.begin();
        play.planned(kFirst, 1);
        play.answer(kFirst, 0); // workers are asked to go
        play.stop();
        play.drained(kFirst);
        play.finalized(kFirst);
        QVERIFY(play.effects.has("work: ended Completed"));
        QVERIFY(play.effects.has("run ended Completed"));
    }

    void a_stop_ends_a_command()
    {
        Play play({ commandStep("make") });
        play.begin();
        play.stop();
        QVERIFY(play.effects.has("to 0: cancel make"));
        play.say(kNode0, CommandGone { kFirst, false, true, 0, "was killed" });
        QVERIFY(play.effects.has("make: ended Canceled canceled"));
        QVERIFY(play.effects.has("run ended Canceled"));
    }

    // ---- time

    void no_progress_for_too_long_fails_the_step_and_names_the_worker()
    {
        auto step = parallelStep("work");
        step.parallel.progressUpdateTimeoutSeconds = 60;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 4);
        play.answer(kFirst, 0);
        play.say(kNode0,
            AttemptsRunning { kFirst, { { play.held(kFirst, 1).attempt, ProcessNumber(7), 0 } } });
        play.tick(60);
        QVERIFY(!play.effects.has("to 0: cancel work")); // 60 is not more than 60
        play.tick(1);
        QVERIFY(play.effects.has("to 0: cancel work"));
        play.drained(kFirst);
        QVERIFY(play.effects.has("work: ended Failed no_progress"));
        const std::string message = play.effects.end(kFirst).message;
        QVERIFY2(
            message.find("process007 is in mini-batch 1") != std::string::npos, message.c_str());
    }

    void a_stop_that_waits_in_vain_ends_canceled()
    {
        auto step = parallelStep("work");
        step.parallel.progressUpdateTimeoutSeconds = 60;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 4);
        play.answer(kFirst, 0);
        play.stop();
        play.tick(61);
        QVERIFY(play.effects.has("to 0: cancel work"));
        play.drained(kFirst);
        QVERIFY(play.effects.has("work: ended Canceled canceled"));
        QVERIFY(play.effects.has("run ended Canceled"));
    }

    void each_answer_is_progress()
    {
        auto step = parallelStep("work");
        step.parallel.progressUpdateTimeoutSeconds = 60;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 4);
        play.tick(50);
        play.answer(kFirst, 0);
        play.tick(50);
        QVERIFY(!play.effects.has("to 0: cancel work"));
        play.tick(11);
        QVERIFY(play.effects.has("to 0: cancel work"));
    }

    void a_worker_that_has_answered_is_not_blamed()
    {
        auto step = parallelStep("work");
        step.parallel.progressUpdateTimeoutSeconds = 60;
        step.parallel.maxConcurrencyPerInstance = 2;
        Play play({ step });
        play.begin();
        play.planned(kFirst, 2);
        play.say(kNode0,
            AttemptsRunning { kFirst,
                { { play.held(kFirst, 0).attempt, ProcessNumber(3), 0 },
                    { play.held(kFirst, 1).attempt, ProcessNumber(4), 0 } } });
        play.answer(kFirst, 0); // by process 3
        play.tick(61);
        play.drained(kFirst);
        const std::string message = play.effects.end(kFirst).message;
        QVERIFY2(
            message.find("process004 is in mini-batch 1") != std::string::npos, message.c_str());
        QVERIFY2(message.find("process003") == std::string::npos, message.c_str());
    }

    void an_input_that_is_read_for_too_long_fails_the_step()
    {
        auto step = parallelStep("work");
        step.parallel.firstTaskCreationTimeoutSeconds = 10;
        Play play({ step });
        play.begin();
        play.tick(50); // its turn has not come: another step's input is being read
        QVERIFY(!play.effects.has("stop planning work"));
        play.coordinator.onPlanningBegan(kFirst, play.now);
        play.tick(10);
        QVERIFY(!play.effects.has("stop planning work"));
        play.tick(1);
        QVERIFY(play.effects.has("stop planning work"));
        QVERIFY(play.effects.has("work: ended Failed first_task_creation"));
    }

    // ---- an earlier life

    void a_resume_hands_out_only_what_is_missing()
    {
        Play before({ parallelStep("work") });
        before.begin();
        before.say(kNode0, WorkerUp { kFirst, ProcessNumber(5), 1 });
        before.planned(kFirst, 4);
        before.say(kNode0, WorkerUp { kFirst, ProcessNumber(5), 1 });
        before.answer(kFirst, 0);
        before.answer(kFirst, 1); // … and then the coordinator dies

        Play after({ parallelStep("work") });
        after.coordinator.restore(before.effects.events);
        after.effects.spool = before.effects.spool;
        after.begin();
        QVERIFY(after.effects.has("run resumed"));
        after.planned(kFirst, 4);
        QVERIFY(after.effects.has("to 0: start work from process 6"));
        QVERIFY(!after.effects.held.contains({ 0, 0 }) && !after.effects.held.contains({ 0, 1 }));
        after.answer(kFirst, 2);
        after.answer(kFirst, 3);
        after.drained(kFirst);
        after.finalized(kFirst);
        QVERIFY(after.effects.has("run ended Completed"));
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(after.effects.finalized.at(0).at(i).begin, std::uint64_t(i * 4));
        }
    }

    void a_resume_tries_failed_mini_batches_again()
    {
        auto step = parallelStep("work");
        step.parallel.maxRetries = 0;
        step.parallel.miniBatchErrorThreshold = 0;
        Play before({ step });
        before.begin();
        before.planned(kFirst, 2);
        before.answer(kFirst, 0, AttemptOutcome::Exception);
        before.answer(kFirst, 1);
        before.drained(kFirst);
        QVERIFY(before.effects.has("work: ended Failed mini_batch_error_threshold"));

        Play after({ step });
        after.coordinator.restore(before.effects.events);
        after.begin();
        after.planned(kFirst, 2);
        QVERIFY(after.effects.has("work: reopened 1"));
        QCOMPARE(after.effects.all("to 0: assign"), std::string("to 0: assign work 0\n"));
        after.answer(kFirst, 0);
        after.drained(kFirst);
        after.finalized(kFirst);
        QVERIFY(after.effects.has("run ended Completed"));
    }

    // ---- repair

    void a_repair_runs_what_it_lists_and_nothing_else()
    {
        const auto broken = brokenRun();
        const Play& before = *broken;
        QVERIFY(before.effects.has("run ended Failed"));
        const auto repaired = repairOf(before, repairing("2"));
        Play& after = *repaired;
        after.planned(kFirst, 4);
        QVERIFY(after.effects.has("work: repair of 2"));
        QVERIFY(after.effects.has("work: reopened 2"));
        QCOMPARE(after.effects.all("to 0: assign"), std::string("to 0: assign work 2\n"));
        QVERIFY(!after.effects.has("to 0: command"));
        after.answer(kFirst, 2);
        after.drained(kFirst);
        QVERIFY2(after.effects.has("work: ended Canceled unfinished"), qPrintable(QString::fromStdString(joined(after.effects.lines))));
        QVERIFY(after.effects.has("other: ended Failed command")); // told again, as it was
        QVERIFY(after.effects.has("run ended Failed"));
    }

    void a_repair_of_all_that_is_open_completes_the_step_and_what_needs_it()
    {
        const auto repaired = repairOf(*brokenRun(), repairing("0,2-3"));
        Play& after = *repaired;
        after.planned(kFirst, 4);
        QCOMPARE(after.effects.all("to 0: assign"), std::string("to 0: assign work 3 0\n"));
        after.answer(kFirst, 3);
        after.answer(kFirst, 0);
        after.answer(kFirst, 2);
        after.drained(kFirst);
        after.finalized(kFirst);
        QVERIFY(after.effects.has("work: ended Completed"));
        QVERIFY(after.effects.has("after: started"));
        for (std::size_t i = 0; i < 4; ++i) {
            const auto& rows = after.effects.finalized.at(0).at(i);
            QCOMPARE(rows.end - rows.begin, std::uint64_t { 4 });
        }
    }

    void what_fails_again_is_counted_when_all_has_been_run()
    {
        const auto repaired = repairOf(*brokenRun(), repairing("0,2,3"));
        Play& after = *repaired;
        after.planned(kFirst, 4);
        after.answer(kFirst, 3, AttemptOutcome::Exception);
        after.answer(kFirst, 0, AttemptOutcome::Exception); // over the limit already, but what was listed is run
        after.answer(kFirst, 2);
        after.drained(kFirst);
        QVERIFY(after.effects.has("work: ended Failed mini_batch_error_threshold"));
    }

    void ignored_ones_are_counted_against_no_limit_until_they_are_again()
    {
        RepairRequest ignore = repairing("3");
        ignore.ignore = "0,1"; // 1 is done: that stays
        const auto broken = brokenRun();
        const Play& before = *broken;
        const auto repaired = repairOf(before, ignore);
        Play& after = *repaired;
        after.planned(kFirst, 4);
        QVERIFY(after.effects.has("work: ignored 0"));
        after.answer(kFirst, 3);
        after.drained(kFirst);
        after.finalized(kFirst);
        QVERIFY(after.effects.has("work: ended Completed"));

        auto events = before.effects.events;
        events.insert(events.end(), after.effects.events.begin(), after.effects.events.end());
        Play third(repairSteps());
        third.coordinator.restore(events);
        RepairRequest again = repairing("");
        again.unignore = "0";
        third.coordinator.repair(again);
        third.begin();
        third.planned(kFirst, 4);
        QVERIFY(third.effects.has("work: counted again 0"));
        QVERIFY(third.effects.has("work: ended Failed mini_batch_error_threshold"));
    }

    void an_ignored_one_that_is_listed_runs_again()
    {
        RepairRequest ignore = repairing("");
        ignore.ignore = "0";
        const auto broken = brokenRun();
        const Play& before = *broken;
        const auto repaired = repairOf(before, ignore);
        Play& after = *repaired;
        auto events = before.effects.events;
        events.insert(events.end(), after.effects.events.begin(), after.effects.events.end());
        Play third(repairSteps());
        third.coordinator.restore(events);
        third.coordinator.repair(repairing("0"));
        third.begin();
        third.planned(kFirst, 4);
        QCOMPARE(third.effects.all("to 0: assign"), std::string("to 0: assign work 0\n"));
    }

    void what_a_cut_off_repair_had_opened_is_left_by_the_next_one_as_not_run()
    {
        const auto broken = brokenRun();
        const auto cut = repairOf(*broken, repairing("0,2"));
        cut->planned(kFirst, 4);
        QVERIFY(cut->effects.has("work: reopened 0,2"));
        cut->answer(kFirst, 0); // and its coordinator dies
        Play third(repairSteps());
        third.coordinator.restore(told(*broken, *cut));
        third.coordinator.repair(repairing("3"));
        third.begin();
        third.planned(kFirst, 4);
        QCOMPARE(third.effects.all("to 0: assign"), std::string("to 0: assign work 3\n"));
        third.answer(kFirst, 3);
        third.drained(kFirst);
        QVERIFY2(third.effects.has("work: ended Canceled unfinished"), joined(third.effects.lines).c_str()); // 2 is neither done nor failed
    }

    void attempts_say_which_code_they_ran()
    {
        RepairRequest request = repairing("0,2,3");
        request.code = 1;
        const auto repaired = repairOf(*brokenRun(), request);
        Play& after = *repaired;
        QVERIFY(after.effects.has("work: code 1"));
        after.planned(kFirst, 4);
        after.answer(kFirst, 3);
        QVERIFY(after.effects.has("work: 3 Done, code 1"));
    }

    void a_completed_step_that_needs_the_repaired_one_begins_from_nothing()
    {
        auto work = parallelStep("work");
        work.parallel.maxRetries = 0;
        const std::vector<pipeline::StepSpec> steps { work, parallelStep("next", { "work" }) };
        Play before(steps);
        before.begin();
        before.planned(kFirst, 2);
        before.answer(kFirst, 0);
        before.answer(kFirst, 1, AttemptOutcome::Exception); // no limit: the step completes without it
        before.drained(kFirst);
        before.finalized(kFirst);
        before.planned(kSecond, 1);
        before.answer(kSecond, 0);
        before.drained(kSecond);
        before.finalized(kSecond);
        QVERIFY(before.effects.has("run ended Completed"));

        Play after(steps);
        after.coordinator.restore(before.effects.events);
        after.effects.spool = before.effects.spool;
        after.coordinator.repair(repairing("1"));
        after.begin();
        after.planned(kFirst, 2);
        after.answer(kFirst, 1);
        after.drained(kFirst);
        QVERIFY(!after.effects.has("next: reset"));
        after.finalized(kFirst);
        QVERIFY(after.effects.has("next: reset"));
        QVERIFY(after.effects.has("forget next"));
        after.planned(kSecond, 3); // another length than before: nothing of it counts
        QCOMPARE(after.effects.all("to 0: assign next"), std::string("to 0: assign next 0 1\n"));
        for (std::uint32_t i = 0; i < 3; ++i) {
            after.answer(kSecond, i);
        }
        after.drained(kSecond);
        after.finalized(kSecond);
        QVERIFY(after.effects.has("run ended Completed"));
    }

    void a_repair_of_a_completed_step_that_was_cut_off_is_finished_by_a_resume()
    {
        Play first(chain());
        playChain(first);
        Play cut(chain());
        cut.coordinator.restore(first.effects.events);
        cut.effects.spool = first.effects.spool;
        cut.coordinator.repair(repairing("1-2"));
        cut.begin();
        cut.planned(kFirst, 3);
        cut.answer(kFirst, 1); // … and then the coordinator dies

        Play resumed(chain());
        resumed.coordinator.restore(told(first, cut));
        resumed.effects.spool = cut.effects.spool;
        resumed.begin();
        resumed.planned(kFirst, 3);
        QCOMPARE(resumed.effects.all("to 0: assign"), std::string("to 0: assign work 2\n"));
        resumed.answer(kFirst, 2);
        resumed.drained(kFirst);
        resumed.finalized(kFirst);
        for (std::size_t i = 0; i < 3; ++i) { // its rows are in the output
            const auto& rows = resumed.effects.finalized.at(0).at(i);
            QCOMPARE(rows.end - rows.begin, std::uint64_t { 4 });
        }
        QVERIFY(resumed.effects.has("next: reset")); // what it completed with is not what there is now
    }

    void a_step_that_failed_half_way_with_the_output_of_before_begins_from_nothing()
    {
        Play first(chain());
        first.begin();
        first.planned(kFirst, 2);
        first.answer(kFirst, 0);
        first.answer(kFirst, 1, AttemptOutcome::Exception);
        first.drained(kFirst);
        first.finalized(kFirst);
        first.planned(kSecond, 2);
        first.answer(kSecond, 0);
        first.coordinator.onStopAsked(true, 1); // … half-way
        first.drained(kSecond);
        QVERIFY(first.effects.has("next: ended Canceled canceled"));

        Play repaired(chain());
        repaired.coordinator.restore(told(first, Play(chain())));
        repaired.effects.spool = first.effects.spool;
        repaired.coordinator.repair(repairing("1"));
        repaired.begin();
        repaired.planned(kFirst, 2);
        repaired.answer(kFirst, 1);
        repaired.drained(kFirst);
        repaired.finalized(kFirst);
        QVERIFY2(repaired.effects.has("next: reset"), qPrintable(QString::fromStdString(joined(repaired.effects.lines))));
        repaired.planned(kSecond, 3); // by the new output
        for (std::uint32_t i = 0; i < 3; ++i) { // the one that was done half-way, too
            repaired.answer(kSecond, i);
        }
        repaired.drained(kSecond);
        repaired.finalized(kSecond);
        QVERIFY2(repaired.effects.has("next: ended Completed"), qPrintable(QString::fromStdString(joined(repaired.effects.lines))));
    }

    void a_repair_in_which_nothing_came_to_be_runs_no_other_step_again()
    {
        Play first(chain());
        playChain(first);
        Play repaired(chain());
        repaired.coordinator.restore(told(first, Play(chain())));
        repaired.effects.spool = first.effects.spool;
        repaired.coordinator.repair(repairing("1"));
        repaired.begin();
        repaired.planned(kFirst, 3);
        repaired.answer(kFirst, 1, AttemptOutcome::Exception);
        repaired.drained(kFirst);
        repaired.finalized(kFirst);
        QVERIFY(!repaired.effects.has("next: reset"));
        QVERIFY(repaired.effects.has("run ended Completed"));
    }

    void what_needs_another_failed_step_does_not_keep_a_repair_waiting()
    {
        auto steps = repairSteps();
        steps.push_back(commandStep("both", { "work", "other" }));
        Play before(steps);
        before.begin();
        before.say(kNode0, CommandGone { StepIndex(2), false, false, 1, "exited with 1" });
        before.planned(kFirst, 1);
        before.answer(kFirst, 0, AttemptOutcome::Exception);
        before.drained(kFirst);
        before.finalized(kFirst);
        Play after(steps);
        after.coordinator.restore(told(before, Play(steps)));
        after.effects.spool = before.effects.spool;
        after.coordinator.repair(repairing("0"));
        after.begin();
        after.planned(kFirst, 1);
        after.answer(kFirst, 0);
        after.drained(kFirst);
        after.finalized(kFirst);
        QVERIFY(after.effects.has("work: ended Completed"));
        QVERIFY(after.effects.has("both: ended Canceled dependency"));
        after.say(kNode0, CommandUp { StepIndex(1), 1 });
        after.say(kNode0, CommandGone { StepIndex(1), false, false, 0, "exited with 0" });
        QVERIFY(after.effects.has("run ended Failed"));
    }

    void a_repair_that_had_ended_when_its_coordinator_died_is_not_done_twice()
    {
        Play first(chain());
        playChain(first);
        RepairRequest request = repairing("1-2");
        request.id = "once";
        Play repaired(chain());
        repaired.coordinator.restore(told(first, Play(chain())));
        repaired.effects.spool = first.effects.spool;
        repaired.coordinator.repair(request);
        repaired.begin();
        repaired.planned(kFirst, 3);
        repaired.answer(kFirst, 1);
        repaired.answer(kFirst, 2);
        repaired.drained(kFirst);
        repaired.finalized(kFirst); // `next` begins from nothing, and then the coordinator dies

        Play again(chain());
        again.coordinator.restore(told(first, repaired));
        again.effects.spool = repaired.effects.spool;
        again.coordinator.repair(request);
        again.begin();
        QVERIFY(!again.effects.has("work: started"));
        again.planned(kSecond, 1);
        again.answer(kSecond, 0);
        again.drained(kSecond);
        again.finalized(kSecond);
        QVERIFY(again.effects.has("run ended Completed"));
    }

    void without_a_word_on_code_a_repair_keeps_the_one_of_before()
    {
        RepairRequest mended = repairing("0");
        mended.code = 1;
        const auto broken = brokenRun();
        const auto once = repairOf(*broken, mended);
        Play again(repairSteps());
        again.coordinator.restore(told(*broken, *once));
        again.effects.spool = once->effects.spool;
        again.coordinator.repair(repairing("3"));
        again.begin();
        QVERIFY(!again.effects.has("work: code"));
        again.planned(kFirst, 4);
        again.answer(kFirst, 3);
        QVERIFY(again.effects.has("work: 3 Done, code 1"));
    }

    void a_repair_while_the_run_goes_on_opens_what_failed()
    {
        auto steps = repairSteps();
        steps[0].parallel.miniBatchErrorThreshold = 5;
        Play play(steps);
        play.begin();
        play.planned(kFirst, 4);
        play.answer(kFirst, 0, AttemptOutcome::Exception);
        QCOMPARE(play.coordinator.onRepairAsked(repairing("0,1"), play.now), std::string("ok"));
        QVERIFY(play.effects.has("work: reopened 0")); // 1 has not failed
        RepairRequest newCode = repairing("0");
        newCode.code = 1;
        QVERIFY(play.coordinator.onRepairAsked(newCode, play.now) != "ok");
        play.answer(kFirst, 1);
        play.answer(kFirst, 2);
        play.answer(kFirst, 3);
        play.answer(kFirst, 0);
        play.drained(kFirst);
        play.finalized(kFirst);
        QVERIFY(play.effects.has("work: ended Completed"));
        QVERIFY(play.coordinator.onRepairAsked(repairing("0"), play.now) != "ok");
    }

    void a_limit_that_done_mini_batches_crossed_fails_the_resume_before_workers_start()
    {
        auto step = parallelStep("work");
        step.parallel.errorThreshold = 0;
        Play before({ step });
        before.begin();
        before.planned(kFirst, 2);
        before.answer(kFirst, 0, AttemptOutcome::Done, 0); // its item gave no result
        before.drained(kFirst);
        QVERIFY(before.effects.has("work: ended Failed error_threshold"));

        Play after({ step });
        after.coordinator.restore(before.effects.events);
        after.begin();
        after.planned(kFirst, 2);
        QVERIFY(after.effects.has("work: ended Failed error_threshold"));
        QCOMPARE(after.effects.all("to 0"), std::string("to 0: leave\n"));
    }

    void when_an_earlier_life_did_all_mini_batches_no_worker_starts()
    {
        Play before({ parallelStep("work") });
        before.begin();
        before.planned(kFirst, 2);
        before.answerAll(kFirst, 2); // died before the output was put together

        Play after({ parallelStep("work") });
        after.coordinator.restore(before.effects.events);
        after.begin();
        after.planned(kFirst, 2);
        after.finalized(kFirst);
        QCOMPARE(after.effects.all("to 0"), std::string("to 0: leave\n"));
        QVERIFY(after.effects.has("finalize work"));
        QVERIFY(after.effects.has("run ended Completed"));
    }

    void a_step_completed_in_an_earlier_life_is_not_started_again()
    {
        const std::vector<pipeline::StepSpec> steps { commandStep("make"),
            commandStep("use", { "make" }) };
        Play before(steps);
        before.begin();
        before.say(kNode0, CommandGone { kFirst, false, false, 0, "exited with 0" });
        before.say(kNode0, CommandGone { kSecond, false, false, 1, "exited with 1" });

        Play after(steps);
        after.coordinator.restore(before.effects.events);
        after.begin();
        QCOMPARE(after.effects.all("to 0: command"), std::string("to 0: command use\n"));
        after.say(kNode0, CommandGone { kSecond, false, false, 0, "exited with 0" });
        QVERIFY(after.effects.has("run ended Completed"));
    }

    void a_plan_of_another_length_is_refused_on_resume()
    {
        Play before({ parallelStep("work") });
        before.begin();
        before.planned(kFirst, 2);

        Play after({ parallelStep("work") });
        after.coordinator.restore(before.effects.events);
        after.begin();
        after.planned(kFirst, 3);
        QVERIFY(after.effects.has("work: ended Failed input"));
        QVERIFY(!after.effects.has("to 0: start work from process 0"));
    }
};

SHEAF_TEST(tst_coordinator)
#include "tst_coordinator.moc"
