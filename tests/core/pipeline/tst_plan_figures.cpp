// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/plan_figures.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::pipeline;

namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

StepSpec stepWith(int nodes, int perNode)
{
    StepSpec step;
    step.kind = StepKind::Parallel;
    step.instanceCount = nodes;
    step.parallel.maxConcurrencyPerInstance = perNode;
    return step;
}

plan::PlanSizes sizes(std::uint32_t miniBatches, std::uint64_t largest, plan::SizeUnit unit = plan::SizeUnit::Files)
{
    plan::PlanSizes made;
    made.unit = unit;
    made.miniBatches = miniBatches;
    made.smallest = made.largest = largest;
    made.largestBytes = unit == plan::SizeUnit::Bytes ? largest : 0;
    return made;
}

} // namespace

/// What follows from a plan and the settings.
class tst_plan_figures : public QObject
{
    Q_OBJECT

private slots:
    void workers_and_waves()
    {
        const auto figures = planFigures(stepWith(2, 4), sizes(1240, 1), nullptr, { 16, 0 });
        QCOMPARE(figures.workers, 8U);
        QCOMPARE(figures.waves, 155U);
        QCOMPARE(planFigures(stepWith(2, 4), sizes(1241, 1), nullptr, {}).waves, 156U);
        QCOMPARE(planFigures(stepWith(1, 4), sizes(0, 0), nullptr, {}).waves, 0U);
        QCOMPARE(planFigures(stepWith(3, 0), sizes(10, 1), nullptr, { 6, 0 }).workers, 18U); // the machine's cores
    }

    void any_number_may_fail_by_default()
    {
        const auto figures = planFigures(stepWith(1, 1), sizes(10, 1), nullptr, {});
        QVERIFY(!figures.failures.has_value());
        QVERIFY(figures.failuresSetting.empty());
    }

    void the_limit_that_bites_first_is_told()
    {
        StepSpec step = stepWith(1, 1);
        step.parallel.miniBatchErrorThreshold = 5;
        QCOMPARE(planFigures(step, sizes(100, 1), nullptr, {}).failures.value(), 5U);
        step.parallel.allowedFailedPercent = 3;
        auto figures = planFigures(step, sizes(100, 1), nullptr, {});
        QCOMPARE(figures.failures.value(), 3U);
        QCOMPARE(figures.failuresSetting, std::string("allowed_failed_percent"));
        step.parallel.errorThreshold = 25; // items of mini-batches of ten files
        figures = planFigures(step, sizes(100, 10), nullptr, {});
        QCOMPARE(figures.failures.value(), 2U);
        QCOMPARE(figures.failuresSetting, std::string("error_threshold"));
        step.parallel.miniBatchErrorThreshold = 0;
        QCOMPARE(planFigures(step, sizes(100, 10), nullptr, {}).failures.value(), 0U);
        step = stepWith(1, 1);
        step.parallel.miniBatchErrorThreshold = 10; // of ten
        QVERIFY(!planFigures(step, sizes(10, 1), nullptr, {}).failures.has_value());
    }

    void rows_of_a_table_are_not_turned_into_mini_batches()
    {
        StepSpec step = stepWith(1, 1);
        step.parallel.errorThreshold = 500;
        auto figures = planFigures(step, sizes(100, kMiB, plan::SizeUnit::Bytes), nullptr, {});
        QVERIFY(!figures.failures.has_value());
        QCOMPARE(figures.failedRows.value(), 500U);
        step.parallel.errorThreshold = 0;
        figures = planFigures(step, sizes(100, kMiB, plan::SizeUnit::Bytes), nullptr, {});
        QCOMPARE(figures.failures.value(), 0U);
        QVERIFY(!figures.failedRows.has_value());
    }

    /// For every percentage and number: one more failure is what core/runtime/attempts.cpp ends the step for.
    void a_percentage_is_counted_as_the_run_counts_it()
    {
        for (const double percent : { 0.0, 0.1, 1.0, 3.3, 10.0, 29.0, 33.333, 50.0, 58.0, 99.9 }) {
            for (std::uint32_t all = 1; all <= 300; ++all) {
                StepSpec step = stepWith(1, 1);
                step.parallel.allowedFailedPercent = percent;
                const auto failed = planFigures(step, sizes(all, 1), nullptr, {}).failures;
                QVERIFY(failed.has_value());
                QVERIFY(100.0 * static_cast<double>(*failed) / all <= percent);
                QVERIFY(100.0 * static_cast<double>(*failed + 1) / all > percent);
            }
        }
    }

    void memory_grows_with_the_largest_mini_batch_of_a_table()
    {
        const StepSpec step = stepWith(1, 4);
        QCOMPARE(planFigures(step, sizes(100, 1), nullptr, {}).memoryBytes, 4 * kWorkerBytes);
        const auto table = planFigures(step, sizes(100, 100 * kMiB, plan::SizeUnit::Bytes), nullptr, { 4, 5000 * kMiB });
        QCOMPARE(table.memoryBytes, 4 * (kTableWorkerBytes + 1000 * kMiB));
        QVERIFY(table.isMemoryHigh);
        QVERIFY(!planFigures(step, sizes(100, 100 * kMiB, plan::SizeUnit::Bytes), nullptr, { 4, 8000 * kMiB }).isMemoryHigh);
        // Two mini-batches keep two workers busy.
        QCOMPARE(planFigures(step, sizes(2, 100 * kMiB, plan::SizeUnit::Bytes), nullptr, {}).memoryBytes,
            4 * kTableWorkerBytes + 2000 * kMiB);
        plan::PlanHeader header;
        header.bytes = 100 * kMiB;
        header.miniBatches = 10;
        QCOMPARE(planFigures(step, sizes(10, 3, plan::SizeUnit::RowGroups), &header, {}).memoryBytes,
            4 * (kTableWorkerBytes + 100 * kMiB));
    }
};

SHEAF_TEST(tst_plan_figures)
#include "tst_plan_figures.moc"
