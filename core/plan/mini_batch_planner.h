// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/plan/plan_file.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace sheaf::plan {

/// What the planner is told about a step: words of ParallelSettings and its main input, no more.
struct PlanRequest {
    std::string step; // for messages
    std::string input; // name of the main input
    std::filesystem::path path; // of the main input: a folder, an MLTable folder, or a .jsonl file
    bool isMlTable = false;
    std::int64_t miniBatchSize = 0; // 0: the default of the kind
    std::vector<std::string> partitionKeys;
    bool jsonLines = false;
    std::int64_t jsonLinesRows = 0;
    bool keepDirectoriesApart = false;
    std::string python; // asked for parquet row groups and delta tables only

    bool operator==(const PlanRequest&) const = default;
};

/// How far planning is: for the "input that was being read" of a time-out and for the live plan.
struct PlanProgress {
    std::string reading; // file or folder
    std::uint64_t files = 0;
    std::uint32_t miniBatches = 0;
};

/// Makes the plan of a step (reference §5.1): lists the inputs in their one order, cuts them, and hands each mini-batch's
/// line (see plan_file.h) to `onLine` in order. Reads of a table only what it needs to find record borders near the
/// cuts, or all of it once where quotes may hold newlines (support_multi_line). Stops early when asked (Canceled).
/// Pure but for the reading: any thread. Fails with InputMissing, InputEmpty, InputUnreadable, Parse (MLTable), PackageMissing.
[[nodiscard]] Result<PlanHeader> planMiniBatches(const PlanRequest& request,
    const std::function<void(std::string_view line)>& onLine, std::stop_token stop = {},
    const std::function<void(const PlanProgress&)>& onProgress = {});

/// planMiniBatches into plan.json and plan.jsonl of `dir` (made when it is not there); each appears whole or not at all,
/// plan.json last.
[[nodiscard]] Result<PlanHeader> writePlan(const PlanRequest& request, const std::filesystem::path& dir,
    std::stop_token stop = {}, const std::function<void(const PlanProgress&)>& onProgress = {});

} // namespace sheaf::plan
