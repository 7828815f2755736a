// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/json_rows.h"

#include "core/plan/file_bytes.h"
#include "core/plan/line_sink.h"

#include <algorithm>

namespace sheaf::plan {

namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

/// Counts rows as lines go by, and says when a mini-batch is full.
class RowCutter
{
public:
    RowCutter(std::string_view name,
        std::uint64_t rowsPerMiniBatch,
        LineSink& sink,
        std::uint64_t& rows,
        std::uint64_t begin)
        : m_name(name)
        , m_perMiniBatch(rowsPerMiniBatch)
        , m_sink(sink)
        , m_rows(rows)
        , m_firstRow(rows)
        , m_begin(begin)
    {
    }

    void takePiece(std::string_view piece)
    {
        m_lineHasText = m_lineHasText || piece.find_first_not_of(" \t\r") != std::string_view::npos;
    }
    void endLine(std::uint64_t behind)
    {
        m_rows += m_lineHasText ? 1 : 0;
        m_lineHasText = false;
        if (m_rows - m_firstRow == m_perMiniBatch) {
            endMiniBatch(behind);
        }
    }
    void endFile(std::uint64_t size)
    {
        endLine(size);
        if (m_rows > m_firstRow) {
            endMiniBatch(size);
        }
    }

private:
    void endMiniBatch(std::uint64_t end)
    {
        m_sink.addSlice(m_name, m_begin, end);
        m_sink.finishWithRow(m_firstRow);
        m_begin = end;
        m_firstRow = m_rows;
    }

    std::string_view m_name;
    std::uint64_t m_perMiniBatch;
    LineSink& m_sink;
    std::uint64_t& m_rows;
    std::uint64_t m_firstRow;
    std::uint64_t m_begin;
    bool m_lineHasText = false;
};

} // namespace

Result<void> planJsonRows(const std::string& path,
    std::string_view name,
    std::uint64_t rowsPerMiniBatch,
    PlanWatch& watch,
    LineSink& sink,
    std::uint64_t& rows,
    std::uint64_t& bytes)
{
    std::string buffer;
    auto file = FileBytes::open(path, buffer, watch);
    if (!file) {
        return tl::unexpected<Error>(file.error());
    }
    bytes += file->size();
    const auto head = file->at(0, kUtf8Mark.size());
    std::uint64_t offset = head && head->starts_with(kUtf8Mark) ? kUtf8Mark.size() : 0;
    RowCutter cutter(name, rowsPerMiniBatch, sink, rows, offset);
    while (offset < file->size()) {
        auto window = file->at(offset);
        if (!window) {
            return tl::unexpected<Error>(window.error());
        }
        const std::uint64_t windowEnd = offset + window->size();
        while (!window->empty()) {
            const std::size_t newline = std::min(window->find('\n'), window->size());
            cutter.takePiece(window->substr(0, newline));
            if (newline == window->size()) {
                break;
            }
            offset += newline + 1;
            cutter.endLine(offset);
            window->remove_prefix(newline + 1);
        }
        offset = windowEnd;
    }
    cutter.endFile(offset);
    return {};
}

} // namespace sheaf::plan
