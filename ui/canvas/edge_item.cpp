// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/edge_item.h"

#include "ui/canvas/node_geometry.h"
#include "ui/style/theme.h"

#include <QPainter>
#include <QStyleOptionGraphicsItem>

namespace sheaf::ui {

EdgeItem::EdgeItem(const std::vector<QPointF>& points, QPointF from, QPointF to, const QString& label)
    : m_end(to)
{
    QPainterPath path(from);
    if (points.size() >= 4) {
        path.moveTo(points.front());
        for (std::size_t i = 1; i + 2 < points.size(); i += 3) {
            path.cubicTo(points[i], points[i + 1], points[i + 2]);
        }
        m_end = points.back();
    } else {
        const double bend = qMax(30.0, (to.x() - from.x()) / 2);
        path.cubicTo(from + QPointF(bend, 0), to - QPointF(bend, 0), to);
    }
    setPath(path);
    setToolTip(label);
    setZValue(0);
}

void EdgeItem::setFlow(Flow flow)
{
    if (flow != m_flow) {
        m_flow = flow;
        update();
    }
}

QRectF EdgeItem::boundingRect() const
{
    return path().controlPointRect().adjusted(-8, -8, 8, 8);
}

void EdgeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*)
{
    const double scale = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    const QColor color = m_flow == Flow::Done ? toneColor(Tone::Done) : m_flow == Flow::Flowing ? toneColor(Tone::Running) : theme().wire;
    painter->setBrush(Qt::NoBrush);
    if (scale < 0.25) {
        painter->setPen(QPen(color, 0));
        painter->drawLine(path().pointAtPercent(0), m_end);
        return;
    }
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, m_flow == Flow::Nothing ? 1.5 : 2));
    painter->drawPath(path());
    painter->setPen(Qt::NoPen);
    painter->setBrush(color);
    painter->drawPolygon(QPolygonF { m_end + QPointF(1, 0), m_end + QPointF(-8, -4.5), m_end + QPointF(-8, 4.5) });
}

} // namespace sheaf::ui
