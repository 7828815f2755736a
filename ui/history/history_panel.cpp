// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/history/history_panel.h"

#include "ui/history/run_labels_dialog.h"
#include "ui/history/run_table_model.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"
#include "ui/text/format.h"
#include "ui/widgets/empty_hint.h"

#include <QAction>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTreeView>
#include <QUrl>
#include <QVBoxLayout>

namespace sheaf::ui {

HistoryPanel::HistoryPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_search(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_none(new EmptyHint(QStringLiteral("history"), this))
    , m_view(new QTreeView(this))
    , m_runs(new RunTableModel(this))
    , m_shown(new RunFilterModel(*m_runs, this))
{
    m_search->setObjectName(QStringLiteral("history.filter"));
    m_search->setAccessibleName(tr("Search runs"));
    m_search->setPlaceholderText(tr("Search runs: name, state, message, tag, note, job file"));
    m_search->setClearButtonEnabled(true);
    m_count->setObjectName(QStringLiteral("history.count"));
    m_view->setObjectName(QStringLiteral("history.runs"));
    m_view->setAccessibleName(tr("Runs of this workspace"));
    m_view->setModel(m_shown);
    m_view->setRootIsDecorated(false);
    m_view->setAlternatingRowColors(true);
    m_view->setUniformRowHeights(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(-1, Qt::AscendingOrder); // as HistoryState has them: the newest first
    m_view->header()->setStretchLastSection(true);
    const int widths[] = { 190, 120, 130, 70, 60, 120, 180 };
    for (int column = 0; column < RunTableModel::Message; ++column) {
        m_view->setColumnWidth(column, widths[column]);
    }
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_search, 1);
    bar->addWidget(m_count);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    layout->addLayout(bar);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_none, 1);
    m_none->setObjectName(QStringLiteral("history.none"));
    buildActions();
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_shown->setSearch(text);
        refreshCount();
    });
    connect(&m_context.history, &HistoryState::changed, this, [this] { refresh(); });
    connect(&m_context.history, &HistoryState::failed, this, [this](const Error& error) {
        const ErrorText text = errorText(error);
        emit refused(text.sentence, text.fix);
    });
    connect(m_view, &QTreeView::activated, this, [this](const QModelIndex& index) { emit openRequested(toQt(m_shown->at(index.row()).run)); });
    connect(m_view, &QWidget::customContextMenuRequested, this, &HistoryPanel::showMenu);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] { refreshActions(); });
    connect(&m_context.run, &RunState::opened, this, [this] { refreshActions(); });
    connect(&m_context.run, &RunState::closed, this, [this] { refreshActions(); });
    refresh();
}

void HistoryPanel::buildActions()
{
    const auto add = [this](const QString& id, const QString& text, const QKeySequence& keys, auto&& does) {
        auto* action = new QAction(text, m_view);
        action->setObjectName(id);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetShortcut);
        m_view->addAction(action);
        connect(action, &QAction::triggered, this, does);
        return action;
    };
    // Enter is the view's own.
    m_open = add(QStringLiteral("history.open"), tr("&Open"), {}, [this] { emit openRequested(chosen().first()); });
    m_compare = add(QStringLiteral("history.compare"), tr("&Compare with the open run"), QKeySequence(Qt::Key_C), [this] { m_context.selection.askCompare(chosen().first()); });
    m_labels = add(QStringLiteral("history.labels"), tr("&Tags and note…"), QKeySequence(Qt::Key_F2), [this] { editLabels(); });
    m_folder = add(QStringLiteral("history.folder"), tr("Open &folder"), QKeySequence(Qt::CTRL | Qt::Key_E), [this] { openFolder(); });
    m_remove = add(QStringLiteral("history.remove"), tr("&Delete…"), QKeySequence::Delete, [this] { askRemove(); });
}

QStringList HistoryPanel::chosen() const
{
    QStringList runs;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows()) {
        runs << toQt(m_shown->at(index.row()).run);
    }
    return runs;
}

void HistoryPanel::refresh()
{
    m_runs->setRuns(m_context.history.runs());
    refreshCount();
    refreshActions();
}

