// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/plan/plan_view.h"

#include "ui/plan/plan_model.h"
#include "ui/plan/plan_text.h"
#include "ui/plan/preview_model.h"
#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"
#include "ui/text/format.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_hint.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr int kProgressMilliseconds = 200;
constexpr std::size_t kMostNotes = 3;
constexpr int kLeastWidth = 200;

QTableView* tableOf(QWidget* parent, const char* name, const QString& accessibleName)
{
    auto* view = new QTableView(parent);
    view->setObjectName(QLatin1String(name));
    view->setAccessibleName(accessibleName);
    view->setShowGrid(false);
    view->setAlternatingRowColors(true);
    view->setTabKeyNavigation(false);
    view->setWordWrap(false);
    view->setTextElideMode(Qt::ElideRight);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + space::kMedium);
    view->horizontalHeader()->setHighlightSections(false);
    return view;
}

} // namespace

PlanView::PlanView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new PlanModel(context.plan, this))
    , m_previewModel(new PreviewModel(this))
    , m_pages(new QStackedLayout(this))
    , m_hint(new EmptyHint(QStringLiteral("parallel"), this))
    , m_plan(new QWidget(this))
{
    setObjectName(QStringLiteral("plan.view"));
    auto* splitter = new QSplitter(Qt::Vertical, m_plan);
    auto* column = new QVBoxLayout(m_plan);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHead());
    column->addWidget(splitter, 1);
    splitter->addWidget(buildBatches());
    splitter->addWidget(buildPreview());
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    m_pages->addWidget(buildNoPlan());
    m_pages->addWidget(m_plan);
    m_showProgress.setSingleShot(true);
    m_showProgress.setInterval(kProgressMilliseconds);

    connect(&context.selection, &SelectionState::stepChanged, this, &PlanView::follow);
    connect(&context.pipeline, &PipelineState::changed, this, &PlanView::follow);
    connect(&context.pipeline, &PipelineState::opened, this, &PlanView::follow);
    connect(&context.pipeline, &PipelineState::closed, this, &PlanView::follow);
    connect(&context.settings, &SettingsState::changed, this, &PlanView::follow);
    connect(&context.plan, &PlanState::restarted, this, [this] { m_showProgress.start(); });
    connect(&context.plan, &PlanState::changed, this, &PlanView::refresh);
    connect(&context.plan, &PlanState::previewChanged, this, &PlanView::refreshPreview);
    connect(&m_showProgress, &QTimer::timeout, this, &PlanView::refresh);
    refresh();
    follow();
}

QLabel* PlanView::addFigure(QGridLayout* grid, const char* name, const QString& caption)
{
    const int row = grid->rowCount();
    auto* words = new QLabel(caption, this);
    words->setProperty("muted", true);
    auto* value = new QLabel(this);
    value->setObjectName(QLatin1String(name));
    value->setTextFormat(Qt::PlainText);
    value->setWordWrap(true);
    value->setAlignment(Qt::AlignTop | Qt::AlignLeft); // not that of its cell: a cell with one gets no height for its width
    words->setBuddy(value);
    grid->addWidget(words, row, 0, Qt::AlignTop);
    grid->addWidget(value, row, 1);
    return value;
}

/// The button that makes a new plan, here and in the head.
QPushButton* PlanView::againButton(QWidget* parent, const char* name)
{
    auto* button = new QPushButton(tr("Plan again"), parent);
    button->setObjectName(QLatin1String(name));
    button->setToolTip(tr("Plans anew from the files that are there now"));
    button->setProperty("quiet", true);
    connect(button, &QPushButton::clicked, this, [this] { m_context.plan.again(); });
    return button;
}

QWidget* PlanView::buildNoPlan()
{
    auto* page = new QWidget(this);
    m_retry = againButton(page, "plan.retry");
    auto* column = new QVBoxLayout(page);
    m_hint->setMinimumWidth(kLeastWidth); // its words are fixed to the width they have, which must not hold ours
    column->addWidget(m_hint, 1);
    column->addWidget(m_retry, 0, Qt::AlignHCenter);
    return page;
}

