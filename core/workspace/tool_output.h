// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <chrono>
#include <string>
#include <vector>

namespace sheaf::workspace {

/// Runs a small program and returns what it printed (stdout only), cut of blanks at its ends; stdin
/// is empty. For questions that are answered at once ("which Python are you?"). Fails with
/// ProgramMissing when it is not there, and with Launch when it exits with another code than 0 or
/// takes longer than `atMost` (it is then killed); the reason has the last line of its stderr.
/// Blocks; any thread.
[[nodiscard]] Result<std::string> toolOutput(const std::vector<std::string>& words,
    std::chrono::milliseconds atMost = std::chrono::seconds(20));

/// The path of `program` as the shell would find it; "" when it is not there. A name with a slash
/// is taken as it is.
[[nodiscard]] std::string findProgram(const std::string& program);

} // namespace sheaf::workspace
