// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/graph_view.h"

#include "ui/canvas/edge_item.h"
#include "ui/canvas/frame_item.h"
#include "ui/canvas/node_geometry.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QMimeData>
#include <QRubberBand>
#include <QScrollBar>
#include <QWheelEvent>

#include <cmath>

namespace sheaf::ui {

namespace {

constexpr double kLeastScale = 0.05;
constexpr double kMostScale = 2.5;
constexpr double kFitScale = 1.15; // small graphs are not blown up
constexpr double kStep = 1.2;
constexpr int kBubbleMilliseconds = 3000;
constexpr int kHoverMilliseconds = 150; // a box that only passes over a wire does not light it
constexpr double kLeastFrame = 80;

bool isArrow(int key)
{
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
}

} // namespace

GraphView::GraphView(GraphScene* scene, QWidget* parent)
    : QGraphicsView(scene, parent)
    , m_scene(scene)
    , m_rubber(new QRubberBand(QRubberBand::Rectangle, viewport()))
    , m_bubble(new QLabel(viewport()))
{
    setObjectName(QStringLiteral("canvas.view"));
    setAccessibleName(tr("Pipeline graph"));
    setAccessibleDescription(tr("Arrow keys walk from box to box, Enter opens the settings of a step, Tab adds a step, C lays a wire; F6 leaves the graph"));
    setFrameShape(QFrame::NoFrame);
    setAcceptDrops(true);
    setMouseTracking(true);
    setViewportUpdateMode(QGraphicsView::MinimalViewportUpdate);
    setOptimizationFlags(DontSavePainterState | DontAdjustForAntialiasing);
    setTransformationAnchor(AnchorUnderMouse);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    m_bubble->setObjectName(QStringLiteral("canvas.bubble"));
    m_bubble->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_bubble->hide();
    m_bubbleTimer.setSingleShot(true);
    m_bubbleTimer.setInterval(kBubbleMilliseconds);
    connect(&m_bubbleTimer, &QTimer::timeout, m_bubble, &QWidget::hide);
    connect(m_scene, &GraphScene::aboutToChange, this, &GraphView::letGo);
    m_hover.setSingleShot(true);
    m_hover.setInterval(kHoverMilliseconds);
    connect(&m_hover, &QTimer::timeout, this, [this] {
        const NodeItem* box = m_scene->node(m_moving);
        if (m_gesture != Gesture::Move || box == nullptr) {
            return;
        }
        for (EdgeItem* edge : m_scene->edges()) {
            if (edge->from() != box && edge->to() != box && spliceable(edge) != nullptr && edge->shape().intersects(box->box())) {
                heat(edge);
                return;
            }
        }
        heat(nullptr);
    });
}

/// What is held may be gone in a moment, or mean another port.
void GraphView::letGo()
{
    const bool isLaying = m_link.has_value();
    abortGesture();
    if (isLaying) {
        say(tr("The pipeline has changed: lay the wire again"), mapFromScene(m_linkEnd));
    }
}

/// Null for a wire that only shows an order: nothing flows there.
EdgeItem* GraphView::spliceable(EdgeItem* edge) const
{
    return edge == nullptr || isOrder(m_scene->graph(), edge->toPort()) ? nullptr : edge;
}

void GraphView::setEditable(bool isEditable)
{
    m_isEditable = isEditable;
    if (!isEditable) {
        abortGesture();
    }
}

// ---- sight --------------------------------------------------------------------------------------

void GraphView::fitAll()
{
    const QRectF all = m_scene->extent();
    if (all.isEmpty()) {
        return;
    }
    const double margin = 40;
    const double scale = qMin((viewport()->width() - 2 * margin) / all.width(), (viewport()->height() - 2 * margin) / all.height());
    setTransform(QTransform::fromScale(qBound(kLeastScale, scale, kFitScale), qBound(kLeastScale, scale, kFitScale)));
    centerOn(all.center());
    m_isFitted = true;
    emit scaleChanged(scaleNow());
    emit sightChanged();
}

void GraphView::fitSelection()
{
    QRectF all;
    for (const QString& id : m_scene->selectedIds()) {
        all = all.united(m_scene->node(id)->box());
    }
    if (all.isEmpty()) {
        fitAll();
        return;
    }
    const double margin = 60;
    const double scale = qMin((viewport()->width() - 2 * margin) / all.width(), (viewport()->height() - 2 * margin) / all.height());
    zoomTo(qMin(scale, kFitScale));
    centerOn(all.center());
}

void GraphView::zoomTo(double scale)
{
    const double bounded = qBound(kLeastScale, scale, kMostScale);
    setTransform(QTransform::fromScale(bounded, bounded));
    m_isFitted = false;
    emit scaleChanged(scaleNow());
    emit sightChanged();
}

void GraphView::zoomBy(double factor)
{
    zoomTo(scaleNow() * factor);
}

void GraphView::reveal(const QString& node)
{
    if (const NodeItem* item = m_scene->node(node)) {
        ensureVisible(item, 40, 40);
    }
}

void GraphView::say(const QString& words, QPoint at)
{
    m_bubble->setText(words);
    m_bubble->setWordWrap(false);
    m_bubble->adjustSize();
    if (m_bubble->width() > viewport()->width() - 24) {
        m_bubble->setWordWrap(true);
        m_bubble->setFixedWidth(viewport()->width() - 24);
        m_bubble->adjustSize();
    } else {
        m_bubble->setMinimumWidth(0);
        m_bubble->setMaximumWidth(QWIDGETSIZE_MAX);
    }
    m_bubble->move(qBound(12, at.x() + 14, qMax(12, viewport()->width() - m_bubble->width() - 12)), qBound(8, at.y() + 18, qMax(8, viewport()->height() - m_bubble->height() - 8)));
    m_bubble->show();
    m_bubble->raise();
    m_bubbleTimer.start();
}

QPointF GraphView::cursorPoint() const
{
    const QPoint mouse = viewport()->mapFromGlobal(QCursor::pos());
    return viewport()->rect().contains(mouse) && underMouse() ? mapToScene(mouse) : mapToScene(viewport()->rect().center());
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

void GraphView::scrollContentsBy(int dx, int dy)
{
    QGraphicsView::scrollContentsBy(dx, dy);
    emit sightChanged();
}

void GraphView::resizeEvent(QResizeEvent* event)
{
    QGraphicsView::resizeEvent(event);
    if (m_isFitted) {
        fitAll();
    }
    emit sightChanged();
}

// ---- keys ---------------------------------------------------------------------------------------

bool GraphView::event(QEvent* event)
{
    // Tab belongs to the graph: it adds a step, or walks the ends of a wire that is laid by keys.
    if (event->type() == QEvent::KeyPress && m_isEditable) {
        auto* key = static_cast<QKeyEvent*>(event);
        const bool isTab = key->key() == Qt::Key_Tab && (key->modifiers() == Qt::NoModifier);
        const bool isBack = key->key() == Qt::Key_Backtab;
        if (m_link && m_gesture != Gesture::Wire && (isTab || isBack)) {
            stepLink(isTab ? 1 : -1);
            return true;
        }
        if (isTab) {
            emit addRequested(cursorPoint(), std::nullopt);
            return true;
        }
    }
    return QGraphicsView::event(event);
}

void GraphView::keyPressEvent(QKeyEvent* event)
{
    const int key = event->key();
    const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
    const QStringList chosen = m_scene->selectedIds();
    if (key == Qt::Key_Escape) {
        if (m_gesture != Gesture::None || m_link) {
            abortGesture();
        } else {
            m_scene->clearSelection();
            pick();
        }
        return;
    }
    if (key == Qt::Key_Space && !event->isAutoRepeat()) {
        m_isSpaceDown = true;
        viewport()->setCursor(Qt::OpenHandCursor);
        return;
    }
    if (m_link && m_gesture != Gesture::Wire) {
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            endLink(true);
        } else if (key == Qt::Key_C && modifiers == Qt::NoModifier) {
            beginLink(); // the next output of the box
        } else if (isArrow(key)) {
            stepLink(key == Qt::Key_Right || key == Qt::Key_Down ? 1 : -1);
        }
        return;
    }
    if (isArrow(key) && modifiers == Qt::NoModifier) {
        walk(static_cast<Qt::Key>(key));
        return;
    }
    if (isArrow(key) && m_isEditable && (modifiers & Qt::ControlModifier) != 0 && (modifiers & Qt::AltModifier) == 0) {
        nudge(static_cast<Qt::Key>(key), (modifiers & Qt::ShiftModifier) != 0);
        return;
    }
    if ((key == Qt::Key_Return || key == Qt::Key_Enter) && modifiers == Qt::NoModifier) {
        if (!chosen.isEmpty()) {
            emit openRequested(chosen.first());
        }
        return;
    }
    if (key == Qt::Key_C && modifiers == Qt::NoModifier && m_isEditable) {
        beginLink();
        return;
    }
    QGraphicsView::keyPressEvent(event);
}

void GraphView::keyReleaseEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_isSpaceDown = false;
        if (m_gesture != Gesture::Pan) {
            viewport()->unsetCursor();
        }
        return;
    }
    QGraphicsView::keyReleaseEvent(event);
}

