// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/watch_pace.h"

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr double kMeasureSeconds = 1.0; // the kernel counts in hundredths of a second
constexpr double kMostSeconds = 3 * kMeasureSeconds; // after a longer gap this program, or the machine, was not running
constexpr double kBusyPerSecond = 1000; // events: more than single changes that an eye could follow

} // namespace

WatchPace::Load WatchPace::Meter::load(double nowSeconds)
{
    if (m_measured >= 0 && nowSeconds - m_measured < kMeasureSeconds) {
        return m_load;
    }
    const bool isFirst = m_measured < 0 || nowSeconds - m_measured > kMostSeconds;
    m_measured = nowSeconds;
    const monitor::CpuShare::Used used = m_share.measure(nowSeconds);
    if (!isFirst) {
        ++m_load.measurement;
        m_load.idleCores = used.idleCores;
        m_load.ownCores = used.ownCores;
    }
    return m_load;
}

WatchPace::Milliseconds WatchPace::next(std::size_t events, const Load& load)
{
    if (load.idleCores >= kFreeCores) {
        const double perSecond = static_cast<double>(events) * 1000 / static_cast<double>(std::max(m_wait, kSmooth).count());
        m_wait = perSecond > kBusyPerSecond ? kSmooth : kLively;
        return m_wait;
    }
    m_wait = std::max(m_wait, kLively);
    if (load.measurement != m_measurement) { // what it takes goes with how often it looks
        m_measurement = load.measurement;
        const double scaled = static_cast<double>(m_wait.count()) * load.ownCores / kMostCores;
        m_wait = std::clamp(Milliseconds(static_cast<std::int64_t>(scaled)), kLively, kSparing);
    }
    return m_wait;
}

} // namespace sheaf::ui
