// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/inspector/form_model.h"

#include <vector>

namespace sheaf::ui {

/// The rows of one step, each with one cell. Built from the table of fields: a field that is added there has a row.
[[nodiscard]] std::vector<FormRow> rowsOfStep(const FormSource& source, const spec::StepDefinition& step);
/// The rows of the pipeline itself.
[[nodiscard]] std::vector<FormRow> rowsOfPipeline(const FormSource& source);

} // namespace sheaf::ui
