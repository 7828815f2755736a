// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/slowness.h"

#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sheaf::triage {

using event::MiniBatchNow;
using event::MiniBatchState;

namespace {

constexpr std::uint32_t kFewest = 20; // ended ones to compare with
constexpr std::uint32_t kFewestOnNode = 5;
constexpr float kTimesMedian = 2;
constexpr float kFloorSeconds = 0.5F; // over the median: below that nobody waits for it
constexpr float kBigInput = 2; // times the usual

float quantile(std::vector<float>& values, double share)
{
    if (values.empty()) {
        return 0;
    }
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

bool hasEnded(const MiniBatchNow& now)
{
    // A time-out says how long was allowed, not how long it takes; it has its own colour.
    return now.state == MiniBatchState::Done || now.state == MiniBatchState::Failed;
}

/// Above this a value stands out from its like.
float borderOf(std::vector<float>& values, float median)
{
    const float q1 = quantile(values, 0.25);
    const float q3 = quantile(values, 0.75);
    return std::max(q3 + 1.5F * (q3 - q1), kTimesMedian * median);
}

/// The median of each node's times, and which nodes are slow beside the others.
class Nodes
{
public:
    void add(NodeIndex node, float seconds) { m_times[node.value].push_back(seconds); }

    void compare()
    {
        std::map<std::uint32_t, float> medians;
        for (auto& [node, times] : m_times) {
            if (times.size() >= kFewestOnNode) {
                medians[node] = quantile(times, 0.5);
            }
        }
        for (const auto& [node, median] : medians) {
            std::vector<float> others;
            for (const auto& [other, otherMedian] : medians) {
                if (other != node) {
                    others.push_back(otherMedian);
                }
            }
            const float usual = quantile(others, 0.5);
            if (!others.empty() && median >= kTimesMedian * usual && median > usual) {
                m_slow[node] = usual;
            }
        }
    }
    /// What is usual on the other nodes; 0: the node is not slow.
    [[nodiscard]] float usualBeside(NodeIndex node) const
    {
        const auto found = m_slow.find(node.value);
        return found == m_slow.end() ? 0 : found->second;
    }

private:
    std::map<std::uint32_t, std::vector<float>> m_times;
    std::map<std::uint32_t, float> m_slow;
};

} // namespace

Slowness slownessOf(const event::StepPicture& step, const SlownessInput& input)
{
    Slowness slowness;
    std::vector<float> times;
    std::vector<float> perItem;
    std::vector<float> items;
    Nodes nodes;
    std::uint32_t fewestItems = UINT32_MAX;
    std::uint32_t mostItems = 0;
    times.reserve(step.ended());
    for (const MiniBatchNow& now : step.miniBatches) {
        if (!hasEnded(now) || now.elapsedSeconds <= 0) {
            continue;
        }
        times.push_back(now.elapsedSeconds);
        const std::uint32_t count = std::max(1U, now.items);
        perItem.push_back(now.elapsedSeconds / static_cast<float>(count));
        items.push_back(static_cast<float>(count));
        fewestItems = std::min(fewestItems, count);
        mostItems = std::max(mostItems, count);
        nodes.add(now.node, now.elapsedSeconds);
    }
    if (times.size() < kFewest) {
        return slowness;
    }
    nodes.compare();
    slowness.ended = static_cast<std::uint32_t>(times.size());
    slowness.median = quantile(times, 0.5);
    slowness.p95 = quantile(times, 0.95);
    slowness.border = borderOf(times, slowness.median);
    const bool itemsVary = fewestItems != mostItems;
    const float medianItems = quantile(items, 0.5);
    const float medianPerItem = quantile(perItem, 0.5);
    const float borderPerItem = borderOf(perItem, medianPerItem);
    const float least = std::max(kTimesMedian * slowness.median, slowness.median + kFloorSeconds);

    std::vector<float> bytes; // asked for only when something stands out
    float usualBytes = -1;
    const auto bigBytes = [&](MiniBatchIndex index) {
        if (!input.inputBytes) {
            return false;
        }
        if (usualBytes < 0) {
            const std::uint32_t stride = std::max(1U, step.total() / 4000);
            for (std::uint32_t i = 0; i < step.total(); i += stride) {
                bytes.push_back(static_cast<float>(input.inputBytes(MiniBatchIndex(i))));
            }
            usualBytes = quantile(bytes, 0.5);
        }
        return usualBytes > 0 && static_cast<float>(input.inputBytes(index)) >= kBigInput * usualBytes;
    };
    for (std::uint32_t i = 0; i < step.total(); ++i) {
        const MiniBatchNow& now = step.miniBatches[i];
        const bool running = now.state == MiniBatchState::Running && input.nowMicros != 0;
        if (!running && (!hasEnded(now) || now.elapsedSeconds <= 0)) {
            continue;
        }
        const float seconds = running ? static_cast<float>(static_cast<double>(input.nowMicros - now.startMicros) * 1e-6) : now.elapsedSeconds;
        const float besides = nodes.usualBeside(now.node);
        const bool nodeIsSlow = besides > 0 && seconds >= kTimesMedian * besides && seconds >= besides + kFloorSeconds;
        if (seconds < least && !nodeIsSlow) {
            continue;
        }
        const float each = seconds / static_cast<float>(std::max(1U, now.items));
        const bool standsOut = running ? seconds > slowness.p95 && seconds > slowness.border
                                       : seconds > slowness.border || (itemsVary && each > borderPerItem);
        if (!standsOut && !nodeIsSlow) {
            continue;
        }
        SlowMark mark;
        mark.miniBatch = MiniBatchIndex(i);
        mark.isRunning = running;
        mark.seconds = seconds;
        mark.timesMedian = slowness.median > 0 ? seconds / slowness.median : 0;
        mark.node = now.node;
        if (running && input.lastLogMicros && seconds >= 2 * slowness.p95) {
            const std::int64_t last = std::max(now.startMicros, input.lastLogMicros(mark.miniBatch));
            const auto silent = static_cast<float>(static_cast<double>(input.nowMicros - last) * 1e-6);
            if (silent >= seconds / 2) {
                mark.kind = SlowKind::Stuck;
                mark.cause = SlowCause::Silence;
            }
        }
        if (mark.cause == SlowCause::Unknown) {
            const bool manyItems = !running && itemsVary && static_cast<float>(now.items) >= kBigInput * medianItems && each <= borderPerItem;
            mark.cause = manyItems || bigBytes(mark.miniBatch) ? SlowCause::BigInput : nodeIsSlow ? SlowCause::SlowNode : SlowCause::Unknown;
        }
        slowness.marks.push_back(mark);
        ++slowness.byNode[mark.node];
    }
    return slowness;
}

std::string Slowness::sentenceOf(const SlowMark& mark) const
{
    std::string text = fmt::format("{:.1f} × the median", mark.timesMedian);
    switch (mark.cause) {
    case SlowCause::SlowNode:
        return text + fmt::format(": node {} is slow ({} of {} slow ones are there)", mark.node.value, text::humanCount(byNode.at(mark.node)), text::humanCount(marks.size()));
    case SlowCause::BigInput:
        return text + ": its input is large";
    case SlowCause::Silence:
        return text + ": silent for half of its time or more";
    case SlowCause::Unknown:
        break;
    }
    return text + fmt::format(" on node {}", mark.node.value);
}

} // namespace sheaf::triage
