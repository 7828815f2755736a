// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/attempt_log.h"
#include "core/event/run_picture.h"
#include "core/monitor/sample.h"
#include "core/pipeline/run_spec.h"
#include "core/plan/plan_file.h"
#include "core/workspace/repair.h"
#include "core/workspace/run_replay.h"
#include "core/workspace/workspace.h"
#include "ui/state/watch_pace.h"

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>
#endif

#include <QObject>
#include <QTimer>

namespace sheaf::ui {

class WorkThread;

/// The run that is open, going on or long over: its events are read from run.db in the reading thread, a chunk at a time, and
/// folded into a RunPicture here. Live view and history are this one road. Also the verbs on it, carried out in the work
/// thread. Never keeps a run alive and never ends one by going away. Owned by AppContext; main thread.
class RunState : public QObject
{
    Q_OBJECT

public:
    RunState(WorkThread& reader, WorkThread& worker, QObject* parent = nullptr);
    ~RunState() override;

    void open(const QString& workspaceFolder, const QString& run);
    /// A run's folder that lies anywhere, read-only or not: a copy to look at, for what belongs to it is not here.
    void openCopy(const QString& runFolder);
    void close();

    [[nodiscard]] bool isOpen() const { return m_dir.has_value(); }
    /// The frozen job; empty until it has been read.
    [[nodiscard]] const pipeline::RunSpec& spec() const { return m_spec; }
    [[nodiscard]] const event::RunPicture& picture() const { return m_picture; }
    [[nodiscard]] const runtime::RunDir& dir() const { return *m_dir; }
    [[nodiscard]] const QString& workspaceFolder() const { return m_folder; }
    [[nodiscard]] QString run() const;
    /// A coordinator lives, or mpirun is on its way.
    [[nodiscard]] bool isActive() const { return m_active; }
    /// The record has been read up to now at least once.
    [[nodiscard]] bool isLoaded() const { return m_loaded; }
    /// Not even read once up to now: what the picture says is of a moment long ago, and nothing to go by.
    [[nodiscard]] bool isBeingRead() const { return isOpen() && !m_loaded && !m_starting; }
    [[nodiscard]] bool isOver() const;
    /// No end was written and nobody lives: can be resumed.
    [[nodiscard]] bool isInterrupted() const { return isOpen() && m_loaded && !m_active && !isReplaying() && !isOver(); }
    [[nodiscard]] bool isStarting() const { return m_starting; }
    [[nodiscard]] bool isStopAsked() const { return m_stopAsked || m_picture.stopAsked(); }
    [[nodiscard]] double elapsedSeconds() const;
    /// The moment up to which the picture goes while somebody works in it: the time now, or that of a replay; 0: nobody does.
    [[nodiscard]] std::int64_t liveMicros() const;
    /// Of another folder than its workspace's, or brought into it from elsewhere: what it names of this machine was written elsewhere, and is neither run nor opened.
    [[nodiscard]] bool isCopy() const;
    /// Whether a file that the run names may be given to the desktop: of a copy only what lies in its folder, links followed.
    [[nodiscard]] bool mayOpen(const QString& file) const;
    /// Not "": why nothing can be done to the run as it is open now, a sentence. stop(), resume() and repair() then refuse.
    [[nodiscard]] QString whyOnlyLooked() const;

    /// Shows the run, which must be over, as it was at this moment: picture() and attempts() are those of then; nullopt: all of it again.
    /// The picture comes later, with changed() and replayed(); of moments asked for meanwhile only the last one comes.
    void replay(std::optional<std::int64_t> micros);
    [[nodiscard]] bool isReplaying() const { return m_recorded != nullptr; }
    /// The moment in view; 0: it is not replayed.
    [[nodiscard]] std::int64_t replayMicros() const { return isReplaying() ? m_replayMicros : 0; }
    /// All that was recorded, whatever is in view.
    [[nodiscard]] const event::RunPicture& recorded() const { return isReplaying() ? m_recorded->picture : m_picture; }
    /// When the attempts of all steps ended that failed, in order.
    [[nodiscard]] std::vector<std::int64_t> failureMicros() const;
    /// Writes the run as one HTML page, in the work thread; reportSaved() or failed() tells how that went.
    void saveReport(const QString& file);

    [[nodiscard]] std::optional<StepIndex> stepIndex(const QString& name) const;
    [[nodiscard]] const event::StepPicture* step(const QString& name) const;
    [[nodiscard]] const pipeline::StepSpec* stepSpec(const QString& name) const;
    /// Last line of what its last attempt raised; "" when that was well.
    [[nodiscard]] QString errorOf(StepIndex step, MiniBatchIndex miniBatch) const;
    /// What each worker of a step did when.
    [[nodiscard]] const event::AttemptLog& attempts(StepIndex step) const;
    /// What nodes used, thinned when the run is long (monitor::SampleHistory).
    [[nodiscard]] const std::vector<monitor::NodeSample>& samples() const { return *m_samples; }
    /// The same for another thread; it never changes.
    [[nodiscard]] const std::shared_ptr<const std::vector<monitor::NodeSample>>& sharedSamples() const { return m_samples; }

