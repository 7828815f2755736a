// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/budgets.h"

#include "core/base/text.h"

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

/// How far a step is and how fast it goes.
struct Pace {
    double ended = 0;
    double total = 0;
    double seconds = 0; // since its first mini-batch
    bool canProject = false;
};

Pace paceOf(const event::StepPicture& step, std::int64_t nowMicros)
{
    Pace pace;
    pace.ended = step.ended();
    pace.total = step.total();
    if (nowMicros == 0 || step.isOver() || step.firstAttemptMicros == 0) {
        return pace;
    }
    pace.seconds = static_cast<double>(nowMicros - step.firstAttemptMicros) * 1e-6;
    pace.canProject = step.ended() >= kEndedToProject && step.ended() < step.total() && pace.seconds >= kSecondsToProject;
    return pace;
}

void project(Budget& budget, const Pace& pace)
{
    if (!pace.canProject || budget.used <= 0) {
        return;
    }
    budget.projected = budget.used / pace.ended * pace.total;
    if (budget.hasLimit() && !budget.isCrossed && *budget.projected > budget.allowed) {
        budget.crossesInSeconds = std::max(0.0, (budget.allowed - budget.used) / (budget.used / pace.seconds));
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

std::vector<Budget> budgetsOf(const event::StepPicture& step, const pipeline::StepSpec& spec, std::int64_t nowMicros)
{
    if (spec.kind != pipeline::StepKind::Parallel) {
        return {};
    }
    const auto& settings = spec.parallel;
    const Pace pace = paceOf(step, nowMicros);
    const double failed = step.count(MiniBatchState::Failed) + step.count(MiniBatchState::TimedOut);
    std::vector<Budget> budgets;
    const auto add = [&](BudgetKind kind, const char* setting, double used, double allowed, const char* unit) {
        Budget budget;
        budget.kind = kind;
        budget.setting = setting;
        budget.used = used;
        budget.allowed = allowed;
        budget.isCrossed = budget.hasLimit() && used > allowed;
        project(budget, pace);
        budget.text = textOf(budget, unit);
        budgets.push_back(std::move(budget));
    };
    add(BudgetKind::FailedMiniBatches, "mini_batch_error_threshold", failed, static_cast<double>(settings.miniBatchErrorThreshold), "");
    add(BudgetKind::FailedItems, "error_threshold", static_cast<double>(step.itemsFailed), static_cast<double>(settings.errorThreshold), "");
    add(BudgetKind::FailedPercent, "--allowed_failed_percent", step.total() > 0 ? 100.0 * failed / step.total() : 0.0,
        settings.allowedFailedPercent >= 100 ? -1 : settings.allowedFailedPercent, "%");

    // Retries end nothing when they are used up; a failed attempt that was not the last one cost one.
    Budget retries;
    retries.kind = BudgetKind::Retries;
    retries.setting = "retry_settings.max_retries";
    retries.used = std::max(0.0, static_cast<double>(step.attemptsFailed) - failed);
    retries.allowed = static_cast<double>(settings.maxRetries) * step.total();
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
