// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/state/canvas_notes.h"

#include <QGraphicsItem>

namespace sheaf::ui {

/// A group with a title, or a comment, behind the boxes: the drawing, and where the mouse would take hold of it. Owned by GraphScene.
class FrameItem : public QGraphicsItem
{
public:
    FrameItem(const CanvasFrame& frame, int index);

    void setFrame(const CanvasFrame& frame);
    [[nodiscard]] const CanvasFrame& frame() const { return m_frame; }
    [[nodiscard]] int index() const { return m_index; } // in CanvasNotes::frames
    /// In scene coordinates: where a drag moves it, and where a drag changes its size.
    [[nodiscard]] bool isHandle(QPointF scenePoint) const;
    [[nodiscard]] bool isCorner(QPointF scenePoint) const;

    [[nodiscard]] QRectF boundingRect() const override;
    [[nodiscard]] QPainterPath shape() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    CanvasFrame m_frame;
    int m_index;
};

} // namespace sheaf::ui
