// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/canvas_editor.h"

#include "core/edit/pipeline_edit.h"
#include "core/edit/text_draft.h"
#include "core/spec/validator.h"
#include "ui/canvas/node_geometry.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"

#include <QFileInfo>

#include <cmath>

namespace sheaf::ui {

namespace {

QPointF snapped(QPointF point)
{
    return { std::round(point.x() / kGridStep) * kGridStep, std::round(point.y() / kGridStep) * kGridStep };
}

/// A name that can stand in `${{…}}`: letters, digits and _.
std::string identifier(const QString& words)
{
    std::string name;
    for (const QChar c : words.toLower()) {
        const bool isPlain = (c >= QLatin1Char('a') && c <= QLatin1Char('z')) || (c >= QLatin1Char('0') && c <= QLatin1Char('9'));
        if (isPlain) {
            name += static_cast<char>(c.unicode());
        } else if (!name.empty() && name.back() != '_') {
            name += '_';
        }
    }
    while (!name.empty() && name.back() == '_') {
        name.pop_back();
    }
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) {
        name = "step_" + name;
    }
    return name;
}

std::string typeWord(PortKind kind)
{
    switch (kind) {
    case PortKind::Table:
        return "mltable";
    case PortKind::File:
        return "uri_file";
    case PortKind::Value:
        return "string";
    case PortKind::Model:
        return "custom_model";
    case PortKind::Any:
    case PortKind::FileList:
    case PortKind::Folder:
        break;
    }
    return "uri_folder";
}

PortKind kindOf(const std::string& type)
{
    return type == "mltable"          ? PortKind::Table
        : type == "uri_file"          ? PortKind::File
        : type == "uri_folder"        ? PortKind::Folder
        : type.ends_with("_model")    ? PortKind::Model
        : type.empty()                ? PortKind::Any
                                      : PortKind::Value;
}

QString listed(const QStringList& names)
{
    return names.size() > 3 ? CanvasEditor::tr("%1 steps").arg(names.size()) : names.join(QStringLiteral(", "));
}

/// Of a step with so many rows of ports; of an input or output of the pipeline.
QSizeF stepSize(std::size_t rows)
{
    GraphNode node;
    node.inputs.resize(rows);
    return nodeSize(node);
}

QSizeF endSize()
{
    GraphNode node;
    node.kind = NodeKind::Input;
    return nodeSize(node);
}

/// "input:orders" → "orders"; a step's id is its name.
QString bare(const QString& id)
{
    return id.contains(QLatin1Char(':')) ? id.section(QLatin1Char(':'), 1) : id;
}

} // namespace

