// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/budgets.h"
#include "core/triage/time_left.h"
#include "tests/support/test_runner.h"

#include <fmt/format.h>

using namespace sheaf;
using namespace sheaf::event;
using namespace sheaf::triage;

namespace {

constexpr std::int64_t kStart = 1'000'000'000;

/// A step that has been running for 100 seconds, with so many mini-batches done and failed.
StepPicture stepOf(std::uint32_t total, std::uint32_t done, std::uint32_t failed)
{
    StepPicture step;
    step.state = StepState::Running;
    step.planned = true;
    step.firstAttemptMicros = kStart;
    step.progressMicros = kStart + 95'000'000;
    step.miniBatches.resize(total);
    step.counts[static_cast<std::size_t>(MiniBatchState::Done)] = done;
    step.counts[static_cast<std::size_t>(MiniBatchState::Failed)] = failed;
    step.counts[static_cast<std::size_t>(MiniBatchState::Pending)] = total - done - failed;
    step.itemsFailed = failed * 5;
    step.attemptsFailed = failed * 3 + 2;
    step.attemptsRetried = failed * 2 + 2;
    return step;
}

/// The same step as mini-batches one after the other, `each` seconds long, from `begin` on.
void play(StepPicture& step, std::uint32_t from, std::uint32_t to, MiniBatchState state, std::int64_t begin, double each)
{
    for (std::uint32_t i = from; i < to; ++i) {
        MiniBatchNow& now = step.miniBatches[i];
        --step.counts[static_cast<std::size_t>(now.state)];
        now.state = state;
        ++step.counts[static_cast<std::size_t>(now.state)];
        now.startMicros = begin + static_cast<std::int64_t>((i - from) * each * 1e6);
        now.elapsedSeconds = static_cast<float>(each);
        now.items = 5;
        now.returned = state == MiniBatchState::Done ? 5 : 0;
    }
}

constexpr std::int64_t kWeekend = 60LL * 3600 * 1'000'000;

/// Stopped on Friday with 50 of 200 done, resumed on Monday: 40 in 40 seconds since then, two of them failed; one worker.
StepPicture resumedStep()
{
    StepPicture step = stepOf(200, 0, 0);
    step.itemsFailed = 10;
    step.attemptsFailed = 0;
    step.attemptsRetried = 0;
    WorkerNow worker;
    worker.ready = true;
    step.workers.push_back(worker);
    play(step, 0, 50, MiniBatchState::Done, kStart, 1);
    play(step, 50, 88, MiniBatchState::Done, kStart + kWeekend, 1);
    play(step, 88, 90, MiniBatchState::Failed, kStart + kWeekend + 38'000'000, 1);
    return step;
}

pipeline::StepSpec specOf()
{
    pipeline::StepSpec spec;
    spec.kind = pipeline::StepKind::Parallel;
    spec.parallel.miniBatchErrorThreshold = 10;
    spec.parallel.progressUpdateTimeoutSeconds = 600;
    return spec;
}

std::string textOf(const std::vector<Budget>& budgets)
{
    std::string text;
    for (const Budget& budget : budgets) {
        text += fmt::format("{}: {}\n", json::enumName(budget.kind), budget.text);
    }
    return text;
}

} // namespace

class tst_budgets : public QObject
{
    Q_OBJECT

private slots:
    void what_is_used_is_projected_to_the_end()
    {
        const auto budgets = budgetsOf(stepOf(200, 36, 4), specOf(), kStart + 100'000'000);
        QCOMPARE(textOf(budgets),
            std::string("FailedMiniBatches: 4 of 10 allowed; at this rate 20: crossed in about 3 min\n"
                        "FailedItems: 20, no limit; at this rate 100 at the end\n"
                        "FailedPercent: 2.0 %, no limit; at this rate 10.0 % at the end\n"
                        "Retries: 10 of 400 retries used (2 for each mini-batch)\n"
                        "Progress: 5.0 s since something moved on, 10 min 0 s allowed\n"));
        QCOMPARE(*budgets[0].projected, 20.0);
        QCOMPARE(*budgets[0].crossesInSeconds, 150.0);
    }

    void a_rate_that_keeps_within_the_limit_crosses_nothing()
    {
        const auto budgets = budgetsOf(stepOf(200, 99, 1), specOf(), kStart + 100'000'000);
        QCOMPARE(budgets[0].text, std::string("1 of 10 allowed; at this rate 2 at the end"));
        QVERIFY(!budgets[0].crossesInSeconds);
    }