QWidget* PlanView::buildHead()
{
    auto* head = new QWidget(m_plan);
    m_headline = new ElidedLabel(head);
    m_headline->setObjectName(QStringLiteral("plan.headline"));
    m_headline->setFont(textFont(2, true));
    m_again = againButton(head, "plan.again");
    m_progress = new ElidedLabel(head, Qt::ElideMiddle);
    m_progress->setObjectName(QStringLiteral("plan.progress"));
    m_progress->setProperty("muted", true);
    m_stop = new QPushButton(tr("Stop"), head);
    m_stop->setObjectName(QStringLiteral("plan.stop"));
    m_stop->setAccessibleName(tr("Stop planning"));
    m_stop->setToolTip(tr("Stops planning; the mini-batches found so far stay in the list"));
    connect(m_stop, &QPushButton::clicked, this, [this] { m_context.plan.stop(); });
    m_notes = new QLabel(head);
    m_notes->setObjectName(QStringLiteral("plan.notes"));
    m_notes->setAccessibleName(tr("Notes of the planner"));
    m_notes->setTextFormat(Qt::PlainText);
    m_notes->setWordWrap(true);

    auto* title = new QHBoxLayout;
    title->addWidget(m_headline, 1);
    title->addWidget(m_again);
    auto* progress = new QHBoxLayout;
    progress->addWidget(m_progress, 1);
    progress->addWidget(m_stop);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::kPanel);
    grid->setVerticalSpacing(space::kSmall);
    grid->setColumnStretch(1, 1);
    m_size = addFigure(grid, "plan.size", tr("Size"));
    m_input = addFigure(grid, "plan.input", tr("Input"));
    m_workers = addFigure(grid, "plan.workers", tr("Workers"));
    m_failures = addFigure(grid, "plan.failures", tr("May fail"));
    m_failures->setToolTip(tr("How much may fail without failing the step, by the setting that bites first"));
    m_memory = addFigure(grid, "plan.memory", tr("Memory"));
    m_memory->setToolTip(tr("What all workers together need while they load their largest mini-batches: ten times the bytes of a table, and the "
                            "interpreters. What the script itself takes is not in it."));
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(space::kPanel, space::kLarge, space::kPanel, space::kLarge);
    column->setSpacing(space::kMedium);
    column->addLayout(title);
    column->addLayout(progress);
    column->addLayout(grid);
    column->addWidget(m_notes);
    return head;
}

QWidget* PlanView::buildBatches()
{
    m_batches = tableOf(m_plan, "plan.batches", tr("Mini-batches of the plan"));
    m_batches->setModel(m_model);
    m_batches->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_batches->setSelectionMode(QAbstractItemView::SingleSelection);
    m_batches->setColumnWidth(PlanModel::Number, 64);
    m_batches->setColumnWidth(PlanModel::Size, 96);
    m_batches->setColumnWidth(PlanModel::Key, 150);
    m_batches->horizontalHeader()->setSectionResizeMode(PlanModel::Content, QHeaderView::Stretch);
    m_batches->setTextElideMode(Qt::ElideMiddle); // the end of a path, and how many more there are, tell the most
    m_batches->setMinimumHeight(96);
    connect(m_batches->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) { m_context.plan.choose(current.isValid() ? current.row() : -1); });
    return m_batches;
}

QWidget* PlanView::buildPreview()
{
    auto* preview = new QWidget(m_plan);
    m_previewTitle = new ElidedLabel(preview);
    m_previewTitle->setObjectName(QStringLiteral("plan.preview.title"));
    m_previewTitle->setFont(textFont(0, true));
    m_previewWords = new QLabel(preview);
    m_previewWords->setObjectName(QStringLiteral("plan.preview.words"));
    m_previewWords->setTextFormat(Qt::PlainText);
    m_previewWords->setWordWrap(true);
    m_previewWords->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_previewTable = tableOf(preview, "plan.preview.table", tr("First rows or files of the chosen mini-batch"));
    m_previewTable->setModel(m_previewModel);
    m_previewTable->setMinimumHeight(96);
    auto* words = new QVBoxLayout;
    words->setContentsMargins(space::kPanel, space::kMedium, space::kPanel, space::kMedium);
    words->setSpacing(space::kSmall);
    words->addWidget(m_previewTitle);
    words->addWidget(m_previewWords);
    auto* column = new QVBoxLayout(preview);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(words);
    column->addWidget(m_previewTable, 1);
    column->addStretch();
    return preview;
}

void PlanView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    follow();
}

void PlanView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::StyleChange) {
        // The colour of a warning is the theme's. Not yet: the labels are still to be polished, which takes it away.
        QTimer::singleShot(0, this, &PlanView::refresh);
    }
}

