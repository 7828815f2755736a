// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/run_labels.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

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
};

SHEAF_TEST(tst_run_labels)
#include "tst_run_labels.moc"
