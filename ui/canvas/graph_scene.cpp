// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/graph_scene.h"

#include "ui/canvas/edge_item.h"
#include "ui/canvas/frame_item.h"
#include "ui/canvas/node_geometry.h"

#include <cmath>

namespace sheaf::ui {

GraphScene::GraphScene(QObject* parent)
    : QGraphicsScene(parent)
{
}

/// Whether each port and each wire would be where it is: only words change.
bool GraphScene::hasSameEnds(const Graph& graph) const
{
    const auto samePorts = [](const std::vector<GraphPort>& a, const std::vector<GraphPort>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(),
            [](const GraphPort& one, const GraphPort& other) { return one.name == other.name && one.isOrder == other.isOrder; });
    };
    return graph.edges == m_graph.edges
        && std::equal(graph.nodes.begin(), graph.nodes.end(), m_graph.nodes.begin(), m_graph.nodes.end(), [&](const GraphNode& a, const GraphNode& b) {
               return a.id == b.id && a.kind == b.kind && a.isDisabled == b.isDisabled && samePorts(a.inputs, b.inputs) && samePorts(a.outputs, b.outputs);
           });
}

void GraphScene::setGraph(const Graph& graph, const Places& places)
{
    if (!hasSameEnds(graph)) {
        emit aboutToChange();
    }
    QHash<QString, NodeItem*> old = std::exchange(m_byId, {});
    const bool sameWires = graph.edges == m_graph.edges && graph.nodes.size() == m_nodes.size()
        && std::equal(graph.nodes.begin(), graph.nodes.end(), m_graph.nodes.begin(), [](const auto& a, const auto& b) { return a.id == b.id; });
    m_graph = graph;
    if (!sameWires) {
        qDeleteAll(m_edges);
        m_edges.clear();
        m_edgesOf.clear();
    }
    m_nodes.clear();
    for (const GraphNode& node : graph.nodes) {
        NodeItem* item = old.take(node.id);
        if (item != nullptr && item->node().kind != node.kind) {
            delete item;
            item = nullptr;
        }
        if (item == nullptr) {
            item = new NodeItem(node);
            addItem(item);
        } else {
            item->setNode(node);
        }
        item->setPos(places.value(node.id));
        m_nodes.push_back(item);
        m_byId.insert(node.id, item);
    }
    qDeleteAll(old);
    if (!sameWires) {
        for (const GraphEdge& edge : graph.edges) {
            NodeItem* from = m_nodes[static_cast<std::size_t>(edge.from)];
            NodeItem* to = m_nodes[static_cast<std::size_t>(edge.to)];
            auto* item = new EdgeItem(edge, from, to);
            addItem(item);
            m_edges.push_back(item);
            m_edgesOf[from].push_back(item);
            m_edgesOf[to].push_back(item);
        }
    } else {
        for (EdgeItem* edge : m_edges) {
            edge->follow();
        }
    }
    colorEdges();
    fitRect();
}

void GraphScene::setFrames(const QVector<CanvasFrame>& frames)
{
    while (m_frames.size() > static_cast<std::size_t>(frames.size())) {
        delete m_frames.back();
        m_frames.pop_back();
    }
    for (int i = 0; i < frames.size(); ++i) {
        if (static_cast<std::size_t>(i) < m_frames.size()) {
            m_frames[static_cast<std::size_t>(i)]->setFrame(frames[i]);
        } else {
            auto* item = new FrameItem(frames[i], i);
            addItem(item);
            m_frames.push_back(item);
        }
    }
    fitRect();
}

QRectF GraphScene::extent() const
{
    QRectF all;
    for (const NodeItem* item : m_nodes) {
        all = all.united(item->box());
    }
    for (const FrameItem* item : m_frames) {
        all = all.united(item->frame().place);
    }
    return all;
}

/// Room around, so that any box can be brought to the middle.
void GraphScene::fitRect()
{
    setSceneRect(extent().adjusted(-2000, -1500, 2000, 1500));
    emit looksChanged();
}

void GraphScene::setStatus(const QHash<QString, NodeStatus>& all)
{
    bool recolours = false;
    for (auto status = all.cbegin(); status != all.cend(); ++status) {
        if (NodeItem* item = node(status.key())) {
            recolours = recolours || item->status().tone != status->tone || item->status().known != status->known;
            item->setStatus(*status);
        }
    }
    if (recolours) {
        colorEdges();
        emit looksChanged();
    }
}

void GraphScene::clearStatus()
{
    for (NodeItem* item : m_nodes) {
        if (item->status().known) {
            item->setStatus({});
        }
    }
    colorEdges();
    emit looksChanged();
}

void GraphScene::setProblems(const QHash<QString, spec::Severity>& problems)
{
    for (NodeItem* item : m_nodes) {
        const auto worst = problems.constFind(item->node().id);
        item->setProblem(worst == problems.constEnd() ? NodeProblem::None : *worst == spec::Severity::Error ? NodeProblem::Error : NodeProblem::Warning);
    }
}

