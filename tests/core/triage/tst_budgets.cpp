// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/budgets.h"
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

    void a_command_has_no_budgets()
    {
        pipeline::StepSpec spec;
        QVERIFY(budgetsOf(stepOf(1, 0, 0), spec, 0).empty());
    }
};

SHEAF_TEST(tst_budgets)
#include "tst_budgets.moc"
