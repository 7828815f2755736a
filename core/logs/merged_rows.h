// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace sheaf::logs {

/// A line of one of several files, in their common order.
struct MergedRow {
    std::uint32_t file = 0; // number of the source
    std::uint64_t begin = 0; // of the line in it
    std::int64_t timeMicros = 0;
};

/// The lines of several files in the order of time, packed: some five bytes a line, whatever the lines hold. Only grows. A value that is
/// cheap to copy (full pieces are shared and never change), so it is handed between threads as it is.
class MergedRows
{
public:
    /// Rows must come in the order of time, those of one file in the order of the file.
    void add(const MergedRow& row);
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    [[nodiscard]] std::vector<MergedRow> rows(std::uint64_t first, std::size_t count) const;
    /// The first row at or after this time; size() when all are before.
    [[nodiscard]] std::uint64_t rowAt(std::int64_t timeMicros) const;
    /// The row of the line of `file` that holds byte `offset`. Some milliseconds in tens of millions.
    [[nodiscard]] std::optional<std::uint64_t> rowOf(std::uint32_t file, std::uint64_t offset) const;
    [[nodiscard]] std::int64_t lastMicros() const { return m_last; }
    [[nodiscard]] std::uint64_t bytes() const;

private:
    static constexpr std::uint64_t kBlock = 128;
    static constexpr std::uint64_t kPiece = 16384;
    struct Block {
        std::int64_t timeMicros = 0; // of its first row
        std::uint32_t at = 0;
    };
    struct Piece {
        std::vector<Block> blocks;
        std::vector<std::uint8_t> packed;
        std::vector<std::pair<std::uint32_t, std::uint64_t>> firsts; // file → begin of its first line here
    };
    [[nodiscard]] std::uint64_t pieces() const { return m_full.size() + (m_open.blocks.empty() ? 0 : 1); }
    [[nodiscard]] const Piece& piece(std::uint64_t number) const { return number < m_full.size() ? *m_full[number] : m_open; }
    void decode(std::uint64_t piece, std::uint64_t block, std::vector<MergedRow>& into) const;

    std::vector<std::shared_ptr<const Piece>> m_full;
    Piece m_open;
    std::vector<std::pair<std::uint32_t, std::uint64_t>> m_inBlock; // file → begin of its last line in the open block
    std::uint64_t m_size = 0;
    std::int64_t m_last = 0;
    std::uint64_t m_fullBytes = 0;
};

} // namespace sheaf::logs
