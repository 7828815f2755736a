// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/line_time.h"

#include "core/base/clock.h"

#include <algorithm>
#include <ctime>

namespace sheaf::logs {

namespace {

constexpr std::int64_t kSpareMicros = 2'000'000;
constexpr std::int64_t kDayMicros = 24LL * 3600 * 1'000'000;

/// `count` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count)
{
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

} // namespace

std::optional<std::int64_t> StampReader::read(std::string_view line)
{
    // 2026-11-21 17:42:46
    // 0123456789012345678
    if (line.size() < 19 || line[4] != '-' || line[7] != '-' || (line[10] != ' ' && line[10] != 'T') || line[13] != ':' || line[16] != ':') {
        return std::nullopt;
    }
    const int minute = digits(line, 14, 2);
    const int second = digits(line, 17, 2);
    if (minute < 0 || second < 0) {
        return std::nullopt;
    }
    std::int64_t micros = 0;
    std::size_t at = 19;
    if (at < line.size() && (line[at] == ',' || line[at] == '.')) {
        std::int64_t unit = 100'000;
        for (++at; at < line.size() && line[at] >= '0' && line[at] <= '9'; ++at, unit /= 10) {
            micros += (line[at] - '0') * unit;
        }
    }
    const bool zulu = at < line.size() && line[at] == 'Z';
    std::int64_t offset = 0;
    bool hasOffset = false;
    if (at + 5 < line.size() && (line[at] == '+' || line[at] == '-')) {
        const bool colon = line[at + 3] == ':';
        const int hours = digits(line, at + 1, 2);
        const int minutes = digits(line, at + (colon ? 4 : 3), 2);
        if (hours >= 0 && minutes >= 0) {
            hasOffset = true;
            offset = (line[at] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
        }
    }
    const bool utc = zulu || hasOffset || line[10] == 'T';
    const std::string_view hour = line.substr(0, 13);
    if (m_hour.empty() || m_hour.compare(0, 13, hour) != 0 || (m_hour[13] == 'u') != utc) {
        std::tm fields {};
        fields.tm_year = digits(line, 0, 4) - 1900;
        fields.tm_mon = digits(line, 5, 2) - 1;
        fields.tm_mday = digits(line, 8, 2);
        fields.tm_hour = digits(line, 11, 2);
        fields.tm_isdst = -1;
        if (fields.tm_year < 0 || fields.tm_mon < 0 || fields.tm_mday < 0 || fields.tm_hour < 0) {
            return std::nullopt;
        }
        m_hourMicros = static_cast<std::int64_t>(utc ? timegm(&fields) : mktime(&fields)) * 1'000'000;
        m_hour = hour;
        m_hour += utc ? 'u' : 'l';
    }
    return m_hourMicros + (minute * 60LL + second - offset) * 1'000'000 + micros;
}

bool LineTimes::isOfTheFile(std::int64_t stamp, std::int64_t reached)
{
    if (m_end == 0 && stamp > reached + kDayMicros) {
        m_end = wallMicros(); // asked for once: later lines of a growing file come with their `reached`
    }
    return stamp >= m_begin - kDayMicros && stamp <= std::max({ m_begin, m_end, reached }) + kDayMicros;
}

std::int64_t LineTimes::of(const AttemptRanges& ranges, std::uint64_t offset, std::string_view line, std::int64_t reached)
{
    const auto range = ranges.at(offset);
    const auto stamp = m_stamps.read(line);
    std::int64_t time = std::max(m_last, reached);
    const bool isBelieved = stamp
        && (range ? *stamp >= range->startMicros - kSpareMicros && *stamp <= range->endMicros() + kSpareMicros : isOfTheFile(*stamp, reached));
    if (isBelieved) {
        time = *stamp;
    } else if (range) {
        const double share = static_cast<double>(offset - range->begin) / static_cast<double>(range->end - range->begin);
        time = range->startMicros + static_cast<std::int64_t>(share * static_cast<double>(range->endMicros() - range->startMicros));
    } else if (m_last == m_begin) { // nothing before it has told a time
        const std::int64_t first = ranges.isEmpty() ? m_made : std::min(m_made, ranges.all().front().startMicros);
        time = std::max(time, first);
    }
    m_last = std::max(m_last, time);
    return m_last;
}

} // namespace sheaf::logs
