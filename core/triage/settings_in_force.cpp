// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/settings_in_force.h"

#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace sheaf::triage {

namespace {

/// Member of run.json → word of the job file.
constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    { "continueOnStepFailure", "settings.continue_on_step_failure" },
    { "displayName", "display_name" },
    { "experimentName", "experiment_name" },
    { "jobFile", "the job file" },
    { "overrides", "--set" },
    { "sheafVersion", "Sheaf's version" },
    { "dependsOn", "steps it waits for" },
    { "instanceCount", "resources.instance_count" },
    { "condaPackages", "packages of the environment" },
    { "setByUser", "fields that the job file sets" },
    { "command.command", "command" },
    { "command.code", "code" },
    { "command.timeoutSeconds", "limits.timeout" },
    { "parallel.inputData", "input_data" },
    { "parallel.miniBatchSize", "mini_batch_size (as a number)" },
    { "parallel.miniBatchSizeText", "mini_batch_size" },
    { "parallel.partitionKeys", "partition_keys" },
    { "parallel.maxConcurrencyPerInstance", "max_concurrency_per_instance" },
    { "parallel.errorThreshold", "error_threshold" },
    { "parallel.miniBatchErrorThreshold", "mini_batch_error_threshold" },
    { "parallel.allowedFailedPercent", "allowed_failed_percent" },
    { "parallel.maxRetries", "retry_settings.max_retries" },
    { "parallel.timeoutSeconds", "retry_settings.timeout" },
    { "parallel.taskOverheadTimeoutSeconds", "task_overhead_timeout" },
    { "parallel.progressUpdateTimeoutSeconds", "progress_update_timeout" },
    { "parallel.firstTaskCreationTimeoutSeconds", "first_task_creation_timeout" },
    { "parallel.resourceMonitorIntervalSeconds", "resource_monitor_interval" },
    { "parallel.loggingLevel", "logging_level" },
    { "parallel.code", "code" },
    { "parallel.entryScript", "entry_script" },
    { "parallel.programArguments", "program_arguments" },
    { "parallel.generatedArguments", "arguments of the runner" },
    { "parallel.appendRowTo", "append_row_to" },
    { "parallel.appendRowFile", "append_row_file_name (where it is)" },
    { "parallel.appendRowDataframeHeader", "append_row_dataframe_header" },
    { "parallel.copyLogsToParent", "copy_logs_to_parent" },
    { "parallel.profilingModule", "profiling_module" },
    { "parallel.resumeFrom", "resume_from" },
    { "parallel.metricsNamePrefix", "metrics_name_prefix" },
    { "parallel.pushMetricsToParent", "push_metrics_to_parent" },
};

class Settings
{
public:
    explicit Settings(const pipeline::StepSpec& step)
        : m_step(step)
    {
    }
    void add(const std::string& name, std::string value, std::string_view alias = {})
    {
        all.push_back({ name, std::move(value), isSet(name) || (!alias.empty() && isSet(alias)) });
    }
    void addSet(const std::string& name, std::string value) { all.push_back({ name, std::move(value), true }); }

    std::vector<SettingInForce> all;

private:
    /// "task.entry_script" is the field "entry_script"; runner flags are kept with their dashes.
    [[nodiscard]] bool isSet(std::string_view name) const
    {
        return std::any_of(m_step.setByUser.begin(), m_step.setByUser.end(), [&](const std::string& set) {
            const std::string_view bare = std::string_view(set).substr(std::min(set.find_first_not_of('-'), set.size()));
            return bare == name || (bare.size() > name.size() && bare.ends_with(name) && bare[bare.size() - name.size() - 1] == '.');
        });
    }
    const pipeline::StepSpec& m_step;
};

std::string limitText(std::int64_t limit)
{
    return limit < 0 ? "-1 (any number)" : text::humanCount(static_cast<std::uint64_t>(limit));
}

