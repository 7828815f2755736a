// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/mini_batch_panel.h"

#include "core/plan/line_content.h"
#include "ui/run/attempt_model.h"
#include "ui/run/node_spark.h"
#include "ui/state/app_context.h"
#include "ui/state/code_place.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"
#include "ui/text/format.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_hint.h"
#include "ui/widgets/state_badge.h"
#include "ui/widgets/text_view.h"
#include "ui/widgets/traceback_view.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedLayout>
#include <QTableView>
#include <QTableWidget>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr int kPreviewMilliseconds = 200; // who walks through the list is not followed by interpreters
constexpr int kMostRows = 8; // of a table or text in sight; more scroll
constexpr std::size_t kMostFiles = 500;
constexpr std::int64_t kAroundMicros = 5'000'000; // of figures before and after the attempt
constexpr double kGapIntervals = 3;
constexpr int kPathRole = Qt::UserRole;

QString streamWord(event::LogStream stream)
{
    switch (stream) {
    case event::LogStream::Stdout:
        return MiniBatchPanel::tr("stdout");
    case event::LogStream::Stderr:
        return MiniBatchPanel::tr("stderr");
    case event::LogStream::EntryScriptLog:
        return MiniBatchPanel::tr("log of the entry script");
    }
    return {};
}

/// As high as its lines, up to some of them; with room for the scroll bar when one is wider than most panels.
void fitText(QPlainTextEdit* text)
{
    const int lines = std::clamp(text->document()->blockCount(), 1, kMostRows + 4);
    const int line = QFontMetrics(text->font()).lineSpacing();
    text->setFixedHeight(lines * line + 2 * space::kLarge);
}

void fitTable(QTableView* table, int rows)
{
    const int row = table->verticalHeader()->defaultSectionSize();
    const int head = table->horizontalHeader()->isHidden() ? 0 : table->horizontalHeader()->sizeHint().height();
    const bool mayScroll = table->horizontalHeader()->sectionResizeMode(0) != QHeaderView::Stretch && table->model()->columnCount() > 3;
    table->setFixedHeight(std::clamp(rows, 1, kMostRows + 2) * row + head + 2 * table->frameWidth() + space::kSmall + (mayScroll ? space::kLarge : 0));
}

QString partNote(const RunState::TextPart& part)
{
    return part.shown < part.bytes ? MiniBatchPanel::tr("the first %1 of %2").arg(bytesText(static_cast<double>(part.shown)), bytesText(static_cast<double>(part.bytes)))
                                   : QString();
}

} // namespace

MiniBatchPanel::MiniBatchPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_pages(new QStackedLayout(this))
    , m_hint(new EmptyHint(QStringLiteral("parallel"), this))
    , m_attempts(new AttemptModel(this))
{
    setObjectName(QStringLiteral("batch.panel"));
    setAccessibleName(tr("The chosen mini-batch"));
    m_previewSoon.setSingleShot(true);
    m_previewSoon.setInterval(kPreviewMilliseconds);
    build();
    connect(&m_previewSoon, &QTimer::timeout, this, [this] { askPreview(); });
    connect(&context.selection, &SelectionState::miniBatchChanged, this, [this] { follow(); });
    connect(&context.selection, &SelectionState::stepChanged, this, [this] { follow(); });
    connect(&context.run, &RunState::opened, this, [this] { follow(); });
    connect(&context.run, &RunState::closed, this, [this] { follow(); });
    connect(&context.run, &RunState::activityChanged, this, [this] { refreshHead(); });
    connect(&context.run, &RunState::replayed, this, [this] { refreshHead(); });
    connect(&context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) { onChanged(changes); });
    connect(&context.run, &RunState::samplesAdded, this, [this] {
        if (isVisible() && m_hasStory) {
            showNode();
        }
    });
    follow();
}

MiniBatchPanel::~MiniBatchPanel()
{
    m_previewStop.request_stop();
}

// ---- building -----------------------------------------------------------------------------------------------------------

