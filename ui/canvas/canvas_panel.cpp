// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/canvas_panel.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "ui/canvas/canvas_actions.h"
#include "ui/canvas/canvas_editor.h"
#include "ui/canvas/edge_item.h"
#include "ui/canvas/frame_item.h"
#include "ui/canvas/graph_view.h"
#include "ui/canvas/minimap.h"
#include "ui/canvas/node_geometry.h"
#include "ui/canvas/step_adder.h"
#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/widgets/empty_hint.h"

#include <QClipboard>
#include <QEvent>
#include <QFileInfo>
#include <QFrame>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QStackedLayout>
#include <QToolButton>
#include <QUrl>

namespace sheaf::ui {

namespace {

const QString kStepFormat = QStringLiteral("application/x-sheaf-step"); // id of a catalogue entry
const QString kCopyFormat = QStringLiteral("application/x-sheaf-steps"); // YAML of copied steps

using Essences = std::unordered_map<std::string, std::string>;

/// What a step is, without where its run lies.
std::string essence(const pipeline::StepSpec& step, const std::string& runDir)
{
    std::string text = boost::json::serialize(json::toJson(step));
    for (std::size_t at = text.find(runDir); !runDir.empty() && at != std::string::npos; at = text.find(runDir, at + 1)) {
        text.replace(at, runDir.size(), "@");
    }
    return text;
}

} // namespace

/// A line or a field that is written into on the canvas. Enter (Ctrl+Enter where lines are many) or a click elsewhere takes it, Esc does not. What is
/// refused on Enter stays, with the reason below it; who has left a refused text has given it up.
class CanvasPanel::InlineEdit : public QPlainTextEdit
{
public:
    /// `then` says why the text cannot be taken, or ""; `givenUp` is told so when there is no field any more to say it below.
    InlineEdit(QWidget* parent, const QString& text, bool isLong, std::function<QString(const QString&)> then, std::function<void(const QString&)> givenUp)
        : QPlainTextEdit(text, parent)
        , m_isLong(isLong)
        , m_then(std::move(then))
        , m_givenUp(std::move(givenUp))
        , m_reason(new QLabel(parent))
    {
        setObjectName(QStringLiteral("canvas.inline"));
        setAccessibleName(isLong ? CanvasPanel::tr("Comment") : CanvasPanel::tr("Name"));
        setTabChangesFocus(true);
        setVerticalScrollBarPolicy(isLong ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setLineWrapMode(isLong ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
        selectAll();
        m_reason->setObjectName(QStringLiteral("canvas.inline.reason"));
        m_reason->hide();
        connect(this, &QPlainTextEdit::textChanged, m_reason.data(), &QWidget::hide);
        connect(this, &QPlainTextEdit::textChanged, this, [this] { setAccessibleDescription({}); });
    }
    ~InlineEdit() override { delete m_reason; }

    /// Goes, whatever is written in it.
    void drop()
    {
        m_then = nullptr;
        leave(false);
    }

protected:
    static bool isEnter(const QKeyEvent* event) { return event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter; }

    bool event(QEvent* event) override
    {
        // Ctrl+Return ends a comment here, and starts a run elsewhere.
        if (event->type() == QEvent::ShortcutOverride && isEnter(static_cast<QKeyEvent*>(event))) {
            event->accept();
            return true;
        }
        return QPlainTextEdit::event(event);
    }
    void keyPressEvent(QKeyEvent* event) override
    {
        if (event->key() == Qt::Key_Escape) {
            drop();
        } else if (isEnter(event) && (!m_isLong || (event->modifiers() & Qt::ControlModifier) != 0)) {
            leave(true);
        } else {
            QPlainTextEdit::keyPressEvent(event);
        }
    }
    void focusOutEvent(QFocusEvent* event) override
    {
        QPlainTextEdit::focusOutEvent(event);
        if (event->reason() == Qt::PopupFocusReason) {
            return;
        }
        const bool comesBack = event->reason() == Qt::ActiveWindowFocusReason; // the keyboard does, with its window
        if (!m_reason->isHidden()) {
            if (!comesBack) {
                drop(); // the reason was read
            }
            return;
        }
        leave(comesBack);
    }

private:
    void leave(bool staysRefused)
    {
        const auto then = std::exchange(m_then, nullptr); // what it does may take the focus from here
        if (const QString why = then ? then(toPlainText().trimmed()) : QString(); !why.isEmpty() && !staysRefused) {
            m_givenUp(why);
        } else if (!why.isEmpty()) {
            m_then = then;
            m_reason->setText(why);
            m_reason->adjustSize();
            const int right = parentWidget()->width() - m_reason->width() - 8;
            const bool hasRoomBelow = geometry().bottom() + 6 + m_reason->height() <= parentWidget()->height();
            m_reason->move(qBound(0, x(), qMax(0, right)), hasRoomBelow ? geometry().bottom() + 6 : y() - m_reason->height() - 6);
            m_reason->show();
            m_reason->raise();
            setAccessibleDescription(why);
            return;
        }
        m_reason->hide();
        if (auto* parent = parentWidget() != nullptr ? parentWidget()->parentWidget() : nullptr; parent != nullptr && hasFocus()) {
            parent->setFocus();
        }
        hide();
        deleteLater();
    }

    bool m_isLong;
    std::function<QString(const QString&)> m_then;
    std::function<void(const QString&)> m_givenUp;
    QPointer<QLabel> m_reason;
};

CanvasPanel::CanvasPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_scene(new GraphScene(this))
    , m_view(new GraphView(m_scene, this))
    , m_editor(new CanvasEditor(context.document, context.catalog, this))
    , m_adder(new StepAdder(this))
    , m_map(new Minimap(m_scene, m_view, m_view))
    , m_hint(new EmptyHint(QStringLiteral("pipeline"), this))
    , m_emptyCanvas(new EmptyHint(QStringLiteral("pipeline"), m_view))
    , m_stack(new QStackedLayout(this))
    , m_actions(new CanvasActions(this))
{
    setObjectName(QStringLiteral("canvas.panel"));
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_hint);
    m_emptyCanvas->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_emptyCanvas->setWords(tr("An empty pipeline"), tr("Double-click here or press Tab to add a step, or drag one from the palette. Files and folders may be dropped here, too."));
    m_emptyCanvas->hide();
    buildZoomButtons();
    buildFindLine();
    showHint(QStringLiteral("pipeline"), tr("Nothing is open"), tr("Open a pipeline file or a run to see its graph here."));

    connect(&context.pipeline, &PipelineState::opened, this, &CanvasPanel::dropInline); // what is written there is of another file
    connect(&context.pipeline, &PipelineState::closed, this, &CanvasPanel::dropInline);
    connect(&context.pipeline, &PipelineState::opened, this, &CanvasPanel::refreshGraph);
    connect(&context.pipeline, &PipelineState::changed, this, &CanvasPanel::refreshGraph);
    connect(&context.pipeline, &PipelineState::closed, this, &CanvasPanel::refreshGraph);
    connect(&context.document, &DocumentState::canvasChanged, this, &CanvasPanel::onCanvasChanged);
    connect(&context.run, &RunState::opened, this, &CanvasPanel::refreshGraph);
    connect(&context.run, &RunState::closed, this, &CanvasPanel::refreshGraph);
    connect(&context.run, &RunState::changed, this, &CanvasPanel::onRunChanged);
    connect(&context.run, &RunState::activityChanged, this, &CanvasPanel::refreshStatus);
    connect(&context.selection, &SelectionState::stepsChanged, this, [this] {
        if (!m_isPicking && m_scene->selectedSteps() != m_context.selection.steps()) {
            m_scene->select(m_context.selection.steps());
            m_view->reveal(m_context.selection.step());
        }
    });
    connect(&context.catalog, &CatalogState::addAsked, this, [this](const QString& id) {
        if (m_view->isEditable()) {
            addById(id, m_view->sight().center(), {});
            m_view->setFocus();
        }
    });
    connectView();
}

/// The view looks at the scene until its end, and children go in the order in which they came.
CanvasPanel::~CanvasPanel()
{
    delete m_view;
}

void CanvasPanel::connectView()
{
    connect(m_view, &GraphView::picked, this, &CanvasPanel::onPicked);
    connect(m_view, &GraphView::openRequested, this, [this](const QString& id) {
        const NodeItem* item = m_scene->node(id);
        if (item != nullptr && !item->node().opens.isEmpty()) {
            emit fileAsked(item->node().opens);
            return;
        }
        m_context.selection.openStep(item != nullptr && item->node().isStep() ? id : QString());
    });
    connect(m_view, &GraphView::moved, m_editor, &CanvasEditor::move);
    connect(m_view, &GraphView::nudged, m_editor, &CanvasEditor::nudge);
    connect(m_view, &GraphView::wireRequested, m_editor, &CanvasEditor::connectPorts);
    connect(m_view, &GraphView::unwireRequested, m_editor, &CanvasEditor::disconnectPorts);
    connect(m_view, &GraphView::rewireRequested, m_editor, &CanvasEditor::reconnect);
    connect(m_view, &GraphView::gestureEnded, this, [this] {
        if (std::exchange(m_isLate, false)) {
            refreshGraph();
        }
    });
    connect(m_view, &GraphView::spliceRequested, m_editor, &CanvasEditor::splice);
    connect(m_view, &GraphView::addRequested, this, &CanvasPanel::openAdder);
    connect(m_view, &GraphView::frameEditRequested, this, &CanvasPanel::editFrame);
    connect(m_view, &GraphView::dataDropped, this, &CanvasPanel::onDropped);
    connect(m_view, &GraphView::menuRequested, this, [this](QPoint position, QPointF point) {
        m_addPoint = point;
        QMenu menu(this);
        m_actions->fillEditMenu(&menu);
        m_actions->fillArrangeMenu(menu.addMenu(tr("Arran&ge")));
        menu.exec(position);
    });
    connect(m_editor, &CanvasEditor::refused, this, [this](const QString& why) { m_view->say(why, m_view->mapFromScene(m_view->cursorPoint())); });
    connect(m_editor, &CanvasEditor::made, this, [this](const QStringList& ids) {
        m_toSelect = ids;
        if (std::all_of(ids.begin(), ids.end(), [this](const QString& id) { return m_scene->node(id) != nullptr; })) {
            selectMade(); // it was there already
        }
    });
    connect(m_editor, &CanvasEditor::stepMade, this, &CanvasPanel::stepMade);
    connect(m_adder, &StepAdder::chosen, this, [this](const QString& id) {
        m_view->setFocus();
        const auto port = addedTo();
        if (m_addPort && !port) {
            m_view->say(tr("The port that the wire was for is not there any more"), m_view->mapFromScene(m_addPoint));
            return;
        }
        addById(id, m_addPoint, { port, {} });
    });
}

// ---- overlays -----------------------------------------------------------------------------------

void CanvasPanel::buildZoomButtons()
{
    auto* frame = new QFrame(this);
    frame->setProperty("card", true);
    frame->setObjectName(QStringLiteral("canvas.zoom"));
    auto* row = new QHBoxLayout(frame);
    row->setContentsMargins(space::kHair, space::kHair, space::kHair, space::kHair);
    row->setSpacing(0);
    const auto button = [&](const QString& name, const QString& iconName, const QString& text, auto&& does) {
        auto* made = new QToolButton(frame);
        made->setObjectName(QStringLiteral("canvas.") + name);
        made->setIcon(icon(iconName));
        made->setToolTip(text);
        made->setAccessibleName(text);
        connect(made, &QToolButton::clicked, m_view, does);
        row->addWidget(made);
        return made;
    };
    auto* map = button(QStringLiteral("map"), QStringLiteral("map"), tr("Keep the map of the graph in view"), [] {});
    map->setCheckable(true);
    connect(map, &QToolButton::toggled, m_map, &Minimap::setPinned);
    button(QStringLiteral("zoomOut"), QStringLiteral("zoom-out"), tr("Zoom out"), [this] { m_view->zoomBy(1 / 1.25); });
    m_scale = new QLabel(QStringLiteral("100 %"), frame);
    m_scale->setAlignment(Qt::AlignCenter);
    m_scale->setMinimumWidth(m_scale->fontMetrics().horizontalAdvance(QStringLiteral(" 100 % ")));
    m_scale->setProperty("muted", true);
    row->addWidget(m_scale);
    button(QStringLiteral("zoomIn"), QStringLiteral("zoom-in"), tr("Zoom in"), [this] { m_view->zoomBy(1.25); });
    button(QStringLiteral("fit"), QStringLiteral("fit"), tr("Show all"), [this] { m_view->fitAll(); });
    connect(m_view, &GraphView::scaleChanged, m_scale, [this](double scale) { m_scale->setText(tr("%1 %").arg(qRound(scale * 100))); });
    m_zoom = frame;
}

void CanvasPanel::buildFindLine()
{
    m_find = new QLineEdit(this);
    m_find->setObjectName(QStringLiteral("canvas.findLine"));
    m_find->setAccessibleName(tr("Find a box by its name"));
    m_find->setPlaceholderText(tr("Find a box…"));
    m_find->setClearButtonEnabled(true);
    m_find->setFixedWidth(240);
    m_find->hide();
    connect(m_find, &QLineEdit::textEdited, this, [this] { stepFind(0); });
    connect(m_find, &QLineEdit::returnPressed, this, [this] { stepFind((QGuiApplication::keyboardModifiers() & Qt::ShiftModifier) != 0 ? -1 : 1); });
    auto* leave = new QAction(tr("Leave the search"), m_find);
    leave->setShortcut(Qt::Key_Escape);
    leave->setShortcutContext(Qt::WidgetShortcut);
    connect(leave, &QAction::triggered, this, [this] {
        m_find->hide();
        m_view->setFocus();
    });
    m_find->addAction(leave);
}

void CanvasPanel::findBox()
{
    m_find->show();
    m_find->raise();
    placeOverlays();
    m_find->selectAll();
    m_find->setFocus();
}

/// 0: the first that fits; 1, -1: the next, the one before.
void CanvasPanel::stepFind(int direction)
{
    QStringList fitting;
    for (const GraphNode& node : m_graph.nodes) {
        if (node.title.contains(m_find->text(), Qt::CaseInsensitive) || node.id.contains(m_find->text(), Qt::CaseInsensitive)) {
            fitting << node.id;
        }
    }
    if (fitting.isEmpty() || m_find->text().isEmpty()) {
        return;
    }
    const QStringList chosen = m_scene->selectedIds();
    const auto at = chosen.isEmpty() ? -1 : fitting.indexOf(chosen.first());
    const auto next = direction == 0 ? 0 : (at + direction + fitting.size()) % fitting.size();
    m_scene->select({ fitting[next] });
    onPicked({ fitting[next] });
    m_view->centerOn(m_scene->node(fitting[next]));
}

void CanvasPanel::placeOverlays()
{
    m_zoom->adjustSize();
    m_zoom->move(width() - m_zoom->width() - space::kPanel, height() - m_zoom->height() - space::kPanel);
    m_zoom->raise();
    m_map->move(space::kPanel, m_view->height() - m_map->height() - space::kPanel);
    m_find->move(width() - m_find->width() - space::kPanel, space::kPanel);
    m_emptyCanvas->setGeometry(m_view->rect());
}

void CanvasPanel::showHint(const QString& iconName, const QString& title, const QString& text)
{
    m_hint->setIconName(iconName);
    m_hint->setWords(title, text);
    m_stack->setCurrentWidget(m_hint);
    m_zoom->hide();
    m_find->hide();
}

// ---- what is shown ------------------------------------------------------------------------------

bool CanvasPanel::hasRunOfDraft() const
{
    return m_context.pipeline.isOpen() && m_context.run.isOpen() && toQt(m_context.run.spec().jobFile) == m_context.pipeline.file();
}

bool CanvasPanel::isDraft() const
{
    return m_context.pipeline.isOpen() && (!m_context.run.isOpen() || m_context.run.spec().steps.empty() || hasRunOfDraft());
}

void CanvasPanel::refreshGraph()
{
    const bool draft = isDraft();
    const auto snapshot = m_context.pipeline.snapshot();
    const bool isRun = !draft && m_context.run.isOpen() && !m_context.run.spec().steps.empty();
    m_view->setEditable(draft && snapshot);
    m_actions->refresh();
    if (!isRun && !(draft && snapshot)) {
        if (!m_context.pipeline.isOpen() && !m_context.run.isOpen()) {
            m_graph = {};
            m_laidFor.clear();
        } else if (draft && m_laidFor != m_context.pipeline.file()) {
            showHint(QStringLiteral("pipeline"), tr("Reading…"), {});
        }
        return; // it is being read
    }
    Graph graph;
    QString laidFor;
    if (isRun) {
        graph = buildGraph(m_context.run.spec());
        laidFor = QStringLiteral("run:") + toQt(m_context.run.spec().runDir);
    } else {
        const bool isBroken = std::any_of(snapshot->diagnostics.begin(), snapshot->diagnostics.end(),
            [](const auto& diagnostic) { return diagnostic.code == "yaml-syntax"; });
        if (isBroken && m_laidFor == m_context.pipeline.file() && !m_graph.nodes.empty()) {
            refreshProblems(); // half a line was typed: what was drawn last stays
            return;
        }
        graph = buildGraph(*snapshot);
        laidFor = m_context.pipeline.file();
    }
    if (laidFor == m_laidFor) {
        const Pins pins = isRun ? Pins() : pinsOf(graph);
        draw(graph, placeNew(graph, m_auto, pins), pins);
        return;
    }
    if (m_view->isDragging()) {
        m_isLate = true;
        return;
    }
    const Pins pins = isRun ? Pins() : m_context.document.canvas().places;
    const int question = ++m_question;
    m_context.worker.ask(
        this, [graph, pins] { return autoLayout(graph, pins); },
        [this, question, graph, laidFor, pins](const Places& places) {
            if (question != m_question) {
                return;
            }
            m_laidFor = laidFor;
            m_auto = places;
            draw(graph, places, pins);
            m_view->fitAll();
            refreshGraph(); // it may have changed meanwhile
        });
}

/// The notes have changed, not the graph: things only lie elsewhere. Who drags something meanwhile drags it from a place that is no more.
void CanvasPanel::onCanvasChanged()
{
    if (m_view->isDragging()) {
        m_view->abortGesture();
    }
    if (!isDraft() || !m_context.pipeline.snapshot() || m_laidFor != m_context.pipeline.file()) {
        refreshGraph();
        return;
    }
    const Pins pins = pinsOf(m_graph);
    place(placeNew(m_graph, m_auto, pins), pins);
}

/// Where boxes were put by hand. The notes may know already that a box has another name, or goes, of which the graph is told later: until then it
/// stays where it is drawn.
CanvasPanel::Pins CanvasPanel::pinsOf(const Graph& graph) const
{
    Pins pins = m_context.document.canvas().places;
    QStringList lost;
    for (const GraphNode& node : graph.nodes) {
        if (!pins.contains(node.id) && m_pins.contains(node.id)) {
            lost << node.id;
        }
    }
    const auto there = lost.isEmpty() ? std::nullopt : m_editor->nodesInText();
    for (const QString& id : lost) {
        if (there && !there->contains(id)) {
            pins[id] = m_pins[id];
        }
    }
    return pins;
}

void CanvasPanel::place(const Places& places, const Pins& pins)
{
    for (const GraphNode& node : m_graph.nodes) {
        if (!pins.contains(node.id)) {
            m_auto[node.id] = places.value(node.id);
        }
    }
    m_pins = pins;
    m_editor->setPlaces(places);
    m_scene->setGraph(m_graph, places);
    m_scene->setFrames(isDraft() ? m_context.document.canvas().frames : QVector<CanvasFrame>());
    if (m_inline != nullptr && (!m_view->isEditable() || !m_isInlineThere())) {
        dropInline();
    }
}

void CanvasPanel::draw(const Graph& graph, const Places& places, const Pins& pins)
{
    if (m_view->isDragging()) {
        m_isLate = true; // what hangs on the mouse is of the graph that is drawn
        return;
    }
    m_graph = graph;
    m_editor->setGraph(graph);
    place(places, pins);
    m_stack->setCurrentWidget(m_view);
    m_zoom->show();
    m_emptyCanvas->setVisible(graph.nodes.empty() && isDraft());
    placeOverlays();
    refreshStatus();
    refreshChanged();
    refreshProblems();
    if (std::any_of(m_toSelect.begin(), m_toSelect.end(), [this](const QString& id) { return m_scene->node(id) != nullptr; })) {
        selectMade();
    } else if (m_scene->selectedItems().isEmpty()) {
        m_scene->select(m_context.selection.steps());
    }
    m_actions->refresh();
}

void CanvasPanel::selectMade()
{
    const QStringList ids = std::exchange(m_toSelect, {});
    if (!ids.isEmpty()) {
        m_scene->select(ids);
        onPicked(ids);
        m_view->reveal(ids.first());
    }
}

void CanvasPanel::refreshStatus()
{
    const RunState& run = m_context.run;
    if (!run.isOpen()) {
        m_scene->clearStatus();
        return;
    }
    QHash<QString, NodeStatus> status;
    for (const auto& spec : run.spec().steps) {
        const event::StepPicture* step = run.picture().step(spec.name);
        status[toQt(spec.name)] = statusOf(step != nullptr ? *step : event::StepPicture {}, &spec, run.isActive());
    }
    m_scene->setStatus(status);
}

/// Steps that are not any more what the run in view ran. Steps are compared as texts, which takes a while for many: in a thread.
void CanvasPanel::refreshChanged()
{
    const int question = ++m_changedQuestion;
    const auto snapshot = m_context.pipeline.snapshot();
    if (!hasRunOfDraft() || !snapshot) {
        m_scene->setChanged({});
        return;
    }
    const std::string ranIn = m_context.run.spec().runDir;
    if (m_ranFor != toQt(ranIn)) {
        m_ranFor = toQt(ranIn);
        m_ran.reset();
    }
    const auto spec = m_ran ? nullptr : std::make_shared<const pipeline::RunSpec>(m_context.run.spec());
    using Answer = std::pair<std::shared_ptr<const Essences>, QSet<QString>>;
    m_context.worker.ask(
        this,
        [snapshot, spec, ranIn, ran = m_ran, here = m_context.pipeline.nextRunDir()] {
            Answer answer { ran, {} };
            if (spec) {
                auto all = std::make_shared<Essences>();
                for (const auto& step : spec->steps) {
                    all->emplace(step.name, essence(step, ranIn));
                }
                answer.first = all;
            }
            for (const auto& step : snapshot->spec.steps) {
                const auto old = answer.first->find(step.name);
                if (old != answer.first->end() && old->second != essence(step, here)) {
                    answer.second << toQt(step.name);
                }
            }
            return answer;
        },
        [this, question, ranFor = m_ranFor](const Answer& answer) {
            if (ranFor == m_ranFor) {
                m_ran = answer.first;
            }
            if (question == m_changedQuestion) {
                m_scene->setChanged(answer.second);
            }
        });
}

void CanvasPanel::onRunChanged(const event::ChangeSet& changes)
{
    const RunState& run = m_context.run;
    if (changes.run) {
        refreshStatus();
        return;
    }
    QHash<QString, NodeStatus> status;
    for (const StepIndex index : changes.steps) {
        if (index.value < run.picture().steps().size()) {
            const auto& step = run.picture().steps()[index.value];
            const QString name = toQt(step.name);
            status[name] = statusOf(step, run.stepSpec(name), run.isActive());
        }
    }
    m_scene->setStatus(status);
}

void CanvasPanel::refreshProblems()
{
    const auto snapshot = m_context.pipeline.snapshot();
    m_scene->setProblems(snapshot && isDraft() ? problemsOf(*snapshot) : QHash<QString, spec::Severity>());
}

// ---- gestures -----------------------------------------------------------------------------------

void CanvasPanel::onPicked(const QStringList& ids)
{
    QStringList steps;
    for (const QString& id : ids) {
        if (const NodeItem* item = m_scene->node(id); item != nullptr && item->node().isStep()) {
            steps << id;
        }
    }
    m_isPicking = true;
    m_context.selection.setSteps(steps);
    m_isPicking = false;
}

void CanvasPanel::openAdder(QPointF point, const std::optional<PortPlace>& port)
{
    if (!m_view->isEditable()) {
        return;
    }
    m_addPoint = point;
    m_addPort = port;
    QVector<AdderItem> items;
    const NodeItem* node = port ? m_scene->node(port->node) : nullptr;
    const GraphPort* end = port ? portAt(m_graph, *port) : nullptr;
    m_addPortName = end == nullptr ? QString() : end->name;
    const auto fits = [&](const CatalogEntry& entry) {
        if (end == nullptr) {
            return true;
        }
        const auto& ports = port->isInput ? entry.outputs : entry.inputs;
        if (entry.kind == CatalogEntry::Kind::Data && !port->isInput) {
            return false;
        }
        return std::any_of(ports.begin(), ports.end(), [&](const auto& candidate) {
            const bool isValue = !candidate.type.empty() && !candidate.type.starts_with("uri_") && candidate.type != "mltable" && !candidate.type.ends_with("_model");
            const bool isTable = candidate.type == "mltable";
            const PortKind kind = port->isInput ? end->declared : end->kind;
            if (kind == PortKind::Any || candidate.type.empty()) {
                return true;
            }
            if ((kind == PortKind::Value) != isValue) {
                return false;
            }
            if (kind == PortKind::File && candidate.type == "uri_folder") {
                return false;
            }
            return (kind == PortKind::Table) == isTable || (kind == PortKind::Table && !port->isInput && candidate.type == "uri_folder");
        });
    };
    if (end != nullptr && port->isInput) {
        items << AdderItem { QStringLiteral("pipeline:input"), tr("Input of the pipeline"), tr("what the step has now becomes an input that can be set from outside"), QStringLiteral("value") };
    } else if (end != nullptr && node->node().isStep()) {
        items << AdderItem { QStringLiteral("pipeline:output"), tr("Output of the pipeline"), tr("kept as a result under this name"), QStringLiteral("folder") };
    }
    QVector<CatalogEntry> entries;
    for (const CatalogEntry& entry : m_context.catalog.entries()) {
        if (fits(entry)) {
            entries << entry;
        }
    }
    std::stable_sort(entries.begin(), entries.end(), [this](const auto& a, const auto& b) { return m_context.catalog.uses(a.id) > m_context.catalog.uses(b.id); });
    for (const CatalogEntry& entry : entries) {
        items << AdderItem { entry.id, entry.title, entry.description, entry.icon };
    }
    if (end == nullptr) {
        items << AdderItem { QStringLiteral("canvas:comment"), tr("Comment"), tr("words on the canvas"), QStringLiteral("note") };
    }
    const QString title = end == nullptr ? tr("Add a step…") : port->isInput ? tr("What makes %1?").arg(end->name) : tr("What takes %1?").arg(end->name);
    m_adder->open(items, title, m_view->viewport()->mapToGlobal(m_view->mapFromScene(point)));
}

/// The port that the list was opened for, wherever it is by now.
std::optional<PortPlace> CanvasPanel::addedTo() const
{
    const int at = m_addPort ? m_graph.find(m_addPort->node) : -1;
    if (at < 0) {
        return std::nullopt;
    }
    const GraphNode& node = m_graph.nodes[static_cast<std::size_t>(at)];
    const auto& ports = m_addPort->isInput ? node.inputs : node.outputs;
    const auto found = std::find_if(ports.begin(), ports.end(), [this](const GraphPort& port) { return port.name == m_addPortName && !port.isOrder; });
    return found == ports.end() ? std::nullopt : std::optional(PortPlace { m_addPort->node, m_addPort->isInput, static_cast<int>(found - ports.begin()) });
}

void CanvasPanel::addById(const QString& id, QPointF point, const CanvasEditor::Join& join)
{
    if (id == QStringLiteral("pipeline:input")) {
        m_editor->addPipelineInput(*join.port, point);
    } else if (id == QStringLiteral("pipeline:output")) {
        m_editor->addPipelineOutput(*join.port, point);
    } else if (id == QStringLiteral("canvas:comment")) {
        m_addPoint = point;
        addComment();
    } else if (const CatalogEntry* entry = m_context.catalog.find(id)) {
        m_editor->add(CatalogEntry(*entry), point, join);
    }
}

void CanvasPanel::onDropped(const QMimeData* dropped, QPointF point, EdgeItem* edge)
{
    CanvasEditor::Join join;
    if (edge != nullptr && !isOrder(m_graph, edge->toPort())) {
        join.wire = std::pair(edge->fromPort(), edge->toPort());
    }
    if (dropped->hasFormat(kStepFormat)) {
        addById(QString::fromUtf8(dropped->data(kStepFormat)), point, join);
        return;
    }
    const QString base = QFileInfo(m_context.document.jobFile()).absolutePath();
    for (const QUrl& url : dropped->urls()) {
        if (!url.isLocalFile()) {
            continue;
        }
        const QString path = url.toLocalFile();
        // A component file is a step, everything else is data.
        const QString relative = QStringLiteral("component:") + dataEntry(path, base).path;
        const CatalogEntry* component = m_context.catalog.find(relative);
        m_editor->add(component != nullptr ? *component : dataEntry(path, base), point, component != nullptr ? join : CanvasEditor::Join {});
        point += QPointF(0, 60);
    }
}

void CanvasPanel::deleteChosen(bool heal)
{
    if (const EdgeItem* edge = m_scene->selectedEdge()) {
        m_editor->disconnectPorts(edge->fromPort(), edge->toPort());
    } else if (const FrameItem* frame = m_scene->selectedFrame()) {
        m_editor->removeFrame(frame->index());
    } else if (const QStringList ids = m_scene->selectedIds(); !ids.isEmpty()) {
        m_editor->remove(ids, heal);
    }
}

void CanvasPanel::renameChosen()
{
    if (const FrameItem* frame = m_scene->selectedFrame()) {
        editFrame(frame->index());
        return;
    }
    const QStringList ids = m_scene->selectedIds();
    const NodeItem* item = ids.isEmpty() ? nullptr : m_scene->node(ids.first());
    if (item == nullptr || item->node().isDisabled) {
        return;
    }
    const QString id = ids.first();
    const QString name = id.contains(QLatin1Char(':')) ? id.section(QLatin1Char(':'), 1) : id;
    m_view->reveal(id);
    const QRect box = m_view->mapFromScene(QRectF(item->pos() + QPointF(item->node().isStep() ? 36 : 34, 2), QSizeF(220, 34))).boundingRect();
    editInPlace(
        { box.x(), box.y(), qMax(180, box.width()), 30 }, name, false, [this, id](const QString& written) { return m_editor->rename(id, written); },
        [this, id] { return m_scene->node(id) != nullptr; });
}

void CanvasPanel::editInPlace(
    const QRect& where, const QString& text, bool isLong, const std::function<QString(const QString&)>& then, const std::function<bool()>& isThere)
{
    dropInline();
    // Said after the click that took the keyboard away: a click hides what was said before.
    const auto givenUp = [this, at = where.topLeft()](const QString& why) {
        QMetaObject::invokeMethod(this, [this, at, why] { m_view->say(why, at); }, Qt::QueuedConnection);
    };
    m_isInlineThere = isThere;
    m_inline = new InlineEdit(m_view->viewport(), text, isLong, then, givenUp);
    m_inline->setGeometry(where);
    m_inline->show();
    m_inline->setFocus();
}

void CanvasPanel::dropInline()
{
    if (m_inline != nullptr) {
        std::exchange(m_inline, nullptr)->drop();
    }
}

void CanvasPanel::editFrame(int index)
{
    if (!m_view->isEditable() || index >= static_cast<int>(m_scene->frames().size())) {
        return;
    }
    const CanvasFrame frame = m_scene->frames()[static_cast<std::size_t>(index)]->frame();
    const QRect box = m_view->mapFromScene(frame.place).boundingRect();
    const QRect where(box.x() + 4, box.y() + 2, qMax(160, box.width() - 8), frame.isComment ? qMax(60, box.height() - 4) : 30);
    editInPlace(
        where, frame.text, frame.isComment,
        [this, index](const QString& written) {
            m_editor->setFrameText(index, written);
            return QString();
        },
        [this, index] { return index < static_cast<int>(m_scene->frames().size()); });
}

void CanvasPanel::copyChosen()
{
    if (const auto text = m_editor->copied(m_scene->selectedIds())) {
        auto* copied = new QMimeData;
        copied->setData(kCopyFormat, *text);
        copied->setText(QString::fromUtf8(*text));
        QGuiApplication::clipboard()->setMimeData(copied);
    }
}

void CanvasPanel::paste(bool keepLinks)
{
    const QMimeData* pasted = QGuiApplication::clipboard()->mimeData();
    if (pasted == nullptr || !m_view->isEditable()) {
        return;
    }
    const QByteArray text = pasted->hasFormat(kCopyFormat) ? pasted->data(kCopyFormat) : pasted->text().toUtf8();
    if (!text.trimmed().isEmpty()) {
        m_editor->paste(text, keepLinks, m_view->cursorPoint());
    }
}

void CanvasPanel::duplicateChosen()
{
    m_editor->duplicate(m_scene->selectedIds());
}

void CanvasPanel::toggleDisabled()
{
    QStringList on;
    QStringList off;
    for (const QString& id : m_scene->selectedSteps()) {
        (m_scene->node(id)->node().isDisabled ? off : on) << id;
    }
    // A mixed choice is disabled first: the second time enables all.
    on.isEmpty() ? m_editor->setDisabled(off, false) : m_editor->setDisabled(on, true);
    m_toSelect = on + off;
}

void CanvasPanel::groupChosen()
{
    m_editor->group(m_scene->selectedIds(), tr("Group"));
    if (!m_scene->frames().empty()) {
        editFrame(static_cast<int>(m_scene->frames().size()) - 1);
    }
}

void CanvasPanel::addComment()
{
    if (!m_view->isEditable()) {
        return;
    }
    m_editor->comment(m_view->cursorPoint(), tr("Comment"));
    editFrame(static_cast<int>(m_scene->frames().size()) - 1);
}

void CanvasPanel::align(CanvasEditor::Align how)
{
    m_editor->align(m_scene->selectedIds(), how);
}

void CanvasPanel::layOut(bool keepChosen)
{
    QMap<QString, QPointF> kept;
    if (keepChosen) {
        for (const QString& id : m_scene->selectedIds()) {
            kept[id] = m_scene->node(id)->pos();
        }
    }
    m_context.worker.ask(
        this, [graph = m_graph, kept] { return autoLayout(graph, kept); },
        [this, shown = m_graph](const Places& places) {
            if (shown == m_graph) {
                m_editor->forgetPlaces(places);
                m_view->fitAll();
            }
        });
}

void CanvasPanel::selectAll()
{
    QStringList ids;
    for (const GraphNode& node : m_graph.nodes) {
        ids << node.id;
    }
    m_scene->select(ids);
    onPicked(ids);
}

void CanvasPanel::selectRelated(bool upstream, bool downstream)
{
    QStringList open = m_scene->selectedIds();
    QSet<QString> all(open.begin(), open.end());
    while (!open.isEmpty()) {
        const int here = m_graph.find(open.takeLast());
        for (const GraphEdge& edge : m_graph.edges) {
            const int next = upstream && edge.to == here ? edge.from : downstream && edge.from == here ? edge.to : -1;
            if (next >= 0 && !all.contains(m_graph.nodes[static_cast<std::size_t>(next)].id)) {
                all << m_graph.nodes[static_cast<std::size_t>(next)].id;
                open << m_graph.nodes[static_cast<std::size_t>(next)].id;
            }
        }
    }
    const QStringList ids(all.begin(), all.end());
    m_scene->select(ids);
    onPicked(m_scene->selectedIds());
}

void CanvasPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_scene->update();
        emit m_scene->looksChanged();
    }
}

void CanvasPanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    placeOverlays();
}

} // namespace sheaf::ui
