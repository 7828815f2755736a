// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/text.h"
#include "tests/support/test_runner.h"

#include <limits>

using namespace sheaf;

using Words = std::vector<std::string>;

class tst_text : public QObject
{
    Q_OBJECT

private slots:
    void a_command_line_is_split_as_a_shell_does()
    {
        QCOMPARE(text::splitCommandLine("a  b\tc\nd"), Words({ "a", "b", "c", "d" }));
        QCOMPARE(
            text::splitCommandLine("--name 'two words' x"), Words({ "--name", "two words", "x" }));
        QCOMPARE(text::splitCommandLine("a\"b c\"'d e'f"), Words({ "ab cd ef" }));
        QCOMPARE(text::splitCommandLine("a\\ b \"c\\\"d\" \"e\\\\f\" \"g\\h\" 'i\\j'"),
            Words({ "a b", "c\"d", "e\\f", "g\\h", "i\\j" }));
    }

    void an_empty_quoted_word_is_a_word()
    {
        QCOMPARE(text::splitCommandLine("a '' \"\" b"), Words({ "a", "", "", "b" }));
        QCOMPARE(text::splitCommandLine("   "), Words());
    }

    void a_line_end_behind_a_backslash_joins_lines()
    {
        QCOMPARE(text::splitCommandLine("--a 1 \\\n--b 2"), Words({ "--a", "1", "--b", "2" }));
    }

    void an_open_quote_is_refused()
    {
        QVERIFY(!text::splitCommandLine("a 'b"));
        QVERIFY(!text::splitCommandLine("a \"b\\\""));
    }

    void split_and_join_are_each_others_reverse()
    {
        for (const std::string one : { "", ",", "a", "a,b", ",a,,b," }) {
            QCOMPARE(text::join(text::split(one, ','), ","), one);
        }
        QCOMPARE(text::split("a,,b", ','), Words({ "a", "", "b" }));
        QCOMPARE(text::split("", ','), Words({ "" }));
    }

    void trim_takes_blanks_of_both_ends_only()
    {
        QCOMPARE(text::trim(" \t a b\r\n"), std::string_view("a b"));
        QCOMPARE(text::trim(" \n "), std::string_view());
    }

    void a_number_is_the_whole_text_or_none()
    {
        QCOMPARE(text::toInt(" 42 "), std::optional<std::int64_t>(42));
        QCOMPARE(text::toInt("+7"), std::optional<std::int64_t>(7));
        QCOMPARE(text::toInt("-9223372036854775808"),
            std::optional<std::int64_t>(std::numeric_limits<std::int64_t>::min()));
        for (const char* wrong :
            { "", " ", "4x", "4.0", "0x10", "1e3", "9223372036854775808", "--1", "+", "+-1", "-+1", "++1", "+ 1" }) {
            QVERIFY2(!text::toInt(wrong), wrong);
        }
    }

    void a_double_is_finite()
    {
        QCOMPARE(text::toDouble("1.5e3"), std::optional<double>(1500.0));
        QCOMPARE(text::toDouble("+.5"), std::optional<double>(0.5));
        for (const char* wrong : { "", "nan", "inf", "1e999", "1,5", "1.5x", "+-1", "-+1.5", "++.5" }) {
            QVERIFY2(!text::toDouble(wrong), wrong);
        }
    }

    void sizes_times_and_counts_are_said_for_people()
    {
        QCOMPARE(text::humanBytes(0), std::string("0 B"));
        QCOMPARE(text::humanBytes(1023), std::string("1023 B"));
        QCOMPARE(text::humanBytes(1024), std::string("1.0 KiB"));
        QCOMPARE(text::humanBytes(1468006), std::string("1.4 MiB"));
        QCOMPARE(text::humanSeconds(0.25), std::string("250 ms"));
        QCOMPARE(text::humanSeconds(12), std::string("12.0 s"));
        QCOMPARE(text::humanSeconds(200), std::string("3 min 20 s"));
        QCOMPARE(text::humanSeconds(3660), std::string("1 h 1 min"));
        QCOMPARE(text::humanCount(0), std::string("0"));
        QCOMPARE(text::humanCount(999), std::string("999"));
        QCOMPARE(text::humanCount(1000), std::string("1,000"));
        QCOMPARE(text::humanCount(1234567), std::string("1,234,567"));
    }

    void rounding_never_reaches_the_next_unit_in_the_smaller_one()
    {
        QCOMPARE(text::humanBytes(1048524), std::string("1023.9 KiB"));
        QCOMPARE(text::humanBytes(1048575), std::string("1.0 MiB"));
        QCOMPARE(text::humanBytes((std::uint64_t { 1 } << 30) - 1), std::string("1.0 GiB"));
        QCOMPARE(text::humanBytes(std::uint64_t { 1 } << 50), std::string("1024.0 TiB")); // the last one
        QCOMPARE(text::humanSeconds(0.9994), std::string("999 ms"));
        QCOMPARE(text::humanSeconds(0.9996), std::string("1.0 s"));
        QCOMPARE(text::humanSeconds(59.94), std::string("59.9 s"));
        QCOMPARE(text::humanSeconds(59.96), std::string("1 min 0 s"));
        QCOMPARE(text::humanSeconds(3599.4), std::string("59 min 59 s"));
        QCOMPARE(text::humanSeconds(3599.6), std::string("1 h 0 min"));
    }

    void a_swap_of_neighbours_is_one_edit()
    {
        QCOMPARE(text::editDistance("", "abc"), 3);
        QCOMPARE(text::editDistance("abc", "abc"), 0);
        QCOMPARE(text::editDistance("abc", "acb"), 1);
        QCOMPARE(text::editDistance("kitten", "sitting"), 3);
    }

    void the_nearest_word_is_offered_only_when_it_may_be_meant()
    {
        const Words known { "mini_batch_size", "max_concurrency_per_instance", "error_threshold" };
        QCOMPARE(
            text::nearest("mini_bach_size", known), std::optional<std::string>("mini_batch_size"));
        QCOMPARE(
            text::nearest("Error_Treshold", known), std::optional<std::string>("error_threshold"));
        QVERIFY(!text::nearest("compute", known));
        QVERIFY(!text::nearest("xy", { "ab" }));
    }
};

SHEAF_TEST(tst_text)
#include "tst_text.moc"