    /// Opens the run when it is there, unless another was opened meanwhile; started() names it either way.
    void start(const QString& workspaceFolder, const workspace::StartRequest& request);
    void stop(bool now);
    void resume();
    /// Runs mini-batches of a step again, or ignores them; with `currentCode` the user's code of now (workspace::repair). False: it cannot be
    /// asked for now, and failed() has said why, or whyOnlyLooked() does.
    bool repair(const runtime::RepairRequest& request, bool currentCode);
    /// How the user's code differs from what the step ran last; answered in the main thread while `guard` lives. Nothing is answered when
    /// no run is open.
    void askCodeDifference(QObject* guard, const QString& step, std::function<void(const Result<workspace::CodeDifference>&)> then);

    /// The beginning of something that may be long.
    struct TextPart {
        QString text;
        std::uint64_t bytes = 0; // of the whole
        std::uint64_t shown = 0; // of them in `text`
    };
    /// All ended attempts of a mini-batch with its line of the plan; answered in the main thread while `guard` lives.
    struct MiniBatchStory {
        std::vector<event::AttemptEnded> attempts;
        std::vector<QString> logs; // per attempt: what it wrote, its streams one after the other
        std::vector<std::vector<std::pair<event::LogStream, TextPart>>> streams; // the same by stream
        std::vector<TextPart> rows; // per attempt: what run() returned, where that was kept
        QString planLine;
        std::string line; // as it is in plan.jsonl; "" when there is no plan
        std::shared_ptr<const plan::PlanHeader> plan; // or null
        std::optional<Error> error;
    };
    void askStory(QObject* guard, StepIndex step, MiniBatchIndex miniBatch, std::function<void(MiniBatchStory)> then);
    /// The last line that each wrote, of many at once: for rows in sight. Of one that ended by the ranges the run recorded; of a running
    /// one the end of its process's newest file, when that has grown since it began.
    struct LastLine {
        MiniBatchIndex miniBatch;
        QString line;
        std::int64_t micros = 0; // when a running one last wrote; 0: not since it began, or it has ended
    };
    void askLastLines(QObject* guard, StepIndex step, const std::vector<MiniBatchIndex>& miniBatches, std::function<void(std::vector<LastLine>)> then);
    /// plan::inputBytesOf() of a step: may take seconds.
    void askInputBytes(QObject* guard, StepIndex step, std::function<void(std::vector<std::uint64_t>)> then);

signals:
    void opened();
    void closed();
    void changed(const sheaf::event::ChangeSet& changes);
    void activityChanged(); // active, starting, loaded or stop asked
    void samplesAdded();
    void started(const QString& run, const QStringList& remarks);
    void failed(const sheaf::Error& error);
    /// Another moment is in view, or the end again.
    void replayed();
    void reportSaved(const QString& file);

private:
    /// What is put aside while a moment is in view.
    struct Recorded {
        event::RunPicture picture;
        std::shared_ptr<const std::vector<event::AttemptLog>> attempts;
    };
    struct Moment;
    struct Journal;
    struct Chunk;
    void openDir(runtime::RunDir dir, std::optional<workspace::Workspace> workspace);
    void askMoment();
    void showMoment(Moment moment);
    void endReplay();
    void poll();
    void take(int visit, Chunk chunk);
    bool startAgain(std::function<Result<void>()> verb);
    void noteAttempts(const std::vector<event::Event>& events);
    void setActive(bool active);

    WorkThread& m_reader;
    WorkThread& m_worker;
    QString m_folder;
    std::optional<runtime::RunDir> m_dir;
    pipeline::RunSpec m_spec;
    event::RunPicture m_picture;
    std::vector<event::AttemptLog> m_attempts; // by step
    std::shared_ptr<const std::vector<monitor::NodeSample>> m_samples = std::make_shared<const std::vector<monitor::NodeSample>>();
    std::shared_ptr<Journal> m_journal; // its folder and workspace never change; all else is touched in the reading thread only
    std::unique_ptr<Recorded> m_recorded;
    std::shared_ptr<workspace::RunReplay> m_replay; // touched in the reading thread only
    std::optional<std::int64_t> m_replayWanted;
    std::int64_t m_replayMicros = 0;
    bool m_isAskingMoment = false;
    QTimer m_timer;
    WatchPace m_pace;
    bool m_isMoved = false; // was made elsewhere, though it lies among the runs of a workspace
    int m_visit = 0; // counts open() and close(): answers about an earlier visit are dropped
    bool m_active = false;
    bool m_loaded = false;
    bool m_starting = false;
    bool m_stopAsked = false;
};

} // namespace sheaf::ui
