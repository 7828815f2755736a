// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/resolver.h"

#include <string>
#include <vector>

namespace sheaf::workspace {

/// What the interpreter that will run the entry scripts says of them, without running them: syntax, parameters of run(), init() and
/// shutdown(), modules that are not there, parse_args(), options with a name of the runner (reference §2). One short process for all scripts (some 0.1 s); blocks, never on
/// the main thread. Empty when there is no script to look at or the interpreter cannot be asked.
[[nodiscard]] std::vector<spec::Diagnostic> checkScripts(const pipeline::RunSpec& spec, const std::string& python);

} // namespace sheaf::workspace
