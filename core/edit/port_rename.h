// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/edit/pipeline_edit.h"

#include <optional>
#include <string>

/// Another name for an input or output of a step: a gesture like those of pipeline_edit.h, but one that may need two files.
namespace sheaf::edit {

/// The job file, and the file of the component that the step names.
struct PortTexts
{
    std::string job;
    std::optional<std::string> component; // none: the step has no component, or it stands in the job file
    bool operator==(const PortTexts&) const = default;
};

/// Renames an input or output of a step where it is written and where it is declared. What names it follows: ${{parent.jobs.STEP.outputs.OLD}}
/// of the whole job file (disabled steps too), and ${{inputs.OLD}} or ${{outputs.OLD}} of the step's own fields and its component's. Comments stay.
/// Refused when the component's file is used by another step of the job file, which would lose its port, and when the component cannot be
/// read here. Other job files that use the component are not known here. Pure; any thread.
[[nodiscard]] Result<PortTexts> withStepPortRenamed(const PortTexts& texts, const PortRef& port, const std::string& to);

} // namespace sheaf::edit