void GraphView::walk(Qt::Key key)
{
    const QStringList chosen = m_scene->selectedIds();
    NodeItem* next = nullptr;
    if (!chosen.isEmpty()) {
        next = m_scene->neighbour(m_scene->node(chosen.first()), key);
    } else if (!m_scene->nodes().empty()) {
        const auto step = std::find_if(m_scene->nodes().begin(), m_scene->nodes().end(), [](const NodeItem* item) { return item->node().isStep(); });
        next = step == m_scene->nodes().end() ? m_scene->nodes().front() : *step;
    }
    if (next != nullptr) {
        m_scene->select({ next->node().id });
        ensureVisible(next, 40, 40);
        pick();
    }
}

void GraphView::nudge(Qt::Key key, bool isFar)
{
    const double way = kGridStep * (isFar ? 5 : 1);
    const QPointF by = key == Qt::Key_Left ? QPointF(-way, 0) : key == Qt::Key_Right ? QPointF(way, 0) : key == Qt::Key_Up ? QPointF(0, -way) : QPointF(0, way);
    Places places;
    for (const QString& id : m_scene->selectedIds()) {
        places[id] = m_scene->node(id)->pos() + by;
    }
    if (!places.isEmpty()) {
        emit nudged(places);
    }
}

QString GraphView::portName(const PortPlace& port) const
{
    const NodeItem* item = m_scene->node(port.node);
    if (item == nullptr) {
        return {};
    }
    const auto& ports = port.isInput ? item->node().inputs : item->node().outputs;
    const QString name = static_cast<std::size_t>(port.index) < ports.size() ? ports[static_cast<std::size_t>(port.index)].name : QString();
    return item->node().isStep() ? item->node().id + QLatin1Char('.') + name : name;
}