    void few_mini_batches_or_an_ended_step_project_nothing()
    {
        QVERIFY(!budgetsOf(stepOf(200, 5, 4), specOf(), kStart + 100'000'000)[0].projected);
        QVERIFY(!budgetsOf(stepOf(200, 36, 4), specOf(), 0)[0].projected);
        StepPicture over = stepOf(200, 190, 10);
        over.state = StepState::Completed;
        QCOMPARE(budgetsOf(over, specOf(), kStart + 100'000'000)[0].text, std::string("10 of 10 allowed"));
    }

    void a_limit_is_crossed_when_the_count_is_above_it()
    {
        QVERIFY(!budgetsOf(stepOf(20, 10, 10), specOf(), 0)[0].isCrossed);
        const Budget crossed = budgetsOf(stepOf(20, 9, 11), specOf(), 0)[0];
        QVERIFY(crossed.isCrossed);
        QCOMPARE(crossed.text, std::string("11 of 10 allowed: crossed"));
        auto spec = specOf();
        spec.parallel.allowedFailedPercent = 12.5;
        QCOMPARE(budgetsOf(stepOf(200, 100, 30), spec, 0)[2].text, std::string("15.0 % of 12.5 % allowed: crossed"));
    }

    void after_a_resume_the_pace_is_that_of_this_life()
    {
        const std::int64_t life = kStart + kWeekend - 5'000'000;
        const std::int64_t now = kStart + kWeekend + 40'000'000;
        const auto left = timeLeft(resumedStep(), now, life);
        QVERIFY(left.has_value());
        QVERIFY2(left->low > 90 && left->high < 130, left->text.c_str()); // 110 at one second each
        auto spec = specOf();
        spec.parallel.miniBatchErrorThreshold = 5;
        const Budget failed = budgetsOf(resumedStep(), spec, now, life)[0];
        QCOMPARE(*failed.projected, 2.0 + 2.0 / 40 * 110);
        QCOMPARE(*failed.crossesInSeconds, 60.0);
    }

    void a_repair_has_only_what_it_was_asked_for_to_do()
    {
        // Of 10,000 that were done in an hour, 60 had failed: they run again, 40 of them have ended.
        StepPicture step = stepOf(10'000, 0, 0);
        step.itemsFailed = 0;
        step.attemptsFailed = 60;
        step.attemptsRetried = 0;
        WorkerNow worker;
        worker.ready = true;
        step.workers.push_back(worker);
        play(step, 0, 9'000, MiniBatchState::Done, kStart, 0.36);
        const std::int64_t begin = kStart + kWeekend;
        step.repair = "100-159";
        play(step, 100, 140, MiniBatchState::Done, begin, 1);
        play(step, 140, 160, MiniBatchState::Pending, kStart, 1);
        const auto left = timeLeft(step, begin + 40'000'000, begin - 1'000'000); // 840 others wait for another day
        QVERIFY(left.has_value());
        QVERIFY2(left->low > 15 && left->high < 30, left->text.c_str());
    }

    void a_final_failure_used_no_retry_and_stays_none_when_it_is_mended()
    {
        RunPicture picture;
        std::uint64_t sequence = 0;
        const auto tell = [&](Fact fact) {
            ChangeSet ignored;
            ++sequence;
            picture.apply(Event { sequence, kStart + static_cast<std::int64_t>(sequence), std::move(fact) }, ignored);
        };
        const auto attempt = [&](AttemptOutcome outcome, bool final) {
            AttemptEnded ended;
            ended.outcome = outcome;
            ended.final = final;
            tell(ended);
        };
        auto spec = specOf();
        spec.parallel.maxRetries = 1;
        tell(RunStarted { "r", { "score" }, 1, false, 1, "host" });
        tell(StepPlanned { StepIndex(0), 1, 0, 0, 0 });
        attempt(AttemptOutcome::Exception, false);
        attempt(AttemptOutcome::Exception, true);
        QCOMPARE(budgetsOf(picture.steps()[0], spec, 0)[3].text, std::string("1 of 1 retries used (1 for each mini-batch)"));
        tell(MiniBatchesReopened { StepIndex(0), 1, "0" });
        attempt(AttemptOutcome::Exception, false);
        attempt(AttemptOutcome::Done, true);
        QCOMPARE(budgetsOf(picture.steps()[0], spec, 0)[3].text, std::string("2 of 2 retries used (1 for each mini-batch)"));
    }

    void a_command_has_no_budgets()
    {
        pipeline::StepSpec spec;
        QVERIFY(budgetsOf(stepOf(1, 0, 0), spec, 0).empty());
    }
};

SHEAF_TEST(tst_budgets)
#include "tst_budgets.moc"
