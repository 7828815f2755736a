// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/mailbox.h"
#include "tests/support/test_runner.h"

#include <memory>
#include <thread>

using namespace sheaf;

class tst_mailbox : public QObject
{
    Q_OBJECT

private slots:
    void the_first_into_an_empty_box_is_told_to_wake_the_taker()
    {
        Mailbox<int> box;
        QVERIFY(box.put(1));
        QVERIFY(!box.put(2));
        QCOMPARE(box.takeAll(), std::vector<int>({ 1, 2 }));
        QVERIFY(box.put(3));
    }

    void an_empty_box_gives_nothing()
    {
        Mailbox<int> box;
        QVERIFY(box.takeAll().empty());
        QVERIFY(box.waitAll(std::chrono::milliseconds(1)).empty());
    }

    void values_that_can_only_be_moved_go_through()
    {
        Mailbox<std::unique_ptr<int>> box;
        box.put(std::make_unique<int>(5));
        QCOMPARE(*box.takeAll().at(0), 5);
    }

    void nothing_is_lost_or_doubled_and_each_putter_s_order_stays()
    {
        constexpr int kPutters = 4;
        constexpr int kEach = 5000;
        Mailbox<std::pair<int, int>> box;
        std::vector<int> next(kPutters, 0);
        int received = 0;
        bool inOrder = true;
        {
            std::vector<std::jthread> putters;
            for (int who = 0; who < kPutters; ++who) {
                putters.emplace_back([&box, who] {
                    for (int i = 0; i < kEach; ++i) {
                        box.put({ who, i });
                    }
                });
            }
            while (received < kPutters * kEach) {
                const auto values = box.waitAll(std::chrono::seconds(10));
                if (values.empty()) {
                    break; // lost: the comparison below says how many
                }
                for (const auto& [who, number] : values) {
                    inOrder = inOrder && number == next[static_cast<std::size_t>(who)]++;
                    ++received;
                }
            }
        }
        QCOMPARE(received, kPutters * kEach);
        QVERIFY(inOrder);
        QVERIFY(box.takeAll().empty());
    }
};

SHEAF_TEST(tst_mailbox)
#include "tst_mailbox.moc"
