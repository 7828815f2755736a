// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/auto_layout.h"

#include "ui/canvas/node_geometry.h"

#include <graphviz/gvc.h>

#include <cmath>
#include <memory>
#include <numeric>

namespace sheaf::ui {

namespace {

constexpr double kDpi = 72; // Graphviz measures in inches and answers in points
constexpr double kGapX = 80;
constexpr double kGapY = 30;

void set(void* object, const char* name, const QByteArray& value)
{
    agsafeset(object, const_cast<char*>(name), const_cast<char*>(value.constData()), const_cast<char*>(""));
}

QPointF snapped(QPointF point)
{
    return { std::round(point.x() / kGridStep) * kGridStep, std::round(point.y() / kGridStep) * kGridStep };
}

Agraph_t* toGraphviz(const Graph& graph, std::vector<Agnode_t*>& nodes)
{
    Agraph_t* g = agopen(const_cast<char*>("pipeline"), Agdirected, nullptr);
    set(g, "rankdir", "LR");
    set(g, "nodesep", QByteArray::number(kGapY / kDpi, 'f', 4));
    set(g, "ranksep", QByteArray::number(kGapX / kDpi, 'f', 4));
    set(g, "splines", "false"); // wires are drawn from port to port
    // Beyond some hundred boxes dot's exact ranking takes seconds and looks no better.
    if (graph.nodes.size() > 300) {
        set(g, "nslimit", "2");
        set(g, "nslimit1", "2");
        set(g, "mclimit", "0.3");
    }
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        // Numbered names: dot orders what is equal by name, and titles must not move boxes.
        QByteArray name = QByteArray::number(static_cast<qulonglong>(i)).rightJustified(6, '0');
        Agnode_t* node = agnode(g, name.data(), 1);
        const QSizeF size = nodeSize(graph.nodes[i]);
        set(node, "shape", "box");
        set(node, "fixedsize", "true");
        set(node, "label", "");
        set(node, "width", QByteArray::number(size.width() / kDpi, 'f', 4));
        set(node, "height", QByteArray::number(size.height() / kDpi, 'f', 4));
        nodes.push_back(node);
    }
    for (std::size_t i = 0; i < graph.edges.size(); ++i) {
        QByteArray name = QByteArray::number(static_cast<qulonglong>(i));
        agedge(g, nodes[static_cast<std::size_t>(graph.edges[i].from)], nodes[static_cast<std::size_t>(graph.edges[i].to)], name.data(), 1);
    }
    return g;
}

/// Boxes that are down already, and whether there is room. Sorted into cells, so that a thousand boxes are quick.
class Room
{
public:
    void take(const QRectF& box)
    {
        const int number = static_cast<int>(m_boxes.size());
        m_boxes.push_back(box);
        forCells(box, [&](qint64 cell) { m_cells[cell].push_back(number); });
    }

    /// The first box that lies in the way.
    [[nodiscard]] const QRectF* inTheWay(const QRectF& box) const
    {
        const QRectF wide = box.adjusted(-kGapX / 4, -kGapY / 2, kGapX / 4, kGapY / 2);
        const QRectF* found = nullptr;
        forCells(wide, [&](qint64 cell) {
            if (const auto in = m_cells.find(cell); in != m_cells.end()) {
                for (const int number : *in) {
                    if (m_boxes[static_cast<std::size_t>(number)].intersects(wide)) {
                        found = &m_boxes[static_cast<std::size_t>(number)];
                    }
                }
            }
        });
        return found;
    }

    /// The nearest free place above or below.
    [[nodiscard]] QPointF free(QRectF box) const
    {
        QRectF down = box;
        QRectF up = box;
        for (int tries = 0; tries < 4000; ++tries) {
            const QRectF* below = inTheWay(down);
            if (below == nullptr) {
                return down.topLeft();
            }
            const QRectF* above = inTheWay(up);
            if (above == nullptr) {
                return up.topLeft();
            }
            down.moveTop(std::ceil((below->bottom() + kGapY) / kGridStep) * kGridStep);
            up.moveBottom(std::floor((above->top() - kGapY) / kGridStep) * kGridStep);
        }
        return down.topLeft();
    }

private:
    template <class Does>
    static void forCells(const QRectF& box, Does&& does)
    {
        constexpr double kCell = 400;
        for (auto x = static_cast<qint64>(std::floor(box.left() / kCell)); x <= static_cast<qint64>(std::floor(box.right() / kCell)); ++x) {
            for (auto y = static_cast<qint64>(std::floor(box.top() / kCell)); y <= static_cast<qint64>(std::floor(box.bottom() / kCell)); ++y) {
                does(x * 1'000'003 + y);
            }
        }
    }

