// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/line_index.h"
#include "core/logs/line_reader.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <fstream>
#include <random>

using namespace sheaf;
using namespace sheaf::logs;

namespace {

/// The lines of a text as a person counts them.
std::vector<std::string> linesOf(const std::string& text)
{
    std::vector<std::string> lines;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

} // namespace

class tst_line_index : public QObject
{
    Q_OBJECT

private slots:
    void a_file_that_grows_in_pieces_is_as_one_read_at_once()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "log.txt";
        std::mt19937 random(7);
        std::string all;
        LineIndex index;
        for (int piece = 0; piece < 60; ++piece) {
            std::string more;
            for (int i = static_cast<int>(random() % 40); i > 0; --i) {
                more += std::string(random() % 50, static_cast<char>('a' + random() % 26));
                more += random() % 4 == 0 ? "" : "\n";
            }
            std::ofstream(file, std::ios::app | std::ios::binary) << more;
            all += more;
            const auto changed = index.extend(file, 1U << 30);
            VERIFY_OK(changed);
            QCOMPARE(*changed, !more.empty());
            QCOMPARE(index.size(), std::uint64_t { all.size() });
            const auto lines = linesOf(all);
            QCOMPARE(index.lines(), std::uint64_t { lines.size() });
            const std::uint64_t first = lines.empty() ? 0 : random() % lines.size();
            const auto read = readLines(file, index, first, 100, 1000);
            VERIFY_OK(read);
            const std::vector<std::string> expected(lines.begin() + static_cast<long>(first),
                lines.begin() + static_cast<long>(std::min<std::size_t>(lines.size(), first + 100)));
            QVERIFY2(*read == expected, std::to_string(piece).c_str());
        }
        QVERIFY(index.lines() > 3 * LineIndex::kStride); // several places were used
    }

    void each_byte_belongs_to_the_line_that_holds_it()
    {
        const test::TempFolder folder;
        std::string text;
        std::vector<std::uint64_t> lineOf;
        for (std::uint64_t line = 0; line < 200; ++line) {
            const std::string bytes = std::string(line % 7, 'x') + "\n";
            text += bytes;
            lineOf.insert(lineOf.end(), bytes.size(), line);
        }
        const auto file = folder.write("log.txt", text);
        LineIndex index;
        VERIFY_OK(index.extend(file, 1U << 30));
        for (std::uint64_t offset = 0; offset < text.size(); ++offset) {
            QCOMPARE(lineAt(file, index, offset).value(), lineOf[offset]);
        }
        QCOMPARE(lineAt(file, index, text.size() + 5).value(), std::uint64_t { 199 });
    }

