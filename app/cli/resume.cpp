// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/run_options.h"
#include "app/cli/run_watch.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

struct ResumeOptions
{
    RunChoice choice;
    bool detach = false;
    bool json = false;
};

int resume(const ResumeOptions& options)
{
    auto run = openRun(options.choice);
    if (!run) {
        return complain(run.error(), kNotStarted);
    }
    const auto seen = run->picture.lastSequence();
    std::error_code ignored;
    const bool isRepair = std::filesystem::exists(run->dir.repair(), ignored);
    if (const auto resumed = run->workspace.resume(run->name); !resumed) {
        return complain(resumed.error(), kNotStarted);
    }
    if (options.detach) {
        fmt::print("{}\n", run->name);
        return 0;
    }
    if (!options.json) {
        fmt::print("Resuming {}{}\n", coloured(Colour::Bold, run->name),
            isRepair ? ": the repair that was interrupted; `sheaf resume` once more does all that is left" : "");
        std::fflush(stdout);
    }
    return watchRun(*run, seen, options.json);
}

} // namespace

void addResume(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<ResumeOptions>();
    auto* verb
        = app.add_subcommand("resume", "Finish a run that was interrupted, failed or canceled");
    verb->footer("Mini-batches that are done stay done; failed and open ones are run. The output "
                 "is the same as without the break.\n"
                 "Exit code: as of `sheaf run`.");
    addRunChoice(*verb, options->choice);
    verb->add_flag(
        "--detach", options->detach, "Print the run's name and leave; it goes on by itself");
    verb->add_flag("--json", options->json,
        "No progress; at the end one line of JSON as of `sheaf status --json`");
    verb->callback([options, &exitCode] { exitCode = resume(*options); });
}

} // namespace sheaf::cli
