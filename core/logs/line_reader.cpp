// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
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

std::uint64_t BlockReader::fileSize() const
{
    struct stat status { };
    return ::fstat(m_file.get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Result<std::string_view> BlockReader::next(std::uint64_t atMost)
{
    m_block.resize(kBlock);
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

} // namespace sheaf::logs
