// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/line_content.h"
#include "core/plan/line_sink.h"
#include "core/plan/plan_line.h"
#include "core/plan/plan_lines.h"
#include "core/plan/plan_sizes.h"
#include "tests/core/plan/plan_support.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::plan;

namespace {

/// Lines as the planner writes them.
class Written
{
public:
    std::vector<std::string> lines;

private:
    PlanRequest m_request;
    std::function<void(const PlanProgress&)> m_nobody;
    PlanWatch m_watch { m_request, {}, m_nobody };
    std::function<void(std::string_view)> m_onLine { [this](std::string_view line) { lines.emplace_back(line); } };

public:
    LineSink sink { m_watch, m_onLine };
};

} // namespace

/// Lines of a plan read back, kept, and counted.
class tst_line_content : public QObject
{
    Q_OBJECT

private slots:
    void every_name_that_can_be_written_is_read_back()
    {
        test::Chance chance(11);
        for (int round = 0; round < 300; ++round) {
            Written written;
            std::vector<std::string> names;
            for (std::size_t i = 0; i <= chance.below(4); ++i) {
                std::string name;
                for (std::size_t letter = 0; letter <= chance.below(12); ++letter) {
                    static const std::vector<std::string> kLetters { "a", "/", "\"", "\\", "\n", "é", "日", "😀", "\xff", "\xc3", "]", "}", ",", " " };
                    name += kLetters[chance.below(kLetters.size())];
                }
                written.sink.addFile(name);
                names.push_back(readableText(name));
            }
            written.sink.finish();
            QCOMPARE(pathsOfLine(written.lines.at(0)), names);
            const LineContent content = readLine(written.lines.at(0));
            QCOMPARE(content.parts, names.size());
            QCOMPARE(content.firstPath, names.front());
            QCOMPARE(readLine(written.lines.at(0), false).parts, names.size());
        }
    }

    void slices_rows_and_keys_are_read_back()
    {
        Written written;
        written.sink.addSlice("a.csv", std::uint64_t { 10 }, std::uint64_t { 30 });
        written.sink.addSlice("b.csv", std::uint64_t { 0 }, std::uint64_t { 5 });
        written.sink.finishWithKey({ "Store", "Br\"and" }, { "12", "\xfe" });
        written.sink.addSlice("c.jsonl", std::uint64_t { 7 }, std::uint64_t { 9 });
        written.sink.finishWithRow(40);
        written.sink.addSlice("d.parquet", std::int64_t { 2 }, std::int64_t { -1 });
        written.sink.finish();
        const LineContent partition = readLine(written.lines.at(0));
        QVERIFY(partition.hasSlices);
        QCOMPARE(partition.parts, 2U);
        QCOMPARE(partition.amount, 25U);
        QCOMPARE(partition.begin, 10);
        QCOMPARE(partition.end, 30);
        const std::vector<std::pair<std::string, std::string>> key { { "Store", "12" }, { "Br\"and", "\\xfe" } };
        QVERIFY(partition.key == key);
        QCOMPARE(readLine(written.lines.at(1)).firstRow, 40);
        QCOMPARE(readLine(written.lines.at(2)).amount, 0U);
        QCOMPARE(readLine(written.lines.at(2)).end, -1);
    }

    void what_is_no_line_gives_what_could_be_read_and_ends()
    {
        Written written;
        written.sink.addSlice("a\\\"b.csv", std::uint64_t { 10 }, std::uint64_t { 30 });
        written.sink.finishWithKey({ "k" }, { "v" });
        const std::string whole = written.lines.at(0);
        for (std::size_t length = 0; length <= whole.size(); ++length) {
            QVERIFY(readLine(std::string_view(whole).substr(0, length)).parts <= 1);
        }
        QCOMPARE(readLine("[1,2]").parts, 0U);
    }

    void pages_are_one_list()
    {
        PlanLines lines;
        lines.add(std::make_shared<PathList>());
        int next = 0;
        for (const int count : { 3, 1, 4 }) {
            auto page = std::make_shared<PathList>();
            for (int i = 0; i < count; ++i) {
                page->add(std::to_string(next++));
            }
            lines.add(page);
        }
        QCOMPARE(lines.size(), 8U);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            QCOMPARE(std::string(lines[i]), std::to_string(i));
        }
        QVERIFY(lines[8].empty());
    }

    void sizes_are_counted_in_what_a_mini_batch_is_made_of()
    {
        Written files;
        for (const int count : { 3, 3, 1 }) {
            for (int i = 0; i < count; ++i) {
                files.sink.addFile("f");
            }
            files.sink.finish();
        }
        SizeCounter ofFiles;
        for (const auto& line : files.lines) {
            ofFiles.add(line);
        }
        QVERIFY(!ofFiles.soFar().median.has_value());
        const PlanSizes threeFiles = ofFiles.finish({});
        QCOMPARE(threeFiles.unit, SizeUnit::Files);
        QCOMPARE(threeFiles.miniBatches, 3U);
        QCOMPARE(threeFiles.smallest, 1U);
        QCOMPARE(threeFiles.largest, 3U);
        QCOMPARE(threeFiles.median.value(), 3U);

        Written rows;
        for (const std::uint64_t row : { 0, 10, 20 }) {
            rows.sink.addSlice("r.jsonl", row * 7, row * 7 + 50 + row);
            rows.sink.finishWithRow(row);
        }
        SizeCounter ofRows;
        for (const auto& line : rows.lines) {
            ofRows.add(line);
        }
        PlanHeader header;
        header.items = 24; // so the last has four
        const PlanSizes threeRows = ofRows.finish(header);
        QCOMPARE(threeRows.unit, SizeUnit::Rows);
        QCOMPARE(threeRows.smallest, 4U);
        QCOMPARE(threeRows.largest, 10U);
        QCOMPARE(threeRows.largestBytes, 70U);
    }
};

SHEAF_TEST(tst_line_content)
#include "tst_line_content.moc"
