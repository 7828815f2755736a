// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/canvas/graph_scene.h"
#endif

#include <QGraphicsView>
#include <QPointer>
#include <QTimer>

class QLabel;
class QMimeData;
class QRubberBand;

namespace sheaf::ui {

/// The window onto the graph: zoom, pan, the mouse and the keys. Says what the user wants; changes nothing but its own sight and the places of
/// what is being dragged, which go back when nobody takes the wish up.
class GraphView : public QGraphicsView
{
    Q_OBJECT

public:
    explicit GraphView(GraphScene* scene, QWidget* parent = nullptr);

    void fitAll();
    void fitSelection();
    void zoomTo(double scale);
    void zoomBy(double factor);
    [[nodiscard]] double scaleNow() const { return transform().m11(); }
    void reveal(const QString& node);
    /// False: looking only (a run, no file).
    void setEditable(bool isEditable);
    [[nodiscard]] bool isEditable() const { return m_isEditable; }
    /// One line beside the mouse, for three seconds.
    void say(const QString& words, QPoint at);
    /// Where something new would go: the mouse if it is over the canvas, else the middle.
    [[nodiscard]] QPointF cursorPoint() const;
    /// Begins to lay a wire by keys from the chosen box.
    void beginLink();
    [[nodiscard]] bool isLinking() const { return m_link.has_value(); }
    /// Boxes, a frame or a wire hang on the mouse: what is drawn has to stay until gestureEnded().
    [[nodiscard]] bool isDragging() const { return m_gesture == Gesture::Move || m_gesture == Gesture::Resize || m_gesture == Gesture::Wire; }
    /// As Escape: everything is as it was.
    void abortGesture();
    [[nodiscard]] QRectF sight() const { return mapToScene(viewport()->rect()).boundingRect(); }

signals:
    void openRequested(const QString& node);
    void picked(const QStringList& nodes);
    void scaleChanged(double scale);
    void sightChanged();
    void moved(const sheaf::ui::Places& places, const QVector<sheaf::ui::CanvasFrame>& frames);
    void nudged(const sheaf::ui::Places& places); // by keys
    void wireRequested(const sheaf::ui::PortPlace& from, const sheaf::ui::PortPlace& to);
    void unwireRequested(const sheaf::ui::PortPlace& from, const sheaf::ui::PortPlace& to);
    void rewireRequested(const sheaf::ui::PortPlace& from, const sheaf::ui::PortPlace& oldTo, const sheaf::ui::PortPlace& to);
    void gestureEnded(); // after what it asked for
    /// What shall be made at the point; `port`: a wire was dropped there.
    void addRequested(QPointF point, const std::optional<sheaf::ui::PortPlace>& port);
    void spliceRequested(const QString& node, const sheaf::ui::PortPlace& from, const sheaf::ui::PortPlace& to, QPointF place);
    void frameEditRequested(int frame);
    void menuRequested(QPoint globalPosition, QPointF point);
    void dataDropped(const QMimeData* data, QPointF point, sheaf::ui::EdgeItem* edge);

protected:
    bool event(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Gesture { None, Pan, Rubber, Move, Resize, Wire };

    /// A wire on its way: from a port to the mouse, or to the next legal port by keys.
    struct Link {
        PortPlace from;
        std::vector<PortPlace> targets; // by keys
        int target = -1;
        bool isPickedUp = false; // an existing wire was taken off its input
        PortPlace pickedFrom;
    };

    void pick();
    void letGo();
    void endGesture(QMouseEvent* event);
    [[nodiscard]] EdgeItem* spliceable(EdgeItem* edge) const;
    void beginMove(QPointF point);
    void moveBy(QPointF way, bool isSnapped);
    void endMove();
    void moveWire(QPointF point);
    void endWire(QPoint position);
    void walk(Qt::Key key);
    void nudge(Qt::Key key, bool isFar);
    void stepLink(int direction);
    void endLink(bool isTaken);
    [[nodiscard]] QString portName(const PortPlace& port) const;
    void heat(EdgeItem* edge);

    GraphScene* m_scene;
    Gesture m_gesture = Gesture::None;
    QPoint m_grabbed; // in the viewport
    QPointF m_grabbedPoint; // on the scene
    bool m_hasMoved = false;
    bool m_isSpaceDown = false;
    bool m_isEditable = false;
    bool m_isFitted = true; // keep all in view when the window changes, until the user looks elsewhere
    Places m_before; // of what is being dragged
    QVector<CanvasFrame> m_framesBefore;
    QString m_moving; // the one box that is dragged alone: may be put on a wire
    EdgeItem* m_hot = nullptr;
    QTimer m_hover; // a wire under a dragged box lights after a moment
    std::optional<Link> m_link;
    QPointF m_linkEnd;
    QRubberBand* m_rubber;
    QLabel* m_bubble;
    QTimer m_bubbleTimer;
};

} // namespace sheaf::ui

Q_DECLARE_METATYPE(sheaf::ui::Places)
