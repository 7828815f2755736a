// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/step_details.h"

#include "ui/inspector/step_form.h"
#include "ui/plan/plan_view.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"

#include <QLabel>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

namespace sheaf::ui {

StepDetails::StepDetails(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_title(new QLabel(this))
{
    setObjectName(QStringLiteral("step.details"));
    m_title->setFont(textFont(2, true));
    m_title->setObjectName(QStringLiteral("step.title"));
    m_title->setContentsMargins(space::kPanel, space::kMedium, space::kPanel, 0);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_title);
    layout->addWidget(settingsPage(), 1);
    const auto retitle = [this] {
        const QString step = m_context.selection.step();
        const auto count = m_context.selection.steps().size();
        m_title->setText(step.isEmpty() ? m_context.pipeline.isOpen() ? tr("The pipeline") : tr("No step chosen") : count > 1 ? tr("%1 steps").arg(count) : step);
    };
    connect(&context.selection, &SelectionState::stepsChanged, this, retitle);
    connect(&context.pipeline, &PipelineState::opened, this, retitle);
    retitle();
}

/// The fields, and below them what comes of them.
QWidget* StepDetails::settingsPage()
{
    auto* page = new QSplitter(Qt::Vertical, this);
    page->setObjectName(QStringLiteral("step.settings"));
    page->setChildrenCollapsible(false);
    page->addWidget(new StepForm(m_context, page));
    auto* plan = new QScrollArea(page); // it scrolls: the window shall fit on a small screen
    plan->setObjectName(QStringLiteral("step.plan"));
    plan->setFocusPolicy(Qt::NoFocus);
    plan->setWidgetResizable(true);
    plan->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    plan->setWidget(new PlanView(m_context, plan));
    page->addWidget(plan);
    const auto show = [this, plan] { plan->setVisible(m_context.selection.steps().size() == 1); }; // neither the pipeline nor several steps have one
    connect(&m_context.selection, &SelectionState::stepsChanged, plan, show);
    show();
    for (int i = 0; i < page->count(); ++i) {
        page->widget(i)->setMinimumHeight(180);
    }
    page->setSizes({ 600, 400 });
    page->setStretchFactor(0, 3);
    page->setStretchFactor(1, 2);
    return page;
}

} // namespace sheaf::ui