void addParallel(Settings& settings, const pipeline::StepSpec& step)
{
    const auto& p = step.parallel;
    settings.add("input_data", p.inputData);
    settings.add("mini_batch_size",
        !p.partitionKeys.empty()           ? "one per partition"
            : !p.miniBatchSizeText.empty() ? p.miniBatchSizeText
            : p.miniBatchSize > 0          ? text::humanCount(static_cast<std::uint64_t>(p.miniBatchSize))
                                           : "1 file, or 1 MiB of a table");
    if (!p.partitionKeys.empty()) {
        settings.add("partition_keys", text::join(p.partitionKeys, ", "));
    }
    settings.add("resources.instance_count", std::to_string(step.instanceCount), "instance_count");
    settings.add("max_concurrency_per_instance",
        p.maxConcurrencyPerInstance == 0 ? "one per core of the node" : std::to_string(p.maxConcurrencyPerInstance), "process_count_per_node");
    settings.add("retry_settings.max_retries", std::to_string(p.maxRetries), "max_retries");
    settings.add("retry_settings.timeout", text::humanSeconds(p.timeoutSeconds), "timeout");
    settings.add("error_threshold", limitText(p.errorThreshold));
    settings.add("mini_batch_error_threshold", limitText(p.miniBatchErrorThreshold));
    settings.add("allowed_failed_percent", fmt::format("{} %", p.allowedFailedPercent));
    settings.add("task_overhead_timeout", text::humanSeconds(p.taskOverheadTimeoutSeconds));
    settings.add("progress_update_timeout", text::humanSeconds(p.progressUpdateTimeoutSeconds));
    settings.add("first_task_creation_timeout", text::humanSeconds(p.firstTaskCreationTimeoutSeconds));
    settings.add("code", p.code);
    settings.add("entry_script", p.entryScript);
    settings.add("program_arguments", text::join(p.programArguments, " "));
    settings.add("append_row_to", p.appendRowTo.empty() ? "nothing: summary only" : p.appendRowTo);
    settings.add("logging_level", p.loggingLevel);
}

} // namespace

std::string settingWord(const std::string& field)
{
    const auto found = std::find_if(std::begin(kWords), std::end(kWords), [&](const auto& word) { return word.first == field; });
    if (found != std::end(kWords)) {
        return std::string(found->second);
    }
    if (field.starts_with("environmentVariables.")) {
        return "environment_variables." + field.substr(field.find('.') + 1);
    }
    for (const std::string_view end : { ".value", ".path" }) { // "inputs.files.value": the word is inputs.files
        if ((field.starts_with("inputs.") || field.starts_with("outputs.")) && field.ends_with(end)) {
            return field.substr(0, field.size() - end.size());
        }
    }
    return field;
}

std::vector<SettingInForce> settingsInForce(const pipeline::StepSpec& step)
{
    Settings settings(step);
    for (const auto& input : step.inputs) {
        settings.addSet("inputs." + input.name, input.fromStep.empty() ? input.value : input.fromOutput + " of step " + input.fromStep + ": " + input.value);
    }
    for (const auto& output : step.outputs) {
        settings.addSet("outputs." + output.name, output.path);
    }
    if (step.kind == pipeline::StepKind::Parallel) {
        addParallel(settings, step);
    } else {
        settings.add("command", step.command.command);
        settings.add("code", step.command.code.empty() ? "none: an empty folder" : step.command.code);
        settings.add("limits.timeout", step.command.timeoutSeconds > 0 ? text::humanSeconds(step.command.timeoutSeconds) : "none");
        settings.add("resources.instance_count", std::to_string(step.instanceCount), "instance_count");
    }
    settings.add("compute", step.compute.empty() ? "this machine" : step.compute);
    settings.add("environment", step.environment.empty() ? "none named" : step.environment);
    for (const auto& [name, value] : step.environmentVariables) {
        settings.addSet("environment_variables." + name, value);
    }
    return std::move(settings.all);
}

} // namespace sheaf::triage
