// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/verbs.h"
#include "core/base/program_log.h"
#include "core/spec/findings.h"

#include <algorithm>
#include <clocale>
#include <string>
#include <utility>
#include <vector>

int main(int argc, char** argv)
{
    std::setlocale(LC_CTYPE, "");
    sheaf::programLog::setName("sheaf");
    CLI::App app { "Runs Azure ML pipeline files (type: pipeline, with parallel and command steps) "
                   "on this machine, over MPI.\n"
                   "First steps: `sheaf doctor`, then `sheaf validate FILE`, `sheaf plan FILE`, "
                   "`sheaf run FILE`.",
        "sheaf" };
    app.set_version_flag(
        "--version", std::string("sheaf ") + SHEAF_VERSION, "Print the version and leave");
    app.footer("`sheaf VERB --help` says more about each. RUN may be the beginning of a run's "
               "name, or 'latest'.\n"
               "Exit codes of run and resume: 0 Completed, 1 Failed, 2 not started, 130 Canceled.");
    app.require_subcommand(1);
    int exitCode = 0;
    sheaf::cli::addValidate(app, exitCode);
    sheaf::cli::addEdit(app, exitCode);
    sheaf::cli::addPlan(app, exitCode);
    sheaf::cli::addRun(app, exitCode);
    sheaf::cli::addResume(app, exitCode);
    sheaf::cli::addRetry(app, exitCode);
    sheaf::cli::addIgnore(app, exitCode);
    sheaf::cli::addStop(app, exitCode);
    sheaf::cli::addRuns(app, exitCode);
    sheaf::cli::addStatus(app, exitCode);
    sheaf::cli::addBatches(app, exitCode);
    sheaf::cli::addLogs(app, exitCode);
    sheaf::cli::addDebug(app, exitCode);
    sheaf::cli::addCompare(app, exitCode);
    sheaf::cli::addReport(app, exitCode);
    sheaf::cli::addOutputs(app, exitCode);
    sheaf::cli::addLabel(app, exitCode);
    sheaf::cli::addRemove(app, exitCode);
    sheaf::cli::addDoctor(app, exitCode);
    if (argc == 1) {
        std::fputs(app.help().c_str(), stderr);
        return 2;
    }
    std::vector<std::string> verbs;
    for (const auto* verb : std::as_const(app).get_subcommands([](const CLI::App*) { return true; })) {
        verbs.push_back(verb->get_name());
    }
    if (argv[1][0] != '-' && std::find(verbs.begin(), verbs.end(), argv[1]) == verbs.end()) {
        std::fprintf(stderr, "sheaf: there is no verb '%s'%s. `sheaf --help` lists them.\n", argv[1],
            sheaf::spec::didYouMean(argv[1], verbs).c_str());
        return 2;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sheaf: %s\n", error.what());
        return 2;
    }
    return exitCode;
}
