// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/line_index.h"

#include "core/base/fingerprint.h"
#include "core/logs/line_reader.h"

#include <algorithm>
#include <cstring>

namespace sheaf::logs {

namespace {

constexpr std::uint64_t kKnown = 4096; // bytes of the begin and of the end that are compared

/// Hash of bytes [begin, end); 0 when they cannot be read.
std::uint64_t hashOf(const BlockReader& file, std::uint64_t begin, std::uint64_t end)
{
    std::string bytes(end - begin, '\0');
    if (!file.readAt(begin, bytes)) {
        return 0;
    }
    Fingerprint hash;
    hash.add(bytes);
    return hash.value();
}

} // namespace

LineIndex::Restart LineIndex::changeOf(const BlockReader& file) const
{
    const auto status = file.status();
    if (m_number == 0 || (status.number == m_number && status.size == m_fileSize && status.changedNanos == m_changed)) {
        return Restart::None;
    }
    if (status.number != m_number) {
        return Restart::Replaced;
    }
    if (status.size < m_size) {
        return Restart::Shorter;
    }
    const bool same = hashOf(file, 0, m_headSize) == m_head && hashOf(file, m_size - std::min(m_size, kKnown), m_size) == m_tail;
    return same ? Restart::None : Restart::Rewritten;
}

void LineIndex::remember(BlockReader& file)
{
    const auto status = file.status();
    m_number = status.number;
    m_changed = status.changedNanos;
    m_fileSize = std::max(status.size, m_size);
    m_headSize = std::min(m_size, kKnown);
    m_head = hashOf(file, 0, m_headSize);
    m_tail = hashOf(file, m_size - m_headSize, m_size);
}

Result<bool> LineIndex::extend(const std::filesystem::path& file, std::uint64_t atMost)
{
    auto blocks = BlockReader::open(file, m_size);
    if (!blocks) {
        const bool gone = blocks.error().code == ErrorCode::NotFound;
        const bool knew = m_number != 0;
        *this = {};
        m_restart = gone && knew ? Restart::Gone : Restart::None;
        return gone ? Result<bool>(knew) : tl::unexpected<Error>(blocks.error());
    }
    bool changed = false;
    const Restart restart = changeOf(*blocks);
    m_restart = restart;
    if (restart != Restart::None) {
        *this = {};
        m_restart = restart;
        blocks->goTo(0);
        changed = true;
    }
    const bool known = m_number != 0;
    const std::uint64_t end = m_size + atMost;
    const std::uint64_t from = m_size;
    while (m_size < end) {
        const auto block = blocks->next(end - m_size);
        if (!block) {
            return tl::unexpected<Error>(block.error());
        }
        if (block->empty()) {
            break;
        }
        const char* at = block->data();
        const char* stop = at + block->size();
        while (const void* found = std::memchr(at, '\n', static_cast<std::size_t>(stop - at))) {
            at = static_cast<const char*>(found) + 1;
            m_lastBegin = m_size + static_cast<std::uint64_t>(at - block->data());
            ++m_newlines;
            if (const Place& last = m_places.back(); m_newlines - last.line >= kStride || m_lastBegin - last.offset >= kSpan) {
                m_places.push_back({ m_newlines, m_lastBegin });
            }
        }
        m_size += block->size();
        changed = true;
    }
    if (changed || !known || m_size != from) {
        remember(*blocks);
    }
    return changed;
}

LineIndex::Place LineIndex::before(std::uint64_t line) const
{
    const auto behind
        = std::upper_bound(m_places.begin(), m_places.end(), line, [](std::uint64_t wanted, const Place& place) { return wanted < place.line; });
    return *std::prev(behind); // the first place is 0
}

LineIndex::Place LineIndex::beforeOffset(std::uint64_t offset) const
{
    const auto behind = std::upper_bound(
        m_places.begin(), m_places.end(), offset, [](std::uint64_t wanted, const Place& place) { return wanted < place.offset; });
    return *std::prev(behind);
}

std::optional<std::uint64_t> LineIndex::placeAfter(std::uint64_t offset) const
{
    const auto behind = std::upper_bound(
        m_places.begin(), m_places.end(), offset, [](std::uint64_t wanted, const Place& place) { return wanted < place.offset; });
    return behind == m_places.end() ? std::nullopt : std::optional(behind->offset);
}

bool LineIndex::mayExtend(const std::filesystem::path& file, const Seen& seen)
{
    const auto opened = BlockReader::open(file, 0);
    if (!opened) {
        return seen.number != 0;
    }
    const auto status = opened->status();
    return !seen.isWhole || status.number != seen.number || status.size != seen.size || status.changedNanos != seen.changedNanos;
}

Result<std::vector<std::string>> readLines(const std::filesystem::path& file, const LineIndex& index, std::uint64_t first,
    std::size_t count, std::size_t longest)
{
    std::vector<std::string> lines;
    const std::uint64_t end = std::min<std::uint64_t>(index.lines(), first + count);
    if (first >= end) {
        return lines;
    }
    const auto place = index.before(first);
    auto done = eachLine(file, place, index.size(), [&](std::uint64_t number, std::uint64_t, std::string_view bytes) {
        if (number >= first) {
            lines.emplace_back(bytes.substr(0, longest));
        }
        return number + 1 < end;
    });
    if (!done) {
        return tl::unexpected<Error>(done.error());
    }
    return lines;
}

namespace {

/// Calls `line(number, begin)` for each line that begins behind `place` and before byte `end`, as far as one place reaches, while it returns true.
template <class Line>
Result<void> eachBegin(const std::filesystem::path& file, LineIndex::Place place, std::uint64_t end, Line line)
{
    auto blocks = BlockReader::open(file, place.offset);
    if (!blocks) {
        return tl::unexpected<Error>(blocks.error());
    }
    constexpr std::uint64_t kAtOnce = 16U << 10; // it mostly suffices
    const std::uint64_t stop = std::min(end, place.offset + LineIndex::kSpan);
    for (std::uint64_t at = place.offset; at < stop;) {
        const auto block = blocks->next(std::min(stop - at, kAtOnce));
        if (!block) {
            return tl::unexpected<Error>(block.error());
        }
        if (block->empty()) {
            break;
        }
        for (std::size_t newline = block->find('\n'); newline != std::string_view::npos; newline = block->find('\n', newline + 1)) {
            if (const std::uint64_t begin = at + newline + 1; begin < end && !line(++place.line, begin)) {
                return {};
            }
        }
        at += block->size();
    }
    return {};
}

} // namespace

Result<std::uint64_t> beginOf(const std::filesystem::path& file, const LineIndex& index, std::uint64_t line)
{
    const auto place = index.before(line);
    std::uint64_t found = place.offset;
    if (place.line == line) {
        return found;
    }
    auto done = eachBegin(file, place, index.size(), [&](std::uint64_t number, std::uint64_t begin) {
        found = begin;
        return number < line;
    });
    if (!done) {
        return tl::unexpected<Error>(done.error());
    }
    return found;
}

Result<std::uint64_t> lineAt(const std::filesystem::path& file, const LineIndex& index, std::uint64_t offset)
{
    const std::uint64_t end = std::min(index.size(), offset + 1);
    const auto place = index.beforeOffset(end == 0 ? 0 : end - 1);
    std::uint64_t found = place.line;
    auto done = eachBegin(file, place, end, [&](std::uint64_t number, std::uint64_t) {
        found = number;
        return true;
    });
    if (!done) {
        return tl::unexpected<Error>(done.error());
    }
    return found;
}

} // namespace sheaf::logs
