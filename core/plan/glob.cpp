// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/glob.h"

#include "core/base/text.h"
#include "core/plan/plan_line.h"

#include <algorithm>

namespace sheaf::plan {

namespace {

constexpr std::string_view kDoubleStar = "**";

std::string_view character(std::string_view text, std::size_t at)
{
    const int length = utf8Length(text.substr(at));
    return text.substr(at, length > 0 ? static_cast<std::size_t>(length) : 1);
}

/// Is `wanted` in the set that begins at pattern[at] == '['? Sets `end` behind its ']'. A '[' that
/// is never closed is a letter.
bool inSet(std::string_view pattern, std::size_t at, std::string_view wanted, std::size_t& end)
{
    std::size_t i = at + 1;
    const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
    i += negated ? 1 : 0;
    const std::size_t close = pattern.find(']', i + 1);
    if (close == std::string_view::npos) {
        end = at + 1;
        return wanted == "[";
    }
    end = close + 1;
    bool found = false;
    while (i < close) {
        const std::string_view low = character(pattern, i);
        i += low.size();
        std::string_view high = low;
        if (i + 1 < close && pattern[i] == '-') {
            high = character(pattern, i + 1);
            i += 1 + high.size();
        }
        // UTF-8 sorts like its code points
        found = found || (low <= wanted && wanted <= high);
    }
    return found != negated;
}

bool matchesName(std::string_view pattern, std::string_view name)
{
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t starAt = std::string_view::npos;
    std::size_t starName = 0;
    while (n < name.size()) {
        const std::string_view letter = character(name, n);
        std::size_t next = p + 1;
        bool fits = false;
        if (p < pattern.size() && pattern[p] == '*') {
            starAt = p++;
            starName = n;
            continue;
        }
        if (p < pattern.size() && pattern[p] == '[') {
            fits = inSet(pattern, p, letter, next);
        } else if (p < pattern.size()) {
            const std::string_view wanted = character(pattern, p);
            fits = wanted == "?" || wanted == letter;
            next = p + wanted.size();
        }
        if (fits) {
            p = next;
            n += letter.size();
        } else if (starAt != std::string_view::npos) {
            p = starAt + 1;
            starName += character(name, starName).size();
            n = starName;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', std::min(p, pattern.size())) == std::string_view::npos;
}

} // namespace

Glob::Glob(std::string_view pattern)
{
    for (auto& segment : text::split(pattern, '/')) {
        if (!segment.empty() && segment != ".") {
            m_segments.push_back(std::move(segment));
        }
    }
}

bool Glob::hasWildcard(std::string_view text)
{
    return text.find_first_of("*?[") != std::string_view::npos;
}

void Glob::skipDoubleStars(std::vector<bool>& places) const
{
    for (std::size_t i = 0; i < m_segments.size(); ++i) {
        if (places[i] && m_segments[i] == kDoubleStar) {
            places[i + 1] = true;
        }
    }
}

/// Walks all ways at once: place i is true when the first i segments can have taken up the path so
/// far.
std::vector<bool> Glob::placesAfter(std::string_view path) const
{
    std::vector<bool> places(m_segments.size() + 1, false);
    places[0] = true;
    skipDoubleStars(places);
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        const std::string_view name = path.substr(0, slash);
        path.remove_prefix(std::min(slash + 1, path.size()));
        std::vector<bool> next(places.size(), false);
        for (std::size_t i = 0; i < m_segments.size(); ++i) {
            if (places[i] && m_segments[i] == kDoubleStar) {
                next[i] = true;
            } else if (places[i] && matchesName(m_segments[i], name)) {
                next[i + 1] = true;
            }
        }
        skipDoubleStars(next);
        places = std::move(next);
    }
    return places;
}

bool Glob::matches(std::string_view path) const
{
    return placesAfter(path).back();
}

bool Glob::mayMatchBelow(std::string_view folder) const
{
    const auto places = placesAfter(folder);
    return std::find(places.begin(), places.end() - 1, true) != places.end() - 1;
}

} // namespace sheaf::plan
