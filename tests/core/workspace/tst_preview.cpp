// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/mini_batch_planner.h"
#include "core/workspace/preview.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <filesystem>

using namespace sheaf;
using namespace sheaf::workspace;

namespace {

/// Plans an input and asks for the preview of one of its mini-batches.
struct Asked
{
    test::TempFolder folder;
    plan::PlanRequest request;
    std::vector<std::string> lines;
    PreviewRequest preview;

    void plan(std::size_t chosen = 0)
    {
        lines.clear();
        request.path = folder.path() / "data";
        auto header = plan::planMiniBatches(request, [&](std::string_view line) { lines.emplace_back(line); });
        QVERIFY2(header.has_value(), header ? "" : errorSentence(header.error()).c_str());
        preview.header = std::make_shared<const plan::PlanHeader>(std::move(*header));
        preview.line = lines.at(chosen);
        preview.step = "score";
        preview.python = std::filesystem::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3"; // has pandas on Debian
    }
    [[nodiscard]] Result<MiniBatchPreview> ask(std::stop_token stop = {}) const { return previewMiniBatch(preview, std::move(stop)); }
};

} // namespace

/// A mini-batch as run() would be given it.
class tst_preview : public QObject
{
    Q_OBJECT

private slots:
    void files_with_odd_names_are_shown_with_their_sizes()
    {
        Asked asked;
        asked.folder.write("data/a \"quoted\".txt", "12345");
        asked.folder.write("data/b\xff.txt", "");
        asked.request.miniBatchSize = 10;
        asked.plan();
        const auto preview = asked.ask();
        VERIFY_OK(preview);
        QCOMPARE(preview->kind, plan::MiniBatchKind::Files);
        QCOMPARE(preview->count, 2U);
        QCOMPARE(preview->rows.size(), 2U);
        QCOMPARE(*preview->rows[0][0], std::string("a \"quoted\".txt"));
        QCOMPARE(*preview->rows[0][1], std::string("5"));
        QCOMPARE(*preview->rows[1][0], std::string("b\\xff.txt"));
    }

    void rows_of_json_have_the_columns_of_all_that_are_shown()
    {
        Asked asked;
        asked.folder.write("data/in.jsonl", "{\"a\": 1}\n\n{\"b\": [1, \"é\"]}\n{\"a\": null}\n");
        asked.request.jsonLines = true;
        asked.request.miniBatchSize = 2;
        asked.plan();
        const auto preview = asked.ask();
        VERIFY_OK(preview);
        QCOMPARE(preview->kind, plan::MiniBatchKind::JsonRows);
        QCOMPARE(preview->count, 2U);
        QCOMPARE(preview->columns.size(), 2U);
        QCOMPARE(preview->columns[1].second, std::string("list"));
        QVERIFY(!preview->rows[0][1].has_value());
        QCOMPARE(*preview->rows[1][1], std::string("[1, \"é\"]"));
    }

    void rows_of_a_table_come_with_their_types()
    {
        Asked asked;
        asked.folder.write("data/MLTable", "type: mltable\npaths:\n  - file: ./t.csv\ntransformations:\n  - read_delimited:\n      delimiter: ','\n"
                                           "  - drop_columns: secret\n");
        std::string text = "id,name,price,secret\n";
        for (int i = 0; i < 60; ++i) {
            text += std::to_string(i) + ",n" + std::to_string(i) + "," + (i == 1 ? "" : "0.5") + ",x\n";
        }
        asked.folder.write("data/t.csv", text);
        asked.request.isMlTable = true;
        asked.plan();
        const auto preview = asked.ask();
        if (!preview && preview.error().code == ErrorCode::PackageMissing) {
            QSKIP("this interpreter has no pandas");
        }
        VERIFY_OK(preview);
        QCOMPARE(preview->kind, plan::MiniBatchKind::Table);
        QCOMPARE(preview->count, 60U);
        QCOMPARE(preview->rows.size(), 50U); // the first ones
        const std::vector<std::pair<std::string, std::string>> columns { { "id", "int64" }, { "name", "object" }, { "price", "float64" } };
        QVERIFY(preview->columns == columns);
        QCOMPARE(*preview->rows[3][1], std::string("n3"));
        QVERIFY(!preview->rows[1][2].has_value());
    }

    void what_the_package_refuses_is_an_error_with_its_words()
    {
        Asked asked;
        const auto file = asked.folder.write("data/in.jsonl", "{\"a\": 1}\n{not json}\n");
        asked.request.jsonLines = true;
        asked.plan(1);
        const auto bad = asked.ask();
        COMPARE_ERROR(bad, ErrorCode::InputUnreadable);
        QVERIFY2(bad.error().arg("reason").find("JSONDecodeError") != std::string::npos, bad.error().arg("reason").c_str());
        QVERIFY(bad.error().arg("path").ends_with("data/in.jsonl"));
        asked.folder.write("data/in.jsonl", "{\"a\": 1}\n{\"b\": 22222}\n");
        const auto changed = asked.ask();
        COMPARE_ERROR(changed, ErrorCode::InputUnreadable);
        QVERIFY2(changed.error().arg("reason").find("has changed since") != std::string::npos, changed.error().arg("reason").c_str());
    }

    void it_ends_when_asked_to_stop_and_when_its_time_is_over()
    {
        Asked asked;
        asked.folder.write("data/a.txt", "");
        asked.plan();
        std::stop_source stopped;
        stopped.request_stop();
        COMPARE_ERROR(asked.ask(stopped.get_token()), ErrorCode::Canceled);
        COMPARE_ERROR(previewMiniBatch(asked.preview, {}, std::chrono::milliseconds(0)), ErrorCode::InputUnreadable);
        asked.preview.python = "/nonexistent/python";
        COMPARE_ERROR(asked.ask(), ErrorCode::InterpreterMissing);
        asked.preview.python = "/bin/false";
        COMPARE_ERROR(asked.ask(), ErrorCode::InputUnreadable);
    }
};

SHEAF_TEST(tst_preview)
#include "tst_preview.moc"
