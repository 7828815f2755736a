// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/run_picture.h"
#include "tests/support/test_runner.h"

#include <fmt/format.h>

using namespace sheaf;
using namespace sheaf::event;

namespace {

/// Tells events one after another to a picture, with the numbers and times a journal would give
/// them.
class Story
{
public:
    RunPicture picture;
    ChangeSet changes;
    std::vector<Event> events;

    void tell(Fact fact)
    {
        const std::uint64_t sequence = events.size() + 1;
        events.push_back({ sequence, static_cast<std::int64_t>(sequence) * 1000, std::move(fact) });
        picture.apply(events.back(), changes);
    }
    void start(std::uint32_t miniBatches)
    {
        tell(RunStarted { "run-1", { "score", "join" }, 2, false, 77, "here" });
        tell(NodeJoined { NodeIndex(0), "here", 2, 1000, 78 });
        tell(StepStarted { StepIndex(0), { NodeIndex(0) }, 2 });
        tell(StepPlanned { StepIndex(0), miniBatches, 100, 5000, 0.1 });
        tell(WorkerStarted { StepIndex(0), NodeIndex(0), ProcessNumber(0), 100 });
        tell(WorkerInitialized { StepIndex(0), NodeIndex(0), ProcessNumber(0), true, 0.5, "", "" });
    }
    void end(std::uint32_t miniBatch,
        AttemptOutcome outcome,
        bool final = true,
        std::uint32_t items = 10,
        std::uint32_t returned = 10,
        const std::string& error = "")
    {
        AttemptEnded ended;
        ended.miniBatch = MiniBatchIndex(miniBatch);
        ended.outcome = outcome;
        ended.final = final;
        ended.items = items;
        ended.returned = returned;
        ended.error = error;
        ended.traceback = error.empty() ? "" : "Traceback of " + std::to_string(miniBatch);
        ended.startMicros = 1000000 + miniBatch;
        ended.runSeconds = 0.25;
        tell(ended);
    }
    void run(std::uint32_t miniBatch)
    {
        tell(AttemptStarted { StepIndex(0), MiniBatchIndex(miniBatch), AttemptId(1), NodeIndex(0),
            ProcessNumber(0), 5 });
    }
    [[nodiscard]] const StepPicture& step() const { return picture.steps()[0]; }
    [[nodiscard]] std::string text() const { return textOf(picture); }

    static std::string textOf(const RunPicture& picture)
    {
        std::string text
            = fmt::format("{} resumes {}\n", json::enumName(picture.state()), picture.resumes());
        for (const StepPicture& step : picture.steps()) {
            text += fmt::format("{} {}:", step.name, json::enumName(step.state));
            for (std::size_t i = 0; i < kMiniBatchStates; ++i) {
                text += fmt::format(" {}", step.counts[i]);
            }
            text += fmt::format(" | items {} failed {} attempts failed {}\n", step.itemsDone,
                step.itemsFailed, step.attemptsFailed);
        }
        return text;
    }
};

bool countsAreExact(const StepPicture& step)
{
    std::array<std::uint32_t, kMiniBatchStates> counted {};
    for (const MiniBatchNow& miniBatch : step.miniBatches) {
        ++counted[static_cast<std::size_t>(miniBatch.state)];
    }
    return counted == step.counts;
}

} // namespace

class tst_run_picture : public QObject
{
    Q_OBJECT

private slots:
    void a_planned_step_has_all_its_mini_batches_pending()
    {
        Story story;
        story.start(5);
        QCOMPARE(story.step().total(), 5U);
        QCOMPARE(story.step().count(MiniBatchState::Pending), 5U);
        QCOMPARE(story.step().state, StepState::Running);
        QCOMPARE(story.step().inputBytes, std::uint64_t { 5000 });
        QCOMPARE(story.picture.nodes().size(), std::size_t { 2 });
        QVERIFY(story.picture.nodes()[0].joined);
        QVERIFY(!story.picture.nodes()[1].joined);
        QVERIFY(story.changes.plans.contains(StepIndex(0)));
    }

