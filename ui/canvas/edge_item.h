// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/style/state_tone.h"

#include <QGraphicsPathItem>

namespace sheaf::ui {

/// A wire: a curve with an arrow at its end, in the colour of what has flowed through it. Owned by GraphScene.
class EdgeItem : public QGraphicsPathItem
{
public:
    EdgeItem(const std::vector<QPointF>& points, QPointF from, QPointF to, const QString& label);
    enum class Flow { Nothing, Flowing, Done };
    void setFlow(Flow flow);
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
    [[nodiscard]] QRectF boundingRect() const override;

private:
    QPointF m_end;
    Flow m_flow = Flow::Nothing;
};

} // namespace sheaf::ui
