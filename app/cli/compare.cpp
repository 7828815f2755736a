// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/run_comparison.h"

#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"
#include "core/triage/settings_in_force.h"
#include "core/workspace/recorded_run.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

struct CompareOptions
{
    RunChoice first;
    std::string second;
};

Result<workspace::RecordedRun> read(const workspace::Workspace& workspace, const std::string& run)
{
    const auto name = workspace.findRun(run);
    return name ? workspace::readRun(workspace.runDir(*name)) : tl::unexpected<Error>(name.error());
}

/// "1.2 s → 0.8 s (0.4 s less)"
std::string change(double first, double second)
{
    const double difference = second - first;
    const std::string words = difference == 0 ? "the same" : fmt::format("{} {}", text::humanSeconds(std::abs(difference)), difference > 0 ? "more" : "less");
    return fmt::format("{} → {} ({})", text::humanSeconds(first), text::humanSeconds(second), words);
}

void print(const triage::StepDifference& step)
{
    const std::string name = harmlessLine(step.step);
    if (!step.first || !step.second) {
        fmt::print("  {}: only in the {} run\n", name, step.first ? "first" : "second");
        return;
    }
    const auto& a = *step.first;
    const auto& b = *step.second;
    if (a.done == 0 && b.done == 0 && a.failed == 0 && b.failed == 0) {
        fmt::print("  {}: took {}\n", name, change(a.wall, b.wall));
        return;
    }
    fmt::print("  {}: took {}; {} → {} done, {} → {} failed\n", name, change(a.wall, b.wall), a.done, b.done, a.failed, b.failed);
    fmt::print("    a mini-batch: median {}, 95 % within {}, slowest {}\n", change(a.median, b.median), change(a.p95, b.p95), change(a.worst, b.worst));
}

int compare(const CompareOptions& options)
{
    const auto workspace = workspaceOf(options.first.workspace);
    const auto first = read(workspace, options.first.run);
    if (!first) {
        return complain(first.error());
    }
    const auto second = read(workspace, options.second);
    if (!second) {
        return complain(second.error());
    }
    const auto comparison = triage::compareRuns({ first->spec, first->picture }, { second->spec, second->picture });
    fmt::print("{} {} → {} {}\n", harmlessLine(first->spec.run), json::enumName(first->picture.state()), harmlessLine(second->spec.run), json::enumName(second->picture.state()));
    fmt::print("{}\n", coloured(Colour::Bold, comparison.settings.empty() ? "Settings: the same" : "Settings"));
    for (const auto& setting : comparison.settings) {
        fmt::print("  {}{}: {} → {}\n", setting.step.empty() ? "" : harmlessLine(setting.step) + ": ", triage::settingWord(setting.field), setting.first.empty() ? "(none)" : harmlessLine(setting.first),
            setting.second.empty() ? "(none)" : harmlessLine(setting.second));
    }
    const auto code = workspace::codeBetween(*first, *second);
    fmt::print("{}\n", coloured(Colour::Bold, code.empty() ? "Code: the same" : "Code"));
    for (const auto& step : code) {
        fmt::print("  {}: {}\n", harmlessLine(step.step),
            step.files.empty() ? std::string("cannot be compared, one of the copies is not there")
                               : harmlessLine(text::join(step.files, ", ")) + (step.files.size() == 1 ? " is not the same" : " are not the same"));
    }
    fmt::print("{}\n", coloured(Colour::Bold, "Times"));
    for (const auto& step : comparison.steps) {
        print(step);
    }
    fmt::print("{}\n", coloured(Colour::Bold, comparison.failures.empty() ? "Failures: none in either" : "Failures"));
    for (const auto& failure : comparison.failures) {
        fmt::print("  {:<4}  {}: {} → {} mini-batches  {}\n", json::enumName(failure.change), failure.step, failure.first, failure.second, harmlessLine(failure.error));
    }
    return 0;
}

} // namespace

void addCompare(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<CompareOptions>();
    auto* verb = app.add_subcommand("compare", "What differs between two runs: settings, code, times, failures");
    verb->footer("Exit code: 0, or 2 when one of the runs is not there.");
    addRunChoice(*verb, options->first);
    verb->add_option("OTHER", options->second, "The second run, or the beginning of its name, or 'latest'")->required();
    verb->callback([options, &exitCode] { exitCode = compare(*options); });
}

} // namespace sheaf::cli
