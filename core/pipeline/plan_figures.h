// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/run_spec.h"
#include "core/plan/plan_sizes.h"

#include <cstdint>
#include <optional>
#include <string>

namespace sheaf::pipeline {

/// What a run would have at hand.
struct Machine
{
    int cores = 1;
    std::uint64_t memoryBytes = 0; // 0: not known
};

/// What follows from a plan and the settings of its step. A value.
struct PlanFigures
{
    std::uint32_t miniBatches = 0;
    int nodes = 1;
    int workersPerNode = 1;
    std::uint64_t workers = 1;
    std::uint64_t waves = 0; // how often each worker gets a mini-batch, when all take the same time

    /// Mini-batches that may fail without ending the step, whichever they are; none: any number.
    std::optional<std::uint64_t> failures;
    std::string failuresSetting; // the one that bites first
    /// error_threshold of a table: rows, which nobody has counted before they are read, so it cannot be told in mini-batches.
    std::optional<std::uint64_t> failedRows;

    /// Of all workers together while they load their largest mini-batch, about: what the script itself takes is not in it.
    std::uint64_t memoryBytes = 0;
    std::uint64_t machineBytes = 0;
    bool isMemoryHigh = false; // above 80 % of the machine's
};

/// Interpreters measured with Python 3.11 and pandas 1.5: 12 MiB after the imports of a worker, 64 MiB with pandas.
inline constexpr std::uint64_t kWorkerBytes = 12 * 1024 * 1024ULL;
inline constexpr std::uint64_t kTableWorkerBytes = 64 * 1024 * 1024ULL;
/// What a byte of the input needs at the peak of reading it. Measured with CSV: 7 (numbers) to 10 (texts); rows of JSON: 10.
inline constexpr std::uint64_t kBytesPerInputByte = 10;
inline constexpr double kHighMemory = 0.8;

/// Pure. `header` is null while the plan is being made.
[[nodiscard]] PlanFigures planFigures(
    const StepSpec& step, const plan::PlanSizes& sizes, const plan::PlanHeader* header, const Machine& machine);

} // namespace sheaf::pipeline
