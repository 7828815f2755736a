// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <string>
#include <string_view>

namespace sheaf::plan {

class PlanWatch;

/// What a short Python script said.
struct PythonAnswer
{
    int exitCode = 0; // 128 + number when a signal ended it
    std::string output;
    std::string errors;
};

/// Runs `script` in the interpreter with `input` on its stdin and waits for its end; the current
/// folder is not on its sys.path. For questions that only Python can answer, not for user code.
/// Fails with InterpreterMissing (it cannot be started), Io, or Canceled (then it was killed).
[[nodiscard]] Result<PythonAnswer> callPython(
    const std::string& python, const std::string& script, std::string_view input, PlanWatch& watch);

} // namespace sheaf::plan
