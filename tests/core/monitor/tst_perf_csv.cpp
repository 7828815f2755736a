// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/perf_csv.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <QStringList>

using namespace sheaf;
using namespace sheaf::monitor;

namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

NodeSample sampleOf(std::uint32_t node)
{
    NodeSample sample;
    sample.timeMicros = 1'700'000'000'250'000;
    sample.node = NodeIndex(node);
    sample.cpuPercent = 37.5F;
    sample.memoryTotalBytes = 8000 * kMiB;
    sample.memoryAvailableBytes = 6000 * kMiB;
    sample.diskReadCount = 3;
    sample.diskWriteBytes = kMiB / 2;
    sample.networkSentBytes = 10 * kMiB;
    sample.tcpConnections = 4;
    sample.diskTotalBytes = 1000 * kMiB;
    sample.diskUsedBytes = 250 * kMiB;
    sample.diskFreeBytes = 750 * kMiB;
    sample.processes.push_back({ .name = "score/process003", .pid = 7, .cpuPercent = 99.5F, .cpuUserSeconds = 1.25,
        .rssBytes = 80 * kMiB, .threads = 5 });
    return sample;
}

/// The file's rows, cut at commas.
std::vector<QStringList> rowsOf(const std::filesystem::path& path)
{
    std::vector<QStringList> rows;
    const QString text = QString::fromStdString(test::readAll(path));
    for (const QString& line : text.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        rows.push_back(line.split(QLatin1Char(',')));
    }
    return rows;
}

} // namespace

class tst_perf_csv : public QObject
{
    Q_OBJECT

private slots:
    void every_value_stands_under_its_column()
    {
        test::TempFolder folder;
        VERIFY_OK(PerfCsv(folder.path()).append(sampleOf(1)));
        const auto node = rowsOf(folder.path() / "1" / "node_resource_usage.csv");
        QCOMPARE(node.size(), 2U);
        QCOMPARE(node[0].size(), node[1].size());
        const auto value = [&](const char* column) { return node[1].value(node[0].indexOf(QLatin1String(column))); };
        QCOMPARE(value("Cpu Percent"), QStringLiteral("37.5"));
        QCOMPARE(value("Memory Used (MB)"), QStringLiteral("2000.0"));
        QCOMPARE(value("Memory Used Percent"), QStringLiteral("25.0"));
        QCOMPARE(value("Disk Io Read Count"), QStringLiteral("3"));
        QCOMPARE(value("Disk Io Write (MB)"), QStringLiteral("0.50"));
        QCOMPARE(value("Network Sent (MB)"), QStringLiteral("10.00"));
        QCOMPARE(value("# of TCP Connections"), QStringLiteral("4"));

        const auto processes = rowsOf(folder.path() / "1" / "processes_resource_usage.csv");
        QCOMPARE(processes.size(), 2U);
        QCOMPARE(processes[0].size(), processes[1].size());
        QCOMPARE(processes[1].value(processes[0].indexOf(QStringLiteral("Name"))), QStringLiteral("score/process003"));
        QCOMPARE(processes[1].value(processes[0].indexOf(QStringLiteral("Memory Used Percent"))), QStringLiteral("1.00"));
        QCOMPARE(processes[1].value(processes[0].indexOf(QStringLiteral("Thread Num"))), QStringLiteral("5"));

        const auto disk = rowsOf(folder.path() / "1" / "node_disk_usage.csv");
        QCOMPARE(disk.size(), 2U);
        QCOMPARE(disk[1].mid(1), QStringList({ QStringLiteral("1000.0"), QStringLiteral("250.0"), QStringLiteral("750.0"), QStringLiteral("25.0") }));
    }

    void a_file_that_is_there_goes_on_under_one_head_and_each_node_has_its_own()
    {
        test::TempFolder folder;
        VERIFY_OK(PerfCsv(folder.path()).append(sampleOf(0)));
        VERIFY_OK(PerfCsv(folder.path()).append(sampleOf(0)));
        VERIFY_OK(PerfCsv(folder.path()).append(sampleOf(1)));
        QCOMPARE(rowsOf(folder.path() / "0" / "node_resource_usage.csv").size(), 3U);
        QCOMPARE(rowsOf(folder.path() / "1" / "node_resource_usage.csv").size(), 2U);
        QCOMPARE(rowsOf(folder.path() / "0" / "node_disk_usage.csv")[0].front(), QStringLiteral("Utc Time"));
        QVERIFY(rowsOf(folder.path() / "0" / "node_disk_usage.csv")[2].front() != QStringLiteral("Utc Time"));
    }

    void a_folder_that_cannot_be_made_is_an_error()
    {
        test::TempFolder folder;
        folder.write("perf", "a file where the folder should be");
        QVERIFY(!PerfCsv(folder.path() / "perf").append(sampleOf(0)));
    }
};

SHEAF_TEST(tst_perf_csv)
#include "tst_perf_csv.moc"
