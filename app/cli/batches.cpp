// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/chosen_batches.h"
#include "app/cli/run_options.h"
#include "app/cli/status_json.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <memory>
#include <set>

namespace sheaf::cli {

namespace {

struct BatchesOptions
{
    RunChoice choice;
    std::string step;
    std::vector<std::string> states;
    std::string filter;
    bool json = false;
};

constexpr const char* kStates = "Pending, Running, Retrying, Done, Failed, TimedOut, Canceled, Ignored";

Result<std::set<event::MiniBatchState>> statesOf(const std::vector<std::string>& words)
{
    std::set<event::MiniBatchState> states;
    for (const auto& word : words) {
        const auto before = states.size();
        for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
            const auto state = static_cast<event::MiniBatchState>(i);
            if (text::lower(json::enumName(state)) == text::lower(text::trim(word))) {
                states.insert(state);
            }
        }
        if (states.size() == before) {
            return fail(ErrorCode::Invalid,
                { { "what", "the state" }, { "found", word },
                    { "allowed", std::string("allowed are ") + kStates } });
        }
    }
    return states;
}

std::vector<std::string> rowOf(const event::StepPicture& step, std::uint32_t index)
{
    const event::MiniBatchNow& now = step.miniBatches[index];
    const bool tried = now.wasTried();
    const std::size_t group = step.failures.numberOf(MiniBatchIndex(index));
    const bool hasEnded = now.lastEvent != 0;
    return { std::to_string(index), json::enumName(now.state), std::to_string(now.tries()),
        tried ? std::to_string(now.node.value) : "-",
        tried ? runtime::RunDir::processName(now.process) : "-",
        now.elapsedSeconds > 0 ? text::humanSeconds(static_cast<double>(now.elapsedSeconds)) : "-",
        hasEnded ? std::to_string(now.itemsOk()) : "-", hasEnded ? std::to_string(now.itemsFailed()) : "-",
        group != 0 ? std::to_string(group) : "-",
        cut(harmlessLine(step.errorOf(MiniBatchIndex(index))), 80) };
}

int listBatches(const BatchesOptions& options)
{
    const auto states = statesOf(options.states);
    if (!states) {
        return complain(states.error());
    }
    auto run = openRun(options.choice);
    if (!run) {
        return complain(run.error());
    }
    const auto step = run->stepIndex(options.step);
    if (!step) {
        return complain(step.error());
    }
    if (run->spec.steps[step->value].kind != pipeline::StepKind::Parallel) {
        return complain({ ErrorCode::Invalid,
            { { "what", "STEP" }, { "found", options.step },
                { "allowed", "it is a command step, which has no mini-batches" } } });
    }
    std::vector<std::vector<std::string>> rows { { "MINI-BATCH", "STATE", "TRY", "NODE", "PROCESS", "ELAPSED", "OK", "FAILED", "GROUP", "ERROR" } };
    std::size_t total = 0;
    if (step->value < run->picture.steps().size()) {
        const event::StepPicture& picture = run->picture.steps()[step->value];
        const auto chosen = chosenBy(options.filter, *run, picture);
        if (!chosen) {
            return complain(chosen.error());
        }
        total = picture.miniBatches.size();
        for (const MiniBatchIndex miniBatch : *chosen) {
            if (!states->empty() && states->count(picture.miniBatches[miniBatch.value].state) == 0) {
                continue;
            }
            if (options.json) {
                fmt::print("{}\n", miniBatchJson(*run, *step, miniBatch.value));
            } else {
                rows.push_back(rowOf(picture, miniBatch.value));
            }
        }
    }
    if (!options.json) {
        fmt::print("{}", table(rows));
        if (rows.size() - 1 < total) {
            fmt::print("{} of {}\n", text::humanCount(rows.size() - 1), text::humanCount(total));
        }
    }
    return 0;
}

} // namespace

void addBatches(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<BatchesOptions>();
    auto* verb = app.add_subcommand("batches", "List the mini-batches of a parallel step");
    addRunChoice(*verb, options->choice);
    verb->add_option("STEP", options->step, "Name of the step")->required();
    verb->add_option("--state", options->states,
            std::string("Only those in this state, several with commas: ") + kStates)
        ->type_name("S")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("--filter", options->filter,
            "Only those it chooses: words that are all asked for, such as 'state:failed node:3 dur:>30s err:\"KeyError\" -err:disk'; a comma is "
            "\"or\". Keys: state (also unfinished), node, proc, try, items, dur, size, group, id, slow, code, err")
        ->type_name("F");
    verb->add_flag("--json", options->json, "A line of JSON per mini-batch");
    verb->callback([options, &exitCode] { exitCode = listBatches(*options); });
}

} // namespace sheaf::cli
