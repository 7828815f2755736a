// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/graph_scene.h"

#include "ui/canvas/edge_item.h"

#include <cmath>

namespace sheaf::ui {

GraphScene::GraphScene(QObject* parent)
    : QGraphicsScene(parent)
{
}

void GraphScene::setGraph(const Graph& graph, const GraphLayout& layout)
{
    clear();
    m_nodes.clear();
    m_edges.clear();
    m_graph = graph;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        auto* item = new NodeItem(graph.nodes[i]);
        item->setPos(layout.nodes[i].topLeft());
        addItem(item);
        m_nodes.push_back(item);
    }
    for (std::size_t i = 0; i < graph.edges.size(); ++i) {
        const GraphEdge& edge = graph.edges[i];
        const QRectF from = layout.nodes[static_cast<std::size_t>(edge.from)];
        const QRectF to = layout.nodes[static_cast<std::size_t>(edge.to)];
        auto* item = new EdgeItem(layout.edges[i], { from.right(), from.center().y() }, { to.left(), to.center().y() }, edge.label);
        addItem(item);
        m_edges.push_back(item);
    }
    // Room around, so that any box can be brought to the middle.
    setSceneRect(layout.bounds.adjusted(-600, -500, 600, 500));
}

void GraphScene::setTexts(const Graph& graph)
{
    m_graph = graph;
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        m_nodes[i]->setNode(graph.nodes[i]);
    }
}

void GraphScene::setStatus(const QString& id, NodeStatus status)
{
    if (NodeItem* item = step(id)) {
        item->setStatus(std::move(status));
        colorEdges();
    }
}

void GraphScene::clearStatus()
{
    for (NodeItem* item : m_nodes) {
        item->setStatus({});
    }
    colorEdges();
}

void GraphScene::setProblems(const QSet<QString>& steps)
{
    for (NodeItem* item : m_nodes) {
        item->setProblem(item->node().isStep && steps.contains(item->node().id));
    }
}

void GraphScene::selectStep(const QString& id)
{
    NodeItem* wanted = step(id);
    if (wanted == selectedStep()) {
        return;
    }
    clearSelection();
    if (wanted != nullptr) {
        wanted->setSelected(true);
    }
}

NodeItem* GraphScene::step(const QString& id) const
{
    for (NodeItem* item : m_nodes) {
        if (item->node().isStep && item->node().id == id) {
            return item;
        }
    }
    return nullptr;
}

NodeItem* GraphScene::selectedStep() const
{
    for (NodeItem* item : m_nodes) {
        if (item->isSelected()) {
            return item;
        }
    }
    return nullptr;
}

NodeItem* GraphScene::neighbour(const NodeItem* from, Qt::Key direction) const
{
    NodeItem* best = nullptr;
    double bestCost = 0;
    const QPointF origin = from->sceneBoundingRect().center();
    for (NodeItem* item : m_nodes) {
        if (item == from || !item->node().isStep) {
            continue;
        }
        const QPointF way = item->sceneBoundingRect().center() - origin;
        const bool isSideways = direction == Qt::Key_Left || direction == Qt::Key_Right;
        const double along = direction == Qt::Key_Right ? way.x() : direction == Qt::Key_Left ? -way.x() : direction == Qt::Key_Down ? way.y() : -way.y();
        const double across = std::abs(isSideways ? way.y() : way.x());
        if (along <= 1 || (!isSideways && along < across / 3)) {
            continue;
        }
        const double cost = along + 2 * across;
        if (best == nullptr || cost < bestCost) {
            best = item;
            bestCost = cost;
        }
    }
    return best;
}

void GraphScene::colorEdges()
{
    for (std::size_t i = 0; i < m_edges.size(); ++i) {
        const NodeItem* from = m_nodes[static_cast<std::size_t>(m_graph.edges[i].from)];
        const NodeItem* to = m_nodes[static_cast<std::size_t>(m_graph.edges[i].to)];
        const bool isSourceReady = !from->node().isStep || from->status().tone == Tone::Done;
        const Tone tone = to->status().tone;
        EdgeItem::Flow flow = EdgeItem::Flow::Nothing;
        if (to->status().known && isSourceReady) {
            flow = tone == Tone::Running || tone == Tone::Queued ? EdgeItem::Flow::Flowing : tone == Tone::Done ? EdgeItem::Flow::Done : EdgeItem::Flow::Nothing;
        }
        m_edges[i]->setFlow(flow);
    }
}

} // namespace sheaf::ui
