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
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStackedLayout>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace sheaf::ui {

ProblemList::ProblemList(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new ProblemModel(this))
    , m_view(new QTreeView(this))
    , m_hint(new EmptyHint(QStringLiteral("check"), this))
    , m_page(new QWidget(this))
    , m_details(new QWidget(m_page))
    , m_words(new QLabel(m_details))
    , m_fixRow(new QHBoxLayout)
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
    m_view->header()->setSectionResizeMode(ProblemModel::Message, QHeaderView::Stretch);
    m_view->header()->hideSection(ProblemModel::Fix); // said whole below the list, of the current row
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_details->setObjectName(QStringLiteral("problems.details"));
    m_words->setObjectName(QStringLiteral("problems.words"));
    m_words->setAccessibleName(tr("The current problem"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_words->setWordWrap(true);
    m_fixRow->setSpacing(space::kMedium);
    auto* details = new QVBoxLayout(m_details);
    details->setContentsMargins(space::kMedium, space::kSmall, space::kMedium, space::kSmall);
    details->setSpacing(space::kSmall);
    details->addWidget(m_words);
    details->addLayout(m_fixRow);
    auto* column = new QVBoxLayout(m_page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_view, 1);
    column->addWidget(m_details);
    m_stack->addWidget(m_page);
    m_details->hide();
    m_fixSoon.setSingleShot(true);
    m_fixSoon.setInterval(120);
    connect(&m_fixSoon, &QTimer::timeout, this, &ProblemList::showCurrent);
    m_stack->addWidget(m_hint);
    connect(&context.pipeline, &PipelineState::changed, this, &ProblemList::refresh);
    connect(&context.pipeline, &PipelineState::opened, this, &ProblemList::refresh);
    connect(&context.pipeline, &PipelineState::closed, this, &ProblemList::refresh);
    connect(m_view, &QTreeView::clicked, this, [this](const QModelIndex& index) { m_context.selection.showField(toQt(m_model->at(index.row()).path)); });
    connect(m_view, &QTreeView::activated, this, [this](const QModelIndex& index) { goToText(index.row()); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, &m_fixSoon, qOverload<>(&QTimer::start));
    connect(m_view, &QTreeView::customContextMenuRequested, this, [this](QPoint position) {
        const QModelIndex under = m_view->indexAt(position); // none: the keyboard's menu key
        openMenu(under.isValid() ? under : m_view->currentIndex(), position);
    });
    auto* fix = new QAction(tr("Fix…"), m_view);
    fix->setObjectName(QStringLiteral("problems.fix"));
    fix->setShortcut(Qt::ALT | Qt::Key_Return);
    fix->setShortcutContext(Qt::WidgetShortcut);
    connect(fix, &QAction::triggered, this, [this] { openMenu(m_view->currentIndex(), m_view->visualRect(m_view->currentIndex()).bottomLeft()); });
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
    goTo(m_model->at(row));
}

void ProblemList::goTo(const spec::Diagnostic& diagnostic)
{
    m_context.selection.showField(toQt(diagnostic.path));
    if (!diagnostic.file.empty()) {
        m_context.selection.showPlace(toQt(diagnostic.file), static_cast<qint64>(diagnostic.where.begin));
    }
}

/// What is wrong and how to mend it, in full, with buttons for what can be mended here: the most likely first.
void ProblemList::showCurrent()
{
    while (QLayoutItem* item = m_fixRow->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->setObjectName({}); // its click may have led here
            item->widget()->deleteLater();
        }
        delete item;
    }
    const QModelIndex index = m_view->currentIndex();
    m_details->setVisible(index.isValid());
    if (!index.isValid()) {
        return;
    }
    const spec::Diagnostic diagnostic = m_model->at(index.row());
    QStringList words { toQt(diagnostic.message) };
    if (!diagnostic.fix.empty()) {
        words << tr("To mend it: %1").arg(toQt(diagnostic.fix));
    }
    m_words->setText(words.join(QLatin1Char('\n')));
    const auto fixes = fixesOf(m_context, diagnostic);
    for (std::size_t i = 0; i < std::min<std::size_t>(fixes.size(), 3); ++i) {
        auto* button = new QPushButton(fixTitle(fixes[i]), m_details);
        button->setObjectName(QStringLiteral("problems.fix.%1").arg(i));
        connect(button, &QPushButton::clicked, this, [this, diagnostic, fix = fixes[i]] { carryOut(diagnostic, fix); });
        m_fixRow->addWidget(button);
    }
    m_fixRow->addStretch(1);
}

/// The fixes are those of this very row: the buttons below may still be of another one.
void ProblemList::openMenu(const QModelIndex& index, QPoint position)
{
    if (!index.isValid()) {
        return;
    }
    const spec::Diagnostic diagnostic = m_model->at(index.row());
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("problems.menu"));
    const auto fixes = fixesOf(m_context, diagnostic);
    for (const auto& fix : fixes) {
        menu->addAction(fixTitle(fix), this, [this, diagnostic, fix] { carryOut(diagnostic, fix); });
    }
    if (!fixes.empty()) {
        menu->addSeparator();
    }
    menu->addAction(tr("Show in the text"), this, [this, diagnostic] { goTo(diagnostic); });
    menu->popup(m_view->viewport()->mapToGlobal(position));
}

/// The text may be another one since the fix was offered: the same fix is worked out for the text as it is.
void ProblemList::carryOut(const spec::Diagnostic& diagnostic, const edit::QuickFix& fix)
{
    const auto isSameFinding = [&](const spec::Diagnostic& other) { // paths and messages do not name the file: two components may have the same
        return other.file == diagnostic.file && other.code == diagnostic.code && other.path == diagnostic.path && other.message == diagnostic.message;
    };
    const auto distance = [&](const spec::Diagnostic& other) {
        return std::max(other.where.begin, diagnostic.where.begin) - std::min(other.where.begin, diagnostic.where.begin);
    };
    const spec::Diagnostic* known = nullptr;
    for (int row = 0; row < m_model->rowCount(); ++row) { // it may have been read again, and stand elsewhere
        const spec::Diagnostic& other = m_model->at(row);
        const bool isNearer = isSameFinding(other) && (known == nullptr || distance(other) < distance(*known));
        known = isNearer ? &other : known;
    }
    const auto fixes = fixesOf(m_context, known != nullptr ? *known : diagnostic);
    const auto isSame = [&](const edit::QuickFix& one) {
        return one.file == fix.file && one.kind == fix.kind && one.from == fix.from && one.to == fix.to && one.path == fix.path;
    };
    const auto now = std::find_if(fixes.begin(), fixes.end(), isSame);
    const QString problem = now == fixes.end() ? tr("The text has changed since: %1 is worked out anew").arg(fixTitle(fix)) : applyFix(m_context, *now);
    if (!problem.isEmpty()) {
        m_fixSoon.start();
        emit failed(problem);
    }
}

} // namespace sheaf::ui
