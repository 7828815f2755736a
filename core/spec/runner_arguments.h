// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/diagnostic.h"
#include "core/spec/job.h"
#include "core/spec/source_text.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::spec {

/// What the runner takes from the tokens of `program_arguments` (reference §1.4). The tokens
/// themselves stay as they are: the script sees all of them. A flag is written `--name value` or
/// `--name=value`; the last one counts.
struct RunnerArguments
{
    std::map<std::string, std::string> values; // by name without dashes
    std::vector<Diagnostic> diagnostics;

    [[nodiscard]] bool has(const std::string& name) const { return values.contains(name); }
};

/// `tokens` have their expressions resolved. `source` is the field they come from and `sourceText`
/// the whole of its file, to find a token's place. `scriptOptions` are option names that the script
/// defines itself: no misspelling.
[[nodiscard]] RunnerArguments readRunnerArguments(const std::vector<std::string>& tokens,
    const FieldValue& source,
    const std::string& path,
    const SourceText& sourceText,
    const std::vector<std::string>& scriptOptions);

/// Every quoted "--name" in the text of a Python script: the options it most likely defines,
/// without dashes.
[[nodiscard]] std::vector<std::string> optionNames(std::string_view script);

} // namespace sheaf::spec
