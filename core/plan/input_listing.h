// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/plan/path_list.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::plan {

class Glob;
class PlanWatch;

/// Lists the files below `folder`, all depths, sorted by relative path by bytes with "/" between
/// the names, and appends them to `files`, each with `prefix` before it. With `glob` only files
/// whose path relative to `folder` matches. Links count as what they point to. Skipped with a
/// warning: a link that leads back to a parent folder, a link to nothing, and what is neither file
/// nor folder (sockets, pipes). Asks nothing about plain files, so it knows no sizes. Fails with
/// InputUnreadable (a folder cannot be read) or Canceled.
[[nodiscard]] Result<void> listFiles(const std::filesystem::path& folder,
    const Glob* glob,
    const std::string& prefix,
    PlanWatch& watch,
    PathList& files,
    std::vector<std::string>& warnings);

/// "" or "a/b/", and the name in it.
using OnFile = std::function<void(std::string_view folder, std::string_view name)>;

/// The same; each file is handed over as soon as its turn in the order has come. A folder has to be
/// read whole before its first one: the order of names is not that of the disk.
[[nodiscard]] Result<void> listFiles(const std::filesystem::path& folder,
    const Glob* glob,
    const std::string& prefix,
    PlanWatch& watch,
    const OnFile& onFile,
    std::vector<std::string>& warnings);

} // namespace sheaf::plan
