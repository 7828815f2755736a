// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/event.h"
#include "core/pipeline/run_spec.h"
#include "core/runtime/attempts.h"
#include "core/runtime/messages.h"
#include "core/runtime/repair.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::runtime {

/// What the coordinator wants done. Real: CoordinatorHost, which carries it out; in tests: a recorder.
class CoordinatorEffects
{
public:
    virtual ~CoordinatorEffects() = default;
    virtual void send(NodeIndex node, const ToAgent& message) = 0;
    virtual void record(event::Fact fact) = 0;
    /// Puts the rows of a mini-batch into the step's spool; where they begin. The event that names them is recorded after.
    /// nullopt: they cannot be kept, the run is ending; nothing may be recorded of this mini-batch.
    [[nodiscard]] virtual std::optional<std::uint64_t> keepRows(
        StepIndex step, MiniBatchIndex miniBatch, std::string_view header, std::string_view rows)
        = 0;
    /// What the attempt wrote to its process's log files so far.
    virtual std::vector<event::LogRange> takeLogRanges(StepIndex step, AttemptId attempt) = 0;
    /// Make the plan (or open the one of an earlier life); answered by onStepPlanned or onPlanFailed.
    virtual void planStep(StepIndex step) = 0;
    virtual void stopPlanning(StepIndex step) = 0;
    /// The line of plan.jsonl; valid until the next call.
    virtual std::string_view planLine(StepIndex step, MiniBatchIndex miniBatch) = 0;
    /// Items of a mini-batch as far as the plan knows them (files, json rows), else 0.
    virtual std::uint32_t plannedItems(StepIndex step, MiniBatchIndex miniBatch) = 0;
    /// What the agents need to know: AgentStep or AgentCommand as JSON. Makes the step's folders.
    virtual std::string agentStep(StepIndex step, NodeIndex node, std::uint32_t firstProcess) = 0;
    virtual std::string agentCommand(StepIndex step) = 0;
    /// Put the rows together as the output; answered by onStepFinalized.
    virtual void finalizeStep(StepIndex step, const std::vector<RowSpan>& rows) = 0;
    /// A completed step begins from nothing: its plan and rows of before are forgotten.
    virtual void resetStep(StepIndex step) = 0;
    /// The step is over: its last reports are due.
    virtual void stepEnded(StepIndex step) = 0;
    virtual void runEnded() = 0;
};

/// The thinking of rank 0: which step may start, which mini-batch goes to which node next, when to try again, when to
/// stop. Each thing that can happen is one on…() function; effects go out through CoordinatorEffects. It reads no clock, no
/// file, no socket: `now` is seconds on a clock that only goes forward. Owned by CoordinatorHost; one thread.
class Coordinator
{
public:
    Coordinator(const pipeline::RunSpec& spec, CoordinatorEffects& effects);
    ~Coordinator();

    /// Folds the events of earlier lives in. Before start().
    void restore(std::span<const event::Event> events);
    /// This life does what is asked and nothing else: these mini-batches of this step, then the steps that need it. After restore(),
    /// before start().
    void repair(const RepairRequest& request);
    /// All agents have not joined yet; the first life's steps are planned meanwhile.
    void start(double now, std::int64_t pid, const std::string& host, const std::string& lost = {});

    void onMessage(NodeIndex node, const ToCoordinator& message, double now);
    /// `takenOver`: attempts of an earlier run that count as this run's (--resume_from); their rows are in the spool.
    void onStepPlanned(StepIndex step, const event::StepPlanned& planned, const std::vector<std::string>& warnings,
        std::vector<event::AttemptEnded> takenOver, double now);
    /// The input is being read from now on (before that the plan waited for its turn).
    void onPlanningBegan(StepIndex step, double now);
    void onPlanFailed(StepIndex step, const Error& error, double now);
    void onStepFinalized(StepIndex step, const Result<void>& result, double now);
    void onStopAsked(bool immediately, double now);
    /// A repair while the run goes on: "ok", or in a sentence why not.
    [[nodiscard]] std::string onRepairAsked(const RepairRequest& request, double now);
    void onTick(double now);
    /// Hands out what became possible; called once after a turn of messages.
    void dispatch(double now);

