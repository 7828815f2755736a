// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "app/cli/open_run.h"
#include "core/triage/verdict.h"

#include <string>

namespace sheaf::cli {

/// ISO 8601 in UTC, null for 0.
[[nodiscard]] boost::json::value timeOrNull(std::int64_t micros);
/// Whether somebody works on it, as the verdict wants to know.
[[nodiscard]] triage::Liveness livenessOf(const OpenRun& run);
/// "Interrupted" for a step that was going on when the run's coordinator went.
[[nodiscard]] std::string stepStateWord(const OpenRun& run, const event::StepPicture& step);
/// One line of JSON about a run and its steps: what `status --json` and `run --json` print.
[[nodiscard]] std::string statusJson(const OpenRun& run);
/// One line of JSON about a mini-batch: what `batches --json` prints. Asks the store for the error
/// of a failed one.
[[nodiscard]] std::string miniBatchJson(OpenRun& run, StepIndex step, std::uint32_t index);
/// The error of a mini-batch's last attempt; "" when it was done.
[[nodiscard]] std::string miniBatchError(OpenRun& run, const event::MiniBatchNow& now);

} // namespace sheaf::cli
