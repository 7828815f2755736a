// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/script_check.h"

#include "core/base/paths.h"
#include "core/pipeline/entry_script.h"
#include "core/spec/field_table.h"
#include "core/spec/findings.h"
#include "core/spec/source_text.h"
#include "core/workspace/tool_output.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace sheaf::workspace {

namespace {

/// A finding as check_scripts.py tells it.
struct Told
{
    std::string file;
    int line = 1;
    int column = 1;
    std::string code;
    bool error = false;
    std::string message;
    std::string found;
    std::string fix;
};
BOOST_DESCRIBE_STRUCT(Told, (), (file, line, column, code, error, message, found, fix))

/// Flags that the runner reads and that the script had better not define. Those that the runner adds were told with the value they bring.
boost::json::array namesRead(const pipeline::ParallelSettings& settings)
{
    boost::json::array names;
    const auto& added = settings.generatedArguments;
    for (const auto& flag : spec::runnerFlags()) {
        const std::string name(flag.field.name);
        const bool isAdded = std::find(added.begin(), added.end(), "--" + name) != added.end();
        if (flag.userMaySet && !isAdded && name != "logging_level") { // scripts may well want that level
            names.emplace_back(name);
        }
    }
    return names;
}

/// resolve() has looked at the text as well, and told what it saw.
bool isToldAlready(const Told& told)
{
    const std::string script = paths::readFile(told.file).value_or(std::string());
    return told.code == "no-run-function" && !pipeline::definesFunction(script, "run") && !pipeline::definesFunction(script, "enqueue");
}

spec::SourceRange rangeOf(const Told& told)
{
    const spec::SourceText text(told.file, paths::readFile(told.file).value_or(std::string()));
    const std::string_view line = text.line(told.line);
    const std::size_t begin = line.data() == nullptr ? 0 : static_cast<std::size_t>(line.data() - text.bytes().data());
    const auto column = static_cast<std::size_t>(std::max(0, told.column - 1)); // Python counts bytes here
    return text.range(begin + std::min(column, line.size()), begin + line.size());
}

} // namespace

std::vector<spec::Diagnostic> checkScripts(const pipeline::RunSpec& run, const std::string& python)
{
    boost::json::array scripts;
    std::map<std::string, std::string> steps; // script → the first step that runs it
    for (const auto& step : run.steps) {
        if (step.kind != pipeline::StepKind::Parallel || step.parallel.code.empty() || step.parallel.entryScript.empty()) {
            continue;
        }
        const auto script = pipeline::findEntryScript(step.parallel.code, step.parallel.entryScript);
        if (!script.empty() && steps.emplace(script.string(), step.name).second) {
            scripts.push_back(boost::json::object { { "file", script.string() }, { "code", step.parallel.code }, { "reserved", namesRead(step.parallel) } });
        }
    }
    std::vector<spec::Diagnostic> findings;
    const auto program = paths::workerDir() / "sheaf_worker" / "check_scripts.py";
    const auto answer = scripts.empty() || python.empty()
        ? Result<std::string>("[]")
        : toolOutput({ python, "-B", program.string(), boost::json::serialize(scripts) });
    const auto told = answer.and_then([](const std::string& text) { return json::deserialize<std::vector<Told>>(text, "check_scripts"); });
    if (!told) {
        return findings;
    }
    for (const auto& one : *told) {
        if (isToldAlready(one)) {
            continue;
        }
        findings.push_back(spec::finding(one.error ? spec::Severity::Error : spec::Severity::Warning, one.code,
            { one.file, rangeOf(one), "jobs." + steps[one.file] + ".task.entry_script" }, one.message,
            { one.found, "", one.fix }));
    }
    return findings;
}

} // namespace sheaf::workspace
