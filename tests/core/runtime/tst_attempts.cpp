// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/attempts.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::runtime;
using event::AttemptOutcome;

namespace {

constexpr NodeIndex kHere { 0 };
constexpr NodeIndex kThere { 1 };

/// Attempts of `count` mini-batches that says its answers by the mini-batch's number.
struct Desk
{
    Attempts attempts;

    Desk(std::uint32_t count, const AttemptRules& rules)
        : attempts(rules)
    {
        attempts.plan(count);
    }
    /// The number of the mini-batch that `node` gets; -1 for none.
    int next(NodeIndex node = kHere)
    {
        const auto handOut = attempts.next(node);
        return handOut ? static_cast<int>(handOut->miniBatch.value) : -1;
    }
    std::vector<int> rest()
    {
        std::vector<int> all;
        for (int one = next(); one >= 0; one = next()) {
            all.push_back(one);
        }
        return all;
    }
    [[nodiscard]] AttemptId current(std::uint32_t miniBatch) const
    {
        return attemptIdOf(
            {}, attempts.picked(MiniBatchIndex(miniBatch)), MiniBatchIndex(miniBatch));
    }
    void done(std::uint32_t miniBatch, std::uint32_t items = 1, std::uint32_t returned = 1)
    {
        attempts.onDone(
            current(miniBatch), items, returned, { miniBatch * 10ULL, miniBatch * 10ULL + 5 });
    }
    bool failed(std::uint32_t miniBatch, std::uint32_t items = 1, NodeIndex node = kHere)
    {
        return attempts.onFailed(current(miniBatch), items, node, ProcessNumber(4));
    }
    void lost(std::uint32_t miniBatch) { attempts.onLost(current(miniBatch)); }
};

event::AttemptEnded ended(
    std::uint32_t miniBatch, std::uint16_t picked, AttemptOutcome outcome, std::uint32_t items = 1)
{
    event::AttemptEnded one;
    one.miniBatch = MiniBatchIndex(miniBatch);
    one.picked = picked;
    one.outcome = outcome;
    one.items = items;
    one.returned = outcome == AttemptOutcome::Done ? items : 0;
    one.rowsBegin = miniBatch * 10ULL;
    one.rowsEnd = one.rowsBegin + 5;
    return one;
}

} // namespace

class tst_attempts : public QObject
{
    Q_OBJECT

private slots:
    void mini_batches_go_out_in_the_order_of_the_plan()
    {
        Desk desk(4, {});
        QCOMPARE(desk.attempts.waiting(), 4U);
        QCOMPARE(desk.rest(), std::vector<int>({ 0, 1, 2, 3 }));
        QCOMPARE(desk.attempts.inFlight(), 4U);
        QCOMPARE(desk.attempts.waiting(), 0U);
        QVERIFY(!desk.attempts.allEnded());
    }

    void a_failed_one_waits_behind_those_not_tried_yet()
    {
        Desk desk(3, {});
        desk.next();
        QVERIFY(!desk.failed(0));
        QCOMPARE(desk.attempts.waiting(), 3U);
        QCOMPARE(desk.rest(), std::vector<int>({ 1, 2, 0 }));
    }

    void a_lost_one_goes_before_all_others_and_costs_no_try()
    {
        AttemptRules rules;
        rules.maxRetries = 0;
        Desk desk(3, rules);
        desk.next();
        desk.next();
        desk.lost(0);
        QCOMPARE(desk.next(), 0);
        for (int i = 0; i < 5; ++i) {
            desk.lost(0);
            QCOMPARE(desk.next(), 0);
        }
        desk.done(0);
        QCOMPARE(desk.attempts.done(), 1U);
        QCOMPARE(desk.attempts.failed(), 0U);
        QCOMPARE(desk.rest(), std::vector<int>({ 2 }));
    }

    void after_max_retries_a_failure_is_final()
    {
        AttemptRules rules;
        rules.maxRetries = 2;
        Desk desk(1, rules);
        for (std::uint32_t i = 0; i < 2; ++i) {
            QCOMPARE(desk.next(), 0);
            QVERIFY(!desk.failed(0));
            QCOMPARE(desk.attempts.picked(MiniBatchIndex(0)), i + 1);
            QCOMPARE(desk.attempts.failed(), 0U);
        }
        QCOMPARE(desk.next(), 0);
        QVERIFY(desk.failed(0));
        QCOMPARE(desk.attempts.failed(), 1U);
        QVERIFY(desk.attempts.allEnded());
        QCOMPARE(desk.next(), -1);
    }

    void without_retries_the_first_failure_is_final()
    {
        AttemptRules rules;
        rules.maxRetries = 0;
        Desk desk(1, rules);
        desk.next();
        QVERIFY(desk.failed(0));
    }

