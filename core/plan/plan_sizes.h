// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/plan/plan_file.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sheaf::plan {

/// What the size of a mini-batch is counted in.
enum class SizeUnit { Files, Bytes, Rows, RowGroups };

/// How large the mini-batches are. A value.
struct PlanSizes
{
    SizeUnit unit = SizeUnit::Files;
    std::uint32_t miniBatches = 0;
    std::uint64_t smallest = 0;
    std::uint64_t largest = 0;
    std::optional<std::uint64_t> median; // known at the end only
    std::uint64_t largestBytes = 0; // of slices of text; 0 where files are not looked into
};

/// Counts sizes from the lines of a plan while it is made. One thread.
class SizeCounter
{
public:
    void add(std::string_view line);
    /// As far as it is known.
    [[nodiscard]] const PlanSizes& soFar() const { return m_sizes; }
    /// The plan is whole.
    [[nodiscard]] PlanSizes finish(const PlanHeader& header);

private:
    void count(std::uint64_t size);

    PlanSizes m_sizes;
    std::vector<std::uint64_t> m_all;
    std::int64_t m_row = -1; // first row of the line before, whose size the next line tells
};

} // namespace sheaf::plan
