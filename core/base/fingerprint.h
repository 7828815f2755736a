// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace sheaf {

/// Content hash (XXH3, 64 bits) of bytes given in pieces. Says "the same bytes", not "safe against an attacker".
class Fingerprint
{
public:
    Fingerprint();
    ~Fingerprint();
    Fingerprint(const Fingerprint&) = delete;
    Fingerprint& operator=(const Fingerprint&) = delete;

    void add(std::string_view bytes);
    [[nodiscard]] std::uint64_t value() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace sheaf
