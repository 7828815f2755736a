// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/event/run_picture.h"
#include "core/pipeline/run_spec.h"
#include "core/runtime/run_dir.h"

#include <stop_token>
#include <string>
#include <vector>

namespace sheaf::workspace {

/// What the run of this folder was to do. A folder that was copied or moved since: paths below the old one are given below this one, so
/// that what came along is found; those that lead elsewhere are left as they are. Any thread.
[[nodiscard]] Result<pipeline::RunSpec> readSpec(const runtime::RunDir& dir);

/// The folder was copied or moved since the run was in it: it tells of a run that was made elsewhere. Reads run.json.
[[nodiscard]] bool isMoved(const runtime::RunDir& dir, const pipeline::RunSpec& asWritten);
[[nodiscard]] bool isMoved(const runtime::RunDir& dir);

/// A run as its folder tells it: what it was to do, and what its events add up to. A value.
struct RecordedRun {
    pipeline::RunSpec spec;
    event::RunPicture picture; // empty when nothing was recorded yet
};

/// A step whose code is not the same in two runs.
struct StepCodeDifference {
    std::string step;
    std::vector<std::string> files; // relative to the code folder, in order; empty: the snapshots cannot be compared, one is not there any more
};

/// The code of the steps that both runs have, each as the run ran it last: their snapshots are read, so not for a window's main thread.
[[nodiscard]] std::vector<StepCodeDifference> codeBetween(const RecordedRun& first, const RecordedRun& second);

/// Reads all of it (about half a million events a second). `stop` ends it early with Canceled. Any thread.
[[nodiscard]] Result<RecordedRun> readRun(const runtime::RunDir& dir, const std::stop_token& stop = {});

} // namespace sheaf::workspace
