// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"

#include <cstdint>
#include <optional>
#include <string>

namespace sheaf::triage {

/// When a step's mini-batches will have ended: between these.
struct TimeLeft {
    double low = 0; // seconds from now
    double high = 0;
    std::string text; // "6–9 min", "about 40 s"
};

/// The rest of the queue, played through on the workers that live now with the times seen so far; the range widens where late
/// mini-batches took longer or shorter than early ones. nullopt, as long as nothing can be said: less than 15 s (3 s where
/// a quarter of the mini-batches has ended), or fewer than twice the workers or 2 % of the mini-batches have ended, or the step does not run. Only what ended in this life of the run counts, and in a repair only what it was asked
/// for (Pace). `lifeMicros`: RunPicture::lifeMicros(); 0: it had one life. The same picture gives the same answer. Pure; two passes over the mini-batches.
[[nodiscard]] std::optional<TimeLeft> timeLeft(const event::StepPicture& step, std::int64_t nowMicros, std::int64_t lifeMicros = 0);

} // namespace sheaf::triage
