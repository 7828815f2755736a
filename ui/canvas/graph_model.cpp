// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/graph_model.h"

#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QMap>

namespace sheaf::ui {

namespace {

QString say(const char* text, int n = -1)
{
    return QCoreApplication::translate("graph", text, nullptr, n);
}

bool isData(pipeline::DataType type)
{
    using pipeline::DataType;
    return type != DataType::String && type != DataType::Number && type != DataType::Integer && type != DataType::Boolean;
}

QString iconOf(pipeline::DataType type)
{
    using pipeline::DataType;
    switch (type) {
    case DataType::UriFolder:
        return QStringLiteral("folder");
    case DataType::UriFile:
        return QStringLiteral("file");
    case DataType::MlTable:
        return QStringLiteral("table");
    case DataType::MlflowModel:
    case DataType::CustomModel:
    case DataType::TritonModel:
        return QStringLiteral("model");
    case DataType::String:
    case DataType::Number:
    case DataType::Integer:
    case DataType::Boolean:
        break;
    }
    return QStringLiteral("value");
}

const QString kDot = QStringLiteral(" · ");

QString parallelKind(const pipeline::StepSpec& step)
{
    const int workers = step.parallel.maxConcurrencyPerInstance;
    QString line = QStringLiteral("parallel");
    line += kDot + (step.instanceCount == 1 ? say("1 node") : say("%1 nodes").arg(step.instanceCount));
    return line + QStringLiteral(" × ") + (workers == 0 ? say("a worker per core") : workers == 1 ? say("1 worker") : say("%1 workers").arg(workers));
}

QString parallelSettings(const pipeline::StepSpec& step)
{
    const auto& p = step.parallel;
    QStringList parts;
    if (!p.partitionKeys.empty()) {
        QStringList keys;
        for (const auto& key : p.partitionKeys) {
            keys << toQt(key);
        }
        parts << say("by %1").arg(keys.join(QStringLiteral(", ")));
    } else if (!p.miniBatchSizeText.empty()) {
        parts << QStringLiteral("mini_batch_size %1").arg(toQt(p.miniBatchSizeText));
    }
    parts << say("retries %1").arg(p.maxRetries);
    parts << say("timeout %1").arg(durationText(p.timeoutSeconds));
    return parts.join(kDot);
}

GraphNode nodeOf(const pipeline::StepSpec& step)
{
    GraphNode node;
    node.isStep = true;
    node.id = toQt(step.name);
    node.title = step.displayName.empty() ? toQt(step.name) : toQt(step.displayName);
    if (step.kind == pipeline::StepKind::Parallel) {
        node.icon = QStringLiteral("parallel");
        node.kindLine = parallelKind(step);
        node.settingsLine = parallelSettings(step);
        node.dataLine = toQt(step.parallel.entryScript);
        if (!step.parallel.inputData.empty()) {
            node.dataLine += QStringLiteral(" ← ") + toQt(step.parallel.inputData);
        }
    } else {
        node.icon = QStringLiteral("command");
        node.kindLine = QStringLiteral("command");
        if (step.instanceCount > 1) {
            node.kindLine += kDot + say("%1 nodes").arg(step.instanceCount);
        }
        node.settingsLine = step.command.timeoutSeconds > 0 ? say("timeout %1").arg(durationText(step.command.timeoutSeconds)) : say("no time limit");
        node.dataLine = toQt(step.command.command).simplified();
    }
    node.tip = node.title + QLatin1Char('\n') + node.kindLine + QLatin1Char('\n') + node.settingsLine + QLatin1Char('\n') + node.dataLine.left(600);
    return node;
}

GraphNode sourceOf(const pipeline::StepInput& input)
{
    GraphNode node;
    node.id = QStringLiteral("source:") + toQt(input.value);
    const QString path = toQt(input.value);
    node.title = toQt(input.name);
    node.icon = iconOf(input.type);
    const QFileInfo info(path.endsWith(QLatin1Char('/')) ? path.chopped(1) : path);
    node.kindLine = info.fileName().isEmpty() ? path : info.fileName();
    node.tip = node.title + QLatin1Char('\n') + path;
    return node;
}

} // namespace

int Graph::find(const QString& id) const
{
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].id == id) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