void MiniBatchPanel::build()
{
    auto* area = new QScrollArea(this);
    area->setObjectName(QStringLiteral("batch.area"));
    area->setAccessibleName(tr("The chosen mini-batch"));
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    m_page = new QWidget(area);
    m_sections = new QVBoxLayout(m_page);
    m_sections->setContentsMargins(space::kPanel, space::kLarge, space::kPanel, space::kPanel);
    m_sections->setSpacing(space::kSmall);
    m_sections->addWidget(buildHead());

    m_traceback = new TracebackView(m_page);
    m_traceback->setObjectName(QStringLiteral("batch.traceback"));
    m_traceback->setProperty("boxed", true);
    addSection(QStringLiteral("batch.section.traceback"), tr("Where it was raised"), m_traceback);
    connect(m_traceback, &TracebackView::placeActivated, this,
        [this](const QString& file, int line) { showUserLine(m_context, this, m_step, file, line); });

    m_attemptView = new QTableView(m_page);
    m_attemptView->setObjectName(QStringLiteral("batch.attempts"));
    m_attemptView->setAccessibleName(tr("Attempts, side by side"));
    m_attemptView->setModel(m_attempts);
    m_attemptView->setSelectionBehavior(QAbstractItemView::SelectColumns);
    m_attemptView->setSelectionMode(QAbstractItemView::SingleSelection);
    m_attemptView->setShowGrid(false);
    m_attemptView->setTabKeyNavigation(false);
    m_attemptView->setProperty("boxed", true);
    m_attemptView->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + space::kMedium);
    m_attemptView->verticalHeader()->setSectionsClickable(false);
    m_attemptView->verticalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_attemptView->setCornerButtonEnabled(false);
    m_attemptView->setStyleSheet(QStringLiteral("QHeaderView::section:vertical { border: 0; padding: 0 8px; } QTableCornerButton::section { background: transparent; border: 0; }"));
    m_attemptView->horizontalHeader()->setHighlightSections(true);
    m_attemptView->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_attemptView->horizontalHeader()->setMinimumSectionSize(100);
    addSection(QStringLiteral("batch.section.attempts"), tr("Attempts"), m_attemptView);
    connect(m_attemptView->selectionModel(), &QItemSelectionModel::currentColumnChanged, this, [this] { showAttempt(); });

    m_lines = makeTextView(m_page, QStringLiteral("batch.lines"), tr("Lines that the attempt wrote"));
    m_lines->setProperty("boxed", true);
    addSection(QStringLiteral("batch.section.lines"), tr("What it wrote"), m_lines, &m_linesNote);

    auto* inputs = new QWidget(m_page);
    m_inputs = new QTableWidget(inputs);
    m_inputs->setObjectName(QStringLiteral("batch.inputs"));
    m_inputs->setAccessibleName(tr("Inputs of the mini-batch"));
    m_inputs->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_inputs->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_inputs->setSelectionMode(QAbstractItemView::SingleSelection);
    m_inputs->setShowGrid(false);
    m_inputs->setAlternatingRowColors(true);
    m_inputs->setTabKeyNavigation(false);
    m_inputs->setWordWrap(false);
    m_inputs->setTextElideMode(Qt::ElideMiddle);
    m_inputs->setProperty("boxed", true);
    m_inputs->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_inputs->verticalHeader()->hide();
    m_inputs->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + space::kMedium);
    m_inputs->horizontalHeader()->setHighlightSections(false);
    m_inputs->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_open = new QPushButton(tr("Open"), inputs);
    m_open->setObjectName(QStringLiteral("batch.inputs.open"));
    m_open->setToolTip(tr("Opens the chosen file with the program that is set for its kind (Enter)"));
    m_reveal = new QPushButton(tr("Show in folder"), inputs);
    m_reveal->setObjectName(QStringLiteral("batch.inputs.reveal"));
    m_reveal->setToolTip(tr("Opens the folder of the chosen file"));
    for (QPushButton* button : { m_open, m_reveal }) {
        button->setProperty("quiet", true);
    }
    auto* column = new QVBoxLayout(inputs);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kSmall);
    column->addWidget(m_inputs);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_open);
    buttons->addWidget(m_reveal);
    buttons->addStretch(1);
    column->addLayout(buttons);
    addSection(QStringLiteral("batch.section.inputs"), tr("Inputs"), inputs, &m_inputsNote);
    connect(m_open, &QPushButton::clicked, this, [this] { openInput(false); });
    connect(m_reveal, &QPushButton::clicked, this, [this] { openInput(true); });
    connect(m_inputs, &QTableWidget::activated, this, [this] { openInput(false); });
    connect(m_inputs, &QTableWidget::itemSelectionChanged, this, [this] {
        const auto* item = m_inputs->item(m_inputs->currentRow(), 0);
        const QString path = item != nullptr ? item->data(kPathRole).toString() : QString();
        const bool isFile = !path.isEmpty() && m_context.run.mayOpen(path);
        m_open->setEnabled(isFile);
        m_reveal->setEnabled(isFile);
    });

    m_rows = makeTextView(m_page, QStringLiteral("batch.rows"), tr("Rows that run() returned"));
    m_rows->setProperty("boxed", true);
    addSection(QStringLiteral("batch.section.rows"), tr("What it returned"), m_rows, &m_rowsNote);
    m_spark = new NodeSpark(m_page);
    m_spark->setObjectName(QStringLiteral("batch.node"));
    addSection(QStringLiteral("batch.section.node"), tr("Its node meanwhile"), m_spark, &m_nodeNote);
    m_sections->addStretch(1);
    area->setWidget(m_page);
    m_pages->addWidget(m_hint);
    m_pages->addWidget(area);
    for (QTableView* table : { m_attemptView, static_cast<QTableView*>(m_inputs) }) {
        table->setProperty("hint", true); // what is chosen in them is no matter of its own: it is marked quietly
    }
}

