// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/canvas/graph_model.h"

#include <QGraphicsPathItem>

namespace sheaf::ui {

class NodeItem;

/// The curve of a wire between two points.
[[nodiscard]] QPainterPath wirePath(QPointF from, QPointF to);

/// A wire: a curve with an arrow at its end, in the colour of what has flowed through it. Owned by GraphScene; its nodes outlive it.
class EdgeItem : public QGraphicsPathItem
{
public:
    EdgeItem(const GraphEdge& edge, const NodeItem* from, const NodeItem* to);

    enum class Flow { Nothing, Flowing, Done };
    void setFlow(Flow flow);
    /// What is dragged over it would be put between.
    void setHot(bool isHot);
    /// Takes up the places of its nodes.
    void follow();
    [[nodiscard]] const NodeItem* from() const { return m_from; }
    [[nodiscard]] const NodeItem* to() const { return m_to; }
    [[nodiscard]] PortPlace fromPort() const;
    [[nodiscard]] PortPlace toPort() const;

    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
    [[nodiscard]] QRectF boundingRect() const override;
    [[nodiscard]] QPainterPath shape() const override;

private:
    GraphEdge m_edge;
    const NodeItem* m_from;
    const NodeItem* m_to;
    QPointF m_begin;
    QPointF m_end;
    Flow m_flow = Flow::Nothing;
    bool m_isHot = false;
};

} // namespace sheaf::ui
