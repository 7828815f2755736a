// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"
#include "core/pipeline/plan_request.h"
#include "core/pipeline/resolver.h"
#include "core/workspace/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace sheaf::cli {

namespace {

struct PlanOptions
{
    std::string file;
    std::string step;
    std::vector<std::string> overrides;
    std::string python;
    std::size_t first = 3;
    bool json = false;
};

/// Plan of one step, as far as it is shown: the header, the first lines, how large the mini-batches
/// are.
struct Preview
{
    plan::PlanHeader header;
    std::vector<std::string> firstLines;
    std::int64_t smallest = -1; // files, or bytes of a table
    std::int64_t largest = 0;
};

/// Files of a line, or bytes of its slices (row groups have no length here and count nothing).
std::int64_t sizeOfLine(std::string_view line)
{
    const auto json = json::parse(line);
    if (!json || !json->is_object()) {
        return 0;
    }
    if (const auto* files = json->get_object().if_contains("files");
        files != nullptr && files->is_array()) {
        return static_cast<std::int64_t>(files->get_array().size());
    }
    std::int64_t bytes = 0;
    if (const auto* slices = json->get_object().if_contains("slices");
        slices != nullptr && slices->is_array()) {
        for (const auto& slice : slices->get_array()) {
            const auto& parts = slice.as_array();
            bytes += std::max<std::int64_t>(
                0, parts.at(2).to_number<std::int64_t>() - parts.at(1).to_number<std::int64_t>());
        }
    }
    return bytes;
}

Result<Preview> preview(const pipeline::StepSpec& step, const PlanOptions& options)
{
    const char* fromEnvironment = std::getenv("SHEAF_PYTHON");
    const std::string python = !options.python.empty() ? options.python
        : fromEnvironment != nullptr                   ? fromEnvironment
                                                       : "python3";
    Preview result;
    auto header
        = plan::planMiniBatches(pipeline::planRequest(step, python), [&](std::string_view line) {
              if (result.firstLines.size() < options.first) {
                  result.firstLines.emplace_back(line);
              }
              const auto size = sizeOfLine(line);
              result.smallest = result.smallest < 0 ? size : std::min(result.smallest, size);
              result.largest = std::max(result.largest, size);
          });
    if (!header) {
        return tl::unexpected<Error>(header.error());
    }
    result.header = std::move(*header);
    return result;
}

std::vector<std::vector<std::string>> settingsOf(const pipeline::StepSpec& step)
{
    const auto& in = step.parallel;
    const auto row = [&](const std::string& name, const std::string& value) {
        const std::string bare = name.substr(name.find_first_not_of('-')); // flags are kept without their dashes
        const bool given = std::find(step.setByUser.begin(), step.setByUser.end(), bare) != step.setByUser.end();
        return std::vector<std::string> { "  " + name, value, given ? "" : "(default)" };
    };
    const auto limit = [](std::int64_t value) {
        return value < 0 ? std::string("-1 (any number)") : std::to_string(value);
    };
    const auto seconds = [](double value) { return fmt::format("{} s", value); };
    return { row("resources.instance_count", std::to_string(step.instanceCount)),
        row("max_concurrency_per_instance",
            in.maxConcurrencyPerInstance > 0 ? std::to_string(in.maxConcurrencyPerInstance)
                                             : "one a core"),
        row("mini_batch_size",
            !in.partitionKeys.empty()          ? "by partition"
                : in.miniBatchSizeText.empty() ? "1 file, or 1 MiB of a table"
                                               : in.miniBatchSizeText),
        row("partition_keys",
            in.partitionKeys.empty() ? "none" : text::join(in.partitionKeys, ", ")),
        row("retry_settings.max_retries", std::to_string(in.maxRetries)),
        row("retry_settings.timeout", seconds(in.timeoutSeconds)),
        row("error_threshold", limit(in.errorThreshold)),
        row("mini_batch_error_threshold", limit(in.miniBatchErrorThreshold)),
        row("--allowed_failed_percent", fmt::format("{}", in.allowedFailedPercent)),
        row("--task_overhead_timeout", seconds(in.taskOverheadTimeoutSeconds)),
        row("--progress_update_timeout", seconds(in.progressUpdateTimeoutSeconds)),
        row("--first_task_creation_timeout", seconds(in.firstTaskCreationTimeoutSeconds)),
        row("logging_level", in.loggingLevel),
        row("task.append_row_to",
            in.appendRowTo.empty() ? "none: only a summary is kept" : in.appendRowTo) };
}

std::string sizeText(const Preview& plan)
{
    const bool files = plan.header.kind == plan::MiniBatchKind::Files;
    const auto one = [&](std::int64_t size) {
        return files ? fmt::format("{} file{}", size, size == 1 ? "" : "s")
                     : text::humanBytes(static_cast<std::uint64_t>(size));
    };
    return plan.smallest == plan.largest
        ? one(plan.largest) + " each"
        : one(std::max<std::int64_t>(0, plan.smallest)) + " to " + one(plan.largest) + " each";
}

void print(const Preview& plan)
{
    const auto& header = plan.header;
    // Files of a list are not looked into, so their bytes are not known.
    fmt::print("  {} mini-batches, {}, from {} file{}{}\n", text::humanCount(header.miniBatches),
        sizeText(plan), text::humanCount(header.files), header.files == 1 ? "" : "s",
        header.bytes > 0 ? " with " + text::humanBytes(header.bytes) : std::string());
    for (std::size_t i = 0; i < plan.firstLines.size(); ++i) {
        fmt::print("  {:>4}  {}\n", i,
            cut(harmlessLine(plan.firstLines[i]), std::max(40, terminalWidth() - 8)));
    }
    if (header.miniBatches > plan.firstLines.size()) {
        fmt::print("     …\n");
    }
    for (const auto& warning : header.warnings) {
        fmt::print("  warning: {}\n", harmlessLine(warning));
    }
}

boost::json::object stepJson(const pipeline::StepSpec& step)
{
    boost::json::object object;
    object["step"] = step.name;
    object["kind"] = json::enumName(step.kind);
    object["dependsOn"] = json::toJson(step.dependsOn);
    object["instanceCount"] = step.instanceCount;
    if (step.kind == pipeline::StepKind::Parallel) {
        object["settings"] = json::toJson(step.parallel);
        object["setByUser"] = json::toJson(step.setByUser);
    } else {
        object["command"] = step.command.command;
    }
    return object;
}

bool isPlannedLater(const pipeline::StepSpec& step)
{
    const auto* input = step.input(step.parallel.inputData);
    return input != nullptr && !input->fromStep.empty();
}

/// Prints or collects one step; false when its input cannot be planned.
bool planStep(const pipeline::StepSpec& step, const PlanOptions& options, boost::json::array& all)
{
    auto object = stepJson(step);
    const bool isParallel = step.kind == pipeline::StepKind::Parallel;
    if (!options.json) {
        fmt::print("{}  {}{}\n", coloured(Colour::Bold, step.name),
            isParallel ? "parallel" : "command",
            step.dependsOn.empty() ? "" : ", after " + text::join(step.dependsOn, ", "));
    }
    bool ok = true;
    if (!isParallel) {
        if (!options.json) {
            fmt::print("  {}\n", cut(harmlessLine(step.command.command), terminalWidth() - 2));
        }
    } else if (isPlannedLater(step)) {
        const auto* input = step.input(step.parallel.inputData);
        if (!options.json) {
            fmt::print("  split when step {} has made its output {}\n", input->fromStep,
                input->fromOutput);
        }
        object["plannedAfter"] = input->fromStep;
    } else if (const auto plan = preview(step, options)) {
        if (!options.json) {
            print(*plan);
        }
        object["plan"] = json::toJson(plan->header);
        object["firstMiniBatches"] = boost::json::array();
        for (const auto& line : plan->firstLines) {
            object["firstMiniBatches"].as_array().push_back(
                json::parse(line).value_or(boost::json::value(line)));
        }
    } else {
        complain(plan.error());
        ok = false;
    }
    if (isParallel && !options.json) {
        fmt::print("  Settings in force:\n{}", harmless(table(settingsOf(step))));
    }
    all.push_back(std::move(object));
    return ok;
}

int planFile(const PlanOptions& options)
{
    std::error_code ignored;
    const auto path = std::filesystem::absolute(options.file, ignored).lexically_normal();
    const auto home = workspace::Workspace::around(path);
    const auto job
        = pipeline::resolve({ path, options.overrides, home.runDir("plan").path(), true });
    for (const auto& diagnostic : job.diagnostics) {
        fmt::print(stderr, "{}\n", harmless(spec::diagnosticText(diagnostic)));
    }
    if (spec::hasErrors(job.diagnostics)) {
        return 1;
    }
    boost::json::array all;
    bool ok = true;
    std::vector<std::string> known;
    for (const auto& step : job.spec.steps) {
        known.push_back(step.name);
        if (options.step.empty() || options.step == step.name) {
            ok = planStep(step, options, all) && ok;
        }
    }
    if (all.empty() && !options.step.empty()) {
        return complain({ ErrorCode::StepMissing,
            { { "step", options.step }, { "known", text::join(known, ", ") } } });
    }
    if (options.json) {
        fmt::print("{}\n", boost::json::serialize(all));
    }
    return ok ? 0 : 1;
}

} // namespace

void addPlan(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<PlanOptions>();
    auto* verb = app.add_subcommand(
        "plan", "Show what a run would do: mini-batches of each step and the settings in force");
    verb->footer("Nothing is started or written. A step that reads another step's output is split "
                 "only when that is there.\n"
                 "Exit code: 0, or 1 when the file has errors or an input cannot be split.");
    verb->add_option("FILE", options->file, "Pipeline file")->required();
    verb->add_option("--step", options->step, "This step only")->type_name("STEP");
    verb->add_option(
            "--first", options->first, "How many mini-batches to show of each step (default 3)")
        ->type_name("N");
    verb->add_option("--set", options->overrides,
            "Plan with this value in place of the file's, as in `sheaf run`")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    verb->add_option("--python", options->python, "Interpreter to ask about parquet files")
        ->type_name("PYTHON");
    verb->add_flag("--json", options->json, "One JSON array, an object per step");
    verb->callback([options, &exitCode] { exitCode = planFile(*options); });
}

} // namespace sheaf::cli
