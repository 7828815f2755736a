// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/input_probe.h"

#include "core/plan/glob.h"

#include <algorithm>

namespace sheaf::pipeline {

namespace fs = std::filesystem;

namespace {

/// A folder of so many folders and no file is not looked through: planning will tell.
constexpr int kMostEntries = 20'000;

/// Whether a file below `folder` is matched; without `glob` any file counts.
bool anyFile(const fs::path& folder, const plan::Glob* glob)
{
    std::error_code error;
    int seen = 0;
    fs::recursive_directory_iterator it(folder, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
        if (++seen > kMostEntries) {
            return true;
        }
        std::error_code unknown;
        const bool isFolder = it->is_directory(unknown);
        if (unknown || (isFolder && it->is_symlink(unknown))) { // a link may lead in a circle: it is not followed here
            return true;
        }
        const std::string relative = it->path().lexically_relative(folder).generic_string();
        if (isFolder && glob != nullptr && !glob->mayMatchBelow(relative)) {
            it.disable_recursion_pending();
        }
        if (!isFolder && it->is_regular_file(unknown) && (glob == nullptr || glob->matches(relative))) {
            return true;
        }
    }
    return static_cast<bool>(error);
}

bool anyMatch(const fs::path& folder, const std::string& pattern)
{
    const std::size_t slash = pattern.rfind('/', pattern.find_first_of("*?["));
    const fs::path base = slash == std::string::npos ? folder : folder / pattern.substr(0, std::max<std::size_t>(slash, 1));
    const plan::Glob glob(slash == std::string::npos ? pattern : pattern.substr(slash + 1));
    std::error_code error;
    const fs::path place = fs::weakly_canonical(base, error);
    return !error && fs::is_directory(place, error) && anyFile(place, &glob);
}

} // namespace

bool hasFile(const fs::path& folder)
{
    return anyFile(folder, nullptr);
}

bool hasFile(const spec::MlTable& table)
{
    const fs::path folder = table.file.parent_path();
    return std::any_of(table.paths.begin(), table.paths.end(), [&](const spec::MlTablePath& path) {
        std::error_code error;
        const fs::path place = folder / path.value;
        if (fs::is_directory(place, error)) {
            return anyFile(fs::weakly_canonical(place, error), nullptr);
        }
        return plan::Glob::hasWildcard(path.value) && !fs::exists(place, error) ? anyMatch(folder, path.value) : true;
    });
}

} // namespace sheaf::pipeline
