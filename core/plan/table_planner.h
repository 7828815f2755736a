// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/plan/mini_batch_planner.h"

namespace sheaf::plan {

class LineSink;
class PlanWatch;

/// Plans a step whose main input is an MLTable, and fills in the header but for what the sink
/// counts. Partitions come in the order in which the sorted files first show their combination of
/// keys; a combination without any data has no mini-batch. Fails as planMiniBatches.
[[nodiscard]] Result<void> planTable(
    const PlanRequest& request, PlanWatch& watch, LineSink& sink, PlanHeader& header);

} // namespace sheaf::plan
