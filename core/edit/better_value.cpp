// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/better_value.h"

#include "core/base/text.h"
#include "core/spec/validator.h"
#include "core/spec/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace sheaf::edit {

namespace {

using Values = std::vector<std::string>;

constexpr double kWide = 9e15; // whole numbers up to here are exact
constexpr double kWhole = 2147483647; // "of 1 or more" ends here

/// The number at the beginning of a text, and where it ends.
struct Leading
{
    double number = 0;
    std::size_t end = 0;
};

std::optional<Leading> leadingNumber(std::string_view text)
{
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !std::isfinite(number)) {
        return std::nullopt;
    }
    return Leading { number, static_cast<std::size_t>(end - text.data()) };
}

/// The number behind a word of allowedText(): " from 1 to 10".
std::optional<double> numberBehind(std::string_view allowed, std::string_view word)
{
    const std::size_t at = allowed.find(word);
    const auto found = at == allowed.npos ? std::nullopt : leadingNumber(allowed.substr(at + word.size()));
    return found ? std::optional(found->number) : std::nullopt;
}

/// allowedText() of a number, read back.
struct Range
{
    double low = -kWide;
    double high = kWide;
    bool whole = false;
    bool aboveLow = false;
    bool seconds = false;

    explicit Range(std::string_view allowed)
        : whole(allowed.starts_with("a whole number"))
        , aboveLow(allowed.find(" above ") != allowed.npos)
        , seconds(allowed.find("(seconds)") != allowed.npos)
    {
        const auto from = numberBehind(allowed, " from ");
        const auto open = numberBehind(allowed, " of ");
        const auto above = numberBehind(allowed, " above ");
        low = from ? *from : open ? *open : above.value_or(low);
        const auto to = from ? numberBehind(allowed, " to ") : numberBehind(allowed, " at most ");
        high = to.value_or(whole ? kWhole : high);
    }

    [[nodiscard]] std::string nearest(double number) const
    {
        const double least = aboveLow ? low + 1 : low;
        double inside = std::clamp(whole ? std::round(number) : number, std::min(least, high), high);
        if (aboveLow && number > low && !whole) {
            inside = std::min(number, high);
        }
        return std::floor(inside) == inside ? fmt::format("{:.0f}", inside) : fmt::format("{}", inside);
    }
};

double secondsIn(std::string_view unit)
{
    return unit.starts_with("m") && !unit.starts_with("ms") ? 60 : unit.starts_with("h") ? 3600 : unit.starts_with("d") ? 86400 : 1;
}

Values numbers(std::string_view text, std::string_view allowed, std::string_view byDefault)
{
    const Range range(allowed);
    std::string plain(text::trim(text));
    std::erase_if(plain, [](char c) { return c == ',' || c == '_' || c == '\'' || c == '"'; });
    if (const auto leading = leadingNumber(plain)) {
        const std::string unit = text::lower(text::trim(std::string_view(plain).substr(leading->end)));
        return { range.nearest(leading->number * (range.seconds ? secondsIn(unit) : 1)) };
    }
    const bool isOpen = range.low <= -kWide && !text.empty();
    return !byDefault.empty() ? Values { std::string(byDefault) } : isOpen ? Values {} : Values { range.nearest(1) };
}

Values sizes(std::string_view text)
{
    const std::string plain = text::lower(text::trim(text));
    const auto leading = leadingNumber(plain);
    if (!leading) {
        return { "1" };
    }
    const std::string unit(text::trim(std::string_view(plain).substr(leading->end)));
    const std::string word = unit.starts_with('k') ? "kb" : unit.starts_with('m') ? "mb" : unit.starts_with('g') ? "gb" : "";
    double number = std::max(leading->number, 0.0);
    std::string smaller = word;
    if (number != std::floor(number) && !word.empty()) {
        number = std::round(number * 1024);
        smaller = word == "gb" ? "mb" : word == "mb" ? "kb" : "";
    }
    const std::string value = fmt::format("{:.0f}{}", std::max(1.0, std::round(number)), smaller);
    return { spec::parseMiniBatchSize(value) ? value : "1" };
}

Values truthValues(std::string_view text)
{
    const std::string word = text::lower(text::trim(text));
    const auto near = text::nearest(word, { "true", "false", "yes", "no" });
    const char first = word.empty() ? ' ' : word.front();
    if ((near && spec::yamlBool(*near).value_or(false)) || first == '1' || first == 't' || first == 'y') {
        return { "true" };
    }
    if (near || first == '0' || first == 'f' || first == 'n') {
        return { "false" };
    }
    return { "true", "false" };
}

/// The nearest word; one that holds what was written or begins like it ("int" for integer); all of them when they are few.
Values words(std::string_view text, const Values& allowed)
{
    constexpr std::size_t kFew = 4;
    const std::string word = text::lower(text::trim(text));
    Values better;
    if (word.size() >= 3) {
        std::copy_if(allowed.begin(), allowed.end(), std::back_inserter(better), [&](const std::string& candidate) {
            const std::string lower = text::lower(candidate);
            return lower.find(word) != lower.npos || word.find(lower) != word.npos;
        });
    }
    if (const auto near = text::nearest(word, allowed); near && std::find(better.begin(), better.end(), *near) == better.end()) {
        better.insert(better.begin(), *near);
    }
    if (better.empty() && allowed.size() <= kFew) {
        better = allowed;
    }
    if (better.size() > kFew) {
        better.resize(kFew);
    }
    return better;
}

} // namespace

std::vector<std::string> wordsOf(std::string_view allowed)
{
    if (allowed.starts_with("one of ")) {
        allowed.remove_prefix(7);
    }
    Values all;
    for (const auto& part : text::split(allowed, ',')) {
        const std::size_t last = part.rfind(" and ");
        for (const auto& word : last == part.npos ? Values { part } : Values { part.substr(0, last), part.substr(last + 5) }) {
            if (const auto trimmed = text::trim(word); !trimmed.empty()) {
                all.emplace_back(trimmed);
            }
        }
    }
    return all == Values { "none" } ? Values {} : all;
}

std::vector<std::string> betterValues(std::string_view text, std::string_view allowed, std::string_view byDefault)
{
    if (allowed == "true or false") {
        return truthValues(text);
    }
    if (allowed.find("kb, mb or gb") != allowed.npos) {
        return sizes(text);
    }
    if (allowed.starts_with("a whole number") || allowed.starts_with("a number")) {
        return numbers(text, allowed, byDefault);
    }
    const bool isSentence = allowed.starts_with("a ") || allowed.starts_with("an ") || allowed.starts_with("one ") || allowed == "anything";
    if (isSentence && !allowed.starts_with("one of ")) {
        return {};
    }
    const Values all = wordsOf(allowed);
    const bool areWords = std::none_of(all.begin(), all.end(), [](const std::string& word) { return word.find(' ') != word.npos; });
    return areWords ? words(text, all) : Values {};
}

} // namespace sheaf::edit
