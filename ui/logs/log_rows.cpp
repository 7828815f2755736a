// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/logs/log_rows.h"

#include "core/logs/line_reader.h"

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr std::size_t kLongestLine = 8192; // more of a line is not drawn; its end then says so
constexpr double kUsualLine = 100; // bytes, before any is known

} // namespace

void LogRows::showFile(std::filesystem::path file)
{
    *this = {};
    m_files.push_back(std::move(file));
}

void LogRows::showMerged(std::vector<std::filesystem::path> files)
{
    *this = {};
    m_isMerged = true;
    m_files = std::move(files);
}

double LogRows::lineLength() const
{
    return m_index.lines() > 0 ? static_cast<double>(m_index.size()) / static_cast<double>(m_index.lines()) : kUsualLine;
}

std::uint64_t LogRows::end() const
{
    return m_isMerged ? m_merged.size() : std::max(m_index.size(), m_fileSize);
}

std::uint64_t LogRows::allLines() const
{
    if (m_isMerged) {
        return m_merged.size();
    }
    return m_index.lines() + static_cast<std::uint64_t>(static_cast<double>(end() - m_index.size()) / lineLength());
}

std::uint64_t LogRows::count() const
{
    return m_filter ? m_filter->size() : allLines();
}

bool LogRows::isCounted() const
{
    return m_filter || m_isMerged || m_index.size() == end();
}

std::uint64_t LogRows::rowOf(std::uint64_t position) const
{
    if (m_filter) {
        return m_filter->placeOf(position);
    }
    if (m_isMerged) {
        return std::min(position, m_merged.size());
    }
    if (position >= m_index.size()) {
        return m_index.lines() + static_cast<std::uint64_t>(static_cast<double>(position - m_index.size()) / lineLength());
    }
    return logs::lineAt(file(), m_index, position).value_or(0);
}

std::uint64_t LogRows::positionOf(std::uint64_t row) const
{
    if (m_filter) {
        return row < m_filter->size() ? m_filter->at(row) : end();
    }
    if (m_isMerged) {
        return std::min(row, m_merged.size());
    }
    if (row < m_index.lines()) {
        return logs::beginOf(file(), m_index, row).value_or(m_index.before(row).offset);
    }
    const auto guess = m_index.size() + static_cast<std::uint64_t>(static_cast<double>(row - m_index.lines()) * lineLength());
    return guess >= end() ? end() : logs::lineBegin(file(), guess, 0).value_or(m_index.size());
}

std::uint64_t LogRows::positionNear(std::uint64_t row) const
{
    if (m_filter || m_isMerged) {
        return positionOf(row);
    }
    if (row < m_index.lines()) {
        return m_index.before(row).offset;
    }
    return std::min(end(), m_index.size() + static_cast<std::uint64_t>(static_cast<double>(row - m_index.lines()) * lineLength()));
}

std::uint64_t LogRows::moved(std::uint64_t position, std::int64_t rows) const
{
    if (m_filter || m_isMerged) {
        const auto row = static_cast<std::int64_t>(rowOf(position)) + rows;
        return positionOf(static_cast<std::uint64_t>(std::max<std::int64_t>(0, row)));
    }
    if (m_files.empty() || rows == 0) {
        return position;
    }
    if (isCounted() || position < m_index.size()) { // then what lies between need not be read, however long its lines are
        const auto row = std::max<std::int64_t>(0, static_cast<std::int64_t>(rowOf(position)) + rows);
        if (isCounted() || static_cast<std::uint64_t>(row) < m_index.lines()) {
            return positionOf(static_cast<std::uint64_t>(row));
        }
    }
    if (rows < 0) {
        return logs::lineBegin(file(), position, static_cast<std::uint64_t>(-rows)).value_or(0);
    }
    const auto lines = logs::linesFrom(file(), position, end(), static_cast<std::size_t>(rows) + 1, 0);
    if (!lines || lines->empty()) {
        return position;
    }
    return lines->size() > static_cast<std::size_t>(rows) || lines->back().isLeft ? lines->back().begin : end();
}

std::uint64_t LogRows::shownAt(std::uint64_t position) const
{
    return m_filter ? positionOf(m_filter->placeOf(position)) : position;
}

void LogRows::readPlain(std::uint64_t position, std::size_t count, std::vector<ShownLine>& into) const
{
    std::size_t left = count;
    for (std::optional<std::uint64_t> from = position; from && left > 0;) {
        auto lines = logs::linesFrom(file(), *from, end(), left, kLongestLine);
        if (!lines || lines->empty()) {
            return;
        }
        left -= lines->size();
        from = lines->back().isLeft ? m_index.placeAfter(lines->back().begin) : std::nullopt; // the begin of the next one, when it is known
        for (auto& line : *lines) {
            into.push_back({ line.begin, 0, line.begin, std::move(line.bytes), line.isCut, line.isFinished, 0 });
        }
    }
}

/// Lines of one file that stand together are read together, up to one that is too long: then the next is read where it begins.
void LogRows::readRows(const std::vector<logs::MergedRow>& rows, std::uint64_t first, std::vector<ShownLine>& into) const
{
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t last = i + 1;
        while (last < rows.size() && rows[last].file == rows[i].file) {
            ++last;
        }
        auto lines = rows[i].file < m_files.size() ? logs::linesFrom(m_files[rows[i].file], rows[i].begin, UINT64_MAX, last - i, kLongestLine)
                                                   : Result<std::vector<logs::Line>>(std::vector<logs::Line>());
        for (std::size_t in = 0; i < last; ++i, ++in) {
            if (lines && in > 0 && in == lines->size() && lines->back().isLeft) {
                break;
            }
            ShownLine shown { first + i, rows[i].file, rows[i].begin, {}, false, true, rows[i].timeMicros };
            if (lines && in < lines->size()) {
                shown.bytes = std::move((*lines)[in].bytes);
                shown.isCut = (*lines)[in].isCut;
            }
            into.push_back(std::move(shown));
        }
    }
}

std::vector<ShownLine> LogRows::read(std::uint64_t position, std::size_t count) const
{
    std::vector<ShownLine> lines;
    if (m_files.empty()) {
        return lines;
    }
    if (!m_filter) {
        if (m_isMerged) {
            readRows(m_merged.rows(position, count), position, lines);
        } else {
            readPlain(position, count, lines);
        }
        return lines;
    }
    const std::uint64_t first = m_filter->placeOf(position);
    for (std::uint64_t place = first; place < std::min(m_filter->size(), first + count); ++place) {
        const std::uint64_t at = m_filter->at(place);
        if (m_isMerged) {
            readRows(m_merged.rows(at, 1), at, lines);
        } else {
            readPlain(at, 1, lines);
        }
    }
    return lines;
}

std::optional<std::uint64_t> LogRows::lineNumber(std::uint64_t position) const
{
    if (m_isMerged || m_files.empty() || position >= m_index.size()) {
        return std::nullopt;
    }
    const auto line = logs::lineAt(file(), m_index, position);
    return line ? std::optional(*line) : std::nullopt;
}

} // namespace sheaf::ui
