// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/canvas/graph_model.h"

#include <QPointF>
#include <QRectF>

#include <vector>

namespace sheaf::ui {

/// Where everything lies: a value.
struct GraphLayout {
    std::vector<QRectF> nodes; // in the order of Graph::nodes
    std::vector<std::vector<QPointF>> edges; // Bézier: a start point, then three points a piece
    QRectF bounds;
};

/// Layers from left to right, by Graphviz' dot. The same graph gives the same layout. Graphviz keeps state of its own: call
/// it from one thread at a time.
[[nodiscard]] GraphLayout autoLayout(const Graph& graph);

} // namespace sheaf::ui
