// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/field_table.h"

#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sheaf::spec {

namespace {

constexpr double kIntMax = 2147483647;
constexpr double kLongest = 259200; // seconds: three days

// Small makers, so that a row of the tables below reads like a row.
constexpr Field text(std::string_view name, std::string_view help, FieldUse use = FieldUse::Used)
{
    return { .name = name, .type = FieldType::Text, .help = help, .use = use };
}
constexpr Field of(
    FieldType type, std::string_view name, std::string_view help, FieldUse use = FieldUse::Used)
{
    return { .name = name, .type = type, .help = help, .use = use };
}
constexpr Field flag(std::string_view name,
    std::string_view byDefault,
    std::string_view help,
    FieldUse use = FieldUse::Used)
{
    return {
        .name = name, .type = FieldType::Bool, .help = help, .defaultValue = byDefault, .use = use
    };
}
constexpr Field whole(std::string_view name,
    double low,
    double high,
    std::string_view byDefault,
    std::string_view unit,
    std::string_view help)
{
    return { .name = name,
        .type = FieldType::Int,
        .help = help,
        .defaultValue = byDefault,
        .minimum = low,
        .maximum = high,
        .hasRange = true,
        .unit = unit };
}
constexpr Field seconds(std::string_view name, std::string_view byDefault, std::string_view help)
{
    Field field = whole(name, 0, kLongest, byDefault, "s", help);
    field.aboveMinimum = true;
    return field;
}
constexpr Field word(std::string_view name,
    std::string_view words,
    std::string_view byDefault,
    std::string_view help)
{
    return { .name = name,
        .type = FieldType::Word,
        .help = help,
        .defaultValue = byDefault,
        .words = words };
}
constexpr Field group(std::string_view name, Scope scope, std::string_view help)
{
    return { .name = name, .type = FieldType::Group, .help = help, .group = scope };
}
constexpr Field need(Field field)
{
    field.required = true;
    return field;
}
constexpr Field formerly(std::string_view name, Field field)
{
    field.formerly = name;
    return field;
}
constexpr Field minusOneToo(Field field)
{
    field.minusOneToo = true;
    return field;
}

constexpr FieldUse kRecorded = FieldUse::Recorded;
constexpr FieldUse kNoted = FieldUse::Noted;
constexpr FieldUse kRefused = FieldUse::Refused;

constexpr std::string_view kDataTypes
    = "uri_folder|uri_file|mltable|mlflow_model|custom_model|triton_model";
constexpr std::string_view kInputTypes = "uri_folder|uri_file|mltable|mlflow_model|custom_model|"
                                         "triton_model|string|number|integer|boolean";
constexpr std::string_view kInputModes
    = "ro_mount|download|direct|eval_mount|eval_download|mount|link|rw_mount|upload";
constexpr std::string_view kOutputModes = "rw_mount|upload|direct|mount|link";

constexpr std::array kPipeline {
    text("$schema", "Address of the schema, for editors", kRecorded),
    text("type", "Kind of the job: pipeline"),
    text("name", "Unique name of the run", kRecorded),
    text("version", "Version, when the file is a component as well", kRecorded),
    text("display_name", "Name shown for the run"),
    text("experiment_name", "Experiment that the run belongs to"),
    text("description", "What the job is for"),
    of(FieldType::Any, "tags", "Words to find the run by", kRecorded),
    of(FieldType::Any, "properties", "Words kept with the run", kRecorded),
    text("compute", "Where steps without a compute of their own run"),
    of(FieldType::Any, "identity", "On whose behalf the service would read data", kNoted),
    of(FieldType::Any, "parent_job_name", "Name of the run this one belongs to", kRecorded),
    of(FieldType::Any, "creation_context", "Written by the service", kRecorded),
    of(FieldType::Any, "status", "Written by the service", kRecorded),
    of(FieldType::Any, "id", "Written by the service", kRecorded),
    of(FieldType::Inputs, "inputs", "Values and data that steps use as ${{parent.inputs.name}}"),
    of(FieldType::Outputs, "outputs", "Results that steps fill as ${{parent.outputs.name}}"),
    group("settings", Scope::Settings, "Settings of the whole pipeline"),
    need(of(FieldType::Jobs, "jobs", "The steps, by name")),
};

constexpr std::array kSettings {
    text("default_compute", "Compute of steps that name none"),
    text("default_datastore", "Where outputs lie on the service", kRecorded),
    flag("continue_on_step_failure", "True", "Steps that do not depend on a failed one still run"),
    flag("continue_run_on_step_failure", "True", "Older name of continue_on_step_failure"),
    flag("continue_run_on_failed_optional_input",
        "True",
        "Go on when an optional input could not be made",
        kRecorded),
    flag("force_rerun", "False", "Run every step again, reuse nothing", kRecorded),
    text("on_init", "Step to run before all others", kRefused),
    text("on_finalize", "Step to run after all others", kRefused),
};

constexpr Field kNodeName = text("name", "Name of the node or component", kRecorded);
constexpr Field kDisplayName = text("display_name", "Name shown for the step");
constexpr Field kDescription = text("description", "What the step is for", kRecorded);
constexpr Field kTags = of(FieldType::Any, "tags", "Words to find it by", kRecorded);
constexpr Field kProperties = of(FieldType::TextMap, "properties", "Words kept with the step");
constexpr Field kExperiment
    = text("experiment_name", "Experiment that the run belongs to", kRecorded);
constexpr Field kType = text("type", "Kind of the step: parallel or command");
constexpr Field kComponent
    = of(FieldType::Component, "component", "A component file or a map in its place");
constexpr Field kCompute = text("compute", "Where the step runs");
constexpr Field kInputs = of(FieldType::Inputs, "inputs", "Values and data of the step");
constexpr Field kOutputs = of(FieldType::Outputs, "outputs", "Results of the step");
constexpr Field kEnvironment
    = of(FieldType::Environment, "environment", "Image and packages the step was made for");
constexpr Field kVariables = of(
    FieldType::TextMap, "environment_variables", "Environment variables of the step's processes");
constexpr Field kIdentity
    = of(FieldType::Any, "identity", "On whose behalf the service would read data", kNoted);
constexpr Field kResources = group("resources", Scope::Resources, "Nodes and kind of machine");
constexpr Field kSchema = text("$schema", "Address of the schema, for editors", kRecorded);
constexpr Field kVersion = text("version", "Version of the component", kRecorded);
constexpr Field kDeterministic
    = flag("is_deterministic", "true", "The same inputs give the same outputs", kRecorded);
constexpr Field kIncludes
    = of(FieldType::Any, "additional_includes", "Files copied beside the code", kRefused);
constexpr Field kLimits = group("limits", Scope::Limits, "Limits of the step");
constexpr Field kQueue
    = of(FieldType::Any, "queue_settings", "Place in the service's queue", kNoted);
constexpr Field kServices
    = of(FieldType::Any, "services", "Interactive services beside the step", kNoted);
constexpr Field kDistribution = of(
    FieldType::Any, "distribution", "Several ranks of one command (mpi, pytorch, …)", kRefused);

constexpr Field kInputData = of(FieldType::Reference,
    "input_data",
    "The one input that is split into mini-batches: ${{inputs.name}}");
constexpr Field kMiniBatchSize = of(FieldType::Size,
    "mini_batch_size",
    "Files per mini-batch, or about so many bytes of a table (10kb, 1mb)");
constexpr Field kPartitionKeys
    = of(FieldType::TextList, "partition_keys", "One mini-batch per combination of these columns");
constexpr Field kConcurrency = whole(
    "max_concurrency_per_instance", 1, kIntMax, "", "", "Workers on each node; default: its cores");
constexpr Field kErrorThreshold = whole("error_threshold",
    -1,
    kIntMax,
    "-1",
    "items",
    "Failed items that are tolerated; -1: any number");
constexpr Field kBatchErrorThreshold = whole("mini_batch_error_threshold",
    -1,
    kIntMax,
    "-1",
    "mini-batches",
    "Failed mini-batches that are tolerated; -1: any number");
constexpr Field kRetry
    = group("retry_settings", Scope::RetrySettings, "Retries and time limit of a mini-batch");
constexpr Field kLogging
    = word("logging_level", "INFO|WARNING|DEBUG", "INFO", "Level of the user's log files");
constexpr Field kTask = group("task", Scope::Task, "The script and how it is called");
constexpr Field kInstanceCount = minusOneToo(
    whole("instance_count", 1, kIntMax, "1", "nodes", "Nodes that work at the same time"));

constexpr std::array kParallelNode { kSchema, kType, kNodeName, kVersion, kDisplayName,
    kDescription, kTags, kProperties, kExperiment, kComponent, kCompute, kInputs, kOutputs,
    kEnvironment, kVariables, kIdentity, kResources, kInstanceCount, kDeterministic, kInputData,
    kMiniBatchSize, kPartitionKeys, kConcurrency, kErrorThreshold, kBatchErrorThreshold, kRetry,
    kLogging, kTask };

constexpr std::array kParallelComponent { kSchema, kType, kNodeName, kVersion, kDisplayName,
    kDescription, kTags, kProperties, kInputs, kOutputs, kEnvironment, kVariables, kIdentity,
    kResources, kInstanceCount, kDeterministic, kIncludes, kInputData, kMiniBatchSize,
    kPartitionKeys, kConcurrency, kErrorThreshold, kBatchErrorThreshold, kRetry, kLogging, kTask };

constexpr Field kCommand = text("command", "What the shell runs");
constexpr Field kCode = of(FieldType::Path, "code", "Folder or file that is copied and run in");

constexpr std::array kCommandNode { kSchema, kType, kNodeName, kVersion, kDisplayName, kDescription,
    kTags, kProperties, kExperiment, kComponent, kCompute, kInputs, kOutputs, kEnvironment,
    kVariables, kIdentity, kResources, kDeterministic, kLimits, kQueue, kServices, kDistribution,
    kCommand, kCode };

constexpr std::array kCommandComponent { kSchema, kType, kNodeName, kVersion, kDisplayName,
    kDescription, kTags, kProperties, kInputs, kOutputs, kEnvironment, kVariables, kIdentity,
    kResources, kDeterministic, kIncludes, kLimits, kDistribution, kCommand, kCode };

constexpr std::array kTaskFields {
    need(word("type", "run_function|function", "run_function", "Kind of the task")),
    need(of(FieldType::Path, "code", "Folder or file with the script; it is copied for the run")),
    need(text("entry_script", "The script below code, as a file or a dotted module")),
    formerly("args", text("program_arguments", "Arguments of the script, flags of the runner among them")),
    text("model", "Model of a task of type model", kRefused),
    of(FieldType::Reference,
        "append_row_to",
        "Output that collects the returned rows: ${{outputs.name}}; without it rows are only "
        "counted"),
    kEnvironment,
};

constexpr std::array kRetryFields {
    whole("max_retries", 0, kIntMax, "2", "", "Tries after the first one"),
    seconds("timeout", "60", "Longest time of one run() call"),
};

constexpr std::array kResourceFields {
    kInstanceCount,
    of(FieldType::Any, "instance_type", "Kind of machine on the service", kRecorded),
    of(FieldType::Any, "properties", "Properties for the service", kRecorded),
    text("shm_size", "Shared memory of the container", kRecorded),
    text("docker_args", "Arguments of the container", kRecorded),
    of(FieldType::Any, "locations", "Places where the service may run it", kRecorded),
    whole("max_instance_count", 1, kIntMax, "", "nodes", "Most nodes that the service may use"),
};

constexpr std::array kLimitFields {
    whole("timeout", 1, kIntMax, "", "s", "The step is canceled after this time"),
};

constexpr std::array kInput {
    word("type", kInputTypes, "uri_folder", "Kind of the data or value"),
    of(FieldType::Path, "path", "Where the data lie"),
    word("mode", kInputModes, "ro_mount", "How the service hands the data over"),
    text("value", "A literal value"),
    text("default", "Value when none is given"),
    flag("optional", "false", "May be left out"),
    text("datastore", "Datastore on the service", kRecorded),
    text("description", "What the input is", kRecorded),
    of(FieldType::Any, "min", "Smallest value", kRecorded),
    of(FieldType::Any, "max", "Largest value", kRecorded),
    of(FieldType::Any, "enum", "Allowed values", kRecorded),
};

constexpr std::array kInputDeclaration {
    need(word("type", kInputTypes, "uri_folder", "Kind of the data or value")),
    word("mode", kInputModes, "ro_mount", "How the service hands the data over"),
    of(FieldType::Path, "path", "Where the data lie when no value is given"),
    text("default", "Value when none is given"),
    flag("optional", "false", "May be left out"),
    of(FieldType::Number, "min", "Smallest value"),
    of(FieldType::Number, "max", "Largest value"),
    of(FieldType::TextList, "enum", "Allowed values"),
    text("description", "What the input is", kRecorded),
    of(FieldType::Any, "datastore", "Datastore on the service", kRecorded),
    of(FieldType::Any, "is_resource", "Written by the service", kRecorded),
    of(FieldType::Any, "datatransfer_mode", "Written by the service", kRecorded),
};

constexpr std::array kOutput {
    word("type", kDataTypes, "uri_folder", "Kind of the data"),
    word("mode", kOutputModes, "rw_mount", "How the service takes the data over"),
    of(FieldType::Path, "path", "Where the data shall lie"),
    text("name", "Name that the data are registered under"),
    text("version", "Version that the data are registered under"),
    text("description", "What the output is", kRecorded),
    flag("is_control", "false", "Written by the service", kRecorded),
    flag("early_available", "false", "Written by the service", kRecorded),
};

constexpr std::array kEnvironmentFields {
    text("$schema", "Address of the schema, for editors", kRecorded),
    text("name", "Name of the environment", kRecorded),
    text("version", "Version of the environment", kRecorded),
    text("type", "Kind of the definition", kRecorded),
    text("description", "What it is for", kRecorded),
    of(FieldType::Any, "tags", "Words to find it by", kRecorded),
    of(FieldType::Any, "properties", "Words kept with it", kRecorded),
    of(FieldType::Any, "variables", "Environment variables of the image", kRecorded),
    text("image", "Container image"),
    of(FieldType::Any, "conda_file", "Conda file or its content"),
    of(FieldType::Any, "os_type", "Operating system of the image", kRecorded),
    of(FieldType::Any, "inference_config", "For endpoints", kRecorded),
    group("build", Scope::EnvironmentBuild, "Folder with a Dockerfile"),
};

constexpr std::array kBuildFields {
    text("path", "Folder with the Dockerfile", kRecorded),
    text("dockerfile_path", "The Dockerfile in it", kRecorded),
};

constexpr std::array kMlTableFields {
    text("$schema", "Address of the schema, for editors", kRecorded),
    text("type", "mltable", kRecorded),
    need(of(FieldType::Any, "paths", "Files, folders and patterns of the table")),
    of(FieldType::Any, "transformations", "How files become rows, in order"),
    of(FieldType::Any, "traits", "Time and index columns", kRecorded),
    of(FieldType::Any, "metadata", "Free words", kRecorded),
    text("name", "Name of the table", kRecorded),
    text("version", "Version of the table", kRecorded),
    text("description", "What the table is", kRecorded),
    of(FieldType::Any, "tags", "Words to find it by", kRecorded),
    of(FieldType::Any, "properties", "Words kept with it", kRecorded),
};

constexpr RunnerFlag user(Field field, std::string_view sameAs = {})
{
    return { field, sameAs, true, false };
}
constexpr RunnerFlag made(std::string_view name, std::string_view help)
{
    return { text(name, help), {}, false, false };
}
constexpr RunnerFlag alone(Field field)
{
    return { field, {}, true, true };
}

constexpr std::array kRunnerFlags {
    user(kErrorThreshold, "error_threshold"),
    user(whole("allowed_failed_count",
             -1,
             kIntMax,
             "-1",
             "mini-batches",
             "Failed mini-batches that are tolerated"),
        "mini_batch_error_threshold"),
    user({ .name = "allowed_failed_percent",
        .type = FieldType::Number,
        .help = "Failed mini-batches that are tolerated, in percent of all",
        .defaultValue = "100",
        .minimum = 0,
        .maximum = 100,
        .hasRange = true,
        .unit = "%" }),
    user(seconds("task_overhead_timeout", "600", "Longest time to load a mini-batch before run()")),
    user(seconds("progress_update_timeout", "", "The job ends when nothing happens for so long")),
    user(seconds("first_task_creation_timeout", "600", "Longest time to the first mini-batch")),
    user(whole("resource_monitor_interval",
        0,
        kIntMax,
        "600",
        "s",
        "Time between two rows of the resource files; 0: none")),
    user(kLogging, "logging_level"),
    user(kMiniBatchSize, "mini_batch_size"),
    user(whole("process_count_per_node", 1, kIntMax, "", "", "Workers on each node"),
        "max_concurrency_per_instance"),
    user(seconds("run_invocation_timeout", "60", "Longest time of one run() call"),
        "retry_settings.timeout"),
    user(whole("run_max_try", 1, kIntMax, "3", "", "Tries of a mini-batch, the first one included"),
        "retry_settings.max_retries"),
    user(flag("copy_logs_to_parent",
        "False",
        "Copy overview, progress and logs to the pipeline's folder")),
    user(text("metrics_name_prefix", "Put before the names of the run's metrics")),
    user(flag("push_metrics_to_parent", "False", "Metrics appear on the pipeline too")),
    user(word("profiling_module", "cProfile|profile", "", "Write a profile per worker")),
    user(flag("append_row_dataframe_header", "False", "Column names on top of the result file")),
    user(flag("append_row_safe_output", "False", "Kept for compatibility: output is always safe")),
    user(text("append_row_file_name", "Name of the result file in a folder output")),
    user(text("resume_from", "Earlier run whose finished mini-batches are taken over")),
    user(flag("amlbi_dataframe_mixed_types", "False", "Columns keep mixed types")),
    alone(flag("amlbi_async_mode", "False", "Several mini-batches in flight per worker")),
    user(flag("amlbi_pf_enabled", "False", "promptflow: rows of a .jsonl file")),
    user(text("amlbi_pf_run_mode", "promptflow: component or bulk")),
    user(text("amlbi_file_format", "promptflow: jsonl")),
    user(whole("amlbi_mini_batch_rows", 1, kIntMax, "", "rows", "promptflow: rows per mini-batch")),
    made("output_action", "append_row or summary_only"),
    made("output", "Folder of the step's output"),
    made("output_uri_file", "File of the step's output"),
};

} // namespace

