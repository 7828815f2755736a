// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// bench-log [--mib 3147] [--files 8] [--keep]: a log of lines as models write them (3.3 GB without an option), and what the studio's log page does
// with it: first screen, index, expressions, a filter, and the same bytes as several files in one order of time. The file is
// made anew and deleted; the second look at it is meant: figures are of a file in the system's memory, as a running job's is.

#include "core/base/clock.h"
#include "core/logs/line_index.h"
#include "core/logs/line_reader.h"
#include "core/logs/line_set.h"
#include "core/logs/log_merger.h"
#include "core/logs/log_scan.h"
#include "tests/bench/bench_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>

using namespace sheaf;
using namespace sheaf::logs;

namespace {

constexpr double kMegabyte = 1e6;

void writeLog(const std::filesystem::path& path, std::uint64_t bytes, std::uint32_t seed)
{
    std::ofstream file(path, std::ios::binary);
    std::mt19937 random(seed);
    std::string lines;
    std::uint64_t written = 0;
    for (std::uint64_t i = 0; written < bytes; ++i) {
        const std::string stamp = isoTime(1'790'000'000'000'000 + static_cast<std::int64_t>(i) * 330);
        const auto kind = random() % 1000;
        if (kind < 900) {
            fmt::format_to(std::back_inserter(lines), "{} INFO process{:03} score:{} mini-batch {} item part-{:05}.json rows={} mean={:.6f} took {} ms, cache hit\n",
                stamp, random() % 8, 40 + random() % 200, i / 40, random() % 100000, random() % 5000, static_cast<double>(random() % 100000) / 7.0, random() % 900);
        } else if (kind < 980) {
            fmt::format_to(std::back_inserter(lines), "checking reading-{:05}.json\n", random() % 100000);
        } else if (kind < 995) {
            fmt::format_to(std::back_inserter(lines), "{} WARNING process003 score:28 reading-{:03}.json comes over a slow link\n", stamp, random() % 1000);
        } else if (kind < 999) {
            fmt::format_to(std::back_inserter(lines), "{} ERROR process002 score:30 mini-batch {} failed after {} tries: TimeoutError: the station gave no answer\n",
                stamp, i / 40, random() % 9);
        } else {
            lines += "KeyError: 'station'\n";
        }
        if (lines.size() > (1U << 20)) {
            file << lines;
            written += lines.size();
            lines.clear();
        }
    }
    file << lines;
}

/// Peak of this process's memory since it began, MB.
double peakMegabytes()
{
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmHWM:")) {
            return std::stod(line.substr(6)) * 1024 / kMegabyte;
        }
    }
    return 0;
}

struct Found {
    LineSet lines;
    double seconds = 0;
    double firstMilliseconds = 0; // until the first turn's answer
};

/// As the log page asks: turns that begin small and grow.
Found search(const std::filesystem::path& file, std::uint64_t size, const LogQuery& query)
{
    Found found;
    const double begin = monotonicSeconds();
    std::uint64_t turn = 1U << 20;
    for (std::uint64_t at = 0; at < size; turn = std::min<std::uint64_t>(turn * 2, 32U << 20)) {
        const auto one = scanLines(file, at, size, turn, query, true, {});
        if (!one || one->end == at) {
            break;
        }
        for (const std::uint64_t line : one->lines) {
            found.lines.add(line);
        }
        if (at == 0) {
            found.firstMilliseconds = (monotonicSeconds() - begin) * 1000;
        }
        at = one->end;
    }
    found.seconds = monotonicSeconds() - begin;
    return found;
}

} // namespace

