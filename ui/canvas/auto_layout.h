// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/canvas/graph_model.h"

#include <QHash>
#include <QMap>
#include <QPointF>
#include <QRectF>

namespace sheaf::ui {

/// Node id → top left corner.
using Places = QHash<QString, QPointF>;

/// Layers from left to right, by Graphviz' dot. The same graph gives the same places, whatever is written in its boxes. What is in `pinned`
/// stays where it is, the others lie around it without touching. Graphviz keeps state of its own: call it from one thread at a time.
[[nodiscard]] Places autoLayout(const Graph& graph, const QMap<QString, QPointF>& pinned = {});

/// Places for boxes that are not in `known`: beside what they are wired to, where nothing lies; what is known does not move, but for what a
/// box that grew now covers and is not in `pinned`. Quick: for every change of the file.
[[nodiscard]] Places placeNew(const Graph& graph, const Places& known, const QMap<QString, QPointF>& pinned = {});

} // namespace sheaf::ui
