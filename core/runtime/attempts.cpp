// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/attempts.h"

#include <fmt/format.h>

#include <algorithm>

namespace sheaf::runtime {

namespace {

/// How far into the queue a mini-batch is sought that failed on another node: with one node there is none, and
/// thousands may wait.
constexpr std::ptrdiff_t kRetriesLookedAt = 64;

/// Mini-batches are ended in about the order in which they were queued, so the one sought is near the front.
void takeOut(std::deque<std::uint32_t>& queue, std::uint32_t index)
{
    if (const auto at = std::find(queue.begin(), queue.end(), index); at != queue.end()) {
        queue.erase(at);
    }
}

} // namespace

void Attempts::plan(std::uint32_t miniBatches)
{
    m_all.assign(miniBatches, {});
    m_rows.assign(miniBatches, {});
    m_freshLeft = miniBatches;
}

std::uint32_t Attempts::waiting() const
{
    return static_cast<std::uint32_t>(m_front.size() + m_retries.size()) + m_freshLeft;
}

std::optional<Attempts::HandOut> Attempts::next(NodeIndex node)
{
    std::uint32_t index = 0;
    if (!m_front.empty()) {
        index = m_front.front();
        m_front.pop_front();
    } else if (m_freshLeft > 0) {
        // Those that a restore or an earlier queue has ended or queued are passed over.
        while (m_all[m_fresh].state != State::Waiting || m_all[m_fresh].retried || m_all[m_fresh].picked > 0) {
            ++m_fresh;
        }
        index = m_fresh++;
        --m_freshLeft;
    } else if (!m_retries.empty()) {
        // Another node than the one that failed it, where such a mini-batch waits.
        const auto end = m_retries.begin() + std::min<std::ptrdiff_t>(kRetriesLookedAt, std::ssize(m_retries));
        auto chosen = std::find_if(m_retries.begin(), end,
            [&](std::uint32_t candidate) { return m_all[candidate].lastNode != node; });
        if (chosen == end) {
            chosen = m_retries.begin();
        }
        index = *chosen;
        m_retries.erase(chosen);
    } else {
        return std::nullopt;
    }
    One& one = m_all[index];
    one.state = State::InFlight;
    ++one.picked;
    ++m_inFlight;
    return HandOut { MiniBatchIndex(index), one.picked, one.retried, one.lastNode, one.lastProcess };
}

bool Attempts::isCurrent(AttemptId attempt) const
{
    const MiniBatchIndex miniBatch = miniBatchOf(attempt);
    return miniBatch.value < m_all.size() && m_all[miniBatch.value].state == State::InFlight
        && (m_all[miniBatch.value].picked & 0xffffffU) == pickedOf(attempt);
}

bool Attempts::onDone(AttemptId attempt, std::uint32_t items, std::uint32_t returned, RowSpan rows)
{
    const std::uint32_t index = miniBatchOf(attempt).value;
    m_all[index].state = State::Done;
    m_rows[index] = rows;
    --m_inFlight;
    ++m_done;
    m_itemsReturned += returned;
    m_itemsFailed += items > returned ? items - returned : 0;
    return true;
}

bool Attempts::onFailed(AttemptId attempt, std::uint32_t items, NodeIndex node, ProcessNumber process)
{
    const std::uint32_t index = miniBatchOf(attempt).value;
    One& one = m_all[index];
    --m_inFlight;
    ++one.charged;
    one.retried = true;
    one.lastNode = node;
    one.lastProcess = process;
    one.items = std::max(one.items, items);
    if (one.charged <= m_rules.maxRetries) {
        one.state = State::Waiting;
        m_retries.push_back(index);
        return false;
    }
    one.state = State::Failed;
    ++m_failed;
    m_itemsFailed += one.items;
    return true;
}

void Attempts::onLost(AttemptId attempt)
{
    const std::uint32_t index = miniBatchOf(attempt).value;
    m_all[index].state = State::Waiting;
    --m_inFlight;
    m_front.push_back(index);
}

void Attempts::restore(const event::AttemptEnded& ended)
{
    const std::uint32_t index = ended.miniBatch.value;
    if (index >= m_all.size()) {
        return;
    }
    One& one = m_all[index];
    if (one.picked == 0) {
        --m_freshLeft;
    }
    if (one.picked > 0 && one.state == State::Waiting) { // it is in a queue since the event before
        takeOut(m_retries, index);
        takeOut(m_front, index);
    }
    one.picked = std::max<std::uint32_t>(one.picked, ended.picked);
    if (one.state == State::Failed) { // was opened again and tried once more
        one.state = State::Waiting;
        one.charged = 0;
        --m_failed;
        m_itemsFailed -= one.items;
    } else if (one.state == State::Ignored) {
        one.state = State::Waiting;
        one.charged = 0;
        --m_ignored;
    }
    if (ended.outcome == event::AttemptOutcome::Done) {
        ++m_inFlight; // onDone takes it back
        onDone(attemptIdOf({}, one.picked, ended.miniBatch), ended.items, ended.returned,
            { ended.rowsBegin, ended.rowsEnd });
    } else if (ended.outcome == event::AttemptOutcome::Lost) {
        one.state = State::Waiting;
        m_front.push_back(index);
    } else {
        ++m_inFlight;
        onFailed(attemptIdOf({}, one.picked, ended.miniBatch), ended.items, ended.node, ended.process);
    }
}

void Attempts::open(std::uint32_t index)
{
    One& one = m_all[index];
    if (one.state == State::Failed) {
        --m_failed;
        m_itemsFailed -= one.items;
    } else {
        --m_ignored;
    }
    one.state = State::Waiting;
    one.charged = 0;
    m_retries.push_back(index);
}

std::uint32_t Attempts::reopen()
{
    std::uint32_t opened = 0;
    for (std::uint32_t index = 0; index < m_all.size(); ++index) {
        if (m_all[index].state == State::Failed) {
            open(index);
            ++opened;
        }
    }
    return opened;
}

std::vector<MiniBatchIndex> Attempts::reopen(const std::vector<MiniBatchIndex>& miniBatches)
{
    std::vector<MiniBatchIndex> opened;
    for (const MiniBatchIndex miniBatch : miniBatches) {
        const bool hasFailed = miniBatch.value < m_all.size()
            && (m_all[miniBatch.value].state == State::Failed || m_all[miniBatch.value].state == State::Ignored);
        if (hasFailed) {
            open(miniBatch.value);
            opened.push_back(miniBatch);
        }
    }
    return opened;
}

void Attempts::holdAllBut(const event::MiniBatchList& miniBatches)
{
    for (std::uint32_t index = 0; index < m_all.size(); ++index) {
        One& one = m_all[index];
        if (one.state != State::Waiting || miniBatches.contains(MiniBatchIndex(index))) {
            continue;
        }
        if (one.picked == 0) {
            --m_freshLeft;
        }
        one.state = State::Held;
        ++m_held;
    }
    const auto isHeld = [this](std::uint32_t index) { return m_all[index].state == State::Held; };
    std::erase_if(m_front, isHeld);
    std::erase_if(m_retries, isHeld);
}

std::vector<MiniBatchIndex> Attempts::ignore(const std::vector<MiniBatchIndex>& miniBatches, bool ignored)
{
    const State from = ignored ? State::Failed : State::Ignored;
    std::vector<MiniBatchIndex> changed;
    for (const MiniBatchIndex miniBatch : miniBatches) {
        if (miniBatch.value >= m_all.size() || m_all[miniBatch.value].state != from) {
            continue;
        }
        One& one = m_all[miniBatch.value];
        one.state = ignored ? State::Ignored : State::Failed;
        m_failed = ignored ? m_failed - 1 : m_failed + 1;
        m_ignored = ignored ? m_ignored + 1 : m_ignored - 1;
        m_itemsFailed = ignored ? m_itemsFailed - one.items : m_itemsFailed + one.items;
        changed.push_back(miniBatch);
    }
    return changed;
}

std::optional<LimitCrossed> Attempts::crossedLimit() const
{
    if (m_rules.miniBatchErrorThreshold >= 0 && m_failed > m_rules.miniBatchErrorThreshold) {
        return LimitCrossed { "mini_batch_error_threshold", std::to_string(m_rules.miniBatchErrorThreshold),
            fmt::format("{} mini-batches failed", m_failed) };
    }
    if (m_rules.errorThreshold >= 0 && m_itemsFailed > static_cast<std::uint64_t>(m_rules.errorThreshold)) {
        return LimitCrossed { "error_threshold", std::to_string(m_rules.errorThreshold),
            fmt::format("{} items failed", m_itemsFailed) };
    }
    const double percent = count() > 0 ? 100.0 * m_failed / count() : 0;
    if (percent > m_rules.allowedFailedPercent) {
        return LimitCrossed { "allowed_failed_percent", fmt::format("{}", m_rules.allowedFailedPercent),
            fmt::format("{} of {} mini-batches failed ({:.1f} %)", m_failed, count(), percent) };
    }
    return std::nullopt;
}

} // namespace sheaf::runtime
