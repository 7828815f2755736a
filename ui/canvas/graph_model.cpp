// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/graph_model.h"

#include "core/spec/expression.h"
#include "core/spec/yaml_node.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSet>

#include <unordered_map>

namespace sheaf::ui {

namespace {

QString say(const char* text, int n = -1)
{
    return QCoreApplication::translate("graph", text, nullptr, n);
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

/// One line for a value that stands at a port.
QString shortValue(const QString& value)
{
    const QString line = value.simplified();
    return line.size() > 40 ? line.left(18) + QStringLiteral("…") + line.right(20) : line;
}

GraphNode sourceOf(const pipeline::StepInput& input)
{
    GraphNode node;
    node.kind = NodeKind::Source;
    node.id = QStringLiteral("source:") + toQt(input.value);
    const QString path = toQt(input.value);
    node.title = toQt(input.name);
    const PortKind kind = portKind(input.type);
    node.icon = kindIcon(kind);
    const QFileInfo info(path.endsWith(QLatin1Char('/')) ? path.chopped(1) : path);
    node.kindLine = info.fileName().isEmpty() ? path : info.fileName();
    node.tip = node.title + QLatin1Char('\n') + path;
    node.outputs.push_back({ node.title, kind, kind, false, false, {} });
    return node;
}

int portOf(std::vector<GraphPort>& ports, const QString& name)
{
    const auto found = std::find_if(ports.begin(), ports.end(), [&](const auto& port) { return port.name == name; });
    if (found != ports.end()) {
        return static_cast<int>(found - ports.begin());
    }
    ports.push_back({ name, PortKind::Any, PortKind::Any, false, false, {} });
    return static_cast<int>(ports.size()) - 1;
}

/// The wires of a graph whose boxes are all there. Looked up, never searched for: a pipeline may have thousands of them.
class Wiring
{
public:
    explicit Wiring(Graph& graph)
        : m_graph(graph)
    {
        for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
            m_places.insert(graph.nodes[i].id, static_cast<int>(i));
        }
    }

    /// -1: there is no such box.
    [[nodiscard]] int placeOf(const QString& id) const { return m_places.value(id, -1); }
    [[nodiscard]] GraphNode& node(int place) { return m_graph.nodes[static_cast<std::size_t>(place)]; }

    void wire(int from, int fromPort, int to, int toPort)
    {
        if (from < 0 || to < 0 || from == to) {
            return;
        }
        const GraphEdge edge { from, fromPort, to, toPort };
        auto& among = m_between[{ from, to }];
        if (std::find(among.begin(), among.end(), edge) != among.end()) {
            return;
        }
        auto& input = node(to).inputs[static_cast<std::size_t>(toPort)];
        input.isBound = true;
        if (input.kind == PortKind::Any) {
            input.kind = node(from).outputs[static_cast<std::size_t>(fromPort)].kind;
        }
        among.push_back(edge);
        m_graph.edges.push_back(edge);
    }

    /// Steps that wait for each other without a wire between ports (an output named inside a text).
    void wireOrder(const std::string& step, const std::vector<std::string>& dependsOn)
    {
        const int to = placeOf(toQt(step));
        for (const auto& name : dependsOn) {
            const int from = placeOf(toQt(name));
            if (from < 0 || to < 0 || m_between.contains({ from, to }) || node(from).outputs.empty()) {
                continue;
            }
            auto& inputs = node(to).inputs;
            auto port = std::find_if(inputs.begin(), inputs.end(), [](const GraphPort& one) { return one.isOrder; });
            if (port == inputs.end()) {
                port = inputs.insert(inputs.end(), { say("after"), PortKind::Any, PortKind::Any, false, false, {}, true });
            }
            wire(from, 0, to, static_cast<int>(port - inputs.begin()));
        }
    }

private:
    Graph& m_graph;
    QHash<QString, int> m_places;
    QHash<QPair<int, int>, std::vector<GraphEdge>> m_between;
};

} // namespace

PortKind portKind(pipeline::DataType type, bool isSplit)
{
    using pipeline::DataType;
    switch (type) {
    case DataType::UriFolder:
        return isSplit ? PortKind::FileList : PortKind::Folder;
    case DataType::UriFile:
        return PortKind::File;
    case DataType::MlTable:
        return PortKind::Table;
    case DataType::MlflowModel:
    case DataType::CustomModel:
    case DataType::TritonModel:
        return PortKind::Model;
    case DataType::String:
    case DataType::Number:
    case DataType::Integer:
    case DataType::Boolean:
        break;
    }
    return PortKind::Value;
}

QString kindWord(PortKind kind)
{
    switch (kind) {
    case PortKind::Any:
        return say("data");
    case PortKind::FileList:
        return say("file list");
    case PortKind::Table:
        return say("table");
    case PortKind::Folder:
        return say("folder");
    case PortKind::File:
        return say("file");
    case PortKind::Value:
        return say("value");
    case PortKind::Model:
        return say("model");
    }
    return {};
}

QString kindIcon(PortKind kind)
{
    switch (kind) {
    case PortKind::FileList:
    case PortKind::Folder:
        return QStringLiteral("folder");
    case PortKind::Table:
        return QStringLiteral("table");
    case PortKind::Value:
        return QStringLiteral("value");
    case PortKind::Model:
        return QStringLiteral("model");
    case PortKind::Any:
    case PortKind::File:
        break;
    }
    return QStringLiteral("file");
}

int Graph::find(const QString& id) const
{
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].id == id) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

