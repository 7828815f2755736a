// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/take_over.h"

#include "core/base/paths.h"
#include "core/runtime/messages.h"
#include "core/runtime/row_spool.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <unordered_map>

namespace sheaf::runtime {

namespace {

/// Whether two plans read the same folder: the same path, or the same place below each run's own
/// outputs.
bool sameRoot(
    const std::string& one, const RunDir& oneRun, const std::string& other, const RunDir& otherRun)
{
    const auto inOutputs
        = [](const std::string& root, const RunDir& run) -> std::optional<std::string> {
        const std::string outputs = run.outputs().string() + "/";
        return root.starts_with(outputs) ? std::optional(root.substr(outputs.size()))
                                         : std::nullopt;
    };
    const auto first = inOutputs(one, oneRun);
    const auto second = inOutputs(other, otherRun);
    return one == other || (first && second && *first == *second);
}

} // namespace

Result<std::vector<event::AttemptEnded>> takeOver(EarlierRuns& runs,
    const RunDir& earlier,
    const RunDir& own,
    const std::string& step,
    StepIndex index,
    const plan::PlanFile& plan)
{
    const auto earlierPlan = plan::PlanFile::open(earlier.plan(step));
    if (!earlierPlan) {
        return std::vector<event::AttemptEnded>(); // it ended before it had one: nothing was done
    }
    if (!sameRoot(earlierPlan->header().root, earlier, plan.header().root, own)
        || earlierPlan->header().kind != plan.header().kind) {
        return std::vector<event::AttemptEnded>();
    }
    auto done = runs.doneIn(earlier, step);
    if (!done) {
        return done;
    }
    std::unordered_map<std::string_view, MiniBatchIndex> byLine;
    byLine.reserve(plan.count());
    for (std::uint32_t i = 0; i < plan.count(); ++i) {
        byLine.emplace(plan.line(MiniBatchIndex(i)), MiniBatchIndex(i));
    }
    std::vector<event::AttemptEnded> taken;
    for (auto& attempt : *done) {
        const auto found = attempt.miniBatch.value < earlierPlan->count()
            ? byLine.find(earlierPlan->line(attempt.miniBatch))
            : byLine.end();
        if (found != byLine.end()) {
            attempt.step = index;
            attempt.miniBatch = found->second;
            attempt.attempt = attemptIdOf(index, 1, found->second);
            attempt.picked = 1;
            taken.push_back(std::move(attempt));
            byLine.erase(found); // once
        }
    }
    // In the order of the spool, so that it is read from front to back.
    std::sort(taken.begin(), taken.end(),
        [](const auto& a, const auto& b) { return a.rowsBegin < b.rowsBegin; });
    std::vector<RowSpan> spans;
    spans.reserve(taken.size());
    for (const auto& attempt : taken) {
        spans.push_back({ attempt.rowsBegin, attempt.rowsEnd });
    }
    if (auto copied = copyRows(earlier.spool(step), own.spool(step), spans); !copied) {
        return tl::unexpected<Error>(copied.error());
    }
    for (std::size_t i = 0; i < taken.size(); ++i) {
        taken[i].rowsBegin = spans[i].begin;
        taken[i].rowsEnd = spans[i].end;
    }
    if (const auto header = paths::readFile(earlier.step(step) / "rows.header");
        header && !taken.empty()) {
        if (auto written = paths::writeFile(own.step(step) / "rows.header", *header); !written) {
            return tl::unexpected<Error>(written.error());
        }
    }
    return taken;
}

} // namespace sheaf::runtime
