// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"
#include "core/pipeline/run_spec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sheaf::triage {

enum class BudgetKind { FailedMiniBatches, FailedItems, FailedPercent, Retries, Progress };
BOOST_DESCRIBE_ENUM(BudgetKind, FailedMiniBatches, FailedItems, FailedPercent, Retries, Progress)

/// One limit of a step: how much of it is used, and where that leads.
struct Budget {
    BudgetKind kind = BudgetKind::FailedMiniBatches;
    std::string setting; // field of the step, or "--flag"
    double used = 0;
    double allowed = -1; // -1: no limit
    std::optional<double> projected; // used at the end of the step, if it goes on as so far
    std::optional<double> crossesInSeconds; // from now, if it goes on so
    bool isCrossed = false;
    std::string text; // "3 of 10 allowed; at this rate 14: crossed in about 3 min"

    [[nodiscard]] bool hasLimit() const { return allowed >= 0; }
};
BOOST_DESCRIBE_STRUCT(Budget, (), (kind, setting, used, allowed, projected, crossesInSeconds, isCrossed, text))

/// The budgets of a parallel step, in the order of the kinds; empty for a command step. `nowMicros`: wall time, 0 when nobody works
/// on the run: then nothing is projected. `lifeMicros`: RunPicture::lifeMicros(), from where on the pace is measured; 0: the run had one
/// life. Pure.
[[nodiscard]] std::vector<Budget> budgetsOf(
    const event::StepPicture& step, const pipeline::StepSpec& spec, std::int64_t nowMicros, std::int64_t lifeMicros = 0);

} // namespace sheaf::triage
