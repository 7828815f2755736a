// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/parallel_settings.h"

#include "core/base/text.h"
#include "core/pipeline/argument_text.h"
#include "core/pipeline/entry_script.h"
#include "core/pipeline/input_probe.h"
#include "core/spec/data_path.h"
#include "core/spec/runner_arguments.h"
#include "core/spec/validator.h"
#include "core/spec/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace sheaf::pipeline {

namespace fs = std::filesystem;
using spec::Severity;

namespace {

constexpr std::int64_t kTableBytes = 1024 * 1024; // a table's mini-batch when nothing is said
const std::string kArguments = "task.program_arguments";

/// What is known of the main input before the run.
enum class InputKind { Unknown, Files, Table, JsonRows };

bool isTrue(const std::string& text)
{
    return spec::yamlBool(text).value_or(false);
}

class ParallelResolver
{
public:
    ParallelResolver(ResolveContext& context, Binding& binding, StepFields& fields, StepSpec& step)
        : m_context(context)
        , m_binding(binding)
        , m_fields(fields)
        , m_step(step)
        , m_settings(step.parallel)
    {
    }

    void resolve()
    {
        readFields();
        readCode();
        readArguments();
        applyFlags();
        readMainInput();
        readSize();
        readPartitionKeys();
        readAppendRow();
        computeTimeouts();
        generateArguments();
    }

    [[nodiscard]] const spec::RunnerArguments& flags() const { return m_flags; }

private:
    // ------------------------------------------------------------------------------------------
    // fields

    void readFields()
    {
        m_fields.read("max_concurrency_per_instance", m_settings.maxConcurrencyPerInstance);
        m_fields.read("error_threshold", m_settings.errorThreshold);
        m_fields.read("mini_batch_error_threshold", m_settings.miniBatchErrorThreshold);
        m_fields.read("retry_settings.max_retries", m_settings.maxRetries);
        m_fields.read("retry_settings.timeout", m_settings.timeoutSeconds);
        m_fields.read("logging_level", m_settings.loggingLevel);
        m_fields.read("mini_batch_size", m_settings.miniBatchSizeText);
        const std::string apart
            = m_fields.text("properties.sheaf.keep_directories_apart").value_or("false");
        m_settings.keepDirectoriesApart = isTrue(apart);
    }

    void readCode()
    {
        m_settings.code = m_fields.localPath("task.code");
        m_fields.read("task.entry_script", m_settings.entryScript);
        if (m_settings.code.empty() || m_settings.entryScript.empty() || !m_context.checkPaths()) {
            return;
        }
        std::error_code error;
        const fs::path script = findEntryScript(m_settings.code, m_settings.entryScript);
        if (script.empty() && fs::exists(m_settings.code, error)) {
            m_fields.report(Severity::Error, "script-missing", "task.entry_script",
                fmt::format("there is no '{}' in {}{}", m_settings.entryScript, m_settings.code,
                    spec::meaning(nearestScript())),
                { m_settings.entryScript, "a script below code, as a file or a dotted module",
                    "check task.entry_script and task.code" });
            return;
        }
        if (script.empty()) {
            return;
        }
        const EntryScript& known = m_context.script(script, m_settings.code);
        m_scriptOptions = known.options;
        if (!known.definesRun) {
            m_fields.report(Severity::Warning, "no-run-function", "task.entry_script",
                fmt::format("{} has no 'def run'", script.string()),
                { m_settings.entryScript, "a script with run(mini_batch)",
                    "define run(mini_batch), or import it in the script" });
        }
    }

    /// The script that was most likely meant, as entry_script would name it.
    [[nodiscard]] std::string nearestScript() const
    {
        std::error_code error;
        const fs::path code(m_settings.code);
        if (fs::is_regular_file(code, error)) {
            return code.filename().string();
        }
        const std::string near = spec::nearestPath(m_settings.entryScript, code);
        return findEntryScript(code, near).empty() ? std::string() : near;
    }

    // ------------------------------------------------------------------------------------------
    // flags

    void readArguments()
    {
        m_settings.programArguments = programTokens(m_fields, m_binding, kArguments);
        const spec::FieldValue* value = m_fields.find(kArguments);
        if (value == nullptr) {
            return;
        }
        m_flags = spec::readRunnerArguments(m_settings.programArguments, *value,
            m_fields.path(kArguments), m_context.sourceText(value->file), m_scriptOptions);
        m_context.add(m_flags.diagnostics);
    }