int main(int argc, char** argv)
{
    const auto folder = bench::folderFor("log");
    const std::uint64_t bytes = std::stoull(bench::option(argc, argv, "mib", "3147")) << 20;
    const auto parts = static_cast<std::uint32_t>(std::stoul(bench::option(argc, argv, "files", "8")));
    const auto file = folder / "log.txt";
    writeLog(file, bytes, 1);
    const std::uint64_t size = std::filesystem::file_size(file);

    double begin = monotonicSeconds();
    const auto screen = linesFrom(file, 0, size, 60, 8192);
    const double first = (monotonicSeconds() - begin) * 1000;
    begin = monotonicSeconds();
    const auto lastLine = lineBegin(file, size, 60);
    const auto tail = linesFrom(file, lastLine.value_or(0), size, 60, 8192);
    const double last = (monotonicSeconds() - begin) * 1000;
    if (!screen || !tail) {
        fmt::print(stderr, "the log cannot be read\n");
        return 1;
    }
    fmt::print("{:.2f} GB. First screen at the begin {:.2f} ms, at the end {:.2f} ms (floor 100)\n", static_cast<double>(size) / 1e9, first, last);

    begin = monotonicSeconds();
    LineIndex index;
    while (index.size() < size) {
        if (const auto changed = index.extend(file, 16U << 20); !changed || !*changed) {
            break;
        }
    }
    const double indexed = static_cast<double>(size) / kMegabyte / (monotonicSeconds() - begin);
    fmt::print("index of {} lines: {:.0f} MB/s (floor 500)\n", index.lines(), indexed);

    std::string json = fmt::format("\"first_screen_ms\":{:.2f},\"last_screen_ms\":{:.2f},\"index_mb_s\":{:.0f}", first, last, indexed);
    double slowest = 1e9;
    for (const char* expression : { "ERROR", "timeouterror", R"(mini-batch \d+ failed after [3-5] tries)", "key ?error.*station",
             "TimeoutError|KeyError|Traceback|MemoryError|Killed", R"(rows=4[0-9]{3} mean=.*took 8\d\d ms)", R"(\d{4}\.json$)", "took",
             R"("ERROR" and not "after [0-4] tries")" }) {
        const auto query = LogQuery::parse(expression);
        const Found found = search(file, size, *query);
        const double rate = static_cast<double>(size) / kMegabyte / found.seconds;
        slowest = std::min(slowest, rate);
        fmt::print("  {:<52} {:>5.0f} MB/s   first hits after {:5.1f} ms   {:>9} lines in {:.1f} MB\n", expression, rate, found.firstMilliseconds,
            found.lines.size(), static_cast<double>(found.lines.bytes()) / kMegabyte);
    }
    fmt::print("slowest expression {:.0f} MB/s (floor 400)\n", slowest);

    // A filter through which most lines go, and a jump into its middle.
    const Found most = search(file, size, *LogQuery::parse("info"));
    begin = monotonicSeconds();
    const auto middle = linesFrom(file, most.lines.at(most.lines.size() / 2), size, 1, 8192);
    const double jump = (monotonicSeconds() - begin) * 1000;
    fmt::print("filter: {} of {} lines at {:.0f} MB/s, in {:.1f} MB; a jump to its middle {:.3f} ms\n", most.lines.size(), index.lines(),
        static_cast<double>(size) / kMegabyte / most.seconds, static_cast<double>(most.lines.bytes()) / kMegabyte, jump);
    const double memory = peakMegabytes();
    fmt::print("peak memory {:.0f} MB (bound 600)\n", memory);
    std::filesystem::remove(file);

    std::vector<std::filesystem::path> files;
    LogMerger merger;
    for (std::uint32_t i = 0; i < parts; ++i) {
        files.push_back(folder / fmt::format("part{}.txt", i));
        writeLog(files.back(), bytes / parts, i + 2);
        merger.addFile(files.back(), 0);
    }
    begin = monotonicSeconds();
    MergedRows merged;
    while (merger.turn(merged, 100000, 0, true)) { }
    const double mergeSeconds = monotonicSeconds() - begin;
    fmt::print("{} files in one order of time: {} lines in {:.1f} s, {:.0f} MB/s, kept in {:.0f} MB\n", parts, merged.size(), mergeSeconds,
        static_cast<double>(size) / kMegabyte / mergeSeconds, static_cast<double>(merged.bytes()) / kMegabyte);
    begin = monotonicSeconds();
    const auto scanned = scanMerged(merged, files, 0, merged.size(), *LogQuery::parse("ERROR"), {});
    const double scanSeconds = monotonicSeconds() - begin;
    fmt::print("a search through that: {} lines at {:.0f} MB/s\n", scanned.rows.size(), static_cast<double>(size) / kMegabyte / scanSeconds);
    const double peak = peakMegabytes();
    fmt::print("peak memory {:.0f} MB (bound 600)\n", peak);
    for (const auto& part : files) {
        std::filesystem::remove(part);
    }
    json += fmt::format(",\"regex_slowest_mb_s\":{:.0f},\"merge_mb_s\":{:.0f},\"merged_regex_mb_s\":{:.0f},\"memory_mb\":{:.0f}", slowest,
        static_cast<double>(size) / kMegabyte / mergeSeconds, static_cast<double>(size) / kMegabyte / scanSeconds, peak);
    fmt::print("{{{}}}\n", json);
    return indexed >= 500 && slowest >= 400 && first < 100 && last < 100 && peak < 600 ? 0 : 2;
}
