// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"
#include "core/pipeline/run_spec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Two runs side by side (studio-anchors C13): what was set otherwise, what took longer, which failures are gone, new or the same.
namespace sheaf::triage {

/// One of the two; both outlive the call.
struct RunSide {
    const pipeline::RunSpec& spec;
    const event::RunPicture& picture;
};

/// A setting that is not the same in both. Paths below each run's own folder count as the same.
struct SettingDifference {
    std::string step; // "" : of the pipeline
    std::string field; // dotted: "parallel.miniBatchSize", as in run.json
    std::string first; // as text; "" where that run has none
    std::string second;
};

/// Of the mini-batches that were done: seconds from loading to rows.
struct StepTiming {
    std::uint32_t done = 0;
    std::uint32_t failed = 0;
    double median = 0;
    double p95 = 0;
    double worst = 0;
    double wall = 0; // seconds from the step's first mini-batch to its end; 0: it has none
};

[[nodiscard]] StepTiming timingOf(const event::RunPicture& picture, const event::StepPicture& step);

struct StepDifference {
    std::string step;
    std::optional<StepTiming> first; // nullopt: that run has no such step
    std::optional<StepTiming> second;
};

enum class FailureChange { Gone, New, Same };
BOOST_DESCRIBE_ENUM(FailureChange, Gone, New, Same)

/// A cause of failures in one run or in both. The line does not count, for code above it may have been edited.
struct FailureDifference {
    FailureChange change = FailureChange::Same;
    std::string step;
    event::FailureSignature signature;
    std::string error; // as it was said the first time
    std::size_t first = 0; // mini-batches
    std::size_t second = 0;
};

struct RunComparison {
    std::vector<SettingDifference> settings; // in the order of the steps, then of the fields
    std::vector<StepDifference> steps; // those of the first run in order, then those of the second alone
    std::vector<FailureDifference> failures; // new ones first, then gone, then the same; the largest first
};

/// Pure. Two runs of a million mini-batches each take well under a second.
[[nodiscard]] RunComparison compareRuns(const RunSide& first, const RunSide& second);

} // namespace sheaf::triage
