// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/run_spec.h"
#include "core/plan/plan_file.h"
#include "core/worker/worker_protocol.h"

namespace sheaf::runtime {

/// What a worker is told about its input: all that decides what run() is given for a line of the plan. The same for a run and for a
/// preview. The rest of WorkerStart is for the caller to fill in. Pure.
[[nodiscard]] inline worker::WorkerStart workerStart(const plan::PlanHeader& header, const pipeline::ParallelSettings& settings)
{
    worker::WorkerStart start;
    start.miniBatchKind = json::enumName(header.kind);
    start.root = header.root;
    start.tableFormat = json::enumName(header.tableFormat);
    start.table = header.table;
    start.inputFiles = header.inputFiles;
    start.partitioned = !header.partitionKeys.empty();
    start.mixedTypes = settings.mixedTypes;
    return start;
}

} // namespace sheaf::runtime
