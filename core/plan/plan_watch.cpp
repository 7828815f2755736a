// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/plan_watch.h"

#include "core/base/clock.h"
#include "core/plan/plan_line.h"

#include <system_error>
#include <utility>

namespace sheaf::plan {

namespace {

constexpr double kSecondsBetweenTellings = 0.05;

} // namespace

PlanWatch::PlanWatch(const PlanRequest& request,
    std::stop_token stop,
    const std::function<void(const PlanProgress&)>& onProgress)
    : m_step(request.step)
    , m_input(request.input)
    , m_stop(std::move(stop))
    , m_onProgress(onProgress)
{
    m_progress.reading = request.path.string();
}

bool PlanWatch::shouldStop()
{
    if (m_onProgress) {
        const double now = monotonicSeconds();
        if (now - m_toldAt >= kSecondsBetweenTellings) {
            m_toldAt = now;
            m_onProgress(m_progress);
        }
    }
    return m_stop.stop_requested();
}

void PlanWatch::finish()
{
    if (m_onProgress) {
        m_onProgress(m_progress);
    }
}

tl::unexpected<Error> PlanWatch::canceled()
{
    return fail(ErrorCode::Canceled);
}

tl::unexpected<Error> PlanWatch::missing(std::string_view path) const
{
    return fail(ErrorCode::InputMissing,
        { { "step", m_step }, { "input", m_input }, { "path", readableText(path) } });
}

tl::unexpected<Error> PlanWatch::empty(std::string_view path) const
{
    return fail(ErrorCode::InputEmpty, { { "step", m_step }, { "path", readableText(path) } });
}

tl::unexpected<Error> PlanWatch::unreadable(std::string_view path, std::string_view reason) const
{
    return fail(ErrorCode::InputUnreadable,
        { { "step", m_step }, { "path", readableText(path) }, { "reason", readableText(reason) } });
}

tl::unexpected<Error> PlanWatch::unreadable(std::string_view path, int errorNumber) const
{
    return unreadable(path, std::generic_category().message(errorNumber));
}

} // namespace sheaf::plan