    void each_outcome_leads_to_its_state_and_counts()
    {
        Story story;
        story.start(9);
        story.end(0, AttemptOutcome::Done);
        story.end(1, AttemptOutcome::Exception, false, 10, 0, "KeyError: 'a'");
        story.end(2, AttemptOutcome::Exception, true, 10, 0, "KeyError: 'a'");
        story.end(3, AttemptOutcome::Timeout, true, 10, 0, "time-out");
        story.end(4, AttemptOutcome::LoadTimeout, true, 0, 0, "time-out");
        story.end(5, AttemptOutcome::Timeout, false, 10, 0, "time-out");
        story.end(6, AttemptOutcome::Lost, false, 10, 0, "");
        story.run(7);
        //                                        Pending Running Retrying Done Failed TimedOut
        //                                        Canceled
        QCOMPARE(story.text(),
            std::string("Running resumes 0\n"
                        "score Running: 2 1 2 1 1 2 0 0 | items 10 failed 20 attempts failed 5\n"
                        "join NotStarted: 0 0 0 0 0 0 0 0 | items 0 failed 0 attempts failed 0\n"));
        QCOMPARE(story.step().ended(), 4U);
        QVERIFY(countsAreExact(story.step()));
    }

    void a_shortfall_counts_its_items_and_a_surplus_counts_nothing()
    {
        Story story;
        story.start(3);
        story.end(0, AttemptOutcome::Done, true, 10, 7);
        story.end(1, AttemptOutcome::Done, true, 10, 15);
        QCOMPARE(story.step().itemsFailed, std::uint64_t { 3 });
        QCOMPARE(story.step().itemsDone, std::uint64_t { 20 });
        QCOMPARE(story.step().count(MiniBatchState::Done), 2U);
    }

    void the_items_of_a_mini_batch_whose_worker_died_are_those_of_its_earlier_attempt()
    {
        Story story;
        story.start(2);
        story.end(0, AttemptOutcome::Exception, false, 10, 0, "x");
        story.end(0, AttemptOutcome::WorkerDied, true, 0, 0, "killed");
        QCOMPARE(story.step().itemsFailed, std::uint64_t { 10 });
    }

    void a_success_after_failed_tries_leaves_nothing_failed_but_the_attempts()
    {
        Story story;
        story.start(1);
        story.run(0);
        story.end(0, AttemptOutcome::Exception, false, 10, 0, "x");
        QCOMPARE(story.step().miniBatches[0].state, MiniBatchState::Retrying);
        story.run(0);
        QCOMPARE(story.step().miniBatches[0].state, MiniBatchState::Running);
        story.end(0, AttemptOutcome::Done);
        QCOMPARE(story.step().itemsFailed, std::uint64_t { 0 });
        QCOMPARE(story.step().attemptsFailed, 1U);
        QCOMPARE(story.step().miniBatches[0].lastEvent, story.picture.lastSequence());
    }

    void the_late_end_of_another_attempt_does_not_undo_a_done_mini_batch()
    {
        Story story;
        story.start(1);
        story.end(0, AttemptOutcome::Done);
        story.end(0, AttemptOutcome::Lost, false);
        story.run(0);
        QCOMPARE(story.step().count(MiniBatchState::Done), 1U);
        QCOMPARE(story.step().itemsDone, std::uint64_t { 10 });
    }

