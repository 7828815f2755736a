// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstdint>

namespace sheaf::monitor {

/// How busy the cores are that this process may use, and what it takes itself. One thread; some ten microseconds a measurement.
class CpuShare
{
public:
    /// Since the measurement before; zeros at the first one.
    struct Used {
        double idleCores = 0; // of those that the process may run on; 0 where its control group has a quota, for what is left of that nobody tells
        double ownCores = 0;
    };
    [[nodiscard]] Used measure(double nowSeconds);

private:
    double m_lastSeconds = -1;
    std::uint64_t m_lastIdle = 0; // ticks, of all these cores
    double m_lastOwn = 0; // CPU seconds
};

/// Whether a control group above this process limits its CPU time (cpu.max of version 2, cpu.cfs_quota_us of version 1).
[[nodiscard]] bool hasCpuQuota();

} // namespace sheaf::monitor