CanvasEditor::CanvasEditor(DocumentState& document, CatalogState& catalog, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_catalog(catalog)
{
}

std::string CanvasEditor::text() const
{
    const std::string* text = m_document.text(m_document.jobFile());
    return text == nullptr ? std::string() : *text;
}

void CanvasEditor::setGraph(const Graph& graph)
{
    m_graph = graph;
    for (const GraphNode& node : graph.nodes) {
        m_made.remove(node.id);
    }
}

/// Of the text, not of what is drawn: the next gesture may come before the snapshot.
std::string CanvasEditor::freeName(const char* group, const std::string& wanted) const
{
    return edit::freeName(edit::namesIn(text(), group), wanted);
}

std::optional<QSet<QString>> CanvasEditor::nodesInText() const
{
    const std::string now = text();
    if (!edit::TextDraft::of(now)) {
        return std::nullopt;
    }
    QSet<QString> ids;
    for (const auto& step : edit::namesIn(now, "jobs")) {
        ids << toQt(step);
    }
    for (const bool isInput : { true, false }) {
        for (const auto& port : edit::namesIn(now, isInput ? "inputs" : "outputs")) {
            ids << CanvasNotes::portNode(isInput, toQt(port));
        }
    }
    return ids;
}

QRectF CanvasEditor::boxOf(const QString& id) const
{
    const int at = m_graph.find(id);
    return at < 0 ? QRectF() : QRectF(m_places.value(id), nodeSize(m_graph.nodes[static_cast<std::size_t>(at)]));
}

QVector<QRectF> CanvasEditor::boxes(const QString& but) const
{
    QVector<QRectF> all;
    for (const GraphNode& node : m_graph.nodes) {
        if (node.id != but) {
            all << QRectF(m_places.value(node.id), nodeSize(node));
        }
    }
    const auto& kept = m_document.canvas().places;
    for (auto made = m_made.cbegin(); made != m_made.cend(); ++made) {
        if (kept.contains(made.key()) && kept[made.key()] == made->topLeft()) { // it was not taken back
            all << *made;
        }
    }
    return all;
}

void CanvasEditor::put(CanvasNotes& notes, QVector<QRectF>& boxes, const QString& id, QPointF wanted, QSizeF size)
{
    const QRectF box(freePlace(boxes, wanted, size), size);
    notes.places[id] = box.topLeft();
    boxes << box;
    m_made[id] = box;
}

void CanvasEditor::putOnWire(CanvasNotes& notes, const QString& id, const std::pair<PortPlace, PortPlace>& wire, QPointF wanted, QSizeF size)
{
    const WirePlace found = placeOnWire(boxes(id), boxOf(wire.first.node), boxOf(wire.second.node), wanted, size);
    if (found.shift > 0) {
        for (const GraphNode& node : m_graph.nodes) {
            const QPointF at = m_places.value(node.id);
            if (node.id != id && at.x() >= found.from) {
                notes.places[node.id] = at + QPointF(found.shift, 0);
            }
        }
        for (CanvasFrame& frame : notes.frames) { // groups keep what is in them
            if (frame.place.left() >= found.from) {
                frame.place.translate(found.shift, 0);
            } else if (frame.place.right() > found.from && !frame.isComment) {
                frame.place.setRight(frame.place.right() + found.shift);
            }
        }
    }
    notes.places[id] = found.place;
    m_made[id] = QRectF(found.place, size);
}

std::string CanvasEditor::typeOf(const PortPlace& place) const
{
    const GraphPort* found = port(place);
    return found == nullptr ? "uri_folder" : typeWord(found->kind);
}

std::optional<std::string> CanvasEditor::taken(const Result<std::string>& result)
{
    if (!result) {
        emit refused(errorText(result.error()).sentence);
        return std::nullopt;
    }
    return *result;
}

void CanvasEditor::commit(const QString& title, const std::string& text, const std::optional<CanvasNotes>& notes, const QString& mergeKey)
{
    const std::string old = this->text();
    Gesture gesture { title, {}, notes, mergeKey };
    if (text != old) {
        gesture.parts.push_back({ m_document.jobFile(), DocumentState::difference(old, text) });
    }
    m_document.apply(gesture);
}

// ---- adding -------------------------------------------------------------------------------------

void CanvasEditor::add(const CatalogEntry& entry, QPointF place, const Join& join)
{
    CanvasNotes notes = m_document.canvas();
    QVector<QRectF> lying = boxes();
    m_catalog.noteUse(entry.id);
    if (entry.kind == CatalogEntry::Kind::Data) {
        // An input that is these data already is used again.
        std::string name = edit::inputWithPath(text(), entry.stepType, toStd(entry.path));
        const bool isNew = name.empty();
        std::optional<std::string> with = text();
        if (isNew) {
            name = freeName("inputs", identifier(QFileInfo(entry.title).completeBaseName()));
            const std::string mode = entry.stepType == "mltable" ? "mode: direct\n" : "";
            // The path may hold what YAML takes for something else: the edit writes it as a text.
            with = taken(edit::withBlock(*with, { "inputs" }, name, "type: " + entry.stepType + "\npath: x\n" + mode));
            with = with ? taken(edit::withValue(*with, { "inputs", name, "path" }, toStd(entry.path))) : std::nullopt;
        }
        if (with && join.port && join.port->isInput) {
            with = taken(edit::withWire(*with, { edit::PortRef::Kind::PipelineInput, {}, name }, portRef(m_graph, *join.port)));
        }
        if (!with) {
            return;
        }
        const QString id = QStringLiteral("input:") + toQt(name);
        if (isNew) {
            put(notes, lying, id, place - QPointF(join.port ? 180 : 90, 20), endSize());
            commit(tr("Add input %1").arg(toQt(name)), *with, notes);
        } else if (*with != text()) {
            commit(tr("Connect %1 to %2").arg(toQt(name), bare(join.port->node)), *with);
        } else {
            emit refused(tr("This is the input %1 already").arg(toQt(name)));
        }
        emit made({ id });
        return;
    }
    const QString base = entry.kind == CatalogEntry::Kind::Component ? QFileInfo(entry.path).completeBaseName().section(QLatin1Char('.'), 0, 0)
        : entry.stepType == "command"                                ? QStringLiteral("command")
                                                                     : QStringLiteral("process");
    const std::string step = freeName("jobs", identifier(base));
    const QString id = toQt(step);

    // What feeds it: the port the wire came from, or the begin of the wire it is put on.
    const std::optional<PortPlace> source = join.wire ? std::optional(join.wire->first) : join.port && !join.port->isInput ? join.port : std::nullopt;
    std::string binding;
    std::string type;
    std::string input;
    const std::optional<PortPlace> sink = join.wire ? std::optional(join.wire->second) : join.port && join.port->isInput ? join.port : std::nullopt;
    if ((source && port(*source) == nullptr) || (sink && port(*sink) == nullptr)) {
        emit refused(tr("The port that the wire was for is not there any more"));
        return;
    }
    if (source) {
        binding = edit::bindingText(portRef(m_graph, *source));
        type = typeOf(*source);
        const PortKind kind = port(*source)->kind;
        for (const auto& candidate : entry.inputs) { // the one that is split first, then the first that fits
            const PortKind wanted = kindOf(candidate.type);
            const bool fits = wanted == kind || wanted == PortKind::Any || kind == PortKind::Any
                || (wanted == PortKind::Folder && kind != PortKind::Value && kind != PortKind::File);
            if (fits && (input.empty() || candidate.isSplit)) {
                input = candidate.name;
            }
        }
        if (input.empty()) {
            emit refused(tr("%1 has no input for %2").arg(entry.title, port(*source)->name));
            return;
        }
    }
    // Alone it takes the data of its kind that is there.
    std::string dataPath = "./data";
    for (const CatalogEntry& data : m_catalog.entries()) {
        if (binding.empty() && data.kind == CatalogEntry::Kind::Data && !entry.inputs.empty()
            && (data.stepType == entry.inputs.front().type || (entry.inputs.front().type.empty() && data.stepType == "uri_folder"))) {
            dataPath = toStd(data.path);
            break;
        }
    }
    auto with = taken(edit::withBlock(text(), { "jobs" }, step, blockOf(entry, step, input, binding, type, dataPath)));
    if (!with) {
        return;
    }
    if (!entry.outputs.empty()) {
        const edit::PortRef made { edit::PortRef::Kind::StepOutput, step, entry.outputs.front().name };
        if (sink) {
            with = taken(edit::withWire(*with, made, portRef(m_graph, *sink)));
        }
    }
    if (!with) {
        return;
    }
    const double shift = source && !join.wire ? 0 : join.port && join.port->isInput ? kStepWidth : kStepWidth / 2;
    const QPointF wanted = place - QPointF(shift, join.port ? kPortsTop : 60);
    const QSizeF size = stepSize(std::max(entry.inputs.size(), entry.outputs.size()));
    if (join.wire) {
        putOnWire(notes, id, *join.wire, wanted, size);
    } else {
        put(notes, lying, id, wanted, size);
    }
    commit(tr("Add %1").arg(id), *with, notes);
    emit made({ id });
    if (entry.kind == CatalogEntry::Kind::Template) {
        emit stepMade(id, entry.id);
    }
}

void CanvasEditor::addPipelineInput(const PortPlace& place, QPointF at)
{
    const GraphPort* input = port(place);
    if (input == nullptr) {
        return;
    }
    const std::string name = freeName("inputs", toStd(input->name));
    // What the step has now becomes the pipeline's: nothing that was said gets lost.
    const bool hasOwn = !input->value.isEmpty();
    auto with = hasOwn ? taken(edit::promoted(text(), toStd(place.node), { "inputs", toStd(input->name) }, name, typeWord(input->kind)))
                       : taken(edit::withBlock(text(), { "inputs" }, name,
                           input->kind == PortKind::Value ? "type: string\ndefault: value\n" : "type: " + typeWord(input->kind) + "\npath: ./data\n"));
    if (with && !hasOwn) {
        with = taken(edit::withWire(*with, { edit::PortRef::Kind::PipelineInput, {}, name }, portRef(m_graph, place)));
    }
    if (with) {
        CanvasNotes notes = m_document.canvas();
        QVector<QRectF> lying = boxes();
        put(notes, lying, QStringLiteral("input:") + toQt(name), at - QPointF(180, 20), endSize());
        commit(tr("Add input %1").arg(toQt(name)), *with, notes);
        emit made({ QStringLiteral("input:") + toQt(name) });
    }
}

void CanvasEditor::addPipelineOutput(const PortPlace& place, QPointF at)
{
    const GraphPort* output = port(place);
    if (output == nullptr) {
        return;
    }
    const std::string name = freeName("outputs", toStd(output->name));
    auto with = taken(edit::withBlock(text(), { "outputs" }, name, "type: " + typeWord(output->kind) + "\n"));
    if (with) {
        with = taken(edit::withWire(*with, portRef(m_graph, place), { edit::PortRef::Kind::PipelineOutput, {}, name }));
    }
    if (with) {
        CanvasNotes notes = m_document.canvas();
        QVector<QRectF> lying = boxes();
        put(notes, lying, QStringLiteral("output:") + toQt(name), at - QPointF(0, 20), endSize());
        commit(tr("Add output %1").arg(toQt(name)), *with, notes);
        emit made({ QStringLiteral("output:") + toQt(name) });
    }
}

// ---- wires --------------------------------------------------------------------------------------

void CanvasEditor::connectPorts(const PortPlace& from, const PortPlace& to)
{
    if (const auto with = taken(edit::withWire(text(), portRef(m_graph, from), portRef(m_graph, to)))) {
        commit(tr("Connect %1 to %2").arg(bare(from.node), bare(to.node)), *with);
    }
}

bool CanvasEditor::isOnlyOrder(const PortPlace& from, const PortPlace& to)
{
    if (!isOrder(m_graph, to)) {
        return false;
    }
    emit refused(tr("%1 waits for %2 because one of its texts names an output of it: take that out of the text").arg(to.node, from.node));
    return true;
}

void CanvasEditor::reconnect(const PortPlace& from, const PortPlace& oldTo, const PortPlace& to)
{
    if (isOnlyOrder(from, oldTo)) {
        return;
    }
    if (const auto with = taken(edit::withWireMoved(text(), portRef(m_graph, from), portRef(m_graph, oldTo), portRef(m_graph, to)))) {
        commit(tr("Connect %1 to %2 in place of %3").arg(bare(from.node), bare(to.node), bare(oldTo.node)), *with);
    }
}

void CanvasEditor::disconnectPorts(const PortPlace& from, const PortPlace& to)
{
    if (isOnlyOrder(from, to)) {
        return;
    }
    if (const auto with = taken(edit::withoutWire(text(), portRef(m_graph, from), portRef(m_graph, to)))) {
        commit(tr("Disconnect %1 from %2").arg(bare(to.node), bare(from.node)), *with);
    }
}

void CanvasEditor::splice(const QString& step, const PortPlace& from, const PortPlace& to, QPointF place)
{
    const int at = m_graph.find(step);
    if (at < 0 || !m_graph.nodes[static_cast<std::size_t>(at)].isStep()) {
        move({ { step, place } }, m_document.canvas().frames);
        return;
    }
    const GraphNode& node = m_graph.nodes[static_cast<std::size_t>(at)];
    std::optional<int> input;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const PortPlace candidate { step, true, static_cast<int>(i) };
        if (whyNot(m_graph, from, candidate).isEmpty() && (!input || node.inputs[i].isMain)) {
            input = static_cast<int>(i);
        }
    }
    std::optional<int> output;
    for (std::size_t i = 0; i < node.outputs.size() && !output; ++i) {
        if (whyNot(m_graph, { step, false, static_cast<int>(i) }, to).isEmpty()) {
            output = static_cast<int>(i);
        }
    }
    if (port(from) == nullptr || port(to) == nullptr) {
        move({ { step, place } }, m_document.canvas().frames);
        return;
    }
    if (!input || !output) {
        emit refused(tr("%1 does not fit on this wire: %2").arg(step, !input ? tr("it has no input for %1").arg(port(from)->name) : tr("it has no output for %1").arg(port(to)->name)));
        move({ { step, place } }, m_document.canvas().frames);
        return;
    }
    auto with = taken(edit::withWire(text(), portRef(m_graph, from), portRef(m_graph, { step, true, *input })));
    if (with) {
        with = taken(edit::withWire(*with, portRef(m_graph, { step, false, *output }), portRef(m_graph, to)));
    }
    if (with) {
        CanvasNotes notes = m_document.canvas();
        putOnWire(notes, step, { from, to }, place, nodeSize(node));
        commit(tr("Put %1 between %2 and %3").arg(step, bare(from.node), bare(to.node)), *with, notes);
    }
}

