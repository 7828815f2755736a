// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/starter_files.h"

#include <fmt/format.h>

namespace sheaf::edit {

namespace {

constexpr const char* kImage = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04";

std::string portLines(const char* key, const std::vector<StarterPort>& ports)
{
    std::string lines = ports.empty() ? "" : fmt::format("{}:\n", key);
    for (const auto& port : ports) {
        lines += fmt::format("  {}:\n    type: {}\n", port.name, port.type);
    }
    return lines;
}

std::string componentHead(std::string_view type, std::string_view name)
{
    return fmt::format("type: {}\nname: {}\nversion: 1\n", type, name);
}

} // namespace

std::string starterEntryScript()
{
    return R"(import argparse


def init():
    """Called once in each worker process, before the first mini-batch: load models and the like here."""
    parser = argparse.ArgumentParser()
    # The runner adds arguments of its own: take what is yours, leave the rest.
    arguments, _ = parser.parse_known_args()
    print("arguments:", arguments)


def run(mini_batch):
    """Called for each mini-batch: a list of file paths, or a pandas DataFrame of a table. Returns one element for each item that is done."""
    results = []
    for item in mini_batch if isinstance(mini_batch, list) else mini_batch.to_dict("records"):
        results.append(str(item))
    return results
)";
}

std::string starterCommandScript()
{
    return R"(import argparse


def main():
    parser = argparse.ArgumentParser()
    arguments, rest = parser.parse_known_args()
    print("arguments:", arguments, rest)


if __name__ == "__main__":
    main()
)";
}

std::string starterTable()
{
    return "type: mltable\n"
           "paths:\n"
           "  - pattern: ./*.csv\n"
           "transformations:\n"
           "  - read_delimited:\n"
           "      delimiter: \",\"\n"
           "      encoding: utf8\n"
           "      header: all_files_same_headers\n";
}

std::string starterConda()
{
    return "name: job\n"
           "channels:\n"
           "  - conda-forge\n"
           "dependencies:\n"
           "  - python=3.11\n"
           "  - pandas\n";
}

std::string starterEnvironment()
{
    return fmt::format("name: job\nimage: {}\n", kImage);
}

std::string starterCommandComponent(
    std::string_view name, const std::vector<StarterPort>& inputs, const std::vector<StarterPort>& outputs)
{
    std::string text = componentHead("command", name) + portLines("inputs", inputs) + portLines("outputs", outputs);
    text += fmt::format("environment:\n  image: {}\ncommand: >-\n  echo {}\n", kImage, name);
    for (const auto& port : inputs) {
        text += fmt::format("  --{} ${{{{inputs.{}}}}}\n", port.name, port.name);
    }
    for (const auto& port : outputs) {
        text += fmt::format("  --{} ${{{{outputs.{}}}}}\n", port.name, port.name);
    }
    return text;
}

std::string starterParallelComponent(std::string_view name, const std::vector<StarterPort>& inputs,
    const std::vector<StarterPort>& outputs, std::string_view mainInput, std::string_view script)
{
    return componentHead("parallel", name) + portLines("inputs", inputs) + portLines("outputs", outputs)
        + fmt::format("input_data: ${{{{inputs.{}}}}}\ntask:\n  type: run_function\n  code: ./{}\n  entry_script: {}\n"
                      "  environment:\n    image: {}\n",
            mainInput, script, script, kImage);
}

std::string starterJobs()
{
    return fmt::format("jobs:\n  hello:\n    type: command\n    command: echo hello\n    environment:\n      image: {}\n", kImage);
}

std::string starterPipeline()
{
    return "type: pipeline\ndisplay_name: hello\n\n" + starterJobs();
}

} // namespace sheaf::edit
