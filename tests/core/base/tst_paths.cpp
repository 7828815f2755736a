// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/fingerprint.h"
#include "core/base/paths.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace sheaf;
namespace fs = std::filesystem;

class tst_paths : public QObject
{
    Q_OBJECT

private slots:
    void a_file_is_read_as_it_was_written()
    {
        const test::TempFolder folder;
        const std::string bytes("\0a\r\n\xff", 5);
        VERIFY_OK(paths::writeFile(folder.path() / "f", bytes));
        const auto read = paths::readFile(folder.path() / "f");
        VERIFY_OK(read);
        QCOMPARE(*read, bytes);
        VERIFY_OK(paths::writeFile(folder.path() / "f", ""));
        QCOMPARE(test::readAll(folder.path() / "f"), std::string());
    }

    void a_reader_sees_the_old_bytes_or_the_new_ones_never_half()
    {
        const test::TempFolder folder;
        const fs::path file = folder.path() / "state.json";
        const std::string old(300000, 'o');
        const std::string fresh(200000, 'n');
        VERIFY_OK(paths::writeFile(file, old));
        std::atomic<bool> stop = false;
        int wrong = 0;
        int reads = 0;
        bool written = true;
        {
            std::jthread reader([&] {
                while (!stop || reads == 0) {
                    const auto read = paths::readFile(file);
                    wrong += read && (*read == old || *read == fresh) ? 0 : 1;
                    ++reads;
                }
            });
            for (int i = 0; i < 100; ++i) {
                written = paths::writeFile(file, i % 2 == 0 ? fresh : old).has_value() && written;
            }
            stop = true;
        }
        QVERIFY(written);
        QCOMPARE(wrong, 0);
    }

    void nothing_is_left_beside_the_file()
    {
        const test::TempFolder folder;
        VERIFY_OK(paths::writeFile(folder.path() / "f", "x"));
        fs::create_directories(folder.path() / "taken" / "inside");
        QVERIFY(!paths::writeFile(folder.path() / "taken", "x")); // a folder is in the way
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder.path())) {
            names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        QCOMPARE(names, std::vector<std::string>({ "f", "taken" }));
    }

    void a_read_only_file_is_left_alone()
    {
        const test::TempFolder folder;
        const auto file = folder.write("f", "mine");
        std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::group_read);
        COMPARE_ERROR(paths::overwriteFile(file, "other"), ErrorCode::NoPermission);
        QCOMPARE(paths::readFile(file).value(), std::string("mine"));
    }

    void what_is_not_there_is_said_so()
    {
        const test::TempFolder folder;
        COMPARE_ERROR(paths::readFile(folder.path() / "none"), ErrorCode::NotFound);
        COMPARE_ERROR(paths::writeFile(folder.path() / "none" / "f", "x"), ErrorCode::NotFound);
        COMPARE_ERROR(paths::readFile(folder.path()), ErrorCode::Io);
    }

    void the_end_of_a_file_is_read_without_the_rest()
    {
        const test::TempFolder folder;
        const auto file = folder.write("f", "first\nsecond\n");
        QCOMPARE(paths::readEnd(file, 7).value(), std::string("second\n"));
        QCOMPARE(paths::readEnd(file, 100).value(), std::string("first\nsecond\n"));
        QCOMPARE(paths::readEnd(folder.write("empty", ""), 100).value(), std::string());
        COMPARE_ERROR(paths::readEnd(folder.path() / "none", 7), ErrorCode::NotFound);
    }

    void folders_are_made_with_all_above_them_and_may_be_there()
    {
        const test::TempFolder folder;
        VERIFY_OK(paths::makeDirs(folder.path() / "a" / "b"));
        VERIFY_OK(paths::makeDirs(folder.path() / "a" / "b"));
        QVERIFY(fs::is_directory(folder.path() / "a" / "b"));
        folder.write("file", "x");
        QVERIFY(!paths::makeDirs(folder.path() / "file" / "b"));
    }

    void a_fingerprint_is_of_the_bytes_not_of_the_pieces()
    {
        Fingerprint whole;
        whole.add("hello world");
        Fingerprint pieces;
        pieces.add("hello");
        pieces.add("");
        pieces.add(" world");
        Fingerprint other;
        other.add("hello worle");
        QCOMPARE(pieces.value(), whole.value());
        QVERIFY(other.value() != whole.value());
    }
};

SHEAF_TEST(tst_paths)
#include "tst_paths.moc"
