// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/event/run_picture.h"
#include "core/runtime/run_dir.h"
#include "core/store/event_store.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace sheaf::workspace {

/// What differs in `after`, for views that show `before`.
[[nodiscard]] event::ChangeSet changesBetween(const event::RunPicture& before, const event::RunPicture& after);

/// The pictures of a run that is over, as of any moment. Copies of the picture are kept every some thousand events, as far as it has been
/// read, so that a moment costs a copy and the events since the copy before it; fewer of them where the run is so large that they would take
/// more than a quarter of a gigabyte. Owned by who replays; one thread.
class RunReplay
{
public:
    explicit RunReplay(runtime::RunDir dir)
        : m_dir(std::move(dir))
    {
    }

    /// Folded from all events up to the first that is later than `micros`, and from the run's first one at least. Where the clock was set
    /// back during the run, an event counts as no earlier than those before it.
    [[nodiscard]] Result<event::RunPicture> at(std::int64_t micros);

private:
    struct Mark {
        event::RunPicture picture;
        std::int64_t micros = 0; // of its last event, or of a later one that was told before it
    };
    [[nodiscard]] Result<void> foldUntil(std::int64_t micros);
    void keepMark();
    void startAt(std::int64_t micros);

    runtime::RunDir m_dir;
    std::optional<store::EventStore> m_store;
    std::vector<Mark> m_marks; // in order
    Mark m_now; // where the last answer was
    std::uint64_t m_apart = 4096; // events between two marks
};

} // namespace sheaf::workspace
