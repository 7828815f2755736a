// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/logs/line_index.h"
#include "core/logs/line_set.h"
#include "core/logs/merged_rows.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sheaf::ui {

/// A line that is shown.
struct ShownLine {
    std::uint64_t position = 0; // see LogRows
    std::uint32_t file = 0;
    std::uint64_t begin = 0; // byte of it in the file
    std::string bytes;
    bool isCut = false;
    bool isFinished = true;
    std::int64_t timeMicros = 0; // 0: see LineTimes
};

/// What a LogView shows, as rows: one file, or several in one order of time; all lines, or those that a filter let through. A line is known by
/// its *position*: the byte where it begins in the one file, the number of its row among several. Positions stay when lines come and when
/// a filter goes, so the line under the eye does. A file is shown before anything is known of it: then rows are counted from what is known and
/// the rest is estimated. Reads the few lines it is asked for. A value; any thread.
class LogRows
{
public:
    void showFile(std::filesystem::path file);
    void showMerged(std::vector<std::filesystem::path> files);
    void setFiles(std::vector<std::filesystem::path> files) { m_files = std::move(files); } // more of them
    void setIndex(logs::LineIndex index) { m_index = std::move(index); }
    void setFileSize(std::uint64_t size) { m_fileSize = size; }
    void setMerged(logs::MergedRows merged) { m_merged = std::move(merged); }
    void setFilter(std::optional<logs::LineSet> filter) { m_filter = std::move(filter); }

    [[nodiscard]] bool isMerged() const { return m_isMerged; }
    [[nodiscard]] bool isFiltered() const { return m_filter.has_value(); }
    [[nodiscard]] const std::vector<std::filesystem::path>& files() const { return m_files; }
    [[nodiscard]] const logs::LineIndex& index() const { return m_index; }
    [[nodiscard]] const logs::MergedRows& merged() const { return m_merged; }
    [[nodiscard]] const std::optional<logs::LineSet>& filter() const { return m_filter; }

    /// Rows; an estimate until isCounted().
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] bool isCounted() const;
    /// All lines, whatever the filter.
    [[nodiscard]] std::uint64_t allLines() const;
    /// The position behind the last line.
    [[nodiscard]] std::uint64_t end() const;
    [[nodiscard]] std::uint64_t rowOf(std::uint64_t position) const;
    [[nodiscard]] std::uint64_t positionOf(std::uint64_t row) const;
    /// As positionOf(), to a hundred lines and without reading: for marks in a scroll bar.
    [[nodiscard]] std::uint64_t positionNear(std::uint64_t row) const;
    /// `rows` further down, or up when negative.
    [[nodiscard]] std::uint64_t moved(std::uint64_t position, std::int64_t rows) const;
    /// The line at a position or, when a filter hides it, the next one.
    [[nodiscard]] std::uint64_t shownAt(std::uint64_t position) const;
    [[nodiscard]] std::vector<ShownLine> read(std::uint64_t position, std::size_t count) const;
    /// Number of the line in its file, from 0; nothing while it is not known.
    [[nodiscard]] std::optional<std::uint64_t> lineNumber(std::uint64_t position) const;

private:
    [[nodiscard]] const std::filesystem::path& file() const { return m_files.front(); }
    [[nodiscard]] double lineLength() const;
    void readPlain(std::uint64_t position, std::size_t count, std::vector<ShownLine>& into) const;
    void readRows(const std::vector<logs::MergedRow>& rows, std::uint64_t first, std::vector<ShownLine>& into) const;

    bool m_isMerged = false;
    std::vector<std::filesystem::path> m_files;
    logs::LineIndex m_index;
    std::uint64_t m_fileSize = 0; // as far as it may be shown without an index
    logs::MergedRows m_merged;
    std::optional<logs::LineSet> m_filter; // of positions
};

} // namespace sheaf::ui
