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
constexpr double kGapX = 70;
constexpr double kGapY = 30;
constexpr std::size_t kMostForDot = 1500; // it takes a third of a second for 1,000 boxes and twenty for 5,000

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

/// Layers by the longest way, each ordered by the middle of what it reads: what dot does, without its last finish, in a fraction of its time.
Places byLayers(const Graph& graph)
{
    const std::size_t count = graph.nodes.size();
    std::vector<std::vector<std::size_t>> readers(count);
    std::vector<std::vector<std::size_t>> makers(count);
    std::vector<int> waiting(count, 0);
    for (const GraphEdge& edge : graph.edges) {
        readers[static_cast<std::size_t>(edge.from)].push_back(static_cast<std::size_t>(edge.to));
        makers[static_cast<std::size_t>(edge.to)].push_back(static_cast<std::size_t>(edge.from));
        ++waiting[static_cast<std::size_t>(edge.to)];
    }
    std::vector<std::size_t> open;
    std::vector<int> layer(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        if (waiting[i] == 0) {
            open.push_back(i);
        }
    }
    int layers = 1;
    for (std::size_t next = 0; next < open.size(); ++next) { // what is in a circle stays in the first layer
        for (const std::size_t reader : readers[open[next]]) {
            layer[reader] = std::max(layer[reader], layer[open[next]] + 1);
            layers = std::max(layers, layer[reader] + 1);
            if (--waiting[reader] == 0) {
                open.push_back(reader);
            }
        }
    }
    std::vector<std::vector<std::size_t>> rows(static_cast<std::size_t>(layers));
    for (std::size_t i = 0; i < count; ++i) {
        rows[static_cast<std::size_t>(layer[i])].push_back(i);
    }
    std::vector<double> middle(count, 0);
    Places places;
    double x = 0;
    for (auto& row : rows) {
        std::stable_sort(row.begin(), row.end(), [&](std::size_t a, std::size_t b) {
            const auto wish = [&](std::size_t node) {
                double sum = 0;
                for (const std::size_t maker : makers[node]) {
                    sum += middle[maker];
                }
                return makers[node].empty() ? 0 : sum / static_cast<double>(makers[node].size());
            };
            return wish(a) < wish(b);
        });
        double height = 0;
        double width = 0;
        for (const std::size_t node : row) {
            height += nodeSize(graph.nodes[node]).height() + kGapY;
            width = std::max(width, nodeSize(graph.nodes[node]).width());
        }
        double y = -height / 2;
        for (const std::size_t node : row) {
            const QSizeF size = nodeSize(graph.nodes[node]);
            places[graph.nodes[node].id] = { std::round(x / kGridStep) * kGridStep, std::ceil(y / kGridStep) * kGridStep };
            middle[node] = y + size.height() / 2;
            y += std::ceil((size.height() + kGapY) / kGridStep) * kGridStep;
        }
        x += width + kGapX;
    }
    return places;
}

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
    const Places laid = graph.nodes.size() > kMostForDot ? byLayers(graph) : byDot(graph);
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

QPointF freePlace(const QVector<QRectF>& boxes, QPointF wanted, QSizeF size)
{
    Room room;
    for (const QRectF& box : boxes) {
        room.take(box);
    }
    QRectF down(snapped(wanted), size);
    QRectF right = down;
    for (const QRectF* way = room.inTheWay(down); way != nullptr; way = room.inTheWay(down)) {
        down.moveTop(std::ceil((way->bottom() + kGapY / 2 + 1) / kGridStep) * kGridStep);
    }
    for (const QRectF* way = room.inTheWay(right); way != nullptr; way = room.inTheWay(right)) {
        right.moveLeft(std::ceil((way->right() + kGapX / 4 + 1) / kGridStep) * kGridStep);
    }
    return down.top() - wanted.y() <= right.left() - wanted.x() ? down.topLeft() : right.topLeft();
}

WirePlace placeOnWire(const QVector<QRectF>& boxes, const QRectF& before, const QRectF& behind, QPointF wanted, QSizeF size)
{
    constexpr double kGap = 2 * kGridStep;
    QVector<QRectF> others = boxes;
    WirePlace found;
    if (behind.left() >= before.right()) { // else the wire goes back to the left, and there is nothing to widen
        const double least = before.right() + kGap;
        found.from = behind.left();
        found.shift = std::max(0.0, std::ceil((least + size.width() + kGap - behind.left()) / kGridStep) * kGridStep);
        wanted.setX(std::ceil(std::clamp(wanted.x(), least, std::max(least, behind.left() + found.shift - kGap - size.width())) / kGridStep) * kGridStep);
        if (found.shift > 0) {
            found.shift += kGridStep; // what the grid took
            for (QRectF& box : others) {
                box.translate(box.left() >= found.from ? found.shift : 0, 0);
            }
        }
    }
    found.place = freePlace(others, wanted, size);
    return found;
}

} // namespace sheaf::ui
