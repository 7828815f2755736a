// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/workspace/workspace.h"

#include <filesystem>
#include <vector>

/// The list of a workspace's runs, made from their folders. What a run that is over has to say does
/// not change, so it is read once and then kept in workspace.db; that file may be lost at any time.
namespace sheaf::workspace {

/// Newest first. Works, more slowly, where workspace.db cannot be written.
[[nodiscard]] Result<std::vector<RunSummary>> listRuns(const Workspace& workspace);
/// The run goes on: what is kept of it is no longer true.
void forgetRun(const Workspace& workspace, const std::string& run);
/// What its folder says of one run now.
[[nodiscard]] RunSummary summaryOf(const Workspace& workspace, const std::string& run);

} // namespace sheaf::workspace
