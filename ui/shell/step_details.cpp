// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/step_details.h"

#include "ui/inspector/step_form.h"
#include "ui/logs/log_panel.h"
#include "ui/metrics/metrics_panel.h"
#include "ui/plan/plan_view.h"
#include "ui/run/mini_batch_table.h"
#include "ui/run/result_view.h"
#include "ui/run/settings_table.h"
#include "ui/run/step_overview.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"

#include <QLabel>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

namespace sheaf::ui {

StepDetails::StepDetails(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_title(new QLabel(this))
    , m_tabs(new QTabWidget(this))
    , m_batches(new MiniBatchTable(context, this))
{
    setObjectName(QStringLiteral("step.details"));
    m_title->setFont(textFont(2, true));
    m_title->setObjectName(QStringLiteral("step.title"));
    m_title->setContentsMargins(space::kPanel, space::kMedium, space::kPanel, 0);
    m_tabs->setObjectName(QStringLiteral("step.tabs"));
    m_tabs->setAccessibleName(tr("Details of the step"));
    m_tabs->setDocumentMode(true);
    m_settings = settingsPage();
    m_tabs->addTab(m_settings, tr("Settings"));
    m_overview = new StepOverview(context, this);
    m_tabs->addTab(m_overview, tr("Overview"));
    m_tabs->addTab(m_batches, tr("Mini-batches"));
    auto* logs = new LogPanel(context, this);
    m_tabs->addTab(logs, tr("Logs"));
    m_tabs->addTab(new MetricsPanel(context, this), tr("Charts"));
    m_tabs->addTab(new ResultView(context, this), tr("Result"));
    m_tabs->addTab(new SettingsTable(context, this), tr("In force"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_title);
    layout->addWidget(m_tabs, 1);
    const auto retitle = [this] {
        const QString step = m_context.selection.step();
        const auto count = m_context.selection.steps().size();
        m_title->setText(step.isEmpty() ? m_context.pipeline.isOpen() ? tr("The pipeline") : tr("No step chosen") : count > 1 ? tr("%1 steps").arg(count) : step);
    };
    connect(&context.selection, &SelectionState::stepsChanged, this, retitle);
    connect(&context.pipeline, &PipelineState::opened, this, [this, retitle] {
        retitle();
        m_tabs->setCurrentWidget(m_settings);
    });
    // Who opens a step wants its settings; who starts a run wants to see how it goes.
    connect(&context.selection, &SelectionState::stepOpened, this, [this] {
        if (m_context.pipeline.isOpen()) {
            m_tabs->setCurrentWidget(m_settings);
        }
    });
    connect(&context.selection, &SelectionState::fieldAsked, this, [this] { m_tabs->setCurrentWidget(m_settings); });
    connect(&context.run, &RunState::opened, this, [this] {
        if (m_tabs->currentWidget() == m_settings) {
            m_tabs->setCurrentWidget(m_overview);
        }
    });
    connect(&context.selection, &SelectionState::pageAsked, this, [this](const QString& page) {
        if (page == QLatin1String("batches")) {
            m_tabs->setCurrentWidget(m_batches);
        }
    });
    connect(&context.selection, &SelectionState::logAsked, this, [this, logs] { m_tabs->setCurrentWidget(logs); });
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
