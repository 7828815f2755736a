// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/canvas_panel.h"

#include "ui/canvas/graph_view.h"
#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/widgets/empty_hint.h"

#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>
#include <QToolButton>

namespace sheaf::ui {

CanvasPanel::CanvasPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_scene(new GraphScene(this))
    , m_view(new GraphView(m_scene, this))
    , m_hint(new EmptyHint(QStringLiteral("pipeline"), this))
    , m_stack(new QStackedLayout(this))
{
    setObjectName(QStringLiteral("canvas.panel"));
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_hint);
    buildZoomButtons();
    showHint(QStringLiteral("pipeline"), tr("Nothing is open"), tr("Open a pipeline file or a run to see its graph here."));

    connect(&context.pipeline, &PipelineState::opened, this, &CanvasPanel::refreshGraph);
    connect(&context.pipeline, &PipelineState::changed, this, &CanvasPanel::refreshGraph);
    connect(&context.pipeline, &PipelineState::closed, this, &CanvasPanel::refreshGraph);
    connect(&context.run, &RunState::opened, this, &CanvasPanel::refreshGraph);
    connect(&context.run, &RunState::closed, this, &CanvasPanel::refreshGraph);
    connect(&context.run, &RunState::changed, this, &CanvasPanel::onRunChanged);
    connect(&context.run, &RunState::activityChanged, this, &CanvasPanel::refreshStatus);
    connect(m_view, &GraphView::stepPicked, &context.selection, &SelectionState::setStep);
    connect(m_view, &GraphView::stepOpenRequested, &context.selection, &SelectionState::openStep);
    connect(&context.selection, &SelectionState::stepChanged, this, [this](const QString& step) {
        m_scene->selectStep(step);
        m_view->reveal(step);
    });
}

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
    };
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

void CanvasPanel::showHint(const QString& iconName, const QString& title, const QString& text)
{
    m_hint->setIconName(iconName);
    m_hint->setWords(title, text);
    m_stack->setCurrentWidget(m_hint);
    m_zoom->hide();
}

void CanvasPanel::refreshGraph()
{
    const bool isRun = m_context.run.isOpen() && !m_context.run.spec().steps.empty();
    const auto snapshot = m_context.pipeline.snapshot();
    const pipeline::RunSpec* spec = isRun ? &m_context.run.spec() : snapshot ? &snapshot->spec : nullptr;
    if (spec == nullptr) {
        if (!m_context.pipeline.isOpen() && !m_context.run.isOpen()) {
            m_graph = {};
        }
        if (m_graph.nodes.empty() && (m_context.pipeline.isOpen() || m_context.run.isOpen())) {
            showHint(QStringLiteral("pipeline"), tr("Reading…"), {});
        }
        return; // it is being read
    }
    if (spec->steps.empty()) {
        m_graph = {};
        ++m_question;
        showHint(QStringLiteral("problems"), tr("No steps to draw"), tr("The file has no step that can be understood. The Problems panel says what is wrong."));
        return;
    }
    Graph graph = buildGraph(*spec);
    if (graph.hasSameShape(m_graph)) {
        m_graph = graph;
        m_scene->setTexts(graph);
        refreshStatus();
        return;
    }
    const int question = ++m_question;
    m_context.worker.ask(
        this, [graph] { return std::pair(graph, autoLayout(graph)); },
        [this, question](const std::pair<Graph, GraphLayout>& laid) {
            if (question != m_question || laid.second.nodes.size() != laid.first.nodes.size()) {
                return;
            }
            m_graph = laid.first;
            m_scene->setGraph(laid.first, laid.second);
            m_stack->setCurrentWidget(m_view);
            m_zoom->show();
            m_zoom->raise();
            m_view->fitAll();
            refreshStatus();
            m_scene->selectStep(m_context.selection.step());
        });
}

void CanvasPanel::refreshStatus()
{
    const RunState& run = m_context.run;
    if (!run.isOpen()) {
        m_scene->clearStatus();
    } else {
        for (const auto& spec : run.spec().steps) {
            const event::StepPicture* step = run.picture().step(spec.name);
            m_scene->setStatus(toQt(spec.name), statusOf(step != nullptr ? *step : event::StepPicture {}, &spec, run.isActive()));
        }
    }
    refreshProblems();
}

void CanvasPanel::onRunChanged(const event::ChangeSet& changes)
{
    const RunState& run = m_context.run;
    if (changes.run) {
        refreshStatus();
        return;
    }
    for (const StepIndex index : changes.steps) {
        if (index.value < run.picture().steps().size()) {
            const auto& step = run.picture().steps()[index.value];
            const QString name = toQt(step.name);
            m_scene->setStatus(name, statusOf(step, run.stepSpec(name), run.isActive()));
        }
    }
}

void CanvasPanel::refreshProblems()
{
    QSet<QString> steps;
    if (const auto snapshot = m_context.pipeline.snapshot(); snapshot && !m_context.run.isOpen()) {
        for (const auto& diagnostic : snapshot->diagnostics) {
            if (diagnostic.severity == spec::Severity::Error && diagnostic.path.starts_with("jobs.")) {
                steps << toQt(diagnostic.path).section(QLatin1Char('.'), 1, 1);
            }
        }
    }
    m_scene->setProblems(steps);
}

void CanvasPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_scene->update();
    }
}

void CanvasPanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_zoom->adjustSize();
    m_zoom->move(width() - m_zoom->width() - space::kPanel, height() - m_zoom->height() - space::kPanel);
    m_zoom->raise();
}

} // namespace sheaf::ui
