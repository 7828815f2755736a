// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/line_diff.h"
#include "tests/support/test_runner.h"

#include <random>

using namespace sheaf::text;

namespace {

/// "1-2:1-3": lines from 1 on, of the text before and of the text after; an empty range names the line it lies before.
std::string words(const std::vector<LineChange>& changes)
{
    std::string all;
    for (const auto& c : changes) {
        all += (all.empty() ? "" : " ") + std::to_string(c.beginBefore) + "-" + std::to_string(c.endBefore) + ":" + std::to_string(c.beginAfter) + "-" + std::to_string(c.endAfter);
    }
    return all;
}

std::vector<std::string> split(const std::string& text)
{
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        lines.push_back(text.substr(at, end - at));
        at = end;
    }
    return lines;
}

/// The text after, made from the text before and the changes: proves that the lines outside of the changes are the same.
std::string rebuilt(const std::string& before, const std::string& after)
{
    const auto old = split(before);
    const auto now = split(after);
    std::string all;
    std::size_t at = 0;
    std::size_t last = 0;
    for (const auto& change : lineChanges(before, after)) {
        if (last != 0 && change.beginBefore == last && change.beginBefore == change.endBefore) {
            return "touching";
        }
        for (; at < change.beginBefore; ++at) {
            all += old[at];
        }
        for (std::size_t i = change.beginAfter; i < change.endAfter; ++i) {
            all += now[i];
        }
        at = last = change.endBefore;
    }
    for (; at < old.size(); ++at) {
        all += old[at];
    }
    return all;
}

/// Lines that must be touched at least, by trying all.
std::size_t fewest(const std::string& before, const std::string& after)
{
    const auto a = split(before);
    const auto b = split(after);
    std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
    for (std::size_t i = a.size(); i-- > 0;) {
        for (std::size_t j = b.size(); j-- > 0;) {
            common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
        }
    }
    return a.size() + b.size() - 2 * common[0][0];
}

} // namespace

class tst_line_diff : public QObject
{
    Q_OBJECT

private slots:
    void equal_texts_have_no_changes()
    {
        QCOMPARE(words(lineChanges("", "")), std::string());
        QCOMPARE(words(lineChanges("a\nb", "a\nb")), std::string());
    }

    void changed_new_and_gone_lines_are_told()
    {
        QCOMPARE(words(lineChanges("a\nb\nc\n", "a\nx\nc\n")), std::string("1-2:1-2"));
        QCOMPARE(words(lineChanges("a\nc\n", "a\nb\nc\n")), std::string("1-1:1-2"));
        QCOMPARE(words(lineChanges("a\nb\nc\n", "a\nc\n")), std::string("1-2:1-1"));
        QCOMPARE(words(lineChanges("", "a\n")), std::string("0-0:0-1"));
        QCOMPARE(words(lineChanges("a\nb\nc\nd\n", "x\nb\nc\ny\n")), std::string("0-1:0-1 3-4:3-4"));
    }

    void a_line_end_is_part_of_its_line()
    {
        QCOMPARE(words(lineChanges("a\nb\n", "a\r\nb\n")), std::string("0-1:0-1"));
        QCOMPARE(words(lineChanges("a\nb\n", "a\nb")), std::string("1-2:1-2"));
    }

    void the_changes_are_few_when_lines_moved()
    {
        // A block between its likes: only what is really new is told.
        QCOMPARE(words(lineChanges("{\n a\n}\n{\n c\n}\n", "{\n a\n}\n{\n b\n}\n{\n c\n}\n")).size(), std::string("4-4:4-7").size());
    }

    void whatever_differs_the_changes_make_the_other_text_and_are_the_fewest()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 3000; ++round) {
            const auto text = [&random] {
                std::string all;
                const auto lines = random() % 12;
                for (unsigned i = 0; i < lines; ++i) {
                    all += static_cast<char>('a' + random() % 4);
                    all += i + 1 == lines && random() % 3 == 0 ? "" : "\n";
                }
                return all;
            };
            const std::string before = text();
            const std::string after = text();
            QCOMPARE(rebuilt(before, after), after);
            std::size_t touched = 0;
            for (const auto& change : lineChanges(before, after)) {
                touched += change.endBefore - change.beginBefore + change.endAfter - change.beginAfter;
            }
            QCOMPARE(touched, fewest(before, after));
        }
    }

    void texts_with_nothing_in_common_are_one_change()
    {
        std::string before;
        std::string after;
        for (int i = 0; i < 20'000; ++i) {
            before += "a" + std::to_string(i) + "\n";
            after += "b" + std::to_string(i) + "\n";
        }
        QCOMPARE(words(lineChanges(before, after)), std::string("0-20000:0-20000"));
    }

    void changes_of_different_lines_are_put_together()
    {
        QCOMPARE(merged("a\nb\nc\n", "x\nb\nc\n", "a\nb\ny\n").value_or("conflict"), std::string("x\nb\ny\n"));
        QCOMPARE(merged("a\nb\nc\n", "a\nb\nc\nd\n", "c0\na\nb\nc\n").value_or("conflict"), std::string("c0\na\nb\nc\nd\n"));
        QCOMPARE(merged("a\nb\nc\nd\ne\n", "a\nc\nd\ne\n", "a\nb\nc\nd\nE\nF\n").value_or("conflict"), std::string("a\nc\nd\nE\nF\n"));
        QCOMPARE(merged("a\n", "a\n", "b\n").value_or("conflict"), std::string("b\n"));
        QCOMPARE(merged("a\n", "b\n", "a\n").value_or("conflict"), std::string("b\n"));
    }

    void the_same_change_on_both_sides_is_taken_once()
    {
        QCOMPARE(merged("a\nb\nc\n", "a\nx\nc\n", "a\nx\nc\n").value_or("conflict"), std::string("a\nx\nc\n"));
        QCOMPARE(merged("a\nb\nc\nd\n", "a\nx\nc\nd2\n", "a\nx\nc\nd\n").value_or("conflict"), std::string("a\nx\nc\nd2\n"));
    }

    void the_same_and_neighbouring_lines_are_refused()
    {
        QVERIFY(!merged("a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n"));
        QVERIFY(!merged("a\nb\nc\n", "x\nb\nc\n", "a\ny\nc\n")); // beside each other
        QVERIFY(!merged("a\nb\n", "a\nx\nb\n", "a\ny\nb\n")); // both put something at one place
        QVERIFY(!merged("a\nb\n", "a\n", "a\nB\n")); // taken away here, changed there
    }

    void a_merge_with_one_side_unchanged_is_the_other_side()
    {
        std::mt19937 random(11);
        for (int round = 0; round < 1000; ++round) {
            const auto text = [&random] {
                std::string all;
                for (unsigned i = random() % 10; i > 0; --i) {
                    all += static_cast<char>('a' + random() % 3);
                    all += "\n";
                }
                return all;
            };
            const std::string base = text();
            const std::string other = text();
            QCOMPARE(merged(base, base, other).value_or("conflict"), other);
            QCOMPARE(merged(base, other, base).value_or("conflict"), other);
            QCOMPARE(merged(base, other, other).value_or("conflict"), other);
        }
    }
};

SHEAF_TEST(tst_line_diff)
#include "tst_line_diff.moc"
