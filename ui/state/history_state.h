// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/run_picture.h"
#include "core/triage/run_comparison.h"
#include "core/workspace/recorded_run.h"
#include "core/workspace/run_index.h"
#include "core/workspace/run_labels.h"
#include "core/workspace/workspace.h"

#include <functional>
#include <memory>
#include <vector>
#endif

#include <QObject>
#include <QStringList>
#include <QTimer>

namespace sheaf::ui {

class RunState;
class WorkThread;

/// The runs of the workspace, newest first; asked for again every two seconds while anyone looks. What the open one's record says it hears
/// from RunState, which has read it. What is done to them is done in the work thread. Owned by AppContext; main thread.
class HistoryState : public QObject
{
    Q_OBJECT

public:
    HistoryState(WorkThread& reader, WorkThread& worker, const RunState& open, QObject* parent = nullptr);
    /// "" : no workspace, no runs.
    void setFolder(const QString& folder);
    [[nodiscard]] const QString& folder() const { return m_folder; }
    [[nodiscard]] const std::vector<workspace::RunSummary>& runs() const { return m_runs; }
    void refresh();
    [[nodiscard]] const workspace::RunSummary* find(const QString& run) const;
    /// Somebody works on it.
    [[nodiscard]] static bool isActive(const workspace::RunSummary& run);

    void setLabels(const QString& run, const QStringList& tags, const QString& note);
    /// What they take on the disk together; answered in the main thread while `guard` lives.
    void askSize(QObject* guard, const QStringList& runs, std::function<void(workspace::RunSize)> then);
    /// Takes them away; removed() tells which. Those that cannot be are told by failed(), each.
    void remove(const QStringList& runs);

    struct Comparison {
        triage::RunComparison differences;
        std::vector<workspace::StepCodeDifference> code;
        event::RunState first = event::RunState::Starting;
        event::RunState second = event::RunState::Starting;
    };
    /// Two runs by their folders, the first against the second; both are read whole. Answered as askSize().
    void askComparison(QObject* guard, const QString& firstFolder, const QString& secondFolder, std::function<void(const Result<Comparison>&)> then);

signals:
    void changed();
    void removed(const QStringList& runs);
    void failed(const sheaf::Error& error);
    /// The first list of a folder is here: the moment to attach to a run that is going on.
    void loaded();

private:
    /// The open run, when it is one of these and its record has been read; else "".
    [[nodiscard]] std::string followed() const;

    WorkThread& m_reader;
    WorkThread& m_worker;
    const RunState& m_open;
    std::shared_ptr<workspace::RunLister> m_lister; // used in the reading thread
    QString m_folder;
    std::vector<workspace::RunSummary> m_runs;
    int m_question = 0;
    bool m_loaded = false;
    bool m_asking = false;
    QTimer m_timer;
};

} // namespace sheaf::ui
