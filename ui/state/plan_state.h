// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/mailbox.h"
#include "core/pipeline/plan_figures.h"
#include "core/plan/mini_batch_planner.h"
#include "core/plan/plan_lines.h"
#include "core/workspace/preview.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>
#endif

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace sheaf::ui {

class WorkThread;

/// The plan of the step in view before it runs, made by the run's own planner in a thread, and one of its mini-batches as run() would be
/// given it. Mini-batches arrive while the plan is being made, 20 times a second at most. Nothing is written, no user code runs.
/// Notices by itself when files of the input come, go or change: it watches the folders (a bounded number of them) and looks when somebody
/// comes back to the window; a plan that would come out the same stays as it is. Owned by AppContext; main thread.
class PlanState : public QObject
{
    Q_OBJECT

public:
    enum class Phase {
        Idle, // nothing to plan: no step, a command, or a step without a main input
        Planning,
        Done,
        Failed, // error() says why
        Stopped, // by stop(); what there was is kept
        Later, // its input is made by another step and not there yet
    };
    enum class PreviewPhase {
        None, // nothing is chosen, or the plan is not whole
        Reading,
        There,
        Failed, // previewError() says why
    };

    /// `planner` may be busy for minutes; `previewer` waits for interpreters.
    PlanState(WorkThread& planner, WorkThread& previewer, QObject* parent = nullptr);
    ~PlanState() override; // stops what is going on

    /// Plans this step, if what the planner is told differs from last time; figures follow all settings. `python` as in the preferences: "" is
    /// the usual one.
    void ask(const pipeline::StepSpec& step, const QString& python);
    /// No step is in view.
    void clear();
    /// Plans anew, whether anything changed or not.
    void again();
    /// Plans anew if the plan would be another one; finds that out in the thread.
    void lookAgain();
    void stop();

    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] const Error& error() const { return m_error; }
    [[nodiscard]] bool hasStep() const { return m_step.has_value(); }
    [[nodiscard]] const pipeline::StepSpec& step() const { return *m_step; }
    [[nodiscard]] const plan::PlanLines& lines() const { return m_lines; }
    /// Null until the plan is whole.
    [[nodiscard]] const plan::PlanHeader* header() const { return m_header.get(); }
    [[nodiscard]] const plan::PlanProgress& progress() const { return m_progress; }
    [[nodiscard]] const plan::PlanSizes& sizes() const { return m_sizes; }
    [[nodiscard]] const pipeline::PlanFigures& figures() const { return m_figures; }

    /// Has a mini-batch read, as soon as the plan is whole and nothing else was chosen for a moment; -1: none.
    void choose(std::int64_t miniBatch);
    [[nodiscard]] std::int64_t chosen() const { return m_chosen; }
    [[nodiscard]] PreviewPhase previewPhase() const { return m_previewPhase; }
    [[nodiscard]] const workspace::MiniBatchPreview& preview() const { return m_preview; }
    [[nodiscard]] const Error& previewError() const { return m_previewError; }

signals:
    void restarted(); // lines() is empty again
    void linesAdded();
    void changed(); // phase, figures or progress
    void previewChanged();

private:
    struct Batch;
    struct Made;
    struct Look;
    class Collector;

    void start();
    void watch(const std::vector<std::string>& places);
    void halt();
    void drain();
    void take(int question, Made made);
    void refreshFigures();
    void forgetPreview();
    void askPreview();

    WorkThread& m_planner;
    WorkThread& m_previewer;
    std::optional<pipeline::StepSpec> m_step;
    QString m_python;
    plan::PlanRequest m_request;
    QString m_stamp; // of the file MLTable
    Phase m_phase = Phase::Idle;
    Error m_error;
    plan::PlanLines m_lines;
    std::shared_ptr<const plan::PlanHeader> m_header;
    plan::PlanProgress m_progress;
    plan::PlanSizes m_sizes;
    pipeline::PlanFigures m_figures;
    pipeline::Machine m_machine;
    int m_question = 0; // answers to older questions are dropped
    std::stop_source m_stop;
    std::shared_ptr<Mailbox<Batch>> m_arrived;
    QTimer m_drain;
    std::string m_outcome; // what a look is compared with
    std::stop_source m_lookStop;
    int m_lookQuestion = 0;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;

    std::int64_t m_chosen = -1;
    PreviewPhase m_previewPhase = PreviewPhase::None;
    workspace::MiniBatchPreview m_preview;
    Error m_previewError;
    int m_previewQuestion = 0;
    std::stop_source m_previewStop;
    QTimer m_previewSoon;
};

} // namespace sheaf::ui
