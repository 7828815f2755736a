// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/monitor/sample.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sheaf::monitor {

/// A process whose figures are wanted, with its name in the sample.
struct SampledProcess {
    std::string name;
    std::int64_t pid = 0;
};

/// Reads a node's figures from /proc. Remembers the last reading of CPU times, for percentages. Owned by the agent; one
/// thread; some ten microseconds a process, no lock.
/// A process that is gone is left out of the sample.
class ProcSampler
{
public:
    [[nodiscard]] NodeSample sample(
        NodeIndex node, std::int64_t wallMicros, const std::vector<SampledProcess>& processes);

private:
    struct CpuTimes {
        std::uint64_t busy = 0;
        std::uint64_t total = 0;
    };
    void readCpu(NodeSample& sample);
    [[nodiscard]] std::optional<ProcessSample> readProcess(const SampledProcess& process, double seconds);

    std::int64_t m_lastMicros = 0;
    CpuTimes m_lastCpu;
    std::map<std::int64_t, double> m_lastSeconds; // by pid: CPU seconds
};

} // namespace sheaf::monitor
