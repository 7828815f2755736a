// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/glob.h"
#include "core/plan/input_listing.h"
#include "tests/core/plan/plan_support.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <sys/stat.h>

using namespace sheaf;
using namespace sheaf::plan;
namespace fs = std::filesystem;

class tst_input_listing : public QObject
{
    Q_OBJECT

    struct Listed
    {
        Result<void> result;
        std::vector<std::string> paths;
        std::vector<std::string> warnings;
    };
    static Listed list(
        const fs::path& folder, const Glob* glob = nullptr, std::stop_token stop = {})
    {
        const std::function<void(const PlanProgress&)> nobody;
        PlanWatch watch(test::requestFor(folder), stop, nobody);
        PathList files;
        Listed listed;
        listed.result = listFiles(folder, glob, "", watch, files, listed.warnings);
        for (std::size_t i = 0; i < files.size(); ++i) {
            listed.paths.emplace_back(files[i]);
        }
        return listed;
    }

private slots:
    void files_come_sorted_by_the_bytes_of_their_relative_path()
    {
        const test::TempFolder folder;
        // '.' and '-' sort before '/', '0' behind it: a folder does not come where its bare name
        // would
        for (const char* path : { "a/z.txt", "a.txt", "a-b/c", "a0", "A", "\xC3\xA4", "b/c/d/e",
                 "b/c.d", "b/c/a", ".hidden" }) {
            folder.write(path, "x");
        }
        const auto listed = list(folder.path());
        VERIFY_OK(listed.result);
        std::vector<std::string> sorted = listed.paths;
        std::sort(sorted.begin(), sorted.end());
        QCOMPARE(listed.paths, sorted);
        QCOMPARE(listed.paths.size(), std::size_t { 10 });
        QCOMPARE(listed.paths.front(), std::string(".hidden"));
    }

    void any_tree_is_listed_whole_and_in_order()
    {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            test::Chance chance(seed);
            const test::TempFolder folder;
            std::vector<std::string> written;
            for (int i = 0; i < 60; ++i) {
                std::string path;
                for (std::size_t depth = chance.below(4); depth > 0; --depth) {
                    path += std::string(1, "abc"[chance.below(3)]) + "d/";
                }
                path += std::string(1, "ab-0"[chance.below(4)]) + std::to_string(chance.below(1000))
                    + ".x";
                folder.write(path, "");
                written.push_back(path);
            }
            std::sort(written.begin(), written.end());
            written.erase(std::unique(written.begin(), written.end()), written.end());
            QCOMPARE(list(folder.path()).paths, written);
        }
    }

    void links_count_as_what_they_point_to()
    {
        const test::TempFolder folder;
        folder.write("in/real/a.txt", "x");
        folder.write("elsewhere/b.txt", "x");
        fs::create_symlink("real/a.txt", folder.path() / "in/one.txt");
        fs::create_directory_symlink("../elsewhere", folder.path() / "in/other");
        const auto listed = list(folder.path() / "in");
        VERIFY_OK(listed.result);
        QCOMPARE(
            listed.paths, (std::vector<std::string> { "one.txt", "other/b.txt", "real/a.txt" }));
        QVERIFY(listed.warnings.empty());
    }

    void a_link_back_to_a_parent_folder_is_skipped_with_a_warning()
    {
        const test::TempFolder folder;
        folder.write("in/sub/a.txt", "x");
        fs::create_directory_symlink("..", folder.path() / "in/sub/up");
        fs::create_directory_symlink("../..", folder.path() / "in/sub/above");
        fs::create_directory_symlink(".", folder.path() / "in/self");
        const auto listed = list(folder.path() / "in");
        VERIFY_OK(listed.result);
        QCOMPARE(listed.paths, std::vector<std::string> { "sub/a.txt" });
        QCOMPARE(listed.warnings.size(), std::size_t { 3 });
        QVERIFY(listed.warnings.front().find("in/self: skipped") != std::string::npos);
    }

    void two_folders_that_link_to_each_other_come_to_an_end()
    {
        const test::TempFolder folder;
        folder.write("a/1.txt", "x");
        folder.write("b/2.txt", "x");
        fs::create_directory_symlink("../b", folder.path() / "a/to_b");
        fs::create_directory_symlink("../a", folder.path() / "b/to_a");
        const auto listed = list(folder.path());
        VERIFY_OK(listed.result);
        QCOMPARE(listed.paths,
            (std::vector<std::string> { "a/1.txt", "a/to_b/2.txt", "b/2.txt", "b/to_a/1.txt" }));
        QCOMPARE(listed.warnings.size(), std::size_t { 2 });
    }

    void a_link_to_nothing_and_a_pipe_are_skipped_with_a_warning()
    {
        const test::TempFolder folder;
        folder.write("a.txt", "x");
        fs::create_symlink("gone", folder.path() / "dangling");
        fs::create_symlink("round", folder.path() / "round");
        QCOMPARE(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
        const auto listed = list(folder.path());
        VERIFY_OK(listed.result);
        QCOMPARE(listed.paths, std::vector<std::string> { "a.txt" });
        QCOMPARE(listed.warnings.size(), std::size_t { 3 });
    }

    void a_folder_that_cannot_be_read_is_named_with_the_reason()
    {
        const test::TempFolder folder;
        folder.write("plain", "not a folder");
        const auto listed = list(folder.path() / "plain");
        COMPARE_ERROR(listed.result, ErrorCode::InputUnreadable);
        QCOMPARE(listed.result.error().arg("path"), (folder.path() / "plain").string());
        QCOMPARE(listed.result.error().arg("reason"), std::string("Not a directory"));
        QCOMPARE(listed.result.error().arg("step"), std::string("score"));
    }

    void a_folder_without_permission_is_named()
    {
        if (::geteuid() == 0) {
            QSKIP("root may read every folder");
        }
        const test::TempFolder folder;
        folder.write("closed/a.txt", "x");
        fs::permissions(folder.path() / "closed", fs::perms::none);
        const auto listed = list(folder.path());
        fs::permissions(folder.path() / "closed", fs::perms::owner_all);
        COMPARE_ERROR(listed.result, ErrorCode::InputUnreadable);
        QCOMPARE(listed.result.error().arg("path"), (folder.path() / "closed").string());
    }

    void a_pattern_lists_only_what_matches()
    {
        const test::TempFolder folder;
        for (const char* path : { "a.csv", "b.txt", "x/c.csv", "x/y/d.csv" }) {
            folder.write(path, "x");
        }
        const Glob all("**/*.csv");
        QCOMPARE(list(folder.path(), &all).paths,
            (std::vector<std::string> { "a.csv", "x/c.csv", "x/y/d.csv" }));
        const Glob flat("*.csv");
        QCOMPARE(list(folder.path(), &flat).paths, std::vector<std::string> { "a.csv" });
    }

    void it_stops_when_asked()
    {
        const test::TempFolder folder;
        folder.write("a.txt", "x");
        std::stop_source source;
        source.request_stop();
        COMPARE_ERROR(list(folder.path(), nullptr, source.get_token()).result, ErrorCode::Canceled);
    }
};

SHEAF_TEST(tst_input_listing)
#include "tst_input_listing.moc"
