// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Where Sheaf's own parts lie, and small file verbs that give a Result. The only place that knows the
/// install layout: environment override first, then installed, then the build tree.
namespace sheaf::paths {

namespace fs = std::filesystem;

/// Folder with sheaf, sheaf-run and sheaf-studio: that of the running program, or SHEAF_BIN_DIR.
[[nodiscard]] fs::path programDir();
[[nodiscard]] fs::path program(const std::string& name);
/// Folder to put on PYTHONPATH: holds sheaf_worker/ and azureml_user/. SHEAF_WORKER_DIR overrides.
[[nodiscard]] fs::path workerDir();
/// The library that formats rows of DataFrames for workers: built beside the programs, installed beside the worker package.
[[nodiscard]] fs::path rowsLibrary();
/// Program that ends what an agent leaves behind (core/worker/process_guard.h).
[[nodiscard]] fs::path guardProgram();
/// Folder with the samples. SHEAF_SAMPLES_DIR overrides.
[[nodiscard]] fs::path samplesDir();

[[nodiscard]] Result<std::string> readFile(const fs::path& path);
/// Its last bytes, however large it is; all of it when it is shorter.
[[nodiscard]] Result<std::string> readEnd(const fs::path& path, std::size_t atMost);
/// Writes beside `path`, then renames: readers see the old bytes or the new ones, never half.
[[nodiscard]] Result<void> writeFile(const fs::path& path, std::string_view bytes);
/// The same for a file that a user owns: a link stays one and what it leads to is written, the mode stays, and a file that was made read-only is
/// left alone (NoPermission), also by root: the rename would ask only the folder.
[[nodiscard]] Result<void> overwriteFile(const fs::path& path, std::string_view bytes);
[[nodiscard]] Result<void> makeDirs(const fs::path& path);

} // namespace sheaf::paths
