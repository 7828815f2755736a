// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/canvas/graph_model.h"

#include <QHash>
#include <QMap>
#include <QPointF>
#include <QRectF>
#include <QVector>

namespace sheaf::ui {

/// Node id → top left corner.
using Places = QHash<QString, QPointF>;

/// Layers from left to right, by Graphviz' dot. The same graph gives the same places, whatever is written in its boxes. What is in `pinned`
/// stays where it is, the others lie around it without touching. Graphviz keeps state of its own: call it from one thread at a time.
[[nodiscard]] Places autoLayout(const Graph& graph, const QMap<QString, QPointF>& pinned = {});

/// Places for boxes that are not in `known`: beside what they are wired to, where nothing lies; what is known does not move, but for what a
/// box that grew now covers and is not in `pinned`. Quick: for every change of the file.
[[nodiscard]] Places placeNew(const Graph& graph, const Places& known, const QMap<QString, QPointF>& pinned = {});

/// Where a box of this size lies on none of these and touches none: at `wanted`, else at the nearest spot of the grid below it or right of it.
[[nodiscard]] QPointF freePlace(const QVector<QRectF>& boxes, QPointF wanted, QSizeF size);

/// A box of this size between two others, on the wire from the one to the other.
struct WirePlace {
    QPointF place;
    double shift = 0; // by how much what begins at `from` or further right must go to the right to make room; 0: it lies free
    double from = 0;
};
/// `boxes`: all that are there, `before` and `behind` among them, but not the one that is put.
[[nodiscard]] WirePlace placeOnWire(const QVector<QRectF>& boxes, const QRectF& before, const QRectF& behind, QPointF wanted, QSizeF size);

} // namespace sheaf::ui
