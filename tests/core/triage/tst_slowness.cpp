// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/slowness.h"
#include "core/triage/time_left.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <random>

using namespace sheaf;
using namespace sheaf::event;
using namespace sheaf::triage;

namespace {

constexpr std::int64_t kStart = 1'000'000'000;

/// A step of which all mini-batches are done, in 4 to 6 seconds each, on four nodes.
StepPicture usualStep(std::uint32_t total, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> seconds(5, 0.4F);
    StepPicture step;
    step.state = StepState::Running;
    step.miniBatches.resize(total);
    for (std::uint32_t i = 0; i < total; ++i) {
        auto& now = step.miniBatches[i];
        now.state = MiniBatchState::Done;
        now.items = 10;
        now.returned = 10;
        now.node = NodeIndex(i % 4);
        now.startMicros = kStart;
        now.elapsedSeconds = std::max(3.0F, seconds(random));
    }
    return step;
}

/// A queue worked off by `width` workers, seen at `atShare` of its mini-batches; returns when the last one really ended.
double play(StepPicture& step, std::uint32_t total, std::uint32_t width, double atShare, const std::function<double(std::uint32_t)>& secondsOf, double& nowSeconds)
{
    std::priority_queue<double, std::vector<double>, std::greater<>> freeAt;
    for (std::uint32_t i = 0; i < width; ++i) {
        freeAt.push(0);
        WorkerNow worker;
        worker.ready = true;
        step.workers.push_back(worker);
    }
    std::vector<std::pair<double, double>> times;
    std::vector<double> ends;
    for (std::uint32_t i = 0; i < total; ++i) {
        const double begin = freeAt.top();
        freeAt.pop();
        times.emplace_back(begin, begin + secondsOf(i));
        ends.push_back(times.back().second);
        freeAt.push(times.back().second);
    }
    std::sort(ends.begin(), ends.end());
    nowSeconds = ends[static_cast<std::size_t>(atShare * total)];
    step.state = StepState::Running;
    step.planned = true;
    step.firstAttemptMicros = kStart;
    step.miniBatches.resize(total);
    step.counts = {};
    for (std::uint32_t i = 0; i < total; ++i) {
        auto& now = step.miniBatches[i];
        const auto& [begin, end] = times[i];
        now.startMicros = kStart + static_cast<std::int64_t>(begin * 1e6);
        now.elapsedSeconds = static_cast<float>(end - begin);
        now.state = end <= nowSeconds ? MiniBatchState::Done : begin <= nowSeconds ? MiniBatchState::Running : MiniBatchState::Pending;
        ++step.counts[static_cast<std::size_t>(now.state)];
    }
    return ends.back() - nowSeconds;
}

std::int64_t microsAt(double seconds)
{
    return kStart + static_cast<std::int64_t>(seconds * 1e6);
}

} // namespace

class tst_slowness : public QObject
{
    Q_OBJECT

private slots:
    void planted_slow_ones_are_found_with_their_cause()
    {
        std::size_t planted = 0;
        std::size_t found = 0;
        std::size_t rightCause = 0;
        std::size_t falseMarks = 0;
        std::size_t all = 0;
        for (unsigned seed = 1; seed <= 20; ++seed) {
            StepPicture step = usualStep(400, seed);
            std::vector<std::pair<std::uint32_t, SlowCause>> truth;
            for (std::uint32_t i = 3; i < 400; i += 4) { // node 3 is slow, and did fewer for it
                if (i % 12 == 3) {
                    step.miniBatches[i].elapsedSeconds *= 3;
                    truth.emplace_back(i, SlowCause::SlowNode);
                } else {
                    step.miniBatches[i].node = NodeIndex(0);
                }
            }
            for (const std::uint32_t i : { 40U, 80U, 122U }) {
                step.miniBatches[i].items = 60;
                step.miniBatches[i].elapsedSeconds *= 6;
                truth.emplace_back(i, SlowCause::BigInput);
            }
            for (const std::uint32_t i : { 200U, 201U }) {
                step.miniBatches[i].state = MiniBatchState::Running;
                truth.emplace_back(i, SlowCause::Silence);
            }
            SlownessInput input;
            input.nowMicros = microsAt(60);
            input.lastLogMicros = [](MiniBatchIndex) { return microsAt(2); };
            const Slowness slowness = slownessOf(step, input);
            all += 400;
            planted += truth.size();
            for (const SlowMark& mark : slowness.marks) {
                const auto match = std::find_if(truth.begin(), truth.end(), [&](const auto& one) { return one.first == mark.miniBatch.value; });
                found += match != truth.end() ? 1 : 0;
                rightCause += match != truth.end() && match->second == mark.cause ? 1 : 0;
                falseMarks += match == truth.end() ? 1 : 0;
            }
        }
        QVERIFY2(static_cast<double>(found) >= 0.9 * static_cast<double>(planted), qPrintable(QStringLiteral("%1 of %2").arg(found).arg(planted)));
        QVERIFY2(static_cast<double>(rightCause) >= 0.9 * static_cast<double>(planted), qPrintable(QStringLiteral("%1 of %2").arg(rightCause).arg(planted)));
        QVERIFY2(static_cast<double>(falseMarks) <= 0.02 * static_cast<double>(all), qPrintable(QString::number(falseMarks)));
    }

