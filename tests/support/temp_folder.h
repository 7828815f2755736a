// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sheaf::test {

/// A folder that is gone when the object is (kept when SHEAF_KEEP is set, and its path printed).
class TempFolder
{
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    /// Writes a file below the folder, with the folders it needs; returns its path.
    std::filesystem::path write(const std::filesystem::path& relative, std::string_view bytes) const;

private:
    std::filesystem::path m_path;
};

/// The bytes of a file; "" when it is not there.
[[nodiscard]] std::string readAll(const std::filesystem::path& path);

} // namespace sheaf::test