    void a_hand_out_says_who_failed_it_last()
    {
        Desk desk(1, {});
        const auto first = desk.attempts.next(kHere);
        QVERIFY(first && !first->retried);
        QCOMPARE(first->picked, 1U);
        desk.failed(0, 1, kThere);
        const auto second = desk.attempts.next(kHere);
        QVERIFY(second && second->retried);
        QCOMPARE(second->picked, 2U);
        QCOMPARE(second->lastNode, kThere);
        QCOMPARE(second->lastProcess, ProcessNumber(4));
    }

    void a_retry_goes_to_another_node_where_one_such_waits()
    {
        Desk desk(2, {});
        desk.rest();
        desk.failed(0, 1, kHere);
        desk.failed(1, 1, kThere);
        QCOMPARE(desk.next(kHere), 1);
        QCOMPARE(desk.next(kHere), 0); // rather the same node than none
    }

    void only_the_last_hand_out_is_current()
    {
        Desk desk(2, {});
        QVERIFY(
            !desk.attempts.isCurrent(attemptIdOf({}, 1, MiniBatchIndex(0)))); // not handed out yet
        desk.next();
        const AttemptId old = desk.current(0);
        QVERIFY(desk.attempts.isCurrent(old));
        desk.lost(0);
        QVERIFY(!desk.attempts.isCurrent(old));
        desk.next();
        QVERIFY(!desk.attempts.isCurrent(old));
        QVERIFY(desk.attempts.isCurrent(desk.current(0)));
        desk.done(0);
        QVERIFY(!desk.attempts.isCurrent(desk.current(0)));
        QVERIFY(
            !desk.attempts.isCurrent(attemptIdOf({}, 1, MiniBatchIndex(99)))); // no such mini-batch
    }

    void rows_lie_by_mini_batch_and_those_of_failed_ones_are_empty()
    {
        AttemptRules rules;
        rules.maxRetries = 0;
        Desk desk(3, rules);
        desk.rest();
        desk.done(2);
        desk.failed(1);
        desk.done(0);
        const auto& rows = desk.attempts.rows();
        QCOMPARE(rows.size(), std::size_t(3));
        QCOMPARE(rows[0].end, std::uint64_t(5));
        QCOMPARE(rows[1].end, rows[1].begin);
        QCOMPARE(rows[2].begin, std::uint64_t(20));
        QVERIFY(desk.attempts.allEnded());
    }

    void error_threshold_counts_items_of_final_failures_and_those_not_returned()
    {
        AttemptRules rules;
        rules.maxRetries = 1;
        rules.errorThreshold = 5;
        Desk desk(4, rules);
        desk.rest();
        desk.failed(0, 100); // will be tried again: does not count
        QVERIFY(!desk.attempts.crossedLimit());
        desk.done(1, 10, 8);
        QCOMPARE(desk.attempts.itemsFailed(), std::uint64_t(2));
        desk.done(2, 10, 12); // more rows than items is no failure and makes none good
        desk.done(3, 10, 7);
        QCOMPARE(desk.attempts.itemsFailed(), std::uint64_t(5));
        QVERIFY(!desk.attempts.crossedLimit()); // 5 is not more than 5
        desk.next();
        desk.failed(0, 1);
        QCOMPARE(desk.attempts.itemsFailed(), std::uint64_t(105)); // as many as any try has seen
        QVERIFY(desk.attempts.crossedLimit());
        QCOMPARE(desk.attempts.crossedLimit()->limit, std::string("error_threshold"));
        QCOMPARE(desk.attempts.crossedLimit()->value, std::string("5"));
    }

    void error_threshold_of_zero_allows_none_and_minus_one_any_number()
    {
        AttemptRules rules;
        rules.errorThreshold = 0;
        Desk strict(1, rules);
        strict.next();
        strict.done(0, 2, 1);
        QVERIFY(strict.attempts.crossedLimit());

        Desk lenient(1, {});
        lenient.next();
        lenient.done(0, 1000000, 0);
        QVERIFY(!lenient.attempts.crossedLimit());
    }

    void mini_batch_error_threshold_is_crossed_by_one_more()
    {
        AttemptRules rules;
        rules.maxRetries = 0;
        rules.miniBatchErrorThreshold = 1;
        Desk desk(3, rules);
        desk.rest();
        desk.failed(0);
        QVERIFY(!desk.attempts.crossedLimit());
        desk.failed(1);
        QVERIFY(desk.attempts.crossedLimit());
        QCOMPARE(desk.attempts.crossedLimit()->limit, std::string("mini_batch_error_threshold"));
    }

