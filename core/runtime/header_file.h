// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/base/ids.h"
#include "core/base/unique_fd.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace sheaf::runtime {

/// The header line of a step whose run() gives DataFrames (--append_row_dataframe_header): that of its lowest mini-batch, whichever
/// answers first, so that the output is the same bytes each time. A file of lines [mini-batch, header] beside the spool, to which
/// each lower mini-batch adds one; synced by the journal before the event that it belongs to. Rank 0's thread.
class HeaderFile
{
public:
    /// Opens or makes the file; a last line that a crash cut off is dropped.
    [[nodiscard]] static Result<HeaderFile> open(const std::filesystem::path& file);

    /// True when it was written because no lower mini-batch has one.
    [[nodiscard]] Result<bool> keep(MiniBatchIndex miniBatch, std::string_view header);
    /// Without line end; "" when there is none.
    [[nodiscard]] std::string_view header() const;
    /// All that were written, by mini-batch.
    [[nodiscard]] const std::map<MiniBatchIndex, std::string>& all() const { return m_all; }
    [[nodiscard]] int descriptor() const { return m_file.get(); }

private:
    HeaderFile(std::filesystem::path path, UniqueFd file);
    std::filesystem::path m_path;
    UniqueFd m_file;
    std::map<MiniBatchIndex, std::string> m_all;
};

} // namespace sheaf::runtime
