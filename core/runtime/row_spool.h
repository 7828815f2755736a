// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/base/unique_fd.h"
#include "core/runtime/attempts.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::runtime {

/// The rows of a step in the order they came: an append-only file outside the output folder, so no user code ever sees a half
/// output. Which bytes belong to which mini-batch is told by the events alone; bytes that no event names (the
/// coordinator died between the two) are never read. Rank 0's thread appends; its descriptor is synced by the journal.
class RowSpool
{
public:
    /// Opens or makes the file; goes on at its end.
    [[nodiscard]] static Result<RowSpool> open(const std::filesystem::path& file);

    /// Where the bytes begin. Fails with Io when the disk is full; the file then ends where it did.
    [[nodiscard]] Result<std::uint64_t> append(std::string_view rows);
    [[nodiscard]] int descriptor() const { return m_file.get(); }

private:
    RowSpool(std::filesystem::path path, UniqueFd file, std::uint64_t size);
    std::filesystem::path m_path;
    UniqueFd m_file;
    std::uint64_t m_size = 0;
};

/// Puts the rows of mini-batch 0, 1, 2, … together behind `header` (one line without its end, or "") as `output`, by one
/// rename of a finished file beside it. Any thread. `output`'s folder must be there.
[[nodiscard]] Result<void> assembleRows(const std::filesystem::path& spool, const std::vector<RowSpan>& rows,
    std::string_view header, const std::filesystem::path& output);

/// Copies rows of another run's spool behind those of `spool` and brings them to disk; `spans` then say where they lie there.
[[nodiscard]] Result<void> copyRows(
    const std::filesystem::path& from, const std::filesystem::path& spool, std::vector<RowSpan>& spans);

} // namespace sheaf::runtime
