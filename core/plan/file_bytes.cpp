// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/file_bytes.h"

#include "core/plan/plan_watch.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sheaf::plan {

namespace {

constexpr std::size_t kFirstChunk = 8 * 1024;
constexpr std::size_t kLargestChunk = 256 * 1024; // stays in the cache between reading and scanning

} // namespace

FileBytes::FileBytes(
    int descriptor, std::uint64_t size, std::string path, std::string& buffer, PlanWatch& watch)
    : m_descriptor(descriptor)
    , m_size(size)
    , m_path(std::move(path))
    , m_buffer(&buffer)
    , m_watch(&watch)
    , m_chunk(kFirstChunk)
{
}

FileBytes::FileBytes(FileBytes&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_size(other.m_size)
    , m_path(std::move(other.m_path))
    , m_buffer(other.m_buffer)
    , m_watch(other.m_watch)
    , m_windowBegin(other.m_windowBegin)
    , m_windowSize(other.m_windowSize)
    , m_chunk(other.m_chunk)
{
}

FileBytes::~FileBytes()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

Result<FileBytes> FileBytes::open(const std::string& path, std::string& buffer, PlanWatch& watch)
{
    watch.setReading(path);
    if (watch.shouldStop()) {
        return PlanWatch::canceled();
    }
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return watch.unreadable(path, errno);
    }
    struct stat status
    {
    };
    const int statError = ::fstat(descriptor, &status) == 0 ? 0 : errno;
    if (statError != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return statError != 0 ? watch.unreadable(path, statError)
                              : watch.unreadable(path, "it is not a file");
    }
    return FileBytes(descriptor, static_cast<std::uint64_t>(status.st_size), path, buffer, watch);
}

Result<std::string_view> FileBytes::at(std::uint64_t offset, std::size_t atLeast)
{
    if (offset >= m_size) {
        return std::string_view();
    }
    const std::uint64_t windowEnd = m_windowBegin + m_windowSize;
    const std::uint64_t wanted = std::min<std::uint64_t>(offset + atLeast, m_size);
    if (offset >= m_windowBegin && wanted <= windowEnd) {
        const std::size_t from = static_cast<std::size_t>(offset - m_windowBegin);
        return std::string_view(*m_buffer).substr(from, m_windowSize - from);
    }
    if (m_watch->shouldStop()) {
        return PlanWatch::canceled();
    }
    const bool goesOn = m_windowSize > 0 && offset >= m_windowBegin && offset <= windowEnd;
    m_chunk = goesOn ? std::min(m_chunk * 2, kLargestChunk) : kFirstChunk;
    const auto length = static_cast<std::size_t>(
        std::min<std::uint64_t>(std::max(m_chunk, atLeast), m_size - offset));
    if (m_buffer->size() < length) {
        m_buffer->resize(std::max(length, kLargestChunk));
    }
    std::size_t got = 0;
    while (got < length) {
        const ssize_t count = ::pread(
            m_descriptor, m_buffer->data() + got, length - got, static_cast<off_t>(offset + got));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return m_watch->unreadable(m_path, errno);
        }
        if (count == 0) {
            return m_watch->unreadable(m_path, "it became shorter while it was read");
        }
        got += static_cast<std::size_t>(count);
    }
    m_windowBegin = offset;
    m_windowSize = length;
    return std::string_view(*m_buffer).substr(0, length);
}

} // namespace sheaf::plan
