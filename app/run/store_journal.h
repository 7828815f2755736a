// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/mailbox.h"
#include "core/runtime/journal.h"
#include "core/store/event_store.h"

#include <string>
#include <thread>
#include <vector>

namespace sheaf {

/// The run's journal over run.db: a thread of its own is the file's one writer, so a slow disk never holds rank 0's loop.
/// Rows are synced before the transaction that names them. Owned by main.
class StoreJournal final : public runtime::Journal
{
public:
    explicit StoreJournal(store::EventStore store);
    ~StoreJournal() override;
    StoreJournal(const StoreJournal&) = delete;
    StoreJournal& operator=(const StoreJournal&) = delete;

    void record(std::vector<event::Event> events, std::vector<int> rowFiles) override;
    void recordSamples(std::vector<monitor::NodeSample> samples) override;
    [[nodiscard]] std::string close() override;
    [[nodiscard]] std::string problem() override;

private:
    struct Batch {
        std::vector<event::Event> events;
        std::vector<int> rowFiles;
        std::vector<monitor::NodeSample> samples;
    };
    void write(std::stop_token stop);
    void keep(std::vector<Batch>& batches);

    store::EventStore m_store; // the thread's alone
    Mailbox<Batch> m_batches;
    Mailbox<std::string> m_problems;
    std::string m_problem;
    bool m_broken = false; // the thread's: nothing is kept after something could not be
    std::jthread m_thread;
};

} // namespace sheaf
