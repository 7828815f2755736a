// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/mini_batch_table.h"

#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"
#include "ui/text/format.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QSaveFile>
#include <QScrollBar>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace sheaf::ui {

namespace {

constexpr std::size_t kMostRemembered = 20000; // selected rows that stay selected over a new arrangement
constexpr std::size_t kMostCopied = 100000;

/// Groups digits for the eye alone: what is copied, searched and sorted stays plain.
class CountDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QString displayText(const QVariant& value, const QLocale&) const override { return countText(value.toULongLong()); }
};

} // namespace

MiniBatchTable::MiniBatchTable(AppContext& context, MiniBatchModel& model, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(model)
    , m_view(new QTableView(this))
    , m_showLog(new QPushButton(tr("Show log"), this))
{
    buildView();
    m_showLog->setObjectName(QStringLiteral("run.batches.showLog"));
    m_showLog->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_L));
    m_showLog->setEnabled(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view);

    connect(m_showLog, &QPushButton::clicked, this, [this] { showLog(); });
    connect(&m_model, &MiniBatchModel::modelAboutToBeReset, this, [this] { rememberRows(); });
    connect(&m_model, &MiniBatchModel::rowsArranged, this, [this] { onArranged(); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { onCurrentRow(); });
    connect(&m_context.selection, &SelectionState::miniBatchChanged, this, [this] {
        showChosen();
        askLastAttempt();
    });
}

void MiniBatchTable::buildView()
{
    m_view->setObjectName(QStringLiteral("run.batches.table"));
    m_view->setAccessibleName(tr("Mini-batches"));
    m_view->setModel(&m_model);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setAlternatingRowColors(true);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + space::kMedium);
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(MiniBatchModel::Number, Qt::AscendingOrder);
    const int widths[] = { 88, 108, 48, 54, 72, 78, 76, 76, 54, 62, 240, 64 };
    for (int column = 0; column < MiniBatchModel::LastLine; ++column) {
        const int heading = fontMetrics().horizontalAdvance(m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()) + 3 * space::kMedium;
        m_view->setColumnWidth(column, std::max(widths[column], heading));
    }
    for (const int column : { MiniBatchModel::Number, MiniBatchModel::ItemsOk, MiniBatchModel::ItemsFailed }) {
        m_view->setItemDelegateForColumn(column, new CountDelegate(m_view));
    }
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view, &QTableView::customContextMenuRequested, this, [this](QPoint position) {
        QMenu menu(this);
        fillMenu(menu);
        menu.exec(m_view->viewport()->mapToGlobal(position));
    });
    auto* copy = new QShortcut(QKeySequence::Copy, m_view, nullptr, nullptr, Qt::WidgetShortcut); // the view's own copies one cell
    connect(copy, &QShortcut::activated, this, [this] { copyRows(); });
    // What is known of the rows in sight only has no order: the mark goes back to where it was.
    connect(m_view->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, [this](int column, Qt::SortOrder order) {
        if (column == MiniBatchModel::LastLine) {
            m_view->horizontalHeader()->setSortIndicator(m_sortColumn, m_sortOrder);
            return;
        }
        m_sortColumn = column;
        m_sortOrder = order;
    });
    connect(m_view->verticalScrollBar(), &QScrollBar::valueChanged, this, [this] { askLastLines(); });
}

void MiniBatchTable::clear()
{
    m_told = -1;
    m_toldEvent = 0;
    ++m_visit;
    m_isWished = false;
    m_remembered.clear();
    m_view->clearSelection(); // else these rows would be chosen of the next step
    m_lastAttempt.reset();
    m_showLog->setEnabled(false);
}

