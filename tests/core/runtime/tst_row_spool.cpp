// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/row_spool.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <utility>

using namespace sheaf;
using namespace sheaf::runtime;
namespace fs = std::filesystem;

namespace {

/// A spool in a folder of its own, and where each mini-batch's rows lie in it.
struct Spooled
{
    test::TempFolder folder;
    std::vector<RowSpan> rows;
    bool ok = true;

    [[nodiscard]] fs::path spool() const { return folder.path() / "rows.spool"; }
    [[nodiscard]] fs::path output() const { return folder.path() / "out.csv"; }

    void keep(RowSpool& spool, std::size_t miniBatch, const std::string& bytes)
    {
        const auto begin = spool.append(bytes);
        ok = ok && begin.has_value();
        rows.resize(std::max(rows.size(), miniBatch + 1));
        rows[miniBatch] = { begin.value_or(0), begin.value_or(0) + bytes.size() };
    }
};

std::string rowsOf(int miniBatch, std::size_t bytes)
{
    std::string text = "mini-batch " + std::to_string(miniBatch) + " ";
    while (text.size() + 1 < bytes) {
        text += static_cast<char>(
            'a' + (text.size() * 7 + static_cast<std::size_t>(miniBatch)) % 26);
    }
    return text + "\n";
}

} // namespace

class tst_row_spool : public QObject
{
    Q_OBJECT

private slots:
    void rows_come_in_the_order_of_the_plan_not_of_arrival()
    {
        Spooled it;
        auto spool = RowSpool::open(it.spool());
        VERIFY_OK(spool);
        it.keep(*spool, 2, "c\n");
        it.keep(*spool, 0, "a\n");
        it.keep(*spool, 1, "b1\nb2\n");
        QVERIFY(it.ok);
        VERIFY_OK(assembleRows(it.spool(), it.rows, "", it.output()));
        QCOMPARE(test::readAll(it.output()), std::string("a\nb1\nb2\nc\n"));
    }

    void mini_batches_without_rows_leave_no_trace()
    {
        Spooled it;
        auto spool = RowSpool::open(it.spool());
        VERIFY_OK(spool);
        it.keep(*spool, 1, "b\n");
        it.keep(*spool, 4, "e\n");
        it.keep(*spool, 3, "");
        it.rows.resize(7);
        VERIFY_OK(assembleRows(it.spool(), it.rows, "", it.output()));
        QCOMPARE(test::readAll(it.output()), std::string("b\ne\n"));
    }

    void the_header_comes_once_and_first()
    {
        Spooled it;
        auto spool = RowSpool::open(it.spool());
        VERIFY_OK(spool);
        it.keep(*spool, 1, "2 y\n");
        it.keep(*spool, 0, "1 x\n");
        VERIFY_OK(assembleRows(it.spool(), it.rows, "n name", it.output()));
        QCOMPARE(test::readAll(it.output()), std::string("n name\n1 x\n2 y\n"));
    }

    void small_and_large_pieces_are_all_there_data()
    {
        QTest::addColumn<bool>("backwards");
        QTest::newRow("as they arrived") << false;
        QTest::newRow("in the reverse order") << true;
    }
    void small_and_large_pieces_are_all_there()
    {
        QFETCH(bool, backwards);
        const std::vector<std::size_t> sizes { 30, 262143, 262144, 40, 3000000, 262145, 50, 1048576,
            1048577, 20, 100000, 1000000, 60 };
        Spooled it;
        auto spool = RowSpool::open(it.spool());
        VERIFY_OK(spool);
        std::string expected = "head\n";
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            const std::size_t miniBatch = backwards ? sizes.size() - 1 - i : i;
            it.keep(*spool, miniBatch, rowsOf(static_cast<int>(miniBatch), sizes[miniBatch]));
        }
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            expected += rowsOf(static_cast<int>(i), sizes[i]);
        }
        VERIFY_OK(assembleRows(it.spool(), it.rows, "head", it.output()));
        const std::string found = test::readAll(it.output());
        QCOMPARE(found.size(), expected.size());
        QVERIFY(found == expected);
    }

    void many_small_pieces_out_of_order_are_all_there()
    {
        constexpr std::size_t kCount = 2000;
        Spooled it;
        auto spool = RowSpool::open(it.spool());
        VERIFY_OK(spool);
        std::string expected;
        for (std::size_t i = 0; i < kCount; ++i) {
            const std::size_t miniBatch = i * 7919 % kCount; // 7919 is prime: each comes once
            it.keep(*spool, miniBatch, rowsOf(static_cast<int>(miniBatch), 500 + miniBatch % 500));
        }
        for (std::size_t i = 0; i < kCount; ++i) {
            expected += rowsOf(static_cast<int>(i), 500 + i % 500);
        }
        QVERIFY(it.ok);
        VERIFY_OK(assembleRows(it.spool(), it.rows, "", it.output()));
        QVERIFY(test::readAll(it.output()) == expected);
    }

    void bytes_that_no_event_names_are_never_read()
    {
        Spooled it;
        {
            auto spool = RowSpool::open(it.spool());
            VERIFY_OK(spool);
            it.keep(*spool, 0, "a\n");
            VERIFY_OK(spool->append("half a row of a coordinator that di"));
        }
        auto spool = RowSpool::open(it.spool()); // the next life goes on behind it
        VERIFY_OK(spool);
        it.keep(*spool, 1, "b\n");
        VERIFY_OK(assembleRows(it.spool(), it.rows, "", it.output()));
        QCOMPARE(test::readAll(it.output()), std::string("a\nb\n"));
    }

    void a_spool_shorter_than_its_events_is_an_error_and_leaves_no_output()
    {
        for (const std::uint64_t end : { std::uint64_t(100), std::uint64_t(5000000) }) {
            Spooled it;
            it.folder.write("rows.spool", "a\n");
            COMPARE_ERROR(assembleRows(it.spool(), { { 0, end } }, "", it.output()), ErrorCode::Io);
            QVERIFY(!fs::exists(it.output()));
            QVERIFY(!fs::exists(it.output().string() + ".partial"));
        }
    }

    void an_output_of_an_earlier_life_is_replaced_whole()
    {
        Spooled it;
        it.folder.write("out.csv", std::string(1000, 'x'));
        auto spool = RowSpool::open(it.spool());
        VERIFY_OK(spool);
        it.keep(*spool, 0, "a\n");
        VERIFY_OK(assembleRows(it.spool(), it.rows, "", it.output()));
        QCOMPARE(test::readAll(it.output()), std::string("a\n"));
    }

    void a_moved_spool_goes_on()
    {
        Spooled it;
        auto opened = RowSpool::open(it.spool());
        VERIFY_OK(opened);
        it.keep(*opened, 0, "a\n");
        RowSpool moved = std::move(*opened);
        it.keep(moved, 1, "b\n");
        QCOMPARE(it.rows[1].begin, std::uint64_t(2));
        QCOMPARE(test::readAll(it.spool()), std::string("a\nb\n"));
    }

    void no_spool_is_said_so()
    {
        const Spooled it;
        COMPARE_ERROR(assembleRows(it.spool(), {}, "", it.output()), ErrorCode::NotFound);
        COMPARE_ERROR(RowSpool::open(it.folder.path() / "none" / "rows"), ErrorCode::NotFound);
    }
};

SHEAF_TEST(tst_row_spool)
#include "tst_row_spool.moc"
