// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/canvas/node_painter.h"

#include <QGraphicsItem>

namespace sheaf::ui {

/// A box on the scene: what it shows and the mouse over it; the drawing is node_painter's. Owned by GraphScene.
class NodeItem : public QGraphicsItem
{
public:
    explicit NodeItem(GraphNode node);
    void setNode(GraphNode node);
    void setStatus(NodeStatus status);
    void setProblem(bool hasProblem);
    [[nodiscard]] const GraphNode& node() const { return m_node; }
    [[nodiscard]] const NodeStatus& status() const { return m_status; }

    [[nodiscard]] QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

protected:
    void hoverEnterEvent(QGraphicsSceneHoverEvent* event) override;
    void hoverLeaveEvent(QGraphicsSceneHoverEvent* event) override;

private:
    void refreshTip();
    GraphNode m_node;
    NodeStatus m_status;
    bool m_isHovered = false;
    bool m_hasProblem = false;
};

} // namespace sheaf::ui
