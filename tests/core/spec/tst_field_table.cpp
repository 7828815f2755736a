// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/field_table.h"
#include "core/spec/validator.h"
#include "tests/support/test_runner.h"

#include <set>

using namespace sheaf::spec;

namespace {

bool accepts(const Field& field, const std::string& text)
{
    FieldValue value;
    value.text = text;
    return !checkValue(field, value, "x").has_value();
}

constexpr Scope kScopes[] = { Scope::Pipeline, Scope::Settings, Scope::ParallelNode,
    Scope::ParallelComponent, Scope::CommandNode, Scope::CommandComponent, Scope::Task,
    Scope::RetrySettings, Scope::Resources, Scope::Limits, Scope::Input, Scope::InputDeclaration,
    Scope::Output, Scope::Environment, Scope::EnvironmentBuild, Scope::MlTable };

} // namespace

class tst_field_table : public QObject
{
    Q_OBJECT

private slots:
    void every_field_has_help_and_a_name_of_its_own()
    {
        for (const Scope scope : kScopes) {
            std::set<std::string_view> names;
            QVERIFY(!fields(scope).empty());
            for (const auto& field : fields(scope)) {
                QVERIFY2(!field.help.empty(), std::string(field.name).c_str());
                QVERIFY2(names.insert(field.name).second, std::string(field.name).c_str());
            }
        }
    }

    void every_default_is_a_value_that_is_allowed()
    {
        for (const Scope scope : kScopes) {
            for (const auto& field : fields(scope)) {
                QVERIFY2(
                    field.defaultValue.empty() || accepts(field, std::string(field.defaultValue)),
                    std::string(field.name).c_str());
            }
        }
        for (const auto& flag : runnerFlags()) {
            QVERIFY2(flag.field.defaultValue.empty()
                    || accepts(flag.field, std::string(flag.field.defaultValue)),
                std::string(flag.field.name).c_str());
        }
    }

    void flags_that_stand_for_fields_name_fields_that_exist()
    {
        for (const auto& flag : runnerFlags()) {
            QVERIFY2(
                flag.sameAs.empty() || findFieldByPath(Scope::ParallelNode, flag.sameAs) != nullptr,
                std::string(flag.field.name).c_str());
        }
    }

    void ranges_are_those_of_the_service_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("allowed");
        const auto row = [](const char* path, const char* value, bool allowed) {
            QTest::newRow(qPrintable(QString("%1=%2").arg(path, value)))
                << path << value << allowed;
        };
        row("error_threshold", "-1", true);
        row("error_threshold", "-2", false);
        row("error_threshold", "2147483647", true);
        row("error_threshold", "2147483648", false);
        row("mini_batch_error_threshold", "0", true);
        row("max_concurrency_per_instance", "0", false);
        row("max_concurrency_per_instance", "1", true);
        row("retry_settings.max_retries", "0", true);
        row("retry_settings.max_retries", "-1", false);
        row("retry_settings.timeout", "0", false);
        row("retry_settings.timeout", "259200", true);
        row("retry_settings.timeout", "259201", false);
        row("resources.instance_count", "-1", true);
        row("resources.instance_count", "0", false);
        row("logging_level", "debug", true);
        row("logging_level", "TRACE", false);
        row("mini_batch_size", "10", true);
        row("mini_batch_size", "100 KB", true);
        row("mini_batch_size", "1mb", true);
        row("mini_batch_size", "0", false);
        row("mini_batch_size", "1tb", false);
        row("mini_batch_size", "-1", false);
        row("mini_batch_size", "99999999999gb", false);
    }
    void ranges_are_those_of_the_service()
    {
        QFETCH(QString, path);
        QFETCH(QString, value);
        QFETCH(bool, allowed);
        const Field* field = findFieldByPath(Scope::ParallelNode, path.toStdString());
        QVERIFY(field != nullptr);
        QCOMPARE(accepts(*field, value.toStdString()), allowed);
    }

    void flag_ranges_are_those_of_the_service()
    {
        const auto flag = [](const char* name, const char* value) {
            return accepts(findRunnerFlag(name)->field, value);
        };
        QVERIFY(flag("allowed_failed_percent", "12.5"));
        QVERIFY(!flag("allowed_failed_percent", "100.5"));
        QVERIFY(!flag("allowed_failed_percent", "-1"));
        QVERIFY(flag("resource_monitor_interval", "0"));
        QVERIFY(!flag("task_overhead_timeout", "0"));
        QVERIFY(!flag("copy_logs_to_parent", "maybe"));
        QVERIFY(flag("profiling_module", "cProfile"));
        QVERIFY(findRunnerFlag("resource_monitor_interva") == nullptr);
    }

    void sizes_are_powers_of_1024()
    {
        QCOMPARE(parseMiniBatchSize("10kb")->value, std::int64_t { 10240 });
        QCOMPARE(parseMiniBatchSize("2 Gb")->value, std::int64_t { 2147483648 });
        QVERIFY(parseMiniBatchSize("2gb")->hasUnit);
        QVERIFY(!parseMiniBatchSize("2")->hasUnit);
    }
};

SHEAF_TEST(tst_field_table)
#include "tst_field_table.moc"
