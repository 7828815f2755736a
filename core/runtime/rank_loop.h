// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/runtime/transport.h"

#include <boost/asio/io_context.hpp>

#include <functional>

namespace sheaf::runtime {

/// The one loop of a rank: descriptors and timers by Asio, messages by polling the transport between two waits. A rank never
/// blocks in MPI (100 % of a core), so the wait backs off while nothing comes: from 0.1 ms to 10 ms, or to 4 ms when an answer
/// is awaited. Measured: two idle ranks together stay well below 3 % of a core.
class RankLoop
{
public:
    struct Hooks {
        Transport::OnBytes onBytes;
        /// After each turn in which something may have happened; `now` on CLOCK_MONOTONIC.
        std::function<void(double now)> onTurn;
        std::function<bool()> isOver;
        std::function<bool()> isExpecting;
        /// Whether so much is going on that a turn had better gather for a moment than wake for each frame.
        std::function<bool()> isFast;
    };

    explicit RankLoop(Transport& transport)
        : m_transport(transport)
    {
    }
    [[nodiscard]] boost::asio::io_context& context() { return m_context; }
    void run(const Hooks& hooks);

private:
    Transport& m_transport;
    boost::asio::io_context m_context { 1 };
};

} // namespace sheaf::runtime
