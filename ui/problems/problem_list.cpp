// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/problems/problem_list.h"

#include "ui/problems/problem_model.h"
#include "ui/problems/quick_fixes.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/text/convert.h"
#include "ui/widgets/empty_hint.h"

#include <QAction>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QPushButton>
#include <QStackedLayout>
#include <QTreeView>
#include <QVBoxLayout>

namespace sheaf::ui {

ProblemList::ProblemList(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new ProblemModel(this))
    , m_view(new QTreeView(this))
    , m_hint(new EmptyHint(QStringLiteral("check"), this))
    , m_page(new QWidget(this))
    , m_fixBar(new QWidget(m_page))
    , m_fixRow(new QHBoxLayout(m_fixBar))
    , m_stack(new QStackedLayout(this))
{
    setObjectName(QStringLiteral("problems.panel"));
    m_view->setObjectName(QStringLiteral("problems.list"));
    m_view->setAccessibleName(tr("Problems of the pipeline file"));
    m_view->setModel(m_model);
    m_view->setRootIsDecorated(false);
    m_view->setAllColumnsShowFocus(true);
    m_view->setUniformRowHeights(true);
    m_view->setTextElideMode(Qt::ElideRight);
    m_view->header()->resizeSection(ProblemModel::Severity, 110);
    m_view->header()->resizeSection(ProblemModel::Place, 170);
    m_view->header()->resizeSection(ProblemModel::Message, 560);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_fixBar->setObjectName(QStringLiteral("problems.fixes"));
    m_fixRow->setContentsMargins(space::kMedium, space::kSmall, space::kMedium, space::kSmall);
    m_fixRow->setSpacing(space::kMedium);
    auto* column = new QVBoxLayout(m_page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_view, 1);
    column->addWidget(m_fixBar);
    m_stack->addWidget(m_page);
    m_fixBar->hide();
    m_fixSoon.setSingleShot(true);
    m_fixSoon.setInterval(120);
    connect(&m_fixSoon, &QTimer::timeout, this, &ProblemList::showFixes);
    m_stack->addWidget(m_hint);
    connect(&context.pipeline, &PipelineState::changed, this, &ProblemList::refresh);
    connect(&context.pipeline, &PipelineState::opened, this, &ProblemList::refresh);
    connect(&context.pipeline, &PipelineState::closed, this, &ProblemList::refresh);
    connect(m_view, &QTreeView::clicked, this, [this](const QModelIndex& index) { m_context.selection.showField(toQt(m_model->at(index.row()).path)); });
    connect(m_view, &QTreeView::activated, this, [this](const QModelIndex& index) { goToText(index.row()); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, &m_fixSoon, qOverload<>(&QTimer::start));
    connect(m_view, &QTreeView::customContextMenuRequested, this, &ProblemList::openMenu);
    auto* fix = new QAction(tr("Fix…"), m_view);
    fix->setObjectName(QStringLiteral("problems.fix"));
    fix->setShortcut(Qt::ALT | Qt::Key_Return);
    fix->setShortcutContext(Qt::WidgetShortcut);
    connect(fix, &QAction::triggered, this, [this] { openMenu(m_view->visualRect(m_view->currentIndex()).bottomLeft()); });
    m_view->addAction(fix);
    refresh();
}

void ProblemList::refresh()
{
    const auto snapshot = m_context.pipeline.snapshot();
    const int current = m_view->currentIndex().row();
    m_model->setDiagnostics(snapshot ? snapshot->diagnostics : std::vector<spec::Diagnostic> {});
    const int count = m_model->rowCount();
    if (!m_context.pipeline.isOpen()) {
        m_hint->setIconName(QStringLiteral("problems"));
        m_hint->setWords(tr("No pipeline file is open"), tr("What is wrong with the file that is open is listed here, each with how to mend it."));
    } else {
        m_hint->setIconName(QStringLiteral("check"));
        m_hint->setWords(snapshot ? tr("No problems") : tr("Reading…"),
            snapshot ? tr("%1 and all files it names are understood. It can be run.").arg(QFileInfo(m_context.pipeline.file()).fileName()) : QString());
    }
    m_stack->setCurrentWidget(count > 0 ? m_page : m_hint);
    if (count > 0) {
        m_view->setCurrentIndex(m_model->index(qBound(0, current, count - 1), 0));
    }
    m_fixSoon.start();
    emit titleChanged(count > 0 ? tr("Problems (%1)").arg(count) : tr("Problems"));
}

void ProblemList::goToText(int row)
{
    const spec::Diagnostic& diagnostic = m_model->at(row);
    m_context.selection.showField(toQt(diagnostic.path));
    if (!diagnostic.file.empty()) {
        m_context.selection.showPlace(toQt(diagnostic.file), static_cast<qint64>(diagnostic.where.begin));
    }
}

/// Buttons for what can mend the chosen finding, the most likely first.
void ProblemList::showFixes()
{
    while (QLayoutItem* item = m_fixRow->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->deleteLater();
        }
        delete item;
    }
    const QModelIndex index = m_view->currentIndex();
    m_fixes = index.isValid() ? fixesOf(m_context, m_model->at(index.row())) : std::vector<edit::QuickFix>();
    for (std::size_t i = 0; i < std::min<std::size_t>(m_fixes.size(), 3); ++i) {
        auto* button = new QPushButton(fixTitle(m_fixes[i]), m_fixBar);
        button->setObjectName(QStringLiteral("problems.fix.%1").arg(i));
        connect(button, &QPushButton::clicked, this, [this, fix = m_fixes[i]] { carryOut(fix); });
        m_fixRow->addWidget(button);
    }
    m_fixRow->addStretch(1);
    m_fixBar->setVisible(!m_fixes.empty());
}

void ProblemList::openMenu(QPoint position)
{
    const QModelIndex index = m_view->currentIndex();
    if (!index.isValid()) {
        return;
    }
    QMenu menu(this);
    for (const auto& fix : m_fixes) {
        menu.addAction(fixTitle(fix), this, [this, fix] { carryOut(fix); });
    }
    if (!m_fixes.empty()) {
        menu.addSeparator();
    }
    menu.addAction(tr("Show in the text"), this, [this, row = index.row()] { goToText(row); });
    menu.exec(m_view->viewport()->mapToGlobal(position));
}

void ProblemList::carryOut(const edit::QuickFix& fix)
{
    if (const QString problem = applyFix(m_context, fix); !problem.isEmpty()) {
        emit failed(problem);
    }
}

} // namespace sheaf::ui
