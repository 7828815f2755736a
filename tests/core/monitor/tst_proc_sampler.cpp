// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/proc_sampler.h"
#include "tests/support/test_runner.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

using namespace sheaf;
using namespace sheaf::monitor;

namespace {

double ownCpuSeconds()
{
    timespec now {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

} // namespace

class tst_proc_sampler : public QObject
{
    Q_OBJECT

private slots:
    void the_node_has_figures_that_belong_together()
    {
        ProcSampler sampler;
        const NodeSample sample = sampler.sample(NodeIndex(2), 5'000'000, {});
        QCOMPARE(sample.node, NodeIndex(2));
        QCOMPARE(sample.timeMicros, std::int64_t { 5'000'000 });
        QVERIFY(sample.memoryTotalBytes > 0);
        QVERIFY(sample.memoryAvailableBytes > 0 && sample.memoryAvailableBytes <= sample.memoryTotalBytes);
        QVERIFY(sample.diskTotalBytes > 0);
        QVERIFY(sample.diskUsedBytes + sample.diskFreeBytes <= sample.diskTotalBytes);
        QVERIFY(sample.processes.empty());
    }

    void cpu_of_a_process_is_what_it_used_since_the_sample_before()
    {
        ProcSampler sampler;
        const std::vector<SampledProcess> own { { "own", ::getpid() } };
        const NodeSample first = sampler.sample({}, 1'000'000, own);
        QCOMPARE(first.processes.size(), 1U);
        QCOMPARE(first.processes[0].name, std::string("own"));
        QVERIFY(first.processes[0].rssBytes > 1'000'000);
        QVERIFY(first.processes[0].threads >= 1);
        const double before = ownCpuSeconds();
        while (ownCpuSeconds() - before < 0.2) { // /proc counts in ticks of 10 ms
        }
        // The wall clock is the caller's: half a second by it, two tenths of work in it.
        const NodeSample second = sampler.sample({}, 1'500'000, own);
        QCOMPARE(second.intervalSeconds, 0.5F);
        QVERIFY2(second.processes[0].cpuPercent >= 36 && second.processes[0].cpuPercent <= 50,
            std::to_string(second.processes[0].cpuPercent).c_str());
        QVERIFY(second.processes[0].cpuUserSeconds + second.processes[0].cpuSystemSeconds
            >= first.processes[0].cpuUserSeconds + first.processes[0].cpuSystemSeconds + 0.18);
    }

    void one_that_has_ended_is_left_out_and_the_others_stay()
    {
        const pid_t child = ::fork();
        if (child == 0) {
            ::_exit(0);
        }
        QCOMPARE(::waitpid(child, nullptr, 0), child);
        ProcSampler sampler;
        const NodeSample sample = sampler.sample({}, 1, { { "gone", child }, { "own", ::getpid() } });
        QCOMPARE(sample.processes.size(), 1U);
        QCOMPARE(sample.processes[0].name, std::string("own"));
    }
};

SHEAF_TEST(tst_proc_sampler)
#include "tst_proc_sampler.moc"
