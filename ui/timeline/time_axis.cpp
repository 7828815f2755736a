// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/timeline/time_axis.h"

#include "ui/text/format.h"

#include <QDateTime>

#include <algorithm>
#include <array>
#include <cmath>

namespace sheaf::ui {

namespace {

constexpr std::int64_t kShortest = 1000;
constexpr std::int64_t kLongest = std::int64_t { 1000 } * 86400 * 1000000;
constexpr double kMarkPixels = 90;
constexpr std::int64_t kSecond = 1000000;
/// Distances that people count in, µs.
constexpr std::array<std::int64_t, 30> kSteps { 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, kSecond, 2 * kSecond, 5 * kSecond, 10 * kSecond,
    15 * kSecond, 30 * kSecond, 60 * kSecond, 120 * kSecond, 300 * kSecond, 600 * kSecond, 900 * kSecond, 1800 * kSecond, 3600 * kSecond, 7200 * kSecond, 10800 * kSecond,
    21600 * kSecond, 43200 * kSecond, 86400 * kSecond };

QString clockOf(std::int64_t micros, std::int64_t step)
{
    return QDateTime::fromMSecsSinceEpoch(micros / 1000)
        .toString(step < kSecond ? QStringLiteral("HH:mm:ss.zzz") : step < 60 * kSecond ? QStringLiteral("HH:mm:ss") : step < 86400 * kSecond ? QStringLiteral("HH:mm") : QStringLiteral("d MMM"));
}

} // namespace

void TimeAxis::setSpan(std::int64_t fromMicros, std::int64_t toMicros)
{
    m_from = fromMicros;
    m_to = fromMicros + std::clamp(toMicros - fromMicros, kShortest, kLongest);
}

double TimeAxis::xOf(std::int64_t micros) const
{
    return static_cast<double>(micros - m_from) * m_width / static_cast<double>(length());
}

std::int64_t TimeAxis::microsAt(double x) const
{
    return m_from + static_cast<std::int64_t>(std::llround(x * static_cast<double>(length()) / m_width));
}

void TimeAxis::zoomAt(double x, double factor)
{
    const std::int64_t fixed = microsAt(x);
    const double share = x / m_width;
    const auto wanted = std::clamp(static_cast<std::int64_t>(static_cast<double>(length()) / factor), kShortest, kLongest);
    const std::int64_t from = fixed - static_cast<std::int64_t>(share * static_cast<double>(wanted));
    setSpan(from, from + wanted);
}

void TimeAxis::pan(double pixels)
{
    const std::int64_t by = microsAt(pixels) - m_from;
    setSpan(m_from + by, m_to + by);
}

std::vector<TimeAxis::Mark> TimeAxis::marks(std::int64_t zeroMicros) const
{
    const double wanted = static_cast<double>(length()) * kMarkPixels / m_width;
    const auto found = std::find_if(kSteps.begin(), kSteps.end(), [wanted](std::int64_t step) { return static_cast<double>(step) >= wanted; });
    const std::int64_t step = found == kSteps.end() ? kSteps.back() * static_cast<std::int64_t>(std::ceil(wanted / static_cast<double>(kSteps.back()))) : *found;
    std::vector<Mark> marks;
    const std::int64_t offset = m_from - zeroMicros;
    for (std::int64_t since = (offset >= 0 ? (offset + step - 1) / step : offset / step) * step; since <= m_to - zeroMicros; since += step) {
        const QString text = zeroMicros == 0 ? clockOf(since, step) : since == 0 ? QStringLiteral("0") : since < 0 ? QStringLiteral("−") + durationText(static_cast<double>(-since) / 1e6) : durationText(static_cast<double>(since) / 1e6);
        marks.push_back({ xOf(zeroMicros + since), text });
    }
    return marks;
}

} // namespace sheaf::ui
