// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_merger.h"

#include "core/logs/line_reader.h"

#include <algorithm>
#include <queue>
#include <unordered_map>
#include <utility>

namespace sheaf::logs {

namespace {

constexpr std::uint64_t kBuffers = 16U << 20; // of all files together
constexpr std::uint64_t kLongest = 1U << 20; // more of a line is not looked at

std::string_view withoutEnd(std::string_view line)
{
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
        line.remove_suffix(1);
    }
    return line;
}

} // namespace

std::uint32_t LogMerger::addFile(std::filesystem::path path, std::int64_t beginMicros)
{
    m_files.push_back({ std::move(path), {}, LineTimes(beginMicros), {}, 0, 0, 0, 0, false, false });
    return static_cast<std::uint32_t>(m_files.size() - 1);
}

void LogMerger::addRange(std::uint32_t file, const AttemptRange& range)
{
    m_files[file].ranges.add(range);
}

/// Makes the next line wait; false when there is none (yet).
bool LogMerger::fetch(File& file, std::int64_t reached, bool unfinished)
{
    const std::uint64_t size = std::clamp<std::uint64_t>(kBuffers / m_files.size(), 16U << 10, 512U << 10);
    std::size_t end = file.bytes.find('\n', file.at);
    while (end == std::string::npos) {
        auto reader = BlockReader::open(file.path, file.place + file.bytes.size());
        const auto block = reader ? reader->next(size) : Result<std::string_view>(std::string_view());
        if (!block || block->empty()) {
            break;
        }
        file.bytes.erase(0, file.at);
        file.place += std::exchange(file.at, 0);
        const std::size_t known = file.bytes.size();
        file.bytes.append(*block);
        end = file.bytes.find('\n', known);
    }
    if (end == std::string::npos && (!unfinished || file.at == file.bytes.size() || file.told)) {
        return false;
    }
    file.told = end == std::string::npos;
    file.lineEnd = end == std::string::npos ? file.bytes.size() : end + 1;
    const std::string_view line = std::string_view(file.bytes).substr(file.at, std::min<std::uint64_t>(kLongest, file.lineEnd - file.at));
    file.timeMicros = file.times.of(file.ranges, file.place + file.at, line, reached);
    file.waits = true;
    return true;
}

bool LogMerger::turn(MergedRows& into, std::size_t atMost, std::int64_t reached, bool unfinished)
{
    using Next = std::pair<std::int64_t, std::uint32_t>; // time, file
    std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
    for (std::uint32_t i = 0; i < m_files.size(); ++i) {
        if (m_files[i].waits || fetch(m_files[i], reached, unfinished)) {
            queue.emplace(m_files[i].timeMicros, i);
        }
    }
    std::size_t added = 0;
    while (!queue.empty()) {
        const std::uint32_t number = queue.top().second;
        File& file = m_files[number];
        queue.pop();
        // As long as it stays the next one, the others need not be looked at.
        const auto isNext = [&] { return queue.empty() || Next(file.timeMicros, number) < queue.top(); };
        do {
            if (added++ == atMost) {
                return true;
            }
            into.add({ number, file.place + file.at, file.timeMicros });
            file.at = file.lineEnd;
            file.waits = false;
        } while (fetch(file, reached, unfinished) && isNext());
        if (file.waits) {
            queue.emplace(file.timeMicros, number);
        }
    }
    return false;
}

bool LogMerger::isOutdated() const
{
    return std::any_of(m_files.begin(), m_files.end(), [](const File& file) {
        std::error_code error;
        const auto size = std::filesystem::file_size(file.path, error);
        return !error && size < file.place + file.at;
    });
}

MergedScan scanMerged(const MergedRows& merged, const std::vector<std::filesystem::path>& paths, std::uint64_t from, std::uint64_t to,
    const LogQuery& query, const std::stop_token& stop)
{
    constexpr std::size_t kAtOnce = 4096;
    struct Buffer {
        std::string bytes;
        std::uint64_t place = 0;
    };
    std::unordered_map<std::uint32_t, Buffer> buffers;
    const std::uint64_t size = std::clamp<std::uint64_t>(kBuffers / std::max<std::size_t>(1, paths.size()), 32U << 10, 512U << 10);
    LogQuery::Scanner scanner(query);
    MergedScan scan;
    scan.end = from;
    const auto lineOf = [&](const MergedRow& row) -> std::string_view {
        Buffer& buffer = buffers[row.file];
        for (std::uint64_t wanted = size;; wanted *= 2) {
            const bool begins = row.begin >= buffer.place && row.begin < buffer.place + buffer.bytes.size();
            const std::size_t at = begins ? row.begin - buffer.place : 0;
            const std::size_t end = begins ? buffer.bytes.find('\n', at) : std::string::npos;
            if (end != std::string::npos) {
                return withoutEnd(std::string_view(buffer.bytes).substr(at, end - at));
            }
            if (begins && at == 0 && buffer.bytes.size() >= kLongest) {
                return buffer.bytes; // as much as is looked at
            }
            auto reader = BlockReader::open(paths[row.file], row.begin);
            const auto block = reader ? reader->next(wanted) : Result<std::string_view>(std::string_view());
            if (!block || block->empty()) {
                return {};
            }
            const bool more = !begins || at != 0 || block->size() > buffer.bytes.size();
            buffer.bytes.assign(*block);
            buffer.place = row.begin;
            if (!more) {
                return buffer.bytes; // its end has not been written
            }
        }
    };
    while (scan.end < to && !stop.stop_requested()) {
        for (const MergedRow& row : merged.rows(scan.end, std::min<std::uint64_t>(kAtOnce, to - scan.end))) {
            if (row.file < paths.size() && scanner.matches(lineOf(row))) {
                scan.rows.push_back(scan.end);
            }
            ++scan.end;
        }
    }
    return scan;
}

} // namespace sheaf::logs
