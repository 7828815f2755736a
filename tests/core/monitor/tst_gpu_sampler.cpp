// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/gpu_sampler.h"
#include "tests/support/test_runner.h"

using namespace sheaf::monitor;

class tst_gpu_sampler : public QObject
{
    Q_OBJECT

private slots:
    void the_last_line_of_each_processor_counts_however_it_comes_in()
    {
        const std::string printed = "0, 35, 1024, 16384\n1, 0, 10, 16384\n0, 80, 2048, 16384\n";
        for (const std::size_t piece : { 1U, 7U, 100U }) {
            GpuSampler sampler;
            for (std::size_t at = 0; at < printed.size(); at += piece) {
                sampler.feed(std::string_view(printed).substr(at, piece));
            }
            QCOMPARE(sampler.latest().size(), std::size_t { 2 });
            QCOMPARE(sampler.latest()[0].percent, 80.0F);
            QCOMPARE(sampler.latest()[0].memoryUsedBytes, std::uint64_t { 2048ULL << 20 });
            QCOMPARE(sampler.latest()[1].index, 1);
        }
    }

    void a_message_is_no_figure_and_what_is_not_told_is_not_zero()
    {
        GpuSampler sampler;
        sampler.feed("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n\n");
        QVERIFY(sampler.latest().empty());
        sampler.feed("0, [N/A], 5, 100\n");
        QCOMPARE(sampler.latest().size(), std::size_t { 1 });
        QVERIFY(sampler.latest()[0].percent < 0);
    }
};

SHEAF_TEST(tst_gpu_sampler)
#include "tst_gpu_sampler.moc"
