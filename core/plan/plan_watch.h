// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/plan/mini_batch_planner.h"

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sheaf::plan {

/// What every part of planning needs beside its work: has somebody asked to stop, how far are we,
/// and the errors with the words of the step. Lives as long as one planMiniBatches() call, in its
/// thread.
class PlanWatch
{
public:
    PlanWatch(const PlanRequest& request,
        std::stop_token stop,
        const std::function<void(const PlanProgress&)>& onProgress);

    /// True when planning should end at once (return canceled()). Tells the progress when it is
    /// due, 20 times a second at most; so it is called every few hundred files and for every piece
    /// of a table that was read.
    [[nodiscard]] bool shouldStop();
    void setReading(std::string_view fileOrFolder) { m_progress.reading.assign(fileOrFolder); }
    void addFiles(std::uint64_t count) { m_progress.files += count; }
    void addMiniBatch() { ++m_progress.miniBatches; }
    /// The last word: tells the progress whether it is due or not.
    void finish();

    [[nodiscard]] static tl::unexpected<Error> canceled();
    [[nodiscard]] tl::unexpected<Error> missing(std::string_view path) const;
    [[nodiscard]] tl::unexpected<Error> empty(std::string_view path) const;
    [[nodiscard]] tl::unexpected<Error> unreadable(
        std::string_view path, std::string_view reason) const;
    [[nodiscard]] tl::unexpected<Error> unreadable(std::string_view path, int errorNumber) const;

private:
    std::string m_step;
    std::string m_input;
    std::stop_token m_stop;
    const std::function<void(const PlanProgress&)>& m_onProgress;
    PlanProgress m_progress;
    double m_toldAt = 0;
};

} // namespace sheaf::plan
