// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
// bench-canvas [--steps N]: frame times of the canvas in software rendering: pan, zoom, drag a box, at 1,000 and 5,000 steps.
#include "tests/bench/bench_run.h"
#include "ui/canvas/auto_layout.h"
#include "ui/canvas/graph_scene.h"
#include "ui/canvas/graph_view.h"
#include "ui/style/theme.h"

#include <fmt/format.h>

#include <QApplication>
#include <QScrollBar>

#include <algorithm>
#include <chrono>
#include <vector>

using namespace sheaf::ui;

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::time_point since)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
}

/// Layers of 25 steps, each reading two of the layer before: what a generated pipeline looks like.
Graph graphOf(int steps)
{
    Graph graph;
    constexpr int kLayer = 25;
    for (int i = 0; i < steps; ++i) {
        GraphNode node;
        node.id = QStringLiteral("score_region_%1").arg(i);
        node.title = node.id;
        node.icon = QStringLiteral("parallel");
        node.kindLine = QStringLiteral("parallel · 2 nodes × 4 workers");
        node.settingsLine = QStringLiteral("mini_batch_size 10 · retries 2 · timeout 60.0 s");
        node.dataLine = QStringLiteral("score.py ← orders");
        node.inputs = { { QStringLiteral("orders"), PortKind::Table, PortKind::Table, true, false, {} },
            { QStringLiteral("model"), PortKind::Model, PortKind::Model, false, false, {} },
            { QStringLiteral("rate"), PortKind::Value, PortKind::Value, false, false, QStringLiteral("0.5") } };
        node.outputs = { { QStringLiteral("rows"), PortKind::File, PortKind::File, false, false, {} } };
        graph.nodes.push_back(node);
        if (i >= kLayer) {
            graph.edges.push_back({ i - kLayer, 0, i, 0 });
            graph.edges.push_back({ i - kLayer - (i % kLayer == 0 ? 1 - kLayer : 1), 0, i, 1 });
        }
    }
    return graph;
}

struct Frames {
    std::vector<double> times;
    [[nodiscard]] double at(double share)
    {
        std::sort(times.begin(), times.end());
        return times[std::min(times.size() - 1, static_cast<std::size_t>(share * static_cast<double>(times.size())))];
    }
};

template <class Does>
Frames measure(int count, Does&& does)
{
    Frames frames;
    for (int i = 0; i < count; ++i) {
        const auto begin = Clock::now();
        does(i);
        QApplication::processEvents(); // the paint that follows
        frames.times.push_back(milliseconds(begin));
    }
    return frames;
}

void report(int steps, const char* what, double scale, Frames frames, std::string& json)
{
    const double median = frames.at(0.5);
    const double p95 = frames.at(0.95);
    fmt::print("{:>6} steps  {:<6} at {:>4.0f} %   median {:6.2f} ms   P95 {:6.2f} ms   worst {:6.2f} ms\n", steps, what, scale * 100, median, p95, frames.at(1));
    json += fmt::format("{}\"{}_{}_{:.0f}\":{:.2f}", json.empty() ? "" : ",", what, steps, scale * 100, p95);
}

void run(int steps, std::string& json)
{
    const Graph graph = graphOf(steps);
    const auto begin = Clock::now();
    const Places places = autoLayout(graph);
    fmt::print("{:>6} steps  layout {:.0f} ms (in a thread)\n", steps, milliseconds(begin));
    GraphScene scene;
    GraphView view(&scene);
    view.resize(1400, 900);
    view.show();
    const auto made = Clock::now();
    scene.setGraph(graph, places);
    view.fitAll();
    QApplication::processEvents();
    fmt::print("{:>6} steps  items made and first drawn {:.0f} ms\n", steps, milliseconds(made));
    const double whole = view.scaleNow();
    for (const double scale : { whole, 0.3, 0.5, 1.0 }) {
        view.zoomTo(scale);
        view.centerOn(scene.extent().center());
        QApplication::processEvents();
        report(steps, "pan", scale, measure(120, [&](int i) {
            view.horizontalScrollBar()->setValue(view.horizontalScrollBar()->value() + (i % 60 < 30 ? 17 : -17));
            view.verticalScrollBar()->setValue(view.verticalScrollBar()->value() + (i % 40 < 20 ? 9 : -9));
        }), json);
        NodeItem* item = scene.nodeAt(view.sight().center());
        item = item == nullptr ? scene.nodes()[scene.nodes().size() / 2] : item;
        report(steps, "drag", scale, measure(80, [&](int i) { scene.moveTo(item, item->pos() + QPointF(i % 20 < 10 ? 6 : -6, 4)); }), json);
    }
    view.zoomTo(whole);
    report(steps, "zoom", whole, measure(60, [&](int i) { view.zoomBy(i < 30 ? 1.08 : 1 / 1.08); }), json);
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    applyTheme(application, ThemeChoice::Light);
    const std::string only = sheaf::bench::option(argc, argv, "steps", "");
    std::string json;
    for (const int steps : only.empty() ? std::vector<int> { 1000, 5000 } : std::vector<int> { std::stoi(only) }) {
        run(steps, json);
    }
    fmt::print("{{{}}}\n", json);
    return 0;
}
