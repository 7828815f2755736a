// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/table_planner.h"
#include "tests/core/plan/plan_support.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

using namespace sheaf;
using namespace sheaf::plan;
using test::Chance;
using test::Planned;
using test::planOf;
using test::quoted;
using test::Slice;
using test::tableRequest;

namespace {

/// Behind which letters a record of `text` ends, written down as the format is described: field by
/// field. The slow truth.
std::set<std::size_t> recordEnds(
    const std::u32string& text, std::size_t from, bool quotes, bool returns, char32_t delimiter)
{
    const auto isLineEnd
        = [&](char32_t letter) { return letter == '\n' || (returns && letter == '\r'); };
    std::set<std::size_t> ends;
    std::size_t i = from;
    while (i < text.size()) {
        if (quotes && text[i] == '"') {
            ++i;
            while (i < text.size()
                && !(text[i] == '"' && (i + 1 == text.size() || text[i + 1] != '"'))) {
                i += text[i] == '"' ? 2 : 1;
            }
            ++i;
        }
        while (i < text.size() && text[i] != delimiter && !isLineEnd(text[i])) {
            ++i;
        }
        if (i < text.size() && isLineEnd(text[i])) {
            i += text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 1 : 0;
            ends.insert(i + 1);
        }
        ++i;
    }
    ends.insert(text.size());
    return ends;
}

std::string encode(const std::u32string& text, const std::string& encoding, bool big)
{
    std::string bytes;
    const int unit = encoding == "utf16" ? 2 : encoding == "utf32" ? 4 : 1;
    for (const char32_t letter : text) {
        for (int i = 0; i < unit; ++i) {
            bytes += static_cast<char>((letter >> (8 * (big ? unit - 1 - i : i))) & 0xFFU);
        }
    }
    return bytes;
}

std::u32string randomTable(Chance& chance, std::size_t longest)
{
    std::u32string text;
    for (std::size_t row = chance.below(40); row > 0; --row) {
        for (std::size_t field = chance.below(4);; --field) {
            const std::size_t kind = chance.below(6);
            const std::u32string pieces[] = { U"x", U"12", U"5\" pipe", U"\"a,b\"",
                U"\"say \"\"hi\"\"\"", U"\"line\nbreak\r\n\"\"\"tail" };
            text += pieces[kind];
            text += std::u32string(chance.below(longest), U'y');
            if (field == 0) {
                break;
            }
            text += U',';
        }
        const bool isLast = row == 1;
        text += isLast && chance.oneIn(2) ? U""
            : chance.oneIn(3)             ? U"\r\n"
            : chance.oneIn(6)             ? U"\r"
            : chance.oneIn(8)             ? U"\n\n"
                                          : U"\n";
    }
    if (chance.oneIn(12)) {
        text += U"\"never closed\n1,2\n";
    }
    return text;
}

const char* const kCsv = "paths:\n"
                         "  - folder: ./data\n"
                         "transformations:\n"
                         "  - read_delimited:\n"
                         "      delimiter: ','\n";

} // namespace

class tst_table_planner : public QObject
{
    Q_OBJECT

    static std::string part(const std::filesystem::path& root, const Slice& slice)
    {
        return test::readAll(root / slice.path)
            .substr(static_cast<std::size_t>(slice.begin),
                static_cast<std::size_t>(slice.end - slice.begin));
    }