    std::vector<QRectF> m_boxes;
    QHash<qint64, std::vector<int>> m_cells;
};

Places byDot(const Graph& graph)
{
    static const std::unique_ptr<GVC_t, void (*)(GVC_t*)> context(gvContext(), [](GVC_t* c) { gvFreeContext(c); });
    std::vector<Agnode_t*> nodes;
    const std::unique_ptr<Agraph_t, void (*)(Agraph_t*)> g(toGraphviz(graph, nodes), [](Agraph_t* a) { agclose(a); });
    if (gvLayout(context.get(), g.get(), "dot") != 0) {
        return {};
    }
    Places places;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const pointf at = ND_coord(nodes[i]); // y grows upwards there
        const QSizeF size = nodeSize(graph.nodes[i]);
        places[graph.nodes[i].id] = snapped({ at.x - size.width() / 2, -at.y - size.height() / 2 });
    }
    gvFreeLayout(context.get(), g.get());
    return places;
}

} // namespace

Places autoLayout(const Graph& graph, const QMap<QString, QPointF>& pinned)
{
    if (graph.nodes.empty()) {
        return {};
    }
    const Places laid = byDot(graph);
    if (pinned.isEmpty()) {
        return laid;
    }
    // The layout is shifted to where the pinned boxes are, on the average; then what would touch one makes way.
    QPointF shift;
    int count = 0;
    Room room;
    Places places;
    for (const GraphNode& node : graph.nodes) {
        if (const auto pin = pinned.find(node.id); pin != pinned.end()) {
            shift += *pin - laid[node.id];
            ++count;
            places[node.id] = *pin;
            room.take({ *pin, nodeSize(node) });
        }
    }
    shift = count > 0 ? snapped(shift / count) : QPointF();
    for (const GraphNode& node : graph.nodes) {
        if (!places.contains(node.id)) {
            const QPointF at = room.free({ laid[node.id] + shift, nodeSize(node) });
            places[node.id] = at;
            room.take({ at, nodeSize(node) });
        }
    }
    return places;
}

Places placeNew(const Graph& graph, const Places& known, const QMap<QString, QPointF>& pinned)
{
    Places places;
    Room room;
    const auto keep = [&](const GraphNode& node, QPointF at) {
        places[node.id] = at;
        room.take({ at, nodeSize(node) });
    };
    for (const GraphNode& node : graph.nodes) {
        if (const auto pin = pinned.find(node.id); pin != pinned.end()) {
            keep(node, *pin);
        }
    }
    // From top to bottom, so that what is pushed by a box that grew is pushed once.
    std::vector<const GraphNode*> old;
    for (const GraphNode& node : graph.nodes) {
        if (!places.contains(node.id) && known.contains(node.id)) {
            old.push_back(&node);
        }
    }
    std::stable_sort(old.begin(), old.end(), [&](const auto* a, const auto* b) { return known[a->id].y() < known[b->id].y(); });
    for (const GraphNode* node : old) {
        QRectF box(known[node->id], nodeSize(*node));
        while (const QRectF* way = room.inTheWay(box.adjusted(kGapX / 4, kGapY / 2, -kGapX / 4, -kGapY / 2))) {
            box.moveTop(std::ceil((way->bottom() + kGapY) / kGridStep) * kGridStep);
        }
        keep(*node, box.topLeft());
    }
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const GraphNode& node = graph.nodes[i];
        if (places.contains(node.id)) {
            continue;
        }
        // Right of what it reads, left of what reads it, at their height on the average.
        const QSizeF size = nodeSize(node);
        double left = -1e9;
        double right = 1e9;
        double middle = 0;
        int count = 0;
        double bottom = 0;
        for (const GraphEdge& edge : graph.edges) {
            const bool in = edge.to == static_cast<int>(i);
            const bool out = edge.from == static_cast<int>(i);
            if (!in && !out) {
                continue;
            }
            const GraphNode& other = graph.nodes[static_cast<std::size_t>(in ? edge.from : edge.to)];
            const auto at = places.find(other.id);
            if (at == places.end()) {
                continue;
            }
            const QRectF box(*at, nodeSize(other));
            left = in ? std::max(left, box.right() + kGapX) : left;
            right = out ? std::min(right, box.left() - kGapX - size.width()) : right;
            middle += box.center().y();
            ++count;
        }
        for (auto at = places.cbegin(); at != places.cend(); ++at) {
            bottom = std::max(bottom, at->y() + 160);
        }
        QPointF at(0, places.isEmpty() ? 0 : bottom + kGapY);
        if (count > 0) {
            at = { left > -1e8 ? left : right, middle / count - size.height() / 2 };
        }
        keep(node, room.free({ snapped(at), size }));
    }
    return places;
}

} // namespace sheaf::ui
