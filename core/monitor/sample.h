// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <string>
#include <vector>

/// Resource figures of one node at one moment, with those of its processes. Counters (io, network, cpu times) are
/// absolute: who draws takes differences. A value; travels agent → rank 0 → run.db and the CSV files of sys/perf.
namespace sheaf::monitor {

struct ProcessSample {
    std::string name; // "manager" (the agent) or "processNNN"; prefixed by the step: "score/process003"
    std::int64_t pid = 0;
    float cpuPercent = 0; // since the sample before; 100 is one core
    double cpuUserSeconds = 0;
    double cpuSystemSeconds = 0;
    std::uint64_t rssBytes = 0;
    std::uint64_t readCount = 0;
    std::uint64_t writeCount = 0;
    std::uint64_t readBytes = 0;
    std::uint64_t writeBytes = 0;
    int threads = 0;
};
BOOST_DESCRIBE_STRUCT(ProcessSample, (),
    (name, pid, cpuPercent, cpuUserSeconds, cpuSystemSeconds, rssBytes, readCount, writeCount, readBytes, writeBytes,
        threads))

struct GpuSample {
    int index = 0;
    float percent = 0; // busy; below 0 when the card does not tell
    std::uint64_t memoryUsedBytes = 0;
    std::uint64_t memoryTotalBytes = 0;
};
BOOST_DESCRIBE_STRUCT(GpuSample, (), (index, percent, memoryUsedBytes, memoryTotalBytes))

struct NodeSample {
    std::int64_t timeMicros = 0;
    NodeIndex node;
    float cpuPercent = 0; // of all cores together, 0…100
    std::uint64_t memoryTotalBytes = 0;
    std::uint64_t memoryAvailableBytes = 0;
    std::uint64_t diskReadCount = 0;
    std::uint64_t diskWriteCount = 0;
    std::uint64_t diskReadBytes = 0;
    std::uint64_t diskWriteBytes = 0;
    std::uint64_t networkSentBytes = 0;
    std::uint64_t networkReceivedBytes = 0;
    int tcpConnections = 0;
    int udpConnections = 0;
    std::uint64_t diskTotalBytes = 0; // file system of /
    std::uint64_t diskUsedBytes = 0;
    std::uint64_t diskFreeBytes = 0;
    float intervalSeconds = 0; // time since the sample before it
    float costSeconds = 0; // CPU that taking the sample before this one and sending it cost; 0 when there was none
    std::vector<GpuSample> gpus;
    std::vector<ProcessSample> processes;
};
BOOST_DESCRIBE_STRUCT(NodeSample, (),
    (timeMicros, node, cpuPercent, memoryTotalBytes, memoryAvailableBytes, diskReadCount, diskWriteCount, diskReadBytes,
        diskWriteBytes, networkSentBytes, networkReceivedBytes, tcpConnections, udpConnections, diskTotalBytes,
        diskUsedBytes, diskFreeBytes, intervalSeconds, costSeconds, gpus, processes))

} // namespace sheaf::monitor
