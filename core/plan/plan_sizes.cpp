// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/plan_sizes.h"

#include "core/plan/line_content.h"

#include <algorithm>

namespace sheaf::plan {

void SizeCounter::count(std::uint64_t size)
{
    m_sizes.smallest = m_all.empty() ? size : std::min(m_sizes.smallest, size);
    m_sizes.largest = std::max(m_sizes.largest, size);
    m_all.push_back(size);
}

void SizeCounter::add(std::string_view line)
{
    const LineContent content = readLine(line, false);
    ++m_sizes.miniBatches;
    if (!content.hasSlices) {
        count(content.parts);
        return;
    }
    m_sizes.largestBytes = std::max(m_sizes.largestBytes, content.amount);
    if (content.firstRow < 0) {
        m_sizes.unit = SizeUnit::Bytes;
        count(content.amount);
        return;
    }
    m_sizes.unit = SizeUnit::Rows;
    if (m_row >= 0) {
        count(static_cast<std::uint64_t>(content.firstRow - m_row));
    }
    m_row = content.firstRow;
}

PlanSizes SizeCounter::finish(const PlanHeader& header)
{
    if (m_row >= 0) {
        count(header.items - static_cast<std::uint64_t>(m_row));
        m_row = -1;
    }
    if (header.tableFormat == TableFormat::Parquet || header.tableFormat == TableFormat::DeltaLake) {
        m_sizes.unit = SizeUnit::RowGroups;
        m_sizes.largestBytes = 0; // slices do not tell it
    }
    if (!m_all.empty()) {
        const auto middle = m_all.begin() + static_cast<std::ptrdiff_t>(m_all.size() / 2);
        std::nth_element(m_all.begin(), middle, m_all.end());
        m_sizes.median = *middle;
    }
    m_all = {};
    return m_sizes;
}

} // namespace sheaf::plan