    void failures_are_grouped_with_the_first_traceback()
    {
        Story story;
        story.start(6);
        story.end(3, AttemptOutcome::Exception, false, 10, 0, "KeyError: 'a'");
        story.end(1, AttemptOutcome::Exception, true, 10, 0, "KeyError: 'a'");
        story.end(2, AttemptOutcome::WorkerDied, true, 10, 0, "KeyError: 'a'");
        story.end(4, AttemptOutcome::Lost, false);
        const auto& failures = story.step().failures.groups();
        QCOMPARE(failures.size(), std::size_t { 2 });
        QCOMPARE(failures[0].attempts, 2U);
        QCOMPARE(failures[0].firstMiniBatch.value, 3U);
        QCOMPARE(failures[0].firstTraceback, std::string("Traceback of 3"));
        QCOMPARE(failures[0].firstMicros, std::int64_t { 7000 }); // when it had ended
        QCOMPARE(failures[0].lastMicros, std::int64_t { 8000 });
        QCOMPARE(failures[1].outcome, AttemptOutcome::WorkerDied);
    }

    void groups_of_failures_are_bounded_and_still_counted()
    {
        Story story;
        story.start(1500);
        for (std::uint32_t i = 0; i < 1500; ++i) {
            std::string word; // letters, for numbers would be one group
            for (std::uint32_t n = i + 1; n > 0; n /= 26) {
                word += static_cast<char>('a' + n % 26);
            }
            story.end(i, AttemptOutcome::Exception, true, 1, 0, "ValueError: " + word);
        }
        const auto& groups = story.step().failures.groups();
        QCOMPARE(groups.size(), std::size_t { 1001 });
        QCOMPARE(groups.back().attempts, 500U);
        QCOMPARE(story.step().attemptsFailed, 1500U);
        QCOMPARE(story.step().count(MiniBatchState::Failed), 1500U);
    }

    void a_worker_shows_what_it_does_and_has_done()
    {
        Story story;
        story.start(3);
        const auto worker = [&] { return story.step().workers.back(); };
        QVERIFY(worker().ready);
        QCOMPARE(worker().initSeconds, 0.5);
        story.run(2);
        QCOMPARE(worker().currentMiniBatch, std::int64_t { 2 });
        story.end(2, AttemptOutcome::Done);
        QCOMPARE(worker().currentMiniBatch, std::int64_t { -1 });
        story.end(1, AttemptOutcome::Exception, true, 10, 0, "x");
        QCOMPARE(worker().done, 1U);
        QCOMPARE(worker().failed, 1U);
        QCOMPARE(worker().items, std::uint64_t { 20 });
        QCOMPARE(worker().runSeconds, 0.5);
        story.tell(
            WorkerEnded { StepIndex(0), NodeIndex(0), ProcessNumber(0), "killed by signal 9", "" });
        QVERIFY(worker().ended);
        QCOMPARE(worker().how, std::string("killed by signal 9"));
    }

    void a_replacement_is_another_worker()
    {
        Story story;
        story.start(3);
        story.tell(WorkerEnded { StepIndex(0), NodeIndex(0), ProcessNumber(0), "time-out", "" });
        story.tell(WorkerStarted { StepIndex(0), NodeIndex(0), ProcessNumber(1), 101 });
        AttemptEnded ended;
        ended.process = ProcessNumber(1);
        story.tell(ended);
        QCOMPARE(story.step().workers.size(), std::size_t { 2 });
        QCOMPARE(story.step().workers[0].done, 0U);
        QCOMPARE(story.step().workers[1].done, 1U);
    }

