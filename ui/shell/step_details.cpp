// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/step_details.h"

#include "ui/inspector/settings_table.h"
#include "ui/logs/log_panel.h"
#include "ui/metrics/metrics_panel.h"
#include "ui/run/mini_batch_table.h"
#include "ui/run/result_view.h"
#include "ui/run/step_overview.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"

#include <QLabel>
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
    m_tabs->addTab(new StepOverview(context, this), tr("Overview"));
    m_tabs->addTab(m_batches, tr("Mini-batches"));
    auto* logs = new LogPanel(context, this);
    m_tabs->addTab(logs, tr("Logs"));
    m_tabs->addTab(new MetricsPanel(context, this), tr("Charts"));
    m_tabs->addTab(new ResultView(context, this), tr("Result"));
    m_tabs->addTab(new SettingsTable(context, this), tr("Settings"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_title);
    layout->addWidget(m_tabs, 1);
    const auto retitle = [this] {
        const QString step = m_context.selection.step();
        m_title->setText(step.isEmpty() ? tr("No step chosen") : step);
    };
    connect(&context.selection, &SelectionState::stepChanged, this, retitle);
    connect(&context.selection, &SelectionState::batchesAsked, this, [this](const QString& filter) {
        m_batches->setFilterText(filter);
        m_tabs->setCurrentWidget(m_batches);
    });
    connect(&context.selection, &SelectionState::logAsked, this, [this, logs] { m_tabs->setCurrentWidget(logs); });
    retitle();
}

} // namespace sheaf::ui
