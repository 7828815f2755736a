// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <string>
#include <string_view>

/// Names of runs: what is allowed, and a new one for a run that has none.
namespace sheaf::workspace {

/// Letters, digits, _ . and -, beginning with a letter or digit, at most 100; not "latest", which
/// means the newest run.
[[nodiscard]] bool isValidRunName(std::string_view name);
inline constexpr const char* kValidRunName
    = "allowed are up to 100 letters, digits, '_', '.' and '-', a letter or digit first, and not "
      "the word 'latest'";

/// "quiet_harbor_k3x9qd": adjective, noun, and a suffix of 30 random bits.
[[nodiscard]] std::string newRunName();

} // namespace sheaf::workspace
