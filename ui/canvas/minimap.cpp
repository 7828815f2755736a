// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/minimap.h"

#include "ui/canvas/frame_item.h"
#include "ui/canvas/graph_view.h"
#include "ui/style/theme.h"

#include <QMouseEvent>
#include <QPainter>

namespace sheaf::ui {

namespace {

constexpr int kStayMilliseconds = 2000;
constexpr int kMargin = 6;

} // namespace

Minimap::Minimap(GraphScene* scene, GraphView* view, QWidget* parent)
    : QWidget(parent)
    , m_scene(scene)
    , m_view(view)
{
    setObjectName(QStringLiteral("canvas.minimap"));
    setAccessibleName(tr("Map of the graph"));
    setFixedSize(200, 130);
    setCursor(Qt::PointingHandCursor);
    m_leave.setSingleShot(true);
    m_leave.setInterval(kStayMilliseconds);
    connect(&m_leave, &QTimer::timeout, this, [this] { setVisible(m_isPinned || underMouse()); });
    connect(m_view, &GraphView::sightChanged, this, &Minimap::onSight);
    connect(m_scene, &GraphScene::looksChanged, this, [this] {
        m_isStale = true;
        update();
    });
    hide();
}

void Minimap::setPinned(bool isPinned)
{
    m_isPinned = isPinned;
    setVisible(isPinned);
    raise();
}

void Minimap::onSight()
{
    const QRectF all = m_scene->extent();
    if (!isVisible() && (all.isEmpty() || m_view->sight().contains(all))) {
        return;
    }
    if (!isVisible() && m_view->isVisible()) {
        show();
        raise();
    }
    update();
    m_leave.start();
}

QTransform Minimap::toMap() const
{
    const QRectF all = m_scene->extent().adjusted(-40, -40, 40, 40);
    const double scale = qMin((width() - 2 * kMargin) / all.width(), (height() - 2 * kMargin) / all.height());
    QTransform map;
    map.translate(width() / 2.0, height() / 2.0);
    map.scale(scale, scale);
    map.translate(-all.center().x(), -all.center().y());
    return map;
}

void Minimap::paintEvent(QPaintEvent*)
{
    const QTransform map = toMap();
    if (m_isStale || m_boxes.size() != size() * devicePixelRatioF()) {
        m_boxes = QPixmap(size() * devicePixelRatioF());
        m_boxes.setDevicePixelRatio(devicePixelRatioF());
        QColor back = theme().surface;
        back.setAlphaF(0.92F);
        m_boxes.fill(Qt::transparent);
        QPainter painter(&m_boxes);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme().border, 1));
        painter.setBrush(back);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        painter.setRenderHint(QPainter::Antialiasing, false);
        for (const FrameItem* frame : m_scene->frames()) {
            QColor fill = theme().accent;
            fill.setAlphaF(0.12F);
            painter.fillRect(map.mapRect(frame->frame().place), fill);
        }
        for (const NodeItem* item : m_scene->nodes()) {
            QRectF box = map.mapRect(item->box());
            box.setSize({ qMax(2.0, box.width()), qMax(2.0, box.height()) });
            painter.fillRect(box, item->status().known && item->node().isStep() ? toneColor(item->status().tone) : item->node().isStep() ? theme().wire : theme().border);
        }
        m_isStale = false;
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_boxes);
    const QRectF sight = map.mapRect(m_view->sight()).intersected(QRectF(rect()).adjusted(1, 1, -2, -2));
    QColor fill = theme().accent;
    fill.setAlphaF(0.10F);
    painter.setPen(QPen(theme().accent, 1.2));
    painter.setBrush(fill);
    painter.drawRect(sight);
}

void Minimap::goTo(QPointF position)
{
    m_view->centerOn(toMap().inverted().map(position));
}

void Minimap::mousePressEvent(QMouseEvent* event)
{
    goTo(event->position());
}

void Minimap::mouseMoveEvent(QMouseEvent* event)
{
    if ((event->buttons() & Qt::LeftButton) != 0) {
        goTo(event->position());
    }
}

void Minimap::enterEvent(QEnterEvent*)
{
    m_leave.stop();
}

void Minimap::leaveEvent(QEvent*)
{
    m_leave.start();
}

} // namespace sheaf::ui
