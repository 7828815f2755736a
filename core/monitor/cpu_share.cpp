// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/cpu_share.h"

#include "core/base/text.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <string>
#include <unistd.h>

namespace sheaf::monitor {

namespace {

double ownSeconds()
{
    timespec used {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

/// "cpu3 user nice system idle iowait …" of the cores that we may use: ticks of idle and iowait.
std::uint64_t idleTicks()
{
    cpu_set_t mine;
    CPU_ZERO(&mine);
    const bool isKnown = sched_getaffinity(0, sizeof mine, &mine) == 0;
    std::uint64_t ticks = 0;
    std::ifstream file("/proc/stat");
    std::string line;
    while (std::getline(file, line) && line.starts_with("cpu")) {
        const auto words = text::split(line, ' ');
        const auto core = text::toInt(words.front().substr(3));
        if (!core || words.size() < 6 || (isKnown && (*core >= CPU_SETSIZE || !CPU_ISSET(static_cast<std::size_t>(*core), &mine)))) {
            continue; // the first line is of all of them
        }
        ticks += static_cast<std::uint64_t>(text::toInt(words[4]).value_or(0) + text::toInt(words[5]).value_or(0));
    }
    return ticks;
}

bool isLimitedIn(const std::filesystem::path& folder)
{
    std::string quota;
    std::ifstream(folder / "cpu.max") >> quota;
    if (!quota.empty()) {
        return quota != "max";
    }
    std::ifstream(folder / "cpu.cfs_quota_us") >> quota;
    return !quota.empty() && quota != "-1";
}

} // namespace

bool hasCpuQuota()
{
    std::ifstream file("/proc/self/cgroup"); // "0::/user.slice/…", or "4:cpu,cpuacct:/docker/…"
    std::string line;
    while (std::getline(file, line)) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string::npos) {
            continue;
        }
        const std::string controllers = line.substr(first + 1, second - first - 1);
        if (!controllers.empty() && (',' + controllers + ',').find(",cpu,") == std::string::npos) {
            continue;
        }
        const std::filesystem::path root = controllers.empty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";
        // A container sees its own group as the root.
        for (std::filesystem::path group = line.substr(second + 1);; group = group.parent_path()) {
            if (isLimitedIn(root / group.relative_path())) {
                return true;
            }
            if (group == group.parent_path()) {
                break;
            }
        }
    }
    return false;
}

CpuShare::Used CpuShare::measure(double nowSeconds)
{
    static const auto ticksPerSecond = static_cast<double>(sysconf(_SC_CLK_TCK));
    static const bool isLimited = hasCpuQuota();
    const std::uint64_t idle = idleTicks();
    const double own = ownSeconds();
    const double seconds = nowSeconds - m_lastSeconds;
    Used used;
    if (m_lastSeconds >= 0 && seconds > 0) {
        used.idleCores = isLimited || idle < m_lastIdle ? 0 : static_cast<double>(idle - m_lastIdle) / ticksPerSecond / seconds;
        used.ownCores = (own - m_lastOwn) / seconds;
    }
    m_lastSeconds = nowSeconds;
    m_lastIdle = idle;
    m_lastOwn = own;
    return used;
}

} // namespace sheaf::monitor
