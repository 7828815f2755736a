// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"
#include "core/workspace/workspace.h"

#include <cstdint>
#include <string>
#include <vector>

/// What the user says of a run, and taking one away. Kept in the run's folder (labels.json), so it goes where the folder goes.
namespace sheaf::workspace {

struct RunLabels {
    std::vector<std::string> tags; // short words, each once
    std::string note; // any text
};
BOOST_DESCRIBE_STRUCT(RunLabels, (), (tags, note))

/// Empty where nothing was said, or what was cannot be read.
[[nodiscard]] RunLabels labelsOf(const Workspace& workspace, const std::string& run);
[[nodiscard]] Result<void> setLabels(const Workspace& workspace, const std::string& run, const RunLabels& labels);

/// What a run's folder takes on the disk, with what was run aside for it (.sheaf/debug).
struct RunSize {
    std::uint64_t bytes = 0; // blocks in use
    std::uint64_t files = 0;
};
[[nodiscard]] RunSize sizeOf(const Workspace& workspace, const std::string& run);
/// Takes the run away with its outputs below its folder, logs and records; what lies elsewhere stays. RunActive while it goes on. It is out
/// of the list at once; a folder that is interrupted while it is taken away is not a run any more.
[[nodiscard]] Result<void> removeRun(const Workspace& workspace, const std::string& run);

} // namespace sheaf::workspace
