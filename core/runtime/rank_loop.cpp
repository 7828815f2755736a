// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/rank_loop.h"

#include "core/base/clock.h"

#include <boost/asio/executor_work_guard.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace sheaf::runtime {

namespace {

using std::chrono::microseconds;

constexpr microseconds kShortest { 100 };
constexpr microseconds kLongestExpecting { 4000 };
constexpr microseconds kLongestIdle { 10000 };
constexpr long kGatherNanos = 150000;

void gather()
{
    const timespec pause { 0, kGatherNanos };
    nanosleep(&pause, nullptr);
}

} // namespace

void RankLoop::run(const Hooks& hooks)
{
    const auto keepAlive = boost::asio::make_work_guard(m_context);
    microseconds pause = kShortest;
    while (!hooks.isOver()) {
        const bool came = m_transport.poll(hooks.onBytes);
        const std::size_t handled = m_context.poll();
        hooks.onTurn(monotonicSeconds());
        if (came || handled > 0) {
            pause = kShortest;
            if (hooks.isFast()) {
                gather();
                continue;
            }
        } else {
            pause = std::min(pause * 2, hooks.isExpecting() ? kLongestExpecting : kLongestIdle);
        }
        if (m_context.run_one_for(pause) > 0) {
            pause = kShortest;
        }
    }
}

} // namespace sheaf::runtime
