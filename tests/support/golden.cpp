// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "tests/support/golden.h"

#include "tests/support/temp_folder.h"

#include <cstdlib>
#include <fstream>

namespace sheaf::test {

std::string compareGolden(const std::string& name, const std::string& text)
{
    const auto path = std::filesystem::path(SHEAF_TEST_DATA) / "golden" / name;
    if (std::getenv("SHEAF_BLESS") != nullptr) {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return {};
    }
    const std::string expected = readAll(path);
    if (expected == text) {
        return {};
    }
    return "differs from golden/" + name + " (SHEAF_BLESS=1 rewrites it)\n--- expected\n" + expected + "--- found\n" + text;
}

} // namespace sheaf::test
