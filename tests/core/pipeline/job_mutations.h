// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sheaf::test {

/// A good job: a folder with pipeline.yml, and a file of it that is to be broken.
struct GoodFile
{
    std::filesystem::path folder;
    std::string file; // below folder
};
/// Every pipeline, component file and MLTable of the samples and of tests/data/jobs.
[[nodiscard]] std::vector<GoodFile> goodFiles();

/// A good file with one mistake of a kind that people make.
struct Mutant
{
    std::string kind; // "misspelt key"
    std::string what; // for messages
    std::string text; // of the whole file
    std::vector<int> lines; // where a finding about it may stand
    std::string path; // dotted; a finding at it or at what it stands in is right too
};

/// Every mistake at every place that it fits; the same for the same text.
[[nodiscard]] std::vector<Mutant> mutantsOf(const std::string& text);

} // namespace sheaf::test
