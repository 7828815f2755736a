// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"
#include "core/pipeline/run_spec.h"
#include "ui/style/state_tone.h"
#include "ui/widgets/progress_strip.h"

#include <QString>

#include <vector>

namespace sheaf::ui {

/// A box of the graph: a step, or an input of the pipeline that no step makes. A value; knows no drawing.
struct GraphNode {
    bool isStep = false;
    QString id; // steps: their name; sources: "source:" and the path
    QString title;
    QString icon;
    QString kindLine; // "parallel · 2 nodes × 4 workers"
    QString settingsLine; // "mini_batch_size 10 · retries 2"
    QString dataLine; // "scores ← orders" or the command
    QString tip;

    bool operator==(const GraphNode&) const = default;
};

/// A binding: the output of one node is an input of another.
struct GraphEdge {
    int from = 0; // place in Graph::nodes
    int to = 0;
    QString label; // names of the inputs it fills

    bool operator==(const GraphEdge&) const = default;
};

struct Graph {
    std::vector<GraphNode> nodes; // sources first, then steps in the order of the job
    std::vector<GraphEdge> edges;

    [[nodiscard]] int find(const QString& id) const;
    /// Same boxes and wires, whatever is written in them: the layout can stay.
    [[nodiscard]] bool hasSameShape(const Graph& other) const;
};

/// What a run says about a step, for its box.
struct NodeStatus {
    bool known = false; // false: no run is open
    Tone tone = Tone::Pending;
    QString word;
    std::vector<Share> shares;
    QString progress; // "37 of 400"
    QString trouble; // "2 failed · 1 timed out"

    [[nodiscard]] QString sentence() const;
};

[[nodiscard]] Graph buildGraph(const pipeline::RunSpec& spec);
[[nodiscard]] NodeStatus statusOf(const event::StepPicture& step, const pipeline::StepSpec* spec, bool isActive);
/// Counts in the fixed order of all bars: ended well, badly, under way, waiting.
[[nodiscard]] std::vector<Share> sharesOf(const event::StepPicture& step);

} // namespace sheaf::ui
