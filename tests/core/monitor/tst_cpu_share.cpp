// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/clock.h"
#include "core/monitor/cpu_share.h"
#include "tests/support/test_runner.h"

#include <ctime>
#include <sched.h>

using namespace sheaf;

namespace {

double cpuSeconds()
{
    timespec used {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

void burn(double seconds)
{
    for (const double end = cpuSeconds() + seconds; cpuSeconds() < end;) { }
}

} // namespace

class tst_cpu_share : public QObject
{
    Q_OBJECT

private slots:
    void what_this_process_takes_is_seen()
    {
        monitor::CpuShare share;
        const double begin = monotonicSeconds();
        QCOMPARE(share.measure(begin).ownCores, 0.0); // nothing to compare with
        burn(0.1);
        const double end = monotonicSeconds();
        const auto used = share.measure(end);
        QVERIFY2(used.ownCores >= 0.1 / (end - begin) && used.ownCores < 0.3 / (end - begin), qPrintable(QString::number(used.ownCores)));
    }

    void only_the_cores_that_it_may_use_count_as_idle()
    {
        cpu_set_t before;
        QCOMPARE(sched_getaffinity(0, sizeof before, &before), 0);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (std::size_t core = 0; core < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++core) {
            if (CPU_ISSET(core, &before)) {
                CPU_SET(core, &one);
            }
        }
        QCOMPARE(sched_setaffinity(0, sizeof one, &one), 0);
        monitor::CpuShare share;
        (void)share.measure(monotonicSeconds());
        burn(0.3); // this one core is ours for most of the time
        const auto used = share.measure(monotonicSeconds());
        QCOMPARE(sched_setaffinity(0, sizeof before, &before), 0);
        QVERIFY2(used.idleCores >= 0 && used.idleCores < 0.7, qPrintable(QString::number(used.idleCores)));
    }
};

SHEAF_TEST(tst_cpu_share)
#include "tst_cpu_share.moc"