QStringList Graph::way(int from, int to) const
{
    std::vector<int> before(nodes.size(), -1);
    std::vector<int> open { from };
    for (std::size_t next = 0; next < open.size(); ++next) {
        const int here = open[next];
        if (here == to) {
            QStringList ids;
            for (int at = to; at != from; at = before[static_cast<std::size_t>(at)]) {
                ids.prepend(nodes[static_cast<std::size_t>(at)].id);
            }
            ids.prepend(nodes[static_cast<std::size_t>(from)].id);
            return ids;
        }
        for (const GraphEdge& edge : edges) {
            if (edge.from == here && edge.to != from && before[static_cast<std::size_t>(edge.to)] < 0) {
                before[static_cast<std::size_t>(edge.to)] = here;
                open.push_back(edge.to);
            }
        }
    }
    return {};
}

Graph buildGraph(const pipeline::RunSpec& spec)
{
    Graph graph;
    QSet<QString> sources;
    for (const auto& step : spec.steps) {
        for (const auto& input : step.inputs) {
            if (input.fromStep.empty() && portKind(input.type) != PortKind::Value && !input.value.empty()) {
                GraphNode source = sourceOf(input);
                if (!sources.contains(source.id)) {
                    sources << source.id;
                    graph.nodes.push_back(std::move(source));
                }
            }
        }
    }
    for (const auto& step : spec.steps) {
        GraphNode node = nodeOf(step);
        for (const auto& input : step.inputs) {
            const bool isMain = step.kind == pipeline::StepKind::Parallel && input.name == step.parallel.inputData;
            const PortKind kind = portKind(input.type, isMain);
            node.inputs.push_back({ toQt(input.name), kind, kind, isMain, false, kind == PortKind::Value ? shortValue(toQt(input.value)) : QString() });
        }
        for (const auto& output : step.outputs) {
            const PortKind kind = portKind(output.type);
            node.outputs.push_back({ toQt(output.name), kind, kind, false, false, {} });
        }
        graph.nodes.push_back(std::move(node));
    }
    Wiring wiring(graph);
    for (const auto& step : spec.steps) {
        const int to = wiring.placeOf(toQt(step.name));
        for (std::size_t i = 0; i < step.inputs.size(); ++i) {
            const auto& input = step.inputs[i];
            const QString id = input.fromStep.empty() ? QStringLiteral("source:") + toQt(input.value) : toQt(input.fromStep);
            if (const int from = wiring.placeOf(id); from >= 0) {
                auto& outputs = wiring.node(from).outputs;
                wiring.wire(from, input.fromStep.empty() ? 0 : portOf(outputs, toQt(input.fromOutput)), to, static_cast<int>(i));
            }
        }
        wiring.wireOrder(step.name, step.dependsOn);
    }
    return graph;
}