// ---- places -------------------------------------------------------------------------------------

void CanvasEditor::move(const Places& places, const QVector<CanvasFrame>& frames)
{
    CanvasNotes notes = m_document.canvas();
    QStringList names;
    for (auto place = places.cbegin(); place != places.cend(); ++place) {
        notes.places[place.key()] = *place;
        names << bare(place.key());
    }
    notes.frames = frames;
    names.sort();
    m_document.setCanvas(names.isEmpty() ? tr("Move a frame") : tr("Move %1").arg(listed(names)), notes);
}

void CanvasEditor::nudge(const Places& places)
{
    CanvasNotes notes = m_document.canvas();
    QStringList names;
    for (auto place = places.cbegin(); place != places.cend(); ++place) {
        notes.places[place.key()] = *place;
        names << bare(place.key());
    }
    names.sort();
    m_document.setCanvas(tr("Move %1").arg(listed(names)), notes, QStringLiteral("nudge ") + names.join(QLatin1Char(' ')));
}

void CanvasEditor::align(const QStringList& ids, Align how)
{
    if (ids.size() < 2) {
        emit refused(tr("Choose two or more boxes to align"));
        return;
    }
    struct Box {
        QString id;
        QRectF place;
    };
    std::vector<Box> boxes;
    QRectF all;
    for (const QString& id : ids) {
        const int at = m_graph.find(id);
        if (at >= 0) {
            boxes.push_back({ id, QRectF(m_places.value(id), nodeSize(m_graph.nodes[static_cast<std::size_t>(at)])) });
            all = all.united(boxes.back().place);
        }
    }
    const bool isAcross = how == Align::SpreadAcross;
    if (isAcross || how == Align::SpreadDown) {
        std::stable_sort(boxes.begin(), boxes.end(),
            [&](const Box& a, const Box& b) { return isAcross ? a.place.center().x() < b.place.center().x() : a.place.center().y() < b.place.center().y(); });
        double used = 0;
        for (const Box& box : boxes) {
            used += isAcross ? box.place.width() : box.place.height();
        }
        const double gap = std::max(kGridStep, ((isAcross ? all.width() : all.height()) - used) / static_cast<double>(boxes.size() - 1));
        double at = isAcross ? all.left() : all.top();
        for (Box& box : boxes) {
            isAcross ? box.place.moveLeft(at) : box.place.moveTop(at);
            at += (isAcross ? box.place.width() : box.place.height()) + gap;
        }
    }
    Places places;
    for (Box& box : boxes) {
        switch (how) {
        case Align::Left:
            box.place.moveLeft(all.left());
            break;
        case Align::Right:
            box.place.moveRight(all.right());
            break;
        case Align::Top:
            box.place.moveTop(all.top());
            break;
        case Align::Bottom:
            box.place.moveBottom(all.bottom());
            break;
        case Align::Middle:
            box.place.moveCenter({ box.place.center().x(), all.center().y() });
            break;
        case Align::Center:
            box.place.moveCenter({ all.center().x(), box.place.center().y() });
            break;
        case Align::SpreadAcross:
        case Align::SpreadDown:
            break;
        }
        places[box.id] = box.place.topLeft();
    }
    move(places, m_document.canvas().frames);
}

