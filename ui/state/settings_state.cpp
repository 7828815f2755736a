// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/settings_state.h"

#include <QSettings>

namespace sheaf::ui {

namespace {

constexpr int kRecentFiles = 12;

} // namespace

SettingsState::SettingsState(QObject* parent)
    : QObject(parent)
{
    const QSettings store;
    m_settings.python = store.value(QStringLiteral("python")).toString();
    m_settings.theme = store.value(QStringLiteral("theme"), QStringLiteral("system")).toString();
    m_settings.workspace = store.value(QStringLiteral("workspace")).toString();
    m_settings.recentFiles = store.value(QStringLiteral("recentFiles")).toStringList();
}

void SettingsState::save(const Settings& settings)
{
    if (settings == m_settings) {
        return;
    }
    // What the user chooses in the dialog wins over the command line from now on.
    if (settings.python != m_settings.python) {
        m_pythonOverride.clear();
    }
    if (settings.workspace != m_settings.workspace) {
        m_workspaceOverride.clear();
    }
    m_settings = settings;
    write();
    emit changed();
}

void SettingsState::addRecentFile(const QString& file)
{
    Settings next = m_settings;
    next.recentFiles.removeAll(file);
    next.recentFiles.prepend(file);
    while (next.recentFiles.size() > kRecentFiles) {
        next.recentFiles.removeLast();
    }
    save(next);
}

void SettingsState::forgetRecentFile(const QString& file)
{
    Settings next = m_settings;
    next.recentFiles.removeAll(file);
    save(next);
}

void SettingsState::overrideForSession(const QString& python, const QString& workspace)
{
    m_pythonOverride = python;
    m_workspaceOverride = workspace;
    emit changed();
}

void SettingsState::write() const
{
    QSettings store;
    store.setValue(QStringLiteral("python"), m_settings.python);
    store.setValue(QStringLiteral("theme"), m_settings.theme);
    store.setValue(QStringLiteral("workspace"), m_settings.workspace);
    store.setValue(QStringLiteral("recentFiles"), m_settings.recentFiles);
}

} // namespace sheaf::ui