    /// Plans a table of one delimited file with these options.
    static Result<Planned> planText(const test::TempFolder& folder,
        const std::string& bytes,
        const std::string& options,
        std::int64_t size)
    {
        folder.write("MLTable",
            "paths: [{file: in.csv}]\ntransformations:\n  - read_delimited: {" + options + "}\n");
        folder.write("in.csv", bytes);
        return planOf(tableRequest(folder.path(), size));
    }

private slots:
    void a_table_is_cut_at_record_ends_near_the_size_and_never_across_files()
    {
        const test::TempFolder folder;
        folder.write("MLTable", kCsv);
        folder.write("data/a.csv", "h,i\n1,2\n3,4\n5,6\n");
        folder.write("data/b.csv", "h,i\n7,8");
        folder.write("data/empty.csv", "");
        folder.write("data/header_only.csv", "h,i\n");
        const auto planned = planOf(tableRequest(folder.path(), 6));
        VERIFY_OK(planned);
        QCOMPARE(planned->lines,
            (std::vector<std::string> { quoted("{'slices':[['data/a.csv',4,12]]}"),
                quoted("{'slices':[['data/a.csv',12,16]]}"),
                quoted("{'slices':[['data/b.csv',4,7]]}") }));
        QCOMPARE(planned->header.kind, MiniBatchKind::Table);
        QCOMPARE(planned->header.tableFormat, TableFormat::Delimited);
        QCOMPARE(planned->header.files, std::uint64_t { 4 });
        QCOMPARE(planned->header.bytes, std::uint64_t { 16 + 7 + 4 });
        QCOMPARE(planned->header.items, std::uint64_t { 0 });
        QCOMPARE(planned->header.root, folder.path().string());
        QVERIFY(planned->header.warnings.empty());
    }

    void one_mebibyte_is_the_default_size()
    {
        const test::TempFolder folder;
        std::string rows = "a\n";
        while (rows.size() < 5 * 1024 * 1024 / 2) {
            rows += "0123456789\n";
        }
        const auto planned = planText(folder, rows, "", 0);
        VERIFY_OK(planned);
        QCOMPARE(planned->header.miniBatchSize, std::int64_t { 1024 * 1024 });
        QCOMPARE(planned->lines.size(), std::size_t { 3 });
    }

    void the_worker_is_told_every_reading_option_and_the_header()
    {
        const test::TempFolder folder;
        folder.write("data/a.csv", "\xEF\xBB\xBFna\"me,\xC3\xA4\r\n1,2\n");
        folder.write(
            "MLTable", std::string(kCsv) + "  - drop_columns: [x]\n  - filter: 'col(\"a\") > 1'\n");
        const auto planned = planOf(tableRequest(folder.path()));
        VERIFY_OK(planned);
        const auto expected = boost::json::parse(quoted(
            "{'read': {'include_path_column': false, 'delimiter': ',', 'header': "
            "'all_files_same_headers', 'encoding': 'utf8', "
            "'infer_column_types': true, 'empty_as_string': false, 'support_multi_line': false}, "
            "'transformations': [{'drop_columns': ['x']}, {'filter': 'col(\\'a\\') > 1'}], "
            "'header_row': 'na\\'me,\xC3\xA4', 'first_file': 'data/a.csv'}"));
        QVERIFY2(planned->header.table == expected,
            boost::json::serialize(planned->header.table).c_str());
        QCOMPARE(planned->allSlices(), (std::vector<Slice> { { "data/a.csv", 13, 17 } }));
    }

    void header_modes_say_which_files_begin_with_one_data()
    {
        QTest::addColumn<QByteArray>("mode");
        QTest::addColumn<QByteArray>("begins"); // of the two files' data
        QTest::addColumn<bool>("hasRow");
        QTest::newRow("same") << QByteArray("all_files_same_headers") << QByteArray("2 2") << true;
        QTest::newRow("different")
            << QByteArray("all_files_different_headers") << QByteArray("2 2") << false;
        QTest::newRow("first") << QByteArray("from_first_file") << QByteArray("2 0") << true;
        QTest::newRow("none") << QByteArray("no_header") << QByteArray("0 0") << false;
    }
    void header_modes_say_which_files_begin_with_one()
    {
        QFETCH(QByteArray, mode);
        QFETCH(QByteArray, begins);
        QFETCH(bool, hasRow);
        const test::TempFolder folder;
        folder.write("MLTable", std::string(kCsv) + "      header: " + mode.toStdString() + "\n");
        folder.write("data/0.csv", ""); // the first file that is not empty counts
        folder.write("data/a.csv", "h\n1\n");
        folder.write("data/b.csv", "h\n2\n");
        const auto planned = planOf(tableRequest(folder.path()));
        VERIFY_OK(planned);
        const auto slices = planned->allSlices();
        QCOMPARE(slices.size(), std::size_t { 2 });
        QCOMPARE(QByteArray::number(qlonglong(slices[0].begin)) + " "
                + QByteArray::number(qlonglong(slices[1].begin)),
            begins);
        QCOMPARE(planned->header.table.as_object().contains("header_row"), hasRow);
    }

