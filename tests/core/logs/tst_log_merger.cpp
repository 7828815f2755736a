// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/clock.h"
#include "core/logs/line_reader.h"
#include "core/logs/log_merger.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <random>
#include <sys/stat.h>

using namespace sheaf;
using namespace sheaf::logs;

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kBegin = 1'790'000'000 * kSecond;

std::string textOf(const std::vector<std::filesystem::path>& files, const MergedRows& rows)
{
    std::string text;
    for (const MergedRow& row : rows.rows(0, rows.size())) {
        text += linesFrom(files[row.file], row.begin, UINT64_MAX, 1, 1000).value().front().bytes + "\n";
    }
    return text;
}

AttemptRange range(std::uint64_t begin, std::uint64_t end, double start, double seconds, std::uint32_t miniBatch)
{
    return { begin, end, kBegin + static_cast<std::int64_t>(start * kSecond), static_cast<float>(seconds), MiniBatchIndex(miniBatch), 1 };
}

} // namespace

class tst_log_merger : public QObject
{
    Q_OBJECT

private slots:
    /// The reference is the system's own stable sort of all lines by their stamps.
    void sixty_four_files_are_in_the_order_of_a_stable_sort()
    {
        const test::TempFolder folder;
        std::mt19937 random(5);
        std::vector<std::filesystem::path> files;
        LogMerger merger;
        std::string together;
        for (int i = 0; i < 64; ++i) {
            std::string text;
            std::int64_t time = kBegin;
            for (int line = 0; line < 500; ++line) {
                time += static_cast<std::int64_t>(random() % 4) * 100'000; // many at the same moment
                text += isoTime(time) + " file " + std::to_string(i) + " line " + std::to_string(line) + "\n";
            }
            char name[16];
            snprintf(name, sizeof name, "%02d.txt", i);
            files.push_back(folder.write(name, text));
            QCOMPARE(merger.addFile(files.back(), kBegin), static_cast<std::uint32_t>(i));
            together += text;
        }
        const auto all = folder.write("all.txt", together);
        const std::string sorted = (folder.path() / "sorted.txt").string();
        QCOMPARE(std::system(("LC_ALL=C sort -s -k1,1 " + all.string() + " > " + sorted).c_str()), 0);
        MergedRows rows;
        while (merger.turn(rows, 777, 0, true)) { }
        QCOMPARE(rows.size(), std::uint64_t { 64 * 500 });
        QVERIFY(textOf(files, rows) == test::readAll(sorted));
        QVERIFY2(rows.bytes() < 10 * rows.size(), std::to_string(rows.bytes()).c_str());

        const auto list = rows.rows(0, rows.size());
        for (std::uint64_t i = 0; i < list.size(); i += 977) {
            QCOMPARE(rows.rowOf(list[i].file, list[i].begin + 3).value(), i);
            const std::uint64_t row = rows.rowAt(list[i].timeMicros);
            QCOMPARE(list[row].timeMicros, list[i].timeMicros);
            QVERIFY(row == 0 || list[row - 1].timeMicros < list[i].timeMicros);
        }
        QCOMPARE(rows.rowAt(rows.lastMicros() + 1), rows.size());

        const auto query = LogQuery::parse("\"line 77$\" and not \"file 5 \"");
        const auto found = scanMerged(rows, files, 0, rows.size(), *query, {});
        QCOMPARE(found.rows.size(), std::size_t { 63 });
        for (const std::uint64_t row : found.rows) {
            QVERIFY(linesFrom(files[list[row].file], list[row].begin, UINT64_MAX, 1, 1000)->front().bytes.ends_with("line 77"));
        }
    }

    void a_line_without_a_time_lies_in_that_of_its_attempt()
    {
        const test::TempFolder folder;
        const std::vector files { folder.write("a.txt", "a1\na2\na3\na4\n"), folder.write("b.txt", "b1\nb2\nb3\nb4\n") };
        LogMerger merger;
        merger.addFile(files[0], kBegin);
        merger.addFile(files[1], kBegin);
        merger.addRange(0, range(0, 6, 10, 2, 0)); // a1 at 10, a2 at 11
        merger.addRange(0, range(6, 12, 20, 2, 1)); // a3 at 20, a4 at 21
        merger.addRange(1, range(0, 12, 10.5, 12, 2)); // every 3 s from 10.5 on
        MergedRows rows;
        QVERIFY(!merger.turn(rows, 100, 0, true));
        QCOMPARE(textOf(files, rows), std::string("a1\nb1\na2\nb2\nb3\nb4\na3\na4\n"));
        QCOMPARE(rows.rows(2, 1).front().timeMicros, kBegin + 11 * kSecond);
    }