void PlanView::follow()
{
    if (!isVisible()) {
        return; // asked when it is shown
    }
    const auto snapshot = m_context.pipeline.snapshot();
    if (snapshot) {
        const std::string name = toStd(m_context.selection.step());
        const auto& steps = snapshot->spec.steps;
        const auto step = std::find_if(steps.begin(), steps.end(), [&](const auto& candidate) { return candidate.name == name; });
        if (step != steps.end()) {
            m_context.plan.ask(*step, m_context.settings.python());
            return;
        }
    }
    m_context.plan.clear();
    refresh();
}

void PlanView::refresh()
{
    const PlanState& plan = m_context.plan;
    const bool isGrowing = plan.phase() == PlanState::Phase::Planning && (!m_showProgress.isActive() || plan.lines().size() > 0);
    const bool hasPlan = isGrowing || plan.phase() == PlanState::Phase::Done || plan.phase() == PlanState::Phase::Stopped;
    if (plan.phase() == PlanState::Phase::Planning && !isGrowing) {
        return; // most plans are there in a moment: until then what was on screen stays
    }
    refreshHint();
    if (hasPlan) {
        refreshFigures();
        refreshProgress();
        chooseFirst();
        if (plan.previewPhase() == PlanState::PreviewPhase::None) {
            refreshPreview(); // what it waits for may have come
        }
    }
    m_retry->setVisible(plan.phase() == PlanState::Phase::Failed || plan.phase() == PlanState::Phase::Later);
    m_pages->setCurrentWidget(hasPlan ? m_plan : m_hint->parentWidget());
}

void PlanView::refreshFigures()
{
    const PlanState& plan = m_context.plan;
    const auto& figures = plan.figures();
    const bool isWhole = plan.header() != nullptr;
    m_headline->setFullText(isWhole           ? headlineText(figures)
            : plan.phase() == PlanState::Phase::Stopped ? tr("%1 mini-batches, stopped").arg(countText(figures.miniBatches))
            : figures.miniBatches == 0                  ? tr("Planning…")
                                                        : tr("%1 mini-batches so far").arg(countText(figures.miniBatches)));
    m_size->setText(sizesText(plan.sizes()));
    const std::uint64_t files = isWhole ? plan.header()->files : plan.progress().files;
    QString input = files == 1 ? tr("1 file") : tr("%1 files").arg(countText(files));
    if (isWhole && plan.header()->bytes > 0) {
        input = tr("%1, %2").arg(input, bytesText(static_cast<double>(plan.header()->bytes)));
    }
    m_input->setText(files == 0 ? QStringLiteral("–") : input);
    m_workers->setText(workersText(figures));
    m_failures->setText(failuresText(figures));
    m_memory->setText(memoryText(figures));
    QPalette warning = palette();
    warning.setColor(QPalette::WindowText, toneTextColor(Tone::Failed));
    m_memory->setPalette(figures.isMemoryHigh ? warning : palette());
    m_batches->setColumnHidden(PlanModel::Key, plan.step().parallel.partitionKeys.empty());

    QStringList notes;
    if (isWhole) {
        const auto& warnings = plan.header()->warnings;
        for (std::size_t i = 0; i < std::min(warnings.size(), kMostNotes); ++i) {
            notes << tr("Note: %1").arg(oneLine(toQt(warnings[i])));
        }
        if (warnings.size() > kMostNotes) {
            notes << tr("and %1 more notes").arg(countText(warnings.size() - kMostNotes));
        }
    }
    m_notes->setText(notes.join(QLatin1Char('\n')));
    m_notes->setVisible(!notes.isEmpty());
}

void PlanView::refreshProgress()
{
    const PlanState& plan = m_context.plan;
    const bool isPlanning = plan.phase() == PlanState::Phase::Planning;
    const bool isStopped = plan.phase() == PlanState::Phase::Stopped;
    m_progress->setFullText(isStopped ? tr("Stopped before the plan was whole.")
            : plan.progress().files == 0 ? tr("Reading %1").arg(oneLine(toQt(plan.progress().reading)))
            : plan.lines().size() == 0   ? tr("%1 files found so far; a folder is put in order before it is cut · reading %2")
                                             .arg(countText(plan.progress().files), oneLine(toQt(plan.progress().reading)))
                                         : tr("%1 files · reading %2").arg(countText(plan.progress().files), oneLine(toQt(plan.progress().reading))));
    const bool hadFocus = m_stop->hasFocus();
    m_progress->setVisible(isPlanning || isStopped);
    m_stop->setVisible(isPlanning);
    m_again->setVisible(!isPlanning);
    if (hadFocus && !isPlanning) {
        m_again->setFocus(); // it must not go astray when its button vanishes
    }
}

