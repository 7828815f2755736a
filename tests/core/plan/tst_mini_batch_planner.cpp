// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/mini_batch_planner.h"
#include "tests/core/plan/plan_support.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>

using namespace sheaf;
using namespace sheaf::plan;
using test::planOf;
using test::quoted;
using test::requestFor;

class tst_mini_batch_planner : public QObject
{
    Q_OBJECT
private slots:
    void files_are_cut_by_count_in_their_order_and_only_the_last_is_short()
    {
        const test::TempFolder folder;
        for (const char* path : { "b.txt", "a/1.txt", "a/2.txt", "c.txt", "d.txt" }) {
            folder.write(path, "x");
        }
        const auto planned = planOf(requestFor(folder.path(), 2));
        VERIFY_OK(planned);
        QCOMPARE(planned->lines,
            (std::vector<std::string> { quoted("{'files':['a/1.txt','a/2.txt']}"),
                quoted("{'files':['b.txt','c.txt']}"), quoted("{'files':['d.txt']}") }));
        QCOMPARE(planned->header.kind, MiniBatchKind::Files);
        QCOMPARE(planned->header.root, folder.path().string());
        QCOMPARE(planned->header.miniBatches, 3U);
        QCOMPARE(planned->header.files, std::uint64_t { 5 });
        QCOMPARE(planned->header.items, std::uint64_t { 5 });
        QCOMPARE(planned->header.miniBatchSize, std::int64_t { 2 });
        QVERIFY(planned->header.table.is_null());
    }

    void one_file_is_the_default_size()
    {
        const test::TempFolder folder;
        folder.write("a", "");
        folder.write("b", "");
        const auto planned = planOf(requestFor(folder.path()));
        VERIFY_OK(planned);
        QCOMPARE(planned->header.miniBatches, 2U);
        QCOMPARE(planned->header.miniBatchSize, std::int64_t { 1 });
    }

    void directories_are_kept_apart_when_asked()
    {
        const test::TempFolder folder;
        for (const char* path : { "a/1", "a/2", "a/3", "b/1", "z" }) {
            folder.write(path, "x");
        }
        auto request = requestFor(folder.path(), 2);
        request.keepDirectoriesApart = true;
        const auto planned = planOf(request);
        VERIFY_OK(planned);
        QCOMPARE(planned->lines,
            (std::vector<std::string> { quoted("{'files':['a/1','a/2']}"),
                quoted("{'files':['a/3']}"), quoted("{'files':['b/1']}"),
                quoted("{'files':['z']}") }));
    }

