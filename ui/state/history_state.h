// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/workspace/workspace.h"

#include <vector>
#endif

#include <QObject>
#include <QTimer>

namespace sheaf::ui {

class WorkThread;

/// The runs of the workspace, newest first; asked for again every two seconds while anyone looks. Owned by AppContext; main thread.
class HistoryState : public QObject
{
    Q_OBJECT

public:
    explicit HistoryState(WorkThread& worker, QObject* parent = nullptr);
    /// "" : no workspace, no runs.
    void setFolder(const QString& folder);
    [[nodiscard]] const QString& folder() const { return m_folder; }
    [[nodiscard]] const std::vector<workspace::RunSummary>& runs() const { return m_runs; }
    void refresh();

signals:
    void changed();
    /// The first list of a folder is here: the moment to attach to a run that is going on.
    void loaded();

private:
    WorkThread& m_worker;
    QString m_folder;
    std::vector<workspace::RunSummary> m_runs;
    int m_question = 0;
    bool m_loaded = false;
    bool m_asking = false;
    QTimer m_timer;
};

} // namespace sheaf::ui
