// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/take_over.h"

#include "core/base/json.h"
#include "core/runtime/header_file.h"
#include "core/runtime/messages.h"
#include "core/runtime/row_spool.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
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

/// The files that both plans cut at bytes and that are not the same: of another size or, in the same folder, changed since. (The output
/// of a command that is run again is always newer.)
std::set<std::string, std::less<>> changedFiles(
    const plan::PlanFile& earlier, const plan::PlanFile& plan, bool sameFolder)
{
    std::set<std::string, std::less<>> changed;
    const auto& before = earlier.header().inputFiles;
    const auto& now = plan.header().inputFiles;
    if (!before.is_object() || !now.is_object()) {
        return changed;
    }
    for (const auto& [path, stamp] : now.get_object()) {
        const auto* old = before.get_object().if_contains(path);
        if (old == nullptr || !old->is_array() || old->get_array().size() != 2 || old->get_array()[0] != stamp.get_array()[0]
            || (sameFolder && *old != stamp)) {
            changed.emplace(path);
        }
    }
    return changed;
}

bool hasSliceOf(std::string_view planLine, const std::set<std::string, std::less<>>& files)
{
    const auto line = json::parse(planLine);
    const auto* slices = line && line->is_object() ? line->get_object().if_contains("slices") : nullptr;
    return slices != nullptr && slices->is_array()
        && std::any_of(slices->get_array().begin(), slices->get_array().end(), [&](const auto& slice) {
               const auto& path = slice.get_array()[0].get_string();
               return files.contains(std::string_view(path.data(), path.size()));
           });
}

/// The headers of the mini-batches in `numbers` (theirs → ours).
Result<void> copyHeaders(const std::filesystem::path& from,
    const std::filesystem::path& to,
    const std::map<MiniBatchIndex, MiniBatchIndex>& numbers)
{
    std::error_code ignored;
    if (numbers.empty() || !std::filesystem::exists(from, ignored)) {
        return {};
    }
    const auto theirs = HeaderFile::open(from);
    if (!theirs) {
        return tl::unexpected<Error>(theirs.error());
    }
    auto own = HeaderFile::open(to);
    if (!own) {
        return tl::unexpected<Error>(own.error());
    }
    for (const auto& [miniBatch, header] : theirs->all()) {
        const auto number = numbers.find(miniBatch);
        if (number == numbers.end()) {
            continue;
        }
        if (auto kept = own->keep(number->second, header); !kept) {
            return tl::unexpected<Error>(kept.error());
        }
    }
    return ::fsync(own->descriptor()) == 0 ? Result<void>() : Result<void>(failErrno(to.string(), errno));
}

} // namespace

Result<std::vector<event::AttemptEnded>> takeOver(EarlierRuns& runs,
    const RunDir& earlier,
    const RunDir& own,
    const std::string& step,
    StepIndex index,
    const plan::PlanFile& plan,
    bool appendsRows)
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
    const auto changed = changedFiles(*earlierPlan, plan, earlierPlan->header().root == plan.header().root);
    std::unordered_map<std::string_view, MiniBatchIndex> byLine;
    byLine.reserve(plan.count());
    for (std::uint32_t i = 0; i < plan.count(); ++i) {
        const std::string_view line = plan.line(MiniBatchIndex(i));
        if (changed.empty() || !hasSliceOf(line, changed)) {
            byLine.emplace(line, MiniBatchIndex(i));
        }
    }
    std::vector<event::AttemptEnded> taken;
    std::map<MiniBatchIndex, MiniBatchIndex> numbers;
    for (auto& attempt : *done) {
        const auto found = attempt.miniBatch.value < earlierPlan->count()
            ? byLine.find(earlierPlan->line(attempt.miniBatch))
            : byLine.end();
        // A run without append_row_to kept no rows: what it did is of no use to one that needs them.
        const bool rowsAreMissing = appendsRows && attempt.returned > 0 && attempt.rowsBegin == attempt.rowsEnd;
        if (found != byLine.end() && !rowsAreMissing) {
            numbers.emplace(attempt.miniBatch, found->second);
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
    if (auto copied = copyHeaders(earlier.rowHeaders(step), own.rowHeaders(step), numbers); !copied) {
        return tl::unexpected<Error>(copied.error());
    }
    return taken;
}

} // namespace sheaf::runtime
