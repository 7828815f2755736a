// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/run_labels.h"

#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace sheaf::cli {

namespace {

struct LabelOptions
{
    RunChoice choice;
    std::vector<std::string> add;
    std::vector<std::string> remove;
    std::optional<std::string> note;
};

struct RemoveOptions
{
    RunChoice choice;
    bool dryRun = false;
};

int label(const LabelOptions& options)
{
    const auto workspace = workspaceOf(options.choice.workspace);
    const auto name = workspace.findRun(options.choice.run);
    if (!name) {
        return complain(name.error());
    }
    auto labels = workspace::labelsOf(workspace, *name);
    std::vector<std::string> unwanted;
    for (const auto& tag : options.remove) {
        unwanted.emplace_back(text::trim(tag));
        if (std::find(labels.tags.begin(), labels.tags.end(), unwanted.back()) == labels.tags.end()) {
            return complain(Error { ErrorCode::Invalid,
                { { "what", "--untag" }, { "found", tag }, { "allowed", labels.tags.empty() ? "the run has no tags" : "its tags are " + text::join(labels.tags, ", ") } } });
        }
    }
    labels.tags.insert(labels.tags.end(), options.add.begin(), options.add.end());
    std::erase_if(labels.tags, [&](const std::string& tag) {
        return std::find(unwanted.begin(), unwanted.end(), tag) != unwanted.end();
    });
    labels.note = options.note.value_or(labels.note);
    if (auto kept = workspace::setLabels(workspace, *name, labels); !kept) {
        return complain(kept.error(), 1);
    }
    labels = workspace::labelsOf(workspace, *name);
    fmt::print("{}  {}{}\n", *name, labels.tags.empty() ? "(no tags)" : harmlessLine(text::join(labels.tags, ", ")), labels.note.empty() ? "" : "\n" + harmless(labels.note));
    return 0;
}

int remove(const RemoveOptions& options)
{
    const auto workspace = workspaceOf(options.choice.workspace);
    const auto name = workspace.findRun(options.choice.run);
    if (!name) {
        return complain(name.error());
    }
    const auto size = workspace::sizeOf(workspace, *name);
    const std::string freed = fmt::format("{} in {} files", text::humanBytes(size.bytes), text::humanCount(size.files));
    if (options.dryRun) {
        fmt::print("Would take {} away: {}\n", *name, freed);
        return 0;
    }
    if (auto removed = workspace::removeRun(workspace, *name); !removed) {
        return complain(removed.error(), 1);
    }
    fmt::print("Took {} away: {} are free\n", *name, freed);
    return 0;
}

} // namespace

void addLabel(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<LabelOptions>();
    auto* verb = app.add_subcommand("label", "Tag a run, or write a note on it");
    verb->footer("Exit code: 0, 1 when it cannot be written, 2 when there is no such run or no such tag to take off.");
    addRunChoice(*verb, options->choice);
    verb->add_option("--tag", options->add, "Add this tag; may be given several times");
    verb->add_option("--untag", options->remove, "Take this tag off");
    verb->add_option("--note", options->note, "Replace the note");
    verb->callback([options, &exitCode] { exitCode = label(*options); });
}

void addRemove(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<RemoveOptions>();
    auto* verb = app.add_subcommand("remove", "Take a run away: its records, logs, and the outputs below its folder");
    verb->footer("Exit code: 0, 1 when it goes on or cannot be taken away, 2 when there is no such run.");
    addRunChoice(*verb, options->choice);
    verb->add_flag("--dry-run", options->dryRun, "Only say what it would free");
    verb->callback([options, &exitCode] { exitCode = remove(*options); });
}

} // namespace sheaf::cli
