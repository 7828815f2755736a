// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/mailbox.h"
#include "core/event/run_picture.h"
#include "core/logs/log_writer.h"
#include "core/plan/plan_file.h"
#include "core/runtime/coordinator.h"
#include "core/runtime/header_file.h"
#include "core/runtime/journal.h"
#include "core/runtime/outbox.h"
#include "core/runtime/rank_loop.h"
#include "core/runtime/row_spool.h"
#include "core/runtime/run_server.h"
#include "core/runtime/step_report.h"
#include "core/runtime/take_over.h"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace sheaf::runtime {

/// Rank 0's hands: carries out what the Coordinator wants (messages, events, rows, logs, reports, plans) and tells it what
/// happens (messages, answers of the job thread, ticks, stop requests). The only writer of the run's folder. Lives on
/// rank 0's one thread; planning and putting outputs together go to its one job thread, which gets values and gives values.
class CoordinatorHost final : public CoordinatorEffects
{
public:
    CoordinatorHost(pipeline::RunSpec spec, RunDir dir, Journal& journal, EarlierRuns& earlierRuns);
    ~CoordinatorHost() override;

    /// Folds the events of earlier lives in; may be called for one chunk after another.
    void restore(std::span<const event::Event> events);
    /// This life carries out RunDir::repair() and nothing else. Fails when there is none or it cannot be read: then nothing may run. Before
    /// begin().
    [[nodiscard]] Result<void> takeRepair();
    /// Starts what needs no agent: the plans of the first steps. Before MPI is up. `lost`: event::RunStarted::lost.
    void begin(const std::string& lost);
    /// Until the run is over. Fails when the run's facts could not be kept.
    [[nodiscard]] Result<void> run(Transport& transport);

    /// Nothing that an agent sent is on its way any more, so MPI can be finalized.
    [[nodiscard]] bool agentsHaveLeft() const { return m_agentsLeft >= static_cast<int>(m_outboxes.size()); }

    void send(NodeIndex node, const ToAgent& message) override;
    void record(event::Fact fact) override;
    std::optional<std::uint64_t> keepRows(
        StepIndex step, MiniBatchIndex miniBatch, std::string_view header, std::string_view rows) override;
    std::vector<event::LogRange> takeLogRanges(StepIndex step, AttemptId attempt) override;
    void planStep(StepIndex step) override;
    void stopPlanning(StepIndex step) override;
    std::string_view planLine(StepIndex step, MiniBatchIndex miniBatch) override;
    std::uint32_t plannedItems(StepIndex step, MiniBatchIndex miniBatch) override;
    std::string agentStep(StepIndex step, NodeIndex node, std::uint32_t firstProcess) override;
    std::string agentCommand(StepIndex step) override;
    void finalizeStep(StepIndex step, const std::vector<RowSpan>& rows) override;
    void resetStep(StepIndex step) override;
    void stepEnded(StepIndex step) override;
    void runEnded() override;

private:
    struct StepWork;
    struct Planned;
    using Job = std::function<void()>;

    void onBytes(int rank, std::string_view bytes);
    void keepLog(NodeIndex node, const ToCoordinator& message);
    void keepSample(NodeIndex node, std::string_view json);
    void onTurn(double now);
    void onTick();
    void onPlanned(StepIndex step, Planned& planned, const std::string& earlier);
    void scheduleTick();
    void keepEvents();
    void inLoop(std::function<void()> work);
    [[nodiscard]] std::string onRequest(const std::string& line);
    [[nodiscard]] std::filesystem::path codeOf(StepIndex step) const;
    void makeOutputFolders(const pipeline::StepSpec& step, bool clear);
    void stopForProblem(const std::string& problem);
    void leave();
    [[nodiscard]] bool isOver() const;
    void watchNodes(double now);
    [[nodiscard]] Result<void> openRows(StepIndex step);
    [[nodiscard]] StepWork& work(StepIndex step) { return *m_work[step.value]; }
    [[nodiscard]] const pipeline::StepSpec& stepSpec(StepIndex step) const { return m_spec.steps[step.value]; }

    pipeline::RunSpec m_spec;
    RunDir m_dir;
    Journal& m_journal;
    EarlierRuns& m_earlierRuns; // asked by the job thread alone
    logs::LogWriter m_userLogs; // capped: what user code writes
    logs::LogWriter m_reports; // ours
    event::RunPicture m_picture;
    std::vector<event::Event> m_events; // recorded, not yet given to the journal
    std::vector<int> m_rowFiles;
    std::uint64_t m_sequence = 0;
    bool m_restored = false;
    std::vector<std::unique_ptr<StepWork>> m_work;
    std::unordered_map<AttemptId, std::vector<event::LogRange>> m_logRanges;
    std::unique_ptr<Coordinator> m_coordinator;
    Transport* m_transport = nullptr; // once MPI is up
    std::unique_ptr<RankLoop> m_loop;
    std::vector<Outbox> m_outboxes;
    std::unique_ptr<boost::asio::steady_timer> m_tick;
    std::string m_problem; // why the run's facts cannot be kept
    bool m_isRepair = false;
    bool m_over = false;
    double m_overSince = 0;
    bool m_isEnded = false; // by mpirun: what has come is kept, and that is all
    std::vector<double> m_heard; // when each node said something last; 0: it has not joined
    double m_ticked = 0;
    std::string m_lost; // a node that says nothing any more
    int m_agentsLeft = 0; // that have said their last word
    Mailbox<std::function<void()>> m_answers; // of the job thread
    Mailbox<Job> m_jobs;
    std::jthread m_jobThread;
};

} // namespace sheaf::runtime
