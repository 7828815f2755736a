// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"
#include "core/pipeline/run_spec.h"
#include "core/triage/verdict.h"

#include <cstdint>
#include <string>

/// A run on one page that can be sent to somebody: an HTML file with its styles and drawings inside, which asks no network for anything.
namespace sheaf::triage {

/// When the report is made.
struct ReportMoment {
    std::int64_t micros = 0; // wall time
    Liveness liveness = Liveness::Gone;
};

/// What happened, why, what to do next; of each step its states (drawn in at most 2,000 cells), failures by cause with their tracebacks, budgets, times,
/// settings, and the mini-batches that failed (at most 20,000, which is said); the nodes. Every text is escaped. Pure; a million mini-batches
/// take well under a second.
[[nodiscard]] std::string reportHtml(const pipeline::RunSpec& spec, const event::RunPicture& picture, const ReportMoment& moment);

} // namespace sheaf::triage
