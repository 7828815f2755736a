// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/diagnostic.h"
#include "core/spec/yaml_node.h"

#include <string>
#include <string_view>
#include <vector>

namespace sheaf::spec {

/// The keys of a PATH: "jobs.score.mini_batch_size". A key that holds a dot (or an equals sign) stands in double quotes, `a."b.c".d`, where
/// \" and \\ are a quote and a backslash. A quote that is not closed before the next dot or the end is a character like others.
[[nodiscard]] std::vector<std::string> keysFromText(std::string_view path);
/// The way back: keys that need it are quoted.
[[nodiscard]] std::string textFromKeys(const std::vector<std::string>& keys);
/// Where the `=` of PATH=VALUE is, behind quoted keys; npos when there is none.
[[nodiscard]] std::size_t endOfPath(std::string_view word);

/// The VALUE of `--set PATH=VALUE` (also of `sheaf edit`): [list], {map}, else a scalar; what begins like a list or a map and is none is
/// a scalar of that text. It has no place in a file.
[[nodiscard]] YamlNode valueFromText(const std::string& text);

/// Lays `--set` words ("jobs.x.resources.instance_count=3") over the tree of a pipeline file, in
/// order; maps on the way are made. The value is read as a YAML value. The text of the file is not
/// touched.
void applyOverrides(YamlNode& root,
    const std::vector<std::string>& overrides,
    const std::string& file,
    std::vector<Diagnostic>& diagnostics);

} // namespace sheaf::spec