    void a_time_that_lies_is_not_believed_and_lines_of_a_traceback_stay_together()
    {
        const test::TempFolder folder;
        const std::string early = isoTime(kBegin + 3 * kSecond);
        const std::string wrong = isoTime(kBegin - 9000 * kSecond);
        const std::string text = early + " ready\nTraceback\n  line 2\n" + wrong + " printed by a model\n";
        const std::vector files { folder.write("a.txt", text), folder.write("b.txt", isoTime(kBegin + 3 * kSecond + 1) + " other\n") };
        LogMerger merger;
        merger.addFile(files[0], kBegin);
        merger.addFile(files[1], kBegin);
        merger.addRange(0, range(text.find(wrong), text.size(), 5, 1, 0));
        MergedRows rows;
        QVERIFY(!merger.turn(rows, 100, 0, true));
        const auto list = rows.rows(0, 9);
        QCOMPARE(list.size(), std::size_t { 5 });
        QCOMPARE(list[0].timeMicros, kBegin + 3 * kSecond);
        QCOMPARE(list[2].timeMicros, kBegin + 3 * kSecond); // as the line before
        QCOMPARE(list[3].file, 1U);
        QCOMPARE(list[4].timeMicros, kBegin + 5 * kSecond); // not its own, which is hours before the attempt
    }

    void a_date_in_printed_data_moves_nothing()
    {
        const test::TempFolder folder;
        const std::vector files { folder.write("a.txt", isoTime(kBegin + kSecond) + " ready\n2031-01-01 00:00:00,1.5\n1999-01-01 00:00:00,1.5\n"
                                      + isoTime(kBegin + 3 * kSecond) + " on\n") };
        LogMerger merger;
        merger.addFile(files[0], kBegin, kBegin + 10 * kSecond);
        MergedRows rows;
        QVERIFY(!merger.turn(rows, 100, 0, true));
        const auto list = rows.rows(0, 9);
        QCOMPARE(list.size(), std::size_t { 4 });
        QCOMPARE(list[1].timeMicros, kBegin + kSecond);
        QCOMPARE(list[2].timeMicros, kBegin + kSecond);
        QCOMPARE(list[3].timeMicros, kBegin + 3 * kSecond);
    }

    /// What children of a worker write has no dates and no attempts.
    void lines_before_any_time_stand_where_their_file_was_made()
    {
        const test::TempFolder folder;
        const std::int64_t now = wallMicros();
        const std::vector files { folder.write("a.txt", isoTime(now - 9 * kSecond) + " a1\n" + isoTime(now + 90 * kSecond) + " a2\n"),
            folder.write("b.txt", "b1\nb2\n" + isoTime(now + 95 * kSecond) + " b3\n"), folder.write("c.txt", "c1\n") };
        struct statx status {};
        if (::statx(AT_FDCWD, files[1].c_str(), 0, STATX_BTIME, &status) != 0 || (status.stx_mask & STATX_BTIME) == 0) {
            QSKIP("this file system does not say when a file was made");
        }
        const auto merged = [&](std::int64_t end) {
            LogMerger merger;
            for (const auto& file : files) {
                merger.addFile(file, now - 10 * kSecond, end);
            }
            merger.addRange(2, { 3, 9, now - 5 * kSecond, 1, MiniBatchIndex(0), 1 }); // its first attempt came after c1
            MergedRows rows;
            while (merger.turn(rows, 100, 0, true)) { }
            QString order;
            for (const MergedRow& row : rows.rows(0, rows.size())) {
                order += QChar(u'a' + static_cast<int>(row.file));
            }
            return order;
        };
        QCOMPARE(merged(now + 100 * kSecond), QStringLiteral("acbbab"));
        QCOMPARE(merged(now - kSecond), QStringLiteral("bbcaab")); // a copy of it, made after its run: all at the begin
    }

    /// A bar of progress that is drawn over and over: no line end in many megabytes.
    void a_line_without_an_end_is_not_held_whole()
    {
        const test::TempFolder folder;
        const std::string bar(32U << 20, '\r');
        const std::vector files { folder.write("a.txt", "one\n" + bar) };
        LogMerger merger;
        merger.addFile(files[0], kBegin);
        MergedRows rows;
        QVERIFY(!merger.turn(rows, 100, 0, false));
        QCOMPARE(rows.size(), std::uint64_t { 1 });
        QVERIFY2(merger.bytesHeld() <= (4U << 20), std::to_string(merger.bytesHeld()).c_str());
        std::ofstream(files[0], std::ios::app) << "\nthree\nfour";
        QVERIFY(!merger.turn(rows, 100, 0, false));
        QVERIFY(!merger.turn(rows, 100, 0, true));
        const auto list = rows.rows(0, 9);
        QCOMPARE(list.size(), std::size_t { 4 });
        QCOMPARE(list[1].begin, std::uint64_t { 4 });
        QCOMPARE(list[2].begin, std::uint64_t { 4 + bar.size() + 1 });
        QCOMPARE(list[3].begin, list[2].begin + 6);
        QVERIFY(!merger.turn(rows, 100, 0, true));
        QCOMPARE(rows.size(), std::uint64_t { 4 });
    }