QWidget* MiniBatchPanel::buildHead()
{
    auto* head = new QWidget(m_page);
    m_title = new QLabel(head);
    m_title->setObjectName(QStringLiteral("batch.title"));
    m_title->setFont(textFont(2, true));
    m_badge = new StateBadge(head);
    m_badge->setObjectName(QStringLiteral("batch.state"));
    m_sentence = new QLabel(head);
    m_sentence->setObjectName(QStringLiteral("batch.sentence"));
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_again = new QPushButton(tr("Run again…"), head);
    m_again->setObjectName(QStringLiteral("batch.again"));
    m_here = new QPushButton(tr("Run here…"), head);
    m_here->setObjectName(QStringLiteral("batch.here"));
    m_here->setToolTip(tr("Runs it on this machine, alone, its output kept aside; with a debugger if wanted"));
    m_log = new QPushButton(tr("Show in log"), head);
    m_log->setObjectName(QStringLiteral("batch.log"));
    auto* title = new QHBoxLayout;
    title->setSpacing(space::kMedium);
    title->addWidget(m_title);
    title->addWidget(m_badge);
    title->addStretch(1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::kMedium);
    m_copy = new QPushButton(tr("Copy"), head);
    m_copy->setObjectName(QStringLiteral("batch.copy"));
    m_copy->setToolTip(tr("Copies all attempts with their tracebacks and lines, and what it was given, as text"));
    m_copy->setProperty("quiet", true);
    for (QPushButton* button : { m_again, m_here, m_log, m_copy }) {
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kMedium);
    column->addLayout(title);
    column->addWidget(m_sentence);
    column->addLayout(buttons);
    connect(m_again, &QPushButton::clicked, this, [this] { m_context.selection.askRepair(QStringLiteral("id:%1").arg(m_number)); });
    connect(m_here, &QPushButton::clicked, this, [this] { m_context.selection.askDebug(m_number); });
    connect(m_log, &QPushButton::clicked, this, [this] { showLog(); });
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(storyText()); });
    return head;
}

QWidget* MiniBatchPanel::addSection(const QString& name, const QString& title, QWidget* body, ElidedLabel** note)
{
    auto* section = new QWidget(m_page);
    section->setObjectName(name);
    auto* caption = new QLabel(title, section);
    caption->setFont(textFont(0, true));
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kMedium);
    row->addWidget(caption);
    if (note != nullptr) {
        *note = new ElidedLabel(section);
        (*note)->setObjectName(name + QStringLiteral(".note"));
        (*note)->setProperty("muted", true);
        row->addWidget(*note, 1);
    }
    row->addStretch(0);
    auto* column = new QVBoxLayout(section);
    column->setContentsMargins(0, space::kMedium, 0, 0);
    column->setSpacing(space::kSmall);
    column->addLayout(row);
    column->addWidget(body);
    m_sections->addWidget(section);
    return section;
}

// ---- following ------------------------------------------------------------------------------------------------------------

const event::MiniBatchNow* MiniBatchPanel::now() const
{
    const auto* step = m_context.run.isOpen() ? m_context.run.step(m_step) : nullptr;
    return step != nullptr && m_number >= 0 && m_number < static_cast<qint64>(step->miniBatches.size())
        ? &step->miniBatches[static_cast<std::size_t>(m_number)]
        : nullptr;
}

void MiniBatchPanel::follow()
{
    const bool isOther = m_step != m_context.selection.step() || m_number != m_context.selection.miniBatch();
    m_step = m_context.selection.step();
    m_number = m_context.selection.miniBatch();
    if (now() == nullptr) {
        m_hint->setWords(tr("No mini-batch is chosen"),
            m_context.run.isOpen() ? tr("Choose one in the grid or the table: what it was given, what it wrote and what went wrong is shown here.")
                                   : tr("Open a run to look into its mini-batches."));
        m_pages->setCurrentIndex(0);
        m_hasStory = false;
        m_inputsOf.clear();
        return;
    }
    if (isOther) { // what is on screen stays until all that takes its place is known: a moment
        m_hasStory = false;
        m_log->setEnabled(false);
    }
    refreshHead();
    ask();
}

void MiniBatchPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_stale) {
        follow();
    }
}

void MiniBatchPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::StyleChange) {
        QTimer::singleShot(0, this, [this] { // colours are the theme's; not while the labels are being polished
            refreshHead();
        });
    }
}

void MiniBatchPanel::onChanged(const event::ChangeSet& changes)
{
    const auto step = m_context.run.stepIndex(m_step);
    if (m_number < 0 || !step) {
        return;
    }
    const bool isNewPlan = changes.plans.contains(*step);
    const MiniBatchIndex own(static_cast<std::uint32_t>(m_number));
    const bool isTouched = std::any_of(changes.miniBatches.begin(), changes.miniBatches.end(),
        [&](const auto& one) { return one.first == *step && one.second == own; });
    if (isNewPlan || isTouched) {
        follow();
    }
}

/// At most one question is under way; what changes meanwhile is asked afterwards.
void MiniBatchPanel::ask()
{
    m_stale = true;
    if (!isVisible() || m_asking) {
        return;
    }
    const auto step = m_context.run.stepIndex(m_step);
    if (!step || m_number < 0) {
        return;
    }
    m_stale = false;
    m_asking = true;
    m_context.run.askStory(this, *step, MiniBatchIndex(static_cast<std::uint32_t>(m_number)),
        [this, name = m_step, number = m_number, run = m_context.run.run()](RunState::MiniBatchStory story) {
            m_asking = false;
            if (name == m_step && number == m_number && m_context.run.isOpen() && run == m_context.run.run()) {
                take(std::move(story));
            }
            if (m_stale) {
                ask();
            }
        });
}

void MiniBatchPanel::take(RunState::MiniBatchStory story)
{
    const auto* current = now();
    if (current == nullptr) {
        return;
    }
    // An attempt that the user has chosen stays chosen while others come; else the last is shown.
    const int before = m_hasStory ? m_attemptView->currentIndex().column() : -1;
    const bool wasLast = before < 0 || before == m_attempts->columnCount() - 1;
    m_story = std::move(story);
    m_hasStory = true;
    const bool isRunning = current->state == event::MiniBatchState::Running;
    m_attempts->setAttempts(m_story.attempts, isRunning ? std::optional(*current) : std::nullopt);
    const int columns = m_attempts->columnCount();
    m_attemptView->parentWidget()->setVisible(columns > 0);
    m_attemptView->setRowHidden(AttemptModel::Code,
        std::all_of(m_story.attempts.begin(), m_story.attempts.end(), [](const auto& attempt) { return attempt.code == 0; }));
    for (int row = AttemptModel::Elapsed; row < AttemptModel::Code; ++row) {
        m_attemptView->setRowHidden(row, m_story.attempts.empty()); // of the one that is going on they are not known
    }
    m_attemptView->resizeColumnsToContents();
    int rows = 0;
    for (int row = 0; row < AttemptModel::kRows; ++row) {
        rows += m_attemptView->isRowHidden(row) ? 0 : 1;
    }
    fitTable(m_attemptView, rows);
    refreshHead();
    if (columns > 0) {
        m_attemptView->setCurrentIndex(m_attempts->index(0, wasLast ? columns - 1 : std::min(before, columns - 1)));
    }
    showAttempt();
    showInputs();
    m_pages->setCurrentIndex(1);
}

