// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sheaf::plan {

class PlanWatch;

/// A file read through a window: memory stays the same however long it is. Borrows its buffer, so
/// that thousands of small files share one. Errors are InputUnreadable and Canceled.
class FileBytes
{
public:
    [[nodiscard]] static Result<FileBytes> open(
        const std::string& path, std::string& buffer, PlanWatch& watch);
    FileBytes(FileBytes&& other) noexcept;
    FileBytes& operator=(FileBytes&&) = delete;
    ~FileBytes();

    [[nodiscard]] std::uint64_t size() const { return m_size; }
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] PlanWatch& watch() const { return *m_watch; }
    /// The bytes from `offset` to the end of the window: `atLeast` of them, fewer only at the end
    /// of the file. A jump reads little, going on reads more and more. Valid until the next call.
    [[nodiscard]] Result<std::string_view> at(std::uint64_t offset, std::size_t atLeast = 1);

private:
    FileBytes(int descriptor,
        std::uint64_t size,
        std::string path,
        std::string& buffer,
        PlanWatch& watch);

    int m_descriptor;
    std::uint64_t m_size;
    std::string m_path;
    std::string* m_buffer;
    PlanWatch* m_watch;
    std::uint64_t m_windowBegin = 0;
    std::size_t m_windowSize = 0;
    std::size_t m_chunk;
};

} // namespace sheaf::plan
