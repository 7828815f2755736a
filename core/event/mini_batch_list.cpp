// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/mini_batch_list.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>

namespace sheaf::event {

namespace {

std::optional<std::uint32_t> numberIn(std::string_view text)
{
    text = text::trim(text);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number) : std::nullopt;
}

} // namespace

MiniBatchList::MiniBatchList(std::vector<MiniBatchIndex> miniBatches)
{
    std::sort(miniBatches.begin(), miniBatches.end());
    for (const MiniBatchIndex miniBatch : miniBatches) {
        if (!m_ranges.empty() && miniBatch.value <= m_ranges.back().second + 1) {
            m_ranges.back().second = miniBatch.value;
        } else {
            m_ranges.emplace_back(miniBatch.value, miniBatch.value);
        }
    }
}

std::optional<MiniBatchList> MiniBatchList::parse(std::string_view text)
{
    MiniBatchList list;
    if (text::trim(text).empty()) {
        return list;
    }
    for (const auto& part : text::split(text, ',')) {
        const auto dash = part.find('-');
        const auto first = numberIn(std::string_view(part).substr(0, dash));
        const auto last = dash == std::string::npos ? first : numberIn(std::string_view(part).substr(dash + 1));
        if (!first || !last || *last < *first) {
            return std::nullopt;
        }
        list.m_ranges.emplace_back(*first, *last);
    }
    list.normalise();
    return list;
}

void MiniBatchList::normalise()
{
    std::sort(m_ranges.begin(), m_ranges.end());
    std::vector<std::pair<std::uint32_t, std::uint32_t>> merged;
    for (const auto& range : m_ranges) {
        if (!merged.empty() && range.first <= std::uint64_t { merged.back().second } + 1) {
            merged.back().second = std::max(merged.back().second, range.second);
        } else {
            merged.push_back(range);
        }
    }
    m_ranges = std::move(merged);
}

std::string MiniBatchList::text() const
{
    std::string text;
    for (const auto& [first, last] : m_ranges) {
        text += (text.empty() ? "" : ",") + std::to_string(first);
        if (last != first) {
            text += "-" + std::to_string(last);
        }
    }
    return text;
}

std::uint64_t MiniBatchList::count() const
{
    std::uint64_t count = 0;
    for (const auto& [first, last] : m_ranges) {
        count += std::uint64_t { last } - first + 1;
    }
    return count;
}

bool MiniBatchList::contains(MiniBatchIndex miniBatch) const
{
    const auto after = std::upper_bound(m_ranges.begin(), m_ranges.end(), miniBatch.value,
        [](std::uint32_t number, const auto& range) { return number < range.first; });
    return after != m_ranges.begin() && miniBatch.value <= std::prev(after)->second;
}

std::vector<MiniBatchIndex> MiniBatchList::all(std::uint32_t end) const
{
    std::vector<MiniBatchIndex> all;
    for (const auto& [first, last] : m_ranges) {
        for (std::uint64_t number = first; number <= last && number < end; ++number) {
            all.emplace_back(static_cast<std::uint32_t>(number));
        }
    }
    return all;
}

std::optional<std::uint32_t> MiniBatchList::last() const
{
    return m_ranges.empty() ? std::nullopt : std::optional(m_ranges.back().second);
}

} // namespace sheaf::event
