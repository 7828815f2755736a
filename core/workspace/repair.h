// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/event/mini_batch_list.h"
#include "core/event/run_picture.h"
#include "core/pipeline/run_spec.h"
#include "core/runtime/repair.h"
#include "core/workspace/workspace.h"

#include <string>
#include <vector>

/// Running again what failed, and nothing else (studio-anchors C12): which mini-batches, with which code, and joined into the run, so that
/// its output is as if they had never failed.
namespace sheaf::workspace {

/// Those that failed for good, in order; ignored ones are not among them.
[[nodiscard]] event::MiniBatchList failedOnes(const event::StepPicture& step);
/// Those that have not come to a good end: failed, canceled and never run. Ignored ones are not among them, nor, while the run is going on,
/// those that are being worked on.
[[nodiscard]] event::MiniBatchList unfinishedOnes(const event::StepPicture& step, bool isGoingOn);

/// Whether these may be run again: Invalid when one is not of the step, is done already (what succeeded never runs twice) or, in a run that
/// is going on, is being worked on.
[[nodiscard]] Result<void> mayRunAgain(const event::StepPicture& step, const event::MiniBatchList& miniBatches, bool isGoingOn);
/// Whether these may be ignored (failed ones) or, with `ignored` false, counted again (ignored ones).
[[nodiscard]] Result<void> mayIgnore(const event::StepPicture& step, const event::MiniBatchList& miniBatches, bool ignored);

/// The state of the user's code that a step ran last, and how the user's folder differs from it now.
struct CodeDifference {
    std::uint32_t code = 0; // last state in the run's folder
    std::vector<std::string> files; // relative to the code folder; empty: nothing differs
};
/// Reads both folders: not for a window's main thread. A code folder that is gone is an error.
[[nodiscard]] Result<CodeDifference> codeDifference(
    const pipeline::StepSpec& spec, const runtime::RunDir& dir, const event::StepPicture& step);

/// Carries a repair out: asks the coordinator that lives, else starts the run again for just this. With `currentCode` a snapshot of the
/// user's code is taken first, where it differs from the last one, and the request says so; what it says itself of code is not looked at. RunActive when the run lives and the step
/// cannot take it. Any thread but a window's main one; may wait for ranks to leave.
[[nodiscard]] Result<void> repair(const Workspace& workspace, const std::string& run, runtime::RepairRequest request, bool currentCode);

} // namespace sheaf::workspace
