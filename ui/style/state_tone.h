// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"

#include <QColor>
#include <QIcon>
#include <QPainter>

#include <array>

/// States as colour and glyph. The colours are measured, not only chosen: any two differ by CIEDE2000 >= 15 for normal,
/// protan, deutan and tritan sight, on both backgrounds (tst_state_tone). A colour never stands without its glyph or word.
namespace sheaf::ui {

enum class Tone { Pending, Queued, Running, Done, Retry, Failed, TimedOut, Canceled, Ignored, Reused };
inline constexpr std::array kTones { Tone::Pending, Tone::Queued, Tone::Running, Tone::Done, Tone::Retry, Tone::Failed,
    Tone::TimedOut, Tone::Canceled, Tone::Ignored, Tone::Reused };

[[nodiscard]] Tone toneOf(event::RunState state);
[[nodiscard]] Tone toneOf(event::StepState state);
[[nodiscard]] Tone toneOf(event::MiniBatchState state);

[[nodiscard]] QColor toneColor(Tone tone, bool dark);
[[nodiscard]] QColor toneColor(Tone tone); // of the theme in force
/// Text in a state's colour, with enough contrast to read.
[[nodiscard]] QColor toneTextColor(Tone tone);

/// The sign of a state alone, as it stands in its glyph: for a ground that has the state's colour already. Pending has none.
void paintMark(QPainter& painter, const QRectF& box, Tone tone);
/// The state's glyph, drawn into `box` (square). Readable from 10 px up.
void paintGlyph(QPainter& painter, const QRectF& box, Tone tone);
/// The glyph as an icon of 16 px for lists and buttons.
[[nodiscard]] QIcon toneIcon(Tone tone, qreal devicePixelRatio);

} // namespace sheaf::ui
