// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/mini_batch_table.h"

#include "ui/run/mini_batch_filter.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace sheaf::ui {

MiniBatchTable::MiniBatchTable(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new MiniBatchModel(this))
    , m_filter(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_view(new QTableView(this))
    , m_story(new QPlainTextEdit(this))
    , m_showLog(new QPushButton(tr("Show log"), this))
{
    m_filter->setObjectName(QStringLiteral("run.batches.filter"));
    m_filter->setAccessibleName(tr("Filter mini-batches"));
    m_filter->setPlaceholderText(tr("Filter: state:failed node:0 tries:>1 dur:>2s group:1 err:\"KeyError\" or a number"));
    m_filter->setClearButtonEnabled(true);
    m_count->setObjectName(QStringLiteral("run.batches.count"));
    m_view->setObjectName(QStringLiteral("run.batches.table"));
    m_view->setAccessibleName(tr("Mini-batches"));
    m_view->setModel(m_model);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setAlternatingRowColors(true);
    m_view->setShowGrid(false);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(MiniBatchModel::Number, Qt::AscendingOrder);
    m_view->setTabKeyNavigation(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + space::kMedium);
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setHighlightSections(false);
    const int widths[] = { 58, 108, 50, 54, 68, 58, 76, 82, 72, 72 };
    for (int column = 0; column < 10; ++column) {
        m_view->setColumnWidth(column, widths[column]);
    }
    m_story->setObjectName(QStringLiteral("run.batches.story"));
    m_story->setAccessibleName(tr("The chosen mini-batch: its attempts, errors, log lines and inputs"));
    m_story->setReadOnly(true);
    m_story->setFont(monoFont());
    m_story->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_story->setPlaceholderText(tr("Choose a mini-batch to see its attempts, its errors, its own log lines and its inputs."));

    m_showLog->setObjectName(QStringLiteral("run.batches.showLog"));
    m_showLog->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_L));
    m_showLog->setEnabled(false);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    auto* states = new QHBoxLayout;
    states->setSpacing(space::kSmall);
    buildStateButtons(states);
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_filter, 1);
    bar->addWidget(m_count);
    bar->addWidget(m_showLog);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_view);
    splitter->addWidget(m_story);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    layout->setSpacing(space::kMedium);
    layout->addLayout(states);
    layout->addLayout(bar);
    layout->addWidget(splitter, 1);

    connect(m_filter, &QLineEdit::textChanged, this, [this] {
        applyFilter();
        m_context.selection.setFilter(m_filter->text());
    });
    connect(&m_context.selection, &SelectionState::filterChanged, this, [this](const QString& filter) {
        if (filter != m_filter->text()) {
            m_filter->setText(filter);
        }
    });
    connect(m_model, &MiniBatchModel::rowsArranged, this, [this] {
        if (const int row = m_chosen >= 0 ? m_model->rowOf(MiniBatchIndex(static_cast<std::uint32_t>(m_chosen))) : -1; row >= 0) {
            m_view->setCurrentIndex(m_model->index(row, 0)); // the chosen one stays chosen wherever it went
        }
        refreshCount();
    });
    connect(m_showLog, &QPushButton::clicked, this, [this] { showLog(); });
    connect(m_view, &QTableView::customContextMenuRequested, this, [this](QPoint position) { showMenu(position); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { askStory(); });
    connect(&m_context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) { onChanged(changes); });
    connect(&m_context.run, &RunState::opened, this, [this] { bind(); });
    connect(&m_context.run, &RunState::closed, this, [this] { bind(); });
    connect(&m_context.selection, &SelectionState::stepChanged, this, [this] { bind(); });
    bind();
}

void MiniBatchTable::bind()
{
    m_story->clear();
    m_chosen = -1;
    m_lastAttempt.reset();
    m_showLog->setEnabled(false);
    const QString step = m_context.selection.step();
    m_model->setSource(
        [this, step]() -> const event::StepPicture* {
            return m_context.run.isOpen() ? m_context.run.step(step) : nullptr;
        },
        [this, step](MiniBatchIndex miniBatch) {
            const auto index = m_context.run.stepIndex(step);
            return index ? m_context.run.errorOf(*index, miniBatch) : QString();
        });
    refreshCount();
}

void MiniBatchTable::onChanged(const event::ChangeSet& changes)
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
    m_model->onChanged(touched, changes.plans.contains(*index));
    refreshCount();
}

void MiniBatchTable::applyFilter()
{
    const MiniBatchFilter filter(m_filter->text());
    m_model->setFilter(filter);
    m_filter->setToolTip(filter.complaint());
    refreshCount();
}

void MiniBatchTable::refreshCount()
{
    refreshStateButtons();
    const MiniBatchFilter filter(m_filter->text());
    if (!filter.complaint().isEmpty()) {
        m_count->setText(filter.complaint());
        return;
    }
    m_count->setText(tr("%1 of %2").arg(
        countText(static_cast<std::uint64_t>(m_model->rowCount())), countText(m_model->total())));
}

