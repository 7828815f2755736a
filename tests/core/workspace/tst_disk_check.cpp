// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/disk_check.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

using namespace sheaf;

class tst_disk_check : public QObject
{
    Q_OBJECT

    static constexpr std::uint64_t kMiB = 1024 * 1024;

    static std::string told(std::uint64_t free, std::uint64_t copies)
    {
        const auto findings = workspace::diskFindings(free, copies, "/runs", "/job/pipeline.yml");
        return findings.empty() ? "" : std::string(json::enumName(findings.front().severity)) + " " + findings.front().code;
    }

private slots:
    void room_enough_is_no_news()
    {
        QCOMPARE(told(200 * kMiB, 0), std::string());
        QCOMPARE(told(300 * kMiB, 100 * kMiB), std::string());
    }

    void little_room_is_a_warning_with_both_figures()
    {
        QCOMPARE(told(200 * kMiB - 1, 0), std::string("Warning disk-low"));
        QCOMPARE(told(1024 * kMiB, 900 * kMiB), std::string("Warning disk-low"));
        const auto finding = workspace::diskFindings(150 * kMiB, 100 * kMiB, "/runs", "/job/pipeline.yml").front();
        QVERIFY(finding.message.find("150.0 MiB are free at /runs") != std::string::npos);
        QVERIFY(finding.message.find("about 300.0 MiB") != std::string::npos);
        QVERIFY(finding.fix.find("--workspace") != std::string::npos);
        QCOMPARE(finding.file, std::string("/job/pipeline.yml"));
    }

    void a_full_disk_is_an_error()
    {
        QCOMPARE(told(0, 0), std::string("Error disk-full"));
        QCOMPARE(told(kMiB - 1, 5), std::string("Error disk-full"));
        QCOMPARE(told(kMiB, 0), std::string("Warning disk-low"));
    }

    void the_copies_of_the_code_are_counted_for_each_step()
    {
        const test::TempFolder folder;
        folder.write("src/big.bin", "");
        folder.write("src/.git/pack", "");
        const auto free = std::filesystem::space(folder.path()).available;
        std::filesystem::resize_file(folder.path() / "src/big.bin", free / 2 + kMiB); // a hole takes no room
        pipeline::RunSpec spec;
        spec.jobFile = "job.yml";
        spec.steps.resize(2);
        const auto runDir = folder.path() / ".sheaf" / "runs" / "r";
        QVERIFY(workspace::checkDisk(spec, runDir).empty() || free < 201 * kMiB);
        for (auto& step : spec.steps) {
            step.kind = pipeline::StepKind::Command;
            step.command.code = (folder.path() / "src").string();
        }
        const auto findings = workspace::checkDisk(spec, runDir);
        QCOMPARE(findings.size(), std::size_t { 1 });
        QCOMPARE(findings.front().code, std::string("disk-low"));
        QVERIFY(!std::filesystem::exists(folder.path() / ".sheaf"));
    }
};

SHEAF_TEST(tst_disk_check)
#include "tst_disk_check.moc"
