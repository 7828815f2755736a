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

class DocumentState;
class SettingsState;
class WorkThread;

/// The pipeline file that is open: what its text says now, and what is wrong with it; understood again after every change of the text
/// and when one of its other files changes on disk. That happens in a thread; each answer is an immutable snapshot. What the interpreter
/// says of the entry scripts comes a moment later, as a snapshot of its own. Never writes. Owned by AppContext; main thread.
class PipelineState : public QObject
{
    Q_OBJECT

public:
    /// `resolver` understands texts, `checker` waits for interpreters.
    PipelineState(DocumentState& document, WorkThread& resolver, WorkThread& checker, const SettingsState& settings, QObject* parent = nullptr);
    void open(const QString& file);
    void close();
    void reload();

    [[nodiscard]] bool isOpen() const { return !m_file.isEmpty(); }
    [[nodiscard]] const QString& file() const { return m_file; }
    /// Null until the first reading is done.
    [[nodiscard]] std::shared_ptr<const pipeline::Resolved> snapshot() const { return m_snapshot; }
    /// Where outputs of the snapshot would lie: no run is ever made there.
    [[nodiscard]] std::string nextRunDir() const;
    [[nodiscard]] bool canRun() const;
    [[nodiscard]] int count(spec::Severity severity) const;

signals:
    void opened(); // another file, not read yet
    void changed(); // a new snapshot
    void edited(); // the text changed, its snapshot is on its way
    void closed();

private:
    void take(int question, pipeline::Resolved resolved);
    void checkScripts();
    [[nodiscard]] QString scriptsKey() const;
    void addScriptFindings();
    void watch();

    DocumentState& m_document;
    WorkThread& m_resolver;
    WorkThread& m_checker;
    const SettingsState& m_settings;
    QString m_file;
    std::shared_ptr<const pipeline::Resolved> m_snapshot;
    int m_question = 0; // answers to older questions are dropped
    bool m_isReading = false;
    bool m_isOutdated = false; // changed while it was being read
    std::vector<spec::Diagnostic> m_scriptFindings;
    QString m_checkedScripts; // scripts, their times and the interpreter that the findings are of
    QTimer m_checkSoon;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
};

} // namespace sheaf::ui