void GraphView::beginLink()
{
    if (isDragging()) {
        return; // the mouse has a wire, or a box, already
    }
    const QStringList chosen = m_scene->selectedIds();
    const NodeItem* item = m_link ? m_scene->node(m_link->from.node) : chosen.isEmpty() ? nullptr : m_scene->node(chosen.first());
    if (item == nullptr) {
        say(tr("Choose a box first: the wire begins at one of its outputs"), viewport()->rect().center());
        return;
    }
    const int count = static_cast<int>(item->node().outputs.size());
    if (count == 0) {
        say(tr("%1 has no output").arg(item->node().title), mapFromScene(item->box().bottomLeft()));
        return;
    }
    const int first = m_link ? (m_link->from.index + 1) % count : 0;
    Link link { { item->node().id, false, first }, {}, -1, false, {} };
    link.targets = legalTargets(m_scene->graph(), link.from);
    if (link.targets.empty()) {
        say(tr("Nothing here can take %1").arg(portName(link.from)), mapFromScene(item->box().bottomLeft()));
        m_link.reset();
        m_scene->showLegal(std::nullopt);
        return;
    }
    // The nearest first.
    const QPointF begin = m_scene->pointOf(link.from);
    std::stable_sort(link.targets.begin(), link.targets.end(), [&](const PortPlace& a, const PortPlace& b) {
        return QLineF(begin, m_scene->pointOf(a)).length() < QLineF(begin, m_scene->pointOf(b)).length();
    });
    m_link = std::move(link);
    m_scene->showLegal(m_link->from);
    stepLink(1);
}

