// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <boost/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace sheaf::plan {

class PlanWatch;

/// One row group of a Parquet file: the least that can be read of it.
struct RowGroup
{
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0; // about its share of the file
};

/// The row groups of each Parquet file (absolute paths), asked of pyarrow or fastparquet in the
/// interpreter. Fails with PackageMissing, InterpreterMissing, InputUnreadable (names the file),
/// Canceled.
[[nodiscard]] Result<std::vector<std::vector<RowGroup>>> readRowGroups(
    const std::string& python, const std::vector<std::string>& files, PlanWatch& watch);

/// What a version of a Delta table consists of.
struct DeltaVersion
{
    std::vector<std::string> files; // absolute, sorted
    boost::json::array partitionColumns; // [[name, Delta type], …]
};

/// `read` holds version_as_of or timestamp_as_of. Needs the package deltalake. Fails as
/// readRowGroups.
[[nodiscard]] Result<DeltaVersion> readDeltaVersion(const std::string& python,
    const std::string& folder,
    const boost::json::object& read,
    PlanWatch& watch);

} // namespace sheaf::plan
