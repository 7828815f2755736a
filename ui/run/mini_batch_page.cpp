// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/mini_batch_page.h"

#include "ui/run/filter_bar.h"
#include "ui/run/heat_grid.h"
#include "ui/run/mini_batch_table.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_hint.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace sheaf::ui {

namespace {

constexpr int kTickMilliseconds = 1000;

} // namespace

MiniBatchPage::MiniBatchPage(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new MiniBatchModel(context.worker, this))
    , m_bar(new FilterBar(context.selection, *m_model, this))
    , m_grid(new HeatGrid(*m_model, context.worker, this))
    , m_table(new MiniBatchTable(context, *m_model, this))
    , m_name(new ElidedLabel(this))
    , m_scale(new QLabel(this))
    , m_colouring(new QComboBox(this))
    , m_order(new QComboBox(this))
    , m_packed(new QCheckBox(tr("Only what is shown"), this))
    , m_notice(new QLabel(this))
    , m_pages(new QStackedWidget(this))
    , m_hint(new EmptyHint(QStringLiteral("parallel"), this))
{
    setObjectName(QStringLiteral("run.batches"));
    m_notice->setObjectName(QStringLiteral("run.batches.notice"));
    m_notice->setTextFormat(Qt::PlainText);
    m_notice->hide();
    m_bar->boxRow()->addWidget(m_table->showLogButton());
    auto* under = new QWidget(this);
    auto* underLayout = new QVBoxLayout(under);
    underLayout->setContentsMargins(0, space::kSmall, 0, 0);
    underLayout->setSpacing(space::kSmall);
    underLayout->addLayout(buildGridBar());
    underLayout->addWidget(m_table, 1);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_grid);
    splitter->addWidget(under);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({ 200, 500 });
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 3);
    auto* some = new QWidget(m_pages);
    auto* column = new QVBoxLayout(some);
    column->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    column->setSpacing(space::kMedium);
    column->addWidget(m_bar);
    column->addWidget(m_notice);
    column->addWidget(splitter, 1);
    m_pages->addWidget(some);
    m_pages->addWidget(m_hint);
    m_hint->setObjectName(QStringLiteral("run.batches.hint"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);

    auto& selection = context.selection;
    connect(&selection, &SelectionState::filterChanged, this, [this] { applyFilter(); });
    connect(&selection, &SelectionState::miniBatchChanged, m_grid, [this](qint64 number) { m_grid->setCurrent(number); });
    connect(&selection, &SelectionState::stepChanged, this, [this] { bind(); });
    connect(m_grid, &HeatGrid::chosen, this, [this](qint64 number) { m_context.selection.setMiniBatch(number); });
    connect(m_grid, &HeatGrid::filterWanted, this, [this](const QString& word) {
        m_context.selection.setFilter(withFilterWord(m_context.selection.filter(), QStringLiteral("id"), word));
    });
    connect(m_grid, &HeatGrid::named, m_name, [this](const QString& text) {
        m_name->setFullText(text);
        m_scale->setVisible(text.isEmpty() && !m_scale->text().isEmpty()); // the name has its room meanwhile
    });
    connect(m_grid, &HeatGrid::scaleChanged, this, [this] { refreshScale(); });
    connect(m_model, &MiniBatchModel::rowsArranged, m_grid, [this] { m_grid->onArranged(); });
    connect(m_model, &MiniBatchModel::inputBytesWanted, this, [this] {
        const auto step = m_context.run.stepIndex(m_context.selection.step());
        if (step) {
            m_context.run.askInputBytes(this, *step, [this, name = m_context.selection.step()](std::vector<std::uint64_t> bytes) {
                if (name == m_context.selection.step()) {
                    m_model->setInputBytes(std::move(bytes));
                }
            });
        }
    });
    connect(m_table, &MiniBatchTable::exported, this, [this](const QString& file, const QString& problem) {
        m_notice->setText(problem.isEmpty() ? tr("Written: %1").arg(file) : tr("%1 could not be written: %2").arg(file, problem));
        m_notice->show();
    });
    connect(&context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) { onChanged(changes); });
    connect(&context.run, &RunState::activityChanged, this, [this] { refreshHint(); });
    connect(&context.run, &RunState::opened, this, [this] { bind(); });
    connect(&context.run, &RunState::closed, this, [this] { bind(); });
    connect(&m_tick, &QTimer::timeout, this, [this] { onTick(); });
    m_tick.start(kTickMilliseconds);
    m_model->setSeen(false);
    applyFilter();
    bind();
}

