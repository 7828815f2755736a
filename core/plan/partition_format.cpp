// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/partition_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace sheaf::plan {

namespace {

/// One field of a date pattern, and what it is when the pattern does not name it.
struct DateField
{
    std::string_view letters;
    unsigned fallback;
};
constexpr std::array<DateField, 6> kDateFields { { { "yyyy", 1900 }, { "MM", 1 }, { "dd", 1 },
    { "HH", 0 }, { "mm", 0 }, { "ss", 0 } } };

tl::unexpected<Error> wrong(std::string_view format, const std::string& reason)
{
    return fail(ErrorCode::Parse,
        { { "what", "partition format '" + std::string(format) + "'" }, { "reason", reason } });
}

std::optional<unsigned> digits(std::string_view text)
{
    unsigned value = 0;
    for (const char letter : text) {
        if (letter < '0' || letter > '9') {
            return std::nullopt;
        }
        value = value * 10 + static_cast<unsigned>(letter - '0');
    }
    return value;
}

bool isDate(const std::array<unsigned, 6>& v)
{
    const std::chrono::year_month_day day(std::chrono::year(static_cast<int>(v[0])),
        std::chrono::month(v[1]), std::chrono::day(v[2]));
    return v[0] > 0 && day.ok() && v[3] < 24 && v[4] < 60 && v[5] < 60;
}

/// The last `count` segments of `path`, or nullopt when it has fewer.
std::optional<std::string_view> tailOf(std::string_view path, std::size_t count)
{
    std::size_t begin = path.size();
    while (count > 0) {
        const std::size_t slash = begin == 0 ? std::string_view::npos : path.rfind('/', begin - 1);
        if (slash == std::string_view::npos) {
            return count == 1 ? std::optional(path) : std::nullopt;
        }
        begin = slash;
        --count;
    }
    return path.substr(begin + 1);
}

} // namespace

void PartitionFormat::addText(std::string_view text)
{
    if (!text.empty()) {
        m_parts.push_back({ PartKind::Text, std::string(text) });
    }
}

Result<PartitionFormat> PartitionFormat::parse(std::string_view format)
{
    PartitionFormat made;
    std::string_view rest = format;
    rest.remove_prefix(rest.starts_with("./") ? 2 : rest.starts_with('/') ? 1 : 0);
    made.m_segments = 1 + static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '/'));
    while (!rest.empty()) {
        const std::size_t open = std::min(rest.find('{'), rest.size());
        made.addText(rest.substr(0, open));
        rest.remove_prefix(open);
        if (rest.empty()) {
            break;
        }
        const std::size_t close = rest.find('}');
        if (close == std::string_view::npos) {
            return wrong(format, "a '{' is not closed");
        }
        const std::string_view inside = rest.substr(1, close - 1);
        rest.remove_prefix(close + 1);
        const std::size_t colon = std::min(inside.find(':'), inside.size());
        const std::string column(inside.substr(0, colon));
        if (column.empty()) {
            return wrong(
                format, "a column has no name; columns are written {name} or {name:yyyy/MM/dd}");
        }
        if (std::find(made.m_columns.begin(), made.m_columns.end(), column)
            != made.m_columns.end()) {
            return wrong(format, "the column '" + column + "' is there twice");
        }
        made.m_columns.push_back(column);
        const bool isDatePattern = colon < inside.size();
        made.m_parts.push_back({ isDatePattern ? PartKind::Date : PartKind::Column,
            isDatePattern ? std::string(inside.substr(colon + 1)) : "" });
    }
    return made;
}

std::optional<std::vector<std::string>> PartitionFormat::match(std::string_view path) const
{
    const auto tail = tailOf(path, m_segments);
    std::vector<std::string> values;
    if (!tail || !matchFrom(0, *tail, values)) {
        return std::nullopt;
    }
    return values;
}

bool PartitionFormat::matchFrom(
    std::size_t part, std::string_view rest, std::vector<std::string>& values) const
{
    if (part == m_parts.size()) {
        return rest.empty();
    }
    const std::string& text = m_parts[part].text;
    switch (m_parts[part].kind) {
    case PartKind::Text:
        return rest.starts_with(text) && matchFrom(part + 1, rest.substr(text.size()), values);
    case PartKind::Column:
        return matchColumn(part, rest, values);
    case PartKind::Date:
        break;
    }
    const auto date
        = rest.size() < text.size() ? std::nullopt : readDate(text, rest.substr(0, text.size()));
    if (!date) {
        return false;
    }
    values.push_back(*date);
    if (matchFrom(part + 1, rest.substr(text.size()), values)) {
        return true;
    }
    values.pop_back();
    return false;
}

/// As much as possible first, then less and less.
bool PartitionFormat::matchColumn(
    std::size_t part, std::string_view rest, std::vector<std::string>& values) const
{
    for (std::size_t length = std::min(rest.find('/'), rest.size()); length > 0; --length) {
        values.emplace_back(rest.substr(0, length));
        if (matchFrom(part + 1, rest.substr(length), values)) {
            return true;
        }
        values.pop_back();
    }
    return false;
}

std::optional<std::string> PartitionFormat::readDate(
    std::string_view pattern, std::string_view text)
{
    std::array<unsigned, 6> values {};
    for (std::size_t f = 0; f < kDateFields.size(); ++f) {
        values[f] = kDateFields[f].fallback;
    }
    for (std::size_t i = 0; i < pattern.size();) {
        const auto field
            = std::find_if(kDateFields.begin(), kDateFields.end(), [&](const DateField& candidate) {
                  return pattern.substr(i).starts_with(candidate.letters);
              });
        if (field == kDateFields.end()) {
            if (pattern[i] != text[i]) {
                return std::nullopt;
            }
            ++i;
            continue;
        }
        const auto value = digits(text.substr(i, field->letters.size()));
        if (!value) {
            return std::nullopt;
        }
        values[static_cast<std::size_t>(field - kDateFields.begin())] = *value;
        i += field->letters.size();
    }
    if (!isDate(values)) {
        return std::nullopt;
    }
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", values[0], values[1], values[2],
        values[3], values[4], values[5]);
}

} // namespace sheaf::plan