void CanvasEditor::forgetPlaces(const Places& laid)
{
    CanvasNotes notes = m_document.canvas();
    notes.places.clear();
    for (auto place = laid.cbegin(); place != laid.cend(); ++place) {
        notes.places[place.key()] = *place;
    }
    m_document.setCanvas(tr("Lay out again"), notes);
}

// ---- steps --------------------------------------------------------------------------------------

/// First the steps: what is healed may be bound to an input that goes, too. Then the inputs and outputs, with the bindings that the text has then.
void CanvasEditor::remove(const QStringList& ids, bool heal)
{
    std::vector<std::string> steps;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::vector<std::string> disabled;
    QStringList names;
    CanvasNotes notes = m_document.canvas();
    for (const QString& id : ids) {
        const int at = m_graph.find(id);
        if (at < 0) {
            continue;
        }
        names << bare(id);
        notes.places.remove(id);
        const GraphNode& node = m_graph.nodes[static_cast<std::size_t>(at)];
        (node.isDisabled ? disabled : node.isStep() ? steps : node.kind == NodeKind::Input ? inputs : outputs).push_back(toStd(bare(id)));
    }
    std::optional<std::string> all = text();
    if (!steps.empty()) {
        all = taken(edit::withoutSteps(*all, steps, heal));
    }
    if (all && !inputs.empty()) {
        all = taken(edit::withoutPipelinePorts(*all, true, inputs));
    }
    if (all && !outputs.empty()) {
        all = taken(edit::withoutPipelinePorts(*all, false, outputs));
    }
    if (!all) {
        return;
    }
    if (!disabled.empty()) {
        all = edit::withoutDisabledSteps(std::move(*all), disabled);
    }
    if (!names.isEmpty()) {
        commit(heal ? tr("Delete %1 and heal").arg(listed(names)) : tr("Delete %1").arg(listed(names)), *all, notes);
    }
}

