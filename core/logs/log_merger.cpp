// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_merger.h"

#include "core/logs/line_reader.h"

#include <algorithm>
#include <fcntl.h>
#include <queue>
#include <sys/stat.h>
#include <unordered_map>
#include <utility>

namespace sheaf::logs {

namespace {

constexpr std::uint64_t kBuffers = 16U << 20; // of all files together
constexpr std::uint64_t kLongest = 1U << 20; // more of a line is not looked at
constexpr std::int64_t kPauseMicros = 5'000'000; // between two turns of who watches

std::int64_t microsOf(const struct statx_timestamp& time)
{
    return time.tv_sec * std::int64_t { 1'000'000 } + time.tv_nsec / 1000;
}

/// 0 when it is not known, or of no use.
std::int64_t madeMicros(const std::filesystem::path& path, std::int64_t beginMicros, std::int64_t endMicros)
{
    struct statx status {};
    if (::statx(AT_FDCWD, path.c_str(), 0, STATX_BTIME | STATX_MTIME, &status) != 0 || (status.stx_mask & STATX_BTIME) == 0) {
        return 0;
    }
    const std::int64_t made = microsOf(status.stx_btime);
    const bool isCopy = made > microsOf(status.stx_mtime) || (endMicros != 0 && made > endMicros);
    return beginMicros != 0 && made >= beginMicros && !isCopy ? made : 0;
}

std::uint64_t sizeOf(const std::filesystem::path& path)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : size;
}

std::string_view withoutEnd(std::string_view line)
{
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
        line.remove_suffix(1);
    }
    return line;
}

} // namespace

std::uint32_t LogMerger::addFile(std::filesystem::path path, std::int64_t beginMicros, std::int64_t endMicros)
{
    const std::int64_t made = madeMicros(path, beginMicros, endMicros);
    const std::uint64_t past = sizeOf(path);
    m_files.push_back({ std::move(path), {}, LineTimes(beginMicros, endMicros, made), {}, 0, 0, 0, 0, past, 0, false, false });
    return static_cast<std::uint32_t>(m_files.size() - 1);
}

void LogMerger::addRange(std::uint32_t file, const AttemptRange& range)
{
    m_files[file].ranges.add(range);
}

/// Looks for the end of the line at `begin`, reading on; what was looked at once is not looked at again.
bool LogMerger::findEnd(File& file) const
{
    const std::uint64_t size = std::clamp<std::uint64_t>(kBuffers / m_files.size(), 16U << 10, 512U << 10);
    for (;;) {
        if (file.searched < file.place + file.bytes.size()) {
            const std::size_t at = file.bytes.find('\n', file.searched - file.place);
            file.searched = file.place + (at == std::string::npos ? file.bytes.size() : at);
            if (at != std::string::npos) {
                file.end = file.searched + 1;
                return true;
            }
        }
        auto reader = BlockReader::open(file.path, file.searched);
        const auto block = reader ? reader->next(size) : Result<std::string_view>(std::string_view());
        if (!block || block->empty()) {
            return false;
        }
        if (file.searched - file.begin < kLongest) {
            file.bytes.erase(0, file.begin - file.place);
            file.place = file.begin;
            file.bytes.append(*block);
            continue;
        }
        const std::size_t at = block->find('\n'); // only the end is of interest still; what follows is read again
        file.searched += at == std::string_view::npos ? block->size() : at;
        if (at != std::string_view::npos) {
            file.end = file.searched + 1;
            return true;
        }
    }
}

/// Makes the next line wait; false when there is none (yet).
bool LogMerger::fetch(File& file, std::int64_t reached, bool unfinished)
{
    const bool found = findEnd(file);
    if (!found && (!unfinished || file.searched == file.begin || file.told)) {
        return false;
    }
    file.told = !found;
    file.end = found ? file.end : file.searched;
    const std::string_view line = std::string_view(file.bytes).substr(file.begin - file.place, std::min<std::uint64_t>(kLongest, file.end - file.begin));
    file.timeMicros = file.times.of(file.ranges, file.begin, line, file.begin < file.past ? 0 : reached);
    file.waits = true;
    return true;
}

bool LogMerger::turn(MergedRows& into, std::size_t atMost, std::int64_t reached, bool unfinished)
{
    if (reached > m_looked + kPauseMicros) {
        for (File& file : m_files) {
            file.past = std::max(file.past, sizeOf(file.path));
        }
    }
    m_looked = reached;
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
            into.add({ number, file.begin, file.timeMicros });
            file.begin = file.searched = file.end;
            if (file.begin > file.place + file.bytes.size()) { // behind a line that was not held
                file.bytes.clear();
                file.place = file.begin;
            }
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
        return !error && size < file.begin;
    });
}

std::size_t LogMerger::bytesHeld() const
{
    std::size_t bytes = 0;
    for (const File& file : m_files) {
        bytes += file.bytes.capacity();
    }
    return bytes;
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
