// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/edit/pipeline_edit.h"
#include "core/event/run_picture.h"
#include "core/pipeline/resolver.h"
#include "core/pipeline/run_spec.h"
#include "ui/style/state_tone.h"
#include "ui/widgets/progress_strip.h"

#include <QHash>
#include <QString>

#include <vector>

namespace sheaf::ui {

/// What flows through a port.
enum class PortKind {
    Any, // not declared: takes what it is given
    FileList, // a folder that is split into mini-batches of files
    Table,
    Folder,
    File,
    Value,
    Model,
};

/// An input or output of a box.
struct GraphPort {
    QString name;
    PortKind kind = PortKind::Any; // as shown
    PortKind declared = PortKind::Any; // what it takes: Any when the file names no type
    bool isMain = false; // the input that is split
    bool isBound = false; // a wire ends here
    QString value; // the path or literal that it has without a wire
    bool isOrder = false; // made up for a step that waits without a port: is drawn, no wire begins, ends or is cut there
    bool operator==(const GraphPort&) const = default;
};

enum class NodeKind {
    Step,
    Input, // of the pipeline
    Output, // of the pipeline
    Source, // data of a run that no step makes
};

/// A box of the graph. A value; knows no drawing.
struct GraphNode {
    NodeKind kind = NodeKind::Step;
    QString id; // steps: their name; others: "input:", "output:" or "source:" and their name
    QString title;
    QString icon;
    QString kindLine; // "parallel · 2 nodes × 4 workers"
    QString settingsLine; // "mini_batch_size 10 · retries 2"
    QString dataLine; // "score.py ← orders" or the command
    QString tip;
    QString opens; // a sub-pipeline: the file that double-click opens
    bool isDisabled = false;
    std::vector<GraphPort> inputs;
    std::vector<GraphPort> outputs;
    [[nodiscard]] bool isStep() const { return kind == NodeKind::Step; }
    bool operator==(const GraphNode&) const = default;
};

/// A binding: an output of one node is an input of another.
struct GraphEdge {
    int from = 0; // place in Graph::nodes
    int fromPort = 0;
    int to = 0;
    int toPort = 0;
    bool operator==(const GraphEdge&) const = default;
};

struct Graph {
    std::vector<GraphNode> nodes; // inputs first, then steps in the order of the job, then outputs
    std::vector<GraphEdge> edges;
    [[nodiscard]] int find(const QString& id) const;
    /// Whether `to` can be reached from `from` along the wires; the way as ids, else empty.
    [[nodiscard]] QStringList way(int from, int to) const;
    bool operator==(const Graph&) const = default;
};

/// A port of the graph, for gestures.
struct PortPlace {
    QString node;
    bool isInput = false;
    int index = 0;
    bool operator==(const PortPlace&) const = default;
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

/// Of a run: what it was when it was started.
[[nodiscard]] Graph buildGraph(const pipeline::RunSpec& spec);
/// Of the file that is edited: everything that is written, with what follows from it where that is known; also disabled steps.
[[nodiscard]] Graph buildGraph(const pipeline::Resolved& job);

/// The worst finding of each box: by its place in the job file, and of a component, a table or a script of all boxes that use that file. Notes
/// do not count.
[[nodiscard]] QHash<QString, spec::Severity> problemsOf(const pipeline::Resolved& job);

[[nodiscard]] NodeStatus statusOf(const event::StepPicture& step, const pipeline::StepSpec* spec, bool isActive);
/// Counts in the fixed order of all bars: ended well, badly, under way, waiting.
[[nodiscard]] std::vector<Share> sharesOf(const event::StepPicture& step);

[[nodiscard]] PortKind portKind(pipeline::DataType type, bool isSplit = false);
/// "file list", "table", …
[[nodiscard]] QString kindWord(PortKind kind);
[[nodiscard]] QString kindIcon(PortKind kind);

/// Why a wire may not go from an output to an input, in one sentence; "" when it may.
[[nodiscard]] QString whyNot(const Graph& graph, const PortPlace& from, const PortPlace& to);
/// Every port that a wire from (or, of an input, to) this one may go to.
[[nodiscard]] std::vector<PortPlace> legalTargets(const Graph& graph, const PortPlace& port);
/// Null when the graph has no such port.
[[nodiscard]] const GraphPort* portAt(const Graph& graph, const PortPlace& place);
/// Whether the wire into this port only shows an order.
[[nodiscard]] bool isOrder(const Graph& graph, const PortPlace& to);
/// The same port in the words of the job file; nothing when there is no such port.
[[nodiscard]] edit::PortRef portRef(const Graph& graph, const PortPlace& place);

} // namespace sheaf::ui
