// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/plan/plan_file.h"

#include <string>
#include <string_view>

/// Size and time of last change of the files that a plan cut at bytes (PlanHeader::inputFiles). A table that is edited while a run is under
/// way, or before its resume, no longer holds the rows that its mini-batches were cut for: workers and resumes compare, and
/// refuse it. Lists of files are not stamped: run() gets whole files.
namespace sheaf::plan {

/// Stamps `full`, known as `relative` in the plan. A file that cannot be looked at, or whose name is not UTF-8, goes unstamped.
void addStamp(PlanHeader& header, std::string_view relative, const std::string& full);

/// InputChanged naming the first file that is not as it was.
[[nodiscard]] Result<void> checkStamps(const PlanHeader& header);

} // namespace sheaf::plan
