// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/line_sink.h"

#include "core/plan/plan_line.h"
#include "core/plan/plan_watch.h"

namespace sheaf::plan {

void LineSink::addFile(std::string_view path)
{
    m_line += m_parts++ == 0 ? R"({"files":[)" : ",";
    appendJsonText(m_line, path);
}

void LineSink::addSlice(std::string_view path, std::int64_t begin, std::int64_t end)
{
    m_line += m_parts++ == 0 ? R"({"slices":[[)" : ",[";
    appendJsonText(m_line, path);
    m_line += ',';
    m_line += std::to_string(begin);
    m_line += ',';
    m_line += std::to_string(end);
    m_line += ']';
}

void LineSink::finish()
{
    if (m_parts > 0) {
        m_line += "]}";
        hand();
    }
}

void LineSink::finishWithRow(std::uint64_t firstRow)
{
    if (m_parts > 0) {
        m_line += R"(],"row":)" + std::to_string(firstRow) + "}";
        hand();
    }
}

void LineSink::finishWithKey(
    const std::vector<std::string>& columns, const std::vector<std::string>& values)
{
    if (m_parts == 0) {
        return;
    }
    m_line += R"(],"key":{)";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        m_line += i == 0 ? "" : ",";
        appendJsonText(m_line, columns[i]);
        m_line += ':';
        appendJsonText(m_line, values[i]);
    }
    m_line += "}}";
    hand();
}

void LineSink::hand()
{
    m_line += '\n';
    m_fingerprint.add(m_line);
    m_onLine(std::string_view(m_line).substr(0, m_line.size() - 1));
    m_line.clear();
    m_parts = 0;
    ++m_count;
    m_watch.addMiniBatch();
}

} // namespace sheaf::plan
