// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"
#include "core/pipeline/run_spec.h"
#include "core/plan/plan_file.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace sheaf::workspace {

/// Which mini-batch, and how much of it to show.
struct PreviewRequest
{
    std::string python;
    std::shared_ptr<const plan::PlanHeader> header; // of the whole plan
    pipeline::ParallelSettings settings;
    std::string step; // for messages
    std::string line; // of plan.jsonl
    int rows = 50; // at most
    int columns = 100;
    int letters = 200; // of a cell
};

/// What run() would be given: the rows of a table, rows of JSON, or files (columns "path" and "bytes"). Cells are text; none: missing.
struct MiniBatchPreview
{
    plan::MiniBatchKind kind = plan::MiniBatchKind::Files;
    std::uint64_t count = 0; // items of the whole mini-batch
    std::vector<std::pair<std::string, std::string>> columns; // name, type
    std::uint64_t moreColumns = 0; // that are not shown
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::vector<std::string> notes; // what reading warned of
};
BOOST_DESCRIBE_STRUCT(MiniBatchPreview, (), (kind, count, columns, moreColumns, rows, notes))

/// Has the mini-batch read by the interpreter and the package that will run it (some 0.5 s with pandas), without the user's code. Blocks; any
/// thread. Fails with InterpreterMissing, PackageMissing (pandas), InputUnreadable (also after `atMost`), or Canceled when asked to stop.
[[nodiscard]] Result<MiniBatchPreview> previewMiniBatch(
    const PreviewRequest& request, std::stop_token stop = {}, std::chrono::milliseconds atMost = std::chrono::seconds(60));

} // namespace sheaf::workspace