    void allowed_failed_percent_is_of_all_mini_batches()
    {
        AttemptRules rules;
        rules.maxRetries = 0;
        rules.allowedFailedPercent = 25;
        Desk desk(8, rules);
        desk.rest();
        desk.failed(0);
        desk.failed(1);
        QVERIFY(!desk.attempts.crossedLimit()); // 25 %
        desk.failed(2);
        QVERIFY(desk.attempts.crossedLimit());
        QCOMPARE(desk.attempts.crossedLimit()->limit, std::string("allowed_failed_percent"));
    }

    void with_no_limit_all_may_fail()
    {
        AttemptRules rules;
        rules.maxRetries = 0;
        Desk desk(2, rules);
        desk.rest();
        desk.failed(0);
        desk.failed(1);
        QVERIFY(!desk.attempts.crossedLimit());
        QVERIFY(desk.attempts.allEnded());
    }

    void a_restore_leaves_only_what_was_not_done()
    {
        Desk desk(4, {});
        desk.attempts.restore(ended(2, 1, AttemptOutcome::Done));
        desk.attempts.restore(ended(0, 1, AttemptOutcome::Lost));
        desk.attempts.restore(ended(0, 2, AttemptOutcome::Done));
        QCOMPARE(desk.attempts.waiting(), 2U);
        QCOMPARE(desk.attempts.inFlight(), 0U);
        QCOMPARE(desk.attempts.done(), 2U);
        QCOMPARE(desk.attempts.rows()[2].begin, std::uint64_t(20));
        QCOMPARE(desk.rest(), std::vector<int>({ 1, 3 }));
    }

    void a_restored_failure_keeps_its_charges()
    {
        AttemptRules rules;
        rules.maxRetries = 1;
        Desk desk(2, rules);
        desk.attempts.restore(ended(0, 1, AttemptOutcome::Timeout));
        QCOMPARE(desk.attempts.reopen(), 0U); // was still to be tried
        QCOMPARE(desk.rest(), std::vector<int>({ 1, 0 }));
        QCOMPARE(desk.attempts.picked(MiniBatchIndex(0)), 2U);
        QVERIFY(desk.failed(0));
    }

    void reopening_gives_failed_ones_all_their_tries_back()
    {
        AttemptRules rules;
        rules.maxRetries = 1;
        rules.miniBatchErrorThreshold = 0;
        Desk desk(2, rules);
        desk.attempts.restore(ended(0, 1, AttemptOutcome::Exception, 7));
        desk.attempts.restore(ended(0, 2, AttemptOutcome::WorkerDied, 7));
        QCOMPARE(desk.attempts.failed(), 1U);
        QCOMPARE(desk.attempts.itemsFailed(), std::uint64_t(7));
        QVERIFY(desk.attempts.crossedLimit());
        QCOMPARE(desk.attempts.reopen(), 1U);
        QVERIFY(!desk.attempts.crossedLimit());
        QCOMPARE(desk.attempts.itemsFailed(), std::uint64_t(0));
        QCOMPARE(desk.rest(), std::vector<int>({ 1, 0 }));
        QVERIFY(!desk.failed(0, 7));
        QCOMPARE(desk.next(), 0);
        QVERIFY(desk.failed(0, 7));
        QCOMPARE(desk.attempts.picked(MiniBatchIndex(0)), 4U);
    }

    void a_third_life_folds_what_the_second_reopened()
    {
        AttemptRules rules;
        rules.maxRetries = 0;
        Desk desk(2, rules);
        desk.attempts.restore(ended(0, 1, AttemptOutcome::Exception, 3)); // first life
        desk.attempts.restore(ended(1, 1, AttemptOutcome::Exception, 4));
        desk.attempts.restore(ended(0, 2, AttemptOutcome::Done, 3)); // second life
        desk.attempts.restore(ended(1, 2, AttemptOutcome::Exception, 4));
        QCOMPARE(desk.attempts.done(), 1U);
        QCOMPARE(desk.attempts.failed(), 1U);
        QCOMPARE(desk.attempts.itemsFailed(), std::uint64_t(4));
        QCOMPARE(desk.attempts.reopen(), 1U);
        QCOMPARE(desk.rest(), std::vector<int>({ 1 }));
    }

    void an_event_of_a_mini_batch_that_the_plan_has_not_is_passed_over()
    {
        Desk desk(1, {});
        desk.attempts.restore(ended(1, 1, AttemptOutcome::Done));
        QCOMPARE(desk.attempts.done(), 0U);
        QCOMPARE(desk.attempts.waiting(), 1U);
    }
};

SHEAF_TEST(tst_attempts)
#include "tst_attempts.moc"
