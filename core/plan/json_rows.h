// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sheaf::plan {

class LineSink;
class PlanWatch;

/// Cuts a file of JSON lines into mini-batches of so many rows; a row is a line that holds more
/// than blanks. `name` is the file in the plan's lines. Adds to `rows` (its value before is the
/// number of the file's first row) and `bytes`. Fails with InputUnreadable or Canceled.
[[nodiscard]] Result<void> planJsonRows(const std::string& path,
    std::string_view name,
    std::uint64_t rowsPerMiniBatch,
    PlanWatch& watch,
    LineSink& sink,
    std::uint64_t& rows,
    std::uint64_t& bytes);

} // namespace sheaf::plan