void GraphView::stepLink(int direction)
{
    const int count = static_cast<int>(m_link->targets.size());
    m_link->target = (m_link->target + direction + count) % count;
    const PortPlace& target = m_link->targets[static_cast<std::size_t>(m_link->target)];
    m_linkEnd = m_scene->pointOf(target);
    ensureVisible(QRectF(m_linkEnd - QPointF(20, 20), QSizeF(40, 40)), 60, 60);
    say(tr("%1 → %2: Enter lays the wire, Tab the next end, C the next output, Esc none").arg(portName(m_link->from), portName(target)), mapFromScene(m_linkEnd));
    m_bubbleTimer.stop();
    viewport()->update();
}

void GraphView::endLink(bool isTaken)
{
    const auto link = std::exchange(m_link, std::nullopt);
    m_scene->showLegal(std::nullopt);
    m_bubble->hide();
    viewport()->update();
    if (isTaken && link && link->target >= 0) {
        emit wireRequested(link->from, link->targets[static_cast<std::size_t>(link->target)]);
    }
}

// ---- mouse --------------------------------------------------------------------------------------

void GraphView::pick()
{
    emit picked(m_scene->selectedIds());
}

void GraphView::mousePressEvent(QMouseEvent* event)
{
    const QPointF point = mapToScene(event->pos());
    m_grabbed = event->pos();
    m_grabbedPoint = point;
    m_hasMoved = false;
    m_bubble->hide();
    if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && m_isSpaceDown)) {
        abortGesture();
        m_gesture = Gesture::Pan;
        viewport()->setCursor(Qt::ClosedHandCursor);
        return;
    }
    if (event->button() != Qt::LeftButton) {
        return;
    }
    abortGesture(); // one whose button was let go elsewhere, or a wire by keys
    if (const auto port = m_isEditable ? m_scene->portAt(point) : std::nullopt) {
        m_gesture = Gesture::Wire;
        m_link = Link { *port, {}, -1, false, {} };
        if (port->isInput) { // a wire that ends here is picked up; else one is laid backwards
            for (const EdgeItem* edge : m_scene->edges()) {
                if (edge->toPort() == *port) {
                    m_link = Link { edge->fromPort(), {}, -1, true, *port };
                }
            }
        }
        m_linkEnd = point;
        m_scene->showLegal(m_link->from);
        return;
    }
    const bool isMore = (event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier)) != 0;
    if (NodeItem* item = m_scene->nodeAt(point)) {
        if (isMore) {
            item->setSelected(!item->isSelected());
        } else if (!item->isSelected()) {
            m_scene->clearSelection();
            item->setSelected(true);
        }
        pick();
        if (item->isSelected()) {
            beginMove(point);
        }
        return;
    }
    if (EdgeItem* edge = m_scene->edgeAt(point)) {
        m_scene->clearSelection();
        edge->setSelected(true);
        pick();
        return;
    }
    if (FrameItem* frame = m_scene->frameAt(point)) {
        m_scene->clearSelection();
        frame->setSelected(true);
        pick();
        m_framesBefore.clear();
        for (const FrameItem* one : m_scene->frames()) {
            m_framesBefore << one->frame();
        }
        m_gesture = m_isEditable ? frame->isCorner(point) ? Gesture::Resize : Gesture::Move : Gesture::None;
        m_before.clear();
        m_moving.clear();
        if (m_gesture == Gesture::Move && !frame->frame().isComment) { // a group takes along what lies on it
            for (const NodeItem* item : m_scene->nodes()) {
                if (frame->frame().place.contains(item->box())) {
                    m_before[item->node().id] = item->pos();
                }
            }
        }
        return;
    }
    m_gesture = Gesture::Rubber;
    if (!isMore) {
        m_scene->clearSelection();
        pick();
    }
}

