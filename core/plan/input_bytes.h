// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/plan/plan_file.h"

#include <cstdint>
#include <vector>

namespace sheaf::plan {

/// Bytes of input of each mini-batch of a plan. Slices of text tell it; whole files are looked at where they are, a million take seconds:
/// not on a thread that draws. A file that is gone counts nothing. Empty where slices are row groups, whose bytes are not known.
[[nodiscard]] std::vector<std::uint64_t> inputBytesOf(const PlanFile& plan);

} // namespace sheaf::plan