std::vector<std::uint32_t> MiniBatchTable::chosenNumbers() const
{
    std::vector<std::uint32_t> numbers;
    for (const QItemSelectionRange& range : m_view->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom() && row < m_model.rowCount(); ++row) {
            numbers.push_back(m_model.at(row).value);
        }
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

void MiniBatchTable::rememberRows()
{
    m_scroll = m_view->verticalScrollBar()->value();
    std::size_t count = 0;
    for (const QItemSelectionRange& range : m_view->selectionModel()->selection()) {
        count += static_cast<std::size_t>(range.height());
    }
    if (count > 0) { // nothing selected: a reset that came before has not been answered yet
        m_remembered = count <= kMostRemembered ? chosenNumbers() : std::vector<std::uint32_t>();
    }
}

/// The chosen ones stay chosen wherever they went, and nothing is scrolled.
void MiniBatchTable::onArranged()
{
    m_isRestoring = true;
    m_view->setAutoScroll(false);
    QItemSelection selection;
    if (m_remembered.size() == 1) {
        if (const int row = m_model.rowOf(MiniBatchIndex(m_remembered.front())); row >= 0) {
            selection.select(m_model.index(row, 0), m_model.index(row, MiniBatchModel::Columns - 1));
        }
    } else if (!m_remembered.empty()) {
        int begin = -1;
        const int rows = m_model.rowCount();
        for (int row = 0; row <= rows; ++row) {
            const bool isIn = row < rows && std::binary_search(m_remembered.begin(), m_remembered.end(), m_model.at(row).value);
            if (isIn && begin < 0) {
                begin = row;
            } else if (!isIn && begin >= 0) {
                selection.select(m_model.index(begin, 0), m_model.index(row - 1, MiniBatchModel::Columns - 1));
                begin = -1;
            }
        }
    }
    const qint64 chosen = m_context.selection.miniBatch();
    if (const int row = chosen >= 0 ? m_model.rowOf(MiniBatchIndex(static_cast<std::uint32_t>(chosen))) : -1; row >= 0) {
        m_view->selectionModel()->setCurrentIndex(m_model.index(row, 0), QItemSelectionModel::NoUpdate);
    }
    m_view->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    m_view->verticalScrollBar()->setValue(m_scroll);
    m_view->setAutoScroll(true);
    m_isRestoring = false;
    if (m_isWished && !m_model.isArranging()) {
        goToChosen();
    }
    askLastLines();
}

void MiniBatchTable::onCurrentRow()
{
    const QModelIndex current = m_view->currentIndex();
    if (current.isValid() && !m_isRestoring) {
        m_context.selection.setMiniBatch(m_model.at(current.row()).value);
    }
    askLastAttempt();
}

/// Another view has chosen.
void MiniBatchTable::showChosen()
{
    const qint64 chosen = m_context.selection.miniBatch();
    const QModelIndex current = m_view->currentIndex();
    if (chosen < 0 || (current.isValid() && current.row() < m_model.rowCount() && m_model.at(current.row()).value == chosen)) {
        return;
    }
    goToChosen();
    m_isWished = m_model.isArranging();
}

void MiniBatchTable::goToChosen()
{
    m_isWished = false;
    const qint64 chosen = m_context.selection.miniBatch();
    const int row = chosen >= 0 ? m_model.rowOf(MiniBatchIndex(static_cast<std::uint32_t>(chosen))) : -1;
    if (row >= 0) {
        m_isRestoring = true;
        m_view->setCurrentIndex(m_model.index(row, 0));
        m_view->scrollTo(m_model.index(row, 0), QAbstractItemView::PositionAtCenter);
        m_isRestoring = false;
    } else {
        m_view->clearSelection(); // it is filtered out
    }
}

void MiniBatchTable::askLastAttempt()
{
    const qint64 chosen = m_context.selection.miniBatch();
    const auto step = m_context.run.stepIndex(m_context.selection.step());
    const auto* picture = m_model.step();
    if (chosen < 0 || !step || picture == nullptr || static_cast<std::size_t>(chosen) >= picture->miniBatches.size()) {
        return; // nothing was chosen yet
    }
    const auto& now = picture->miniBatches[static_cast<std::size_t>(chosen)];
    if (chosen == m_told && now.lastEvent == m_toldEvent) {
        return;
    }
    m_told = chosen;
    m_toldEvent = now.lastEvent;
    m_context.run.askStory(this, *step, MiniBatchIndex(static_cast<std::uint32_t>(chosen)), [this, chosen](const RunState::MiniBatchStory& story) {
        if (chosen != m_told) {
            return; // another has been chosen meanwhile
        }
        m_lastAttempt = story.attempts.empty() ? std::nullopt : std::optional(story.attempts.back());
        const bool wrote = m_lastAttempt && !m_lastAttempt->logs.empty();
        m_showLog->setEnabled(wrote);
        m_showLog->setToolTip(wrote         ? tr("Shows where its lines begin in the log (Ctrl+L)")
                : m_lastAttempt.has_value() ? tr("Its last attempt wrote nothing")
                                            : tr("No attempt has ended yet"));
    });
}

/// One question is under way at a time: while the table is scrolled only the rows that it comes to rest at are asked for.
void MiniBatchTable::askLastLines()
{
    const auto step = m_context.run.stepIndex(m_context.selection.step());
    if (!isVisible() || !step || m_model.rowCount() == 0) {
        return;
    }
    if (m_isAskingLines) {
        m_isLinesStale = true;
        return;
    }
    m_isAskingLines = true;
    const int first = std::max(0, m_view->rowAt(0));
    const int below = m_view->rowAt(m_view->viewport()->height() - 1);
    const int last = below >= 0 ? below : m_model.rowCount() - 1;
    std::vector<MiniBatchIndex> seen;
    for (int row = first; row <= std::min(last, m_model.rowCount() - 1); ++row) {
        seen.push_back(m_model.at(row));
    }
    const auto* picture = m_model.step();
    if (m_model.order() == RowOrder::Silence && picture != nullptr) {
        // The running ones were first when the rows were arranged, and as many as now, nearly: the others are no further back.
        const auto running = static_cast<int>(picture->count(event::MiniBatchState::Running));
        for (int row = 0; row < std::min(m_model.rowCount(), 2 * running); ++row) {
            const std::uint32_t number = m_model.at(row).value;
            const bool isRunning = number < picture->miniBatches.size() && picture->miniBatches[number].state == event::MiniBatchState::Running;
            if (isRunning && (row < first || row > last)) {
                seen.push_back(m_model.at(row));
            }
        }
    }
    m_context.run.askLastLines(this, *step, seen, [this, visit = m_visit](const std::vector<RunState::LastLine>& lines) {
        m_isAskingLines = false;
        if (visit == m_visit) {
            std::vector<std::pair<MiniBatchIndex, MiniBatchModel::Tail>> tails;
            for (const auto& line : lines) {
                tails.emplace_back(line.miniBatch, MiniBatchModel::Tail { line.line, line.micros });
            }
            m_model.setTails(tails);
        }
        if (std::exchange(m_isLinesStale, false)) {
            askLastLines();
        }
    });
    askLastAttempt(); // it may have been tried again
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

event::MiniBatchList MiniBatchTable::ignoredOf(const std::vector<std::uint32_t>& numbers) const
{
    const event::StepPicture* step = m_context.run.step(m_context.selection.step());
    std::vector<MiniBatchIndex> ignored;
    for (const std::uint32_t number : numbers) {
        if (step != nullptr && number < step->total() && step->miniBatches[number].state == event::MiniBatchState::Ignored) {
            ignored.emplace_back(number);
        }
    }
    return event::MiniBatchList(std::move(ignored));
}

void MiniBatchTable::countAgain(const event::MiniBatchList& ignored)
{
    runtime::RepairRequest request;
    request.step = toStd(m_context.selection.step());
    request.unignore = ignored.text();
    (void)m_context.run.repair(request, false); // what is in the way is told by RunState::failed()
}

void MiniBatchTable::fillMenu(QMenu& menu)
{
    const std::vector<std::uint32_t> numbers = chosenNumbers();
    const auto count = static_cast<int>(numbers.size());
    const QString ids = QStringLiteral("id:") + idList(numbers);
    QAction* again = menu.addAction(tr("Run again…"), this, [this, ids] { m_context.selection.askRepair(ids); });
    again->setObjectName(QStringLiteral("run.batches.again"));
    const QString why = m_context.run.whyOnlyLooked();
    again->setEnabled(count > 0 && why.isEmpty());
    const event::MiniBatchList ignored = ignoredOf(numbers);
    QAction* undo = menu.addAction(tr("Count them again as failed"), this, [this, ignored] { countAgain(ignored); });
    undo->setObjectName(QStringLiteral("run.batches.countAgain"));
    undo->setVisible(!ignored.isEmpty());
    undo->setEnabled(why.isEmpty());
    QAction* here = menu.addAction(tr("Run here, alone…"), this, [this, numbers] { m_context.selection.askDebug(numbers.front()); });
    here->setObjectName(QStringLiteral("run.batches.here"));
    here->setEnabled(count == 1 && why.isEmpty());
    menu.addSeparator();
    QAction* log = menu.addAction(tr("Show log lines"), this, [this] { showLog(); });
    log->setShortcut(m_showLog->shortcut());
    log->setEnabled(count == 1 && m_showLog->isEnabled() && m_told == std::int64_t { numbers.front() });
    QAction* only = menu.addAction(tr("Show only these"), this, [this, ids] {
        m_context.selection.setFilter(withFilterWord(m_context.selection.filter(), QStringLiteral("id"), ids));
    });
    only->setObjectName(QStringLiteral("run.batches.only"));
    const bool isTooLong = ids.size() > SelectionState::kLongestFilter;
    only->setEnabled(count > 0 && count < m_model.rowCount() && !isTooLong);
    if (isTooLong) {
        only->setText(tr("Show only these (too many to be named one by one)"));
    }
    menu.addSeparator();
    QAction* copy = menu.addAction(tr("Copy"), this, [this] { copyRows(); });
    copy->setShortcut(QKeySequence::Copy);
    copy->setEnabled(count > 0);
    menu.addAction(tr("Copy numbers"), this, [ids] { QApplication::clipboard()->setText(ids.mid(3)); })->setEnabled(count > 0);
    menu.addSeparator();
    QAction* save = menu.addAction(tr("Export table as CSV…"), this, [this] { askExport(); });
    save->setObjectName(QStringLiteral("run.batches.export"));
    save->setEnabled(m_model.rowCount() > 0);
}

/// The selected rows as the table shows them, a tab between the cells.
void MiniBatchTable::copyRows()
{
    QStringList lines;
    QStringList names;
    for (int column = 0; column < MiniBatchModel::Columns; ++column) {
        names << m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    }
    lines << names.join(QLatin1Char('\t'));
    QList<int> rows;
    for (const QItemSelectionRange& range : m_view->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom() && static_cast<std::size_t>(rows.size()) < kMostCopied; ++row) {
            rows << row;
        }
    }
    std::sort(rows.begin(), rows.end());
    for (const int row : rows) {
        QStringList cells;
        for (int column = 0; column < MiniBatchModel::Columns; ++column) {
            cells << m_model.index(row, column).data().toString().replace(QLatin1Char('\t'), QLatin1Char(' '));
        }
        lines << cells.join(QLatin1Char('\t'));
    }
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')) + QLatin1Char('\n'));
}

void MiniBatchTable::askExport()
{
    auto* dialog = new QFileDialog(this, tr("Export table as CSV"), QString(), tr("CSV files (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(m_context.run.run() + QLatin1Char('-') + m_context.selection.step() + QStringLiteral(".csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) { exportTo(file); });
    dialog->open();
}

void MiniBatchTable::exportTo(const QString& file)
{
    m_context.worker.ask(
        this,
        [file, rows = m_model.rows(), copy = m_model.snapshot()]() -> QString {
            QSaveFile out(file);
            if (!out.open(QIODevice::WriteOnly)) {
                return out.errorString();
            }
            const QByteArray bytes = csvOf(copy->facts(), rows);
            return out.write(bytes) == bytes.size() && out.commit() ? QString() : out.errorString();
        },
        [this, file](const QString& problem) { emit exported(file, problem); });
}

} // namespace sheaf::ui