void PlanView::refreshHint()
{
    const PlanState& plan = m_context.plan;
    m_hint->setIconName(QStringLiteral("parallel"));
    switch (plan.phase()) {
    case PlanState::Phase::Idle:
        if (!plan.hasStep()) {
            m_hint->setWords(tr("No step is chosen"), tr("Choose a parallel step: its mini-batches are shown here, before anything runs."));
        } else if (plan.step().kind == pipeline::StepKind::Command) {
            m_hint->setIconName(QStringLiteral("command"));
            m_hint->setWords(tr("A command has no mini-batches"), tr("%1 runs once, as a whole.").arg(toQt(plan.step().name)));
        } else {
            m_hint->setWords(tr("No main input"), tr("%1 has no input that can be split yet: give it one as input_data.").arg(toQt(plan.step().name)));
        }
        return;
    case PlanState::Phase::Later: {
        const auto* input = plan.step().input(plan.step().parallel.inputData);
        m_hint->setIconName(QStringLiteral("pipeline"));
        m_hint->setWords(tr("Planned during the run"),
            tr("Its main input is the output '%1' of step '%2'. It is cut into mini-batches when that step has made it.")
                .arg(input != nullptr ? toQt(input->fromOutput) : QString(), input != nullptr ? toQt(input->fromStep) : QString()));
        return;
    }
    case PlanState::Phase::Failed: {
        const ErrorText words = errorText(plan.error());
        m_hint->setIconName(QStringLiteral("error"));
        m_hint->setWords(tr("No plan can be made"), words.sentence + QLatin1Char('\n') + words.fix);
        return;
    }
    case PlanState::Phase::Planning:
    case PlanState::Phase::Done:
    case PlanState::Phase::Stopped:
        return;
    }
}

/// The first one is looked into without being asked: what the data is like is the first question.
void PlanView::chooseFirst()
{
    if (m_context.plan.header() != nullptr && !m_batches->currentIndex().isValid() && m_model->rowCount() > 0) {
        m_batches->setCurrentIndex(m_model->index(0, 0));
    }
}

void PlanView::refreshPreview()
{
    const PlanState& plan = m_context.plan;
    const bool isThere = plan.previewPhase() == PlanState::PreviewPhase::There;
    const QString number = tr("Mini-batch %1").arg(countText(static_cast<std::uint64_t>(std::max<std::int64_t>(0, plan.chosen()))));
    QString title = plan.chosen() >= 0 ? number : tr("What run() is given");
    QString words;
    switch (plan.previewPhase()) {
    case PlanState::PreviewPhase::None:
        words = plan.chosen() < 0 ? tr("Choose a mini-batch to look into it.")
            : plan.phase() == PlanState::Phase::Stopped ? tr("It can be looked into when the plan is whole: plan again.")
                                                        : tr("It can be looked into when the plan is whole.");
        break;
    case PlanState::PreviewPhase::Reading:
        words = tr("Reading…");
        break;
    case PlanState::PreviewPhase::Failed: {
        const ErrorText error = errorText(plan.previewError());
        words = error.sentence + QLatin1Char('\n') + error.fix;
        break;
    }
    case PlanState::PreviewPhase::There: {
        const auto& preview = plan.preview();
        const auto unit = preview.kind == plan::MiniBatchKind::Files ? plan::SizeUnit::Files : plan::SizeUnit::Rows;
        title = tr("%1 · %2").arg(number, sizeText(preview.count, unit));
        QStringList parts;
        if (preview.count > preview.rows.size()) {
            parts << tr("The first %1 are shown.").arg(countText(preview.rows.size()));
        }
        if (preview.moreColumns > 0) {
            parts << tr("%1 more columns are not shown.").arg(countText(preview.moreColumns));
        }
        for (const auto& note : preview.notes) {
            parts << oneLine(toQt(note));
        }
        words = parts.join(QLatin1Char('\n'));
        break;
    }
    }
    m_previewTitle->setFullText(title);
    m_previewWords->setText(words);
    m_previewWords->setVisible(!words.isEmpty());
    // While the next one is read its place stays open: else the panel would scroll away from who steps through the list.
    const bool staysOpen = plan.previewPhase() == PlanState::PreviewPhase::Reading && !m_previewTable->isHidden();
    m_previewTable->setVisible(staysOpen || (isThere && !plan.preview().columns.empty()));
    m_previewModel->setPreview(isThere ? plan.preview() : workspace::MiniBatchPreview {});
    if (isThere) {
        m_previewTable->resizeColumnsToContents();
    }
}

} // namespace sheaf::ui