    void a_file_with_another_header_row_is_warned_of()
    {
        const test::TempFolder folder;
        folder.write("MLTable", kCsv);
        folder.write("data/a.csv", "x,y\n1,2\n");
        folder.write("data/b.csv", "y,x\n1,2\n");
        folder.write("data/c.csv", "x,y\r\n1,2\n");
        const auto planned = planOf(tableRequest(folder.path()));
        VERIFY_OK(planned);
        QCOMPARE(planned->header.warnings.size(), std::size_t { 1 });
        QVERIFY(planned->header.warnings.front().find("b.csv") != std::string::npos);
    }

    void any_table_is_cut_into_whole_records_exactly_once()
    {
        const char* const encodings[] = { "utf8", "latin1", "utf16", "utf32" };
        int cuts = 0;
        for (std::uint64_t seed = 0; seed < 300; ++seed) {
            Chance chance(seed);
            const std::string encoding = encodings[chance.oneIn(3) ? chance.below(4) : 0];
            const std::size_t unit = encoding == "utf16" ? 2 : encoding == "utf32" ? 4 : 1;
            const bool quotes = chance.oneIn(2);
            const bool header = chance.oneIn(2);
            const bool mark = unit > 1 ? chance.oneIn(2) : encoding == "utf8" && chance.oneIn(4);
            const bool big = mark && unit > 1 && chance.oneIn(2);
            std::u32string text = randomTable(chance, chance.oneIn(25) ? 20000 : 12);
            text = (header ? U"id,\"a\nb\"\n" + text : text);
            const std::string markBytes = !mark ? ""
                : unit == 1                     ? "\xEF\xBB\xBF"
                                                : encode(U"\uFEFF", encoding, big);
            const std::string bytes = markBytes + encode(text, encoding, big);
            const std::size_t size = 1 + chance.below(chance.oneIn(4) ? 3000 : 60);
            const test::TempFolder folder;
            const auto planned = planText(folder, bytes,
                "encoding: " + encoding + ", support_multi_line: " + (quotes ? "true" : "false")
                    + ", header: " + (header ? "all_files_different_headers" : "no_header"),
                static_cast<std::int64_t>(size));
            const auto all = recordEnds(text, 0, quotes, true, ',');
            const std::size_t dataBegin = header ? *all.begin() : 0;
            if (dataBegin >= text.size()) {
                COMPARE_ERROR(planned, ErrorCode::InputEmpty);
                continue;
            }
            VERIFY_OK(planned);
            const auto toBytes
                = [&](std::size_t letters) { return markBytes.size() + letters * unit; };
            std::size_t place = toBytes(dataBegin);
            const std::size_t step = (size + unit - 1) / unit * unit;
            for (const auto& slice : planned->allSlices()) {
                const auto context = "seed " + std::to_string(seed);
                QVERIFY2(static_cast<std::size_t>(slice.begin) == place, context.c_str());
                // The cut is the first record end at or behind the next multiple of the size, no
                // other.
                const std::size_t target
                    = toBytes(dataBegin) + ((place - toBytes(dataBegin)) / step + 1) * step;
                const std::size_t targetLetter
                    = std::min((target - markBytes.size()) / unit, text.size());
                place = toBytes(*all.lower_bound(targetLetter));
                QVERIFY2(static_cast<std::size_t>(slice.end) == place, context.c_str());
                ++cuts;
            }
            QCOMPARE(place, bytes.size());
        }
        QVERIFY(cuts > 1500);
    }

    void json_lines_end_only_at_a_newline()
    {
        const test::TempFolder folder;
        folder.write("MLTable",
            "paths: [{pattern: './*.jsonl'}]\ntransformations: [{read_json_lines: {invalid_lines: "
            "drop}}]\n");
        folder.write("a.jsonl", "{\"a\":1}\r{\"a\":2}\n{\"a\":3}\n");
        folder.write("b.jsonl", "{\"a\":\"\\\"\n4\"}");
        const auto planned = planOf(tableRequest(folder.path(), 4));
        VERIFY_OK(planned);
        QCOMPARE(planned->allSlices(),
            (std::vector<Slice> { { "a.jsonl", 0, 16 }, { "a.jsonl", 16, 24 }, { "b.jsonl", 0, 9 },
                { "b.jsonl", 9, 12 } }));
        QCOMPARE(planned->header.table.as_object()
                     .at("read")
                     .as_object()
                     .at("invalid_lines")
                     .as_string(),
            "drop");
        QVERIFY(!planned->header.table.as_object().contains("header_row"));
    }