void MiniBatchPanel::refreshHead()
{
    const auto* current = now();
    if (current == nullptr || !m_hasStory) {
        return;
    }
    m_title->setText(tr("Mini-batch %1").arg(countText(static_cast<std::uint64_t>(m_number))));
    m_badge->setState(toneOf(current->state), wordOf(current->state));
    QPalette colors = palette();
    QString sentence;
    switch (current->state) {
    case event::MiniBatchState::Pending:
        sentence = current->picked == 0 ? tr("Not tried yet.") : tr("Waits for another try.");
        break;
    case event::MiniBatchState::Running:
        sentence = tr("On node %1, process%2, since %3.")
                       .arg(current->node.value)
                       .arg(current->process.value, 3, 10, QLatin1Char('0'))
                       .arg(clockText(current->startMicros));
        break;
    case event::MiniBatchState::Done:
        sentence = (current->returned == 1 ? tr("Returned %1 item for %2 given, %3 in run().") : tr("Returned %1 items for %2 given, %3 in run()."))
                       .arg(countText(current->returned), countText(current->items), durationText(static_cast<double>(current->runSeconds)));
        break;
    default:
        if (const auto step = m_context.run.stepIndex(m_step)) {
            sentence = m_context.run.errorOf(*step, MiniBatchIndex(static_cast<std::uint32_t>(m_number)));
        }
        colors.setColor(QPalette::WindowText, toneTextColor(Tone::Failed));
        break;
    }
    m_sentence->setPalette(colors);
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
    const bool isDone = current->state == event::MiniBatchState::Done;
    const bool isAround = current->state == event::MiniBatchState::Running
        || (m_context.run.isActive() && (current->state == event::MiniBatchState::Pending || current->state == event::MiniBatchState::Retrying));
    const QString why = m_context.run.whyOnlyLooked();
    m_again->setEnabled(!isDone && !isAround && why.isEmpty());
    m_here->setEnabled(why.isEmpty());
    m_again->setToolTip(!why.isEmpty() ? why
            : isDone ? tr("What is done is never run again in its run")
            : isAround         ? tr("The run has not given it up")
                               : tr("Runs it again in this run; what will run is shown first"));
}

// ---- one attempt ------------------------------------------------------------------------------------------------------------

void MiniBatchPanel::showAttempt()
{
    if (!m_hasStory) {
        return;
    }
    showTraceback();
    showLines();
    showRows();
    showNode();
    const auto* attempt = m_attempts->at(m_attemptView->currentIndex().column());
    const auto* current = now();
    const bool isRunning = current != nullptr && current->state == event::MiniBatchState::Running && attempt == nullptr;
    m_log->setEnabled(isRunning || (attempt != nullptr && !attempt->logs.empty()));
    m_log->setToolTip(m_log->isEnabled() ? tr("Shows its first line in the log of its process")
            : attempt != nullptr         ? tr("This attempt wrote nothing")
                                         : tr("It was not tried yet"));
}

void MiniBatchPanel::showTraceback()
{
    const auto* attempt = m_attempts->at(m_attemptView->currentIndex().column());
    QString text = attempt != nullptr ? toQt(attempt->traceback) : QString();
    if (attempt != nullptr && !attempt->error.empty() && !text.contains(toQt(attempt->error))) { // the stack of what hung does not say why it was taken
        text = text.isEmpty() ? toQt(attempt->error) : text + QLatin1Char('\n') + toQt(attempt->error);
    }
    m_traceback->setUserFolders(userFolders(m_context, m_step));
    m_traceback->setTraceback(text);
    m_traceback->parentWidget()->setVisible(!text.isEmpty());
}

void MiniBatchPanel::showLines()
{
    const int column = m_attemptView->currentIndex().column();
    const auto index = static_cast<std::size_t>(std::max(0, column));
    QString text;
    QStringList notes;
    if (m_attempts->at(column) != nullptr && index < m_story.streams.size()) {
        const auto& streams = m_story.streams[index];
        for (const auto& [stream, part] : streams) {
            if (streams.size() > 1) {
                text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + QStringLiteral("── %1\n").arg(streamWord(stream));
            } else {
                notes << streamWord(stream);
            }
            text += part.text;
            if (const QString note = partNote(part); !note.isEmpty()) {
                notes << tr("%1: %2").arg(streamWord(stream), note);
            }
            while (text.endsWith(QLatin1Char('\n'))) {
                text.chop(1);
            }
        }
        if (streams.empty()) {
            notes << tr("nothing");
        }
    } else {
        notes << (column >= 0 ? tr("known when the attempt has ended; the log of its process has it now") : tr("nothing yet"));
    }
    m_linesNote->setFullText(notes.join(QStringLiteral(" · ")));
    m_lines->setVisible(!text.isEmpty());
    m_lines->setPlainText(text);
    fitText(m_lines);
}

