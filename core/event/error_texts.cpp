// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/error_texts.h"

#include "core/event/failure_groups.h"

#include <functional>

namespace sheaf::event {

namespace {

constexpr std::size_t kMostTexts = 20000;
constexpr std::size_t kMostKinds = 2 * kMostTexts; // with those whose details were left out
constexpr std::size_t kLongestText = 2000;

/// Its first bytes, cut between two characters.
std::string_view beginningOf(std::string_view text)
{
    if (text.size() <= kLongestText) {
        return text;
    }
    std::size_t end = kLongestText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return text.substr(0, end);
}

} // namespace

std::uint32_t ErrorTexts::find(std::string_view text) const
{
    const auto [begin, end] = m_numbers.equal_range(std::hash<std::string_view>()(text));
    for (auto place = begin; place != end; ++place) {
        if (m_texts[place->second - 1] == text) {
            return place->second;
        }
    }
    return 0;
}

std::uint32_t ErrorTexts::add(std::string_view text)
{
    m_texts.emplace_back(text);
    const auto number = static_cast<std::uint32_t>(m_texts.size());
    m_numbers.emplace(std::hash<std::string_view>()(text), number);
    return number;
}

std::uint32_t ErrorTexts::noteOf(std::string_view error)
{
    if (error.empty()) {
        return 0;
    }
    const std::string_view text = beginningOf(error);
    if (const std::uint32_t known = find(text); known != 0) {
        return known;
    }
    if (m_texts.size() < kMostTexts) {
        return add(text);
    }
    const std::string kind = withoutDetails(text);
    if (const std::uint32_t known = find(kind); known != 0) {
        return known;
    }
    return m_texts.size() < kMostKinds ? add(kind) : 0;
}

std::string_view ErrorTexts::text(std::uint32_t number) const
{
    return number == 0 || number > m_texts.size() ? std::string_view() : std::string_view(m_texts[number - 1]);
}

} // namespace sheaf::event
