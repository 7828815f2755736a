// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

namespace sheaf::text {

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (;;) {
        const std::size_t end = text.find(separator, begin);
        parts.emplace_back(text.substr(begin, end - begin));
        if (end == std::string_view::npos) {
            return parts;
        }
        begin = end + 1;
    }
}

std::string_view trim(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\r\n\f\v";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string join(const std::vector<std::string>& parts, std::string_view separator)
{
    std::string all;
    for (const auto& part : parts) {
        if (&part != &parts.front()) {
            all += separator;
        }
        all += part;
    }
    return all;
}

std::string lower(std::string_view text)
{
    std::string all(text);
    std::transform(all.begin(), all.end(), all.begin(),
        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return all;
}

namespace {

/// The text without blanks around it and without a plus sign, which from_chars does not know; ""
/// when a second sign follows.
std::string_view numberText(std::string_view text)
{
    text = trim(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        return text.starts_with('-') ? std::string_view() : text;
    }
    return text;
}

} // namespace

std::optional<std::int64_t> toInt(std::string_view text)
{
    text = numberText(text);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc {} || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> toDouble(std::string_view text)
{
    text = numberText(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc {} || end != text.data() + text.size() || text.empty()
        || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::vector<std::string>> splitCommandLine(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    bool inWord = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == '\'') {
            if (c == '\'') {
                quote = 0;
            } else {
                word += c;
            }
        } else if (c == '\\' && i + 1 < text.size()) {
            const char next = text[i + 1];
            if (quote == '"' && next != '"' && next != '\\') {
                word += c; // as in a shell: inside double quotes only these two are escaped
            } else {
                if (next != '\n') {
                    word += next;
                }
                ++i;
            }
            inWord = true;
        } else if (quote == '"') {
            if (c == '"') {
                quote = 0;
            } else {
                word += c;
            }
        } else if (c == '"' || c == '\'') {
            quote = c;
            inWord = true;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (inWord) {
                words.push_back(std::move(word));
                word.clear();
                inWord = false;
            }
        } else {
            word += c;
            inWord = true;
        }
    }
    if (quote != 0) {
        return std::nullopt;
    }
    if (inWord) {
        words.push_back(std::move(word));
    }
    return words;
}

std::string humanBytes(std::uint64_t bytes)
{
    constexpr std::array<const char*, 5> kUnits { "B", "KiB", "MiB", "GiB", "TiB" };
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    // What would be shown as 1024.0 is 1.0 of the next unit; whole bytes are shown as they are.
    while ((unit == 0 ? value : std::round(value * 10) / 10) >= 1024 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string humanSeconds(double seconds)
{
    // Each border is where the rounded number would reach it: "1.0 s", never "1000 ms".
    if (std::round(seconds * 1000) < 1000) {
        return fmt::format("{:.0f} ms", seconds * 1000);
    }
    if (std::round(seconds * 10) < 600) {
        return fmt::format("{:.1f} s", seconds);
    }
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole < 3600) {
        return fmt::format("{} min {} s", whole / 60, whole % 60);
    }
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string humanCount(std::uint64_t count)
{
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, 1, ',');
    }
    return digits;
}

int editDistance(std::string_view a, std::string_view b)
{
    // Three rows of the usual table: the row before last is needed for swaps.
    std::vector<int> beforeLast(b.size() + 1);
    std::vector<int> last(b.size() + 1);
    std::vector<int> row(b.size() + 1);
    std::iota(last.begin(), last.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({ last[j] + 1, row[j - 1] + 1, change });
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
            }
        }
        std::swap(beforeLast, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::optional<std::string> nearest(
    std::string_view word, const std::vector<std::string>& candidates)
{
    std::optional<std::string> best;
    int least = std::max<int>(2, static_cast<int>(word.size()) / 3) + 1;
    const std::string wanted = lower(word);
    for (const auto& candidate : candidates) {
        const int distance = editDistance(wanted, lower(candidate));
        if (distance < least && distance < static_cast<int>(candidate.size())) {
            least = distance;
            best = candidate;
        }
    }
    return best;
}

} // namespace sheaf::text
