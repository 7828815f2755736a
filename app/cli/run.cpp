// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/run_watch.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

struct RunOptions
{
    workspace::StartRequest request;
    std::string file;
    std::string workspace;
    bool detach = false;
    bool json = false;
};

void printOutcome(const workspace::StartOutcome& outcome)
{
    for (const auto& diagnostic : outcome.diagnostics) {
        fmt::print(stderr, "{}\n", harmless(spec::diagnosticText(diagnostic)));
    }
    for (const auto& warning : outcome.warnings) {
        fmt::print(stderr, "warning: {}\n", harmlessLine(warning));
    }
    for (const auto& note : outcome.notes) {
        fmt::print(stderr, "note: {}\n", harmlessLine(note));
    }
}

int run(const RunOptions& options)
{
    const auto home = options.workspace.empty() ? workspace::Workspace::around(options.file)
                                                : workspaceOf(options.workspace);
    workspace::StartOutcome outcome;
    const auto started = home.start(options.request, outcome);
    printOutcome(outcome);
    if (!started) {
        return complain(started.error(), kNotStarted);
    }
    if (options.detach) {
        if (options.json) {
            fmt::print("{}\n",
                boost::json::serialize(boost::json::object { { "run", outcome.run },
                    { "folder", home.runDir(outcome.run).path().string() } }));
        } else {
            fmt::print("{}\n", outcome.run);
        }
        return 0;
    }
    auto opened = openRun(home, outcome.run);
    if (!opened) {
        return complain(opened.error(), kFailed);
    }
    if (!options.json) {
        fmt::print("Run {} in {}\n", coloured(Colour::Bold, outcome.run),
            harmlessLine(opened->dir.path().string()));
        std::fflush(stdout);
    }
    return watchRun(*opened, 0, options.json);
}

} // namespace

void addRun(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<RunOptions>();
    auto* verb = app.add_subcommand("run", "Run a pipeline file and show how it goes on");
    verb->footer("The run goes on by itself when this command ends. Ctrl-C asks it to stop when "
                 "what is running is done, a second one\n"
                 "stops it at once, a third leaves it alone. Whatever happens, `sheaf resume RUN` "
                 "finishes it.\n"
                 "Exit code: 0 Completed, 1 Failed, 2 not started, 130 Canceled.");
    verb->add_option("FILE", options->file, "Pipeline file (type: pipeline)")->required();
    verb->add_option("--set", options->request.overrides,
            "Put this value in place of the file's, e.g. jobs.score.resources.instance_count=3; "
            "may be repeated")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    verb->add_option("--python", options->request.python,
            "Interpreter of the workers. Default: SHEAF_PYTHON, else python3 on the path")
        ->type_name("PYTHON");
    verb->add_option("--workspace", options->workspace,
            "Folder that gets .sheaf/ with the run. Default: the nearest folder above the file "
            "with a .sheaf/, else the file's")
        ->type_name("DIR");
    verb->add_option("--name", options->request.run, "Name of the run. Default: one is made")
        ->type_name("RUN");
    verb->add_option("--resume_from", options->request.resumeFrom,
            "Earlier run whose mini-batches that are done are taken over, as by the runner flag of that name in every "
            "parallel step: for after you have mended the script or changed a setting")
        ->type_name("RUN");
    verb->add_flag(
        "--detach", options->detach, "Print the run's name and leave; it goes on by itself");
    verb->add_flag("--json", options->json,
        "No progress; at the end one line of JSON as of `sheaf status --json`");
    verb->callback([options, &exitCode] {
        options->request.jobFile = options->file;
        exitCode = run(*options);
    });
}

} // namespace sheaf::cli
