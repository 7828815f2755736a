// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/run/store_journal.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <system_error>

namespace sheaf {

StoreJournal::StoreJournal(store::EventStore store)
    : m_store(std::move(store))
    , m_thread([this](std::stop_token stop) { write(std::move(stop)); })
{
}

StoreJournal::~StoreJournal() = default;

void StoreJournal::record(std::vector<event::Event> events, std::vector<int> rowFiles)
{
    m_batches.put({ std::move(events), std::move(rowFiles), {} });
}

void StoreJournal::recordSamples(std::vector<monitor::NodeSample> samples)
{
    m_batches.put({ {}, {}, std::move(samples) });
}

void StoreJournal::write(std::stop_token stop)
{
    for (;;) {
        const bool last = stop.stop_requested(); // asked before taking: what was put before the stop is still taken
        auto batches = m_batches.waitAll(std::chrono::milliseconds(last ? 0 : 100));
        if (batches.empty() && last) {
            return;
        }
        keep(batches);
    }
}

/// One sync of each row file and one transaction for all that has gathered.
void StoreJournal::keep(std::vector<Batch>& batches)
{
    if (m_broken) {
        return; // a log with a hole is worse than one that ends early
    }
    std::vector<int> rowFiles;
    std::vector<event::Event> events;
    std::vector<monitor::NodeSample> samples;
    for (auto& batch : batches) {
        rowFiles.insert(rowFiles.end(), batch.rowFiles.begin(), batch.rowFiles.end());
        std::move(batch.events.begin(), batch.events.end(), std::back_inserter(events));
        std::move(batch.samples.begin(), batch.samples.end(), std::back_inserter(samples));
    }
    std::sort(rowFiles.begin(), rowFiles.end());
    rowFiles.erase(std::unique(rowFiles.begin(), rowFiles.end()), rowFiles.end());
    for (const int file : rowFiles) {
        if (::fdatasync(file) != 0) {
            m_broken = true;
            m_problems.put("rows cannot be brought to disk: " + std::generic_category().message(errno));
            return;
        }
    }
    if (!events.empty()) {
        if (auto kept = m_store.append(events); !kept) {
            m_broken = true;
            m_problems.put(errorSentence(kept.error()));
            return;
        }
    }
    if (!samples.empty()) {
        (void)m_store.appendSamples(samples); // a lost sample is no lost fact
    }
}

std::string StoreJournal::problem()
{
    for (auto& problem : m_problems.takeAll()) {
        if (m_problem.empty()) {
            m_problem = std::move(problem);
        }
    }
    return m_problem;
}

std::string StoreJournal::close()
{
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_thread.join();
    }
    return problem();
}

} // namespace sheaf