// ---- of the file that is edited -----------------------------------------------------------------

namespace {

PortKind kindOfWord(const std::string& word, bool isSplit)
{
    return word == "uri_folder"  ? isSplit ? PortKind::FileList : PortKind::Folder
        : word == "uri_file"     ? PortKind::File
        : word == "mltable"      ? PortKind::Table
        : word.ends_with("model") ? PortKind::Model
        : word.empty()           ? PortKind::Any
                                 : PortKind::Value;
}

/// The name of the input that is split, as the file says it.
QString mainInput(const spec::StepDefinition& step)
{
    if (!step.isParallel()) {
        return {};
    }
    const auto whole = spec::wholeExpression(step.mergedFields().text("input_data"));
    return whole && whole->is({ "inputs" }, 2) ? toQt(whole->parts[1]) : QString();
}

/// What is bound to an input: the text of its literal or of its path.
std::string bindingOf(const spec::InputDefinition& input)
{
    return input.form == spec::InputDefinition::Form::Object ? input.fields.text("path") : input.literal.text;
}

class DraftGraph
{
public:
    explicit DraftGraph(const pipeline::Resolved& job)
        : m_job(job)
    {
        for (const auto& step : job.spec.steps) {
            m_resolved.emplace(step.name, &step);
        }
    }

    Graph build()
    {
        const auto& pipeline = m_job.written;
        for (const auto& input : pipeline.inputs) {
            addInput(input);
        }
        for (const auto& step : pipeline.steps) {
            addStep(step);
        }
        for (const auto& step : m_job.disabled) {
            addDisabled(step);
        }
        for (const auto& output : pipeline.outputs) {
            addOutput(output);
        }
        Wiring wiring(m_graph);
        for (const auto& step : pipeline.steps) {
            bind(step, wiring);
        }
        return std::move(m_graph);
    }

private:
    void addInput(const spec::InputDefinition& input)
    {
        GraphNode node;
        node.kind = NodeKind::Input;
        node.id = QStringLiteral("input:") + toQt(input.name);
        node.title = toQt(input.name);
        const bool isObject = input.form == spec::InputDefinition::Form::Object;
        const std::string type = isObject ? input.fields.text("type", "uri_folder") : "string";
        const PortKind kind = kindOfWord(type, false);
        node.icon = kindIcon(kind);
        const std::string value = isObject ? input.fields.text("path", input.fields.text("value", input.fields.text("default"))) : input.literal.text;
        node.kindLine = value.empty() ? toQt(type) : shortValue(toQt(value));
        node.tip = say("Input %1 of the pipeline (%2)").arg(node.title, kindWord(kind)) + QLatin1Char('\n') + toQt(value);
        node.outputs.push_back({ node.title, kind, kind, false, false, {} });
        m_graph.nodes.push_back(std::move(node));
    }

    void addOutput(const spec::OutputDefinition& output)
    {
        GraphNode node;
        node.kind = NodeKind::Output;
        node.id = QStringLiteral("output:") + toQt(output.name);
        node.title = toQt(output.name);
        const std::string type = output.fields.text("type", "uri_folder");
        const PortKind kind = kindOfWord(type, false);
        node.icon = kindIcon(kind);
        const std::string path = output.fields.text("path");
        node.kindLine = path.empty() ? toQt(type) : shortValue(toQt(path));
        node.tip = say("Output %1 of the pipeline (%2)").arg(node.title, kindWord(kind));
        node.inputs.push_back({ node.title, kind, PortKind::Any, false, false, {} });
        m_graph.nodes.push_back(std::move(node));
    }

    [[nodiscard]] const pipeline::StepSpec* resolved(const std::string& name) const
    {
        const auto found = m_resolved.find(name);
        return found == m_resolved.end() ? nullptr : found->second;
    }

