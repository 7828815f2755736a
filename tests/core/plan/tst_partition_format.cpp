// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/partition_format.h"
#include "core/spec/ml_table.h"
#include "tests/support/result_macros.h"
#include "tests/support/test_runner.h"

using sheaf::ErrorCode;
using sheaf::plan::PartitionFormat;

class tst_partition_format : public QObject
{
    Q_OBJECT
private slots:
    void a_path_gives_its_values_data()
    {
        QTest::addColumn<QByteArray>("format");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("values"); // joined with |, "-" for no match
        const auto row = [](const char* name, const char* format, const char* path,
                             const char* values) {
            QTest::newRow(name) << QByteArray(format) << QByteArray(path) << QByteArray(values);
        };
        const char* usual = "{Store}/{Brand}/{file_name}.{extension}";
        row("usual", usual, "12/tropicana/sales.csv", "12|tropicana|sales|csv");
        row("the tail of a longer path", usual, "data/2020/12/tropicana/sales.csv",
            "12|tropicana|sales|csv");
        row("too few folders", usual, "tropicana/sales.csv", "-");
        row("no extension", usual, "12/tropicana/sales", "-");
        row("the last dot", usual, "12/x/a.tar.gz", "12|x|a.tar|gz");
        row("slash in front", "/{Store}/{f}.csv", "a/7/x.csv", "7|x");
        row("dot slash in front", "./{Store}/{f}.csv", "7/x.csv", "7|x");
        row("text between", "store={s}/b-{b}.csv", "d/store=4/b-x.csv", "4|x");
        row("text does not fit", "store={s}/b-{b}.csv", "d/shop=4/b-x.csv", "-");
        row("a whole segment must match", "s{n}.csv", "bigs4.csv", "-");
        row("two in a name", "{brand}_{store}.csv", "a_b_7.csv", "a_b|7");
        row("nothing is no value", "{brand}_{store}.csv", "_7.csv", "-");
        row("letters beyond ASCII", "{o}/{f}.csv", "K\xC3\xB6ln/x.csv", "K\xC3\xB6ln|x");
        row("no column", "fixed.csv", "a/fixed.csv", "");
        row("date", "{s}/{d:yyyy/MM/dd}/{f}.csv", "x/9/2021/03/04/a.csv",
            "9|2021-03-04T00:00:00|a");
        row("date in a name", "{d:yyyyMMdd-HHmmss}.csv", "20210304-050607.csv",
            "2021-03-04T05:06:07");
        row("year alone", "{d:yyyy}/{f}", "2021/a", "2021-01-01T00:00:00|a");
        row("no such date", "{d:yyyy/MM/dd}/{f}", "2021/02/29/a", "-");
        row("leap day", "{d:yyyy/MM/dd}/{f}", "2020/02/29/a", "2020-02-29T00:00:00|a");
        row("no digits", "{d:yyyy}/{f}", "20x1/a", "-");
        row("too short for the date", "{f}/{d:yyyy}", "a/202", "-");
    }
    void a_path_gives_its_values()
    {
        QFETCH(QByteArray, format);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, values);
        const auto parsed = PartitionFormat::parse(format.toStdString());
        VERIFY_OK(parsed);
        const auto found = parsed->match(path.toStdString());
        QByteArray joined = found ? "" : "-";
        for (std::size_t i = 0; found && i < found->size(); ++i) {
            joined += (i == 0 ? "" : "|") + QByteArray::fromStdString((*found)[i]);
        }
        QCOMPARE(joined, values);
    }

    void columns_are_those_that_the_job_file_check_knows()
    {
        const std::string format = "{Store}/{d:yyyy/MM}/{file_name}.{extension}";
        const auto parsed = PartitionFormat::parse(format);
        VERIFY_OK(parsed);
        QCOMPARE(parsed->columns(), sheaf::spec::partitionColumns(format));
        QCOMPARE(parsed->columns().size(), std::size_t { 4 });
    }

    void a_broken_format_is_refused()
    {
        COMPARE_ERROR(PartitionFormat::parse("{Store"), ErrorCode::Parse);
        COMPARE_ERROR(PartitionFormat::parse("{}/x"), ErrorCode::Parse);
        COMPARE_ERROR(PartitionFormat::parse("{:yyyy}/x"), ErrorCode::Parse);
        COMPARE_ERROR(PartitionFormat::parse("{a}/{a}"), ErrorCode::Parse);
    }
};

SHEAF_TEST(tst_partition_format)
#include "tst_partition_format.moc"
