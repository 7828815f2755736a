// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/mini_batch_list.h"
#include "core/event/run_picture.h"

#include <cstdint>
#include <optional>

namespace sheaf::triage {

/// How fast a step goes in the run's present life, and how much of it is left to do in it. What lies between two lives is no work,
/// what an earlier life did says nothing about now, and a repair has only to do what it was asked for.
struct Pace {
    std::int64_t sinceMicros = 0; // its first mini-batch began then; 0: none has
    double seconds = 0; // since then
    std::uint32_t ended = 0; // mini-batches, since then
    std::uint32_t failed = 0; // finally, of these
    std::uint64_t itemsFailed = 0; // of these
    std::uint32_t left = 0; // running or waiting
};

/// `nowMicros`: wall time, or the step's end when it is over. `lifeMicros`: RunPicture::lifeMicros(); 0: the run had one life.
/// Pure; a pass over the mini-batches in a run that was taken up again, none otherwise.
[[nodiscard]] Pace paceOf(const event::StepPicture& step, std::int64_t nowMicros, std::int64_t lifeMicros);

/// What the repair that goes on has to do; nullopt: there is none, all is to be done.
[[nodiscard]] std::optional<event::MiniBatchList> repairOf(const event::StepPicture& step);

} // namespace sheaf::triage
