// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/step_fields.h"

#include <string>
#include <vector>

namespace sheaf::pipeline {

/// `program_arguments` as the script's tokens: `$[[ … ]]` settled, split like a command line,
/// expressions put in whole (a path with blanks stays one token). A lone expression whose text is
/// itself a line of options is split as well.
[[nodiscard]] std::vector<std::string> programTokens(
    StepFields& fields, Binding& binding, const std::string& name);

/// `command` as shell text: `$[[ … ]]` settled, expressions put in; a path with characters that
/// mean something to the shell is quoted where the text around it does not quote it already.
[[nodiscard]] std::string commandText(
    StepFields& fields, Binding& binding, const std::string& name);

} // namespace sheaf::pipeline
