// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/open_run.h"
#include "app/cli/status_json.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

std::string stateOf(const workspace::RunSummary& run)
{
    return run.interrupted ? "Interrupted" : json::enumName(run.state);
}

boost::json::object runObject(const workspace::Workspace& workspace, const workspace::RunSummary& run)
{
    return { { "run", run.run }, { "state", stateOf(run) }, { "message", run.message },
        { "displayName", run.displayName }, { "jobFile", run.jobFile },
        { "folder", workspace.runDir(run.run).path().string() }, { "started", timeOrNull(run.startedMicros) },
        { "ended", timeOrNull(run.endedMicros) }, { "miniBatches", run.miniBatches },
        { "miniBatchesFailed", run.miniBatchesFailed }, { "tags", json::toJson(run.tags) }, { "note", run.note } };
}

int listRuns(const std::string& folder, bool json)
{
    const auto workspace = workspaceOf(folder);
    std::error_code ignored;
    if (!std::filesystem::is_directory(workspace.folder(), ignored)) {
        return complain({ ErrorCode::NotFound, { { "path", workspace.folder().string() } } });
    }
    const auto runs = workspace.runs();
    if (!runs) {
        return complain(runs.error());
    }
    if (json) {
        for (const auto& run : *runs) {
            fmt::print("{}\n", boost::json::serialize(runObject(workspace, run)));
        }
        return 0;
    }
    if (runs->empty()) {
        fmt::print("No runs in {}. `sheaf run FILE` makes one.\n",
            harmlessLine(workspace.folder().string()));
        return 0;
    }
    std::vector<std::vector<std::string>> rows { { "RUN", "STATE", "STARTED", "MINI-BATCHES",
        "FAILED", "JOB", "TAGS" } };
    for (const auto& run : *runs) {
        rows.push_back(
            { run.run, stateOf(run), localTime(run.startedMicros), std::to_string(run.miniBatches),
                std::to_string(run.miniBatchesFailed), harmlessLine(run.jobFile), harmlessLine(text::join(run.tags, ", ")) });
    }
    fmt::print("{}", table(rows));
    return 0;
}

} // namespace

void addRuns(CLI::App& app, int& exitCode)
{
    auto folder = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    auto* verb = app.add_subcommand("runs", "List the runs of a workspace, newest first");
    verb->add_option("--workspace", *folder,
            "Folder with the .sheaf/. Default: the nearest one above this folder")
        ->type_name("DIR");
    verb->add_flag("--json", *json, "A line of JSON per run");
    verb->callback([folder, json, &exitCode] { exitCode = listRuns(*folder, *json); });
}

} // namespace sheaf::cli
