// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/data_path.h"
#include "core/spec/runner_arguments.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::spec;

namespace {

RunnerArguments read(
    const std::vector<std::string>& tokens, const std::vector<std::string>& scriptOptions = {})
{
    return readRunnerArguments(tokens, {}, "p", SourceText(), scriptOptions);
}

} // namespace

class tst_runner_arguments : public QObject
{
    Q_OBJECT

private slots:
    void flags_are_taken_in_both_forms()
    {
        const auto arguments = read(
            { "--mine", "1", "--error_threshold", "-1", "--allowed_failed_percent=12.5", "rest" });
        QVERIFY(arguments.diagnostics.empty());
        QCOMPARE(arguments.values.at("error_threshold"), std::string("-1"));
        QCOMPARE(arguments.values.at("allowed_failed_percent"), std::string("12.5"));
        QVERIFY(!arguments.has("mine"));
    }

    void a_misspelt_flag_is_named_and_not_taken()
    {
        for (const char* token : { "--resource_monitor_interva", "--resource-monitor-interval",
                 "--resource_monitor_intervall", "--Resource_Monitor_Interval",
                 "--resource_monitor" }) {
            const auto arguments = read({ token, "20" });
            QVERIFY2(arguments.diagnostics.size() == 1, token);
            QCOMPARE(arguments.diagnostics.front().code, std::string("misspelt-flag"));
            QCOMPARE(arguments.diagnostics.front().severity, Severity::Warning);
            QVERIFY(arguments.diagnostics.front().message.find("'--resource_monitor_interval'")
                != std::string::npos);
            QVERIFY(arguments.values.empty());
        }
    }

    void options_of_the_script_are_no_misspellings()
    {
        QVERIFY(read({ "--model", "x", "--outputs", "y", "--date_col", "z", "--prs_model", "m" })
                    .diagnostics.empty());
        QVERIFY(read({ "--error_treshold", "1" }, { "error_treshold" }).diagnostics.empty());
        QCOMPARE(read({ "--error_treshold", "1" }).diagnostics.size(), std::size_t { 1 });
    }

    void wrong_values_are_errors()
    {
        for (const auto& tokens :
            std::vector<std::vector<std::string>> { { "--allowed_failed_percent", "101" },
                { "--task_overhead_timeout", "0" }, { "--copy_logs_to_parent", "maybe" },
                { "--error_threshold=x" }, { "--resource_monitor_interval" },
                { "--progress_update_timeout", "--mine" }, { "--mini_batch_size", "ten" } }) {
            const auto arguments = read(tokens);
            QVERIFY2(hasErrors(arguments.diagnostics), tokens.front().c_str());
            QVERIFY(arguments.values.empty());
        }
    }

    void async_mode_may_stand_alone()
    {
        QCOMPARE(read({ "--amlbi_async_mode", "False" }).values.at("amlbi_async_mode"), std::string("False"));
        const auto alone = read({ "--amlbi_async_mode", "--mine", "1" });
        QVERIFY(alone.diagnostics.empty());
        QCOMPARE(alone.values.at("amlbi_async_mode"), std::string("true"));
    }

    void names_of_the_runner_are_reserved()
    {
        const auto arguments = read({ "--output", "x" });
        QCOMPARE(arguments.diagnostics.front().code, std::string("reserved-argument"));
        QCOMPARE(arguments.diagnostics.front().severity, Severity::Warning);
    }

    void a_flag_is_pointed_at_in_its_text()
    {
        const std::string file = "k: >-\n  --mine 1\n  --error_treshold 3\n";
        FieldValue source;
        source.where = { 3, file.size(), 1, 4 };
        const auto arguments = readRunnerArguments(
            { "--mine", "1", "--error_treshold", "3" }, source, "p", SourceText("", file), {});
        QCOMPARE(arguments.diagnostics.front().where.line, 3);
        QCOMPARE(arguments.diagnostics.front().where.column, 3);
    }

    void options_are_found_in_a_script()
    {
        const auto names = optionNames(
            "parser.add_argument(\"--model\", '-m')\nadd('--out-dir')\n# --not this\n\"--\"\n");
        QCOMPARE(names, (std::vector<std::string> { "model", "out-dir" }));
    }

    void paths_are_told_apart_by_their_form()
    {
        for (const char* local :
            { "a", "./a", "../a", "/a/b", "file:./a", "file:///a", "a:b/c", "dir with blanks/x" }) {
            QVERIFY2(dataPathKind(local) == DataPathKind::Local, local);
        }
        for (const char* cloud :
            { "azureml:a:1", "azureml:a@latest", "azureml://datastores/d/paths/p", "https://x",
                "wasbs://x", "abfss://x", "adl://x", "azureml:https://x", "s3://x" }) {
            QVERIFY2(dataPathKind(cloud) == DataPathKind::Cloud, cloud);
        }
        QVERIFY(dataPathKind("C:\\data") == DataPathKind::Windows);
        QCOMPARE(localPath("file:./a/../b/", "/top").string(), std::string("/top/b"));
        QCOMPARE(localPath("file:///x/y", "/top").string(), std::string("/x/y"));
    }
};

SHEAF_TEST(tst_runner_arguments)
#include "tst_runner_arguments.moc"
