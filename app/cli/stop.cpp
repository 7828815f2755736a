// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

int stop(const RunChoice& choice, bool now)
{
    const auto workspace = workspaceOf(choice.workspace);
    const auto name = workspace.findRun(choice.run);
    if (!name) {
        return complain(name.error());
    }
    if (const auto stopped = workspace.stop(*name, now); !stopped) {
        return complain(stopped.error(), 1);
    }
    fmt::print("{} {}. Go on later with {}\n",
        now ? "Stopping now:" : "Stopping when what is running is done:", *name,
        commandFor(workspace, "resume", *name));
    return 0;
}

} // namespace

void addStop(CLI::App& app, int& exitCode)
{
    auto choice = std::make_shared<RunChoice>();
    auto now = std::make_shared<bool>(false);
    auto* verb
        = app.add_subcommand("stop", "Ask a run to stop; it becomes Canceled and can be resumed");
    verb->footer(
        "Exit code: 0 when it was asked, 1 when it is not going on, 2 when there is no such run.");
    addRunChoice(*verb, *choice);
    verb->add_flag("--now", *now, "Do not wait for the mini-batches that are running");
    verb->callback([choice, now, &exitCode] { exitCode = stop(*choice, *now); });
}

} // namespace sheaf::cli
