// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/chosen_batches.h"
#include "app/cli/run_options.h"
#include "app/cli/run_watch.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"
#include "core/workspace/repair.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

struct WhichOptions
{
    RunChoice choice;
    std::string step;
    std::vector<std::string> miniBatches;
    std::string filter;
};

struct RetryOptions
{
    WhichOptions which;
    bool failed = false;
    bool unfinished = false;
    bool currentCode = false;
    bool dryRun = false;
    bool detach = false;
    bool json = false;
};

struct IgnoreOptions
{
    WhichOptions which;
    bool undo = false;
    bool detach = false;
    bool json = false;
};

void addWhich(CLI::App& verb, WhichOptions& options)
{
    addRunChoice(verb, options.choice);
    verb.add_option("STEP", options.step, "Name of the step in the pipeline")->required();
    verb.add_option("--batch", options.miniBatches, "These mini-batches: 3 or 3-17,20; may be given several times")->type_name("LIST");
    verb.add_option("--filter", options.filter, "Those of them that these words choose, such as 'group:2' or 'err:\"KeyError\"'")
        ->type_name("WORDS");
}

/// Those that --batch names; nullopt when it was not given.
Result<std::optional<event::MiniBatchList>> listed(const WhichOptions& options)
{
    if (options.miniBatches.empty()) {
        return std::optional<event::MiniBatchList>();
    }
    auto list = event::MiniBatchList::parse(text::join(options.miniBatches, ","));
    if (!list) {
        return fail(ErrorCode::Invalid,
            { { "what", "--batch" }, { "found", text::join(options.miniBatches, ",") },
                { "allowed", "numbers and ranges such as 3-17,20 are allowed" } });
    }
    return std::optional(std::move(*list));
}

/// Of `list` what --filter chooses.
Result<event::MiniBatchList> filtered(
    const WhichOptions& options, const OpenRun& run, const event::StepPicture& step, const event::MiniBatchList& list)
{
    auto chosen = chosenBy(options.filter, run, step);
    if (!chosen) {
        return tl::unexpected<Error>(chosen.error());
    }
    std::erase_if(*chosen, [&](MiniBatchIndex miniBatch) { return !list.contains(miniBatch); });
    return event::MiniBatchList(std::move(*chosen));
}

/// The step as the run's events have it; StepMissing when the run has no such step.
Result<const event::StepPicture*> pictureOf(const OpenRun& run, const std::string& step)
{
    if (const auto index = run.stepIndex(step); !index) {
        return tl::unexpected<Error>(index.error());
    }
    static const event::StepPicture none;
    const auto* picture = run.picture.step(step);
    return picture != nullptr ? picture : &none;
}

int watch(OpenRun& run, std::uint64_t seen, bool detach, bool json)
{
    if (detach) {
        fmt::print("{}\n", run.name);
        return 0;
    }
    return watchRun(run, seen, json);
}

Result<event::MiniBatchList> chosenFor(const RetryOptions& options, const OpenRun& run, const event::StepPicture& step)
{
    auto list = listed(options.which);
    if (!list) {
        return tl::unexpected<Error>(list.error());
    }
    const bool named = list->has_value();
    const event::MiniBatchList from = named ? **list : options.unfinished ? workspace::unfinishedOnes(step, run.isGoingOn()) : workspace::failedOnes(step);
    return options.which.filter.empty() ? from : filtered(options.which, run, step, from);
}

std::string ofAll(const event::MiniBatchList& list, const event::StepPicture& step)
{
    return fmt::format("{} of {} mini-batches of {}: {}", text::humanCount(list.count()), text::humanCount(step.total()), step.name, list.text());
}

void sayCode(const workspace::CodeDifference& difference, bool currentCode)
{
    if (difference.files.empty()) {
        if (currentCode) {
            fmt::print("The code is the one that the run has already.\n");
        }
        return;
    }
    const std::string files = harmlessLine(text::join(difference.files, ", "));
    fmt::print("{}\n",
        currentCode ? "With the current code, changed: " + files
                    : "Your code differs from the run's (" + files + "); the run's is used. --with-current-code takes yours.");
}

int retry(const RetryOptions& options)
{
    auto run = openRun(options.which.choice);
    if (!run) {
        return complain(run.error(), kNotStarted);
    }
    const auto step = pictureOf(*run, options.which.step);
    if (!step) {
        return complain(step.error(), kNotStarted);
    }
    const auto& spec = *run->stepSpec(options.which.step);
    const bool isCommand = spec.kind == pipeline::StepKind::Command;
    if (!isCommand && !(*step)->planned) {
        return complain(Error { ErrorCode::Invalid,
                            { { "what", "step '" + spec.name + "'" }, { "found", "not begun: it has no mini-batches yet" },
                                { "allowed", "begin it with `" + commandFor(run->workspace, "resume", run->name) + "`" } } },
            kNotStarted);
    }
    const auto list = chosenFor(options, *run, **step);
    if (!list) {
        return complain(list.error(), kNotStarted);
    }
    if (auto may = workspace::mayRunAgain(**step, *list, run->isGoingOn()); !may) {
        return complain(may.error(), kNotStarted);
    }
    const bool nothing = isCommand ? (*step)->state == event::StepState::Completed : list->isEmpty();
    if (nothing) {
        const bool isBeingRun = run->isGoingOn() && !(*step)->repair.empty() && !(*step)->isOver();
        fmt::print("Nothing to run again: {}.\n",
            isBeingRun               ? "what was asked for before (" + ofAll(event::MiniBatchList::parse((*step)->repair).value_or(*list), **step) + ") is being run just now"
                : isCommand          ? "the command of '" + spec.name + "' has succeeded"
                : options.unfinished ? "all mini-batches of '" + spec.name + "' are done"
                                     : "no mini-batch of '" + spec.name + "' that was asked for has failed");
        return 0;
    }
    const auto difference = workspace::codeDifference(spec, run->dir, **step);
    if (!difference && options.currentCode) {
        return complain(difference.error(), kNotStarted);
    }
    if (!options.json && !options.detach) {
        fmt::print("{} {} in {}\n", options.dryRun ? "Would run again" : "Running again",
            isCommand ? "the command of " + spec.name : ofAll(*list, **step), coloured(Colour::Bold, run->name));
        if (difference) {
            sayCode(*difference, options.currentCode);
        }
        std::fflush(stdout);
    }
    if (options.dryRun) {
        return 0;
    }
    run->refresh(); // an end that was told meanwhile is not the one to wait for
    const auto seen = run->picture.lastSequence();
    const runtime::RepairRequest request { spec.name, list->text(), {}, {} };
    if (const auto asked = workspace::repair(run->workspace, run->name, request, options.currentCode); !asked) {
        return complain(asked.error(), kNotStarted);
    }
    return watch(*run, seen, options.detach, options.json);
}

