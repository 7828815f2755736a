// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/canvas/auto_layout.h"
#include "ui/canvas/node_item.h"
#include "ui/state/canvas_notes.h"
#endif

#include <QGraphicsScene>
#include <QSet>

namespace sheaf::ui {

class EdgeItem;
class FrameItem;

/// Makes, changes and removes items when the graph says so; what stays keeps its item, its selection and its status. Owned by the
/// canvas; main thread.
class GraphScene : public QGraphicsScene
{
    Q_OBJECT

public:
    explicit GraphScene(QObject* parent = nullptr);

    void setGraph(const Graph& graph, const Places& places);
    void setFrames(const QVector<CanvasFrame>& frames);
    void setStatus(const QHash<QString, NodeStatus>& status); // of these steps; the others keep theirs
    void clearStatus();
    void setProblems(const QHash<QString, spec::Severity>& problems);
    void setChanged(const QSet<QString>& steps);
    /// Shows where a wire from this port may end; nullopt: none is dragged.
    void showLegal(const std::optional<PortPlace>& from);

    /// Puts items somewhere while they are dragged; wires follow.
    void moveTo(NodeItem* item, QPointF place);
    void select(const QStringList& ids);
    [[nodiscard]] QStringList selectedIds() const; // in the order of the graph
    [[nodiscard]] QStringList selectedSteps() const;
    [[nodiscard]] EdgeItem* selectedEdge() const;
    [[nodiscard]] FrameItem* selectedFrame() const;

    [[nodiscard]] const Graph& graph() const { return m_graph; }
    [[nodiscard]] NodeItem* node(const QString& id) const { return m_byId.value(id); }
    [[nodiscard]] NodeItem* nodeAt(QPointF point) const;
    [[nodiscard]] std::optional<PortPlace> portAt(QPointF point) const;
    [[nodiscard]] EdgeItem* edgeAt(QPointF point) const;
    [[nodiscard]] FrameItem* frameAt(QPointF point) const;
    [[nodiscard]] QPointF pointOf(const PortPlace& port) const;
    /// The box nearest to `from` in a direction; null when there is none.
    [[nodiscard]] NodeItem* neighbour(const NodeItem* from, Qt::Key direction) const;
    [[nodiscard]] const std::vector<NodeItem*>& nodes() const { return m_nodes; }
    [[nodiscard]] const std::vector<EdgeItem*>& edges() const { return m_edges; }
    [[nodiscard]] const std::vector<FrameItem*>& frames() const { return m_frames; }
    /// Of all boxes and frames.
    [[nodiscard]] QRectF extent() const;

signals:
    /// Boxes, ports or wires become others now: who points at some lets them go.
    void aboutToChange();
    /// Something was moved, made or coloured: for the minimap.
    void looksChanged();

private:
    void colorEdges();
    void fitRect();
    [[nodiscard]] bool hasSameEnds(const Graph& graph) const;

    Graph m_graph;
    std::vector<NodeItem*> m_nodes; // in the order of Graph::nodes
    QHash<QString, NodeItem*> m_byId;
    std::vector<EdgeItem*> m_edges;
    QHash<const NodeItem*, std::vector<EdgeItem*>> m_edgesOf;
    std::vector<FrameItem*> m_frames;
};

} // namespace sheaf::ui
