// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/run_options.h"
#include "app/cli/status_json.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

void printSteps(const OpenRun& run)
{
    std::vector<std::vector<std::string>> rows { { "STEP", "STATE", "MINI-BATCHES", "DONE",
        "FAILED", "RUNNING", "WHAT HAPPENED" } };
    for (const auto& step : run.picture.steps()) {
        const auto failed = step.count(event::MiniBatchState::Failed)
            + step.count(event::MiniBatchState::TimedOut);
        const auto number = [&](std::uint32_t count) {
            return step.planned ? text::humanCount(count) : std::string("-");
        };
        rows.push_back({ step.name, stepStateWord(run, step), number(step.total()),
            number(step.count(event::MiniBatchState::Done)), number(failed),
            number(step.count(event::MiniBatchState::Running)), harmlessLine(step.message) });
    }
    fmt::print("{}", table(rows));
}

int status(const RunChoice& choice, bool json)
{
    const auto run = openRun(choice);
    if (!run) {
        return complain(run.error());
    }
    if (json) {
        fmt::print("{}\n", statusJson(*run));
        return 0;
    }
    fmt::print("{}  {}{}\n", coloured(Colour::Bold, run->name), run->stateWord(),
        run->picture.message().empty() ? "" : ". " + harmlessLine(run->picture.message()));
    fmt::print("Job     {}\nFolder  {}\n", harmlessLine(run->spec.jobFile),
        harmlessLine(run->dir.path().string()));
    printSteps(*run);
    if (run->isInterrupted()) {
        fmt::print("Go on with {}\n", commandFor(run->workspace, "resume", run->name));
    }
    return 0;
}

} // namespace

void addStatus(CLI::App& app, int& exitCode)
{
    auto choice = std::make_shared<RunChoice>();
    auto json = std::make_shared<bool>(false);
    auto* verb = app.add_subcommand("status", "Show how a run stands, step by step");
    addRunChoice(*verb, *choice);
    verb->add_flag("--json", *json, "One line of JSON");
    verb->callback([choice, json, &exitCode] { exitCode = status(*choice, *json); });
}

} // namespace sheaf::cli