int ignore(const IgnoreOptions& options)
{
    auto run = openRun(options.which.choice);
    if (!run) {
        return complain(run.error(), kNotStarted);
    }
    const auto step = pictureOf(*run, options.which.step);
    if (!step) {
        return complain(step.error(), kNotStarted);
    }
    auto named = listed(options.which);
    if (!named) {
        return complain(named.error(), kNotStarted);
    }
    if (!*named && options.which.filter.empty()) {
        return complain(Error { ErrorCode::Invalid,
                            { { "what", "the list" }, { "found", "" }, { "allowed", "--batch or --filter must say which mini-batches" } } },
            kNotStarted);
    }
    const std::string all = (*step)->total() == 0 ? std::string() : fmt::format("0-{}", (*step)->total() - 1);
    const auto from = named->value_or(*event::MiniBatchList::parse(all));
    const auto list = options.which.filter.empty() ? Result<event::MiniBatchList>(from) : filtered(options.which, *run, **step, from);
    if (!list) {
        return complain(list.error(), kNotStarted);
    }
    if (auto may = workspace::mayIgnore(**step, *list, !options.undo); !may) {
        return complain(may.error(), kNotStarted);
    }
    if (list->isEmpty()) {
        fmt::print("Nothing to do: no mini-batch of '{}' was chosen.\n", options.which.step);
        return 0;
    }
    if (!options.json && !options.detach) {
        fmt::print("{} {} in {}\n", options.undo ? "Counting again" : "Ignoring", ofAll(*list, **step), coloured(Colour::Bold, run->name));
        std::fflush(stdout);
    }
    runtime::RepairRequest request { options.which.step, {}, {}, {} };
    (options.undo ? request.unignore : request.ignore) = list->text();
    run->refresh();
    const auto seen = run->picture.lastSequence();
    if (const auto asked = workspace::repair(run->workspace, run->name, request, false); !asked) {
        return complain(asked.error(), kNotStarted);
    }
    const int code = watch(*run, seen, options.detach, options.json);
    return code == kCanceled && !run->picture.stopAsked() ? 0 : code; // done as asked, whatever else the run still has to do
}

} // namespace

void addRetry(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<RetryOptions>();
    auto* verb = app.add_subcommand("retry", "Run mini-batches of one step again, and no others");
    verb->footer("Without a choice: those that failed. Their rows join the run's output as if they had never failed; all other rows stay "
                 "as they are, byte for byte. Steps that need this one follow.\n"
                 "Exit code: as of `sheaf run`; 0 when there is nothing to run again.");
    addWhich(*verb, options->which);
    auto* failed = verb->add_flag("--failed", options->failed, "Those that failed for good (what happens without a choice)");
    auto* unfinished = verb->add_flag("--unfinished", options->unfinished, "All that are not done: failed, canceled and never run");
    failed->excludes(unfinished);
    verb->get_option("--batch")->excludes(failed)->excludes(unfinished);
    verb->add_flag("--with-current-code", options->currentCode,
        "Run your code as it is now instead of the copy that the run began with; the run records which mini-batch ran which");
    verb->add_flag("--dry-run", options->dryRun, "Only say which mini-batches would be run again");
    verb->add_flag("--detach", options->detach, "Print the run's name and leave; it goes on by itself");
    verb->add_flag("--json", options->json, "No progress; at the end one line of JSON as of `sheaf status --json`");
    verb->callback([options, &exitCode] { exitCode = retry(*options); });
}

void addIgnore(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<IgnoreOptions>();
    auto* verb = app.add_subcommand("ignore", "Count failed mini-batches against no limit any more");
    verb->footer("A step whose other mini-batches are done then completes without theirs. They stay visible as Ignored.\n"
                 "Exit code: as of `sheaf run`; 0 as well when the run has other work left.");
    addWhich(*verb, options->which);
    verb->add_flag("--undo", options->undo, "Count them again");
    verb->add_flag("--detach", options->detach, "Print the run's name and leave");
    verb->add_flag("--json", options->json, "No progress; at the end one line of JSON as of `sheaf status --json`");
    verb->callback([options, &exitCode] { exitCode = ignore(*options); });
}

} // namespace sheaf::cli
