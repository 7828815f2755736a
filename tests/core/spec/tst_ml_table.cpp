// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/ml_table.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::spec;

namespace {

std::string words(const MlTable& table)
{
    std::string text;
    for (const auto& d : table.diagnostics) {
        text += std::string(json::enumName(d.severity)) + " " + d.code + " "
            + std::to_string(d.where.line) + "\n";
    }
    return text;
}

std::string argumentsOf(const MlTable& table)
{
    std::string text;
    for (const auto& transformation : table.transformations) {
        text += transformation.name + " " + boost::json::serialize(transformation.arguments) + "\n";
    }
    return text;
}

const std::string kPaths = "paths:\n  - file: ./a.csv\n";

} // namespace

class tst_ml_table : public QObject
{
    Q_OBJECT

    MlTable read(const std::string& yaml)
    {
        m_folder.write("t/MLTable", yaml);
        return readMlTable(m_folder.path() / "t");
    }
    MlTable with(const std::string& transformation)
    {
        return read(kPaths + "transformations:\n  - " + transformation + "\n");
    }

    test::TempFolder m_folder;

private slots:
    void the_smallest_table_is_a_list_of_files()
    {
        const MlTable table = read("paths:\n  - folder: ./pictures\n");
        QCOMPARE(words(table), std::string());
        QVERIFY(table.read() == nullptr);
        QCOMPARE(table.paths.front().kind, MlTablePathKind::Folder);
        QCOMPARE(table.paths.front().value, std::string("./pictures"));
    }

    void every_transformation_has_one_form()
    {
        const MlTable table = read(
            "type: mltable\n"
            "paths:\n  - pattern: ./**/*.csv\n  - file: file:///abs/x.csv\n"
            "transformations:\n"
            "  - read_delimited: {encoding: UTF-8, support_multi_line: True, delimiter: ';'}\n"
            "  - extract_columns_from_partition_format: "
            "'{Store}/{day:yyyy/MM/dd}/{file_name}.{extension}'\n"
            "  - drop_columns: Path\n"
            "  - keep_columns: [a, b]\n"
            "  - convert_column_types:\n"
            "      - columns: a\n        column_type: int\n"
            "      - columns: [b, c]\n        column_type: boolean\n        true_values: 'yes'\n   "
            "     mismatch_as: error\n"
            "      - columns: d\n        column_type: {datetime: {formats: ['%Y']}}\n"
            "  - filter: 'col(\"a\") > 3'\n"
            "  - skip: 2\n"
            "  - take: 5\n"
            "  - take_random_sample: {probability: 0.5, seed: 7}\n");
        QCOMPARE(words(table), std::string());
        QCOMPARE(argumentsOf(table),
            std::string("read_delimited "
                        "{\"encoding\":\"utf8\",\"support_multi_line\":true,\"delimiter\":\";\"}\n"
                        "extract_columns_from_partition_format "
                        "\"{Store}/{day:yyyy/MM/dd}/{file_name}.{extension}\"\n"
                        "drop_columns [\"Path\"]\n"
                        "keep_columns [\"a\",\"b\"]\n"
                        "convert_column_types [{\"columns\":[\"a\"],\"column_type\":\"int\"},"
                        "{\"columns\":[\"b\",\"c\"],\"column_type\":\"boolean\",\"true_values\":["
                        "\"yes\"],\"mismatch_as\":\"error\"},"
                        "{\"columns\":[\"d\"],\"formats\":[\"%Y\"],\"column_type\":\"datetime\"}]\n"
                        "filter \"col(\\\"a\\\") > 3\"\n"
                        "skip 2\n"
                        "take 5\n"
                        "take_random_sample {\"probability\":5E-1,\"seed\":7}\n"));
        QCOMPARE(table.paths[1].value, std::string("/abs/x.csv"));
        QCOMPARE(partitionColumns(table.partitionFormat()),
            (std::vector<std::string> { "Store", "day", "file_name", "extension" }));
    }

    void a_read_may_be_a_bare_name()
    {
        const MlTable table = with("read_parquet");
        QCOMPARE(words(table), std::string());
        QCOMPARE(argumentsOf(table), std::string("read_parquet {}\n"));
        QCOMPARE(argumentsOf(with("read_json_lines:\n      invalid_lines: drop")),
            std::string("read_json_lines {\"invalid_lines\":\"drop\"}\n"));
    }

