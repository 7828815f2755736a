// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_scan.h"

#include "core/logs/line_reader.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <thread>

namespace sheaf::logs {

namespace {

constexpr std::uint64_t kPiece = 1U << 20; // stays in the processor's cache between reading and looking
constexpr std::uint64_t kLongest = 16U << 20;
constexpr std::uint64_t kWorthTwo = 8U << 20;

/// Lines that begin in [from, until); the last of them is read to its end, at most to `to`.
Result<ScanTurn> scanPart(const std::filesystem::path& file, std::uint64_t from, std::uint64_t until, std::uint64_t to, const LogQuery& query,
    bool unfinished, const std::stop_token& stop)
{
    ScanTurn turn;
    turn.end = from;
    auto reader = BlockReader::open(file, from);
    if (!reader) {
        return tl::unexpected<Error>(reader.error());
    }
    LogQuery::Scanner scanner(query);
    std::string kept; // of a line that goes on in the next piece
    std::uint64_t at = from;
    while (turn.end < until && !stop.stop_requested()) {
        const auto block = reader->next(std::min(to - at, kPiece));
        if (!block) {
            return tl::unexpected<Error>(block.error());
        }
        at += block->size();
        const bool over = block->empty() || at >= to;
        std::string_view bytes = *block;
        if (!kept.empty() || (over && unfinished)) {
            kept.append(bytes);
            bytes = kept;
        }
        std::size_t whole = bytes.size();
        if (!(over && unfinished) && bytes.size() < kLongest) {
            const void* newline = bytes.empty() ? nullptr : memrchr(bytes.data(), '\n', bytes.size());
            whole = newline == nullptr ? 0 : static_cast<std::size_t>(static_cast<const char*>(newline) - bytes.data()) + 1;
        }
        bool isCut = false; // lines behind it are another part's
        if (whole > 0) {
            if (turn.end + whole > until) {
                const std::size_t mine = until - turn.end;
                const std::size_t lineEnd = bytes.substr(0, whole).find('\n', mine - 1);
                isCut = lineEnd != std::string_view::npos && lineEnd + 1 < whole;
                whole = lineEnd == std::string_view::npos ? whole : lineEnd + 1;
            }
            scanner.linesIn(bytes.substr(0, whole), turn.end, turn.lines);
            turn.end += whole;
        }
        if (over || isCut) {
            turn.atEnd = over && !isCut;
            break;
        }
        std::string rest(bytes.substr(whole));
        kept = std::move(rest);
    }
    return turn;
}

/// The begin of the first line at or after `at`.
Result<std::uint64_t> nextLine(const std::filesystem::path& file, std::uint64_t at, std::uint64_t to)
{
    auto reader = BlockReader::open(file, at - 1);
    if (!reader) {
        return tl::unexpected<Error>(reader.error());
    }
    for (std::uint64_t place = at - 1; place < to;) {
        const auto block = reader->next(std::min<std::uint64_t>(to - place, 64U << 10));
        if (!block) {
            return tl::unexpected<Error>(block.error());
        }
        if (block->empty()) {
            break;
        }
        if (const std::size_t newline = block->find('\n'); newline != std::string_view::npos) {
            return place + newline + 1;
        }
        place += block->size();
    }
    return to;
}

} // namespace

Result<ScanTurn> scanLines(const std::filesystem::path& file, std::uint64_t from, std::uint64_t to, std::uint64_t atMost, const LogQuery& query,
    bool unfinished, const std::stop_token& stop)
{
    const std::uint64_t until = std::min(to, from + atMost);
    if (until - from < kWorthTwo || std::thread::hardware_concurrency() < 2) {
        return scanPart(file, from, until, to, query, unfinished, stop);
    }
    const auto middle = nextLine(file, from + (until - from) / 2, to);
    if (!middle) {
        return tl::unexpected<Error>(middle.error());
    }
    if (*middle >= until) {
        return scanPart(file, from, until, to, query, unfinished, stop);
    }
    Result<ScanTurn> second = ScanTurn {};
    Result<ScanTurn> first = ScanTurn {};
    {
        const std::jthread other([&] { second = scanPart(file, *middle, until, to, query, unfinished, stop); });
        first = scanPart(file, from, *middle, to, query, false, stop);
    }
    if (!first || !second || stop.stop_requested()) {
        return first ? second : first;
    }
    first->lines.insert(first->lines.end(), second->lines.begin(), second->lines.end());
    first->end = second->end;
    first->atEnd = second->atEnd;
    return first;
}

Result<std::uint64_t> countLines(const std::filesystem::path& file, std::uint64_t from, std::uint64_t to, const LogQuery& query)
{
    std::uint64_t count = 0;
    while (from < to) {
        const auto turn = scanLines(file, from, to, kPiece, query, false, {});
        if (!turn) {
            return tl::unexpected<Error>(turn.error());
        }
        count += turn->lines.size();
        if (turn->atEnd || turn->end == from) {
            break;
        }
        from = turn->end;
    }
    return count;
}

} // namespace sheaf::logs
