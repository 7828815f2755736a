// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/run_report.h"

#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/clock.h"
#include "core/base/paths.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

struct ReportOptions
{
    RunChoice choice;
    std::string file;
};

int report(const ReportOptions& options)
{
    const auto run = openRun(options.choice);
    if (!run) {
        return complain(run.error());
    }
    const bool isActive = run->workspace.isActive(run->name);
    const std::string html
        = triage::reportHtml(run->spec, run->picture, { wallMicros(), isActive ? triage::Liveness::Active : triage::Liveness::Gone });
    if (options.file == "-") {
        std::fwrite(html.data(), 1, html.size(), stdout);
        return 0;
    }
    const std::string file = options.file.empty() ? run->name + ".html" : options.file;
    if (auto written = paths::overwriteFile(file, html); !written) {
        return complain(written.error(), 1);
    }
    fmt::print("{}\n", file);
    return 0;
}

} // namespace

void addReport(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<ReportOptions>();
    auto* verb = app.add_subcommand("report", "Write a run on one page: an HTML file to keep or to send");
    verb->footer("The file holds all it needs. It prints the file's name.\n"
                 "Exit code: 0, 1 when it cannot be written, 2 when there is no such run.");
    addRunChoice(*verb, options->choice);
    verb->add_option("-o,--output", options->file, "File to write; '-' is standard output. Default: RUN.html in the current folder")->type_name("FILE");
    verb->callback([options, &exitCode] { exitCode = report(*options); });
}

} // namespace sheaf::cli
