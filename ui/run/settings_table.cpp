// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/settings_table.h"

#include "ui/run/settings_model.h"
#include "ui/state/app_context.h"
#include "ui/text/convert.h"

#include <QHeaderView>
#include <QTreeView>
#include <QVBoxLayout>

namespace sheaf::ui {

SettingsTable::SettingsTable(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new SettingsModel(this))
    , m_view(new QTreeView(this))
{
    m_view->setObjectName(QStringLiteral("settings.table"));
    m_view->setAccessibleName(tr("Settings in force"));
    m_view->setModel(m_model);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(SettingsModel::Value, QHeaderView::Stretch);
    m_view->header()->resizeSection(SettingsModel::Name, 260);
    m_view->header()->resizeSection(SettingsModel::Origin, 120);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_view);
    connect(&context.selection, &SelectionState::stepChanged, this, &SettingsTable::refresh);
    connect(&context.run, &RunState::opened, this, &SettingsTable::refresh);
    connect(&context.run, &RunState::closed, this, &SettingsTable::refresh);
    connect(&context.pipeline, &PipelineState::changed, this, &SettingsTable::refresh);
    refresh();
}

void SettingsTable::refresh()
{
    const QString step = m_context.selection.step();
    const pipeline::StepSpec* spec = m_context.run.isOpen() ? m_context.run.stepSpec(step) : nullptr;
    const auto snapshot = m_context.pipeline.snapshot();
    if (spec == nullptr && snapshot && !m_context.run.isOpen()) {
        for (const auto& candidate : snapshot->spec.steps) {
            spec = toQt(candidate.name) == step ? &candidate : spec;
        }
    }
    const auto& overrides = m_context.run.isOpen() ? m_context.run.spec().overrides : std::vector<std::string> {};
    m_model->setRows(spec != nullptr ? settingsInForce(*spec, overrides) : std::vector<SettingRow> {});
}

} // namespace sheaf::ui