    void a_header_in_another_encoding_is_handed_over_as_utf8_data()
    {
        QTest::addColumn<QByteArray>("encoding");
        QTest::addColumn<QByteArray>("bytes");
        using namespace std::string_literals;
        const auto row = [](const char* encoding, const std::string& bytes) {
            QTest::newRow(encoding) << QByteArray(encoding) << QByteArray::fromStdString(bytes);
        };
        row("windows1252", "\x80,\xE4\n1,2\n");
        row("utf16", "\xFE\xFF\x20\xAC\0,\0\xE4\0\n\0\x31\0,\0\x32\0\n"s);
        row("utf32", "\xAC\x20\0\0,\0\0\0\xE4\0\0\0\n\0\0\0x\0\0\0"s);
        row("utf8", "\xE2\x82\xAC,\xC3\xA4\n1,2\n");
    }
    void a_header_in_another_encoding_is_handed_over_as_utf8()
    {
        QFETCH(QByteArray, encoding);
        QFETCH(QByteArray, bytes);
        const test::TempFolder folder;
        const auto planned
            = planText(folder, bytes.toStdString(), "encoding: " + encoding.toStdString(), 0);
        VERIFY_OK(planned);
        QCOMPARE(
            std::string(planned->header.table.as_object().at("header_row").as_string().c_str()),
            std::string("€,ä"));
    }

    void paths_are_taken_in_order_and_each_file_once()
    {
        const test::TempFolder folder;
        folder.write("t/MLTable",
            "paths:\n  - file: ./z.csv\n  - pattern: ./[ab].csv\n  - folder: .\n  - file: z.csv\n"
            "transformations: [{read_delimited: {header: no_header}}]\n");
        for (const char* name : { "z.csv", "a.csv", "b.csv", "c.csv", "sub/d.csv" }) {
            folder.write(std::string("t/") + name, "1\n");
        }
        const auto planned = planOf(tableRequest(folder.path() / "t"));
        VERIFY_OK(planned);
        std::vector<std::string> order;
        for (const auto& slice : planned->allSlices()) {
            order.push_back(slice.path);
        }
        QCOMPARE(
            order, (std::vector<std::string> { "z.csv", "a.csv", "b.csv", "c.csv", "sub/d.csv" }));
    }

    void paths_outside_the_table_are_told_from_the_root_folder()
    {
        const test::TempFolder folder;
        folder.write("t/MLTable", "paths: [{folder: ../data}]\n");
        folder.write("data/a.bin", "x");
        const auto planned = planOf(tableRequest(folder.path() / "t"));
        VERIFY_OK(planned);
        QCOMPARE(planned->header.root, std::string("/"));
        QCOMPARE(
            "/" + std::string(planned->line(0).at("files").as_array().at(0).as_string().c_str()),
            (folder.path() / "data/a.bin").string());
    }

    void a_table_without_a_read_transformation_is_a_list_of_files()
    {
        const test::TempFolder folder;
        folder.write("MLTable", "paths: [{folder: .}]\ntransformations: [{skip: 1}, {take: 3}]\n");
        for (const char* name : { "a", "b", "c", "d", "e" }) {
            folder.write(name, "x");
        }
        const auto planned = planOf(tableRequest(folder.path(), 2));
        VERIFY_OK(planned);
        QCOMPARE(planned->lines,
            (std::vector<std::string> {
                quoted("{'files':['b','c']}"), quoted("{'files':['d']}") }));
        QCOMPARE(planned->header.kind, MiniBatchKind::Files);
        QVERIFY(planned->header.table.is_null());
    }

