// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

struct OutputsOptions
{
    RunChoice choice;
    std::string step;
    bool json = false;
};

int listOutputs(const OutputsOptions& options)
{
    const auto run = openRun(options.choice);
    if (!run) {
        return complain(run.error());
    }
    if (!options.step.empty()) {
        if (const auto step = run->stepIndex(options.step); !step) {
            return complain(step.error());
        }
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& step : run->spec.steps) {
        for (const auto& output : step.outputs) {
            if (!options.step.empty() && options.step != step.name) {
                continue;
            }
            std::error_code ignored;
            const bool isThere = std::filesystem::exists(output.path, ignored);
            if (options.json) {
                fmt::print("{}\n",
                    boost::json::serialize(boost::json::object { { "step", step.name },
                        { "output", output.name }, { "type", json::enumName(output.type) },
                        { "path", output.path }, { "exists", isThere } }));
            } else {
                rows.push_back({ step.name + "." + output.name,
                    harmlessLine(output.path) + (isThere ? "" : "  (not there yet)") });
            }
        }
    }
    fmt::print("{}", table(rows));
    return 0;
}

} // namespace

void addOutputs(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<OutputsOptions>();
    auto* verb = app.add_subcommand("outputs", "List where the outputs of a run are");
    addRunChoice(*verb, options->choice);
    verb->add_option("STEP", options->step, "This step only");
    verb->add_flag("--json", options->json, "A line of JSON per output");
    verb->callback([options, &exitCode] { exitCode = listOutputs(*options); });
}

} // namespace sheaf::cli
