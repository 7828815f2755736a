// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What a file holds that is made because a job file names it: small, and it works as it is. Pure values.
namespace sheaf::edit {

/// A port of a component that is made.
struct StarterPort
{
    std::string name;
    std::string type;
};

/// init() and run(mini_batch) that names what it was given; for files and for tables.
[[nodiscard]] std::string starterEntryScript();
/// A script of a command step that shows its arguments.
[[nodiscard]] std::string starterCommandScript();
/// A table of all csv files beside it.
[[nodiscard]] std::string starterTable();
[[nodiscard]] std::string starterConda();
[[nodiscard]] std::string starterEnvironment();
[[nodiscard]] std::string starterCommandComponent(std::string_view name, const std::vector<StarterPort>& inputs, const std::vector<StarterPort>& outputs);
/// `mainInput` is one of the inputs; the script lies beside the component.
[[nodiscard]] std::string starterParallelComponent(std::string_view name, const std::vector<StarterPort>& inputs,
    const std::vector<StarterPort>& outputs, std::string_view mainInput, std::string_view script);
/// The lines of `jobs:` with one command step, and a whole pipeline with it.
[[nodiscard]] std::string starterJobs();
[[nodiscard]] std::string starterPipeline();

} // namespace sheaf::edit
