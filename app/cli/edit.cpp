// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/line_diff.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/edit/edit.h"
#include "core/spec/override.h"

#include <fmt/format.h>

#include <memory>

namespace sheaf::cli {

namespace {

struct EditOptions
{
    std::string file;
    std::vector<std::string> sets;
    std::vector<std::string> unsets;
    bool dryRun = false;
};

Result<std::vector<edit::Edit>> editsOf(const EditOptions& options)
{
    std::vector<edit::Edit> edits;
    for (const auto& word : options.sets) {
        const std::size_t equals = spec::endOfPath(word);
        if (equals == std::string::npos) {
            return fail(ErrorCode::Invalid,
                { { "what", "--set" }, { "found", word }, { "allowed", "write it as PATH=VALUE" } });
        }
        edits.push_back({ spec::keysFromText(std::string_view(word).substr(0, equals)), word.substr(equals + 1) });
    }
    for (const auto& path : options.unsets) {
        edits.push_back({ spec::keysFromText(path), std::nullopt });
    }
    return edits;
}

/// The lines that changed, as a diff shows them.
std::string difference(const std::string& before, const std::string& after)
{
    const auto oldLines = text::split(before, '\n');
    const auto newLines = text::split(after, '\n');
    std::string all;
    for (const auto& change : text::lineChanges(before, after)) {
        for (std::size_t i = change.beginBefore; i < change.endBefore; ++i) {
            all += coloured(Colour::Red, fmt::format("- {}", harmlessLine(oldLines[i]))) + "\n";
        }
        for (std::size_t i = change.beginAfter; i < change.endAfter; ++i) {
            all += coloured(Colour::Green, fmt::format("+ {}", harmlessLine(newLines[i]))) + "\n";
        }
    }
    return all;
}

int edit(const EditOptions& options)
{
    const auto edits = editsOf(options);
    if (!edits) {
        return complain(edits.error(), 2);
    }
    const std::filesystem::path file = options.file;
    const auto original = paths::readFile(file);
    if (!original) {
        return complain(original.error(), 2);
    }
    std::string text = *original;
    for (const auto& one : *edits) {
        const auto patches = edit::patchesFor(spec::parseYaml(spec::SourceText(file.string(), text)), one);
        if (!patches) {
            return complain(patches.error(), 2); // all or nothing
        }
        text = edit::patched(text, *patches);
    }
    if (text == *original) {
        fmt::print("{} says so already.\n", harmlessLine(options.file));
        return 0;
    }
    if (options.dryRun) {
        fmt::print("{}", difference(*original, text));
        return 0;
    }
    if (auto written = paths::overwriteFile(file, text); !written) {
        return complain(written.error(), 2);
    }
    fmt::print("{}", difference(*original, text));
    return 0;
}

} // namespace

void addEdit(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<EditOptions>();
    auto* verb = app.add_subcommand("edit", "Change values of a job or component file; every other byte stays as it is");
    verb->footer("All changes are made, or none. A value is YAML: 5, word, 'text', [a, b], {a: 1}. Where the file has quotes they "
                 "stay.\nIn a PATH the items of a list are numbered from 0 (partition_keys.0), and a key that has a dot or an equals sign "
                 "stands in\ndouble quotes: --set 'tags.\"my.key\"=5'.\nExit code: 0 changed or nothing to change, 2 not changed.");
    verb->add_option("FILE", options->file, "Pipeline or component file")->required();
    verb->add_option("--set", options->sets,
            "Give this entry this value, e.g. jobs.score.mini_batch_size=20; made when it is not there; may be repeated")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    verb->add_option("--unset", options->unsets, "Take this entry away, after all --set; may be repeated")
        ->type_name("PATH")
        ->allow_extra_args(false);
    verb->add_flag("--dry-run", options->dryRun, "Show what would change, and write nothing");
    verb->callback([options, &exitCode] { exitCode = edit(*options); });
}

} // namespace sheaf::cli
