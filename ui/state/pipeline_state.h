// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/pipeline/resolver.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>
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
/// says of the entry scripts, and the room on the disk, come a moment later, as a snapshot of their own; both are asked again when somebody
/// comes back to the window. Never writes. Owned by AppContext; main thread.
class PipelineState : public QObject
{
    Q_OBJECT

public:
    /// `resolver` understands texts, `checker` waits for interpreters.
    PipelineState(DocumentState& document, WorkThread& resolver, WorkThread& checker, const SettingsState& settings, QObject* parent = nullptr);
    void open(const QString& file);
    void close();
    void reload();
    /// Reads everything again, and asks the interpreter and the disk anew: something outside may have changed.
    void lookAgain();

    /// Who is asked about the disk; in the checker's thread. Else workspace::checkDisk.
    using DiskCheck = std::function<std::vector<spec::Diagnostic>(const pipeline::RunSpec& spec, const std::string& runDir)>;
    void setDiskCheck(DiskCheck check) { m_checkDisk = std::move(check); }

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
    struct Read;
    using Findings = std::vector<spec::Diagnostic>;

    void take(int question, Read read);
    void forgetFindings();
    void check();
    void checkScripts();
    void checkDisk();
    void show();
    [[nodiscard]] bool isDiskDue() const;
    void watch();

    DocumentState& m_document;
    WorkThread& m_resolver;
    WorkThread& m_checker;
    const SettingsState& m_settings;
    QString m_file;
    std::shared_ptr<const pipeline::Resolved> m_bare; // as it was read
    std::shared_ptr<const pipeline::Resolved> m_snapshot; // and with what the interpreter and the disk say
    std::shared_ptr<spec::YamlFiles> m_known; // the resolver's thread alone uses it
    int m_question = 0; // answers to older questions are dropped
    bool m_isReading = false;
    bool m_isOutdated = false; // changed while it was being read

    QString m_scripts; // all that the interpreter's findings depend on, as it is now
    QString m_checkedScripts; // as it was when m_scriptFindings were told
    QString m_askedScripts; // of the question on its way, or empty
    int m_scriptQuestion = 0;
    bool m_areScriptsDue = false; // asked whether they changed or not
    Findings m_scriptFindings;
    DiskCheck m_checkDisk;
    std::vector<std::string> m_copied; // the code folders that the disk was last asked about
    bool m_wasDiskAsked = false;
    int m_diskQuestion = 0;
    Findings m_diskFindings;
    QTimer m_checkSoon;
    QTimer m_diskAgain;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
};

} // namespace sheaf::ui
