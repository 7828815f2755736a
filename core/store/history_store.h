// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/event/event.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sheaf::store {

/// What the run list shows of a run; the members of workspace::RunSummary.
struct RunRow
{
    std::string run;
    std::string displayName;
    std::string jobFile;
    event::RunState state = event::RunState::Starting;
    bool interrupted = false;
    std::int64_t startedMicros = 0;
    std::int64_t endedMicros = 0;
    std::string message;
    std::uint32_t miniBatches = 0;
    std::uint32_t miniBatchesFailed = 0;
};

/// workspace.db: one row per run. An index only: when it fails with Database it may be removed and
/// filled again from the run folders. Several processes may write it; each call is one transaction.
/// Owned by its opener; one thread.
class HistoryStore
{
public:
    /// Makes the file when it is not there (not its folder).
    [[nodiscard]] static Result<HistoryStore> open(const std::filesystem::path& file);
    /// For a workspace that cannot be written; NotFound when there is no index yet.
    [[nodiscard]] static Result<HistoryStore> openForReading(const std::filesystem::path& file);

    HistoryStore(HistoryStore&&) noexcept;
    HistoryStore& operator=(HistoryStore&&) noexcept;
    ~HistoryStore();

    /// Adds the run or replaces what was known of it.
    [[nodiscard]] Result<void> upsert(const RunRow& row);
    /// Newest start first; those of one moment by name.
    [[nodiscard]] Result<std::vector<RunRow>> list();
    /// Removing a run that is not there is no error.
    [[nodiscard]] Result<void> remove(const std::string& run);

private:
    struct Impl;
    explicit HistoryStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace sheaf::store
