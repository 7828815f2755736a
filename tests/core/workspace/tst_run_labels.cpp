// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/debug_session.h"
#include "core/workspace/run_labels.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <chrono>
#include <filesystem>

using namespace sheaf;
using namespace sheaf::workspace;

class tst_run_labels : public QObject
{
    Q_OBJECT

    test::TempFolder m_folder;
    Workspace m_workspace { m_folder.path() };

private slots:
    void init()
    {
        m_folder.write(".sheaf/runs/one/run.json", R"({ "run": "one" })");
        m_folder.write(".sheaf/runs/one/outputs/rows", std::string(100'000, 'x'));
        m_folder.write(".sheaf/runs/two/run.json", R"({ "run": "two" })");
        m_folder.write(".sheaf/debug/one-work-3-1/rows", "x");
        m_folder.write(".sheaf/debug/two-work-3-1/rows", "x");
    }

    void what_is_said_of_a_run_is_kept_with_it_each_tag_once()
    {
        QVERIFY(labelsOf(m_workspace, "one").tags.empty());
        VERIFY_OK(setLabels(m_workspace, "one", { { " good ", "", "baseline", "good" }, "second\nline" }));
        const auto labels = labelsOf(m_workspace, "one");
        QCOMPARE(labels.tags, (std::vector<std::string> { "good", "baseline" }));
        QCOMPARE(labels.note, std::string("second\nline"));
        const auto runs = m_workspace.runs();
        VERIFY_OK(runs);
        for (const auto& run : *runs) {
            QCOMPARE(run.tags.size(), run.run == "one" ? std::size_t { 2 } : std::size_t { 0 });
        }
    }

    void labels_that_cannot_be_read_are_none()
    {
        m_folder.write(".sheaf/runs/two/labels.json", "{ half");
        QVERIFY(labelsOf(m_workspace, "two").tags.empty());
    }

    void a_run_is_taken_away_with_what_was_run_aside_for_it_and_no_other()
    {
        const auto before = sizeOf(m_workspace, "one");
        QVERIFY(before.bytes >= 100'000);
        QVERIFY(before.files >= 3);
        VERIFY_OK(removeRun(m_workspace, "one"));
        QVERIFY(!std::filesystem::exists(m_folder.path() / ".sheaf/runs/one"));
        QVERIFY(!std::filesystem::exists(m_folder.path() / ".sheaf/debug/one-work-3-1"));
        QVERIFY(std::filesystem::exists(m_folder.path() / ".sheaf/debug/two-work-3-1"));
        QCOMPARE(m_workspace.runs()->size(), std::size_t { 1 });
        const auto again = removeRun(m_workspace, "one");
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::RunMissing);
    }

    void of_what_was_run_aside_the_newest_are_kept_and_what_still_runs()
    {
        namespace fs = std::filesystem;
        const fs::path debug = m_folder.path() / ".sheaf/debug";
        fs::remove_all(debug);
        for (int i = 0; i < 25; ++i) {
            const fs::path folder = debug / ("one-work-3-" + std::to_string(i));
            fs::create_directories(folder / "code");
            fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::hours(100 - i));
        }
        fs::create_directories(debug / ".removed-one-work-2-1/code");
        const fs::path here = fs::current_path();
        fs::current_path(debug / "one-work-3-1/code");
        sweepDebugFolders(m_workspace);
        fs::current_path(here);
        QStringList left;
        for (const auto& entry : fs::directory_iterator(debug)) {
            left << QString::fromStdString(entry.path().filename().string());
        }
        QCOMPARE(left.size(), 21);
        QVERIFY(left.contains(QStringLiteral("one-work-3-1")));
        QVERIFY(!left.contains(QStringLiteral("one-work-3-4")));
        QVERIFY(left.contains(QStringLiteral("one-work-3-5")));
        QVERIFY(left.contains(QStringLiteral("one-work-3-24")));
    }
};

SHEAF_TEST(tst_run_labels)
#include "tst_run_labels.moc"