void CanvasEditor::removeFrame(int frame)
{
    CanvasNotes notes = m_document.canvas();
    if (frame >= 0 && frame < notes.frames.size()) {
        const bool isComment = notes.frames[frame].isComment;
        notes.frames.remove(frame);
        m_document.setCanvas(isComment ? tr("Delete a comment") : tr("Ungroup"), notes);
    }
}

QString CanvasEditor::rename(const QString& id, const QString& name)
{
    const int at = m_graph.find(id);
    if (at < 0 || name == bare(id)) {
        return {};
    }
    const GraphNode& node = m_graph.nodes[static_cast<std::size_t>(at)];
    if (!spec::isIdentifier(toStd(name))) {
        return name.isEmpty() ? tr("A name is needed") : tr("'%1' cannot be a name: letters, digits and _, not a digit first").arg(name);
    }
    const QPointF place = m_places.value(id); // it stays there also when nobody put it there
    const auto done = node.isStep() ? m_document.renameStep(id, name, place)
                                    : m_document.renamePipelinePort(node.kind == NodeKind::Input, bare(id), name, place);
    if (!done) {
        return errorText(done.error()).sentence;
    }
    emit made({ node.isStep() ? name : CanvasNotes::portNode(node.kind == NodeKind::Input, name) });
    return {};
}