    void a_slow_node_is_found_where_it_did_a_quarter_of_the_work()
    {
        StepPicture step = usualStep(400, 5);
        for (std::uint32_t i = 0; i < 400; i += 4) {
            step.miniBatches[i].elapsedSeconds *= 3;
        }
        const Slowness slowness = slownessOf(step, {});
        QCOMPARE(slowness.marks.size(), std::size_t { 100 });
        QCOMPARE(slowness.marks.front().cause, SlowCause::SlowNode);
        QVERIFY(slowness.sentenceOf(slowness.marks.front()).find("node 0 is slow (100 of 100 slow ones are there)") != std::string::npos);
    }

    void a_running_one_that_prints_is_slow_not_stuck()
    {
        StepPicture step = usualStep(100, 5);
        step.miniBatches[50].state = MiniBatchState::Running;
        SlownessInput input;
        input.nowMicros = microsAt(60);
        input.lastLogMicros = [](MiniBatchIndex) { return microsAt(59); };
        const Slowness slowness = slownessOf(step, input);
        QCOMPARE(slowness.marks.size(), std::size_t { 1 });
        QCOMPARE(slowness.marks[0].kind, SlowKind::Straggler);
        QVERIFY(slowness.marks[0].isRunning);
        input.lastLogMicros = [](MiniBatchIndex) { return std::int64_t { 0 }; };
        QCOMPARE(slownessOf(step, input).marks[0].kind, SlowKind::Stuck);
    }

    void a_large_input_is_known_by_its_bytes_too()
    {
        StepPicture step = usualStep(100, 5);
        step.miniBatches[50].elapsedSeconds = 40;
        SlownessInput input;
        input.inputBytes = [](MiniBatchIndex index) -> std::uint64_t { return index.value == 50 ? 8000 : 1000; };
        QCOMPARE(slownessOf(step, input).marks[0].cause, SlowCause::BigInput);
    }

    void few_or_quick_ones_are_not_slow()
    {
        StepPicture few = usualStep(12, 5);
        few.miniBatches[3].elapsedSeconds = 500;
        QVERIFY(!slownessOf(few, {}).isKnown());
        StepPicture quick = usualStep(100, 5);
        for (auto& now : quick.miniBatches) {
            now.elapsedSeconds *= 0.002F;
        }
        quick.miniBatches[3].elapsedSeconds = 0.2F; // twenty times the median, and nobody waits for it
        QVERIFY(slownessOf(quick, {}).marks.empty());
    }

    void a_million_is_one_pass()
    {
        const StepPicture step = usualStep(1'000'000, 5);
        QVERIFY(slownessOf(step, {}).isKnown());
    }

    void the_true_end_lies_in_the_range()
    {
        int inside = 0;
        int all = 0;
        for (unsigned seed = 1; seed <= 40; ++seed) {
            std::mt19937 random(seed);
            std::lognormal_distribution<double> uneven(1, 0.6);
            std::exponential_distribution<double> tail(0.3);
            const bool slowsDown = seed % 4 == 0;
            const auto seconds = [&](std::uint32_t i) {
                return (seed % 2 == 0 ? uneven(random) : 0.5 + tail(random)) * (slowsDown ? 1 + i / 2000.0 : 1);
            };
            for (const double share : { 0.1, 0.3, 0.6, 0.9 }) {
                StepPicture step;
                double now = 0;
                const double truth = play(step, 600, 8, share, seconds, now);
                const auto left = timeLeft(step, microsAt(now));
                QVERIFY(left.has_value());
                inside += left->low <= truth && truth <= left->high ? 1 : 0;
                ++all;
            }
        }
        QVERIFY2(inside >= 0.8 * all, qPrintable(QStringLiteral("%1 of %2").arg(inside).arg(all)));
    }

    void nothing_is_said_too_early()
    {
        StepPicture step;
        double now = 0;
        (void)play(step, 600, 8, 0.01, [](std::uint32_t) { return 5.0; }, now);
        QVERIFY(!timeLeft(step, microsAt(now))); // six have ended, sixteen are wanted
        StepPicture quick;
        (void)play(quick, 600, 8, 0.2, [](std::uint32_t) { return 0.5; }, now);
        QVERIFY(!timeLeft(quick, microsAt(now))); // 7.5 s, and most of it still to be seen
        StepPicture brief;
        (void)play(brief, 600, 8, 0.3, [](std::uint32_t) { return 0.5; }, now);
        QVERIFY(timeLeft(brief, microsAt(now)).has_value()); // as early, but it has seen enough
        StepPicture blink;
        (void)play(blink, 600, 8, 0.5, [](std::uint32_t) { return 0.05; }, now);
        QVERIFY(!timeLeft(blink, microsAt(now))); // less than 3 s
        StepPicture over;
        (void)play(over, 600, 8, 0.5, [](std::uint32_t) { return 5.0; }, now);
        QVERIFY(timeLeft(over, microsAt(now)).has_value());
        over.state = StepState::Completed;
        QVERIFY(!timeLeft(over, microsAt(now)));
    }

    void the_range_has_words()
    {
        StepPicture step;
        double now = 0;
        const double truth = play(step, 600, 8, 0.5, [](std::uint32_t) { return 5.0; }, now);
        const auto left = timeLeft(step, microsAt(now));
        QVERIFY(left->low <= truth && truth <= left->high);
        QCOMPARE(left->text, std::string("2–4 min"));
    }
};

SHEAF_TEST(tst_slowness)
#include "tst_slowness.moc"