    void every_file_is_in_exactly_one_mini_batch()
    {
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            test::Chance chance(seed);
            const test::TempFolder folder;
            std::vector<std::string> written;
            for (std::size_t i = 1 + chance.below(40); i > 0; --i) {
                const std::string path
                    = (chance.oneIn(2) ? "" : "sub" + std::to_string(chance.below(4)) + "/")
                    + std::to_string(i);
                folder.write(path, "");
                written.push_back(path);
            }
            std::sort(written.begin(), written.end());
            auto request
                = requestFor(folder.path(), static_cast<std::int64_t>(1 + chance.below(9)));
            request.keepDirectoriesApart = chance.oneIn(3);
            const auto planned = planOf(request);
            VERIFY_OK(planned);
            std::vector<std::string> found;
            for (std::size_t i = 0; i < planned->lines.size(); ++i) {
                const auto line = planned->line(i);
                const auto& files = line.at("files").as_array();
                QVERIFY(!files.empty()
                    && static_cast<std::int64_t>(files.size()) <= request.miniBatchSize);
                for (const auto& file : files) {
                    found.emplace_back(file.as_string().c_str());
                }
            }
            QCOMPARE(found, written);
            const auto again = planOf(request);
            VERIFY_OK(again);
            QCOMPARE(again->lines, planned->lines);
            QCOMPARE(again->header.fingerprint, planned->header.fingerprint);
        }
    }

    void a_name_that_is_not_utf8_is_escaped_so_that_python_can_open_it()
    {
        const test::TempFolder folder;
        folder.write("bad\xFF.txt", "x");
        const auto planned = planOf(requestFor(folder.path()));
        VERIFY_OK(planned);
        QCOMPARE(planned->lines.front(), quoted("{'files':['bad\\udcff.txt']}"));
    }

    void json_lines_are_cut_by_rows_and_blank_lines_are_none()
    {
        const test::TempFolder folder;
        const auto file = folder.write("in.jsonl", "{\"a\":1}\n\n{\"a\":2}\r\n  \n{\"a\":3}");
        auto request = requestFor(file);
        request.jsonLines = true;
        request.jsonLinesRows = 2;
        request.miniBatchSize = 7;
        const auto planned = planOf(request);
        VERIFY_OK(planned);
        QCOMPARE(planned->lines,
            (std::vector<std::string> { quoted("{'slices':[['in.jsonl',0,18]],'row':0}"),
                quoted("{'slices':[['in.jsonl',18,28]],'row':2}") }));
        QCOMPARE(planned->header.items, std::uint64_t { 3 });
        QCOMPARE(planned->header.bytes, std::uint64_t { 28 });
        QCOMPARE(planned->header.kind, MiniBatchKind::JsonRows);
        QCOMPARE(planned->header.root, folder.path().string());
    }

    void json_rows_take_mini_batch_size_when_no_rows_are_given_else_one()
    {
        const test::TempFolder folder;
        auto request = requestFor(folder.write("in.jsonl", "1\n2\n3\n4\n5\n"), 4);
        request.jsonLines = true;
        QCOMPARE(planOf(request)->header.miniBatches, 2U);
        request.miniBatchSize = 0;
        QCOMPARE(planOf(request)->header.miniBatches, 5U);
    }

    void every_json_row_is_in_exactly_one_mini_batch()
    {
        for (std::uint64_t seed = 0; seed < 150; ++seed) {
            test::Chance chance(seed);
            std::string text = chance.oneIn(4) ? "\xEF\xBB\xBF" : "";
            const std::size_t longest = chance.oneIn(10) ? 30000 : 60;
            std::uint64_t rows = 0;
            for (std::size_t i = 1 + chance.below(60); i > 0; --i) {
                const bool blank = chance.oneIn(5);
                rows += blank ? 0 : 1;
                text += blank ? std::string(chance.below(3), ' ')
                              : "{\"a\":\"" + std::string(chance.below(longest), 'x') + "\"}";
                text += i == 1 && chance.oneIn(2) ? "" : chance.oneIn(3) ? "\r\n" : "\n";
            }
            const test::TempFolder folder;
            auto request = requestFor(folder.write("in.jsonl", text));
            request.jsonLines = true;
            request.jsonLinesRows = static_cast<std::int64_t>(1 + chance.below(8));
            const auto planned = planOf(request);
            if (rows == 0) {
                COMPARE_ERROR(planned, ErrorCode::InputEmpty);
                continue;
            }
            VERIFY_OK(planned);
            QCOMPARE(planned->header.items, rows);
            std::uint64_t seen = 0;
            std::int64_t place = text.starts_with('\xEF') ? 3 : 0;
            for (std::size_t i = 0; i < planned->lines.size(); ++i) {
                const auto slice = planned->slices(i).front();
                QCOMPARE(slice.begin, place);
                QCOMPARE(static_cast<std::uint64_t>(planned->line(i).at("row").as_int64()), seen);
                const std::string part = text.substr(static_cast<std::size_t>(slice.begin),
                    static_cast<std::size_t>(slice.end - slice.begin));
                const auto inPart
                    = static_cast<std::int64_t>(std::count(part.begin(), part.end(), '{'));
                QVERIFY(inPart == request.jsonLinesRows
                    || (i + 1 == planned->lines.size() && inPart > 0));
                QVERIFY(part.ends_with('\n') || static_cast<std::size_t>(slice.end) == text.size());
                seen += static_cast<std::uint64_t>(inPart);
                place = slice.end;
            }
            QCOMPARE(seen, rows);
        }
    }

    void an_input_that_is_not_there_is_named()
    {
        const test::TempFolder folder;
        const auto planned = planOf(requestFor(folder.path() / "gone"));
        COMPARE_ERROR(planned, ErrorCode::InputMissing);
        QCOMPARE(planned.error().arg("input"), std::string("data"));
        QCOMPARE(planned.error().arg("path"), (folder.path() / "gone").string());
    }

    void an_empty_input_is_an_error()
    {
        const test::TempFolder folder;
        std::filesystem::create_directories(folder.path() / "in/sub");
        COMPARE_ERROR(planOf(requestFor(folder.path() / "in")), ErrorCode::InputEmpty);
        auto request = requestFor(folder.write("e.jsonl", "\n \n"));
        request.jsonLines = true;
        COMPARE_ERROR(planOf(request), ErrorCode::InputEmpty);
    }

    void partition_keys_want_a_table()
    {
        const test::TempFolder folder;
        folder.write("a", "");
        auto request = requestFor(folder.path());
        request.partitionKeys = { "Store" };
        COMPARE_ERROR(planOf(request), ErrorCode::Invalid);
    }

    void progress_is_told_and_ends_with_everything()
    {
        const test::TempFolder folder;
        for (int i = 0; i < 30; ++i) {
            folder.write("d" + std::to_string(i % 3) + "/" + std::to_string(i), "");
        }
        std::vector<PlanProgress> told;
        const auto header = planMiniBatches(
            requestFor(folder.path(), 10), [](std::string_view) {}, {},
            [&](const PlanProgress& p) { told.push_back(p); });
        VERIFY_OK(header);
        QVERIFY(told.size() >= 2);
        QCOMPARE(told.front().files, std::uint64_t { 0 });
        QVERIFY(told.front().reading.starts_with(folder.path().string()));
        QCOMPARE(told.back().files, std::uint64_t { 30 });
        QCOMPARE(told.back().miniBatches, 3U);
    }

    void mini_batches_are_cut_while_later_folders_are_not_listed_yet()
    {
        const test::TempFolder folder;
        folder.write("a/1", "");
        folder.write("a/2", "");
        folder.write("b/3", "");
        std::vector<std::string> lines;
        const auto header = planMiniBatches(requestFor(folder.path()), [&](std::string_view line) {
            if (lines.empty()) {
                folder.write("b/4", ""); // the plan is at a
            }
            lines.emplace_back(line);
        });
        VERIFY_OK(header);
        QCOMPARE(header->files, std::uint64_t { 4 });
        QCOMPARE(lines.back(), std::string(R"({"files":["b/4"]})"));
    }

    void it_stops_in_the_middle_when_asked()
    {
        const test::TempFolder folder;
        for (int i = 0; i < 2000; ++i) {
            folder.write(std::to_string(i), "");
        }
        std::stop_source source;
        int lines = 0;
        const auto header = planMiniBatches(
            requestFor(folder.path()),
            [&](std::string_view) {
                if (++lines == 10) {
                    source.request_stop();
                }
            },
            source.get_token());
        COMPARE_ERROR(header, ErrorCode::Canceled);
        QVERIFY(lines < 2000);
    }
};

SHEAF_TEST(tst_mini_batch_planner)
#include "tst_mini_batch_planner.moc"
