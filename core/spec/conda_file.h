// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/yaml_node.h"

#include <string>
#include <vector>

namespace sheaf::spec {

/// Names of the packages that a conda environment asks for, of conda and of pip, without versions,
/// extras and channels; `python` and `pip` themselves are left out. In the order written, each
/// once.
[[nodiscard]] std::vector<std::string> condaPackages(const YamlNode& environment);

} // namespace sheaf::spec