    void addStep(const spec::StepDefinition& step)
    {
        const pipeline::StepSpec* spec = resolved(step.name);
        GraphNode node = spec != nullptr ? nodeOf(*spec) : GraphNode {};
        node.id = toQt(step.name);
        if (step.type == "pipeline") {
            node.icon = QStringLiteral("pipeline");
            node.kindLine = say("pipeline");
            node.settingsLine = say("double-click opens it");
            node.dataLine.clear();
            node.opens = step.component ? toQt(step.component->file) : QString();
            if (node.opens == toQt(step.file)) {
                node.opens.clear(); // written in place
            }
        } else if (!step.isSupported) {
            node.icon = QStringLiteral("note");
            node.kindLine = toQt(step.type);
            node.settingsLine.clear();
            node.dataLine.clear();
        }
        if (step.type == "command") { // as it is written: places of the next run say nothing here
            node.dataLine = toQt(step.mergedFields().text("command")).simplified();
        }
        const QString main = mainInput(step);
        const auto addPort = [&](const spec::InputDefinition& input) {
            if (std::any_of(node.inputs.begin(), node.inputs.end(), [&](const auto& port) { return port.name == toQt(input.name); })) {
                return;
            }
            node.inputs.push_back(inputPort(step, spec, input.name, toQt(input.name) == main));
        };
        if (step.component) {
            std::for_each(step.component->inputs.begin(), step.component->inputs.end(), addPort);
        }
        std::for_each(step.inputs.begin(), step.inputs.end(), addPort);
        const auto addOutputPort = [&](const spec::OutputDefinition& output) {
            const QString name = toQt(output.name);
            if (std::none_of(node.outputs.begin(), node.outputs.end(), [&](const auto& port) { return port.name == name; })) {
                node.outputs.push_back(outputPort(step, spec, output.name));
            }
        };
        if (step.component) {
            std::for_each(step.component->outputs.begin(), step.component->outputs.end(), addOutputPort);
        }
        std::for_each(step.outputs.begin(), step.outputs.end(), addOutputPort);
        m_graph.nodes.push_back(std::move(node));
    }

    [[nodiscard]] static GraphPort inputPort(const spec::StepDefinition& step, const pipeline::StepSpec* spec, const std::string& name, bool isMain)
    {
        const spec::InputDefinition* own = step.input(name);
        const spec::InputDefinition* declared = step.component ? step.component->input(name) : nullptr;
        std::string word = own != nullptr && own->form == spec::InputDefinition::Form::Object ? own->fields.text("type", "uri_folder") : "";
        word = word.empty() && declared != nullptr ? declared->fields.text("type") : word;
        GraphPort port { toQt(name), kindOfWord(word, isMain), kindOfWord(word, isMain), isMain, false, {} };
        if (spec != nullptr && port.kind == PortKind::Any) {
            if (const auto* input = spec->input(name)) {
                port.kind = portKind(input->type, isMain);
            }
        }
        if (own != nullptr && !spec::hasExpression(bindingOf(*own))) {
            port.value = shortValue(toQt(bindingOf(*own)));
        }
        if (own != nullptr && own->form == spec::InputDefinition::Form::Literal && port.declared == PortKind::Any && !port.value.isEmpty()) {
            port.kind = PortKind::Value;
        }
        return port;
    }

    [[nodiscard]] static GraphPort outputPort(const spec::StepDefinition& step, const pipeline::StepSpec* spec, const std::string& name)
    {
        GraphPort port { toQt(name), PortKind::Folder, PortKind::Folder, false, false, {} };
        if (spec != nullptr) {
            for (const auto& output : spec->outputs) {
                if (output.name == name) {
                    port.kind = portKind(output.type);
                }
            }
        } else if (const auto* output = step.output(name)) {
            port.kind = kindOfWord(output->fields.text("type", "uri_folder"), false);
        }
        port.declared = port.kind;
        return port;
    }

