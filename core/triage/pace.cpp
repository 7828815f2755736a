// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/pace.h"

#include <algorithm>

namespace sheaf::triage {

using event::MiniBatchState;

std::optional<event::MiniBatchList> repairOf(const event::StepPicture& step)
{
    return step.repair.empty() ? std::nullopt : event::MiniBatchList::parse(step.repair);
}

Pace paceOf(const event::StepPicture& step, std::int64_t nowMicros, std::int64_t lifeMicros)
{
    Pace pace;
    if (step.firstAttemptMicros == 0) {
        pace.left = step.total();
        return pace;
    }
    const auto repair = repairOf(step);
    if (!repair && lifeMicros <= step.firstAttemptMicros) {
        pace.sinceMicros = step.firstAttemptMicros;
        pace.ended = step.ended();
        pace.failed = step.count(MiniBatchState::Failed) + step.count(MiniBatchState::TimedOut);
        pace.itemsFailed = step.itemsFailed;
        pace.left = step.total() - pace.ended - step.count(MiniBatchState::Canceled);
    } else {
        for (std::uint32_t i = 0; i < step.total(); ++i) {
            const auto& now = step.miniBatches[i];
            if (repair && !repair->contains(MiniBatchIndex(i))) {
                continue;
            }
            const bool isOfThisLife = now.startMicros > 0 && now.startMicros >= lifeMicros;
            if (isOfThisLife) {
                pace.sinceMicros = pace.sinceMicros == 0 ? now.startMicros : std::min(pace.sinceMicros, now.startMicros);
            }
            switch (now.state) {
            case MiniBatchState::Pending:
            case MiniBatchState::Running:
            case MiniBatchState::Retrying:
                ++pace.left;
                break;
            case MiniBatchState::Done:
            case MiniBatchState::Failed:
            case MiniBatchState::TimedOut:
            case MiniBatchState::Ignored:
                if (isOfThisLife) {
                    const bool hasFailed = now.state == MiniBatchState::Failed || now.state == MiniBatchState::TimedOut;
                    ++pace.ended;
                    pace.failed += hasFailed ? 1 : 0;
                    pace.itemsFailed += now.state == MiniBatchState::Ignored ? 0 : now.itemsFailed();
                }
                break;
            case MiniBatchState::Canceled:
                break;
            }
        }
    }
    if (pace.sinceMicros > 0 && nowMicros > pace.sinceMicros) {
        pace.seconds = static_cast<double>(nowMicros - pace.sinceMicros) * 1e-6;
    }
    return pace;
}

} // namespace sheaf::triage
