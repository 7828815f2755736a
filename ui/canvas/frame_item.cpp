// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/frame_item.h"

#include "ui/style/theme.h"

#include <QPainter>
#include <QStyleOptionGraphicsItem>

namespace sheaf::ui {

namespace {

constexpr double kHead = 28; // the strip with the title
constexpr double kCorner = 16;

} // namespace

FrameItem::FrameItem(const CanvasFrame& frame, int index)
    : m_frame(frame)
    , m_index(index)
{
    setFlag(ItemIsSelectable);
    setZValue(0);
    setFrame(frame);
}

void FrameItem::setFrame(const CanvasFrame& frame)
{
    prepareGeometryChange();
    m_frame = frame;
    setToolTip(frame.isComment ? QString() : frame.text);
    update();
}

bool FrameItem::isHandle(QPointF point) const
{
    QRectF head = m_frame.place;
    if (!m_frame.isComment) {
        head.setHeight(kHead);
    }
    return head.contains(point);
}

bool FrameItem::isCorner(QPointF point) const
{
    const QPointF corner = m_frame.place.bottomRight();
    return QRectF(corner - QPointF(kCorner, kCorner), QSizeF(kCorner, kCorner)).adjusted(0, 0, 4, 4).contains(point);
}

QRectF FrameItem::boundingRect() const
{
    return m_frame.place.adjusted(-4, -4, 4, 4);
}

/// Only where it can be taken hold of: the steps in a group are clicked through it.
QPainterPath FrameItem::shape() const
{
    QPainterPath path;
    QRectF head = m_frame.place;
    if (!m_frame.isComment) {
        head.setHeight(kHead);
    }
    path.addRect(head);
    path.addRect(QRectF(m_frame.place.bottomRight() - QPointF(kCorner, kCorner), QSizeF(kCorner, kCorner)));
    return path;
}

void FrameItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*)
{
    const double scale = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    const bool isSelected = (option->state & QStyle::State_Selected) != 0;
    const QRectF box = m_frame.place;
    painter->setRenderHint(QPainter::Antialiasing, scale > 0.3);
    QColor fill = m_frame.isComment ? (theme().dark ? QColor(0x4A, 0x43, 0x2A) : QColor(0xFF, 0xF6, 0xD6)) : theme().accent;
    if (!m_frame.isComment) {
        fill.setAlphaF(0.06F);
    }
    painter->setPen(QPen(isSelected ? theme().accent : m_frame.isComment ? fill.darker(115) : theme().border, isSelected ? 2 : 1.2));
    painter->setBrush(fill);
    painter->drawRoundedRect(box, 8, 8);
    if (scale < 0.3) {
        return;
    }
    QFont font = textFont(0, !m_frame.isComment);
    font.setPixelSize(m_frame.isComment ? 13 : 14);
    painter->setFont(font);
    painter->setPen(m_frame.isComment ? theme().text : theme().muted);
    const QRectF words = box.adjusted(12, m_frame.isComment ? 10 : 0, -12, -8);
    if (m_frame.isComment) {
        painter->drawText(words, Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop, m_frame.text);
    } else {
        painter->drawText(QRectF(words.topLeft(), QSizeF(words.width(), kHead)), Qt::AlignLeft | Qt::AlignVCenter,
            painter->fontMetrics().elidedText(m_frame.text, Qt::ElideRight, static_cast<int>(words.width())));
    }
    painter->setPen(QPen(theme().muted, 1));
    const QPointF corner = box.bottomRight() - QPointF(5, 5);
    painter->drawLine(corner - QPointF(7, 0), corner - QPointF(0, 7));
    painter->drawLine(corner - QPointF(3, 0), corner - QPointF(0, 3));
}

} // namespace sheaf::ui
