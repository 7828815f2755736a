// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/binding.h"
#include "core/pipeline/run_spec.h"
#include "core/pipeline/step_fields.h"

namespace sheaf::pipeline {

/// Fills `step.parallel` from the fields of a parallel step and the runner flags among its
/// program_arguments (reference §1.3, §1.4): flags win over fields. Inputs and outputs of `step`
/// are there already.
void resolveParallel(ResolveContext& context, Binding& binding, StepFields& fields, StepSpec& step);

} // namespace sheaf::pipeline