    void addDisabled(const edit::DisabledStep& step)
    {
        const auto body = spec::parseYaml(spec::SourceText("step", step.block));
        GraphNode node;
        node.id = toQt(step.name);
        node.title = node.id;
        node.isDisabled = true;
        const auto* type = body.root.find("type");
        node.kindLine = type != nullptr && type->isScalar() ? toQt(type->text) : QString();
        node.icon = node.kindLine == QStringLiteral("parallel") ? QStringLiteral("parallel") : QStringLiteral("command");
        node.settingsLine = say("disabled: its lines are comments");
        for (const auto* name : { "inputs", "outputs" }) {
            if (const auto* map = body.root.find(name)) {
                auto& ports = std::string_view(name) == "inputs" ? node.inputs : node.outputs;
                for (const auto& entry : map->entries) {
                    ports.push_back({ toQt(entry.key), PortKind::Any, PortKind::Any, false, false, {} });
                }
            }
        }
        node.tip = say("Step %1 is disabled").arg(node.title);
        m_graph.nodes.push_back(std::move(node));
    }

    void bind(const spec::StepDefinition& step, Wiring& wiring)
    {
        const int to = wiring.placeOf(toQt(step.name));
        const auto& declared = wiring.node(to).inputs;
        for (std::size_t i = 0; i < declared.size(); ++i) {
            const spec::InputDefinition* own = step.input(toStd(declared[i].name));
            if (own == nullptr) {
                continue;
            }
            for (const auto& expression : spec::findExpressions(bindingOf(*own))) {
                if (expression.is({ "parent", "inputs" }, 3)) {
                    wiring.wire(wiring.placeOf(QStringLiteral("input:") + toQt(expression.parts[2])), 0, to, static_cast<int>(i));
                } else if (const int from = expression.is({ "parent", "jobs" }, 5) ? wiring.placeOf(toQt(expression.parts[2])) : -1; from >= 0) {
                    wiring.wire(from, portOf(wiring.node(from).outputs, toQt(expression.parts[4])), to, static_cast<int>(i));
                }
            }
        }
        for (const auto& output : step.outputs) {
            const auto whole = spec::wholeExpression(output.binding.text);
            if (whole && whole->is({ "parent", "outputs" }, 3)) {
                const int port = portOf(wiring.node(to).outputs, toQt(output.name));
                wiring.wire(to, port, wiring.placeOf(QStringLiteral("output:") + toQt(whole->parts[2])), 0);
            }
        }
        if (const auto* spec = resolved(step.name)) {
            wiring.wireOrder(step.name, spec->dependsOn);
        }
    }

    const pipeline::Resolved& m_job;
    Graph m_graph;
    std::unordered_map<std::string_view, const pipeline::StepSpec*> m_resolved;
};

} // namespace

Graph buildGraph(const pipeline::Resolved& job)
{
    return DraftGraph(job).build();
}

// ---- findings -----------------------------------------------------------------------------------

namespace {

QString plainPath(const std::filesystem::path& path)
{
    return QDir::cleanPath(toQt(path.lexically_normal()));
}

/// Which boxes use a file that is not the job file: its component's, the table that it reads, its entry script.
QHash<QString, QStringList> usersOf(const pipeline::Resolved& job)
{
    QHash<QString, QStringList> users;
    const auto use = [&](const std::filesystem::path& file, const QString& node) {
        auto& all = users[plainPath(file)];
        if (!all.contains(node)) {
            all << node;
        }
    };
    for (const auto& step : job.written.steps) {
        if (step.component && step.component->file != step.file) {
            use(step.component->file, toQt(step.name));
        }
    }
    for (const auto& step : job.spec.steps) {
        for (const auto& input : step.inputs) {
            if (input.type == pipeline::DataType::MlTable && input.fromStep.empty()) {
                use(std::filesystem::path(input.value) / "MLTable", toQt(step.name));
            }
        }
        if (!step.parallel.entryScript.empty()) {
            const std::filesystem::path code(step.parallel.code);
            use(code / step.parallel.entryScript, toQt(step.name));
            use(code, toQt(step.name)); // it may be the script itself
        }
    }
    const std::filesystem::path folder = job.files.empty() ? std::filesystem::path() : job.files.front().parent_path();
    for (const auto& input : job.written.inputs) {
        if (input.form == spec::InputDefinition::Form::Object && input.fields.text("type") == "mltable") {
            use(folder / input.fields.text("path") / "MLTable", QStringLiteral("input:") + toQt(input.name));
        }
    }
    return users;
}

} // namespace

