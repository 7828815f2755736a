// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/resolver.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sheaf::workspace {

/// Is there room for the run on the file system of its folder (which need not exist)? A run keeps copies of its code folders; inputs are read
/// where they lie, whatever their mode, so they need none. Nothing, a warning, or an error when the disk is full. Walks through the code folders:
/// blocks, never on the main thread.
[[nodiscard]] std::vector<spec::Diagnostic> checkDisk(const pipeline::RunSpec& spec, const std::filesystem::path& runDir);

/// What is said of so many free bytes when `copies` bytes will be written at once. Pure.
[[nodiscard]] std::vector<spec::Diagnostic> diskFindings(
    std::uint64_t free, std::uint64_t copies, const std::filesystem::path& folder, const std::string& jobFile);

} // namespace sheaf::workspace
