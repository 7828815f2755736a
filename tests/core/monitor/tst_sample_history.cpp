// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/sample_history.h"
#include "tests/support/test_runner.h"

#include <cmath>

using namespace sheaf;
using namespace sheaf::monitor;

namespace {

NodeSample sampleOf(std::uint32_t node, int second)
{
    NodeSample sample;
    sample.node = NodeIndex(node);
    sample.timeMicros = second * 1'000'000LL + node;
    sample.intervalSeconds = second == 0 ? 0 : 1;
    sample.costSeconds = second == 0 ? 0 : 0.5F;
    sample.cpuPercent = static_cast<float>(second % 2 == 0 ? 20 : 60);
    sample.memoryTotalBytes = 1000;
    sample.memoryAvailableBytes = second == 777 ? 10 : 500;
    sample.diskReadBytes = static_cast<std::uint64_t>(second) * 100;
    ProcessSample process;
    process.name = "work/process000";
    process.cpuPercent = sample.cpuPercent;
    process.rssBytes = second == 777 ? 990 : 300;
    sample.processes.push_back(process);
    return sample;
}

} // namespace

class tst_sample_history : public QObject
{
    Q_OBJECT

private slots:
    void few_samples_are_kept_as_they_are()
    {
        SampleHistory history;
        for (int second = 0; second < 50; ++second) {
            history.add(sampleOf(0, second));
        }
        QCOMPARE(history.samples().size(), std::size_t { 50 });
        QCOMPARE(history.stride(), 1U);
        QCOMPARE(history.samples()[7].timeMicros, std::int64_t { 7'000'000 });
    }

    void a_long_run_fits_and_nothing_that_was_most_is_lost()
    {
        constexpr int kSeconds = 20'000;
        SampleHistory history(1000);
        for (int second = 0; second < kSeconds; ++second) {
            for (std::uint32_t node = 0; node < 3; ++node) {
                history.add(sampleOf(node, second));
            }
        }
        const auto& samples = history.samples();
        QVERIFY(samples.size() <= 500);
        QVERIFY(samples.size() > 200);
        double seconds = 0;
        double cost = 0;
        bool hasLeast = false;
        std::int64_t last[3] = { -1, -1, -1 };
        std::uint64_t counter[3] = { 0, 0, 0 };
        for (const auto& sample : samples) {
            const std::uint32_t node = sample.node.value;
            QVERIFY(sample.timeMicros > last[node]);
            QVERIFY(sample.diskReadBytes >= counter[node]);
            last[node] = sample.timeMicros;
            counter[node] = sample.diskReadBytes;
            seconds += static_cast<double>(sample.intervalSeconds);
            cost += static_cast<double>(sample.costSeconds);
            hasLeast = hasLeast || (sample.memoryAvailableBytes == 10 && sample.processes.front().rssBytes == 990);
            QCOMPARE(sample.processes.size(), std::size_t { 1 });
            if (sample.intervalSeconds >= 2 && static_cast<int>(sample.intervalSeconds) % 2 == 0) {
                QVERIFY(std::abs(sample.cpuPercent - 40) < 1);
            }
        }
        QCOMPARE(seconds, 3.0 * (kSeconds - 1));
        QCOMPARE(cost, 1.5 * (kSeconds - 1));
        QVERIFY(hasLeast);
        for (std::uint32_t node = 0; node < 3; ++node) {
            QCOMPARE(last[node], (kSeconds - 1) * 1'000'000LL + node); // the newest is always there
        }
    }

    void a_process_that_ended_is_still_there()
    {
        SampleHistory history(10);
        for (int second = 0; second < 200; ++second) {
            NodeSample sample = sampleOf(0, second);
            if (second > 100) {
                sample.processes.clear();
            }
            history.add(std::move(sample));
        }
        QVERIFY(history.stride() > 1);
        QVERIFY(!history.samples().front().processes.empty());
        QVERIFY(history.samples().back().processes.empty());
    }

    void few_of_each_stay_when_one_alone_is_too_much()
    {
        SampleHistory history(10);
        for (int second = 0; second < 1000; ++second) {
            for (std::uint32_t node = 0; node < 30; ++node) {
                history.add(sampleOf(node, second));
            }
        }
        QVERIFY(history.samples().size() >= 30 * SampleHistory::kFewestOfNode / 2);
        QVERIFY(history.samples().size() <= 30 * SampleHistory::kFewestOfNode + 1);
    }
};

SHEAF_TEST(tst_sample_history)
#include "tst_sample_history.moc"
