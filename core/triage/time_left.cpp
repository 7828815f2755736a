// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/time_left.h"

#include "core/triage/pace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>
#include <random>
#include <vector>

namespace sheaf::triage {

using event::MiniBatchState;

namespace {

constexpr double kFewestSeconds = 15;
constexpr double kFewestShare = 0.02;
constexpr double kSoonSeconds = 3; // enough where this much of the work is seen
constexpr double kSoonShare = 0.25;
constexpr std::size_t kSamples = 2000; // times that are drawn from
constexpr int kPlays = 40;
constexpr std::uint32_t kDrawn = 4000; // mini-batches drawn one by one; of more, the sum is known well enough

/// What is seen so far.
struct Seen {
    std::vector<float> times; // of ended attempts, evenly spread over the run, in order of number
    std::vector<float> runningFor; // seconds so far
    double earlyMean = 0; // of the first and the last half of what has ended
    double lateMean = 0;
    std::uint32_t waiting = 0;
};

Seen lookAt(const event::StepPicture& step, const Pace& pace, std::int64_t nowMicros)
{
    Seen seen;
    const auto repair = repairOf(step);
    const std::uint32_t ended = pace.ended;
    const std::uint32_t stride = std::max(1U, static_cast<std::uint32_t>(ended / kSamples));
    std::uint32_t number = 0;
    double sums[2] = { 0, 0 };
    double counts[2] = { 0, 0 };
    for (std::uint32_t i = 0; i < step.total(); ++i) {
        const auto& now = step.miniBatches[i];
        if (repair && !repair->contains(MiniBatchIndex(i))) {
            continue;
        }
        switch (now.state) {
        case MiniBatchState::Running:
            seen.runningFor.push_back(static_cast<float>(static_cast<double>(std::max<std::int64_t>(0, nowMicros - now.startMicros)) * 1e-6));
            break;
        case MiniBatchState::Pending:
        case MiniBatchState::Retrying:
            ++seen.waiting;
            break;
        case MiniBatchState::Done:
        case MiniBatchState::Failed:
        case MiniBatchState::TimedOut: {
            if (now.startMicros < pace.sinceMicros) {
                break; // another life, with other workers, maybe with other code
            }
            const std::size_t half = number * 2 < ended ? 0 : 1; // mini-batches are handed out in the order of their numbers
            sums[half] += static_cast<double>(now.elapsedSeconds);
            counts[half] += 1;
            if (number++ % stride == 0) {
                seen.times.push_back(now.elapsedSeconds);
            }
            break;
        }
        case MiniBatchState::Canceled:
        case MiniBatchState::Ignored:
            break;
        }
    }
    seen.earlyMean = counts[0] > 0 ? sums[0] / counts[0] : 0;
    seen.lateMean = counts[1] > 0 ? sums[1] / counts[1] : seen.earlyMean;
    return seen;
}

/// How long what is left takes once, on so many workers, with times drawn from those seen.
double play(const Seen& seen, std::uint32_t waiting, std::uint32_t width, std::mt19937& random)
{
    std::uniform_int_distribution<std::size_t> any(0, seen.times.size() - 1);
    std::priority_queue<double, std::vector<double>, std::greater<>> freeAt;
    for (const float so : seen.runningFor) {
        // Its whole time is one of those longer than it has run already; if none is, it may end at any moment or never.
        double whole = 0;
        for (int tries = 0; tries < 8 && whole <= static_cast<double>(so); ++tries) {
            whole = static_cast<double>(seen.times[any(random)]);
        }
        freeAt.push(std::max(0.0, whole - static_cast<double>(so)));
    }
    while (freeAt.size() < width) {
        freeAt.push(0);
    }
    double last = 0;
    const std::uint32_t drawn = std::min(waiting, kDrawn);
    for (std::uint32_t i = 0; i < drawn; ++i) {
        const double begin = freeAt.top();
        freeAt.pop();
        const double end = begin + static_cast<double>(seen.times[any(random)]);
        last = std::max(last, end);
        freeAt.push(end);
    }
    while (!freeAt.empty()) {
        last = std::max(last, freeAt.top());
        freeAt.pop();
    }
    return drawn > 0 ? last * waiting / drawn : last;
}

std::string rangeText(double low, double high)
{
    const auto range = [](double from, double to, const char* unit) {
        const auto a = static_cast<long>(std::floor(from));
        const auto b = static_cast<long>(std::ceil(to));
        return a >= b || b == 0 ? fmt::format("about {} {}", std::max(b, 1L), unit) : fmt::format("{}–{} {}", a, b, unit);
    };
    if (high < 90) {
        return range(low, high, "s");
    }
    if (high < 90 * 60) {
        return range(low / 60, high / 60, "min");
    }
    return range(low / 3600, high / 3600, "h");
}

} // namespace

std::optional<TimeLeft> timeLeft(const event::StepPicture& step, std::int64_t nowMicros, std::int64_t lifeMicros)
{
    if (step.state != event::StepState::Running || step.firstAttemptMicros == 0) {
        return std::nullopt;
    }
    std::uint32_t width = 0;
    for (const auto& worker : step.workers) {
        width += worker.ready && !worker.ended ? 1 : 0;
    }
    const Pace pace = paceOf(step, nowMicros, lifeMicros);
    const std::uint32_t ended = pace.ended;
    const double all = pace.ended + pace.left;
    const double fewest = std::max(2.0 * width, kFewestShare * all);
    const bool isEarly = pace.seconds < (ended >= kSoonShare * all ? kSoonSeconds : kFewestSeconds);
    if (width == 0 || isEarly || ended < fewest || ended == 0) {
        return std::nullopt;
    }
    const Seen seen = lookAt(step, pace, nowMicros);
    if (seen.times.empty()) {
        return std::nullopt;
    }
    std::mt19937 random(ended); // the same picture, the same answer
    // A mini-batch may take more than one attempt.
    const double attempts = 1 + static_cast<double>(step.attemptsRetried) / (step.ended() + step.attemptsRetried);
    const auto waiting = static_cast<std::uint32_t>(std::ceil(seen.waiting * attempts));
    std::vector<double> plays;
    plays.reserve(kPlays);
    for (int i = 0; i < kPlays; ++i) {
        plays.push_back(play(seen, waiting, width, random));
    }
    std::sort(plays.begin(), plays.end());
    TimeLeft left { plays[kPlays / 20], plays[kPlays - 1 - kPlays / 20], {} };
    // The trend of the times, and what lies between attempts and between the workers' clocks, which only the pace knows.
    if (seen.earlyMean > 0 && seen.lateMean > 0 && ended >= 20) {
        const double trend = seen.lateMean / ((seen.earlyMean + seen.lateMean) / 2);
        (trend > 1 ? left.high : left.low) *= std::clamp(trend, 0.5, 2.0);
    }
    const double byPace = pace.seconds / ended * pace.left;
    left.low = std::min(left.low, byPace) * 0.9;
    left.high = std::max(left.high, byPace) * 1.1;
    left.text = rangeText(left.low, left.high);
    return left;
}

} // namespace sheaf::triage