/// Below the grid: what is under the mouse, and how it is coloured and ordered.
QHBoxLayout* MiniBatchPage::buildGridBar()
{
    m_name->setObjectName(QStringLiteral("run.grid.name"));
    m_name->setMinimumHeight(fontMetrics().height());
    m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // what is under the mouse moves nothing
    m_scale->setObjectName(QStringLiteral("run.grid.scale"));
    m_scale->setForegroundRole(QPalette::PlaceholderText);
    m_scale->setMinimumWidth(1); // where there is no room it gives way, not the lists beside the page
    m_colouring->setObjectName(QStringLiteral("run.grid.colouring"));
    m_colouring->setAccessibleName(tr("Colours of the grid"));
    m_colouring->addItem(tr("By state"), static_cast<int>(HeatGrid::Colouring::State));
    m_colouring->addItem(tr("By duration"), static_cast<int>(HeatGrid::Colouring::Duration));
    m_order->setObjectName(QStringLiteral("run.grid.order"));
    m_order->setAccessibleName(tr("Order of the grid"));
    m_order->addItem(tr("In order of number"), static_cast<int>(RowOrder::Number));
    m_order->addItem(tr("By node"), static_cast<int>(RowOrder::Node));
    m_order->addItem(tr("By time"), static_cast<int>(RowOrder::Start));
    m_packed->setObjectName(QStringLiteral("run.grid.packed"));
    m_packed->setToolTip(tr("Cells for those only that the filter chooses, so that they are larger"));
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kMedium);
    row->addWidget(m_name, 1);
    for (QWidget* widget : { static_cast<QWidget*>(m_scale), static_cast<QWidget*>(m_packed), static_cast<QWidget*>(m_colouring), static_cast<QWidget*>(m_order) }) {
        row->addWidget(widget);
    }
    connect(m_colouring, &QComboBox::currentIndexChanged, this, [this] { m_grid->setColouring(static_cast<HeatGrid::Colouring>(m_colouring->currentData().toInt())); });
    connect(m_order, &QComboBox::currentIndexChanged, this, [this] { m_grid->setOrder(static_cast<RowOrder>(m_order->currentData().toInt())); });
    connect(m_packed, &QCheckBox::toggled, this, [this](bool on) { m_grid->setPacked(on); });
    return row;
}

void MiniBatchPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_model->setSeen(true);
}

void MiniBatchPage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_model->setSeen(false);
}

void MiniBatchPage::bind()
{
    m_table->clear();
    m_notice->hide();
    m_name->setFullText({});
    const QString step = m_context.selection.step();
    m_model->setSource([this, step]() -> const event::StepPicture* { return m_context.run.isOpen() ? m_context.run.step(step) : nullptr; },
        [this] { return m_context.run.liveMicros(); });
    m_grid->reload();
    m_bar->refreshCounts();
    refreshHint();
}

/// Without mini-batches there is nothing to filter either: instead of empty tables it is said why, and what to do.
void MiniBatchPage::refreshHint()
{
    const QString name = m_context.selection.step();
    const event::StepPicture* step = m_context.run.isOpen() ? m_context.run.step(name) : nullptr;
    const pipeline::StepSpec* spec = m_context.run.isOpen() ? m_context.run.stepSpec(name) : nullptr;
    const bool some = step != nullptr && step->total() > 0;
    m_pages->setCurrentIndex(some ? 0 : 1);
    if (some) {
        return;
    }
    if (!m_context.run.isOpen()) {
        m_hint->setWords(tr("No run"), tr("Open a pipeline file and run it, or open a run from the history."));
    } else if (name.isEmpty() && !m_context.run.picture().steps().empty()) {
        m_hint->setWords(tr("The whole run"), tr("Choose a parallel step at the left to see its mini-batches."));
    } else if (spec != nullptr && spec->kind == pipeline::StepKind::Command) {
        m_hint->setWords(tr("A command has no mini-batches"), tr("It runs once: Logs has what it wrote, Outputs + logs its files."));
    } else if (step != nullptr && !m_context.run.isBeingRead() && (step->isOver() || m_context.run.isOver())) {
        m_hint->setWords(tr("No mini-batches"), tr("The step ended before its input had been split; the verdict says why."));
    } else {
        m_hint->setWords(tr("No mini-batches yet"), tr("They appear as soon as the step has begun and its input has been split."));
    }
}

void MiniBatchPage::applyFilter()
{
    m_model->setFilter(triage::MiniBatchFilter(toStd(m_context.selection.filter())));
}

void MiniBatchPage::onChanged(const event::ChangeSet& changes)
{
    const auto index = m_context.run.stepIndex(m_context.selection.step());
    if (!index) {
        return;
    }
    std::vector<MiniBatchIndex> touched;
    for (const auto& [step, miniBatch] : changes.miniBatches) {
        if (step == *index) {
            touched.push_back(miniBatch);
        }
    }
    const bool isPlanned = changes.plans.contains(*index);
    if (isPlanned || changes.steps.contains(*index)) {
        refreshHint();
    }
    m_model->onChanged(touched, isPlanned);
    if (isPlanned) {
        m_grid->reload();
    } else {
        m_grid->onChanged(touched);
    }
    if (!touched.empty() || isPlanned) {
        m_bar->refreshCounts();
    }
}

void MiniBatchPage::onTick()
{
    if (!isVisible() || !m_context.run.isActive()) {
        return;
    }
    m_model->onTick();
    m_grid->onTick();
    m_table->askLastLines();
}

void MiniBatchPage::refreshScale()
{
    const auto& scale = m_grid->durationScale();
    const bool isShown = m_grid->colouring() == HeatGrid::Colouring::Duration && scale.slow > 0;
    m_scale->setVisible(isShown && m_name->fullText().isEmpty());
    m_scale->setText(isShown ? tr("half take up to %1; slow from %2 on").arg(durationText(scale.median), durationText(scale.slow)) : QString());
}

} // namespace sheaf::ui
