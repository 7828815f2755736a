// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/recorded_run.h"

#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/store/event_store.h"

namespace sheaf::workspace {

namespace {
constexpr std::size_t kEventsAtOnce = 20000;
}

Result<RecordedRun> readRun(const runtime::RunDir& dir, const std::stop_token& stop)
{
    const auto text = paths::readFile(dir.spec());
    if (!text) {
        return tl::unexpected<Error>(text.error());
    }
    auto spec = json::deserialize<pipeline::RunSpec>(*text, dir.spec().string());
    if (!spec) {
        return tl::unexpected<Error>(spec.error());
    }
    RecordedRun run { std::move(*spec), {} };
    auto store = store::EventStore::openForReading(dir.database());
    if (!store) {
        return store.error().code == ErrorCode::NotFound ? Result<RecordedRun>(std::move(run)) : tl::unexpected<Error>(store.error());
    }
    while (!stop.stop_requested()) {
        const auto events = store->readFrom(run.picture.lastSequence() + 1, kEventsAtOnce);
        if (!events) {
            return tl::unexpected<Error>(events.error());
        }
        if (events->empty()) {
            return run;
        }
        event::ChangeSet ignored;
        run.picture.apply(*events, ignored);
    }
    return fail(ErrorCode::Canceled, {});
}

} // namespace sheaf::workspace
