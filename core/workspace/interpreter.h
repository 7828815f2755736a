// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"

#include <filesystem>
#include <string>
#include <vector>

namespace sheaf::workspace {

/// A Python that can run workers.
struct Interpreter
{
    std::string path; // sys.executable: absolute, no shim
    std::string version; // "3.11.2"
};
BOOST_DESCRIBE_STRUCT(Interpreter, (), (path, version))

/// The interpreter of a run: `wanted` (--python), else SHEAF_PYTHON, else python3 on the path.
/// Asked once which executable it really is (a pyenv shim costs 0.1 s each time); the answer is
/// kept in `cacheFolder` until the file changes ("" keeps none). Fails with InterpreterMissing.
/// Starts a process; any thread.
[[nodiscard]] Result<Interpreter> findInterpreter(
    const std::string& wanted, const std::filesystem::path& cacheFolder);

/// Those of `packages` (names as conda or pip write them) that the interpreter lacks, in their
/// order. Empty when it cannot be asked.
[[nodiscard]] std::vector<std::string> missingPackages(
    const std::string& python, const std::vector<std::string>& packages);

/// The name that PEP 503 compares by: lower case, runs of - _ . are one dash; a version that
/// follows is cut off.
[[nodiscard]] std::string normalizedPackage(std::string_view name);

} // namespace sheaf::workspace
