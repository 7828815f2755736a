// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QTimer>
#include <QWidget>

namespace sheaf::ui {

class GraphScene;
class GraphView;

/// The whole graph, small, in a corner: boxes in the colours of their states, frames, and what is in sight. A press or drag moves the sight. Comes when
/// the sight moves and not all is in it, and goes two seconds later unless the mouse is over it. Owned by the canvas panel.
class Minimap : public QWidget
{
    Q_OBJECT

public:
    Minimap(GraphScene* scene, GraphView* view, QWidget* parent = nullptr);
    /// Stays, or comes and goes.
    void setPinned(bool isPinned);
    [[nodiscard]] bool isPinned() const { return m_isPinned; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void onSight();
    void goTo(QPointF position);
    [[nodiscard]] QTransform toMap() const;

    GraphScene* m_scene;
    GraphView* m_view;
    QTimer m_leave;
    bool m_isPinned = false;
    QPixmap m_boxes; // drawn anew when the graph changes, not when the sight does
    bool m_isStale = true;
};

} // namespace sheaf::ui
