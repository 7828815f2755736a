// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/run/store_earlier_runs.h"

#include "core/store/event_store.h"

#include <algorithm>
#include <map>
#include <optional>

namespace sheaf {

Result<std::vector<event::AttemptEnded>> StoreEarlierRuns::doneIn(
    const runtime::RunDir& run, const std::string& step)
{
    auto store = store::EventStore::openForReading(run.database());
    if (!store) {
        return tl::unexpected<Error>(store.error());
    }
    std::optional<StepIndex> index;
    std::map<MiniBatchIndex, event::AttemptEnded> done; // the last one counts
    for (std::uint64_t next = 1;;) {
        auto events = store->readFrom(next);
        if (!events) {
            return tl::unexpected<Error>(events.error());
        }
        if (events->empty()) {
            break;
        }
        next = events->back().sequence + 1;
        for (auto& event : *events) {
            if (const auto* started = std::get_if<event::RunStarted>(&event.fact)) {
                const auto found = std::find(started->steps.begin(), started->steps.end(), step);
                if (found != started->steps.end()) {
                    index = StepIndex(static_cast<std::uint32_t>(found - started->steps.begin()));
                }
            } else if (const auto* reset = std::get_if<event::StepReset>(&event.fact); reset != nullptr && reset->step == index) {
                done.clear(); // its rows and its plan were taken away
            } else if (auto* ended = std::get_if<event::AttemptEnded>(&event.fact); ended != nullptr
                       && ended->step == index && ended->outcome == event::AttemptOutcome::Done) {
                ended->logs = {}; // they are in the earlier run's files
                done[ended->miniBatch] = std::move(*ended);
            }
        }
    }
    std::vector<event::AttemptEnded> all;
    all.reserve(done.size());
    for (auto& [miniBatch, attempt] : done) {
        all.push_back(std::move(attempt));
    }
    return all;
}

} // namespace sheaf