void CanvasEditor::setDisabled(const QStringList& steps, bool isDisabled)
{
    std::vector<std::string> names;
    for (const QString& step : steps) {
        names.push_back(toStd(step));
    }
    const auto all = taken(isDisabled ? edit::withStepsDisabled(text(), names) : edit::withStepsEnabled(text(), names));
    if (!all) {
        return;
    }
    if (!steps.isEmpty()) {
        // They stay where they are, whatever the layout would make of a box without wires.
        CanvasNotes notes = m_document.canvas();
        for (const QString& step : steps) {
            notes.places[step] = m_places.value(step);
        }
        commit(isDisabled ? tr("Disable %1").arg(listed(steps)) : tr("Enable %1").arg(listed(steps)), *all, notes);
    }
}

std::optional<QByteArray> CanvasEditor::copied(const QStringList& ids) const
{
    std::vector<std::string> steps;
    for (const QString& id : ids) {
        const int at = m_graph.find(id);
        if (at >= 0 && m_graph.nodes[static_cast<std::size_t>(at)].isStep() && !m_graph.nodes[static_cast<std::size_t>(at)].isDisabled) {
            steps.push_back(toStd(id));
        }
    }
    if (steps.empty()) {
        return std::nullopt;
    }
    const auto text = edit::copiedSteps(this->text(), steps);
    return text ? std::optional(QByteArray::fromStdString(*text)) : std::nullopt;
}

