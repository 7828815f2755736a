// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/ids.h"

#include <set>
#include <utility>
#include <vector>

namespace sheaf::event {

/// What the events of one drain changed, for views: coarse enough to be cheap, fine enough for dataChanged.
/// A value; belongs to the drain that made it.
struct ChangeSet {
    bool run = false; // state, message, times
    bool nodes = false;
    std::set<StepIndex> steps; // state or counts
    std::set<StepIndex> plans; // number of mini-batches: models reset
    std::set<StepIndex> workers;
    /// Mini-batches touched, with repeats, in the order of the events.
    std::vector<std::pair<StepIndex, MiniBatchIndex>> miniBatches;

    [[nodiscard]] bool isEmpty() const
    {
        return !run && !nodes && steps.empty() && plans.empty() && workers.empty() && miniBatches.empty();
    }
};

} // namespace sheaf::event