bool Graph::hasSameShape(const Graph& other) const
{
    return edges == other.edges && nodes.size() == other.nodes.size()
        && std::equal(nodes.begin(), nodes.end(), other.nodes.begin(), [](const auto& a, const auto& b) { return a.id == b.id && a.isStep == b.isStep; });
}

Graph buildGraph(const pipeline::RunSpec& spec)
{
    Graph graph;
    for (const auto& step : spec.steps) {
        for (const auto& input : step.inputs) {
            if (input.fromStep.empty() && isData(input.type) && !input.value.empty()) {
                GraphNode source = sourceOf(input);
                if (graph.find(source.id) < 0) {
                    graph.nodes.push_back(std::move(source));
                }
            }
        }
    }
    for (const auto& step : spec.steps) {
        graph.nodes.push_back(nodeOf(step));
    }
    for (const auto& step : spec.steps) {
        const int to = graph.find(toQt(step.name));
        std::vector<std::pair<int, QStringList>> wires; // one wire per pair of boxes, in order of the inputs
        const auto wire = [&](int from, const QString& label) {
            for (auto& [known, labels] : wires) {
                if (known == from) {
                    labels << label;
                    return;
                }
            }
            wires.push_back({ from, { label } });
        };
        for (const auto& input : step.inputs) {
            const QString id = !input.fromStep.empty() ? toQt(input.fromStep)
                : isData(input.type)                   ? QStringLiteral("source:") + toQt(input.value)
                                                       : QString();
            if (const int from = id.isEmpty() ? -1 : graph.find(id); from >= 0 && from != to) {
                wire(from, toQt(input.name));
            }
        }
        for (const auto& name : step.dependsOn) {
            const int from = graph.find(toQt(name));
            const bool isKnown = std::any_of(wires.begin(), wires.end(), [from](const auto& w) { return w.first == from; });
            if (from >= 0 && from != to && !isKnown) {
                wire(from, QString());
            }
        }
        for (const auto& [from, labels] : wires) {
            graph.edges.push_back({ from, to, labels.join(QStringLiteral(", ")) });
        }
    }
    return graph;
}

std::vector<Share> sharesOf(const event::StepPicture& step)
{
    using event::MiniBatchState;
    std::vector<Share> shares;
    for (const auto state : { MiniBatchState::Done, MiniBatchState::Failed, MiniBatchState::TimedOut, MiniBatchState::Canceled, MiniBatchState::Retrying,
             MiniBatchState::Running, MiniBatchState::Pending }) {
        shares.push_back({ toneOf(state), step.count(state) });
    }
    return shares;
}

NodeStatus statusOf(const event::StepPicture& step, const pipeline::StepSpec* spec, bool isActive)
{
    using event::MiniBatchState;
    NodeStatus status;
    status.known = true;
    status.tone = toneOf(step.state);
    status.word = wordOf(step.state);
    const bool isUnderWay = !step.isOver() && step.state != event::StepState::NotStarted;
    if (isUnderWay && !isActive) {
        status.tone = Tone::Canceled;
        status.word = say("Interrupted");
    }
    const bool isCommand = spec != nullptr && spec->kind == pipeline::StepKind::Command;
    if (isCommand || !step.planned) {
        const Tone tone = status.tone;
        status.shares = { { step.isOver() || isUnderWay ? tone : Tone::Pending, 1 } };
        if (step.endedMicros > step.startedMicros && step.startedMicros > 0) {
            status.progress = durationText(static_cast<double>(step.endedMicros - step.startedMicros) / 1e6);
        }
        if (isCommand && step.state == event::StepState::Failed && step.exitCode != 0) {
            status.trouble = say("exit code %1").arg(step.exitCode);
        }
        return status;
    }
    status.shares = sharesOf(step);
    status.progress = say("%1 of %2").arg(countText(step.ended()), countText(step.total()));
    QStringList trouble;
    if (step.count(MiniBatchState::Failed) > 0) {
        trouble << say("%1 failed").arg(countText(step.count(MiniBatchState::Failed)));
    }
    if (step.count(MiniBatchState::TimedOut) > 0) {
        trouble << say("%1 timed out").arg(countText(step.count(MiniBatchState::TimedOut)));
    }
    status.trouble = trouble.join(kDot);
    return status;
}

QString NodeStatus::sentence() const
{
    QStringList parts { word };
    for (const QString& part : { progress, trouble }) {
        if (!part.isEmpty()) {
            parts << part;
        }
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace sheaf::ui
