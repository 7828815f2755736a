// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/proc_sampler.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace sheaf::monitor {

namespace {

constexpr std::uint64_t kSectorBytes = 512;

/// A file of /proc, read whole into a buffer that is kept.
std::string_view slurp(const char* path)
{
    static thread_local std::array<char, 65536> buffer;
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return {};
    }
    std::size_t filled = 0;
    for (;;) {
        const ssize_t got = ::read(file, buffer.data() + filled, buffer.size() - filled);
        if (got <= 0) {
            break;
        }
        filled += static_cast<std::size_t>(got);
    }
    ::close(file);
    return { buffer.data(), filled };
}

std::string_view nextLine(std::string_view& text)
{
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::string_view nextWord(std::string_view& line)
{
    const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

std::uint64_t number(std::string_view word)
{
    std::uint64_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

void skipWords(std::string_view& line, int count)
{
    for (int i = 0; i < count; ++i) {
        nextWord(line);
    }
}

void readMemory(NodeSample& sample)
{
    std::string_view text = slurp("/proc/meminfo");
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        const std::string_view key = nextWord(line);
        if (key == "MemTotal:") {
            sample.memoryTotalBytes = number(nextWord(line)) * 1024;
        } else if (key == "MemAvailable:") {
            sample.memoryAvailableBytes = number(nextWord(line)) * 1024;
            return;
        }
    }
}

/// sda yes, sda1 no; loop, ram and the mapped ones would count bytes twice.
bool isWholeDisk(std::string_view name)
{
    for (const std::string_view prefix : { "loop", "ram", "dm-", "md", "sr", "zram" }) {
        if (name.starts_with(prefix)) {
            return false;
        }
    }
    const bool endsWithDigit = !name.empty() && name.back() >= '0' && name.back() <= '9';
    if (name.starts_with("nvme") || name.starts_with("mmcblk")) {
        return name.find('p') == std::string_view::npos || name.rfind('p') < 4;
    }
    return !endsWithDigit;
}

void readDisks(NodeSample& sample)
{
    std::string_view text = slurp("/proc/diskstats");
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        skipWords(line, 2);
        if (!isWholeDisk(nextWord(line))) {
            continue;
        }
        sample.diskReadCount += number(nextWord(line));
        skipWords(line, 1);
        sample.diskReadBytes += number(nextWord(line)) * kSectorBytes;
        skipWords(line, 1);
        sample.diskWriteCount += number(nextWord(line));
        skipWords(line, 1);
        sample.diskWriteBytes += number(nextWord(line)) * kSectorBytes;
    }
    struct statvfs root { };
    if (::statvfs("/", &root) == 0) {
        sample.diskTotalBytes = static_cast<std::uint64_t>(root.f_blocks) * root.f_frsize;
        sample.diskFreeBytes = static_cast<std::uint64_t>(root.f_bavail) * root.f_frsize;
        sample.diskUsedBytes = static_cast<std::uint64_t>(root.f_blocks - root.f_bfree) * root.f_frsize;
    }
}

void readNetwork(NodeSample& sample)
{
    std::string_view text = slurp("/proc/net/dev");
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        std::string_view name = line.substr(0, colon);
        line.remove_prefix(colon + 1);
        if (nextWord(name) == "lo") {
            continue;
        }
        sample.networkReceivedBytes += number(nextWord(line));
        skipWords(line, 7);
        sample.networkSentBytes += number(nextWord(line));
    }
    for (const char* table : { "/proc/net/sockstat", "/proc/net/sockstat6" }) {
        text = slurp(table);
        while (!text.empty()) {
            std::string_view line = nextLine(text);
            const std::string_view key = nextWord(line);
            skipWords(line, 1); // "inuse"
            if (key == "TCP:" || key == "TCP6:") {
                sample.tcpConnections += static_cast<int>(number(nextWord(line)));
            } else if (key == "UDP:" || key == "UDP6:") {
                sample.udpConnections += static_cast<int>(number(nextWord(line)));
            }
        }
    }
}

} // namespace