std::span<const Field> fields(Scope scope)
{
    switch (scope) {
    case Scope::Pipeline:
        return kPipeline;
    case Scope::Settings:
        return kSettings;
    case Scope::ParallelNode:
        return kParallelNode;
    case Scope::ParallelComponent:
        return kParallelComponent;
    case Scope::CommandNode:
        return kCommandNode;
    case Scope::CommandComponent:
        return kCommandComponent;
    case Scope::Task:
        return kTaskFields;
    case Scope::RetrySettings:
        return kRetryFields;
    case Scope::Resources:
        return kResourceFields;
    case Scope::Limits:
        return kLimitFields;
    case Scope::Input:
        return kInput;
    case Scope::InputDeclaration:
        return kInputDeclaration;
    case Scope::Output:
        return kOutput;
    case Scope::Environment:
        return kEnvironmentFields;
    case Scope::EnvironmentBuild:
        return kBuildFields;
    case Scope::MlTable:
        return kMlTableFields;
    }
    return {};
}

const Field* findField(Scope scope, std::string_view name)
{
    const auto all = fields(scope);
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const Field& field) { return field.name == name; });
    return found == all.end() ? nullptr : &*found;
}

const Field* findFormerField(Scope scope, std::string_view name)
{
    const auto all = fields(scope);
    const auto found = std::find_if(all.begin(), all.end(),
        [&](const Field& field) { return !field.formerly.empty() && field.formerly == name; });
    return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> fieldNames(Scope scope)
{
    std::vector<std::string> names;
    for (const auto& field : fields(scope)) {
        names.emplace_back(field.name);
    }
    return names;
}

const Field* findFieldByPath(Scope scope, std::string_view dotted)
{
    const std::size_t dot = dotted.find('.');
    const Field* field = findField(scope, dotted.substr(0, dot));
    if (dot == std::string_view::npos || field == nullptr || field->type != FieldType::Group) {
        return dot == std::string_view::npos ? field : nullptr;
    }
    return findFieldByPath(field->group, dotted.substr(dot + 1));
}

std::span<const RunnerFlag> runnerFlags()
{
    return kRunnerFlags;
}

const RunnerFlag* findRunnerFlag(std::string_view nameWithoutDashes)
{
    const auto all = runnerFlags();
    const auto found = std::find_if(all.begin(), all.end(),
        [&](const RunnerFlag& flag) { return flag.field.name == nameWithoutDashes; });
    return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> allowedWords(const Field& field)
{
    return field.words.empty() ? std::vector<std::string> {} : text::split(field.words, '|');
}

namespace {

std::string rangeText(const Field& field, const char* noun)
{
    if (!field.hasRange) {
        return noun;
    }
    const bool open = field.maximum >= kIntMax;
    std::string range = field.aboveMinimum ? fmt::format("{} above {}", noun, field.minimum)
        : open                             ? fmt::format("{} of {} or more", noun, field.minimum)
                                           : fmt::format("{} from {}", noun, field.minimum);
    if (!open) {
        range += fmt::format("{}{}", field.aboveMinimum ? " and at most " : " to ", field.maximum);
    }
    if (field.minusOneToo) {
        range += ", or -1";
    }
    return field.unit.empty()
        ? range
        : fmt::format("{} ({})", range, field.unit == "s" ? "seconds" : field.unit);
}

} // namespace

std::string allowedText(const Field& field)
{
    switch (field.type) {
    case FieldType::Bool:
        return "true or false";
    case FieldType::Int:
        return rangeText(field, "a whole number");
    case FieldType::Number:
        return rangeText(field, "a number");
    case FieldType::Word: {
        auto words = allowedWords(field);
        return words.size() == 1 ? words.front() : "one of " + text::join(words, ", ");
    }
    case FieldType::Size:
        return "a whole number of 1 or more, for tables also with kb, mb or gb (10kb)";
    case FieldType::TextList:
        return "a list of words";
    case FieldType::TextMap:
        return "a map of names and values";
    case FieldType::Reference:
        return "one expression such as ${{inputs.name}}";
    case FieldType::Group:
    case FieldType::Inputs:
    case FieldType::Outputs:
    case FieldType::Jobs:
        return "a map";
    case FieldType::Environment:
        return "a name, a file or a map";
    case FieldType::Component:
        return "a component file or a map";
    case FieldType::Text:
    case FieldType::Path:
        return "a text";
    case FieldType::Any:
        break;
    }
    return "anything";
}

} // namespace sheaf::spec