    void skip_and_take_count_rows_of_the_whole_table()
    {
        const test::TempFolder folder;
        folder.write("MLTable",
            std::string(kCsv)
                + "  - drop_columns: x\n  - skip: 2\n  - take: 3\n  - filter: 'col(\"h\") > 0'\n");
        folder.write("data/a.csv", "h\n1\n");
        folder.write("data/b.csv", "h\n2\n3\n\n4\n");
        folder.write("data/c.csv", "h\n5\n6\n7");
        const auto planned = planOf(tableRequest(folder.path()));
        VERIFY_OK(planned);
        std::string rows;
        for (const auto& slice : planned->allSlices()) {
            rows += part(folder.path(), slice);
        }
        QCOMPARE(rows, std::string("3\n\n4\n5\n"));
        QCOMPARE(boost::json::serialize(planned->header.table.as_object().at("transformations")),
            quoted("[{'drop_columns':['x']},{'filter':'col(\\'h\\') > 0'}]"));
    }

    void take_behind_a_filter_makes_the_table_one_mini_batch()
    {
        const test::TempFolder folder;
        folder.write("MLTable", std::string(kCsv) + "  - filter: 'col(\"h\") > 0'\n  - take: 3\n");
        folder.write("data/a.csv", "h\n1\n2\n");
        folder.write("data/b.csv", "h\n3\n");
        const auto planned = planOf(tableRequest(folder.path(), 1));
        VERIFY_OK(planned);
        QCOMPARE(planned->lines,
            std::vector<std::string> {
                quoted("{'slices':[['data/a.csv',2,6],['data/b.csv',2,4]]}") });
        QCOMPARE(planned->header.warnings.size(), std::size_t { 1 });
        QCOMPARE(planned->header.table.as_object().at("transformations").as_array().size(),
            std::size_t { 2 });
    }

    void each_combination_of_keys_is_one_mini_batch_in_order_of_appearance()
    {
        const test::TempFolder folder;
        folder.write("MLTable",
            std::string(kCsv)
                + "  - extract_columns_from_partition_format: "
                  "'{Store}/{Brand}/{file_name}.{extension}'\n");
        folder.write("data/9/b/1.csv", "h\n1\n");
        folder.write("data/10/b/1.csv", "h\n2\n");
        folder.write("data/10/a/1.csv", "h\n3\n");
        folder.write("data/10/a/2.csv", "h\n4\n");
        folder.write("data/11/a/empty.csv", "h\n");
        auto request = tableRequest(folder.path(), 1);
        request.partitionKeys = { "Brand", "Store" };
        auto planned = planOf(request);
        VERIFY_OK(planned);
        QCOMPARE(planned->lines,
            (std::vector<std::string> { quoted("{'slices':[['data/10/a/1.csv',2,4],['data/10/a/"
                                               "2.csv',2,4]],'key':{'Brand':'a','Store':'10'}}"),
                quoted("{'slices':[['data/10/b/1.csv',2,4]],'key':{'Brand':'b','Store':'10'}}"),
                quoted("{'slices':[['data/9/b/1.csv',2,4]],'key':{'Brand':'b','Store':'9'}}") }));
        QCOMPARE(planned->header.miniBatchSize, std::int64_t { 0 });
        QCOMPARE(planned->header.partitionKeys, request.partitionKeys);
        request.partitionKeys = { "Brand" };
        planned = planOf(request);
        VERIFY_OK(planned);
        QCOMPARE(planned->lines.size(), std::size_t { 2 });
        QCOMPARE(planned->slices(1).size(), std::size_t { 2 });
    }