void HistoryPanel::refreshCount()
{
    const bool hasRuns = m_runs->rowCount() > 0;
    const bool hasShown = m_shown->rowCount() > 0;
    hasRuns ? m_none->setWords(tr("No run is like that"), tr("Clear the search to see all of them."))
            : m_none->setWords(tr("No runs yet"), tr("What is run in this workspace appears here, and stays until it is deleted."));
    m_view->setVisible(hasShown);
    m_none->setVisible(!hasShown);
    m_count->setText(tr("%1 of %2").arg(countText(static_cast<std::uint64_t>(m_shown->rowCount())), countText(static_cast<std::uint64_t>(m_runs->rowCount()))));
}

void HistoryPanel::refreshActions()
{
    const QStringList runs = chosen();
    const bool isOne = runs.size() == 1;
    m_open->setEnabled(isOne);
    m_compare->setEnabled(isOne && m_context.run.isOpen() && m_context.run.run() != runs.first());
    m_labels->setEnabled(isOne);
    m_folder->setEnabled(isOne);
    m_remove->setEnabled(!runs.isEmpty());
}

void HistoryPanel::showMenu(const QPoint& place)
{
    refreshActions();
    QMenu menu(this);
    menu.addActions({ m_open, m_compare });
    menu.addSeparator();
    menu.addActions({ m_labels, m_folder });
    menu.addSeparator();
    menu.addAction(m_remove);
    menu.exec(m_view->viewport()->mapToGlobal(place));
}

void HistoryPanel::editLabels()
{
    const QString name = chosen().first();
    const workspace::RunSummary* run = m_context.history.find(name);
    if (run == nullptr) {
        return;
    }
    QStringList tags;
    for (const auto& tag : run->tags) {
        tags << toQt(tag);
    }
    auto* dialog = new RunLabelsDialog(name, tags, toQt(run->note), this);
    connect(dialog, &QDialog::accepted, this, [this, dialog, name] { m_context.history.setLabels(name, dialog->tags(), dialog->note()); });
    dialog->open();
}

void HistoryPanel::openFolder()
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(m_context.history.folder() + QStringLiteral("/.sheaf/runs/") + chosen().first()));
}

/// What is at work is not taken away; of the others it is said first what that frees.
void HistoryPanel::askRemove()
{
    QStringList runs;
    QStringList active;
    for (const QString& name : chosen()) {
        const workspace::RunSummary* run = m_context.history.find(name);
        (run != nullptr && HistoryState::isActive(*run) ? active : runs) << name;
    }
    if (!active.isEmpty()) {
        emit refused(active.size() == 1 ? tr("%1 goes on, so it stays.").arg(active.first()) : tr("These go on, so they stay: %1.").arg(active.join(QStringLiteral(", "))),
            tr("Stop it first; what is done then stays done until it is deleted."));
    }
    if (runs.isEmpty()) {
        return;
    }
    m_context.history.askSize(this, runs, [this, runs](const workspace::RunSize& size) {
        auto* box = new QMessageBox(QMessageBox::Warning, tr("Delete runs"),
            runs.size() == 1 ? tr("Delete %1?").arg(runs.first()) : tr("Delete %1 runs?").arg(runs.size()), QMessageBox::Cancel, this);
        box->setObjectName(QStringLiteral("history.ask"));
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setInformativeText(
            tr("This frees %1 in %2 files: records, logs, and the outputs below the folder of each run. Outputs elsewhere stay. It cannot be undone.")
                .arg(bytesText(static_cast<double>(size.bytes)), countText(size.files)));
        if (runs.size() > 1) {
            box->setDetailedText(runs.join(QLatin1Char('\n')));
        }
        QPushButton* yes = box->addButton(tr("&Delete"), QMessageBox::DestructiveRole);
        yes->setObjectName(QStringLiteral("history.ask.yes"));
        box->setDefaultButton(QMessageBox::Cancel);
        connect(yes, &QPushButton::clicked, this, [this, runs] {
            if (m_context.run.isOpen() && m_context.run.workspaceFolder() == m_context.history.folder() && runs.contains(m_context.run.run())) {
                m_context.run.close(); // it holds its files open
            }
            m_context.history.remove(runs);
        });
        box->open();
    });
}

} // namespace sheaf::ui