QHash<QString, spec::Severity> problemsOf(const pipeline::Resolved& job)
{
    QHash<QString, spec::Severity> worst;
    const auto mark = [&](const QString& id, spec::Severity severity) {
        const auto known = worst.constFind(id);
        if (known == worst.constEnd() || severity == spec::Severity::Error) {
            worst[id] = severity;
        }
    };
    const QString jobFile = job.files.empty() ? QString() : plainPath(job.files.front());
    std::optional<QHash<QString, QStringList>> users;
    for (const auto& diagnostic : job.diagnostics) {
        if (diagnostic.severity == spec::Severity::Note) {
            continue;
        }
        const QString path = toQt(diagnostic.path);
        const QString name = path.section(QLatin1Char('.'), 1, 1);
        const QString head = path.section(QLatin1Char('.'), 0, 0);
        const QString file = diagnostic.file.empty() ? jobFile : plainPath(diagnostic.file);
        if (file != jobFile) {
            users = users ? users : usersOf(job);
            const QStringList of = users->value(file);
            // What is said of one step's use of a file is that step's alone; but a component's own paths have other names in them.
            if (head == QStringLiteral("jobs") && of.contains(name) && !path.endsWith(QStringLiteral("entry_script"))) {
                mark(name, diagnostic.severity);
                continue;
            }
            for (const QString& id : of) {
                mark(id, diagnostic.severity);
            }
            if (!of.isEmpty()) {
                continue;
            }
        }
        const QString id = head == QStringLiteral("jobs") ? name
            : file != jobFile                             ? QString()
            : head == QStringLiteral("inputs")            ? QStringLiteral("input:") + name
            : head == QStringLiteral("outputs")           ? QStringLiteral("output:") + name
                                                          : QString();
        if (!id.isEmpty()) {
            mark(id, diagnostic.severity);
        }
    }
    return worst;
}

// ---- wires --------------------------------------------------------------------------------------

const GraphPort* portAt(const Graph& graph, const PortPlace& place)
{
    const int at = graph.find(place.node);
    if (at < 0 || place.index < 0) {
        return nullptr;
    }
    const GraphNode& node = graph.nodes[static_cast<std::size_t>(at)];
    const auto& ports = place.isInput ? node.inputs : node.outputs;
    return static_cast<std::size_t>(place.index) < ports.size() ? &ports[static_cast<std::size_t>(place.index)] : nullptr;
}

bool isOrder(const Graph& graph, const PortPlace& to)
{
    const GraphPort* port = portAt(graph, to);
    return port != nullptr && port->isOrder;
}

namespace {

bool isFolderLike(PortKind kind)
{
    return kind == PortKind::Folder || kind == PortKind::FileList;
}

/// By kind alone.
QString whyNotKind(const GraphPort& from, const GraphPort& to)
{
    const PortKind made = from.kind;
    const PortKind wanted = to.declared;
    if (made == PortKind::Any || wanted == PortKind::Any || made == wanted) {
        return {};
    }
    if (wanted == PortKind::Value) {
        return say("%1 is a value, %2 gives data").arg(to.name, from.name);
    }
    if (made == PortKind::Value) {
        return say("%1 takes data, %2 is a value").arg(to.name, from.name);
    }
    if (isFolderLike(made) && (isFolderLike(wanted) || wanted == PortKind::Model)) {
        return {};
    }
    if (made == PortKind::Model && (wanted == PortKind::Folder || wanted == PortKind::File)) {
        return {};
    }
    if (made == PortKind::File && wanted == PortKind::Model) {
        return {};
    }
    if (made == PortKind::Table) {
        return wanted == PortKind::Folder ? QString()
                                          : say("%1 gives a table: set the type of %2 to mltable and its mode to direct").arg(from.name, to.name);
    }
    if (wanted == PortKind::Table) {
        return say("%1 takes a table, %2 gives a %3: set the type of the output to mltable").arg(to.name, from.name, kindWord(made));
    }
    return say("%1 takes a %2, %3 gives a %4").arg(to.name, kindWord(wanted), from.name, kindWord(made));
}

} // namespace