    void a_resume_keeps_what_is_done_and_opens_what_was_under_way()
    {
        Story story;
        story.start(4);
        story.end(0, AttemptOutcome::Done);
        story.end(1, AttemptOutcome::Exception, true, 10, 0, "x");
        story.run(2);
        story.tell(RunStarted { "run-1", { "score", "join" }, 2, true, 99, "here" });
        QCOMPARE(story.picture.resumes(), 1);
        QCOMPARE(story.picture.coordinatorPid(), std::int64_t { 99 });
        QCOMPARE(story.picture.startedMicros(), std::int64_t { 1000 });
        QVERIFY(story.step().workers[0].ended);
        QVERIFY(!story.picture.nodes()[0].joined);
        story.tell(StepStarted { StepIndex(0), {}, 1 });
        story.changes = {};
        story.tell(StepPlanned { StepIndex(0), 4, 100, 5000, 0.1 });
        QVERIFY(story.changes.plans.empty());
        QCOMPARE(story.text(),
            std::string("Running resumes 1\n"
                        "score Running: 2 0 0 1 1 0 0 0 | items 10 failed 10 attempts failed 1\n"
                        "join NotStarted: 0 0 0 0 0 0 0 0 | items 0 failed 0 attempts failed 0\n"));
        story.tell(MiniBatchesReopened { StepIndex(0), 1, {} });
        QCOMPARE(story.step().count(MiniBatchState::Pending), 3U);
        QCOMPARE(story.step().itemsFailed, std::uint64_t { 0 });
        QVERIFY(countsAreExact(story.step()));
    }

    void another_number_of_mini_batches_begins_the_step_anew()
    {
        Story story;
        story.start(4);
        story.end(0, AttemptOutcome::Done);
        story.tell(StepPlanned { StepIndex(0), 3, 0, 0, 0 });
        QCOMPARE(story.step().count(MiniBatchState::Pending), 3U);
        QCOMPARE(story.step().itemsDone, std::uint64_t { 0 });
    }

    void a_canceled_run_shows_its_open_mini_batches_as_canceled_until_it_is_resumed()
    {
        Story story;
        story.start(4);
        story.end(0, AttemptOutcome::Done);
        story.run(1);
        story.tell(StopAsked { true });
        QVERIFY(story.picture.stopAsked());
        story.tell(StepEnded { StepIndex(0), StepState::Canceled, "canceled", "Stopped.", 0 });
        story.tell(RunEnded { RunState::Canceled, "Stopped." });
        QCOMPARE(story.text(),
            std::string("Canceled resumes 0\n"
                        "score Canceled: 0 0 0 1 0 0 3 0 | items 10 failed 0 attempts failed 0\n"
                        "join Canceled: 0 0 0 0 0 0 0 0 | items 0 failed 0 attempts failed 0\n"));
        QVERIFY(story.step().workers[0].ended);
        QVERIFY(story.step().isOver());
        story.tell(RunStarted { "run-1", { "score", "join" }, 2, true, 99, "here" });
        QVERIFY(!story.picture.stopAsked());
        QCOMPARE(story.step().count(MiniBatchState::Pending), 3U);
        QCOMPARE(story.step().state, StepState::NotStarted);
        QCOMPARE(story.step().reason, std::string());
        QCOMPARE(story.picture.endedMicros(), std::int64_t { 0 });
    }

    void a_step_that_failed_has_nothing_running_and_the_steps_after_it_never_began()
    {
        Story story;
        story.start(3);
        story.run(0);
        story.tell(
            StepEnded { StepIndex(0), StepState::Failed, "error_threshold", "Too many.", 0 });
        story.tell(RunEnded { RunState::Failed, "score failed." });
        QCOMPARE(story.step().count(MiniBatchState::Running), 0U);
        QCOMPARE(story.step().count(MiniBatchState::Pending), 3U);
        QCOMPARE(story.picture.steps()[1].state, StepState::NotStarted);
        QCOMPARE(story.picture.step("score")->reason, std::string("error_threshold"));
        QVERIFY(story.picture.step("nobody") == nullptr);
    }