    void what_the_tools_of_the_service_write_is_understood()
    {
        QCOMPARE(argumentsOf(with("read_delimited: {path_column: Path, partition_size: 20971520, "
                                  "header: no_header}")),
            std::string("read_delimited {\"header\":\"no_header\"}\n"));
        const MlTable table = with("extract_columns_from_partition_format: {day:yyyy/MM/dd}");
        QCOMPARE(words(table), std::string());
        QCOMPARE(table.partitionFormat(), std::string("{day:yyyy/MM/dd}"));
    }

    void an_unknown_transformation_is_named()
    {
        const MlTable table = with("read_delimted: {}");
        QCOMPARE(words(table), std::string("Error unknown-transformation 4\n"));
        QVERIFY(table.diagnostics.front().message.find("read_delimited") != std::string::npos);
        QVERIFY(table.transformations.empty());
    }

    void places_in_the_cloud_are_errors_data()
    {
        QTest::addColumn<QString>("place");
        for (const char* place : { "https://x/y.csv", "azureml://datastores/d/paths/p",
                 "wasbs://c@a/p", "abfss://c@a/p", "azureml:d:1" }) {
            QTest::newRow(place) << place;
        }
    }
    void places_in_the_cloud_are_errors()
    {
        QFETCH(QString, place);
        QCOMPARE(words(read("paths:\n  - file: " + place.toStdString() + "\n")),
            std::string("Error cloud-data 2\n"));
    }

    void wrong_tables_are_told_data()
    {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("finding");
        const QString paths = QString::fromStdString(kPaths);
        const auto row = [](const char* name, const QString& yaml, const char* finding) {
            QTest::newRow(name) << yaml << finding;
        };
        row("no paths", "type: mltable\n", "Error missing-field 0\n");
        row("empty paths", "paths: []\n", "Error wrong-type 1\n");
        row("plain path", "paths: [./a.csv]\n", "Error wrong-type 1\n");
        row("other type", "type: table\n" + paths, "Error unknown-word 1\n");
        row("unknown key", paths + "pathes: 1\n", "Warning unknown-key 3\n");
        row("not a list", paths + "transformations: read_parquet\n", "Error wrong-type 3\n");
        row("two names", paths + "transformations:\n  - {skip: 1, take: 2}\n",
            "Error wrong-type 4\n");
        row("two reads", paths + "transformations: [read_parquet, read_json_lines]\n",
            "Error two-reads 3\n");
        row("word", paths + "transformations:\n  - read_delimited:\n      header: maybe\n",
            "Error unknown-word 5\n");
        row("argument", paths + "transformations:\n  - read_delimited:\n      heder: no_header\n",
            "Warning unknown-key 5\n");
        row("number", paths + "transformations: [{take: some}]\n", "Error wrong-type 3\n");
        row("negative", paths + "transformations: [{skip: -1}]\n", "Error out-of-range 3\n");
        row("share", paths + "transformations: [{take_random_sample: {probability: 2}}]\n",
            "Error out-of-range 3\n");
        row("no share", paths + "transformations: [{take_random_sample: {seed: 2}}]\n",
            "Error missing-field 3\n");
        row("braces",
            paths + "transformations: [{extract_columns_from_partition_format: '{a/b'}]\n",
            "Error bad-partition-format 3\n");
        row("no column",
            paths + "transformations: [{extract_columns_from_partition_format: 'a/b'}]\n",
            "Error bad-partition-format 3\n");
        row("delta", paths + "transformations: [read_delta_lake]\n", "Error missing-field 3\n");
        row("trait",
            paths
                + "transformations: [read_parquet, {drop_columns: t}]\ntraits: {timestamp_column: "
                  "t}\n",
            "Error trait-dropped 3\n");
        row("syntax", "paths: [\n", "Error yaml-syntax 2\n");
    }
    void wrong_tables_are_told()
    {
        QFETCH(QString, yaml);
        QFETCH(QString, finding);
        QCOMPARE(QString::fromStdString(words(read(yaml.toStdString()))), finding);
    }

    void a_folder_without_the_file_says_so()
    {
        m_folder.write("empty/x.csv", "a\n");
        QCOMPARE(
            words(readMlTable(m_folder.path() / "empty")), std::string("Error no-mltable 0\n"));
        QCOMPARE(
            words(readMlTable(m_folder.path() / "nowhere")), std::string("Error file-missing 0\n"));
    }
};

SHEAF_TEST(tst_ml_table)
#include "tst_ml_table.moc"
