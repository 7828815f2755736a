// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_writer.h"

#include "core/base/paths.h"
#include "core/base/program_log.h"
#include "core/base/text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

namespace sheaf::logs {

namespace {

constexpr std::size_t kMostOpen = 128;
constexpr std::size_t kGathered = 64U << 10;

} // namespace

LogWriter::LogWriter(std::uint64_t cap)
    : m_cap(cap)
{
}

LogWriter::~LogWriter()
{
    flush();
    for (auto& [path, file] : m_files) {
        ::close(file.descriptor);
    }
}

Result<LogWriter::File*> LogWriter::open(const std::string& path)
{
    if (const auto known = m_files.find(path); known != m_files.end()) {
        File& file = known->second;
        m_recent.splice(m_recent.end(), m_recent, file.recent);
        return &file;
    }
    if (m_files.size() >= kMostOpen) {
        closeOldest();
    }
    constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    int descriptor = ::open(path.c_str(), kFlags, 0666);
    if (descriptor < 0 && errno == ENOENT) {
        if (auto made = paths::makeDirs(std::filesystem::path(path).parent_path()); !made) {
            return tl::unexpected<Error>(made.error());
        }
        descriptor = ::open(path.c_str(), kFlags, 0666);
    }
    if (descriptor < 0) {
        return failErrno(path, errno);
    }
    File& file = m_files[path];
    file.descriptor = descriptor;
    const off_t size = ::lseek(descriptor, 0, SEEK_END);
    file.size = size > 0 ? static_cast<std::uint64_t>(size) : 0;
    file.full = m_cap > 0 && file.size >= m_cap;
    file.recent = m_recent.insert(m_recent.end(), path);
    return &file;
}

void LogWriter::closeOldest()
{
    const std::string oldest = m_recent.front();
    File& file = m_files[oldest];
    write(file);
    ::close(file.descriptor);
    m_recent.pop_front();
    m_files.erase(oldest);
}

Result<LogSpan> LogWriter::append(const std::filesystem::path& path, std::string_view bytes)
{
    auto opened = open(path.native());
    if (!opened) {
        return tl::unexpected<Error>(opened.error());
    }
    File& file = **opened;
    if (file.full) {
        return LogSpan { file.size, file.size };
    }
    const std::uint64_t begin = file.size;
    if (file.gathered.empty()) {
        m_unflushed.push_back(path.native());
    }
    const bool overCap = m_cap > 0 && file.size + bytes.size() > m_cap;
    file.gathered.append(bytes.substr(0, overCap ? m_cap - file.size : bytes.size()));
    file.size = begin + (overCap ? m_cap - begin : bytes.size());
    const LogSpan span { begin, file.size };
    if (overCap) {
        file.full = true;
        file.gathered += fmt::format(
            "\n[Sheaf keeps {} of a log file; what came after was dropped]\n", text::humanBytes(m_cap));
    }
    if (file.gathered.size() >= kGathered) {
        write(file);
    }
    return span;
}

void LogWriter::write(File& file)
{
    std::string_view left = file.gathered;
    while (!left.empty()) {
        const ssize_t written = ::write(file.descriptor, left.data(), left.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            programLog::error("a log file cannot be written: {}", errorSentence(failErrno("log", errno).value()));
            file.full = true; // a full disk: the logs stop, the run need not
            break;
        }
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    file.gathered.clear();
}

void LogWriter::flush()
{
    for (const auto& path : m_unflushed) {
        if (const auto known = m_files.find(path); known != m_files.end()) {
            write(known->second);
        }
    }
    m_unflushed.clear();
}

} // namespace sheaf::logs
