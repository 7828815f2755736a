// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/pipeline/resolver.h"
#include "core/workspace/disk_check.h"
#include "core/workspace/interpreter.h"
#include "core/workspace/script_check.h"
#include "core/workspace/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace sheaf::cli {

namespace {

struct ValidateOptions
{
    std::vector<std::string> files;
    std::vector<std::string> overrides;
    std::string python;
    bool json = false;
};

struct Checked
{
    std::string file;
    std::int64_t errors = 0;
    std::int64_t warnings = 0;
    std::vector<spec::Diagnostic> diagnostics;
};
BOOST_DESCRIBE_STRUCT(Checked, (), (file, errors, warnings, diagnostics))

Checked check(const std::string& file, const std::vector<std::string>& overrides, const std::string& python)
{
    std::error_code ignored;
    const auto path = std::filesystem::absolute(file, ignored).lexically_normal();
    auto resolved = pipeline::resolve({ path, overrides, path.parent_path() / ".sheaf" / "runs" / "check", true });
    Checked checked { file, 0, 0, std::move(resolved.diagnostics) };
    const auto home = workspace::Workspace::around(path).folder();
    for (auto findings : { workspace::checkScripts(resolved.spec, python), workspace::checkDisk(resolved.spec, home) }) {
        std::move(findings.begin(), findings.end(), std::back_inserter(checked.diagnostics));
    }
    const auto count = [&](spec::Severity severity) {
        return std::count_if(checked.diagnostics.begin(), checked.diagnostics.end(),
            [severity](const auto& diagnostic) { return diagnostic.severity == severity; });
    };
    checked.errors = count(spec::Severity::Error);
    checked.warnings = count(spec::Severity::Warning);
    return checked;
}

void print(const Checked& checked)
{
    for (const auto& diagnostic : checked.diagnostics) {
        printUserText(spec::diagnosticText(diagnostic));
        fmt::print("\n");
    }
    const auto word = [](std::int64_t count, const char* noun) {
        return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
    };
    fmt::print("{}: {}\n", harmlessLine(checked.file),
        checked.errors + checked.warnings == 0
            ? coloured(Colour::Green, "no problems")
            : coloured(checked.errors > 0 ? Colour::Red : Colour::Yellow,
                word(checked.errors, "error") + ", " + word(checked.warnings, "warning")));
}

int validate(const ValidateOptions& options)
{
    const auto python = workspace::findInterpreter(options.python, {});
    if (!python && !options.python.empty()) {
        return complain(python.error());
    }
    std::vector<Checked> all;
    bool anyErrors = false;
    for (const auto& file : options.files) {
        all.push_back(check(file, options.overrides, python ? python->path : std::string()));
        anyErrors = anyErrors || all.back().errors > 0;
        if (!options.json) {
            print(all.back());
        }
    }
    if (options.json) {
        fmt::print("{}\n", json::serialize(all));
    }
    return anyErrors ? 1 : 0;
}

} // namespace

void addValidate(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<ValidateOptions>();
    auto* verb = app.add_subcommand(
        "validate", "Check pipeline files: all problems, with line, column and how to mend them");
    verb->footer("Exit code: 0 when there are no errors (warnings may be), 1 when there are.");
    verb->add_option("FILE", options->files,
            "Pipeline files; components and MLTables they name are checked as well")
        ->required();
    verb->add_option("--set", options->overrides,
            "Check with this value in place of the file's, as in `sheaf run`")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    verb->add_option("--python", options->python,
            "Interpreter that looks at the entry scripts, without running them. Default: SHEAF_PYTHON, else python3 on the path")
        ->type_name("PYTHON");
    verb->add_flag("--json", options->json, "One JSON array, an object per file");
    verb->callback([options, &exitCode] { exitCode = validate(*options); });
}

} // namespace sheaf::cli
