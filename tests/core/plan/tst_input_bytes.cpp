// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/input_bytes.h"
#include "tests/core/plan/plan_support.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <filesystem>

using namespace sheaf;
using namespace sheaf::plan;

class tst_input_bytes : public QObject
{
    Q_OBJECT

private slots:
    void the_files_of_a_mini_batch_are_added_up_and_one_that_is_gone_counts_nothing()
    {
        const test::TempFolder folder;
        for (int i = 0; i < 5; ++i) {
            folder.write("in/" + std::to_string(i), std::string(static_cast<std::size_t>(i + 1), 'x'));
        }
        VERIFY_OK(writePlan(test::requestFor(folder.path() / "in", 2), folder.path() / "plan"));
        const auto plan = PlanFile::open(folder.path() / "plan");
        VERIFY_OK(plan);
        QCOMPARE(inputBytesOf(*plan), (std::vector<std::uint64_t> { 3, 7, 5 }));
        std::filesystem::remove(folder.path() / "in/3");
        QCOMPARE(inputBytesOf(*plan), (std::vector<std::uint64_t> { 3, 3, 5 }));
    }
};

SHEAF_TEST(tst_input_bytes)
#include "tst_input_bytes.moc"
