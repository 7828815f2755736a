// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/canvas/graph_scene.h"
#endif

#include <QWidget>

class QLabel;
class QStackedLayout;

namespace sheaf::ui {

class AppContext;
class EmptyHint;
class GraphView;

/// The graph of what is open, the pipeline file or a run, with the states of the run on its boxes. Owned by the main window.
class CanvasPanel : public QWidget
{
    Q_OBJECT

public:
    explicit CanvasPanel(AppContext& context, QWidget* parent = nullptr);
    [[nodiscard]] GraphView* view() const { return m_view; }
    [[nodiscard]] GraphScene* scene() const { return m_scene; }

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refreshGraph();
    void place(Graph graph);
    void refreshStatus();
    void refreshProblems();
    void onRunChanged(const event::ChangeSet& changes);
    void showHint(const QString& iconName, const QString& title, const QString& text);
    void buildZoomButtons();

    AppContext& m_context;
    GraphScene* m_scene;
    GraphView* m_view;
    EmptyHint* m_hint;
    QStackedLayout* m_stack;
    QWidget* m_zoom = nullptr;
    QLabel* m_scale = nullptr;
    Graph m_graph;
    int m_question = 0;
};

} // namespace sheaf::ui
