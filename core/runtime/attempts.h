// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/event.h"
#include "core/event/mini_batch_list.h"
#include "core/runtime/messages.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace sheaf::runtime {

/// The limits of a parallel step (reference §3.2, §3.3). -1: no limit.
struct AttemptRules {
    int maxRetries = 2;
    std::int64_t errorThreshold = -1;
    std::int64_t miniBatchErrorThreshold = -1;
    double allowedFailedPercent = 100;
};

/// A limit that has been crossed and can never be uncrossed.
struct LimitCrossed {
    std::string limit; // "error_threshold", "mini_batch_error_threshold", "allowed_failed_percent"
    std::string value; // of the limit, as text
    std::string count; // what was counted, as text
};

/// Where the rows of a mini-batch lie in the step's spool.
struct RowSpan {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// The retry rule and the error thresholds: what each mini-batch of a step has been through, and which one is next.
///
/// - A try is charged for the user's failures only (exception, wrong return, time-out, death of the worker); `Lost` costs nothing
///   and the mini-batch goes back to the head of the queue.
/// - A charged failure with tries left waits behind all that were not tried yet, for another worker.
/// - Only finally failed mini-batches count against the limits, so a crossed limit is final (reference §3.3, C).
/// - An answer of an attempt that is not the current one is refused: rows are kept exactly once.
///
/// Pure; owned by the coordinator, its one thread. Knows neither nodes' load nor time.
class Attempts
{
public:
    explicit Attempts(const AttemptRules& rules)
        : m_rules(rules)
    {
    }

    void plan(std::uint32_t miniBatches);
    [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(m_all.size()); }

    struct HandOut {
        MiniBatchIndex miniBatch;
        std::uint32_t picked = 0; // 1 for the first hand-out
        bool retried = false; // the two below say who failed it last
        NodeIndex lastNode;
        ProcessNumber lastProcess;
    };
    /// Takes the next mini-batch to hand out; it is then in flight on `node`.
    [[nodiscard]] std::optional<HandOut> next(NodeIndex node);
    [[nodiscard]] std::uint32_t waiting() const;
    [[nodiscard]] std::uint32_t inFlight() const { return m_inFlight; }
    /// No mini-batch is left that may be run: all are done, failed, ignored or held back.
    [[nodiscard]] bool allEnded() const { return m_done + m_failed + m_ignored + m_held == count(); }

    /// Whether this attempt is the one its mini-batch is waiting for.
    [[nodiscard]] bool isCurrent(AttemptId attempt) const;
    /// Its answer. Call only for current attempts. Returns whether the mini-batch has ended for good.
    bool onDone(AttemptId attempt, std::uint32_t items, std::uint32_t returned, RowSpan rows);
    bool onFailed(AttemptId attempt, std::uint32_t items, NodeIndex node, ProcessNumber process);
    /// Not charged: back to the head of the queue.
    void onLost(AttemptId attempt);

    /// Folds an attempt of an earlier life of the run in; then reopen() lets the failed ones be tried anew.
    void restore(const event::AttemptEnded& ended);
    /// Opens what failed for good again with all its tries; returns how many.
    std::uint32_t reopen();
    /// Opens these again where they failed for good or are ignored; returns which.
    std::vector<MiniBatchIndex> reopen(const std::vector<MiniBatchIndex>& miniBatches);
    /// Of all that wait only these may be handed out; the others are held back. For a repair, before the first hand-out.
    void holdAllBut(const event::MiniBatchList& miniBatches);
    /// Failed ones are counted against no limit any more, or again; returns which were changed.
    std::vector<MiniBatchIndex> ignore(const std::vector<MiniBatchIndex>& miniBatches, bool ignored);

    [[nodiscard]] std::optional<LimitCrossed> crossedLimit() const;

    [[nodiscard]] std::uint32_t done() const { return m_done; }
    [[nodiscard]] std::uint32_t failed() const { return m_failed; }
    [[nodiscard]] std::uint32_t ignored() const { return m_ignored; }
    [[nodiscard]] std::uint32_t held() const { return m_held; }
    [[nodiscard]] std::uint64_t itemsFailed() const { return m_itemsFailed; }
    [[nodiscard]] std::uint64_t itemsReturned() const { return m_itemsReturned; }
    [[nodiscard]] bool hasFailed(MiniBatchIndex miniBatch) const { return m_all[miniBatch.value].state == State::Failed; }
    [[nodiscard]] std::uint32_t picked(MiniBatchIndex miniBatch) const { return m_all[miniBatch.value].picked; }
    /// Rows of mini-batch 0, 1, 2, …; an empty span for those that are not done.
    [[nodiscard]] const std::vector<RowSpan>& rows() const { return m_rows; }

private:
    void open(std::uint32_t index);

    enum class State : std::uint8_t { Waiting, InFlight, Done, Failed, Ignored, Held };
    struct One {
        State state = State::Waiting;
        bool retried = false;
        std::uint16_t charged = 0;
        std::uint32_t picked = 0;
        std::uint32_t items = 0; // of a failed or ignored one
        NodeIndex lastNode;
        ProcessNumber lastProcess;
    };

    AttemptRules m_rules;
    std::vector<One> m_all;
    std::vector<RowSpan> m_rows;
    std::uint32_t m_fresh = 0; // first never handed out
    std::deque<std::uint32_t> m_front; // lost ones
    std::deque<std::uint32_t> m_retries;
    std::uint32_t m_freshLeft = 0;
    std::uint32_t m_inFlight = 0;
    std::uint32_t m_done = 0;
    std::uint32_t m_failed = 0;
    std::uint32_t m_ignored = 0;
    std::uint32_t m_held = 0;
    std::uint64_t m_itemsFailed = 0;
    std::uint64_t m_itemsReturned = 0;
};

} // namespace sheaf::runtime
