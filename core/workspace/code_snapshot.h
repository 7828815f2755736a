// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sheaf::workspace {

/// What a snapshot took along.
struct CodeSnapshot
{
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string>
        warnings; // links that lead out or in circles, a folder that is very large
};

/// Copies what `code` is (a folder, or one file) into the folder `to`, which is made: the run works
/// on this copy, and the user may go on editing. Left out: what .amlignore says (else .gitignore;
/// files of that name in sub-folders count too), and always .git and .sheaf. A link to something
/// inside is copied as what it points to; one that leads out stays a link. "" makes an empty
/// folder. Shares blocks with the original where the file system can. Any thread.
[[nodiscard]] Result<CodeSnapshot> takeCodeSnapshot(
    const std::filesystem::path& code, const std::filesystem::path& to);

/// Files of `code` as it is now that its earlier `snapshot` has not, or has with other bytes: relative paths in order. Of what only the
/// snapshot has just Python sources are told, as gone: scripts write other files there. Reads both; any thread.
[[nodiscard]] Result<std::vector<std::string>> changedCode(
    const std::filesystem::path& code, const std::filesystem::path& snapshot);

/// Files that two snapshots have not both, or with other bytes: relative paths in order. A run works in its snapshot, so what was written into one
/// after `firstMicros` or `secondMicros` (0: whenever) is none of the code; neither is what the interpreter keeps beside its sources. NotFound when
/// one of them is not there. Reads both; any thread.
[[nodiscard]] Result<std::vector<std::string>> differentCode(
    const std::filesystem::path& first, std::int64_t firstMicros, const std::filesystem::path& second, std::int64_t secondMicros);

} // namespace sheaf::workspace