void GraphScene::setChanged(const QSet<QString>& steps)
{
    for (NodeItem* item : m_nodes) {
        item->setChanged(steps.contains(item->node().id));
    }
}

void GraphScene::showLegal(const std::optional<PortPlace>& from)
{
    if (!from) {
        for (NodeItem* item : m_nodes) {
            item->setLegalPorts(std::nullopt);
        }
        return;
    }
    QHash<QString, std::vector<PortPlace>> legal;
    for (const PortPlace& place : legalTargets(m_graph, *from)) {
        legal[place.node].push_back(place);
    }
    legal[from->node].push_back(*from);
    for (NodeItem* item : m_nodes) {
        item->setLegalPorts(legal.value(item->node().id));
    }
}

void GraphScene::moveTo(NodeItem* item, QPointF place)
{
    item->setPos(place);
    for (EdgeItem* edge : m_edgesOf.value(item)) {
        edge->follow();
    }
}

void GraphScene::select(const QStringList& ids)
{
    if (ids == selectedIds() && selectedEdge() == nullptr && selectedFrame() == nullptr) {
        return;
    }
    clearSelection();
    for (const QString& id : ids) {
        if (NodeItem* item = node(id)) {
            item->setSelected(true);
        }
    }
}

QStringList GraphScene::selectedIds() const
{
    QStringList ids;
    for (const NodeItem* item : m_nodes) {
        if (item->isSelected()) {
            ids << item->node().id;
        }
    }
    return ids;
}

QStringList GraphScene::selectedSteps() const
{
    QStringList ids;
    for (const NodeItem* item : m_nodes) {
        if (item->isSelected() && item->node().isStep()) {
            ids << item->node().id;
        }
    }
    return ids;
}

EdgeItem* GraphScene::selectedEdge() const
{
    const auto found = std::find_if(m_edges.begin(), m_edges.end(), [](const EdgeItem* edge) { return edge->isSelected(); });
    return found == m_edges.end() ? nullptr : *found;
}

FrameItem* GraphScene::selectedFrame() const
{
    const auto found = std::find_if(m_frames.begin(), m_frames.end(), [](const FrameItem* frame) { return frame->isSelected(); });
    return found == m_frames.end() ? nullptr : *found;
}

NodeItem* GraphScene::nodeAt(QPointF point) const
{
    for (QGraphicsItem* item : items(point)) {
        if (auto* node = dynamic_cast<NodeItem*>(item); node != nullptr && node->box().contains(point)) {
            return node;
        }
    }
    return nullptr;
}

std::optional<PortPlace> GraphScene::portAt(QPointF point) const
{
    for (QGraphicsItem* item : items(QRectF(point - QPointF(kPortReach, kPortReach), QSizeF(2 * kPortReach, 2 * kPortReach)), Qt::IntersectsItemBoundingRect)) {
        if (const auto* node = dynamic_cast<NodeItem*>(item)) {
            if (const auto port = node->portAt(point)) {
                return port;
            }
        }
    }
    return std::nullopt;
}

EdgeItem* GraphScene::edgeAt(QPointF point) const
{
    for (QGraphicsItem* item : items(point)) {
        if (auto* edge = dynamic_cast<EdgeItem*>(item)) {
            return edge;
        }
    }
    return nullptr;
}

FrameItem* GraphScene::frameAt(QPointF point) const
{
    for (QGraphicsItem* item : items(point)) {
        if (auto* frame = dynamic_cast<FrameItem*>(item)) {
            return frame;
        }
    }
    return nullptr;
}

QPointF GraphScene::pointOf(const PortPlace& port) const
{
    const NodeItem* item = node(port.node);
    return item == nullptr ? QPointF() : item->port(port.isInput, port.index);
}

NodeItem* GraphScene::neighbour(const NodeItem* from, Qt::Key direction) const
{
    NodeItem* best = nullptr;
    double bestCost = 0;
    const QPointF origin = from->box().center();
    for (NodeItem* item : m_nodes) {
        if (item == from) {
            continue;
        }
        const QPointF way = item->box().center() - origin;
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
    for (EdgeItem* edge : m_edges) {
        const bool isSourceReady = !edge->from()->node().isStep() || edge->from()->status().tone == Tone::Done;
        const NodeStatus& status = edge->to()->node().isStep() ? edge->to()->status() : edge->from()->status();
        EdgeItem::Flow flow = EdgeItem::Flow::Nothing;
        if (status.known && isSourceReady) {
            flow = status.tone == Tone::Running || status.tone == Tone::Queued ? EdgeItem::Flow::Flowing
                : status.tone == Tone::Done                                    ? EdgeItem::Flow::Done
                                                                               : EdgeItem::Flow::Nothing;
        }
        edge->setFlow(flow);
    }
}

} // namespace sheaf::ui