    void a_growing_file_adds_behind_what_is_there()
    {
        const test::TempFolder folder;
        const std::vector files { folder.write("a.txt", isoTime(kBegin + kSecond) + " one\n" + isoTime(kBegin + 2 * kSecond) + " tw") };
        LogMerger merger;
        merger.addFile(files[0], kBegin);
        MergedRows rows;
        QVERIFY(!merger.turn(rows, 100, kBegin + 3 * kSecond, false));
        QCOMPARE(rows.size(), std::uint64_t { 1 });
        std::ofstream(files[0], std::ios::app) << "o\nthree\n";
        QVERIFY(!merger.turn(rows, 100, kBegin + 4 * kSecond, false));
        QCOMPARE(rows.size(), std::uint64_t { 3 });
        QCOMPARE(rows.rows(1, 1).front().timeMicros, kBegin + 2 * kSecond);
        QCOMPARE(rows.rows(2, 1).front().timeMicros, kBegin + 4 * kSecond); // when it came
        QVERIFY(!merger.isOutdated());
        std::ofstream(files[0], std::ios::trunc) << "x\n";
        QVERIFY(merger.isOutdated());
    }

    /// Who opens a run that has been going on for an hour sees its past as it was, and only what comes from then on as new.
    void what_was_there_before_anybody_looked_is_not_of_now()
    {
        const test::TempFolder folder;
        const std::vector files { folder.write("a.txt", "init\na1\na2\nb1\n") };
        LogMerger merger;
        merger.addFile(files[0], kBegin);
        merger.addRange(0, range(5, 11, 10, 2, 0));
        merger.addRange(0, range(11, 14, 600, 1, 1));
        MergedRows rows;
        const auto times = [&](double reached) {
            while (merger.turn(rows, 100, kBegin + static_cast<std::int64_t>(reached * kSecond), false)) { }
            QStringList seconds;
            for (const MergedRow& row : rows.rows(0, rows.size())) {
                seconds << QString::number((row.timeMicros - kBegin) / kSecond);
            }
            return seconds.mid(1).join(QLatin1Char(' ')); // the first is of when the file was made, or of the first attempt
        };
        QCOMPARE(times(3600), QStringLiteral("10 11 600"));
        QVERIFY(rows.rows(0, 1).front().timeMicros <= kBegin + 10 * kSecond);
        std::ofstream(files[0], std::ios::app) << "new\n";
        QCOMPARE(times(3601), QStringLiteral("10 11 600 3601"));
        std::ofstream(files[0], std::ios::app) << "c1\nc2\n"; // while nobody looked
        merger.addRange(0, range(18, 24, 4000, 10, 2));
        QCOMPARE(times(7200), QStringLiteral("10 11 600 3601 4000 4005"));
        std::ofstream(files[0], std::ios::app) << "newer\n";
        QCOMPARE(times(7201), QStringLiteral("10 11 600 3601 4000 4005 7201"));
    }

    void stamps_are_read_in_their_zone()
    {
        StampReader reader;
        QCOMPARE(reader.read("2026-11-21T17:42:46.167293 started").value(), reader.read("2026-11-21T18:42:46.167293+01:00 started").value());
        QCOMPARE(isoTime(reader.read("2026-11-21T17:42:46.167293 started").value()), std::string("2026-11-21T17:42:46.167293"));
        QCOMPARE(isoTime(reader.read("2026-11-21 17:42:46,5Z x").value()), std::string("2026-11-21T17:42:46.500000"));
        std::tm local {};
        local.tm_year = 126;
        local.tm_mon = 10;
        local.tm_mday = 21;
        local.tm_hour = 17;
        local.tm_isdst = -1;
        QCOMPARE(reader.read("2026-11-21 17:00:01,250 INFO x").value(), static_cast<std::int64_t>(mktime(&local)) * kSecond + 1'250'000);
        QVERIFY(!reader.read("2026-11-21"));
        QVERIFY(!reader.read("20x6-11-21 17:00:01"));
        QVERIFY(!reader.read("checking reading-000.json and more"));
    }

    void the_last_attempt_that_began_before_a_byte_wrote_it()
    {
        AttemptRanges ranges;
        ranges.add(range(10, 20, 0, 1, 1));
        ranges.add(range(30, 90, 1, 1, 2));
        ranges.add(range(40, 50, 2, 1, 3)); // ran meanwhile
        ranges.add(range(20, 30, 3, 1, 1)); // its second try, told late
        QVERIFY(!ranges.at(9));
        QCOMPARE(ranges.at(10)->miniBatch.value, 1U);
        QCOMPARE(ranges.at(29)->miniBatch.value, 1U);
        QCOMPARE(ranges.at(45)->miniBatch.value, 3U);
        QCOMPARE(ranges.at(50)->miniBatch.value, 2U);
        QVERIFY(!ranges.at(90));
        QCOMPARE(ranges.of(MiniBatchIndex(1))->begin, std::uint64_t { 20 });
        QVERIFY(!ranges.of(MiniBatchIndex(9)));
    }
};

SHEAF_TEST(tst_log_merger)
#include "tst_log_merger.moc"
