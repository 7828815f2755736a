// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/budgets.h"

#include "core/base/text.h"
#include "core/triage/pace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sheaf::triage {

using event::MiniBatchState;

namespace {

constexpr std::uint32_t kEndedToProject = 10; // mini-batches; fewer say nothing about the rest
constexpr double kSecondsToProject = 5;

std::string countOf(double value)
{
    return text::humanCount(static_cast<std::uint64_t>(std::llround(std::max(0.0, value))));
}

/// "about 3 min", "about 40 s": a projection is no measurement.
std::string aboutSeconds(double seconds)
{
    if (seconds < 1.5) {
        return "a moment";
    }
    if (seconds < 90) {
        return fmt::format("about {:.0f} s", seconds < 10 ? seconds : std::round(seconds / 5) * 5);
    }
    if (seconds < 90 * 60) {
        return fmt::format("about {:.0f} min", std::round(seconds / 60));
    }
    return fmt::format("about {:.0f} h", std::round(seconds / 3600));
}

bool canProject(const Pace& pace)
{
    return pace.ended >= kEndedToProject && pace.left > 0 && pace.seconds >= kSecondsToProject;
}

/// `lately`: what of it was used since the pace is measured.
void project(Budget& budget, const Pace& pace, double lately)
{
    if (budget.used <= 0) {
        return;
    }
    budget.projected = budget.used + lately / pace.ended * pace.left;
    if (budget.hasLimit() && !budget.isCrossed && *budget.projected > budget.allowed) {
        budget.crossesInSeconds = std::max(0.0, (budget.allowed - budget.used) / (lately / pace.seconds));
    }
}

std::string textOf(const Budget& budget, const char* unit)
{
    const auto number = [&](double value) { return *unit == '%' ? fmt::format("{:.1f} %", value) : countOf(value); };
    std::string text = budget.hasLimit() ? fmt::format("{} of {} allowed", number(budget.used), *unit == '%' ? fmt::format("{} %", budget.allowed) : countOf(budget.allowed))
                                         : number(budget.used) + ", no limit";
    if (budget.isCrossed) {
        return text + ": crossed";
    }
    if (budget.projected) {
        text += "; at this rate " + number(*budget.projected);
    }
    if (budget.crossesInSeconds) {
        text += ": crossed in " + aboutSeconds(*budget.crossesInSeconds);
    } else if (budget.projected) {
        text += " at the end";
    }
    return text;
}

} // namespace

std::vector<Budget> budgetsOf(const event::StepPicture& step, const pipeline::StepSpec& spec, std::int64_t nowMicros, std::int64_t lifeMicros)
{
    if (spec.kind != pipeline::StepKind::Parallel) {
        return {};
    }
    const auto& settings = spec.parallel;
    const Pace pace = nowMicros == 0 || step.isOver() ? Pace() : paceOf(step, nowMicros, lifeMicros);
    const double failed = step.count(MiniBatchState::Failed) + step.count(MiniBatchState::TimedOut);
    std::vector<Budget> budgets;
    const auto add = [&](BudgetKind kind, const char* setting, double used, double lately, double allowed, const char* unit) {
        Budget budget;
        budget.kind = kind;
        budget.setting = setting;
        budget.used = used;
        budget.allowed = allowed;
        budget.isCrossed = budget.hasLimit() && used > allowed;
        if (canProject(pace)) {
            project(budget, pace, lately);
        }
        budget.text = textOf(budget, unit);
        budgets.push_back(std::move(budget));
    };
    const double onePercent = std::max(1.0, static_cast<double>(step.total())) / 100;
    add(BudgetKind::FailedMiniBatches, "mini_batch_error_threshold", failed, pace.failed, static_cast<double>(settings.miniBatchErrorThreshold), "");
    add(BudgetKind::FailedItems, "error_threshold", static_cast<double>(step.itemsFailed), static_cast<double>(pace.itemsFailed),
        static_cast<double>(settings.errorThreshold), "");
    add(BudgetKind::FailedPercent, "--allowed_failed_percent", failed / onePercent, pace.failed / onePercent,
        settings.allowedFailedPercent >= 100 ? -1 : settings.allowedFailedPercent, "%");

    // Retries end nothing when they are used up; a failed attempt that was not the last one cost one. Who is opened again has all of them anew.
    Budget retries;
    retries.kind = BudgetKind::Retries;
    retries.setting = "retry_settings.max_retries";
    retries.used = step.attemptsRetried;
    retries.allowed = static_cast<double>(settings.maxRetries) * (static_cast<double>(step.total()) + step.reopened);
    retries.text = fmt::format("{} of {} retries used ({} for each mini-batch)", countOf(retries.used), countOf(retries.allowed), settings.maxRetries);
    budgets.push_back(std::move(retries));

    Budget progress;
    progress.kind = BudgetKind::Progress;
    progress.setting = "--progress_update_timeout";
    progress.allowed = settings.progressUpdateTimeoutSeconds > 0 ? settings.progressUpdateTimeoutSeconds : -1;
    const bool counts = nowMicros != 0 && !step.isOver() && step.planned && step.progressMicros != 0;
    progress.used = counts ? std::max(0.0, static_cast<double>(nowMicros - step.progressMicros) * 1e-6) : 0;
    progress.isCrossed = step.reason == "no_progress";
    const std::string limit = progress.hasLimit() ? text::humanSeconds(progress.allowed) : std::string();
    progress.text = progress.isCrossed ? "nothing moved on for " + limit
        : !counts                      ? (progress.hasLimit() ? limit + " without progress are allowed" : std::string("no limit"))
        : progress.hasLimit()          ? fmt::format("{} since something moved on, {} allowed", text::humanSeconds(std::floor(progress.used)), limit)
                                       : fmt::format("{} since something moved on, no limit", text::humanSeconds(std::floor(progress.used)));
    budgets.push_back(std::move(progress));
    return budgets;
}

} // namespace sheaf::triage