void MiniBatchPanel::showRows()
{
    const int column = m_attemptView->currentIndex().column();
    const auto* attempt = m_attempts->at(column);
    const auto* spec = m_context.run.stepSpec(m_step);
    const bool isDone = attempt != nullptr && attempt->outcome == event::AttemptOutcome::Done;
    m_rows->parentWidget()->setVisible(isDone);
    if (!isDone) {
        return;
    }
    const bool isKept = spec != nullptr && !spec->parallel.appendRowTo.empty();
    const auto index = static_cast<std::size_t>(column);
    const RunState::TextPart part = isKept && index < m_story.rows.size() ? m_story.rows[index] : RunState::TextPart {};
    QStringList notes { attempt->returned == 1 ? tr("1 item") : tr("%1 items").arg(countText(attempt->returned)) };
    if (!isKept) {
        notes << tr("not kept: the step appends no rows");
    } else if (const QString note = partNote(part); !note.isEmpty()) {
        notes << note;
    }
    m_rowsNote->setFullText(notes.join(QStringLiteral(" · ")));
    QString text = part.text;
    if (text.endsWith(QLatin1Char('\n'))) {
        text.chop(1);
    }
    m_rows->setVisible(!text.isEmpty());
    m_rows->setPlainText(text);
    fitText(m_rows);
}

void MiniBatchPanel::showNode()
{
    const auto* attempt = m_attempts->at(m_attemptView->currentIndex().column());
    const auto* current = now();
    const bool isRunning = attempt == nullptr && current != nullptr && current->state == event::MiniBatchState::Running;
    m_spark->parentWidget()->setVisible(attempt != nullptr || isRunning);
    if (attempt == nullptr && !isRunning) {
        return;
    }
    const NodeIndex node = attempt != nullptr ? attempt->node : current->node;
    const ProcessNumber process = attempt != nullptr ? attempt->process : current->process;
    const std::int64_t begin = attempt != nullptr ? attempt->startMicros : current->startMicros;
    const auto& samples = m_context.run.samples();
    // They come nearly in the order of time, from several nodes.
    const auto first = std::partition_point(
        samples.begin(), samples.end(), [&](const auto& sample) { return sample.timeMicros < begin - 2 * kAroundMicros; });
    std::int64_t end = attempt != nullptr ? begin + static_cast<std::int64_t>(attempt->elapsedSeconds * 1e6)
        : samples.empty()                 ? begin
                                          : std::max(begin, samples.back().timeMicros);
    std::vector<NodeSpark::Point> points;
    const std::string worker = toStd(QStringLiteral("%1/process%2").arg(m_step).arg(process.value, 3, 10, QLatin1Char('0')));
    std::uint64_t memory = 0;
    float interval = 0;
    for (auto sample = first; sample != samples.end() && sample->timeMicros <= end + 2 * kAroundMicros; ++sample) {
        if (sample->node != node || sample->timeMicros < begin - kAroundMicros || sample->timeMicros > end + kAroundMicros) {
            continue;
        }
        const double total = static_cast<double>(std::max<std::uint64_t>(1, sample->memoryTotalBytes));
        points.push_back({ sample->timeMicros, static_cast<double>(sample->cpuPercent) / 100, 1 - static_cast<double>(sample->memoryAvailableBytes) / total });
        interval = std::max(interval, sample->intervalSeconds);
        for (const auto& one : sample->processes) {
            if (one.name == worker && sample->timeMicros >= begin && sample->timeMicros <= end + kAroundMicros / 5) {
                memory = std::max(memory, one.rssBytes);
            }
        }
    }
    QStringList notes { tr("node %1").arg(node.value) };
    if (points.empty()) {
        notes << tr("no figures of those seconds");
    } else {
        if (memory > 0) {
            notes << tr("the worker held up to %1").arg(bytesText(static_cast<double>(memory)));
        }
        if (interval > 0) {
            notes << tr("a figure every %1").arg(durationText(static_cast<double>(interval)));
        }
    }
    m_nodeNote->setFullText(notes.join(QStringLiteral(" · ")));
    m_spark->setVisible(!points.empty());
    m_spark->setPoints(std::move(points), begin, end, static_cast<std::int64_t>(static_cast<double>(interval) * kGapIntervals * 1e6));
}

/// What it printed comes before what it logged. Of one that is running the end of its process's file.
void MiniBatchPanel::showLog()
{
    const auto* attempt = m_attempts->at(m_attemptView->currentIndex().column());
    const auto* current = now();
    if (current == nullptr || (attempt != nullptr && attempt->logs.empty())) {
        return;
    }
    const std::string step = toStd(m_step);
    const auto& dir = m_context.run.dir();
    const auto below = [&](event::LogStream stream, NodeIndex node, ProcessNumber process) {
        return toQt(dir.userLog(step, stream, node, process).lexically_relative(dir.logs(step)));
    };
    if (attempt == nullptr) {
        m_context.selection.showLog(below(event::LogStream::Stdout, current->node, current->process), -1);
        return;
    }
    const auto first = std::min_element(
        attempt->logs.begin(), attempt->logs.end(), [](const auto& a, const auto& b) { return a.stream < b.stream; });
    m_context.selection.showLog(below(first->stream, attempt->node, attempt->process), static_cast<qint64>(first->begin));
}

