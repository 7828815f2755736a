// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/line_set.h"

#include "core/logs/packed_number.h"

#include <algorithm>
#include <utility>

namespace sheaf::logs {

void LineSet::add(std::uint64_t number)
{
    if (m_size % kBlock == 0) {
        if (m_size % kPiece == 0 && m_size > 0) {
            m_open.packed.shrink_to_fit();
            m_fullBytes += m_open.packed.size() + m_open.blocks.size() * sizeof(Block);
            m_full.push_back(std::make_shared<const Piece>(std::exchange(m_open, {})));
        }
        m_open.blocks.push_back({ number, static_cast<std::uint32_t>(m_open.packed.size()) });
    } else {
        pack(m_open.packed, number - m_last);
    }
    m_last = number;
    ++m_size;
}

std::uint64_t LineSet::at(std::uint64_t place) const
{
    const Piece& of = piece(place / kPiece);
    const Block& block = of.blocks[place % kPiece / kBlock];
    std::uint64_t number = block.first;
    const std::uint8_t* at = of.packed.data() + block.at;
    for (std::uint64_t left = place % kBlock; left > 0; --left) {
        number += unpack(at);
    }
    return number;
}

std::uint64_t LineSet::placeOf(std::uint64_t number) const
{
    if (m_size == 0 || number > m_last) {
        return m_size;
    }
    // The last piece, then the last block, that begins before it.
    std::uint64_t low = 0;
    std::uint64_t high = m_open.blocks.empty() ? m_full.size() : m_full.size() + 1;
    while (high - low > 1) {
        const std::uint64_t middle = (low + high) / 2;
        (piece(middle).blocks.front().first < number ? low : high) = middle;
    }
    const Piece& of = piece(low);
    const auto behind = std::partition_point(of.blocks.begin(), of.blocks.end(), [number](const Block& block) { return block.first < number; });
    if (behind == of.blocks.begin()) {
        return low * kPiece;
    }
    const auto block = static_cast<std::uint64_t>(behind - of.blocks.begin()) - 1;
    std::uint64_t place = low * kPiece + block * kBlock;
    const std::uint64_t end = std::min(m_size, place + kBlock);
    std::uint64_t value = of.blocks[block].first;
    const std::uint8_t* at = of.packed.data() + of.blocks[block].at;
    while (value < number) {
        if (++place == end) {
            break;
        }
        value += unpack(at);
    }
    return place;
}

bool LineSet::holds(std::uint64_t number) const
{
    const std::uint64_t place = placeOf(number);
    return place < m_size && at(place) == number;
}

std::uint64_t LineSet::bytes() const
{
    return m_fullBytes + m_open.packed.size() + m_open.blocks.size() * sizeof(Block);
}

} // namespace sheaf::logs