    void partitions_of_any_tree_are_complete()
    {
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            Chance chance(seed);
            const test::TempFolder folder;
            const bool isTable = chance.oneIn(2);
            folder.write("MLTable",
                std::string("paths: [{pattern: '**/*.csv'}]\ntransformations:\n")
                    + (isTable ? "  - read_delimited: {header: no_header}\n" : "")
                    + "  - extract_columns_from_partition_format: '{A}/{B}/{d:yyyyMM}.csv'\n");
            std::map<std::pair<std::string, std::string>, std::set<std::string>> expected;
            for (std::size_t i = 1 + chance.below(30); i > 0; --i) {
                const std::string a = std::to_string(chance.below(4));
                const std::string month = "0" + std::to_string(1 + chance.below(3));
                const std::string path
                    = a + "/b" + std::to_string(chance.below(3)) + "/2020" + month + ".csv";
                folder.write(path, "1\n");
                expected[{ a, "2020-" + month + "-01T00:00:00" }].insert(path);
            }
            auto request = tableRequest(folder.path());
            request.partitionKeys = { "A", "d" };
            const auto planned = planOf(request);
            VERIFY_OK(planned);
            QCOMPARE(planned->lines.size(), expected.size());
            std::vector<std::string> firsts;
            for (std::size_t i = 0; i < planned->lines.size(); ++i) {
                const auto line = planned->line(i);
                const auto& key = line.at("key").as_object();
                std::set<std::string> files;
                for (const auto& one : line.at(isTable ? "slices" : "files").as_array()) {
                    const std::string path = isTable ? one.as_array().at(0).as_string().c_str()
                                                     : one.as_string().c_str();
                    firsts.push_back(path);
                    QVERIFY(files.insert(path).second);
                }
                firsts.resize(firsts.size() - files.size() + 1);
                const std::pair<std::string, std::string> values(
                    key.at("A").as_string().c_str(), key.at("d").as_string().c_str());
                QCOMPARE(files, expected[values]);
                expected.erase(values);
            }
            QVERIFY(expected.empty());
            QVERIFY(std::is_sorted(firsts.begin(), firsts.end()));
        }
    }

    void partition_keys_that_are_no_columns_are_refused_with_the_known_ones()
    {
        const test::TempFolder folder;
        folder.write("MLTable",
            std::string(kCsv) + "  - extract_columns_from_partition_format: '{Store}/{f}.csv'\n");
        folder.write("data/1/a.csv", "h\n1\n");
        auto request = tableRequest(folder.path());
        request.partitionKeys = { "Shop" };
        const auto planned = planOf(request);
        COMPARE_ERROR(planned, ErrorCode::Invalid);
        QCOMPARE(planned.error().arg("found"), std::string("Shop"));
        QVERIFY(planned.error().arg("allowed").find("Store, f") != std::string::npos);
        folder.write("MLTable", kCsv);
        COMPARE_ERROR(planOf(request), ErrorCode::Invalid);
    }

    void a_file_that_does_not_match_the_partition_format_is_named()
    {
        const test::TempFolder folder;
        folder.write("MLTable",
            std::string(kCsv) + "  - extract_columns_from_partition_format: '{Store}/{f}.csv'\n");
        folder.write("data/1/a.csv", "h\n1\n");
        folder.write("data/1/notes.txt", "h\n1\n");
        const auto planned = planOf(tableRequest(folder.path()));
        COMPARE_ERROR(planned, ErrorCode::InputUnreadable);
        QCOMPARE(planned.error().arg("path"), (folder.path() / "data/1/notes.txt").string());
    }

    void tables_that_cannot_be_planned_say_why()
    {
        const test::TempFolder folder;
        const auto missing = planOf(tableRequest(folder.path()));
        COMPARE_ERROR(missing, ErrorCode::InputMissing);
        QCOMPARE(missing.error().arg("path"), (folder.path() / "MLTable").string());

        folder.write(
            "MLTable", "paths: [{file: gone.csv}]\ntransformations: [{read_delimited: {}}]\n");
        const auto gone = planOf(tableRequest(folder.path()));
        COMPARE_ERROR(gone, ErrorCode::InputMissing);
        QCOMPARE(gone.error().arg("path"), (folder.path() / "gone.csv").string());

        folder.write(
            "MLTable", "paths: [{pattern: '*.csv'}]\ntransformations: [{read_delimited: {}}]\n");
        COMPARE_ERROR(planOf(tableRequest(folder.path())), ErrorCode::InputEmpty);
        folder.write("header.csv", "a,b\n");
        COMPARE_ERROR(planOf(tableRequest(folder.path())), ErrorCode::InputEmpty);

        folder.write("MLTable", "paths: [\n");
        COMPARE_ERROR(planOf(tableRequest(folder.path())), ErrorCode::Parse);

        folder.write("MLTable",
            "paths: [{folder: .}]\ntransformations: [{take_random_sample: {probability: 0.5, seed: "
            "1}}]\n");
        COMPARE_ERROR(planOf(tableRequest(folder.path())), ErrorCode::Invalid);
    }
};

SHEAF_TEST(tst_table_planner)
#include "tst_table_planner.moc"
