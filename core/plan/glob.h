// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sheaf::plan {

/// A file pattern of an MLTable: `*` and `?` within one name, `[abc]`, `[a-z]`, `[!a]`, and `**` as
/// a whole segment for any number of folders, none included. Names beginning with a dot are names
/// like others. A value.
class Glob
{
public:
    /// `pattern` is relative, "/"-separated; "." segments are passed over.
    explicit Glob(std::string_view pattern);

    [[nodiscard]] static bool hasWildcard(std::string_view text);
    [[nodiscard]] bool matches(std::string_view path) const;
    /// Could a file below this folder match? Saves reading folders for nothing.
    [[nodiscard]] bool mayMatchBelow(std::string_view folder) const;

private:
    [[nodiscard]] std::vector<bool> placesAfter(std::string_view path) const;
    void skipDoubleStars(std::vector<bool>& places) const;

    std::vector<std::string> m_segments;
};

} // namespace sheaf::plan