QString whyNot(const Graph& graph, const PortPlace& from, const PortPlace& to)
{
    const int a = graph.find(from.node);
    const int b = graph.find(to.node);
    const GraphPort* made = portAt(graph, from);
    const GraphPort* wanted = portAt(graph, to);
    if (made == nullptr || wanted == nullptr || from.isInput || !to.isInput || wanted->isOrder) {
        return say("a wire goes from an output to an input");
    }
    if (a == b) {
        return say("a step cannot read its own output");
    }
    const GraphNode& maker = graph.nodes[static_cast<std::size_t>(a)];
    const GraphNode& reader = graph.nodes[static_cast<std::size_t>(b)];
    if (maker.isDisabled || reader.isDisabled) {
        return say("a disabled step has no wires: enable it first");
    }
    if (maker.kind == NodeKind::Input && reader.kind == NodeKind::Output) {
        return say("an output of the pipeline is made by a step");
    }
    if (const QStringList way = graph.way(b, a); !way.isEmpty()) {
        return say("these steps would wait for each other: %1").arg((way + QStringList { way.first() }).join(QStringLiteral(" → ")));
    }
    return whyNotKind(*made, *wanted);
}

std::vector<PortPlace> legalTargets(const Graph& graph, const PortPlace& port)
{
    const int here = graph.find(port.node);
    const GraphPort* end = portAt(graph, port);
    if (end == nullptr || end->isOrder) {
        return {};
    }
    // What leads here (for an output), or what is led to from here: a wire there would close a circle.
    std::vector<bool> closed(graph.nodes.size(), false);
    std::vector<std::vector<int>> next(graph.nodes.size());
    for (const GraphEdge& edge : graph.edges) {
        next[static_cast<std::size_t>(port.isInput ? edge.from : edge.to)].push_back(port.isInput ? edge.to : edge.from);
    }
    std::vector<int> open { here };
    closed[static_cast<std::size_t>(here)] = true;
    while (!open.empty()) {
        const int at = open.back();
        open.pop_back();
        for (const int to : next[static_cast<std::size_t>(at)]) {
            if (!closed[static_cast<std::size_t>(to)]) {
                closed[static_cast<std::size_t>(to)] = true;
                open.push_back(to);
            }
        }
    }
    const GraphNode& own = graph.nodes[static_cast<std::size_t>(here)];
    std::vector<PortPlace> legal;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const GraphNode& node = graph.nodes[i];
        if (closed[i] || node.isDisabled || own.isDisabled) {
            continue;
        }
        const bool isWholePipeline = (own.kind == NodeKind::Input && node.kind == NodeKind::Output) || (own.kind == NodeKind::Output && node.kind == NodeKind::Input);
        const auto& ports = port.isInput ? node.outputs : node.inputs;
        for (std::size_t k = 0; k < ports.size() && !isWholePipeline; ++k) {
            const auto& from = port.isInput ? ports[k] : *end;
            const auto& to = port.isInput ? *end : ports[k];
            if (!ports[k].isOrder && whyNotKind(from, to).isEmpty()) {
                legal.push_back({ node.id, !port.isInput, static_cast<int>(k) });
            }
        }
    }
    return legal;
}

edit::PortRef portRef(const Graph& graph, const PortPlace& place)
{
    using Kind = edit::PortRef::Kind;
    const GraphPort* port = portAt(graph, place);
    if (port == nullptr || port->isOrder) {
        return {};
    }
    const GraphNode& node = graph.nodes[static_cast<std::size_t>(graph.find(place.node))];
    const std::string name = toStd(port->name);
    switch (node.kind) {
    case NodeKind::Input:
    case NodeKind::Source:
        return { Kind::PipelineInput, {}, name };
    case NodeKind::Output:
        return { Kind::PipelineOutput, {}, name };
    case NodeKind::Step:
        break;
    }
    return { place.isInput ? Kind::StepInput : Kind::StepOutput, toStd(node.id), name };
}

// ---- what a run says ----------------------------------------------------------------------------

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