QString MiniBatchPanel::storyText() const
{
    QString text = tr("Mini-batch %1 of %2, run %3").arg(m_number).arg(m_step, m_context.run.run()) + QStringLiteral("\n\n");
    for (std::size_t i = 0; i < m_story.attempts.size(); ++i) {
        const auto& attempt = m_story.attempts[i];
        text += tr("Attempt %1: %2, node %3, process%4, %5, %6 in run()")
                    .arg(attempt.picked)
                    .arg(wordOf(attempt.outcome))
                    .arg(attempt.node.value)
                    .arg(attempt.process.value, 3, 10, QLatin1Char('0'))
                    .arg(dateTimeText(attempt.startMicros), durationText(attempt.runSeconds));
        text += QLatin1Char('\n');
        for (const auto& part : { toQt(attempt.traceback.empty() ? attempt.error : attempt.traceback), i < m_story.logs.size() ? m_story.logs[i] : QString() }) {
            text += part.isEmpty() || part.endsWith(QLatin1Char('\n')) ? part : part + QLatin1Char('\n');
        }
        text += QLatin1Char('\n');
    }
    return text + tr("Its line of the plan: %1").arg(m_story.planLine) + QLatin1Char('\n');
}

// ---- inputs -----------------------------------------------------------------------------------------------------------------

/// Files are looked up; rows are read by the interpreter of the run, as run() was given them.
void MiniBatchPanel::showInputs()
{
    const QString wanted = QStringLiteral("%1/%2/%3").arg(m_context.run.run(), m_step).arg(m_number);
    if (wanted == m_inputsOf) {
        return;
    }
    m_inputsOf = wanted;
    ++m_previewQuestion;
    m_previewStop.request_stop();
    m_previewStop = {};
    m_inputs->clear();
    m_inputs->setRowCount(0);
    m_inputs->setColumnCount(0);
    m_open->setEnabled(false);
    m_reveal->setEnabled(false);
    m_open->setVisible(false);
    m_reveal->setVisible(false);
    m_inputs->setVisible(false);
    if (!m_story.plan) {
        m_inputsNote->setFullText(tr("the plan cannot be read"));
        return;
    }
    m_inputsNote->setFullText(tr("reading…"));
    if (m_story.plan->kind != plan::MiniBatchKind::Files) {
        m_previewSoon.start();
        return;
    }
    const auto work = [line = m_story.line, root = toQt(m_story.plan->root)] {
        std::vector<std::pair<QString, qint64>> files;
        for (const auto& path : plan::pathsOfLine(line)) {
            if (files.size() == kMostFiles) {
                break;
            }
            const QFileInfo info(root + QLatin1Char('/') + toQt(path));
            files.emplace_back(toQt(path), info.exists() ? info.size() : -1);
        }
        return files;
    };
    m_context.reader.ask(this, work, [this, question = m_previewQuestion](const std::vector<std::pair<QString, qint64>>& files) {
        if (question == m_previewQuestion) {
            fillFiles(files);
        }
    });
}

void MiniBatchPanel::fillFiles(const std::vector<std::pair<QString, qint64>>& files)
{
    const QString root = toQt(m_story.plan->root);
    m_inputs->setColumnCount(2);
    m_inputs->setHorizontalHeaderLabels({ tr("File"), tr("Size") });
    m_inputs->setRowCount(static_cast<int>(files.size()));
    double bytes = 0;
    for (int row = 0; row < static_cast<int>(files.size()); ++row) {
        const auto& [name, size] = files[static_cast<std::size_t>(row)];
        auto* file = new QTableWidgetItem(name);
        file->setData(kPathRole, root + QLatin1Char('/') + name);
        file->setToolTip(tipText(root + QLatin1Char('/') + name));
        m_inputs->setItem(row, 0, file);
        auto* amount = new QTableWidgetItem(size < 0 ? tr("not there") : bytesText(static_cast<double>(size)));
        amount->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_inputs->setItem(row, 1, amount);
        bytes += static_cast<double>(std::max<qint64>(0, size));
    }
    m_inputs->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_inputs->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_inputs->setVisible(!files.empty());
    fitTable(m_inputs, static_cast<int>(files.size()));
    m_open->setVisible(!files.empty());
    m_reveal->setVisible(!files.empty());
    const auto all = plan::readLine(m_story.line, false).parts;
    m_inputsNote->setFullText(all > files.size() ? tr("the first %1 of %2 files").arg(countText(files.size()), countText(all))
            : files.size() == 1              ? tr("1 file below %1").arg(root)
                                             : tr("%1 files, %2, below %3").arg(countText(files.size()), bytesText(bytes), root));
    if (!files.empty()) {
        m_inputs->selectRow(0);
    }
}

