// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sheaf::logs {

namespace {

constexpr std::uint64_t kBlock = 1U << 20;

std::string_view withoutEnd(std::string_view line)
{
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
        line.remove_suffix(1);
    }
    return line;
}

} // namespace

BlockReader::BlockReader(std::string path, UniqueFd file, std::uint64_t at)
    : m_path(std::move(path))
    , m_file(std::move(file))
    , m_at(at)
{
}

Result<BlockReader> BlockReader::open(const std::filesystem::path& file, std::uint64_t from)
{
    UniqueFd descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor.isOpen()) {
        return failErrno(file.string(), errno);
    }
    return BlockReader(file.string(), std::move(descriptor), from);
}

BlockReader::Status BlockReader::status() const
{
    struct stat status { };
    if (::fstat(m_file.get(), &status) != 0) {
        return {};
    }
    return { static_cast<std::uint64_t>(status.st_size), static_cast<std::uint64_t>(status.st_ino),
        static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec };
}

bool BlockReader::readAt(std::uint64_t at, std::string& bytes) const
{
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t got = ::pread(m_file.get(), bytes.data() + filled, bytes.size() - filled, static_cast<off_t>(at + filled));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        filled += static_cast<std::size_t>(got);
    }
    return true;
}

Result<std::string_view> BlockReader::next(std::uint64_t atMost)
{
    if (m_block.size() < std::min(kBlock, atMost)) {
        m_block.resize(std::min(kBlock, atMost));
    }
    ssize_t got = -1;
    do {
        got = ::pread(m_file.get(), m_block.data(), std::min(kBlock, atMost), static_cast<off_t>(m_at));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return failErrno(m_path, errno);
    }
    m_at += static_cast<std::uint64_t>(got);
    return std::string_view(m_block.data(), static_cast<std::size_t>(got));
}

Result<void> eachLine(const std::filesystem::path& file, LineIndex::Place place, std::uint64_t end,
    const std::function<bool(std::uint64_t number, std::uint64_t begin, std::string_view bytes)>& line)
{
    auto blocks = BlockReader::open(file, place.offset);
    if (!blocks) {
        return tl::unexpected<Error>(blocks.error());
    }
    std::uint64_t number = place.line;
    std::uint64_t begin = place.offset;
    std::uint64_t at = place.offset;
    std::string kept; // of a line that goes on in the next block
    while (at < end) {
        const auto block = blocks->next(end - at);
        if (!block) {
            return tl::unexpected<Error>(block.error());
        }
        if (block->empty()) {
            break;
        }
        at += block->size();
        std::string_view rest = *block;
        for (std::size_t newline = rest.find('\n'); newline != std::string_view::npos; newline = rest.find('\n')) {
            std::string_view bytes = rest.substr(0, newline);
            const std::uint64_t next = at - rest.size() + newline + 1;
            if (!kept.empty()) {
                bytes = kept.size() < kBlock ? kept.append(bytes) : kept;
            }
            if (!line(number, begin, withoutEnd(bytes))) {
                return {};
            }
            kept.clear();
            ++number;
            begin = next;
            rest.remove_prefix(newline + 1);
        }
        if (kept.size() < kBlock) {
            kept.append(rest);
        }
    }
    if (begin < at) {
        (void)line(number, begin, withoutEnd(kept));
    }
    return {};
}

Result<std::vector<Line>> linesFrom(
    const std::filesystem::path& file, std::uint64_t begin, std::uint64_t end, std::size_t count, std::size_t longest)
{
    constexpr std::uint64_t kScreen = 32U << 10;
    auto blocks = BlockReader::open(file, begin);
    if (!blocks) {
        return tl::unexpected<Error>(blocks.error());
    }
    std::vector<Line> lines;
    Line open;
    open.begin = begin;
    bool any = false; // bytes of the open line
    std::uint64_t at = begin;
    while (at < end && lines.size() < count) {
        const auto block = blocks->next(std::min(end - at, kScreen));
        if (!block) {
            return tl::unexpected<Error>(block.error());
        }
        if (block->empty()) {
            break;
        }
        std::string_view rest = *block;
        while (!rest.empty() && lines.size() < count) {
            const std::size_t newline = rest.find('\n');
            const std::string_view part = rest.substr(0, newline);
            const std::size_t room = longest - std::min(longest, open.bytes.size());
            open.isCut = open.isCut || part.size() > room;
            open.bytes.append(part.substr(0, room));
            any = true;
            at += newline == std::string_view::npos ? part.size() : part.size() + 1;
            if (newline == std::string_view::npos && open.bytes.size() >= longest && at - open.begin >= kBlock) {
                open.isCut = open.isLeft = true;
                lines.push_back(std::move(open));
                return lines;
            }
            rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
            if (newline != std::string_view::npos) {
                open.bytes.resize(withoutEnd(open.bytes).size());
                lines.push_back(std::exchange(open, {}));
                open.begin = at;
                any = false;
            }
        }
    }
    if (any && lines.size() < count) {
        open.isFinished = false;
        lines.push_back(std::move(open));
    }
    return lines;
}

Result<std::uint64_t> lineBegin(const std::filesystem::path& file, std::uint64_t offset, std::uint64_t back)
{
    constexpr std::uint64_t kMost = 16U << 20;
    auto blocks = BlockReader::open(file, 0);
    if (!blocks) {
        return tl::unexpected<Error>(blocks.error());
    }
    std::uint64_t left = back + 1; // line ends that are to be met
    std::uint64_t met = offset;
    std::uint64_t step = 8U << 10;
    for (std::uint64_t at = offset; at > 0; step = std::min<std::uint64_t>(step * 2, 1U << 20)) {
        const std::uint64_t begin = at - std::min(at, step);
        std::string bytes(at - begin, '\0');
        if (!blocks->readAt(begin, bytes)) {
            return fail(ErrorCode::Io, { { "path", file.string() }, { "reason", "it has become shorter" } });
        }
        std::string_view rest = bytes;
        while (const void* found = rest.empty() ? nullptr : memrchr(rest.data(), '\n', rest.size())) {
            const auto place = static_cast<std::size_t>(static_cast<const char*>(found) - rest.data());
            met = begin + place + 1;
            if (--left == 0) {
                return met;
            }
            rest = rest.substr(0, place);
        }
        at = begin;
        if (offset - at > kMost) {
            return met < offset ? met : at;
        }
    }
    return 0;
}

} // namespace sheaf::logs
