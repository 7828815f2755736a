// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <string>

namespace sheaf::test {

/// Compares text with tests/data/golden/<name>; returns "" when equal, else what differs. SHEAF_BLESS=1 rewrites the file.
[[nodiscard]] std::string compareGolden(const std::string& name, const std::string& text);

} // namespace sheaf::test
