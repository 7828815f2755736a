// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QObject>
#include <QString>

namespace sheaf::ui {

/// Which step and mini-batch are looked at: where panels meet that never talk to each other. Owned by AppContext; main thread.
class SelectionState : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] const QString& step() const { return m_step; }
    void setStep(const QString& step)
    {
        if (step != m_step) {
            m_step = step;
            emit stepChanged(step);
        }
    }
    /// Asks the frame to show the details of a step.
    void openStep(const QString& step)
    {
        setStep(step);
        emit stepOpened(step);
    }
    /// Asks for the mini-batches of the step in view, with this filter.
    void showBatches(const QString& filter) { emit batchesAsked(filter); }
    /// Asks for the log of one process of the step in view.
    void showLog(int node, int process) { emit logAsked(node, process); }

signals:
    void stepChanged(const QString& step);
    void stepOpened(const QString& step);
    void batchesAsked(const QString& filter);
    void logAsked(int node, int process);

private:
    QString m_step;
};

} // namespace sheaf::ui
