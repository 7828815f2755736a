// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/node_item.h"

#include "ui/canvas/node_geometry.h"

#include <QCoreApplication>
#include <QGraphicsSceneHoverEvent>
#include <QStyleOptionGraphicsItem>
#include <QWidget>

namespace sheaf::ui {

NodeItem::NodeItem(GraphNode node)
    : m_node(std::move(node))
{
    setFlag(ItemIsSelectable);
    setAcceptHoverEvents(true);
    setZValue(2);
    refreshTip();
}

void NodeItem::setNode(GraphNode node)
{
    if (node == m_node) {
        return;
    }
    if (nodeSize(node) != nodeSize(m_node)) {
        prepareGeometryChange();
    }
    m_node = std::move(node);
    refreshTip();
    update();
}

void NodeItem::setStatus(NodeStatus status)
{
    m_status = std::move(status);
    refreshTip();
    update();
}

void NodeItem::setProblem(NodeProblem problem)
{
    if (problem != m_problem) {
        m_problem = problem;
        update();
    }
}

void NodeItem::setChanged(bool isChanged)
{
    if (isChanged != m_isChanged) {
        m_isChanged = isChanged;
        refreshTip();
        update();
    }
}

void NodeItem::setLegalPorts(std::optional<std::vector<PortPlace>> legal)
{
    m_legal = std::move(legal);
    update();
}

std::optional<PortPlace> NodeItem::portAt(QPointF scenePoint) const
{
    const QPointF point = scenePoint - pos();
    std::optional<PortPlace> best;
    double nearest = kPortReach;
    for (const bool isInput : { true, false }) {
        const auto& ports = isInput ? m_node.inputs : m_node.outputs;
        for (std::size_t i = 0; i < ports.size(); ++i) {
            const double distance = QLineF(point, portPoint(m_node, isInput, static_cast<int>(i))).length();
            const bool isDrawnOnly = isInput && ports[i].isOrder; // no wire begins or ends there by hand
            if (distance < nearest && !isDrawnOnly) {
                nearest = distance;
                best = PortPlace { m_node.id, isInput, static_cast<int>(i) };
            }
        }
    }
    return best;
}

QRectF NodeItem::boundingRect() const
{
    return QRectF(QPointF(0, 0), nodeSize(m_node)).adjusted(-9, -9, 9, 9);
}

void NodeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget)
{
    NodeLook look;
    look.isSelected = (option->state & QStyle::State_Selected) != 0;
    look.isHovered = m_isHovered;
    look.hasFocus = widget != nullptr && widget->parentWidget() != nullptr && widget->parentWidget()->hasFocus();
    look.problem = m_problem;
    look.isChanged = m_isChanged;
    look.legal = m_legal ? &*m_legal : nullptr;
    look.scale = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    paintNode(*painter, m_node, m_status, look);
}

void NodeItem::hoverEnterEvent(QGraphicsSceneHoverEvent*)
{
    m_isHovered = true;
    update();
}

void NodeItem::hoverLeaveEvent(QGraphicsSceneHoverEvent*)
{
    m_isHovered = false;
    update();
}

void NodeItem::refreshTip()
{
    QString tip = m_status.known ? m_node.tip + QLatin1Char('\n') + m_status.sentence() : m_node.tip;
    if (m_isChanged) {
        tip += QLatin1Char('\n') + QCoreApplication::translate("graph", "Changed since this run");
    }
    setToolTip(tip);
}

} // namespace sheaf::ui
