// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/event/event.h"
#include "core/plan/plan_file.h"
#include "core/runtime/run_dir.h"

#include <string>
#include <vector>

namespace sheaf::runtime {

/// Reads what an earlier run recorded. Real: the program's StoreEarlierRuns over run.db, which
/// `main` plugs in, since runtime does not know SQL. Owned by main; called from rank 0's job
/// thread.
class EarlierRuns
{
public:
    virtual ~EarlierRuns() = default;
    /// The last successful attempt of each mini-batch of the step, in mini-batch order; without
    /// errors and log ranges.
    [[nodiscard]] virtual Result<std::vector<event::AttemptEnded>> doneIn(
        const RunDir& run, const std::string& step)
        = 0;
};

/// `--resume_from` (reference §3.6): the mini-batches of `plan` that `earlier` has done already. A
/// mini-batch is the same when its line of the plan is; the two plans may differ otherwise. Its
/// rows are copied behind those in the spool of `own` (and brought to disk), its attempt is
/// numbered as this run's first. Nothing is taken when the plans read different folders,
/// nor, with `appendsRows`, a mini-batch whose results the earlier run did not keep. Any
/// thread, before the step's spool is opened by somebody else.
[[nodiscard]] Result<std::vector<event::AttemptEnded>> takeOver(EarlierRuns& runs,
    const RunDir& earlier,
    const RunDir& own,
    const std::string& step,
    StepIndex index,
    const plan::PlanFile& plan,
    bool appendsRows);

} // namespace sheaf::runtime
