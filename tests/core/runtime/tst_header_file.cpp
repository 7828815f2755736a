// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/header_file.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::runtime;

class tst_header_file : public QObject
{
    Q_OBJECT

private slots:
    void it_is_that_of_the_lowest_mini_batch_whatever_the_order()
    {
        const test::TempFolder folder;
        auto file = HeaderFile::open(folder.path() / "rows.headers");
        VERIFY_OK(file);
        QCOMPARE(file->header(), std::string_view());
        for (const auto& [miniBatch, header, written] :
            { std::tuple { 7U, "a b", true }, { 9U, "c", false }, { 3U, "d \"é\"", true }, { 3U, "e", false } }) {
            const auto kept = file->keep(MiniBatchIndex(miniBatch), header);
            VERIFY_OK(kept);
            QCOMPARE(*kept, written);
        }
        QCOMPARE(file->header(), std::string_view("d \"é\""));
        QCOMPARE(file->all().size(), 2U);
    }

    void it_is_known_again_and_a_torn_line_is_dropped()
    {
        const test::TempFolder folder;
        const auto path = folder.path() / "rows.headers";
        {
            auto file = HeaderFile::open(path);
            VERIFY_OK(file);
            VERIFY_OK(file->keep(MiniBatchIndex(5), "five"));
        }
        folder.write("rows.headers", test::readAll(path) + "[2,\"tw");
        auto again = HeaderFile::open(path);
        VERIFY_OK(again);
        QCOMPARE(again->header(), std::string_view("five"));
        VERIFY_OK(again->keep(MiniBatchIndex(1), "one"));
        const auto last = HeaderFile::open(path);
        VERIFY_OK(last);
        QCOMPARE(last->header(), std::string_view("one"));
        QCOMPARE(last->all().size(), 2U);
    }
};

SHEAF_TEST(tst_header_file)
#include "tst_header_file.moc"