    [[nodiscard]] const std::string* flag(const std::string& name) const
    {
        const auto found = m_flags.values.find(name);
        return found == m_flags.values.end() ? nullptr : &found->second;
    }

    template <class Number> void number(const std::string& name, Number& target, Number offset = 0)
    {
        if (const std::string* text = flag(name)) {
            target = static_cast<Number>(spec::yamlNumber(*text).value_or(0)) + offset;
        }
    }
    void yes(const std::string& name, bool& target)
    {
        if (const std::string* text = flag(name)) {
            target = isTrue(*text);
        }
    }
    void word(const std::string& name, std::string& target)
    {
        if (const std::string* text = flag(name)) {
            target = *text;
        }
    }

    void applyFlags()
    {
        number("error_threshold", m_settings.errorThreshold);
        number("allowed_failed_count", m_settings.miniBatchErrorThreshold);
        number("allowed_failed_percent", m_settings.allowedFailedPercent);
        number("task_overhead_timeout", m_settings.taskOverheadTimeoutSeconds);
        number("progress_update_timeout", m_settings.progressUpdateTimeoutSeconds);
        number("first_task_creation_timeout", m_settings.firstTaskCreationTimeoutSeconds);
        number("resource_monitor_interval", m_settings.resourceMonitorIntervalSeconds);
        number("process_count_per_node", m_settings.maxConcurrencyPerInstance);
        number("run_invocation_timeout", m_settings.timeoutSeconds);
        number("run_max_try", m_settings.maxRetries, -1);
        number("amlbi_mini_batch_rows", m_settings.jsonLinesRows);
        word("logging_level", m_settings.loggingLevel);
        word("mini_batch_size", m_settings.miniBatchSizeText);
        word("metrics_name_prefix", m_settings.metricsNamePrefix);
        word("profiling_module", m_settings.profilingModule);
        word("resume_from", m_settings.resumeFrom);
        yes("copy_logs_to_parent", m_settings.copyLogsToParent);
        yes("push_metrics_to_parent", m_settings.pushMetricsToParent);
        yes("append_row_dataframe_header", m_settings.appendRowDataframeHeader);
        yes("amlbi_dataframe_mixed_types", m_settings.mixedTypes);
        yes("amlbi_async_mode", m_settings.asyncMode);
        canonicalWords();
        readPromptflow();
    }

