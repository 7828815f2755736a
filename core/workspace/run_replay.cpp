// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/run_replay.h"

#include <algorithm>

namespace sheaf::workspace {

namespace {

constexpr std::size_t kEventsAtOnce = 1024;
constexpr std::size_t kMarkBytes = 256 * 1024 * 1024; // of all marks together

std::size_t bytesOf(const event::RunPicture& picture)
{
    std::size_t bytes = sizeof picture;
    for (const auto& step : picture.steps()) {
        bytes += step.miniBatches.size() * sizeof(event::MiniBatchNow) + step.workers.size() * sizeof(event::WorkerNow)
            + step.failures.numbers().size() * sizeof(std::uint32_t);
        for (const auto& group : step.failures.groups()) {
            bytes += sizeof group + group.firstTraceback.size() + group.members.size() * sizeof(MiniBatchIndex);
        }
    }
    return bytes;
}

bool isSame(const event::MiniBatchNow& a, const event::MiniBatchNow& b)
{
    return a.state == b.state && a.lastEvent == b.lastEvent && a.startMicros == b.startMicros && a.picked == b.picked && a.node == b.node
        && a.process == b.process && a.error == b.error;
}

} // namespace

event::ChangeSet changesBetween(const event::RunPicture& before, const event::RunPicture& after)
{
    event::ChangeSet changes;
    if (before.lastSequence() == after.lastSequence()) {
        return changes;
    }
    changes.run = true;
    changes.nodes = before.nodes().size() != after.nodes().size();
    for (std::size_t i = 0; i < after.steps().size(); ++i) {
        const StepIndex index(static_cast<std::uint32_t>(i));
        changes.steps.insert(index);
        changes.workers.insert(index);
        const auto& now = after.steps()[i].miniBatches;
        const auto* was = i < before.steps().size() ? &before.steps()[i].miniBatches : nullptr;
        if (was == nullptr || was->size() != now.size()) {
            changes.plans.insert(index);
            continue;
        }
        for (std::size_t k = 0; k < now.size(); ++k) {
            if (!isSame((*was)[k], now[k])) {
                changes.miniBatches.emplace_back(index, MiniBatchIndex(static_cast<std::uint32_t>(k)));
            }
        }
    }
    return changes;
}

Result<event::RunPicture> RunReplay::at(std::int64_t micros)
{
    if (!m_store) {
        auto opened = store::EventStore::openForReading(m_dir.database());
        if (!opened) {
            return tl::unexpected<Error>(opened.error());
        }
        m_store.emplace(std::move(*opened));
    }
    startAt(micros);
    if (auto folded = foldUntil(micros); !folded) {
        m_now = {};
        return tl::unexpected<Error>(folded.error());
    }
    return m_now.picture;
}

/// The nearest place before the moment: where the last answer was, or a mark.
void RunReplay::startAt(std::int64_t micros)
{
    const auto after = std::upper_bound(m_marks.begin(), m_marks.end(), micros, [](std::int64_t moment, const Mark& mark) { return moment < mark.micros; });
    const Mark* mark = after == m_marks.begin() ? nullptr : &*std::prev(after);
    const bool isOnTheWay = m_now.picture.lastSequence() > 0 && m_now.micros <= micros;
    const std::uint64_t sequence = mark != nullptr ? mark->picture.lastSequence() : 0;
    if (!isOnTheWay || m_now.picture.lastSequence() < sequence) {
        m_now = mark != nullptr ? *mark : Mark();
    }
}

Result<void> RunReplay::foldUntil(std::int64_t micros)
{
    for (;;) {
        const auto events = m_store->readFrom(m_now.picture.lastSequence() + 1, kEventsAtOnce);
        if (!events) {
            return tl::unexpected<Error>(events.error());
        }
        for (const auto& event : *events) {
            const std::int64_t moment = std::max(m_now.micros, event.timeMicros);
            if (moment > micros && m_now.picture.lastSequence() > 0) {
                return {};
            }
            event::ChangeSet ignored;
            m_now.picture.apply(event, ignored);
            m_now.micros = moment;
            keepMark();
        }
        if (events->size() < kEventsAtOnce) {
            return {};
        }
    }
}

void RunReplay::keepMark()
{
    const std::uint64_t sequence = m_now.picture.lastSequence();
    const std::uint64_t last = m_marks.empty() ? 0 : m_marks.back().picture.lastSequence();
    if (sequence < last + m_apart) {
        return;
    }
    m_marks.push_back(m_now);
    std::size_t bytes = 0;
    for (const auto& mark : m_marks) {
        bytes += bytesOf(mark.picture);
    }
    while (bytes > kMarkBytes && m_marks.size() > 2) {
        m_apart *= 2;
        std::vector<Mark> kept;
        bytes = 0;
        for (std::size_t i = 1; i < m_marks.size(); i += 2) {
            bytes += bytesOf(m_marks[i].picture);
            kept.push_back(std::move(m_marks[i]));
        }
        m_marks = std::move(kept);
    }
}

} // namespace sheaf::workspace