    void a_repair_opens_what_it_lists_and_no_more()
    {
        Story story;
        story.start(4);
        for (std::uint32_t i = 0; i < 3; ++i) {
            story.end(i, i == 1 ? AttemptOutcome::Timeout : AttemptOutcome::Exception, true, 10, 0, "KeyError: 'x'");
        }
        story.tell(MiniBatchesIgnored { StepIndex(0), 2, "1-2", true });
        QCOMPARE(story.step().count(MiniBatchState::Ignored), 2U);
        QCOMPARE(story.step().itemsFailed, std::uint64_t { 10 });
        QCOMPARE(story.step().ended(), 3U);
        story.tell(MiniBatchesReopened { StepIndex(0), 2, "0,2-3" });
        QCOMPARE(story.step().miniBatches[0].state, MiniBatchState::Pending);
        QCOMPARE(story.step().miniBatches[2].state, MiniBatchState::Pending);
        story.tell(MiniBatchesIgnored { StepIndex(0), 1, "1", false });
        QCOMPARE(story.step().miniBatches[1].state, MiniBatchState::TimedOut);
        QVERIFY(countsAreExact(story.step()));
    }

    void a_step_that_is_reset_begins_from_nothing()
    {
        Story story;
        story.start(4);
        story.end(0, AttemptOutcome::Exception, true, 10, 0, "KeyError: 'x'");
        story.tell(StepReset { StepIndex(0) });
        QCOMPARE(story.step().total(), 0U);
        QCOMPARE(story.step().itemsFailed, std::uint64_t { 0 });
        QVERIFY(story.step().failures.groups().empty());
        story.tell(StepPlanned { StepIndex(0), 2, 100, 5000, 0.1 });
        QCOMPARE(story.step().count(MiniBatchState::Pending), 2U);
        QVERIFY(countsAreExact(story.step()));
    }

    void events_that_were_seen_already_change_nothing()
    {
        Story story;
        story.start(3);
        story.end(0, AttemptOutcome::Done);
        story.end(1, AttemptOutcome::Exception, true, 10, 0, "x");
        const std::string before = story.text();
        story.changes = {};
        story.picture.apply(story.events, story.changes);
        QCOMPARE(story.text(), before);
        QVERIFY(story.changes.isEmpty());
    }

    void folding_in_pieces_gives_the_same_picture()
    {
        Story story;
        story.start(50);
        for (std::uint32_t i = 0; i < 50; ++i) {
            story.run(i);
            story.end(i, static_cast<AttemptOutcome>(i % 8), i % 3 != 0, 10, i % 11,
                "e" + std::to_string(i % 4));
        }
        story.tell(MiniBatchesReopened { StepIndex(0), 1, {} });
        for (std::size_t cut = 0; cut <= story.events.size(); ++cut) {
            RunPicture picture;
            ChangeSet changes;
            const std::span<const Event> all(story.events);
            picture.apply(all.first(cut), changes);
            const RunPicture kept = picture;
            picture = kept;
            picture.apply(all, changes);
            QCOMPARE(Story::textOf(picture), story.text());
        }
        QVERIFY(countsAreExact(story.step()));
    }

    void facts_about_steps_and_mini_batches_that_are_not_there_are_passed_over()
    {
        Story story;
        story.start(2);
        const std::string before = story.text();
        story.end(7, AttemptOutcome::Done);
        story.tell(StepEnded { StepIndex(9), StepState::Failed, "", "", 0 });
        story.tell(WorkerEnded { StepIndex(0), NodeIndex(5), ProcessNumber(5), "", "" });
        story.tell(AttemptStarted {
            StepIndex(9), MiniBatchIndex(1), AttemptId(1), NodeIndex(0), ProcessNumber(0), 5 });
        QCOMPARE(story.text(), before);
    }

    void a_change_set_names_what_was_touched()
    {
        Story story;
        story.start(3);
        story.changes = {};
        story.end(2, AttemptOutcome::Done);
        QVERIFY(!story.changes.run);
        QCOMPARE(story.changes.steps.size(), std::size_t { 1 });
        QCOMPARE(story.changes.workers.size(), std::size_t { 1 });
        QCOMPARE(story.changes.miniBatches.size(), std::size_t { 1 });
        QCOMPARE(story.changes.miniBatches[0].second.value, 2U);
    }
};

SHEAF_TEST(tst_run_picture)
#include "tst_run_picture.moc"