    /// However long lines are, no more than a piece of the file is read to find where one begins.
    void the_begin_of_a_line_is_near_a_place_whatever_its_length()
    {
        const test::TempFolder folder;
        std::mt19937 random(11);
        std::string text;
        std::vector<std::uint64_t> begins;
        for (int line = 0; line < 600; ++line) {
            begins.push_back(text.size());
            const std::size_t length = line % 50 == 7 ? 100'000 + random() % 400'000 : line % 9 == 0 ? random() % 70'000 : random() % 90;
            text += std::string(length, 'x') + "\n";
        }
        begins.push_back(text.size());
        text += std::string(300'000, 'y'); // its end has not been written
        const auto file = folder.write("log.txt", text);
        LineIndex index;
        VERIFY_OK(index.extend(file, 1U << 30));
        QCOMPARE(index.lines(), std::uint64_t { begins.size() });
        for (std::uint64_t line = 0; line < begins.size(); ++line) {
            const std::uint64_t end = line + 1 < begins.size() ? begins[line + 1] : text.size();
            QCOMPARE(beginOf(file, index, line).value(), begins[line]);
            QVERIFY(begins[line] - index.before(line).offset < LineIndex::kSpan);
            for (const std::uint64_t offset : { begins[line], begins[line] + (end - begins[line]) / 2, end - 1 }) {
                QCOMPARE(lineAt(file, index, offset).value(), line);
            }
            if (end - begins[line] > LineIndex::kSpan) {
                QCOMPARE(index.placeAfter(begins[line]).value_or(text.size()), end);
            }
        }
    }

    void a_file_that_nobody_wrote_to_need_not_be_read()
    {
        const test::TempFolder folder;
        const auto file = folder.write("log.txt", "one\ntwo\n");
        LineIndex index;
        QVERIFY(LineIndex::mayExtend(file, index.seen()));
        VERIFY_OK(index.extend(file, 4));
        QVERIFY(LineIndex::mayExtend(file, index.seen()));
        VERIFY_OK(index.extend(file, 1000));
        QVERIFY(!LineIndex::mayExtend(file, index.seen()));
        std::ofstream(file, std::ios::app) << "three\n";
        QVERIFY(LineIndex::mayExtend(file, index.seen()));
        std::filesystem::remove(file);
        QVERIFY(LineIndex::mayExtend(file, index.seen()));
        VERIFY_OK(index.extend(file, 1000));
        QVERIFY(!LineIndex::mayExtend(file, index.seen()));
    }

    void a_turn_reads_no_more_than_it_may()
    {
        const test::TempFolder folder;
        const auto file = folder.write("log.txt", std::string(5000, 'x'));
        LineIndex index;
        VERIFY_OK(index.extend(file, 1000));
        QCOMPARE(index.size(), std::uint64_t { 1000 });
        VERIFY_OK(index.extend(file, 10000));
        QCOMPARE(index.size(), std::uint64_t { 5000 });
        QCOMPARE(index.lines(), std::uint64_t { 1 });
    }

    void a_file_that_was_begun_anew_is_read_anew()
    {
        const test::TempFolder folder;
        const auto file = folder.write("log.txt", "one\ntwo\nthree\n");
        LineIndex index;
        VERIFY_OK(index.extend(file, 1000));
        folder.write("log.txt", "four\n");
        QVERIFY(index.extend(file, 1000).value());
        QCOMPARE(index.lines(), std::uint64_t { 1 });
        QCOMPARE(readLines(file, index, 0, 9, 100).value(), std::vector<std::string> { "four" });
        std::filesystem::remove(file);
        QVERIFY(index.extend(file, 1000).value());
        QCOMPARE(index.lines(), std::uint64_t { 0 });
        QVERIFY(!index.extend(file, 1000).value());
    }

    void what_happened_to_the_file_is_said()
    {
        using Restart = LineIndex::Restart;
        const test::TempFolder folder;
        const auto file = folder.write("log.txt", "one\ntwo\n");
        LineIndex index;
        VERIFY_OK(index.extend(file, 1000));
        std::ofstream(file, std::ios::app) << "three\n";
        VERIFY_OK(index.extend(file, 1000));
        QVERIFY(index.restart() == Restart::None);
        folder.write("log.txt", "one\n");
        VERIFY_OK(index.extend(file, 1000));
        QVERIFY(index.restart() == Restart::Shorter);
        VERIFY_OK(index.extend(file, 1000));
        QVERIFY(index.restart() == Restart::None); // said once
        folder.write("log.txt", "ten\nmore of it\n"); // longer, but not what it was
        VERIFY_OK(index.extend(file, 1000));
        QVERIFY(index.restart() == Restart::Rewritten);
        QCOMPARE(index.lines(), std::uint64_t { 2 });
        std::filesystem::rename(file, folder.path() / "log.1");
        folder.write("log.txt", "ten\nmore of it\nand more\n");
        VERIFY_OK(index.extend(file, 1000));
        QVERIFY(index.restart() == Restart::Replaced);
        std::filesystem::remove(file);
        VERIFY_OK(index.extend(file, 1000));
        QVERIFY(index.restart() == Restart::Gone);
    }

    void lines_are_read_and_stepped_over_without_an_index()
    {
        const test::TempFolder folder;
        std::string text;
        std::vector<std::uint64_t> begins;
        for (int i = 0; i < 3000; ++i) {
            begins.push_back(text.size());
            text += std::string(static_cast<std::size_t>(i % 90), 'x') + "\n";
        }
        text += "open";
        const auto file = folder.write("log.txt", text);
        QCOMPARE(lineBegin(file, text.size(), 0).value(), std::uint64_t { text.size() - 4 });
        QCOMPARE(lineBegin(file, begins[2000] + 5, 0).value(), begins[2000]);
        QCOMPARE(lineBegin(file, begins[2000], 700).value(), begins[1300]);
        QCOMPARE(lineBegin(file, begins[5], 700).value(), std::uint64_t { 0 });
        const auto lines = linesFrom(file, begins[2998], text.size(), 10, 12).value();
        QCOMPARE(lines.size(), std::size_t { 3 });
        QCOMPARE(lines[0].bytes, std::string(12, 'x'));
        QVERIFY(lines[0].isCut && lines[0].isFinished);
        QCOMPARE(lines[1].begin, begins[2999]);
        QVERIFY(!lines[2].isFinished);
        QCOMPARE(lines[2].bytes, std::string("open"));
        QCOMPARE(linesFrom(file, 0, text.size(), 3001, 100)->size(), std::size_t { 3001 });
    }

    void a_very_long_line_is_cut_and_costs_no_line()
    {
        const test::TempFolder folder;
        const auto file = folder.write("log.txt", "a\n" + std::string(3U << 20, 'x') + "\nb\r\n");
        LineIndex index;
        VERIFY_OK(index.extend(file, 1U << 30));
        QCOMPARE(index.lines(), std::uint64_t { 3 });
        const auto lines = readLines(file, index, 0, 3, 10);
        VERIFY_OK(lines);
        QCOMPARE(*lines, (std::vector<std::string> { "a", std::string(10, 'x'), "b" }));
        const auto shown = linesFrom(file, 0, UINT64_MAX, 3, 10).value();
        QCOMPARE(shown.size(), std::size_t { 2 }); // no more of it is read than its begin
        QVERIFY(shown[1].isCut && shown[1].isLeft && !shown[0].isLeft);
        QCOMPARE(shown[1].bytes, std::string(10, 'x'));
        QCOMPARE(linesFrom(file, index.placeAfter(2).value(), UINT64_MAX, 3, 10)->front().bytes, std::string("b"));
    }
};

SHEAF_TEST(tst_line_index)
#include "tst_line_index.moc"