void GraphView::beginMove(QPointF)
{
    m_gesture = m_isEditable ? Gesture::Move : Gesture::None;
    m_before.clear();
    m_framesBefore.clear();
    for (const FrameItem* one : m_scene->frames()) {
        m_framesBefore << one->frame();
    }
    const QStringList ids = m_scene->selectedIds();
    for (const QString& id : ids) {
        m_before[id] = m_scene->node(id)->pos();
    }
    m_moving = ids.size() == 1 ? ids.first() : QString();
}

void GraphView::moveBy(QPointF way, bool isSnapped)
{
    const auto snap = [isSnapped](QPointF point) {
        return isSnapped ? QPointF(std::round(point.x() / kGridStep) * kGridStep, std::round(point.y() / kGridStep) * kGridStep) : point;
    };
    for (auto place = m_before.cbegin(); place != m_before.cend(); ++place) {
        if (NodeItem* item = m_scene->node(place.key())) {
            m_scene->moveTo(item, snap(*place + way));
        }
    }
    if (FrameItem* frame = m_scene->selectedFrame(); frame != nullptr && frame->index() < m_framesBefore.size()) {
        CanvasFrame moved = m_framesBefore[frame->index()];
        if (m_gesture == Gesture::Resize) {
            const QPointF corner = snap(moved.place.bottomRight() + way);
            moved.place.setBottomRight({ qMax(corner.x(), moved.place.left() + kLeastFrame), qMax(corner.y(), moved.place.top() + kLeastFrame / 2) });
        } else {
            moved.place.moveTopLeft(snap(moved.place.topLeft() + way));
        }
        frame->setFrame(moved);
    }
    if (!m_moving.isEmpty() && !m_hover.isActive()) {
        m_hover.start();
    }
}

void GraphView::heat(EdgeItem* edge)
{
    if (edge != m_hot) {
        if (m_hot != nullptr) {
            m_hot->setHot(false);
        }
        m_hot = edge;
        if (m_hot != nullptr) {
            m_hot->setHot(true);
        }
    }
}

void GraphView::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF point = mapToScene(event->pos());
    m_hasMoved = m_hasMoved || (event->pos() - m_grabbed).manhattanLength() >= QApplication::startDragDistance();
    switch (m_gesture) {
    case Gesture::Pan: {
        const QPoint way = event->pos() - m_grabbed;
        m_grabbed = event->pos();
        m_isFitted = m_isFitted && way.isNull();
        horizontalScrollBar()->setValue(horizontalScrollBar()->value() - way.x());
        verticalScrollBar()->setValue(verticalScrollBar()->value() - way.y());
        return;
    }
    case Gesture::Rubber:
        if (m_hasMoved) {
            m_rubber->setGeometry(QRect(m_grabbed, event->pos()).normalized());
            m_rubber->show();
        }
        return;
    case Gesture::Move:
    case Gesture::Resize:
        if (m_hasMoved) {
            moveBy(point - m_grabbedPoint, (event->modifiers() & Qt::ControlModifier) == 0);
            ensureVisible(QRectF(point - QPointF(10, 10), QSizeF(20, 20)), 20, 20);
        }
        return;
    case Gesture::Wire:
        moveWire(point);
        ensureVisible(QRectF(point - QPointF(10, 10), QSizeF(20, 20)), 20, 20);
        return;
    case Gesture::None:
        break;
    }
    if (!m_isSpaceDown) {
        const bool isOnPort = m_isEditable && m_scene->portAt(point).has_value();
        viewport()->setCursor(isOnPort ? Qt::CrossCursor : Qt::ArrowCursor);
    }
    QGraphicsView::mouseMoveEvent(event);
}

void GraphView::moveWire(QPointF point)
{
    m_linkEnd = point;
    if (const auto port = m_scene->portAt(point)) { // it snaps to what is near
        m_linkEnd = m_scene->pointOf(*port);
    }
    viewport()->update();
}

void GraphView::mouseReleaseEvent(QMouseEvent* event)
{
    const bool wasDragging = isDragging();
    endGesture(event);
    if (wasDragging && !isDragging()) {
        emit gestureEnded();
    }
}

