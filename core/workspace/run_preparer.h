// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/resolver.h"
#include "core/runtime/run_dir.h"

#include <string>
#include <vector>

namespace sheaf::workspace {

/// Freezes a resolved job into its run folder: the files as submitted, the code snapshots,
/// run.json. The folder appears whole, by a rename, or not at all. Warnings of the snapshots are
/// added to `warnings`. RunExists when the name is taken. Any thread.
[[nodiscard]] Result<void> prepareRun(
    const pipeline::Resolved& job, const runtime::RunDir& dir, std::vector<std::string>& warnings);

} // namespace sheaf::workspace
