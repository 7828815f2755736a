// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace sheaf::logs {

/// Growing numbers, packed: where the lines begin that a search found or a filter let through. One or two bytes a line; any of them,
/// and the place of any offset among them, is found in about a microsecond. A value that is cheap to copy (full pieces are shared and never
/// change), so it is handed between threads as it is.
class LineSet
{
public:
    /// Numbers must come in growing order.
    void add(std::uint64_t number);
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    /// The number at `place` < size().
    [[nodiscard]] std::uint64_t at(std::uint64_t place) const;
    /// How many numbers are smaller: the place of the first that is not.
    [[nodiscard]] std::uint64_t placeOf(std::uint64_t number) const;
    [[nodiscard]] bool holds(std::uint64_t number) const;
    [[nodiscard]] std::uint64_t last() const { return m_last; }
    [[nodiscard]] std::uint64_t bytes() const;

private:
    static constexpr std::uint64_t kBlock = 64; // numbers between two that are written out
    static constexpr std::uint64_t kPiece = 16384;
    struct Block {
        std::uint64_t first = 0;
        std::uint32_t at = 0; // in `packed`: the differences of the others
    };
    struct Piece {
        std::vector<Block> blocks;
        std::vector<std::uint8_t> packed;
    };
    [[nodiscard]] const Piece& piece(std::uint64_t number) const { return number < m_full.size() ? *m_full[number] : m_open; }

    std::vector<std::shared_ptr<const Piece>> m_full;
    Piece m_open;
    std::uint64_t m_size = 0;
    std::uint64_t m_last = 0;
    std::uint64_t m_fullBytes = 0;
};

} // namespace sheaf::logs
