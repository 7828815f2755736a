// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/event/event.h"
#include "core/monitor/sample.h"

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace sheaf::store {

/// run.db of one run: its events and its resource samples. One writer ever (rank 0's journal thread);
/// any number of readers, in any process, while it is written. Owned by its opener; one thread per object.
///
/// Readers poll readFrom(lastSequence + 1): live view and history are this one call (house.md B6 pushes events over a
/// socket; we read the journal instead, so a slow window cannot even in principle slow a run).
class EventStore
{
public:
    /// Opens for writing, makes it when it is not there. WAL, synchronous NORMAL.
    [[nodiscard]] static Result<EventStore> openForWriting(const std::filesystem::path& file);
    /// Opens for reading only; NotFound when the run has not written anything yet. Works for folders that cannot be written.
    [[nodiscard]] static Result<EventStore> openForReading(const std::filesystem::path& file);

    EventStore(EventStore&&) noexcept;
    EventStore& operator=(EventStore&&) noexcept;
    ~EventStore();

    /// Keeps the events in one transaction, giving each its sequence number.
    [[nodiscard]] Result<void> append(std::span<event::Event> events);
    /// Events with sequence >= first, at most `atMost`, in order.
    [[nodiscard]] Result<std::vector<event::Event>> readFrom(std::uint64_t first, std::size_t atMost = 100000);
    /// One event by its number; NotFound when there is none.
    [[nodiscard]] Result<event::Event> read(std::uint64_t sequence);
    /// All ends of attempts of one mini-batch, oldest first (an index serves it); none from before the step was last planned anew
    /// (StepReset): that number was then another mini-batch's.
    [[nodiscard]] Result<std::vector<event::Event>> attemptsOf(StepIndex step, MiniBatchIndex miniBatch);
    [[nodiscard]] Result<std::uint64_t> lastSequence();

    /// Live resource samples (thinned to at most about 20,000 per node when read long after).
    [[nodiscard]] Result<void> appendSamples(std::span<const monitor::NodeSample> samples);
    /// Samples with number > after, in order; `after` is moved to the last one returned.
    [[nodiscard]] Result<std::vector<monitor::NodeSample>> readSamples(std::uint64_t& after, std::size_t atMost = 10000);

private:
    struct Impl;
    explicit EventStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace sheaf::store
