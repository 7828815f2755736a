// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/source_text.h"

#include <algorithm>

namespace sheaf::spec {

namespace {

/// Length of the UTF-8 character that begins at `at`, 0 when it is none (overlong and surrogates
/// included).
std::size_t characterLength(std::string_view bytes, std::size_t at)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char first = byte(at);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t length = first >= 0xF5 ? 0
        : first >= 0xF0                      ? 4
        : first >= 0xE0                      ? 3
        : first >= 0xC2                      ? 2
                                             : 0;
    if (length == 0 || at + length > bytes.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0) != 0x80) {
            return 0;
        }
    }
    const unsigned char second = byte(at + 1);
    const bool bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)
        || (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return bad ? 0 : length;
}

} // namespace

SourceText::SourceText(std::string file, std::string bytes)
    : m_file(std::move(file))
    , m_bytes(std::move(bytes))
    , m_hasBom(m_bytes.starts_with("\xEF\xBB\xBF"))
{
    m_lineStarts.push_back(0);
    for (std::size_t i = 0; i < m_bytes.size(); ++i) {
        const bool loneReturn
            = m_bytes[i] == '\r' && (i + 1 == m_bytes.size() || m_bytes[i + 1] != '\n');
        if (m_bytes[i] == '\n' || loneReturn) {
            m_lineStarts.push_back(i + 1);
        }
    }
}

std::string_view SourceText::line(int number) const
{
    if (number < 1 || number > lineCount()) {
        return {};
    }
    const auto index = static_cast<std::size_t>(number - 1);
    const std::size_t begin = m_lineStarts[index];
    std::size_t end = index + 1 < m_lineStarts.size() ? m_lineStarts[index + 1] : m_bytes.size();
    while (end > begin && (m_bytes[end - 1] == '\n' || m_bytes[end - 1] == '\r')) {
        --end;
    }
    return std::string_view(m_bytes).substr(begin, end - begin);
}

SourceRange SourceText::range(std::size_t begin, std::size_t end) const
{
    begin = std::min(begin, m_bytes.size());
    end = std::clamp(end, begin, m_bytes.size());
    const auto after = std::upper_bound(m_lineStarts.begin(), m_lineStarts.end(), begin);
    const std::size_t lineStart = *(after - 1);
    SourceRange range { begin, end, static_cast<int>(after - m_lineStarts.begin()), 1 };
    // The mark at the head of the first line is no character for people.
    for (std::size_t i = lineStart == 0 ? bodyOffset() : lineStart; i < begin; ++i) {
        if ((static_cast<unsigned char>(m_bytes[i]) & 0xC0) != 0x80) {
            ++range.column;
        }
    }
    return range;
}

std::optional<std::size_t> SourceText::firstBadByte() const
{
    for (std::size_t i = 0; i < m_bytes.size();) {
        const std::size_t length = characterLength(m_bytes, i);
        if (length == 0) {
            return i;
        }
        i += length;
    }
    return std::nullopt;
}

} // namespace sheaf::spec