void ProcSampler::readCpu(NodeSample& sample)
{
    std::string_view text = slurp("/proc/stat");
    std::string_view line = nextLine(text);
    skipWords(line, 1);
    CpuTimes now;
    for (int i = 0; i < 8; ++i) { // user nice system idle iowait irq softirq steal
        const std::uint64_t ticks = number(nextWord(line));
        now.total += ticks;
        now.busy += i == 3 || i == 4 ? 0 : ticks;
    }
    if (m_lastCpu.total > 0 && now.total > m_lastCpu.total) {
        sample.cpuPercent = 100.0F * static_cast<float>(now.busy - m_lastCpu.busy)
            / static_cast<float>(now.total - m_lastCpu.total);
    }
    m_lastCpu = now;
}

std::optional<ProcessSample> ProcSampler::readProcess(const SampledProcess& process, double seconds)
{
    static const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    static const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
    ProcessSample sample;
    sample.name = process.name;
    sample.pid = process.pid;
    const std::string folder = "/proc/" + std::to_string(process.pid);
    std::string_view text = slurp((folder + "/stat").c_str());
    const std::size_t name = text.rfind(')'); // a name may hold blanks and brackets
    if (name == std::string_view::npos) {
        return std::nullopt; // it has ended and was waited for
    }
    text.remove_prefix(name + 1);
    skipWords(text, 11);
    sample.cpuUserSeconds = static_cast<double>(number(nextWord(text))) / ticks;
    sample.cpuSystemSeconds = static_cast<double>(number(nextWord(text))) / ticks;
    // Children that were waited for count, too: a script may do its work in subprocesses.
    sample.cpuUserSeconds += static_cast<double>(number(nextWord(text))) / ticks;
    sample.cpuSystemSeconds += static_cast<double>(number(nextWord(text))) / ticks;
    skipWords(text, 2);
    sample.threads = static_cast<int>(number(nextWord(text)));
    skipWords(text, 3);
    sample.rssBytes = number(nextWord(text)) * page;
    text = slurp((folder + "/io").c_str());
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        const std::string_view key = nextWord(line);
        const std::uint64_t value = number(nextWord(line));
        if (key == "syscr:") {
            sample.readCount = value;
        } else if (key == "syscw:") {
            sample.writeCount = value;
        } else if (key == "read_bytes:") {
            sample.readBytes = value;
        } else if (key == "write_bytes:") {
            sample.writeBytes = value;
        }
    }
    const double cpu = sample.cpuUserSeconds + sample.cpuSystemSeconds;
    if (const auto last = m_lastSeconds.find(process.pid); last != m_lastSeconds.end() && seconds > 0) {
        sample.cpuPercent = static_cast<float>(std::max(0.0, 100.0 * (cpu - last->second) / seconds));
    }
    return sample;
}

NodeSample ProcSampler::sample(
    NodeIndex node, std::int64_t wallMicros, const std::vector<SampledProcess>& processes)
{
    NodeSample sample;
    sample.node = node;
    sample.timeMicros = wallMicros;
    const double seconds = m_lastMicros > 0 ? static_cast<double>(wallMicros - m_lastMicros) * 1e-6 : 0;
    sample.intervalSeconds = static_cast<float>(std::max(0.0, seconds));
    m_lastMicros = wallMicros;
    readCpu(sample);
    readMemory(sample);
    readDisks(sample);
    readNetwork(sample);
    std::map<std::int64_t, double> seen;
    for (const auto& process : processes) {
        if (auto figures = readProcess(process, seconds)) {
            seen[process.pid] = figures->cpuUserSeconds + figures->cpuSystemSeconds;
            sample.processes.push_back(std::move(*figures));
        }
    }
    m_lastSeconds = std::move(seen);
    return sample;
}

} // namespace sheaf::monitor
