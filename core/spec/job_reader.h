// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/file_texts.h"
#include "core/spec/job.h"
#include "core/spec/yaml_node.h"

#include <filesystem>
#include <string>
#include <vector>

namespace sheaf::spec {

class YamlFiles;

/// Reads a pipeline file and the component files that it names, with `--set` words laid over the
/// former. Checks every field for itself: known, of its type, in its range. Never throws, never
/// stops at the first problem; any thread. What fields mean together is for pipeline::resolve.
/// Files in `texts` are read as they are being edited. Who reads a file again and again keeps
/// `known`: component and environment files that did not change are not parsed again.
[[nodiscard]] JobFile readJob(const std::filesystem::path& file,
    const std::vector<std::string>& overrides = {},
    const SharedTexts& texts = {},
    YamlFiles* known = nullptr);
/// The same for a text that is in no file; component files are read beside it.
[[nodiscard]] JobFile readJobText(
    SourceText text, const std::vector<std::string>& overrides = {}, const SharedTexts& texts = {});

} // namespace sheaf::spec
