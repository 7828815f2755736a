// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Which lines of two texts differ, and three texts put together. Lines are compared with their line ends. Pure; any thread.
namespace sheaf::text {

/// Lines [beginBefore, endBefore) of one text became lines [beginAfter, endAfter) of the other; numbers from 0.
struct LineChange
{
    std::size_t beginBefore = 0;
    std::size_t endBefore = 0;
    std::size_t beginAfter = 0;
    std::size_t endAfter = 0;
    bool operator==(const LineChange&) const = default;
};

/// In order of place, not touching each other; none when the texts are equal.
[[nodiscard]] std::vector<LineChange> lineChanges(std::string_view before, std::string_view after);

/// Both changes of `base` in one text; nullopt when they touch the same lines or lines beside each other, unless they are the same change.
[[nodiscard]] std::optional<std::string> merged(std::string_view base, std::string_view mine, std::string_view theirs);

} // namespace sheaf::text
