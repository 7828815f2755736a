// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/monitor/cpu_share.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#endif

namespace sheaf::ui {

/// How soon a window looks again at a run that goes on: as often as an eye can use while the machine has a core to spare, else so seldom that
/// this program takes some hundredths of a core at most, for the cores belong to the workers then. Owned by RunState; main thread.
class WatchPace
{
public:
    using Milliseconds = std::chrono::milliseconds;

    /// What the machine did since the measurement before.
    struct Load {
        std::uint32_t measurement = 0; // its number; 0: none yet
        double idleCores = 0;
        double ownCores = 0; // this program's share
    };

    /// Measures Load, once a second at most: in between the last one is told again. Any one thread.
    class Meter
    {
    public:
        [[nodiscard]] Load load(double nowSeconds);

    private:
        monitor::CpuShare m_share;
        Load m_load;
        double m_measured = -1;
    };

    /// The wait after a look that found so many events.
    [[nodiscard]] Milliseconds next(std::size_t events, const Load& load);

    static constexpr Milliseconds kSmooth { 30 }; // much happens and there is room
    static constexpr Milliseconds kLively { 200 };
    static constexpr Milliseconds kSparing { 1000 }; // never less often
    static constexpr double kMostCores = 0.008; // of a core, when none is free
    static constexpr double kFreeCores = 0.5; // from here on there is one

private:
    Milliseconds m_wait = kLively;
    std::uint32_t m_measurement = 0; // the last one that m_wait was made by
};

} // namespace sheaf::ui
