// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/ml_table.h"

#include <filesystem>

/// Is there anything to split? Asked before a run, so each look ends at the first file; what cannot be read counts as something, since
/// planning says more about it.
namespace sheaf::pipeline {

/// A file in the folder, at any depth.
[[nodiscard]] bool hasFile(const std::filesystem::path& folder);
/// A file that the `paths` of the table name.
[[nodiscard]] bool hasFile(const spec::MlTable& table);

} // namespace sheaf::pipeline
