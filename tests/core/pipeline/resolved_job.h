// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/resolver.h"
#include "tests/support/temp_folder.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace sheaf::test {

inline const std::filesystem::path kJobs = std::filesystem::path(SHEAF_TEST_DATA) / "jobs";

/// A job file in a folder of its own, with a script and a few bytes of data beside it.
class ResolvedJob
{
public:
    ResolvedJob()
    {
        m_folder.write("src/run.py", "def run(mini_batch):\n    return []\n");
        m_folder.write("data/a.txt", "a\n");
        m_folder.write("table/MLTable",
            "paths:\n  - pattern: ./*.csv\ntransformations:\n  - read_delimited\n");
        m_folder.write("table/a.csv", "x\n1\n");
    }

    pipeline::Resolved resolve(const std::string& yaml,
        const std::vector<std::string>& overrides = {},
        bool checkPaths = true) const
    {
        m_folder.write("job.yml", yaml);
        return pipeline::resolve({ path("job.yml"), overrides, path("run"), checkPaths });
    }

    /// A pipeline of one parallel step `p`: `inputs` and `extra` are lines at the step's level,
    /// `arguments` one line.
    pipeline::Resolved parallel(const std::string& extra,
        const std::string& arguments = "",
        const std::string& input = "{type: uri_folder, path: ./data}") const
    {
        return resolve(parallelYaml(extra, arguments, input));
    }

    static std::string parallelYaml(const std::string& extra,
        const std::string& arguments = "",
        const std::string& input = "{type: uri_folder, path: ./data}")
    {
        return "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      main: " + input
            + "\n    outputs:\n      out: {type: uri_file}\n    input_data: ${{inputs.main}}\n"
              "    task:\n      type: run_function\n      code: ./src\n      entry_script: run.py\n"
              "      environment: azureml:x:1\n      append_row_to: ${{outputs.out}}\n"
            + (arguments.empty() ? "" : "      program_arguments: " + arguments + "\n") + extra;
    }

    [[nodiscard]] std::string path(const std::string& relative) const
    {
        return (m_folder.path() / relative).string();
    }
    void write(const std::string& relative, std::string_view bytes) const
    {
        m_folder.write(relative, bytes);
    }

private:
    TempFolder m_folder;
};

/// "Error input-missing jobs.p.inputs.main.path" a line.
inline std::string words(const pipeline::Resolved& resolved)
{
    std::string text;
    for (const auto& d : resolved.diagnostics) {
        text += std::string(json::enumName(d.severity)) + " " + d.code + " " + d.path + "\n";
    }
    return text;
}

/// By value, so that it may outlive a Resolved made in the same line.
inline pipeline::StepSpec step(const pipeline::Resolved& resolved, const std::string& name)
{
    const auto& steps = resolved.spec.steps;
    const auto found
        = std::find_if(steps.begin(), steps.end(), [&](const auto& s) { return s.name == name; });
    return found == steps.end() ? pipeline::StepSpec {} : *found;
}

/// The value behind `--name` among tokens, "" when it is not there.
inline std::string argument(const std::vector<std::string>& tokens, const std::string& name)
{
    const auto found = std::find(tokens.begin(), tokens.end(), "--" + name);
    return found == tokens.end() || found + 1 == tokens.end() ? std::string() : *(found + 1);
}

} // namespace sheaf::test
