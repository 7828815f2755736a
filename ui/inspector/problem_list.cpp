// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/problem_list.h"

#include "ui/inspector/problem_model.h"
#include "ui/state/app_context.h"
#include "ui/widgets/empty_hint.h"

#include <QFileInfo>
#include <QHeaderView>
#include <QStackedLayout>
#include <QTreeView>

namespace sheaf::ui {

ProblemList::ProblemList(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new ProblemModel(this))
    , m_view(new QTreeView(this))
    , m_hint(new EmptyHint(QStringLiteral("check"), this))
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
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_hint);
    connect(&context.pipeline, &PipelineState::changed, this, &ProblemList::refresh);
    connect(&context.pipeline, &PipelineState::opened, this, &ProblemList::refresh);
    connect(&context.pipeline, &PipelineState::closed, this, &ProblemList::refresh);
    const auto select = [this](const QModelIndex& index) {
        if (const QString step = index.isValid() ? m_model->stepOf(index.row()) : QString(); !step.isEmpty()) {
            m_context.selection.setStep(step);
        }
    };
    connect(m_view, &QTreeView::activated, this, select);
    connect(m_view, &QTreeView::clicked, this, select);
    refresh();
}

void ProblemList::refresh()
{
    const auto snapshot = m_context.pipeline.snapshot();
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
    m_stack->setCurrentWidget(count > 0 ? static_cast<QWidget*>(m_view) : m_hint);
    emit titleChanged(count > 0 ? tr("Problems (%1)").arg(count) : tr("Problems"));
}

} // namespace sheaf::ui