    /// Words are taken in any case; scripts and Python want them as they are spelt.
    void canonicalWords()
    {
        std::transform(m_settings.loggingLevel.begin(), m_settings.loggingLevel.end(),
            m_settings.loggingLevel.begin(),
            [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        m_settings.loggingLevel = std::string(text::trim(m_settings.loggingLevel));
        if (!m_settings.profilingModule.empty()) {
            m_settings.profilingModule
                = text::lower(m_settings.profilingModule) == "profile" ? "profile" : "cProfile";
        }
    }

    void readPromptflow()
    {
        bool enabled = false;
        yes("amlbi_pf_enabled", enabled);
        const std::string* format = flag("amlbi_file_format");
        m_settings.jsonLines = enabled && format != nullptr && text::lower(*format) == "jsonl";
        if (m_settings.jsonLines && m_settings.jsonLinesRows < 1) {
            m_fields.report(Severity::Error, "missing-value", kArguments,
                "--amlbi_file_format jsonl needs --amlbi_mini_batch_rows",
                { "nothing", "a whole number of 1 or more", "add --amlbi_mini_batch_rows 10" });
        }
    }

    // ------------------------------------------------------------------------------------------
    // main input

    void readMainInput()
    {
        std::vector<std::string> names;
        for (const auto& input : m_step.inputs) {
            names.push_back(input.name);
        }
        const auto& definition = m_fields.step();
        for (const auto& input : definition.inputs) { // one that is wrong was reported for itself
            names.push_back(input.name);
        }
        m_settings.inputData = m_fields.reference("input_data", "inputs", names);
        const StepInput* input = m_step.input(m_settings.inputData);
        if (input == nullptr) {
            return;
        }
        switch (input->type) {
        case DataType::String:
        case DataType::Number:
        case DataType::Integer:
        case DataType::Boolean:
            m_fields.report(Severity::Error, "type-mismatch", "input_data",
                fmt::format("input_data: '{}' is a value, not data that can be split", input->name),
                { input->value, "a uri_folder or an mltable",
                    "write the input as a map with type and path" });
            return;
        case DataType::UriFile:
            readFileInput(*input);
            return;
        case DataType::MlTable:
            readTableInput(*input);
            return;
        default:
            m_kind = InputKind::Files;
        }
        std::error_code error;
        if (m_context.checkPaths() && input->fromStep.empty()
            && fs::is_regular_file(input->value, error)) {
            m_fields.report(Severity::Error, "wrong-kind", "input_data",
                fmt::format("input_data: {} is a file and cannot be split", input->value),
                { "a file", "a folder", "name the folder with the files" });
        } else if (isThere(*input) && fs::is_directory(input->value, error) && !hasFile(fs::path(input->value))) {
            reportEmpty(*input, "is an empty folder");
        }
    }

    /// Data that are looked at before the run: no step of it makes them.
    [[nodiscard]] bool isThere(const StepInput& input) const
    {
        return m_context.checkPaths() && input.fromStep.empty() && !m_binding.isWrittenHere(input.value);
    }

    void reportEmpty(const StepInput& input, const char* what)
    {
        m_fields.report(Severity::Error, "input-empty", "input_data",
            fmt::format("input_data: {} {}: there is nothing to split", input.value, what),
            { input.value, "at least one file", fmt::format("check the path of input '{}', or put the files there", input.name) });
    }

    /// The service reads rows only from a table that is handed over as it is.
    void checkTableMode(const StepInput& input)
    {
        const bool isRows = m_kind == InputKind::Table || m_fields.find("partition_keys") != nullptr;
        if (!isRows || m_settings.jsonLines || input.mode == "direct") {
            return;
        }
        const spec::InputDefinition* own = m_fields.step().input(input.name);
        const spec::FieldValue* mode = own == nullptr ? nullptr : own->fields.find("mode");
        spec::FieldValue at;
        at.file = m_fields.step().file;
        at.keyWhere = m_fields.step().keyWhere;
        at = mode != nullptr ? *mode : own != nullptr ? own->literal : at;
        m_context.report(Severity::Warning, "table-mode", at, m_fields.path("inputs." + input.name + ".mode"),
            fmt::format("input '{}' is a table in rows with mode {}; it runs here, the service reads such a table only with mode direct",
                input.name, input.mode),
            { input.mode, "direct", "write mode: direct" });
    }

    void readFileInput(const StepInput& input)
    {
        if (m_settings.jsonLines) {
            m_kind = InputKind::JsonRows;
            return;
        }
        m_fields.report(Severity::Error, "uri-file-input", "input_data",
            fmt::format("input_data: '{}' is a uri_file, which cannot be split", input.name),
            { "uri_file", "uri_folder or mltable",
                "use the folder of the file with type uri_folder, or a folder with an MLTable file "
                "and type mltable" });
    }

    void readTableInput(const StepInput& input)
    {
        if (m_settings.jsonLines) {
            m_kind = InputKind::JsonRows;
        }
        m_table = input.fromStep.empty() ? m_context.table(input.value) : nullptr;
        if (m_table != nullptr && !hasErrors(m_table->diagnostics)) {
            m_kind = m_table->read() != nullptr ? InputKind::Table : InputKind::Files;
            if (isThere(input) && !hasFile(*m_table)) {
                reportEmpty(input, "is a table whose paths name no file");
            }
        }
        checkTableMode(input);
    }

    void readSize()
    {
        if (m_settings.miniBatchSizeText.empty()) {
            return;
        }
        const auto size = spec::parseMiniBatchSize(m_settings.miniBatchSizeText);
        if (!size) {
            return; // reported where it is written
        }
        m_settings.miniBatchSize = size->value;
        const std::string where
            = flag("mini_batch_size") != nullptr ? kArguments : "mini_batch_size";
        if (size->hasUnit && m_kind == InputKind::Files) {
            m_fields.report(Severity::Error, "size-of-files", where,
                fmt::format(
                    "mini_batch_size: '{}' is a size in bytes, but the input is a list of files",
                    m_settings.miniBatchSizeText),
                { m_settings.miniBatchSizeText, "a number of files",
                    "write the number of files per mini-batch, such as 10" });
        } else if (!size->hasUnit && m_kind == InputKind::Table && size->value < 1024) {
            m_fields.report(Severity::Warning, "tiny-size", where,
                fmt::format("mini_batch_size: the input is a table, so '{}' means {} bytes: about "
                            "one row per mini-batch",
                    m_settings.miniBatchSizeText, size->value),
                { m_settings.miniBatchSizeText, "a size in bytes",
                    "write a size such as 100kb or 1mb" });
        }
    }

    void readPartitionKeys()
    {
        const spec::FieldValue* keys = m_fields.find("partition_keys");
        if (keys == nullptr) {
            return;
        }
        m_settings.partitionKeys = keys->items;
        const StepInput* input = m_step.input(m_settings.inputData);
        if (input == nullptr || m_settings.partitionKeys.empty()) {
            return;
        }
        if (input->type != DataType::MlTable) {
            m_fields.report(Severity::Error, "keys-need-table", "partition_keys",
                fmt::format(
                    "partition_keys need an mltable; input '{}' is another type", input->name),
                { input->name, "an mltable",
                    "use an input of type mltable whose MLTable file names its partition "
                    "columns" });
        } else if (m_table != nullptr && !hasErrors(m_table->diagnostics)) {
            checkKeys();
        }
    }

    void checkKeys()
    {
        const auto columns = spec::partitionColumns(m_table->partitionFormat());
        if (columns.empty()) {
            m_fields.report(Severity::Error, "keys-need-format", "partition_keys",
                fmt::format("partition_keys need partition columns, and {} names none",
                    m_table->file.string()),
                { "no extract_columns_from_partition_format",
                    "a partition format with these columns",
                    "add extract_columns_from_partition_format: '{"
                        + m_settings.partitionKeys.front() + "}/{file_name}' to the MLTable" });
            return;
        }
        for (const auto& key : m_settings.partitionKeys) {
            if (std::find(columns.begin(), columns.end(), key) == columns.end()) {
                m_fields.report(Severity::Error, "unknown-partition-key", "partition_keys",
                    fmt::format("partition_keys: '{}' is no partition column of the table{}", key,
                        spec::didYouMean(key, columns)),
                    { key, spec::wordList(columns), "use one of these columns" });
            }
        }
    }

    // ------------------------------------------------------------------------------------------
    // output

    void readAppendRow()
    {
        std::vector<std::string> names;
        for (const auto& output : m_step.outputs) {
            names.push_back(output.name);
        }
        m_settings.appendRowTo = m_fields.reference("task.append_row_to", "outputs", names);
        const StepOutput* output = outputNamed(m_settings.appendRowTo);
        if (output == nullptr) {
            return;
        }
        std::string name
            = m_settings.jsonLines ? "parallel_run_step.jsonl" : "parallel_run_step.txt";
        if (const std::string* wanted = flag("append_row_file_name")) {
            checkFileName(*wanted);
            name = *wanted;
        }
        m_settings.appendRowFile = output->type == DataType::UriFile
            ? output->path
            : (fs::path(output->path) / name).string();
    }

    void checkFileName(const std::string& name)
    {
        if (name.empty() || name == "." || name == ".."
            || name.find_first_of("~\"#%&*:<>?/\\{|}") != std::string::npos) {
            m_fields.report(Severity::Error, "bad-name", kArguments,
                fmt::format(
                    "--append_row_file_name: '{}' cannot be the name of the result file", name),
                { name, "a file name without ~ \" # % & * : < > ? / \\ { | }",
                    "use letters, digits, dots, - and _" });
        }
    }

    [[nodiscard]] const StepOutput* outputNamed(const std::string& name) const
    {
        const auto found = std::find_if(m_step.outputs.begin(), m_step.outputs.end(),
            [&](const StepOutput& output) { return output.name == name; });
        return found == m_step.outputs.end() ? nullptr : &*found;
    }

    /// One whole attempt, and as much again to start a worker (reference §1.4).
    void computeTimeouts()
    {
        if (m_settings.progressUpdateTimeoutSeconds == 0) {
            m_settings.progressUpdateTimeoutSeconds = std::max(
                600.0, 2 * (m_settings.timeoutSeconds + m_settings.taskOverheadTimeoutSeconds));
        }
    }

    // ------------------------------------------------------------------------------------------
    // sys.argv

    /// The runner's flags that the user did not write (reference §1.4), with the values in force.
    void generateArguments()
    {
        generate("error_threshold", fmt::format("{}", m_settings.errorThreshold));
        generate("allowed_failed_count", fmt::format("{}", m_settings.miniBatchErrorThreshold));
        generate("allowed_failed_percent", fmt::format("{}", m_settings.allowedFailedPercent));
        generate("logging_level", m_settings.loggingLevel);
        if (m_settings.partitionKeys.empty()) {
            generate("mini_batch_size", fmt::format("{}", sizeInForce()));
        }
        const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
        const int workers = m_settings.maxConcurrencyPerInstance > 0
            ? m_settings.maxConcurrencyPerInstance
            : cores;
        generate("process_count_per_node", fmt::format("{}", workers));
        generate("run_invocation_timeout", fmt::format("{}", m_settings.timeoutSeconds));
        generate("output_action", m_settings.appendRowTo.empty() ? "summary_only" : "append_row");
        generateOutput();
        for (const auto& input : m_step.inputs) {
            if (!input.mode.empty()) { // data have a mode, values have none
                generate("input_asset_" + input.name, input.value);
            }
        }
    }

    void generateOutput()
    {
        if (!m_settings.appendRowFile.empty()) {
            generate(
                "append_row_file_name", fs::path(m_settings.appendRowFile).filename().string());
        }
        const StepOutput* output = outputNamed(m_settings.appendRowTo);
        if (output == nullptr && !m_step.outputs.empty()) {
            output = &m_step.outputs.front();
        }
        if (output != nullptr) {
            generate(
                output->type == DataType::UriFile ? "output_uri_file" : "output", output->path);
        }
    }

    [[nodiscard]] std::int64_t sizeInForce() const
    {
        if (m_settings.jsonLines) {
            return m_settings.jsonLinesRows;
        }
        if (m_settings.miniBatchSize > 0) {
            return m_settings.miniBatchSize;
        }
        const StepInput* input = m_step.input(m_settings.inputData);
        const bool isTable = m_kind == InputKind::Table
            || (m_kind == InputKind::Unknown && input != nullptr
                && input->type == DataType::MlTable);
        return isTable ? kTableBytes : 1;
    }

    void generate(const std::string& name, const std::string& value)
    {
        if (isWritten(name)) {
            return;
        }
        const bool isOption = std::find(m_scriptOptions.begin(), m_scriptOptions.end(), name)
            != m_scriptOptions.end();
        const auto longer = std::find_if(
            m_scriptOptions.begin(), m_scriptOptions.end(), [&](const std::string& option) {
                return option.size() > name.size() && option.starts_with(name);
            });
        if (!isOption && longer != m_scriptOptions.end()) {
            return; // argparse would take it for an abbreviation of the script's own option, and
                    // overwrite that
        }
        if (isOption && !isUsefulToScripts(name)) {
            m_fields.report(Severity::Warning, "reserved-argument", "task.entry_script",
                fmt::format("the script has an option --{}, which is the runner's: it receives {}",
                    name, value),
                { "--" + name, "another name",
                    "rename the option, or write it in program_arguments" });
        }
        m_settings.generatedArguments.push_back("--" + name);
        m_settings.generatedArguments.push_back(value);
    }

    /// Flags that a script may well mean to receive.
    static bool isUsefulToScripts(const std::string& name)
    {
        return name == "logging_level" || name.starts_with("input_asset_");
    }

    [[nodiscard]] bool isWritten(const std::string& name) const
    {
        const std::string token = "--" + name;
        return std::any_of(m_settings.programArguments.begin(), m_settings.programArguments.end(),
            [&](const std::string& argument) {
                return argument == token || argument.starts_with(token + "=");
            });
    }

    ResolveContext& m_context;
    Binding& m_binding;
    StepFields& m_fields;
    StepSpec& m_step;
    ParallelSettings& m_settings;
    spec::RunnerArguments m_flags;
    std::vector<std::string> m_scriptOptions;
    InputKind m_kind = InputKind::Unknown;
    const spec::MlTable* m_table = nullptr;
};

} // namespace

void resolveParallel(ResolveContext& context, Binding& binding, StepFields& fields, StepSpec& step)
{
    ParallelResolver resolver(context, binding, fields, step);
    resolver.resolve();
    for (const auto& [name, value] : resolver.flags().values) {
        const auto* known = spec::findRunnerFlag(name);
        const std::string field
            = known == nullptr || known->sameAs.empty() ? name : std::string(known->sameAs);
        if (std::find(step.setByUser.begin(), step.setByUser.end(), field)
            == step.setByUser.end()) {
            step.setByUser.push_back(field);
        }
    }
}

} // namespace sheaf::pipeline
