// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/canvas/node_geometry.h"
#include "ui/canvas/node_painter.h"

#include <QGraphicsItem>

#include <optional>

namespace sheaf::ui {

/// A box on the scene: what it shows and the mouse over it; the drawing is node_painter's. Owned by GraphScene.
class NodeItem : public QGraphicsItem
{
public:
    explicit NodeItem(GraphNode node);

    void setNode(GraphNode node);
    void setStatus(NodeStatus status);
    void setProblem(NodeProblem problem);
    void setChanged(bool isChanged);
    /// While a wire is dragged: the ports it may end at; nullopt: none is dragged.
    void setLegalPorts(std::optional<std::vector<PortPlace>> legal);
    [[nodiscard]] const GraphNode& node() const { return m_node; }
    [[nodiscard]] const NodeStatus& status() const { return m_status; }
    [[nodiscard]] NodeProblem problem() const { return m_problem; }
    [[nodiscard]] QRectF box() const { return { pos(), nodeSize(m_node) }; }
    /// In scene coordinates.
    [[nodiscard]] QPointF port(bool isInput, int index) const { return pos() + portPoint(m_node, isInput, index); }
    [[nodiscard]] std::optional<PortPlace> portAt(QPointF scenePoint) const;

    [[nodiscard]] QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

protected:
    void hoverEnterEvent(QGraphicsSceneHoverEvent* event) override;
    void hoverLeaveEvent(QGraphicsSceneHoverEvent* event) override;

private:
    void refreshTip();

    GraphNode m_node;
    NodeStatus m_status;
    NodeProblem m_problem = NodeProblem::None;
    bool m_isHovered = false;
    bool m_isChanged = false;
    std::optional<std::vector<PortPlace>> m_legal;
};

} // namespace sheaf::ui
