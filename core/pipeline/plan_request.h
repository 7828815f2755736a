// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/run_spec.h"
#include "core/plan/mini_batch_planner.h"

namespace sheaf::pipeline {

/// What the planner is told about a parallel step: the same for `sheaf plan`, the preview and the run. The path is
/// empty when the step has no main input (a diagnostic says so). Pure.
[[nodiscard]] inline plan::PlanRequest planRequest(const StepSpec& step, const std::string& python)
{
    const StepInput* input = step.input(step.parallel.inputData);
    plan::PlanRequest request;
    request.step = step.name;
    request.input = step.parallel.inputData;
    request.path = input != nullptr ? input->value : std::string();
    request.isMlTable = input != nullptr && input->type == DataType::MlTable;
    request.miniBatchSize = step.parallel.miniBatchSize;
    request.partitionKeys = step.parallel.partitionKeys;
    request.jsonLines = step.parallel.jsonLines;
    request.jsonLinesRows = step.parallel.jsonLinesRows;
    request.keepDirectoriesApart = step.parallel.keepDirectoriesApart;
    request.python = python;
    return request;
}

} // namespace sheaf::pipeline