void GraphView::endGesture(QMouseEvent* event)
{
    const Gesture gesture = std::exchange(m_gesture, Gesture::None);
    switch (gesture) {
    case Gesture::Pan:
        viewport()->setCursor(m_isSpaceDown ? Qt::OpenHandCursor : Qt::ArrowCursor);
        return;
    case Gesture::Rubber:
        m_rubber->hide();
        if (m_hasMoved) {
            const QRectF area = mapToScene(QRect(m_grabbed, event->pos()).normalized()).boundingRect();
            for (NodeItem* item : m_scene->nodes()) {
                if (item->box().intersects(area)) {
                    item->setSelected(true);
                }
            }
            pick();
        }
        return;
    case Gesture::Move:
    case Gesture::Resize:
        if (m_hasMoved) {
            m_gesture = gesture;
            endMove();
        } else if ((event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier)) == 0) { // a click on one of several chooses it alone
            if (const NodeItem* item = m_scene->nodeAt(mapToScene(event->pos())); item != nullptr && m_scene->selectedIds().size() > 1) {
                m_scene->select({ item->node().id });
                pick();
            }
        }
        return;
    case Gesture::Wire:
        endWire(event->pos());
        return;
    case Gesture::None:
        break;
    }
    QGraphicsView::mouseReleaseEvent(event);
}

void GraphView::endMove()
{
    m_gesture = Gesture::None;
    m_hover.stop();
    EdgeItem* hot = m_hot;
    heat(nullptr);
    Places places;
    for (auto place = m_before.cbegin(); place != m_before.cend(); ++place) {
        if (const NodeItem* item = m_scene->node(place.key())) {
            places[place.key()] = item->pos();
        }
    }
    if (hot != nullptr && !m_moving.isEmpty()) {
        emit spliceRequested(m_moving, hot->fromPort(), hot->toPort(), places[m_moving]);
        return;
    }
    QVector<CanvasFrame> frames;
    for (const FrameItem* frame : m_scene->frames()) {
        frames << frame->frame();
    }
    emit moved(places, frames);
}

void GraphView::endWire(QPoint position)
{
    if (!m_link) {
        return;
    }
    const Link link = *std::exchange(m_link, std::nullopt);
    m_scene->showLegal(std::nullopt);
    viewport()->update();
    const QPointF point = mapToScene(position);
    const auto port = m_scene->portAt(point);
    if (!port) {
        if (m_scene->nodeAt(point) != nullptr) {
            if (m_hasMoved) {
                say(tr("Drop the wire on one of the ports"), position);
            }
        } else if (link.isPickedUp) {
            emit unwireRequested(link.from, link.pickedFrom);
        } else if (m_hasMoved) {
            emit addRequested(point, link.from);
        }
        return;
    }
    if (*port == link.from || (link.isPickedUp && *port == link.pickedFrom)) {
        return;
    }
    const PortPlace& from = link.from.isInput ? *port : link.from;
    const PortPlace& to = link.from.isInput ? link.from : *port;
    if (from.isInput == to.isInput) {
        say(from.isInput ? tr("An input cannot feed another input") : tr("An output cannot take another output"), position);
        return;
    }
    if (const QString reason = whyNot(m_scene->graph(), from, to); !reason.isEmpty()) {
        say(reason, position);
        return;
    }
    if (link.isPickedUp) {
        emit rewireRequested(link.from, link.pickedFrom, to);
    } else {
        emit wireRequested(from, to);
    }
}

/// Escape in the middle of a gesture: everything is as it was.
void GraphView::abortGesture()
{
    const bool wasDragging = isDragging();
    const Gesture gesture = std::exchange(m_gesture, Gesture::None);
    m_hover.stop();
    heat(nullptr);
    m_rubber->hide();
    if (gesture == Gesture::Move || gesture == Gesture::Resize) {
        for (auto place = m_before.cbegin(); place != m_before.cend(); ++place) {
            if (NodeItem* item = m_scene->node(place.key())) {
                m_scene->moveTo(item, *place);
            }
        }
        for (FrameItem* frame : m_scene->frames()) {
            if (frame->index() < m_framesBefore.size()) {
                frame->setFrame(m_framesBefore[frame->index()]);
            }
        }
    }
    if (m_link) {
        endLink(false);
    }
    if (gesture != Gesture::None) {
        viewport()->unsetCursor();
    }
    if (wasDragging) {
        emit gestureEnded();
    }
}

