// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/node_item.h"

#include "ui/canvas/node_geometry.h"

#include <QGraphicsSceneHoverEvent>
#include <QStyleOptionGraphicsItem>
#include <QWidget>

namespace sheaf::ui {

NodeItem::NodeItem(GraphNode node)
    : m_node(std::move(node))
{
    setFlag(ItemIsSelectable, m_node.isStep);
    setAcceptHoverEvents(true);
    setZValue(1);
    refreshTip();
}

void NodeItem::setNode(GraphNode node)
{
    if (node == m_node) {
        return;
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

void NodeItem::setProblem(bool hasProblem)
{
    if (hasProblem != m_hasProblem) {
        m_hasProblem = hasProblem;
        update();
    }
}

QRectF NodeItem::boundingRect() const
{
    return QRectF(QPointF(0, 0), nodeSize(m_node.isStep)).adjusted(-7, -7, 7, 8);
}

void NodeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget)
{
    NodeLook look;
    look.isSelected = (option->state & QStyle::State_Selected) != 0;
    look.isHovered = m_isHovered;
    look.hasFocus = widget != nullptr && widget->parentWidget() != nullptr && widget->parentWidget()->hasFocus();
    look.hasProblem = m_hasProblem;
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
    setToolTip(m_status.known ? m_node.tip + QLatin1Char('\n') + m_status.sentence() : m_node.tip);
}

} // namespace sheaf::ui
