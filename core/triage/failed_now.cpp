// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/failed_now.h"

#include <algorithm>

namespace sheaf::triage {

using event::MiniBatchState;

bool isFailed(MiniBatchState state)
{
    return state == MiniBatchState::Failed || state == MiniBatchState::TimedOut;
}

std::vector<std::uint32_t> failedByGroup(const event::StepPicture& step)
{
    std::vector<std::uint32_t> counts(step.failures.groups().size(), 0);
    for (std::uint32_t i = 0; i < step.total() && !counts.empty(); ++i) {
        const std::size_t number = isFailed(step.miniBatches[i].state) ? step.failures.numberOf(MiniBatchIndex(i)) : 0;
        if (number > 0) {
            ++counts[number - 1];
        }
    }
    return counts;
}

std::vector<std::pair<std::size_t, std::uint32_t>> largestGroups(const event::StepPicture& step)
{
    const std::vector<std::uint32_t> counts = failedByGroup(step);
    std::vector<std::pair<std::size_t, std::uint32_t>> groups;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0) {
            groups.emplace_back(i + 1, counts[i]);
        }
    }
    std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    return groups;
}

MiniBatchIndex firstFailedOf(const event::StepPicture& step, std::size_t number)
{
    const event::FailureGroup& group = step.failures.groups()[number - 1];
    for (const MiniBatchIndex member : group.members) {
        if (member.value < step.total() && isFailed(step.miniBatches[member.value].state) && step.failures.numberOf(member) == number) {
            return member;
        }
    }
    return group.firstMiniBatch;
}

} // namespace sheaf::triage
