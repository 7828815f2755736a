// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

namespace sheaf::ui {

/// Which step and mini-batch are looked at: where panels meet that never talk to each other. Owned by AppContext; main thread.
class SelectionState : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] const QString& step() const { return m_step; }
    void setStep(const QString& step) { setSteps(step.isEmpty() ? QStringList() : QStringList { step }); }
    /// Several steps may be chosen on the canvas; the first is the one whose details are shown.
    [[nodiscard]] const QStringList& steps() const { return m_steps; }
    void setSteps(const QStringList& steps)
    {
        if (steps == m_steps) {
            return;
        }
        m_steps = steps;
        const QString first = steps.isEmpty() ? QString() : steps.first();
        const bool isOther = first != m_step;
        m_step = first;
        emit stepsChanged();
        if (isOther) {
            emit stepChanged(first);
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
    /// Asks for a log file of the step in view (a path below its log folder) at this byte; -1: at its end.
    void showLog(const QString& file, qint64 offset) { emit logAsked(file, offset); }
    /// Asks for a file of the pipeline in the text editor, the cursor before this byte.
    void showPlace(const QString& file, qint64 offset) { emit placeAsked(file, offset); }
    /// Asks for the field with this dotted path ("jobs.score.mini_batch_size") where fields are shown; chooses its step.
    void showField(const QString& path)
    {
        if (path.startsWith(QLatin1String("jobs."))) {
            setStep(path.section(QLatin1Char('.'), 1, 1));
        }
        emit fieldAsked(path);
    }

signals:
    void fieldAsked(const QString& path);
    void stepChanged(const QString& step);
    void stepsChanged();
    void stepOpened(const QString& step);
    void batchesAsked(const QString& filter);
    void logAsked(const QString& file, qint64 offset);
    void placeAsked(const QString& file, qint64 offset);

private:
    QString m_step;
    QStringList m_steps;
};

} // namespace sheaf::ui