void MiniBatchPanel::askPreview()
{
    if (!m_story.plan || !isVisible()) {
        m_inputsOf.clear();
        m_stale = true; // asked when it is shown
        return;
    }
    if (m_context.run.isCopy()) { // they are read by the interpreter that the run names, and anybody may have written that name
        m_inputsNote->setFullText(tr("rows of a copy are not read"));
        return;
    }
    const auto* spec = m_context.run.stepSpec(m_step);
    if (spec == nullptr) {
        return;
    }
    workspace::PreviewRequest request;
    request.python = m_context.run.spec().python;
    request.header = m_story.plan;
    request.settings = spec->parallel;
    request.step = spec->name;
    request.line = m_story.line;
    m_context.previewer.ask(
        this,
        [request = std::move(request), stop = m_previewStop.get_token()]() -> Result<workspace::MiniBatchPreview> {
            return stop.stop_requested() ? Result<workspace::MiniBatchPreview>(fail(ErrorCode::Canceled)) : workspace::previewMiniBatch(request, stop);
        },
        [this, question = m_previewQuestion](const Result<workspace::MiniBatchPreview>& preview) {
            if (question == m_previewQuestion) {
                fillPreview(preview);
            }
        });
}

void MiniBatchPanel::fillPreview(const Result<workspace::MiniBatchPreview>& preview)
{
    const plan::LineContent content = plan::readLine(m_story.line);
    const QString from = content.parts == 1 ? toQt(content.firstPath) : tr("%1 and %2 more").arg(toQt(content.firstPath), countText(content.parts - 1));
    if (!preview) {
        const ErrorText error = errorText(preview.error());
        m_inputsNote->setFullText(tr("%1: %2 %3").arg(from, error.sentence, error.fix));
        return;
    }
    m_inputs->setColumnCount(static_cast<int>(preview->columns.size()));
    m_inputs->setRowCount(static_cast<int>(preview->rows.size()));
    for (int column = 0; column < m_inputs->columnCount(); ++column) {
        const auto& [name, type] = preview->columns[static_cast<std::size_t>(column)];
        auto* head = new QTableWidgetItem(name.empty() ? tr("value") : toQt(name));
        head->setToolTip(tipText(toQt(type)));
        m_inputs->setHorizontalHeaderItem(column, head);
        m_inputs->horizontalHeader()->setSectionResizeMode(column, QHeaderView::Interactive);
        for (int row = 0; row < m_inputs->rowCount(); ++row) {
            const auto& cells = preview->rows[static_cast<std::size_t>(row)];
            const auto* cell = static_cast<std::size_t>(column) < cells.size() && cells[static_cast<std::size_t>(column)] ? &*cells[static_cast<std::size_t>(column)] : nullptr;
            auto* item = new QTableWidgetItem(cell != nullptr ? toQt(*cell).simplified() : tr("missing"));
            if (cell == nullptr) {
                item->setForeground(theme().muted);
            }
            m_inputs->setItem(row, column, item);
        }
    }
    m_inputs->resizeColumnsToContents();
    m_inputs->setVisible(m_inputs->columnCount() > 0);
    fitTable(m_inputs, m_inputs->rowCount());
    QStringList notes { preview->count == 1 ? tr("1 row") : tr("%1 rows").arg(countText(preview->count)), from };
    if (preview->count > preview->rows.size()) {
        notes << tr("the first %1 are shown").arg(countText(preview->rows.size()));
    }
    if (preview->moreColumns > 0) {
        notes << tr("%1 more columns").arg(countText(preview->moreColumns));
    }
    for (const auto& note : preview->notes) {
        notes << toQt(note);
    }
    m_inputsNote->setFullText(notes.join(QStringLiteral(" · ")));
}

void MiniBatchPanel::openInput(bool folder)
{
    const auto* item = m_inputs->item(m_inputs->currentRow(), 0);
    const QString path = item != nullptr ? item->data(kPathRole).toString() : QString();
    if (!path.isEmpty() && m_context.run.mayOpen(path)) {
        QDesktopServices::openUrl(QUrl::fromLocalFile(folder ? QFileInfo(path).path() : path));
    }
}

} // namespace sheaf::ui