void GraphView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        return;
    }
    const QPointF point = mapToScene(event->pos());
    m_gesture = Gesture::None;
    if (const NodeItem* item = m_scene->nodeAt(point)) {
        emit openRequested(item->node().id);
    } else if (const FrameItem* frame = m_scene->frameAt(point)) {
        emit frameEditRequested(frame->index());
    } else if (m_isEditable && m_scene->edgeAt(point) == nullptr) {
        emit addRequested(point, std::nullopt);
    }
}

void GraphView::contextMenuEvent(QContextMenuEvent* event)
{
    abortGesture(); // the menu would get the end of it
    QPointF point = mapToScene(event->pos());
    QPoint global = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        const QStringList chosen = m_scene->selectedIds();
        point = chosen.isEmpty() ? mapToScene(viewport()->rect().center()) : m_scene->node(chosen.first())->box().center();
        global = viewport()->mapToGlobal(mapFromScene(point));
    } else if (NodeItem* item = m_scene->nodeAt(point)) {
        if (!item->isSelected()) {
            m_scene->select({ item->node().id });
            pick();
        }
    } else if (EdgeItem* edge = m_scene->edgeAt(point)) {
        m_scene->clearSelection();
        edge->setSelected(true);
    } else if (FrameItem* frame = m_scene->frameAt(point)) {
        m_scene->clearSelection();
        frame->setSelected(true);
    } else {
        m_scene->clearSelection();
        pick();
    }
    emit menuRequested(global, point);
}

// ---- drag and drop ------------------------------------------------------------------------------

void GraphView::dragEnterEvent(QDragEnterEvent* event)
{
    if (m_isEditable && (event->mimeData()->hasUrls() || event->mimeData()->hasFormat(QStringLiteral("application/x-sheaf-step")))) {
        event->acceptProposedAction();
    }
}

void GraphView::dragMoveEvent(QDragMoveEvent* event)
{
    heat(spliceable(m_scene->edgeAt(mapToScene(event->position().toPoint()))));
    event->acceptProposedAction();
}

void GraphView::dragLeaveEvent(QDragLeaveEvent*)
{
    heat(nullptr);
}

void GraphView::dropEvent(QDropEvent* event)
{
    EdgeItem* hot = m_hot;
    heat(nullptr);
    event->acceptProposedAction();
    setFocus();
    emit dataDropped(event->mimeData(), mapToScene(event->position().toPoint()), hot);
}

// ---- drawing ------------------------------------------------------------------------------------

void GraphView::drawBackground(QPainter* painter, const QRectF& rect)
{
    painter->fillRect(rect, theme().canvas);
    if (scaleNow() < 0.6) {
        return;
    }
    QVector<QPointF> dots;
    for (double x = std::floor(rect.left() / kGridStep) * kGridStep; x < rect.right(); x += kGridStep) {
        for (double y = std::floor(rect.top() / kGridStep) * kGridStep; y < rect.bottom(); y += kGridStep) {
            dots << QPointF(x, y);
        }
    }
    painter->setRenderHint(QPainter::Antialiasing, false);
    QPen dot(theme().grid, devicePixelRatioF() > 1 ? 2 : 0); // one pixel: thousands of larger ones would cost more than the boxes
    dot.setCosmetic(true);
    painter->setPen(dot);
    painter->drawPoints(dots.constData(), static_cast<int>(dots.size()));
}

void GraphView::drawForeground(QPainter* painter, const QRectF&)
{
    if (!m_link) {
        return;
    }
    const QPointF begin = m_scene->pointOf(m_link->from);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(theme().accent, 2.5, Qt::SolidLine, Qt::RoundCap));
    painter->drawPath(m_link->from.isInput ? wirePath(m_linkEnd, begin) : wirePath(begin, m_linkEnd));
}

void GraphView::focusInEvent(QFocusEvent* event)
{
    QGraphicsView::focusInEvent(event);
    viewport()->update();
}

void GraphView::focusOutEvent(QFocusEvent* event)
{
    QGraphicsView::focusOutEvent(event);
    m_isSpaceDown = false;
    viewport()->update();
}

} // namespace sheaf::ui
