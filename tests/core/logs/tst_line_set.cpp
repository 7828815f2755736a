// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/line_set.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <random>

using namespace sheaf::logs;

class tst_line_set : public QObject
{
    Q_OBJECT

private slots:
    void every_number_and_every_place_is_found_again()
    {
        std::mt19937 random(3);
        LineSet set;
        std::vector<std::uint64_t> all;
        std::uint64_t number = 0;
        for (int i = 0; i < 70000; ++i) { // several full pieces and an open one
            number += i % 1000 == 0 ? 5'000'000'000ULL : 1 + random() % 300;
            set.add(number);
            all.push_back(number);
        }
        QCOMPARE(set.size(), std::uint64_t { all.size() });
        for (std::uint64_t i = 0; i < all.size(); ++i) {
            QCOMPARE(set.at(i), all[i]);
        }
        for (int i = 0; i < 20000; ++i) {
            const std::uint64_t wanted = i % 2 == 0 ? all[random() % all.size()] : random() % (number + 100);
            const auto place = static_cast<std::uint64_t>(std::lower_bound(all.begin(), all.end(), wanted) - all.begin());
            QCOMPARE(set.placeOf(wanted), place);
            QCOMPARE(set.holds(wanted), std::binary_search(all.begin(), all.end(), wanted));
        }
        QCOMPARE(set.placeOf(number + 1), set.size());
        QCOMPARE(set.placeOf(0), std::uint64_t { 0 });
    }

    void a_copy_stays_as_it_is_when_the_other_grows()
    {
        LineSet set;
        for (std::uint64_t i = 0; i < 20000; ++i) {
            set.add(i * 3);
        }
        const LineSet copy = set;
        for (std::uint64_t i = 20000; i < 60000; ++i) {
            set.add(i * 3);
        }
        QCOMPARE(copy.size(), std::uint64_t { 20000 });
        QCOMPARE(copy.placeOf(1'000'000), std::uint64_t { 20000 });
        QCOMPARE(set.at(20000), std::uint64_t { 60000 });
    }

    void a_hundred_numbers_cost_few_bytes()
    {
        LineSet set;
        for (std::uint64_t i = 0; i < 1'000'000; ++i) {
            set.add(i * 120);
        }
        QVERIFY2(set.bytes() < 1'400'000, std::to_string(set.bytes()).c_str());
    }

    void of_nothing_nothing_is_found()
    {
        const LineSet set;
        QCOMPARE(set.placeOf(5), std::uint64_t { 0 });
        QVERIFY(!set.holds(0));
    }
};

SHEAF_TEST(tst_line_set)
#include "tst_line_set.moc"
