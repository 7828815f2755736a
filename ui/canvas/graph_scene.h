// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/canvas/auto_layout.h"
#include "ui/canvas/node_item.h"
#endif

#include <QGraphicsScene>
#include <QSet>

namespace sheaf::ui {

class EdgeItem;

/// Makes and removes items when the graph says so. Owned by the canvas; main thread.
class GraphScene : public QGraphicsScene
{
    Q_OBJECT

public:
    explicit GraphScene(QObject* parent = nullptr);
    void setGraph(const Graph& graph, const GraphLayout& layout);
    /// Same shape: only what is written in the boxes.
    void setTexts(const Graph& graph);
    void setStatus(const QString& step, NodeStatus status);
    void clearStatus();
    void setProblems(const QSet<QString>& steps);
    void selectStep(const QString& step);
    [[nodiscard]] NodeItem* step(const QString& id) const;
    [[nodiscard]] NodeItem* selectedStep() const;
    /// The step nearest to `from` in a direction; null when there is none.
    [[nodiscard]] NodeItem* neighbour(const NodeItem* from, Qt::Key direction) const;
    [[nodiscard]] const std::vector<NodeItem*>& nodes() const { return m_nodes; }

private:
    void colorEdges();
    Graph m_graph;
    std::vector<NodeItem*> m_nodes; // in the order of Graph::nodes
    std::vector<EdgeItem*> m_edges;
};

} // namespace sheaf::ui
