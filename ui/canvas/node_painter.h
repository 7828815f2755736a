// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/canvas/graph_model.h"

namespace sheaf::ui {

enum class NodeProblem { None, Warning, Error };

struct NodeLook {
    bool isSelected = false;
    bool isHovered = false;
    bool hasFocus = false;
    NodeProblem problem = NodeProblem::None; // the worst finding in this box
    bool isChanged = false; // differs from what the run in view ran
    const std::vector<PortPlace>* legal = nullptr; // a wire is dragged: where it may end; null: none is
    double scale = 1; // pixels per scene unit: decides the level of detail
};

/// All drawing of boxes, from (0, 0). Levels of detail by size on screen: whole card; title and bar; box in the state's colour.
void paintNode(QPainter& painter, const GraphNode& node, const NodeStatus& status, const NodeLook& look);

} // namespace sheaf::ui
