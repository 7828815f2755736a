// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sheaf::triage {

enum class SlowKind : std::uint8_t { Straggler, Stuck };
BOOST_DESCRIBE_ENUM(SlowKind, Straggler, Stuck)
enum class SlowCause : std::uint8_t { Unknown, SlowNode, BigInput, Silence };
BOOST_DESCRIBE_ENUM(SlowCause, Unknown, SlowNode, BigInput, Silence)

/// A mini-batch that takes, or took, far longer than others of its step.
struct SlowMark {
    MiniBatchIndex miniBatch;
    SlowKind kind = SlowKind::Straggler;
    SlowCause cause = SlowCause::Unknown;
    bool isRunning = false;
    float seconds = 0; // of its last attempt, or so far
    float timesMedian = 0;
    NodeIndex node;
};

/// What is known beside the picture; each may be missing.
struct SlownessInput {
    std::int64_t nowMicros = 0; // 0: nothing runs; running ones are not looked at
    std::function<std::uint64_t(MiniBatchIndex)> inputBytes; // 0: not known
    std::function<std::int64_t(MiniBatchIndex)> lastLogMicros; // of a running one: when it last printed; 0: it never did
};

struct Slowness {
    float median = 0; // seconds of the ended ones
    float p95 = 0;
    float border = 0; // Q3 + 1.5 IQR, twice the median at least
    std::uint32_t ended = 0;
    std::vector<SlowMark> marks; // by mini-batch
    std::map<NodeIndex, std::size_t> byNode; // how many of them are there
    [[nodiscard]] bool isKnown() const { return ended > 0; } // enough have ended to compare with

    /// "4.1 × the median, node 3 (3 of 5 slow ones are there)": why, in words.
    [[nodiscard]] std::string sentenceOf(const SlowMark& mark) const;
};

/// The rule: of those that have ended, at least 20, a straggler took more than Q3 + 1.5 IQR and twice the median, for all of it or
/// for each of its items, and half a second more than the median; on a node that is twice as slow as the others, each that took
/// twice the median of the others. A running one is a straggler when it passes the 95th percentile and that border; it is stuck when
/// it is twice past the 95th percentile and was silent for half of its time. The likely cause: its input is twice the usual, its node is slow,
/// it is silent. Pure; one pass and a few selections: a million mini-batches in a fraction of a second.
[[nodiscard]] Slowness slownessOf(const event::StepPicture& step, const SlownessInput& input);

} // namespace sheaf::triage
