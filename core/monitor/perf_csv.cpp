// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/perf_csv.h"

#include "core/base/clock.h"
#include "core/base/paths.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>

namespace sheaf::monitor {

namespace {

constexpr std::string_view kNodeColumns
    = "Utc Time,Cpu Percent,Memory Total (MB),Memory Available (MB),Memory Used (MB),Memory Used Percent,Disk Io Read "
      "Count,Disk Io Write Count,Disk Io Read (MB),Disk Io Write (MB),Network Sent (MB),Network Recv (MB),# of TCP "
      "Connections,# of UDP Connections\n";
constexpr std::string_view kProcessColumns
    = "Utc Time,Name,Cpu Percent,Cpu Time User,Cpu Time System,Memory Used Percent,Disk Io Read Count,Disk Io Write "
      "Count,Disk Io Read (MB),Disk Io Write (MB),Thread Num\n";
constexpr std::string_view kDiskColumns = "Utc Time,Disk (/) Total (MB),Used (MB),Free (MB),Used Percent\n";

double mega(std::uint64_t bytes)
{
    return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

double percent(std::uint64_t part, std::uint64_t whole)
{
    return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

Result<void> appendRow(const std::filesystem::path& path, std::string_view columns, const std::string& rows)
{
    std::ofstream file(path, std::ios::binary | std::ios::app);
    if (file.tellp() == std::streampos(0)) {
        file << columns;
    }
    file << rows;
    file.flush();
    if (!file) {
        return failErrno(path.string(), errno);
    }
    return {};
}

} // namespace

Result<void> PerfCsv::append(const NodeSample& sample) const
{
    const auto folder = m_folder / std::to_string(sample.node.value);
    if (auto made = paths::makeDirs(folder); !made) {
        return made;
    }
    const std::string time = isoTime(sample.timeMicros);
    const std::uint64_t used = sample.memoryTotalBytes - sample.memoryAvailableBytes;
    const std::string node = fmt::format("{},{:.1f},{:.1f},{:.1f},{:.1f},{:.1f},{},{},{:.2f},{:.2f},{:.2f},{:.2f},{},{}\n",
        time, sample.cpuPercent, mega(sample.memoryTotalBytes), mega(sample.memoryAvailableBytes), mega(used),
        percent(used, sample.memoryTotalBytes), sample.diskReadCount, sample.diskWriteCount, mega(sample.diskReadBytes),
        mega(sample.diskWriteBytes), mega(sample.networkSentBytes), mega(sample.networkReceivedBytes),
        sample.tcpConnections, sample.udpConnections);
    std::string processes;
    for (const auto& process : sample.processes) {
        processes += fmt::format("{},{},{:.1f},{:.2f},{:.2f},{:.2f},{},{},{:.2f},{:.2f},{}\n", time, process.name,
            process.cpuPercent, process.cpuUserSeconds, process.cpuSystemSeconds,
            percent(process.rssBytes, sample.memoryTotalBytes), process.readCount, process.writeCount,
            mega(process.readBytes), mega(process.writeBytes), process.threads);
    }
    const std::string disk = fmt::format("{},{:.1f},{:.1f},{:.1f},{:.1f}\n", time, mega(sample.diskTotalBytes),
        mega(sample.diskUsedBytes), mega(sample.diskFreeBytes), percent(sample.diskUsedBytes, sample.diskTotalBytes));
    auto written = appendRow(folder / "node_resource_usage.csv", kNodeColumns, node);
    if (written) {
        written = appendRow(folder / "processes_resource_usage.csv", kProcessColumns, processes);
    }
    return written ? appendRow(folder / "node_disk_usage.csv", kDiskColumns, disk) : written;
}

} // namespace sheaf::monitor
