// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/job.h"
#include "core/spec/yaml_node.h"

#include <filesystem>
#include <string>
#include <vector>

namespace sheaf::spec {

/// Reads a pipeline file and the component files that it names, with `--set` words laid over the
/// former. Checks every field for itself: known, of its type, in its range. Never throws, never
/// stops at the first problem; any thread. What fields mean together is for pipeline::resolve.
[[nodiscard]] JobFile readJob(
    const std::filesystem::path& file, const std::vector<std::string>& overrides = {});
/// The same for text that is being edited and is not in the file yet; component files are read
/// beside `file`.
[[nodiscard]] JobFile readJobText(SourceText text, const std::vector<std::string>& overrides = {});

} // namespace sheaf::spec
