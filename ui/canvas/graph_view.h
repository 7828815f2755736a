// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QGraphicsView>

namespace sheaf::ui {

class GraphScene;

/// The window onto the graph: zoom, pan and keys. Says what the user wants; changes nothing but its own sight.
class GraphView : public QGraphicsView
{
    Q_OBJECT

public:
    explicit GraphView(GraphScene* scene, QWidget* parent = nullptr);
    void fitAll();
    void zoomTo(double scale);
    void zoomBy(double factor);
    [[nodiscard]] double scaleNow() const { return transform().m11(); }
    void reveal(const QString& step);

signals:
    void stepOpenRequested(const QString& step);
    void stepPicked(const QString& step);
    void scaleChanged(double scale);

protected:
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    [[nodiscard]] QString stepAt(QPoint position) const;
    GraphScene* m_scene;
    QPoint m_grabbed;
    bool m_isPanning = false;
    bool m_isFitted = true; // keep all in view when the window changes, until the user looks elsewhere
};

} // namespace sheaf::ui
