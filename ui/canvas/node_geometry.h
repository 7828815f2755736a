// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QRectF>
#include <QSizeF>

/// All sizes inside the boxes of the graph, in scene units (pixels at 100 %).
namespace sheaf::ui {

inline constexpr double kNodeRadius = 9;
inline constexpr double kPortRadius = 4;
inline constexpr double kGridStep = 24;

[[nodiscard]] inline QSizeF nodeSize(bool isStep)
{
    return isStep ? QSizeF(296, 124) : QSizeF(196, 50);
}

/// The parts of a step's box, from its top left corner.
struct StepParts {
    QRectF icon { 14, 13, 20, 20 };
    QRectF title { 42, 10, 146, 26 };
    QRectF badge { 190, 12, 94, 22 };
    QRectF kind { 14, 40, 268, 18 };
    QRectF settings { 14, 59, 268, 18 };
    QRectF bar { 14, 86, 268, 7 };
    QRectF data { 14, 84, 268, 30 };
    QRectF progress { 14, 97, 120, 18 };
    QRectF trouble { 134, 97, 148, 18 };
};

} // namespace sheaf::ui
