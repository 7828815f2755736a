// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "app/cli/open_run.h"

namespace sheaf::cli {

/// What `sheaf run` and `sheaf resume` end with.
inline constexpr int kCompleted = 0;
inline constexpr int kFailed = 1;
inline constexpr int kNotStarted = 2;
inline constexpr int kCanceled = 130;

/// Shows a run until it ends, is interrupted, or the user leaves; then its result. Ctrl-C asks it
/// to stop, a second one to stop now, a third leaves it alone. Events up to `seen` belong to its
/// earlier lives. Returns the exit code.
int watchRun(OpenRun& run, std::uint64_t seen, bool json);

/// State, outputs, logs and job_result.txt of a run, and for a failed one why and the first error.
void printReport(const OpenRun& run);

} // namespace sheaf::cli
