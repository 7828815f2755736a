// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/mini_batch_list.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::event;

class tst_mini_batch_list : public QObject
{
    Q_OBJECT

private slots:
    void numbers_in_any_order_become_ranges()
    {
        const MiniBatchList list({ MiniBatchIndex(20), MiniBatchIndex(4), MiniBatchIndex(3), MiniBatchIndex(5), MiniBatchIndex(4) });
        QCOMPARE(list.text(), std::string("3-5,20"));
        QCOMPARE(list.count(), std::uint64_t { 4 });
    }

    void what_is_written_is_read()
    {
        const auto list = MiniBatchList::parse(" 20, 3-5 ,4-7,8");
        QVERIFY(list);
        QCOMPARE(list->text(), std::string("3-8,20"));
        QVERIFY(list->contains(MiniBatchIndex(3)) && list->contains(MiniBatchIndex(8)) && list->contains(MiniBatchIndex(20)));
        QVERIFY(!list->contains(MiniBatchIndex(2)) && !list->contains(MiniBatchIndex(9)) && !list->contains(MiniBatchIndex(21)));
        QCOMPARE(list->last(), std::optional<std::uint32_t>(20));
        QCOMPARE(list->all(5), (std::vector { MiniBatchIndex(3), MiniBatchIndex(4) }));
    }

    void the_largest_numbers_do_not_run_over()
    {
        const auto list = MiniBatchList::parse("0-4294967295");
        QVERIFY(list);
        QCOMPARE(list->count(), std::uint64_t { 4294967296 });
        QCOMPARE(list->all(2).size(), std::size_t { 2 });
    }

    void what_is_no_list_is_refused()
    {
        for (const char* text : { "x", "3-", "-3", "5-3", "3,,4", "4294967296", "1.5", "+3" }) {
            QVERIFY2(!MiniBatchList::parse(text), text);
        }
        QVERIFY(MiniBatchList::parse("")->isEmpty());
    }
};

SHEAF_TEST(tst_mini_batch_list)
#include "tst_mini_batch_list.moc"
