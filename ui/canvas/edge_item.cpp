// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/edge_item.h"

#include "ui/canvas/node_geometry.h"
#include "ui/canvas/node_item.h"
#include "ui/style/theme.h"

#include <QPainter>
#include <QPainterPathStroker>
#include <QStyleOptionGraphicsItem>

#include <cmath>

namespace sheaf::ui {

QPainterPath wirePath(QPointF from, QPointF to)
{
    const double way = to.x() - from.x();
    const double bend = way > 0 ? std::clamp(way / 2, 36.0, 220.0) : std::clamp(-way / 2 + 60, 60.0, 260.0);
    QPainterPath path(from);
    path.cubicTo(from + QPointF(bend, 0), to - QPointF(bend, 0), to);
    return path;
}

EdgeItem::EdgeItem(const GraphEdge& edge, const NodeItem* from, const NodeItem* to)
    : m_edge(edge)
    , m_from(from)
    , m_to(to)
{
    setFlag(ItemIsSelectable);
    setZValue(1);
    follow();
}

PortPlace EdgeItem::fromPort() const
{
    return { m_from->node().id, false, m_edge.fromPort };
}

PortPlace EdgeItem::toPort() const
{
    return { m_to->node().id, true, m_edge.toPort };
}

void EdgeItem::follow()
{
    m_begin = m_from->port(false, m_edge.fromPort);
    m_end = m_to->port(true, m_edge.toPort) - QPointF(kPortRadius + 1, 0);
    setPath(wirePath(m_begin, m_end));
    const auto name = [](const NodeItem* node, const std::vector<GraphPort>& ports, int index) {
        const QString port = ports[static_cast<std::size_t>(index)].name;
        return node->node().isStep() ? node->node().title + QStringLiteral(".") + port : port;
    };
    setToolTip(name(m_from, m_from->node().outputs, m_edge.fromPort) + QStringLiteral(" → ") + name(m_to, m_to->node().inputs, m_edge.toPort));
}

void EdgeItem::setFlow(Flow flow)
{
    if (flow != m_flow) {
        m_flow = flow;
        update();
    }
}

void EdgeItem::setHot(bool isHot)
{
    if (isHot != m_isHot) {
        m_isHot = isHot;
        update();
    }
}

QRectF EdgeItem::boundingRect() const
{
    return path().controlPointRect().adjusted(-8, -8, 8, 8);
}

QPainterPath EdgeItem::shape() const
{
    QPainterPathStroker stroker;
    stroker.setWidth(12);
    return stroker.createStroke(path());
}

void EdgeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*)
{
    const double scale = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    const bool isSelected = (option->state & QStyle::State_Selected) != 0;
    const QColor color = isSelected || m_isHot ? theme().accent
        : m_flow == Flow::Done                 ? toneColor(Tone::Done)
        : m_flow == Flow::Flowing              ? toneColor(Tone::Running)
                                               : theme().wire;
    painter->setBrush(Qt::NoBrush);
    if (scale < 0.35) { // a curve costs much and shows no more than a line here
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->setPen(QPen(color, 0));
        painter->drawLine(m_begin, m_end);
        return;
    }
    if (scale < 0.6) { // thin and without an arrow
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->setPen(QPen(color, 0));
        painter->drawPath(path());
        return;
    }
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, isSelected || m_isHot ? 3 : m_flow == Flow::Nothing ? 1.6 : 2));
    painter->drawPath(path());
    painter->setPen(Qt::NoPen);
    painter->setBrush(color);
    painter->drawPolygon(QPolygonF { m_end + QPointF(2, 0), m_end + QPointF(-7, -4.5), m_end + QPointF(-7, 4.5) });
}

} // namespace sheaf::ui
