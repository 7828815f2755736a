// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/canvas/graph_model.h"

#include <QPointF>
#include <QRectF>
#include <QSizeF>

/// All sizes inside the boxes of the graph, in scene units (pixels at 100 %).
namespace sheaf::ui {

inline constexpr double kNodeRadius = 9;
inline constexpr double kPortRadius = 5;
inline constexpr double kPortReach = 11; // how near to a port the mouse counts as on it
inline constexpr double kGridStep = 20;
inline constexpr double kStepWidth = 260;
inline constexpr double kPortsTop = 84;
inline constexpr double kPortRow = 20;
inline constexpr double kFootHeight = 44;

[[nodiscard]] inline int portRows(const GraphNode& node)
{
    return static_cast<int>(std::max(node.inputs.size(), node.outputs.size()));
}

/// Whole grid steps, so that boxes that are moved line up at both ends.
[[nodiscard]] inline QSizeF nodeSize(const GraphNode& node)
{
    return node.isStep() ? QSizeF(kStepWidth, kPortsTop + portRows(node) * kPortRow + kFootHeight - 8) : QSizeF(180, 40);
}

/// The middle of a port, from the box's top left corner.
[[nodiscard]] inline QPointF portPoint(const GraphNode& node, bool isInput, int index)
{
    const QSizeF size = nodeSize(node);
    return { isInput ? 0 : size.width(), node.isStep() ? kPortsTop + (index + 0.5) * kPortRow : size.height() / 2 };
}

/// The parts of a step's box, from its top left corner.
struct StepParts {
    explicit StepParts(double height)
        : bar(14, height - 36, kStepWidth - 28, 7)
        , data(14, height - 36, kStepWidth - 28, 28)
        , progress(14, height - 25, 100, 18)
        , trouble(114, height - 25, kStepWidth - 128, 18)
    {
    }
    QRectF icon { 14, 13, 20, 20 };
    QRectF title { 42, 10, kStepWidth - 150, 26 };
    QRectF badge { kStepWidth - 106, 12, 94, 22 };
    QRectF kind { 14, 40, kStepWidth - 28, 18 };
    QRectF settings { 14, 59, kStepWidth - 28, 18 };
    QRectF bar;
    QRectF data;
    QRectF progress;
    QRectF trouble;
};

} // namespace sheaf::ui
