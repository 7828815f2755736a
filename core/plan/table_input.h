// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/plan/mini_batch_planner.h"
#include "core/plan/partition_format.h"
#include "core/plan/path_list.h"

#include <boost/json.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace sheaf::plan {

class PlanWatch;

/// `skip` and `take` in so far as planning can do them itself: rows of the table in its order.
struct RowRange
{
    static constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t skip = 0;
    std::uint64_t take = kAll;

    [[nodiscard]] bool isWhole() const { return skip == 0 && take == kAll; }
};

/// An MLTable read for planning: which files, in which order, and what is done with them. A value.
struct TableInput
{
    std::string root; // absolute; "/" when a path lies outside the table's folder
    PathList files; // relative to root, each once, in the order of `paths`
    TableFormat format = TableFormat::None; // None: a list of files
    boost::json::object read; // arguments of the reading, defaults filled in
    boost::json::array transformations; // as PlanHeader.table wants them
    boost::json::array deltaPartitionColumns;
    std::optional<PartitionFormat> partitions;
    RowRange rows; // taken out of `transformations`
    /// A `skip` or `take` that cannot be taken out: only right when one mini-batch holds the whole
    /// table.
    bool mustStayWhole = false;
    std::vector<std::string> warnings;
};

/// Reads the MLTable of request.path and lists its files. Fails with InputMissing, InputUnreadable,
/// Parse, Invalid, PackageMissing (Delta) or Canceled.
[[nodiscard]] Result<TableInput> readTableInput(const PlanRequest& request, PlanWatch& watch);

} // namespace sheaf::plan
