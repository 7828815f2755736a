// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstdint>
#include <vector>

/// Numbers in seven bits a byte, small ones in one: what line sets and merged rows are packed in.
namespace sheaf::logs {

inline void pack(std::vector<std::uint8_t>& into, std::uint64_t number)
{
    while (number >= 0x80) {
        into.push_back(static_cast<std::uint8_t>(number | 0x80));
        number >>= 7;
    }
    into.push_back(static_cast<std::uint8_t>(number));
}

/// Moves `at` behind the number.
inline std::uint64_t unpack(const std::uint8_t*& at)
{
    std::uint64_t number = *at & 0x7F;
    for (int shift = 7; (*at++ & 0x80) != 0; shift += 7) {
        number |= static_cast<std::uint64_t>(*at & 0x7F) << shift;
    }
    return number;
}

} // namespace sheaf::logs
