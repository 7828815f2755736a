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
    /// Letters that a list of numbers may have as a filter: a longer one would be cut by the box that shows it, and then mean others.
    static constexpr int kLongestFilter = 4000;
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
            setMiniBatch(-1);
            setFilter({});
            emit stepChanged(first);
        }
    }
    /// Another run is looked at: what was chosen within the one before means nothing in it. The step stays.
    void forgetRun()
    {
        setMiniBatch(-1);
        setTime(0);
        setFilter({});
    }
    /// Asks the frame to show the details of a step.
    void openStep(const QString& step)
    {
        setStep(step);
        emit stepOpened(step);
    }
    /// Asks for the mini-batches of the step in view, with this filter.
    void showBatches(const QString& filter)
    {
        setFilter(filter);
        emit pageAsked(QStringLiteral("batches"));
    }
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

    /// The mini-batch of the step in view that all panels look at; -1: none.
    [[nodiscard]] qint64 miniBatch() const { return m_miniBatch; }
    void setMiniBatch(qint64 number)
    {
        if (number != m_miniBatch) {
            m_miniBatch = number;
            emit miniBatchChanged(number);
        }
    }
    /// The moment that all panels with a time axis mark, wall time in µs; 0: none.
    [[nodiscard]] qint64 time() const { return m_time; }
    void setTime(qint64 micros)
    {
        if (micros != m_time) {
            m_time = micros;
            emit timeChanged(micros);
        }
    }
    /// What the mini-batch table, the grid and the timeline show of the step in view: words of triage::MiniBatchFilter. "": all.
    [[nodiscard]] const QString& filter() const { return m_filter; }
    void setFilter(const QString& filter)
    {
        if (filter != m_filter) {
            m_filter = filter;
            emit filterChanged(filter);
        }
    }
    /// Asks to compare the open run with this one of the workspace.
    void askCompare(const QString& run)
    {
        emit compareAsked(run);
        showPage(QStringLiteral("compare"));
    }
    /// Asks the frame for a page of the run: "verdict", "batches", "timeline", "metrics", "logs", "outputs", "compare".
    void showPage(const QString& page) { emit pageAsked(page); }
    /// Asks to run mini-batches again, after the list has been shown. `filter`: which of the step in view; "state:failed", "group:2".
    void askRepair(const QString& filter) { emit repairAsked(filter); }
    /// Asks to go on with the open run; with which code, when the user's differs, is asked first.
    void askResume() { emit resumeAsked(); }
    /// Asks to write the open run as one page; where to is asked first.
    void askReport() { emit reportAsked(); }
    /// Asks to run one mini-batch of the step in view here, alone.
    void askDebug(qint64 miniBatch) { emit debugAsked(miniBatch); }

signals:
    void miniBatchChanged(qint64 number);
    void timeChanged(qint64 micros);
    void filterChanged(const QString& filter);
    void pageAsked(const QString& page);
    void compareAsked(const QString& run);
    void repairAsked(const QString& filter);
    void debugAsked(qint64 miniBatch);
    void resumeAsked();
    void reportAsked();
    void fieldAsked(const QString& path);
    void stepChanged(const QString& step);
    void stepsChanged();
    void stepOpened(const QString& step);
    void logAsked(const QString& file, qint64 offset);
    void placeAsked(const QString& file, qint64 offset);

private:
    QString m_step;
    QStringList m_steps;
    qint64 m_miniBatch = -1;
    qint64 m_time = 0;
    QString m_filter;
};

} // namespace sheaf::ui
