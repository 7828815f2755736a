// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/graph_view.h"

#include "ui/canvas/graph_scene.h"
#include "ui/canvas/node_geometry.h"
#include "ui/style/theme.h"

#include <QKeyEvent>
#include <QScrollBar>
#include <QWheelEvent>

#include <cmath>

namespace sheaf::ui {

namespace {

constexpr double kLeastScale = 0.08;
constexpr double kMostScale = 2.5;
constexpr double kFitScale = 1.15; // small graphs are not blown up
constexpr double kStep = 1.2;

} // namespace

GraphView::GraphView(GraphScene* scene, QWidget* parent)
    : QGraphicsView(scene, parent)
    , m_scene(scene)
{
    setObjectName(QStringLiteral("canvas.view"));
    setAccessibleName(tr("Pipeline graph"));
    setAccessibleDescription(tr("Arrow keys walk from step to step, Enter opens the details of a step"));
    setFrameShape(QFrame::NoFrame);
    setAcceptDrops(false);
    viewport()->setAcceptDrops(false);
    setViewportUpdateMode(QGraphicsView::MinimalViewportUpdate);
    setOptimizationFlags(DontSavePainterState | DontAdjustForAntialiasing);
    setTransformationAnchor(AnchorUnderMouse);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
}

void GraphView::fitAll()
{
    QRectF all;
    for (const NodeItem* item : m_scene->nodes()) {
        all = all.united(item->sceneBoundingRect());
    }
    if (all.isEmpty()) {
        return;
    }
    const double margin = 40;
    const double scale = qMin((viewport()->width() - 2 * margin) / all.width(), (viewport()->height() - 2 * margin) / all.height());
    setTransform(QTransform::fromScale(qBound(kLeastScale, scale, kFitScale), qBound(kLeastScale, scale, kFitScale)));
    centerOn(all.center());
    m_isFitted = true;
    emit scaleChanged(scaleNow());
}

void GraphView::zoomTo(double scale)
{
    const double bounded = qBound(kLeastScale, scale, kMostScale);
    setTransform(QTransform::fromScale(bounded, bounded));
    m_isFitted = false;
    emit scaleChanged(scaleNow());
}

void GraphView::zoomBy(double factor)
{
    zoomTo(scaleNow() * factor);
}

void GraphView::reveal(const QString& step)
{
    if (const NodeItem* item = m_scene->step(step)) {
        ensureVisible(item, 40, 40);
    }
}

void GraphView::wheelEvent(QWheelEvent* event)
{
    if ((event->modifiers() & Qt::ShiftModifier) != 0) {
        QGraphicsView::wheelEvent(event);
        m_isFitted = false;
        return;
    }
    zoomBy(std::pow(kStep, event->angleDelta().y() / 120.0));
    event->accept();
}

void GraphView::keyPressEvent(QKeyEvent* event)
{
    const auto key = static_cast<Qt::Key>(event->key());
    NodeItem* here = m_scene->selectedStep();
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down: {
        NodeItem* next = nullptr;
        if (here != nullptr) {
            next = m_scene->neighbour(here, key);
        } else {
            for (NodeItem* item : m_scene->nodes()) {
                next = next == nullptr && item->node().isStep ? item : next;
            }
        }
        if (next != nullptr) {
            m_scene->selectStep(next->node().id);
            ensureVisible(next, 40, 40);
            emit stepPicked(next->node().id);
        }
        return;
    }
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::KeypadModifier) {
            if (here != nullptr) {
                emit stepOpenRequested(here->node().id);
            }
            return;
        }
        break;
    case Qt::Key_Escape:
        m_scene->clearSelection();
        emit stepPicked({});
        return;
    default:
        break;
    }
    QGraphicsView::keyPressEvent(event);
}

QString GraphView::stepAt(QPoint position) const
{
    for (QGraphicsItem* item : items(position)) {
        if (const auto* node = dynamic_cast<NodeItem*>(item); node != nullptr && node->node().isStep) {
            return node->node().id;
        }
    }
    return {};
}

void GraphView::mousePressEvent(QMouseEvent* event)
{
    const QString step = stepAt(event->pos());
    const bool isPan = event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && step.isEmpty());
    if (isPan) {
        m_isPanning = true;
        m_grabbed = event->pos();
        viewport()->setCursor(Qt::ClosedHandCursor);
        return;
    }
    if (event->button() == Qt::LeftButton) {
        m_scene->selectStep(step);
        emit stepPicked(step);
    }
}

void GraphView::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_isPanning) {
        QGraphicsView::mouseMoveEvent(event);
        return;
    }
    const QPoint way = event->pos() - m_grabbed;
    m_grabbed = event->pos();
    m_isFitted = m_isFitted && way.isNull();
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - way.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - way.y());
}

void GraphView::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_isPanning) {
        m_isPanning = false;
        viewport()->unsetCursor();
        return;
    }
    QGraphicsView::mouseReleaseEvent(event);
}

void GraphView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (const QString step = stepAt(event->pos()); event->button() == Qt::LeftButton && !step.isEmpty()) {
        emit stepOpenRequested(step);
    }
}

void GraphView::resizeEvent(QResizeEvent* event)
{
    QGraphicsView::resizeEvent(event);
    if (m_isFitted) {
        fitAll();
    }
}

void GraphView::drawBackground(QPainter* painter, const QRectF& rect)
{
    painter->fillRect(rect, theme().canvas);
    if (scaleNow() < 0.5) {
        return;
    }
    QVector<QPointF> dots;
    for (double x = std::floor(rect.left() / kGridStep) * kGridStep; x < rect.right(); x += kGridStep) {
        for (double y = std::floor(rect.top() / kGridStep) * kGridStep; y < rect.bottom(); y += kGridStep) {
            dots << QPointF(x, y);
        }
    }
    painter->setPen(QPen(theme().grid, 1.6));
    painter->drawPoints(dots.constData(), static_cast<int>(dots.size()));
}

void GraphView::focusInEvent(QFocusEvent* event)
{
    QGraphicsView::focusInEvent(event);
    viewport()->update();
}

void GraphView::focusOutEvent(QFocusEvent* event)
{
    QGraphicsView::focusOutEvent(event);
    viewport()->update();
}

} // namespace sheaf::ui
