// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/plan_file.h"
#include "tests/core/plan/plan_support.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <fstream>

using namespace sheaf;
using namespace sheaf::plan;

class tst_plan_file : public QObject
{
    Q_OBJECT

    static std::size_t filesIn(const std::filesystem::path& folder)
    {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder), {}));
    }

private slots:
    void a_plan_that_was_written_is_read_back_line_by_line()
    {
        const test::TempFolder folder;
        for (int i = 0; i < 25; ++i) {
            folder.write("in/" + std::to_string(100 + i), "");
        }
        const auto request = test::requestFor(folder.path() / "in", 10);
        const auto header = writePlan(request, folder.path() / "deep/plan");
        VERIFY_OK(header);
        QCOMPARE(filesIn(folder.path() / "deep/plan"), std::size_t { 2 });
        auto opened = PlanFile::open(folder.path() / "deep/plan");
        VERIFY_OK(opened);
        PlanFile plan = std::move(*opened);
        const auto direct = test::planOf(request);
        VERIFY_OK(direct);
        QCOMPARE(plan.count(), 3U);
        for (std::uint32_t i = 0; i < plan.count(); ++i) {
            QCOMPARE(std::string(plan.line(MiniBatchIndex(i))), direct->lines[i]);
        }
        QVERIFY(plan.line(MiniBatchIndex(3)).empty());
        QCOMPARE(json::serialize(plan.header()), json::serialize(*header));
        QCOMPARE(plan.header().fingerprint, direct->header.fingerprint);
    }

    void the_same_inputs_give_the_same_bytes()
    {
        const test::TempFolder folder;
        folder.write("in/a", "");
        folder.write("in/b", "");
        VERIFY_OK(writePlan(test::requestFor(folder.path() / "in"), folder.path() / "one"));
        VERIFY_OK(writePlan(test::requestFor(folder.path() / "in"), folder.path() / "two"));
        for (const char* name : { "plan.json", "plan.jsonl" }) {
            QVERIFY(!test::readAll(folder.path() / "one" / name).empty());
            QCOMPARE(test::readAll(folder.path() / "one" / name),
                test::readAll(folder.path() / "two" / name));
        }
    }

    void a_plan_that_was_changed_is_refused()
    {
        const test::TempFolder folder;
        folder.write("in/a", "");
        VERIFY_OK(writePlan(test::requestFor(folder.path() / "in"), folder.path() / "score"));
        std::ofstream(folder.path() / "score/plan.jsonl", std::ios::app) << "{\"files\":[\"b\"]}\n";
        const auto opened = PlanFile::open(folder.path() / "score");
        COMPARE_ERROR(opened, ErrorCode::PlanChanged);
        QCOMPARE(opened.error().arg("step"), std::string("score"));
    }

    void a_plan_that_is_not_there_is_not_found()
    {
        const test::TempFolder folder;
        COMPARE_ERROR(PlanFile::open(folder.path()), ErrorCode::NotFound);
    }

    void a_plan_that_fails_leaves_nothing()
    {
        const test::TempFolder folder;
        std::filesystem::create_directory(folder.path() / "in");
        COMPARE_ERROR(writePlan(test::requestFor(folder.path() / "in"), folder.path() / "plan"),
            ErrorCode::InputEmpty);
        QCOMPARE(filesIn(folder.path() / "plan"), std::size_t { 0 });
    }

    void a_plan_that_cannot_be_written_says_where()
    {
        const test::TempFolder folder;
        folder.write("in/a", "");
        folder.write("plan", "a file, where the folder should be");
        const auto header
            = writePlan(test::requestFor(folder.path() / "in"), folder.path() / "plan");
        QVERIFY(!header.has_value());
        QVERIFY(header.error().arg("path").starts_with((folder.path() / "plan").string()));
    }
};

SHEAF_TEST(tst_plan_file)
#include "tst_plan_file.moc"