    [[nodiscard]] bool isOver() const { return m_over; }
    /// Whether answers are awaited from agents (the loop then polls more often).
    [[nodiscard]] bool isBusy() const;

private:
    struct StepRun;
    struct NodeShare;
    struct Agent {
        bool joined = false;
        int cores = 1;
        int commands = 0; // running on it
    };

    void on(NodeIndex node, const AgentJoined& message, double now);
    void on(NodeIndex node, const WorkerUp& message, double now);
    void on(NodeIndex node, const InitEnded& message, double now);
    void on(NodeIndex node, const SlotEmptied& message, double now);
    void on(NodeIndex node, const WorkerGone& message, double now);
    void on(NodeIndex node, const AttemptResult& message, double now);
    void on(NodeIndex node, const AttemptsReturned& message, double now);
    void on(NodeIndex node, const AttemptsRunning& message, double now);
    void on(NodeIndex node, const StepDrained& message, double now);
    void on(NodeIndex node, const CommandUp& message, double now);
    void on(NodeIndex node, const CommandGone& message, double now);
    // Bytes of logs and samples are kept by the host; the coordinator has nothing to decide about them.
    void on(NodeIndex, const UserLog&, double) { }
    void on(NodeIndex, const ChildLog&, double) { }
    void on(NodeIndex, const CommandLog&, double) { }
    void on(NodeIndex, const SampleTaken&, double) { }
    void on(NodeIndex, const AgentLeft&, double) { }

    void startReadySteps(double now);
    void startStep(StepRun& step, double now);
    void startOnAgents(StepRun& step);
    void startParallel(StepRun& step);
    void startCommand(StepRun& step);
    void dispatchTo(StepRun& step, NodeIndex node);
    [[nodiscard]] std::size_t wantedOn(const StepRun& step, const NodeShare& share) const;
    void afterAttempts(StepRun& step, double now);
    void evenOut(StepRun& step);
    void tellEmptied(StepRun& step);
    void finishWorkers(StepRun& step);
    void conclude(StepRun& step, double now);
    void abort(StepRun& step, event::StepState state, const std::string& reason, const std::string& message, double now);
    void endStep(StepRun& step, event::StepState state, const std::string& reason, const std::string& message, int exitCode, double now);
    void cancelDependents(double now);
    void leaveOthersAsTheyWere(const StepRun& repaired);
    void beginRepairing(StepRun& step, double now);
    void beginRepair(StepRun& step);
    void reopen(StepRun& step, const event::MiniBatchList& wanted);
    void ignore(StepRun& step, const std::string& miniBatches, bool ignored);
    void resetDependents(const StepRun& completed);
    [[nodiscard]] std::string unfinishedSentence() const;
    [[nodiscard]] bool needs(const StepRun& step, const StepRun& other) const;
    [[nodiscard]] std::string limitSentence(const StepRun& step, const LimitCrossed& crossed) const;
    void endRunIfOver(double now);
    void failByInit(StepRun& step, double now);
    [[nodiscard]] StepRun& run(StepIndex step) { return *m_steps[step.value]; }
    [[nodiscard]] StepRun* findRun(const std::string& name);
    [[nodiscard]] std::string doneSentence(const StepRun& step) const;
    [[nodiscard]] std::string workersSentence(const StepRun& step, double now) const;

    const pipeline::RunSpec& m_spec;
    CoordinatorEffects& m_effects;
    std::vector<std::unique_ptr<StepRun>> m_steps;
    std::vector<Agent> m_agents;
    bool m_started = false;
    bool m_restored = false;
    bool m_over = false;
    bool m_stopAsked = false;
    bool m_stopNow = false;
    std::optional<RepairRequest> m_repair; // of this life
};

} // namespace sheaf::runtime
