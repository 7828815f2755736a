// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"

#include <QString>

#include <cstdint>

/// Figures and words for people, translated and in the user's locale. Pure functions, any thread.
namespace sheaf::ui {

[[nodiscard]] QString countText(std::uint64_t count); // 12,400
[[nodiscard]] QString bytesText(double bytes); // 1.4 MiB
[[nodiscard]] QString durationText(double seconds); // 0.8 s, 12 s, 3:20, 1:02:07
[[nodiscard]] QString clockText(std::int64_t micros); // 14:32:07, local time
[[nodiscard]] QString dateTimeText(std::int64_t micros); // today 14:32, 3 Nov 14:32
[[nodiscard]] QString rateText(double perSecond); // 12.5 per second, 40 per minute

/// For a tooltip, which takes what looks like HTML for that: what users wrote is shown as they wrote it, long lines wrapped.
[[nodiscard]] QString tipText(const QString& text);

[[nodiscard]] QString wordOf(event::RunState state);
[[nodiscard]] QString wordOf(event::StepState state);
[[nodiscard]] QString wordOf(event::MiniBatchState state);
[[nodiscard]] QString wordOf(event::AttemptOutcome outcome);

} // namespace sheaf::ui
