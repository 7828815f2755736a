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

BlockReader::BlockReader(std::string path, int file, std::uint64_t at)
    : m_path(std::move(path))
    , m_file(file)
    , m_at(at)
{
}

BlockReader::BlockReader(BlockReader&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_file(std::exchange(other.m_file, -1))
    , m_at(other.m_at)
    , m_block(std::move(other.m_block))
{
}

BlockReader& BlockReader::operator=(BlockReader&& other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_file, other.m_file);
    std::swap(m_at, other.m_at);
    std::swap(m_block, other.m_block);
    return *this;
}

BlockReader::~BlockReader()
{
    if (m_file >= 0) {
        ::close(m_file);
    }
}

Result<BlockReader> BlockReader::open(const std::filesystem::path& file, std::uint64_t from)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return failErrno(file.string(), errno);
    }
    return BlockReader(file.string(), descriptor, from);
}

std::uint64_t BlockReader::fileSize() const
{
    struct stat status { };
    return ::fstat(m_file, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Result<std::string_view> BlockReader::next(std::uint64_t atMost)
{
    m_block.resize(kBlock);
    ssize_t got = -1;
    do {
        got = ::pread(m_file, m_block.data(), std::min(kBlock, atMost), static_cast<off_t>(m_at));
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