void CanvasEditor::paste(const QByteArray& text, bool keepLinks, QPointF place)
{
    std::vector<std::string> names;
    const auto with = taken(edit::withPasted(this->text(), text.toStdString(), keepLinks, &names));
    if (!with || names.empty()) {
        return;
    }
    CanvasNotes notes = m_document.canvas();
    QVector<QRectF> lying = boxes();
    QStringList ids;
    for (const auto& name : names) {
        // What its component declares besides is known of the step that it was copied from.
        const QString id = toQt(name);
        const int like = m_graph.find(m_graph.find(id) >= 0 ? id : id.section(QLatin1Char('_'), 0, -2));
        const std::size_t rows = like < 0 ? 0 : static_cast<std::size_t>(portRows(m_graph.nodes[static_cast<std::size_t>(like)]));
        put(notes, lying, id, place + QPointF(40, 40) * static_cast<double>(ids.size()), stepSize(std::max(rows, edit::portCount(*with, name))));
        ids << id;
    }
    commit(tr("Paste %1").arg(listed(ids)), *with, notes);
    emit made(ids);
}

void CanvasEditor::duplicate(const QStringList& ids)
{
    if (const auto text = copied(ids)) {
        QPointF place(1e9, -1e9);
        for (const QString& id : ids) {
            const QPointF at = m_places.value(id);
            const int node = m_graph.find(id);
            place = { std::min(place.x(), at.x()), std::max(place.y(), at.y() + nodeSize(m_graph.nodes[static_cast<std::size_t>(node)]).height()) };
        }
        paste(*text, true, place + QPointF(0, 40));
    }
}

// ---- frames -------------------------------------------------------------------------------------

void CanvasEditor::group(const QStringList& ids, const QString& title)
{
    QRectF all;
    for (const QString& id : ids) {
        const int at = m_graph.find(id);
        if (at >= 0) {
            all = all.united({ m_places.value(id), nodeSize(m_graph.nodes[static_cast<std::size_t>(at)]) });
        }
    }
    if (all.isEmpty()) {
        emit refused(tr("Choose the boxes that belong together first"));
        return;
    }
    CanvasNotes notes = m_document.canvas();
    // What is grouped stays there: else the next layout would take it out of its group.
    for (const QString& id : ids) {
        notes.places[id] = m_places.value(id);
    }
    notes.frames << CanvasFrame { false, title, all.adjusted(-20, -40, 20, 20) };
    m_document.setCanvas(tr("Group %1").arg(title), notes);
}

void CanvasEditor::comment(QPointF place, const QString& words)
{
    CanvasNotes notes = m_document.canvas();
    notes.frames << CanvasFrame { true, words, QRectF(snapped(place), QSizeF(260, 100)) };
    m_document.setCanvas(tr("Add a comment"), notes);
}

void CanvasEditor::setFrameText(int frame, const QString& words)
{
    CanvasNotes notes = m_document.canvas();
    if (frame >= 0 && frame < notes.frames.size()) {
        notes.frames[frame].text = words;
        m_document.setCanvas(notes.frames[frame].isComment ? tr("Change a comment") : tr("Rename a group"), notes);
    }
}

} // namespace sheaf::ui
