// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/row_spool.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sheaf::runtime {

namespace {

constexpr std::size_t kWindow = 1U << 20;
/// From here on the kernel copies by itself; smaller spans go through one window of memory.
constexpr std::uint64_t kLargeSpan = 256U << 10;

/// Writes all bytes; 0 or errno.
int writeAll(int file, const char* bytes, std::size_t count)
{
    while (count > 0) {
        const ssize_t written = ::write(file, bytes, count);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return errno;
        }
        bytes += written;
        count -= static_cast<std::size_t>(written);
    }
    return 0;
}

/// Gathers small spans of the spool, which mostly lie side by side, and leaves large ones to the kernel.
class Assembler
{
public:
    Assembler(int from, int to)
        : m_from(from)
        , m_to(to)
    {
    }

    int add(RowSpan span)
    {
        if (span.begin == m_pending.end) {
            m_pending.end = span.end;
            return 0;
        }
        const int error = flush();
        m_pending = span;
        return error;
    }

    int flush()
    {
        const RowSpan span = std::exchange(m_pending, {});
        if (span.begin == span.end) {
            return 0;
        }
        return span.end - span.begin >= kLargeSpan ? copyLarge(span) : copySmall(span);
    }

    int finish()
    {
        const int error = flush();
        return error != 0 ? error : writeOut();
    }

private:
    int copyLarge(RowSpan span)
    {
        if (const int error = writeOut()) {
            return error;
        }
        auto from = static_cast<off_t>(span.begin);
        std::uint64_t left = span.end - span.begin;
        while (left > 0) {
            const ssize_t copied = ::copy_file_range(m_from, &from, m_to, nullptr, left, 0);
            if (copied < 0 && errno == EINTR) {
                continue;
            }
            if (copied <= 0) { // not on this file system: by hand
                return copied < 0 && errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP
                    ? errno
                    : copyByHand({ static_cast<std::uint64_t>(from), span.end });
            }
            left -= static_cast<std::uint64_t>(copied);
        }
        return 0;
    }

    int copyByHand(RowSpan span)
    {
        std::string block(kWindow, '\0');
        while (span.begin < span.end) {
            const auto wanted = std::min<std::uint64_t>(kWindow, span.end - span.begin);
            const ssize_t got = ::pread(m_from, block.data(), wanted, static_cast<off_t>(span.begin));
            if (got <= 0) {
                return got < 0 ? errno : EIO;
            }
            if (const int error = writeAll(m_to, block.data(), static_cast<std::size_t>(got))) {
                return error;
            }
            span.begin += static_cast<std::uint64_t>(got);
        }
        return 0;
    }

    int copySmall(RowSpan span)
    {
        const bool inWindow = span.begin >= m_windowBegin && span.end <= m_windowBegin + m_window.size();
        if (!inWindow) {
            // Reading ahead pays where spans follow one another; of a span somewhere else just its bytes are read.
            const bool goesOn = span.begin >= m_lastEnd && span.begin - m_lastEnd < kWindow / 2;
            const std::size_t wanted = goesOn ? kWindow : span.end - span.begin;
            m_window.resize(wanted);
            const ssize_t got = ::pread(m_from, m_window.data(), wanted, static_cast<off_t>(span.begin));
            if (got < 0) {
                return errno;
            }
            m_window.resize(static_cast<std::size_t>(got));
            m_windowBegin = span.begin;
            if (m_window.size() < span.end - span.begin) {
                return EIO; // the spool is shorter than its events say
            }
        }
        m_lastEnd = span.end;
        m_out.append(m_window, span.begin - m_windowBegin, span.end - span.begin);
        return m_out.size() >= kWindow ? writeOut() : 0;
    }

    int writeOut()
    {
        const int error = writeAll(m_to, m_out.data(), m_out.size());
        m_out.clear();
        return error;
    }

    int m_from;
    int m_to;
    RowSpan m_pending;
    std::string m_window;
    std::uint64_t m_windowBegin = 0;
    std::uint64_t m_lastEnd = 0;
    std::string m_out;
};

} // namespace

RowSpool::RowSpool(std::filesystem::path path, UniqueFd file, std::uint64_t size)
    : m_path(std::move(path))
    , m_file(std::move(file))
    , m_size(size)
{
}

Result<RowSpool> RowSpool::open(const std::filesystem::path& path)
{
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.isOpen()) {
        return failErrno(path.string(), errno);
    }
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    return RowSpool(path, std::move(file), size > 0 ? static_cast<std::uint64_t>(size) : 0);
}

Result<std::uint64_t> RowSpool::append(std::string_view rows)
{
    if (const int error = writeAll(m_file.get(), rows.data(), rows.size())) {
        // Nothing names the half; the next append must not land behind it unseen.
        if (::ftruncate(m_file.get(), static_cast<off_t>(m_size)) == 0) {
            ::lseek(m_file.get(), static_cast<off_t>(m_size), SEEK_SET);
        }
        return failErrno(m_path.string(), error);
    }
    const std::uint64_t begin = m_size;
    m_size += rows.size();
    return begin;
}

Result<void> assembleRows(const std::filesystem::path& spool, const std::vector<RowSpan>& rows,
    std::string_view header, const std::filesystem::path& output)
{
    const UniqueFd from(::open(spool.c_str(), O_RDONLY | O_CLOEXEC));
    if (!from.isOpen()) {
        return failErrno(spool.string(), errno);
    }
    const std::string temporary = output.string() + ".partial";
    const UniqueFd to(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!to.isOpen()) {
        return failErrno(temporary, errno);
    }
    const std::string headerLine = header.empty() ? "" : std::string(header) + "\n";
    int error = writeAll(to.get(), headerLine.data(), headerLine.size());
    Assembler assembler(from.get(), to.get());
    for (auto span = rows.begin(); span != rows.end() && error == 0; ++span) {
        error = span->begin == span->end ? 0 : assembler.add(*span);
    }
    if (error == 0) {
        error = assembler.finish();
    }
    if (error == 0 && ::fsync(to.get()) != 0) {
        error = errno;
    }
    if (error == 0 && ::rename(temporary.c_str(), output.c_str()) != 0) {
        error = errno;
    }
    if (error != 0) {
        ::unlink(temporary.c_str());
        return failErrno(output.string(), error);
    }
    return {};
}

Result<void> copyRows(
    const std::filesystem::path& from, const std::filesystem::path& spool, std::vector<RowSpan>& spans)
{
    const auto isEmpty = [](const RowSpan& span) { return span.begin == span.end; };
    if (std::all_of(spans.begin(), spans.end(), isEmpty)) {
        return {};
    }
    const UniqueFd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source.isOpen()) {
        return failErrno(from.string(), errno);
    }
    const UniqueFd target(::open(spool.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    const off_t end = !target.isOpen() ? -1 : ::lseek(target.get(), 0, SEEK_END);
    if (end < 0) {
        return failErrno(spool.string(), errno);
    }
    auto next = static_cast<std::uint64_t>(end);
    Assembler assembler(source.get(), target.get());
    int error = 0;
    for (auto span = spans.begin(); span != spans.end() && error == 0; ++span) {
        if (isEmpty(*span)) {
            continue;
        }
        error = assembler.add(*span);
        *span = { next, next + (span->end - span->begin) };
        next = span->end;
    }
    error = error != 0 ? error : assembler.finish();
    if (error == 0 && ::fsync(target.get()) != 0) {
        error = errno;
    }
    return error == 0 ? Result<void>() : Result<void>(failErrno(spool.string(), error));
}

} // namespace sheaf::runtime
