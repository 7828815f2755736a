// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

namespace sheaf::ui {

/// The preferences as one value.
struct Settings {
    QString python; // "": SHEAF_PYTHON, else python3 on the path
    QString theme = QStringLiteral("system"); // system, light, dark
    QString workspace; // "": the nearest folder with a .sheaf/, else the job file's own
    QStringList recentFiles; // newest first

    bool operator==(const Settings&) const = default;
};

/// Keeps the preferences, on disk and for all who listen. Words of the command line win over what is kept, for this
/// session only. Owned by AppContext; main thread.
class SettingsState : public QObject
{
    Q_OBJECT

public:
    explicit SettingsState(QObject* parent = nullptr);
    [[nodiscard]] const Settings& settings() const { return m_settings; }
    void save(const Settings& settings);
    void addRecentFile(const QString& file);
    void forgetRecentFile(const QString& file);
    void overrideForSession(const QString& python, const QString& workspace);
    [[nodiscard]] QString python() const { return m_pythonOverride.isEmpty() ? m_settings.python : m_pythonOverride; }
    [[nodiscard]] QString workspace() const { return m_workspaceOverride.isEmpty() ? m_settings.workspace : m_workspaceOverride; }

signals:
    void changed();

private:
    void write() const;
    Settings m_settings;
    QString m_pythonOverride;
    QString m_workspaceOverride;
};

} // namespace sheaf::ui
