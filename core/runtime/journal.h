// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/event.h"
#include "core/monitor/sample.h"

#include <string>
#include <vector>

namespace sheaf::runtime {

/// Where the coordinator's facts are kept. Real: the program's StoreJournal (a thread of its own over store::EventStore), which
/// `main` plugs in, since runtime does not know SQL. Owned by main; called from rank 0's one thread; never blocks.
class Journal
{
public:
    virtual ~Journal() = default;
    /// Keeps the events, in order. First brings to disk what was written to `rowFiles` (descriptors that stay open until
    /// close()): so no machine crash leaves an event whose rows are not on disk.
    virtual void record(std::vector<event::Event> events, std::vector<int> rowFiles) = 0;
    virtual void recordSamples(std::vector<monitor::NodeSample> samples) = 0;
    /// Waits until everything is kept. "" or why something could not be.
    [[nodiscard]] virtual std::string close() = 0;
    /// Any time: why the last record() could not be kept, or "" (the run then stops: facts that are not kept are no facts).
    [[nodiscard]] virtual std::string problem() = 0;
};

} // namespace sheaf::runtime
