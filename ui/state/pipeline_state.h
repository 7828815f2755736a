// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/pipeline/resolver.h"

#include <memory>
#endif

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace sheaf::ui {

class SettingsState;
class WorkThread;

/// The pipeline file that is open: what it says and what is wrong with it, read again when it or one of its components changes on
/// disk. Reading happens in the work thread; each reading is an immutable snapshot. What the interpreter says of the entry scripts comes a
/// moment later, as a snapshot of its own. Never writes. Owned by AppContext; main thread.
class PipelineState : public QObject
{
    Q_OBJECT

public:
    PipelineState(WorkThread& worker, const SettingsState& settings, QObject* parent = nullptr);
    void open(const QString& file);
    void close();
    void reload();

    [[nodiscard]] bool isOpen() const { return !m_file.isEmpty(); }
    [[nodiscard]] const QString& file() const { return m_file; }
    /// Null until the first reading is done.
    [[nodiscard]] std::shared_ptr<const pipeline::Resolved> snapshot() const { return m_snapshot; }
    [[nodiscard]] bool canRun() const;
    [[nodiscard]] int count(spec::Severity severity) const;

signals:
    void opened(); // another file, not read yet
    void changed(); // a new snapshot
    void closed();

private:
    void take(int question, pipeline::Resolved resolved);
    void checkScripts(int question);
    void watch();

    WorkThread& m_worker;
    const SettingsState& m_settings;
    QString m_file;
    std::shared_ptr<const pipeline::Resolved> m_snapshot;
    int m_question = 0; // answers to older questions are dropped
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
};

} // namespace sheaf::ui
