// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

/// Which mini-batches of a group of failures are failed now. A group remembers all that ever failed so; those that went well when they were
/// tried again, were mended, or failed in another way since do not count any more.
namespace sheaf::triage {

[[nodiscard]] bool isFailed(event::MiniBatchState state);

/// How many a group has, by its place: finally failed ones whose last failure was of it. One pass over the mini-batches.
[[nodiscard]] std::vector<std::uint32_t> failedByGroup(const event::StepPicture& step);

/// The groups that have any, the largest first: number from 1, and how many.
[[nodiscard]] std::vector<std::pair<std::size_t, std::uint32_t>> largestGroups(const event::StepPicture& step);

/// The first that is failed now, of the group of this number; the group's first one when none is.
[[nodiscard]] MiniBatchIndex firstFailedOf(const event::StepPicture& step, std::size_t number);

} // namespace sheaf::triage
