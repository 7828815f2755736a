// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/auto_layout.h"

#include "ui/canvas/node_geometry.h"

#include <graphviz/gvc.h>

#include <memory>

namespace sheaf::ui {

namespace {

constexpr double kDpi = 72; // Graphviz measures in inches and answers in points

void set(void* object, const char* name, const QByteArray& value)
{
    agsafeset(object, const_cast<char*>(name), const_cast<char*>(value.constData()), const_cast<char*>(""));
}

Agraph_t* toGraphviz(const Graph& graph, std::vector<Agnode_t*>& nodes, std::vector<Agedge_t*>& edges)
{
    Agraph_t* g = agopen(const_cast<char*>("pipeline"), Agdirected, nullptr);
    set(g, "rankdir", "LR");
    set(g, "nodesep", "0.45");
    set(g, "ranksep", "0.9");
    set(g, "splines", "true");
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        // Numbered names: dot orders what is equal by name, and titles must not move boxes.
        QByteArray name = QByteArray::number(static_cast<qulonglong>(i)).rightJustified(6, '0');
        Agnode_t* node = agnode(g, name.data(), 1);
        const QSizeF size = nodeSize(graph.nodes[i].isStep);
        set(node, "shape", "box");
        set(node, "fixedsize", "true");
        set(node, "label", "");
        set(node, "width", QByteArray::number(size.width() / kDpi, 'f', 4));
        set(node, "height", QByteArray::number(size.height() / kDpi, 'f', 4));
        nodes.push_back(node);
    }
    for (std::size_t i = 0; i < graph.edges.size(); ++i) {
        QByteArray name = QByteArray::number(static_cast<qulonglong>(i));
        Agedge_t* edge = agedge(g, nodes[static_cast<std::size_t>(graph.edges[i].from)], nodes[static_cast<std::size_t>(graph.edges[i].to)], name.data(), 1);
        set(edge, "headport", "w");
        set(edge, "tailport", "e");
        set(edge, "arrowhead", "none");
        edges.push_back(edge);
    }
    return g;
}

GraphLayout readBack(const Graph& graph, const std::vector<Agnode_t*>& nodes, const std::vector<Agedge_t*>& edges)
{
    GraphLayout layout;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const pointf at = ND_coord(nodes[i]); // y grows upwards there
        const QSizeF size = nodeSize(graph.nodes[i].isStep);
        layout.nodes.emplace_back(QPointF(at.x - size.width() / 2, -at.y - size.height() / 2), size);
        layout.bounds = layout.bounds.united(layout.nodes.back());
    }
    for (std::size_t i = 0; i < edges.size(); ++i) {
        std::vector<QPointF> points;
        if (const splines* spline = ED_spl(edges[i]); spline != nullptr && spline->size > 0) {
            const bezier& curve = spline->list[0];
            for (int k = 0; k < curve.size; ++k) {
                points.emplace_back(curve.list[k].x, -curve.list[k].y);
            }
        }
        layout.edges.push_back(std::move(points));
    }
    return layout;
}

} // namespace

GraphLayout autoLayout(const Graph& graph)
{
    if (graph.nodes.empty()) {
        return {};
    }
    static const std::unique_ptr<GVC_t, void (*)(GVC_t*)> context(gvContext(), [](GVC_t* c) { gvFreeContext(c); });
    std::vector<Agnode_t*> nodes;
    std::vector<Agedge_t*> edges;
    const std::unique_ptr<Agraph_t, void (*)(Agraph_t*)> g(toGraphviz(graph, nodes, edges), [](Agraph_t* a) { agclose(a); });
    if (gvLayout(context.get(), g.get(), "dot") != 0) {
        return {};
    }
    GraphLayout layout = readBack(graph, nodes, edges);
    gvFreeLayout(context.get(), g.get());
    return layout;
}

} // namespace sheaf::ui