void MiniBatchTable::askStory()
{
    const QModelIndex current = m_view->currentIndex();
    const auto step = m_context.run.stepIndex(m_context.selection.step());
    if (!current.isValid() || !step) {
        return; // the rows are being arranged; or nothing was chosen yet
    }
    m_chosen = m_model->at(current.row()).value;
    m_context.run.askStory(this, *step, m_model->at(current.row()), [this](const RunState::MiniBatchStory& story) {
        m_story->setPlainText(storyText(story));
        m_lastAttempt = story.attempts.empty() ? std::nullopt : std::optional(story.attempts.back());
        const bool wrote = m_lastAttempt && !m_lastAttempt->logs.empty();
        m_showLog->setEnabled(wrote);
        m_showLog->setToolTip(wrote         ? tr("Shows where its lines begin in the log (Ctrl+L)")
                : m_lastAttempt.has_value() ? tr("Its last attempt wrote nothing")
                                            : tr("No attempt has ended yet"));
    });
}

/// One button a state, with its glyph, word and count: together they are the filter `state:…`.
void MiniBatchTable::buildStateButtons(QHBoxLayout* row)
{
    for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
        const auto state = static_cast<event::MiniBatchState>(i);
        auto* button = new QPushButton(this);
        button->setObjectName(QStringLiteral("run.batches.state.") + QString::fromLatin1(json::enumName(state)));
        button->setCheckable(true);
        button->setProperty("chip", true);
        button->setToolTip(tr("Show only these"));
        connect(button, &QPushButton::clicked, this, [this, state](bool on) { filterByState(state, on); });
        row->addWidget(button);
        m_states[i] = button;
    }
    row->addStretch(1);
}

void MiniBatchTable::refreshStateButtons()
{
    const event::StepPicture* step = m_context.run.isOpen() ? m_context.run.step(m_context.selection.step()) : nullptr;
    for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
        const auto state = static_cast<event::MiniBatchState>(i);
        const std::uint32_t count = step != nullptr && step->planned ? step->count(state) : 0;
        QPushButton* button = m_states[i];
        const QString term = QStringLiteral("state:") + QString::fromLatin1(json::enumName(state)).toLower();
        const bool on = m_filter->text().split(QLatin1Char(' ')).contains(term);
        button->setVisible(count > 0 || on);
        button->setChecked(on);
        const QString text = wordOf(state) + QLatin1Char(' ') + countText(count);
        if (button->text() != text) {
            button->setText(text);
            button->setAccessibleName(tr("Only %1: %2 mini-batches").arg(wordOf(state), countText(count)));
            button->setIcon(toneIcon(toneOf(state), devicePixelRatioF()));
        }
    }
}

void MiniBatchTable::filterByState(event::MiniBatchState state, bool on)
{
    QStringList words = m_filter->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    words.erase(std::remove_if(words.begin(), words.end(), [](const QString& word) { return word.startsWith(QLatin1String("state:")); }), words.end());
    if (on) {
        words << QStringLiteral("state:") + QString::fromLatin1(json::enumName(state)).toLower();
    }
    m_filter->setText(words.join(QLatin1Char(' ')));
    refreshStateButtons();
}

/// Where the last attempt's first lines are; what it printed comes before what it logged.
void MiniBatchTable::showLog()
{
    if (!m_lastAttempt || m_lastAttempt->logs.empty()) {
        return;
    }
    const auto first = std::min_element(m_lastAttempt->logs.begin(), m_lastAttempt->logs.end(),
        [](const event::LogRange& a, const event::LogRange& b) { return a.stream < b.stream; });
    const std::string step = toStd(m_context.selection.step());
    const auto file = m_context.run.dir().userLog(step, first->stream, m_lastAttempt->node, m_lastAttempt->process);
    m_context.selection.showLog(
        toQt(file.lexically_relative(m_context.run.dir().logs(step))), static_cast<qint64>(first->begin));
}

void MiniBatchTable::showMenu(QPoint position)
{
    const QModelIndex at = m_view->indexAt(position);
    if (!at.isValid()) {
        return;
    }
    QMenu menu(this);
    QAction* log = menu.addAction(tr("Show log"), this, [this] { showLog(); });
    log->setShortcut(m_showLog->shortcut());
    log->setEnabled(m_showLog->isEnabled());
    menu.addAction(tr("Copy number"), this, [this, at] { QApplication::clipboard()->setText(QString::number(m_model->at(at.row()).value)); });
    menu.addAction(tr("Copy its story"), this, [this] { QApplication::clipboard()->setText(m_story->toPlainText()); });
    menu.exec(m_view->viewport()->mapToGlobal(position));
}

QString MiniBatchTable::storyText(const RunState::MiniBatchStory& story)
{
    QString text;
    std::size_t number = 0;
    for (const auto& attempt : story.attempts) {
        text += tr("Try %1 — %2 — node %3, process%4, %5, %6 in run()\n")
                    .arg(attempt.picked)
                    .arg(wordOf(attempt.outcome))
                    .arg(attempt.node.value)
                    .arg(attempt.process.value, 3, 10, QLatin1Char('0'))
                    .arg(clockText(attempt.startMicros), durationText(attempt.runSeconds));
        if (!attempt.error.empty()) {
            text += toQt(attempt.error) + QLatin1Char('\n');
        }
        if (!attempt.traceback.empty()) {
            text += toQt(attempt.traceback) + QLatin1Char('\n');
        }
        if (number < story.logs.size() && !story.logs[number].isEmpty()) {
            text += tr("What it wrote:") + QLatin1Char('\n') + story.logs[number] + QLatin1Char('\n');
        }
        text += QLatin1Char('\n');
        ++number;
    }
    if (story.attempts.empty()) {
        text += tr("No attempt has ended yet.") + QStringLiteral("\n\n");
    }
    text += tr("Its line of the plan:") + QLatin1Char('\n') + story.planLine;
    return text;
}

} // namespace sheaf::ui
