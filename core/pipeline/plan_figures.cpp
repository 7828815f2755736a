// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/plan_figures.h"

#include <algorithm>
#include <cmath>

namespace sheaf::pipeline {

namespace {

/// The most failures that the rule of core/runtime/attempts.cpp lets pass: 100 · failed / all > percent ends the step.
std::uint64_t mostWithin(double percent, std::uint64_t all)
{
    const auto isWithin
        = [&](std::uint64_t failed) { return 100.0 * static_cast<double>(failed) / static_cast<double>(all) <= percent; };
    auto failed = static_cast<std::uint64_t>(std::floor(std::max(0.0, percent) / 100.0 * static_cast<double>(all)));
    failed = std::min(failed, all);
    while (failed < all && isWithin(failed + 1)) {
        ++failed;
    }
    while (failed > 0 && !isWithin(failed)) {
        --failed;
    }
    return failed;
}

void countFailures(const ParallelSettings& settings, const plan::PlanSizes& sizes, PlanFigures& figures)
{
    const std::uint64_t all = sizes.miniBatches;
    const auto limit = [&](std::uint64_t failures, const char* setting) {
        if (failures < figures.failures.value_or(all)) { // one that all of them stay within never bites
            figures.failures = failures;
            figures.failuresSetting = setting;
        }
    };
    if (settings.miniBatchErrorThreshold >= 0) {
        limit(static_cast<std::uint64_t>(settings.miniBatchErrorThreshold), "mini_batch_error_threshold");
    }
    if (settings.errorThreshold >= 0) {
        const auto items = static_cast<std::uint64_t>(settings.errorThreshold);
        const bool areCounted = sizes.unit == plan::SizeUnit::Files || sizes.unit == plan::SizeUnit::Rows;
        if (areCounted || items == 0) { // a mini-batch that fails has one item at least
            limit(items / std::max<std::uint64_t>(1, sizes.largest), "error_threshold");
        } else {
            figures.failedRows = items;
        }
    }
    if (all > 0) {
        limit(mostWithin(settings.allowedFailedPercent, all), "allowed_failed_percent");
    }
}

/// Of one worker that has the largest mini-batch before it.
std::uint64_t inputBytes(const plan::PlanSizes& sizes, const plan::PlanHeader* header)
{
    if (sizes.unit == plan::SizeUnit::RowGroups && header != nullptr && header->miniBatches > 0) {
        return header->bytes / header->miniBatches; // groups have no size of their own in the plan
    }
    return sizes.unit == plan::SizeUnit::Files ? 0 : sizes.largestBytes;
}

} // namespace

PlanFigures planFigures(
    const StepSpec& step, const plan::PlanSizes& sizes, const plan::PlanHeader* header, const Machine& machine)
{
    PlanFigures figures;
    figures.miniBatches = sizes.miniBatches;
    figures.nodes = std::max(1, step.instanceCount);
    const int perNode = step.parallel.maxConcurrencyPerInstance;
    figures.workersPerNode = perNode > 0 ? perNode : std::max(1, machine.cores);
    figures.workers = static_cast<std::uint64_t>(figures.nodes) * static_cast<std::uint64_t>(figures.workersPerNode);
    figures.waves = (sizes.miniBatches + figures.workers - 1) / figures.workers;
    countFailures(step.parallel, sizes, figures);

    const bool isTable = sizes.unit == plan::SizeUnit::Bytes || sizes.unit == plan::SizeUnit::RowGroups;
    const std::uint64_t busy = std::min<std::uint64_t>(figures.workers, sizes.miniBatches);
    figures.memoryBytes = figures.workers * (isTable ? kTableWorkerBytes : kWorkerBytes)
        + busy * inputBytes(sizes, header) * kBytesPerInputByte;
    figures.machineBytes = machine.memoryBytes;
    figures.isMemoryHigh = machine.memoryBytes > 0
        && static_cast<double>(figures.memoryBytes) > kHighMemory * static_cast<double>(machine.memoryBytes);
    return figures;
}

} // namespace sheaf::pipeline
