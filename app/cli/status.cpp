// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/run_options.h"
#include "app/cli/status_json.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"
#include "core/triage/verdict.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

void printSteps(const OpenRun& run)
{
    std::vector<std::vector<std::string>> rows { { "STEP", "STATE", "MINI-BATCHES", "DONE",
        "FAILED", "IGNORED", "RUNNING", "WHAT HAPPENED" } };
    for (const auto& step : run.picture.steps()) {
        const auto failed = step.count(event::MiniBatchState::Failed)
            + step.count(event::MiniBatchState::TimedOut);
        const auto number = [&](std::uint32_t count) {
            return step.planned ? text::humanCount(count) : std::string("-");
        };
        rows.push_back({ step.name, stepStateWord(run, step), number(step.total()),
            number(step.count(event::MiniBatchState::Done)), number(failed), number(step.count(event::MiniBatchState::Ignored)),
            number(step.count(event::MiniBatchState::Running)), step.isOver() ? harmlessLine(step.message) : std::string() }); // else it is of an earlier life
    }
    fmt::print("{}", table(rows));
}

/// As text; moments in local time.
std::string plain(const triage::Sentence& sentence)
{
    std::string text;
    for (const auto& part : sentence.parts) {
        const bool isMoment = part.link && part.link->kind == triage::LinkKind::Moment;
        text += isMoment ? localTime(part.link->number) : part.text;
    }
    return harmlessLine(text);
}

void printNext(const OpenRun& run, const std::vector<triage::Action>& actions)
{
    if (!actions.empty()) {
        fmt::print("{}\n", coloured(Colour::Bold, "What to do next"));
    }
    for (const auto& action : actions) {
        fmt::print("  {}\n", plain(action.text));
        if (action.command) {
            fmt::print("      {}\n", harmlessLine(commandFor(run.workspace, action.command->verb, action.command->subject, action.command->rest)));
        }
    }
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
    const triage::Verdict verdict = triage::verdictOf(run->picture, run->spec, livenessOf(*run));
    fmt::print("{}  {}\n{}\n", coloured(Colour::Bold, run->name), run->stateWord(), plain(verdict.what));
    for (const auto& why : verdict.why) {
        fmt::print("  {}\n", plain(why));
    }
    fmt::print("Job     {}\nFolder  {}\n", harmlessLine(run->spec.jobFile),
        harmlessLine(run->dir.path().string()));
    printSteps(*run);
    printNext(*run, verdict.next);
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
