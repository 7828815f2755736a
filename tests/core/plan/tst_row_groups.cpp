// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/python_call.h"
#include "core/plan/row_groups.h"
#include "tests/core/plan/plan_support.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::plan;
using test::planOf;
using test::quoted;
using test::Slice;
using test::tableRequest;

class tst_row_groups : public QObject
{
    Q_OBJECT

    static void usePackages() { qputenv("PYTHONPATH", SHEAF_TEST_SOURCE "/tests/core/plan/site"); }

private slots:
    void cleanup() { qunsetenv("PYTHONPATH"); }

    void parquet_is_cut_at_row_groups()
    {
        const test::TempFolder folder;
        usePackages();
        folder.write(
            "t/MLTable", "paths: [{pattern: '*.parquet'}]\ntransformations: [read_parquet]\n");
        folder.write("t/a.parquet", "5:100 5:100 5:100 5:100 5:100"); // 29 bytes: 5 a group
        folder.write("t/b.parquet", "5:1");
        folder.write("t/none.parquet", "0:10");
        const auto planned = planOf(tableRequest(folder.path() / "t", 10));
        VERIFY_OK(planned);
        QCOMPARE(planned->allSlices(),
            (std::vector<Slice> { { "a.parquet", 0, 2 }, { "a.parquet", 2, 4 },
                { "a.parquet", 4, -1 }, { "b.parquet", 0, -1 } }));
        QCOMPARE(planned->header.tableFormat, TableFormat::Parquet);
        QCOMPARE(planned->header.bytes, std::uint64_t { 29 + 3 + 4 });
    }

    void parquet_partitions_take_whole_files()
    {
        const test::TempFolder folder;
        usePackages();
        folder.write("t/MLTable",
            "paths: [{folder: .}]\ntransformations:\n  - read_parquet\n  - "
            "extract_columns_from_partition_format: '{k}/{f}.parquet'\n");
        folder.write("t/1/a.parquet", "5:100 5:100");
        folder.write("t/1/b.parquet", "5:100");
        auto request = tableRequest(folder.path() / "t");
        request.partitionKeys = { "k" };
        const auto planned = planOf(request);
        VERIFY_OK(planned);
        QCOMPARE(planned->lines,
            std::vector<std::string> {
                quoted("{'slices':[['1/a.parquet',0,-1],['1/b.parquet',0,-1]],'key':{'k':'1'}}") });
    }

    void a_broken_parquet_file_is_named_with_the_reason()
    {
        const test::TempFolder folder;
        usePackages();
        folder.write("t/MLTable", "paths: [{folder: .}]\ntransformations: [read_parquet]\n");
        folder.write("t/bad.parquet", "broken");
        const auto planned = planOf(tableRequest(folder.path() / "t"));
        COMPARE_ERROR(planned, ErrorCode::InputUnreadable);
        QCOMPARE(planned.error().arg("path"), (folder.path() / "t/bad.parquet").string());
        QCOMPARE(planned.error().arg("reason"), std::string("ValueError: no magic bytes"));
    }

    void without_a_package_for_parquet_the_package_is_named()
    {
        const test::TempFolder folder;
        // The interpreter of the machine may have the packages: hide them.
        folder.write("site/pyarrow.py", "raise ImportError('hidden')\n");
        folder.write("site/fastparquet.py", "raise ImportError('hidden')\n");
        folder.write("site/deltalake.py", "raise ImportError('hidden')\n");
        qputenv("PYTHONPATH", QByteArray::fromStdString((folder.path() / "site").string()));
        folder.write("t/MLTable", "paths: [{folder: .}]\ntransformations: [read_parquet]\n");
        folder.write("t/a.parquet", "5:1");
        const auto planned = planOf(tableRequest(folder.path() / "t"));
        COMPARE_ERROR(planned, ErrorCode::PackageMissing);
        QCOMPARE(planned.error().arg("package"), std::string("pyarrow"));
        folder.write("t/MLTable",
            "paths: [{folder: .}]\ntransformations: [{read_delta_lake: {version_as_of: 1}}]\n");
        const auto delta = planOf(tableRequest(folder.path() / "t"));
        COMPARE_ERROR(delta, ErrorCode::PackageMissing);
        QCOMPARE(delta.error().arg("package"), std::string("deltalake"));
    }

    void a_delta_table_is_the_parquet_files_of_its_version_data()
    {
        QTest::addColumn<QByteArray>("argument");
        QTest::addColumn<int>("version");
        QTest::newRow("version") << QByteArray("version_as_of: 3") << 3;
        QTest::newRow("time") << QByteArray("timestamp_as_of: '2024-01-01T00:00:00Z'") << 7;
    }
    void a_delta_table_is_the_parquet_files_of_its_version()
    {
        QFETCH(QByteArray, argument);
        QFETCH(int, version);
        const test::TempFolder folder;
        usePackages();
        folder.write("t/MLTable",
            "paths: [{folder: ./sales}]\ntransformations: [{read_delta_lake: {"
                + argument.toStdString() + "}}]\n");
        const std::string name = "/v" + std::to_string(version) + ".parquet";
        folder.write("t/sales/day=1" + name, "5:1");
        folder.write("t/sales/day=2" + name, "5:1");
        folder.write("t/sales/day=2/old.parquet", "5:1");
        const auto planned = planOf(tableRequest(folder.path() / "t"));
        VERIFY_OK(planned);
        QCOMPARE(planned->allSlices(),
            (std::vector<Slice> {
                { "sales/day=1" + name, 0, -1 }, { "sales/day=2" + name, 0, -1 } }));
        QCOMPARE(
            boost::json::serialize(planned->header.table.as_object().at("delta_partition_columns")),
            quoted("[['day','date']]"));
    }

    void an_interpreter_that_is_not_there_is_named()
    {
        const test::TempFolder folder;
        folder.write(
            "MLTable", "paths: [{pattern: '*.parquet'}]\ntransformations: [read_parquet]\n");
        folder.write("a.parquet", "5:1");
        auto request = tableRequest(folder.path());
        request.python = "/no/such/python";
        const auto planned = planOf(request);
        COMPARE_ERROR(planned, ErrorCode::InterpreterMissing);
        QCOMPARE(planned.error().arg("python"), request.python);
    }

    void a_call_gets_its_input_and_gives_back_what_was_said()
    {
        const std::function<void(const PlanProgress&)> nobody;
        PlanWatch watch(test::requestFor("/"), {}, nobody);
        const std::string input(300000, 'x');
        const auto answer = callPython("/usr/bin/python3",
            "text = sys.stdin.read()\nprint(text)\nprint('oh', file=sys.stderr)\nsys.exit(3)",
            input, watch);
        VERIFY_OK(answer);
        QCOMPARE(answer->exitCode, 3);
        QVERIFY(answer->output == input + "\n");
        QCOMPARE(answer->errors, std::string("oh\n"));
    }

    void a_call_that_takes_for_ever_ends_when_stop_is_asked()
    {
        std::stop_source source;
        int told = 0;
        const std::function<void(const PlanProgress&)> onProgress = [&](const PlanProgress&) {
            if (++told == 2) {
                source.request_stop();
            }
        };
        PlanWatch watch(test::requestFor("/"), source.get_token(), onProgress);
        COMPARE_ERROR(
            callPython("/usr/bin/python3", "while True: pass", "", watch), ErrorCode::Canceled);
    }
};

SHEAF_TEST(tst_row_groups)
#include "tst_row_groups.moc"
