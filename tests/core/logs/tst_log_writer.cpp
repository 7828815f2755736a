// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_writer.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::logs;

class tst_log_writer : public QObject
{
    Q_OBJECT

private slots:
    void bytes_land_where_it_says()
    {
        const test::TempFolder folder;
        const auto file = folder.write("a/log.txt", "before\n");
        LogWriter writer;
        const auto first = writer.append(file, "one\n");
        const auto second = writer.append(file, "two\n");
        VERIFY_OK(second);
        QCOMPARE(first->begin, std::uint64_t { 7 });
        QCOMPARE(first->end, second->begin);
        QCOMPARE(test::readAll(file), std::string("before\n")); // gathered
        writer.flush();
        QCOMPARE(test::readAll(file), std::string("before\none\ntwo\n"));
    }

    void folders_are_made_and_its_end_writes_what_was_gathered()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "user" / "stdout" / "0" / "process000.stdout.txt";
        {
            LogWriter writer;
            VERIFY_OK(writer.append(file, "x\n"));
        }
        QCOMPARE(test::readAll(file), std::string("x\n"));
    }

    void more_files_than_may_be_open_lose_nothing()
    {
        const test::TempFolder folder;
        constexpr int kFiles = 500;
        {
            LogWriter writer;
            for (int round = 0; round < 3; ++round) {
                for (int i = 0; i < kFiles; ++i) {
                    VERIFY_OK(writer.append(folder.path() / std::to_string(i), std::to_string(round)));
                }
            }
        }
        for (int i = 0; i < kFiles; ++i) {
            QCOMPARE(test::readAll(folder.path() / std::to_string(i)), std::string("012"));
        }
    }

    void beyond_the_cap_bytes_are_dropped_and_one_line_says_so()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "log.txt";
        LogWriter writer(10);
        VERIFY_OK(writer.append(file, "12345678"));
        const auto over = writer.append(file, "9abcdef");
        VERIFY_OK(over);
        QCOMPARE(over->end - over->begin, std::uint64_t { 2 });
        const auto dropped = writer.append(file, "more");
        VERIFY_OK(dropped);
        QCOMPARE(dropped->begin, dropped->end);
        writer.flush();
        const std::string text = test::readAll(file);
        QVERIFY2(text.starts_with("123456789a\n[Sheaf keeps 10 B"), text.c_str());
        QCOMPARE(std::count(text.begin(), text.end(), '['), std::ptrdiff_t { 1 });

        LogWriter later(10); // a resume does not begin a second cap
        VERIFY_OK(later.append(file, "again"));
        later.flush();
        QCOMPARE(test::readAll(file), text);
    }

    void a_file_that_cannot_be_written_is_an_error()
    {
        const test::TempFolder folder;
        folder.write("file", "");
        LogWriter writer;
        QVERIFY(!writer.append(folder.path() / "file" / "below", "x").has_value());
    }
};

SHEAF_TEST(tst_log_writer)
#include "tst_log_writer.moc"
