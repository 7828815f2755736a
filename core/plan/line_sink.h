// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/fingerprint.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::plan {

class PlanWatch;

/// Where mini-batches become lines of plan.jsonl (their form: plan_file.h). One line is built at a
/// time, by hand: a plan of 100,000 files spends its time in listing them, not here.
class LineSink
{
public:
    LineSink(PlanWatch& watch, const std::function<void(std::string_view line)>& onLine)
        : m_watch(watch)
        , m_onLine(onLine)
    {
    }

    /// A line holds either files or slices.
    void addFile(std::string_view path);
    void addSlice(std::string_view path, std::int64_t begin, std::int64_t end);
    void addSlice(std::string_view path, std::uint64_t begin, std::uint64_t end)
    {
        addSlice(path, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end));
    }
    /// Ends the mini-batch; without parts there is none.
    void finish();
    void finishWithRow(std::uint64_t firstRow);
    void finishWithKey(
        const std::vector<std::string>& columns, const std::vector<std::string>& values);

    [[nodiscard]] std::uint64_t parts() const { return m_parts; } // of the line being built
    [[nodiscard]] std::uint32_t count() const { return m_count; }
    [[nodiscard]] std::uint64_t fingerprint() const { return m_fingerprint.value(); }

private:
    void hand();

    PlanWatch& m_watch;
    const std::function<void(std::string_view line)>& m_onLine;
    Fingerprint m_fingerprint;
    std::string m_line;
    std::uint64_t m_parts = 0;
    std::uint32_t m_count = 0;
};

} // namespace sheaf::plan
