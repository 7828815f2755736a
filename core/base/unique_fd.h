// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <unistd.h>

#include <utility>

namespace sheaf {

/// A file descriptor that closes itself; -1 holds none. Moves, never copies.
class UniqueFd
{
public:
    UniqueFd() = default;
    explicit UniqueFd(int number)
        : m_number(number)
    {
    }
    UniqueFd(UniqueFd&& other) noexcept
        : m_number(std::exchange(other.m_number, -1))
    {
    }
    UniqueFd& operator=(UniqueFd&& other) noexcept
    {
        std::swap(m_number, other.m_number);
        return *this;
    }
    ~UniqueFd()
    {
        if (m_number >= 0) {
            ::close(m_number);
        }
    }

    [[nodiscard]] int get() const { return m_number; }
    [[nodiscard]] bool isOpen() const { return m_number >= 0; }

private:
    int m_number = -1;
};

} // namespace sheaf
