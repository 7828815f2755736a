// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/merged_rows.h"

#include "core/logs/packed_number.h"

#include <algorithm>

namespace sheaf::logs {

namespace {

using Begins = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

/// The entry of a file; few files write at one time, so looking through them is quick.
std::uint64_t* entryOf(Begins& begins, std::uint32_t file)
{
    for (auto& [number, begin] : begins) {
        if (number == file) {
            return &begin;
        }
    }
    return nullptr;
}

} // namespace

void MergedRows::add(const MergedRow& row)
{
    const std::int64_t time = std::max(m_last, row.timeMicros); // a late line of a run that goes on stands where it came
    if (m_size % kBlock == 0) {
        if (m_size % kPiece == 0 && m_size > 0) {
            m_open.packed.shrink_to_fit();
            m_fullBytes += m_open.packed.size() + m_open.blocks.size() * sizeof(Block);
            m_full.push_back(std::make_shared<const Piece>(std::exchange(m_open, {})));
        }
        m_open.blocks.push_back({ time, static_cast<std::uint32_t>(m_open.packed.size()) });
        m_inBlock.clear();
        m_last = time;
    }
    pack(m_open.packed, row.file);
    if (std::uint64_t* known = entryOf(m_inBlock, row.file)) {
        pack(m_open.packed, row.begin - *known);
        *known = row.begin;
    } else {
        pack(m_open.packed, row.begin);
        m_inBlock.emplace_back(row.file, row.begin);
        if (entryOf(m_open.firsts, row.file) == nullptr) {
            m_open.firsts.emplace_back(row.file, row.begin);
        }
    }
    pack(m_open.packed, static_cast<std::uint64_t>(time - m_last));
    m_last = time;
    ++m_size;
}

void MergedRows::decode(std::uint64_t number, std::uint64_t block, std::vector<MergedRow>& into) const
{
    into.clear();
    const Piece& of = piece(number);
    std::uint64_t left = std::min(kBlock, m_size - number * kPiece - block * kBlock);
    const std::uint8_t* at = of.packed.data() + of.blocks[block].at;
    std::int64_t time = of.blocks[block].timeMicros;
    Begins begins;
    for (; left > 0; --left) {
        const auto file = static_cast<std::uint32_t>(unpack(at));
        const std::uint64_t moved = unpack(at);
        std::uint64_t begin = moved;
        if (std::uint64_t* known = entryOf(begins, file)) {
            begin = *known += moved;
        } else {
            begins.emplace_back(file, begin);
        }
        time += static_cast<std::int64_t>(unpack(at));
        into.push_back({ file, begin, time });
    }
}

std::vector<MergedRow> MergedRows::rows(std::uint64_t first, std::size_t count) const
{
    std::vector<MergedRow> found;
    std::vector<MergedRow> block;
    const std::uint64_t end = std::min<std::uint64_t>(m_size, first + count);
    for (std::uint64_t at = first; at < end;) {
        decode(at / kPiece, at % kPiece / kBlock, block);
        for (std::uint64_t in = at % kBlock; in < block.size() && at < end; ++in, ++at) {
            found.push_back(block[in]);
        }
    }
    return found;
}

std::uint64_t MergedRows::rowAt(std::int64_t timeMicros) const
{
    if (m_size == 0 || m_last < timeMicros) {
        return m_size;
    }
    // The last block that begins before the time holds the row, or ends just before it.
    const auto timeOf = [this](std::uint64_t block) { return piece(block / (kPiece / kBlock)).blocks[block % (kPiece / kBlock)].timeMicros; };
    std::uint64_t low = 0;
    std::uint64_t high = (m_size + kBlock - 1) / kBlock;
    while (high - low > 1) {
        const std::uint64_t middle = (low + high) / 2;
        (timeOf(middle) < timeMicros ? low : high) = middle;
    }
    std::vector<MergedRow> block;
    decode(low * kBlock / kPiece, low * kBlock % kPiece / kBlock, block);
    const auto found = std::partition_point(block.begin(), block.end(), [timeMicros](const MergedRow& row) { return row.timeMicros < timeMicros; });
    return low * kBlock + static_cast<std::uint64_t>(found - block.begin());
}

std::optional<std::uint64_t> MergedRows::rowOf(std::uint32_t file, std::uint64_t offset) const
{
    // The last piece in which the file has a line that begins at or before the offset.
    for (std::uint64_t number = pieces(); number > 0; --number) {
        const Piece& of = piece(number - 1);
        const bool may = std::any_of(of.firsts.begin(), of.firsts.end(), [&](const auto& first) { return first.first == file && first.second <= offset; });
        if (!may) {
            continue;
        }
        std::optional<std::uint64_t> found;
        std::vector<MergedRow> block;
        for (std::uint64_t i = 0; i < of.blocks.size(); ++i) {
            decode(number - 1, i, block);
            for (std::size_t in = 0; in < block.size(); ++in) {
                if (block[in].file == file && block[in].begin <= offset) {
                    found = (number - 1) * kPiece + i * kBlock + in;
                }
            }
        }
        return found;
    }
    return std::nullopt;
}

std::uint64_t MergedRows::bytes() const
{
    return m_fullBytes + m_open.packed.size() + m_open.blocks.size() * sizeof(Block);
}

} // namespace sheaf::logs
