// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sheaf::logs {

/// Bytes [begin, end) of a file.
struct LogSpan {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Appends to many log files: keeps the last used ones open, gathers small writes until flush() or 64 KiB, goes on at the end
/// of a file that is there already. Beyond the cap of a file its bytes are dropped, and one line in it says so. Owned by
/// the coordinator's host, one thread; only it writes the run's logs.
class LogWriter
{
public:
    static constexpr std::uint64_t kDefaultCap = 256ULL << 20;

    /// `cap` bytes a file at most; 0: no cap.
    explicit LogWriter(std::uint64_t cap = kDefaultCap);
    ~LogWriter(); // flushes
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    /// Where the bytes land; an empty span when they are dropped. Makes the folders of `path`. A failed write drops the file's
    /// gathered bytes and is told once here.
    [[nodiscard]] Result<LogSpan> append(const std::filesystem::path& path, std::string_view bytes);
    /// Hands everything gathered to the system.
    void flush();

private:
    struct File {
        int descriptor = -1;
        std::uint64_t size = 0; // with what is gathered
        std::string gathered;
        bool full = false;
        std::list<std::string>::iterator recent;
    };
    [[nodiscard]] Result<File*> open(const std::string& path);
    void write(File& file);
    void closeOldest();

    std::uint64_t m_cap;
    std::unordered_map<std::string, File> m_files;
    std::list<std::string> m_recent; // least recently used first
    std::list<std::string> m_unflushed;
};

} // namespace sheaf::logs
