// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/wire.h"
#include "core/event/event.h"
#include "core/worker/worker_protocol.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Everything that the coordinator and an agent say to each other: two variants, this one file. Views point into the
/// bytes that were received and are valid while they are handled.
namespace sheaf::runtime {

// ---- coordinator → agent ------------------------------------------------------------------------------------------

/// What an agent must know of a parallel step; sent as JSON in StartStep.
struct AgentStep {
    std::string step; // its name
    std::string python;
    std::map<std::string, std::string> environment;
    worker::WorkerStart worker; // process, node, logDir, tempDir and profileFile are filled in by the agent
    std::string logsDir; // RunDir::logs(step)
    int workers = 0; // 0: the node's cores
    double timeoutSeconds = 60;
    double taskOverheadTimeoutSeconds = 600;
    std::uint32_t firstProcess = 0; // processNNN numbers go on after those of an earlier life of the run
};
BOOST_DESCRIBE_STRUCT(AgentStep, (),
    (step, python, environment, worker, logsDir, workers, timeoutSeconds, taskOverheadTimeoutSeconds, firstProcess))

/// What an agent must know of a command step; sent as JSON in RunCommand.
struct AgentCommand {
    std::string step;
    std::string text;
    std::string directory;
    std::map<std::string, std::string> environment;
    double timeoutSeconds = 0; // 0: none
};
BOOST_DESCRIBE_STRUCT(AgentCommand, (), (step, text, directory, environment, timeoutSeconds))

/// Start the workers of a step, so that init() runs while the plan is still being made.
struct StartStep {
    StepIndex step;
    std::string_view config {}; // AgentStep as JSON
};
BOOST_DESCRIBE_STRUCT(StartStep, (), (step, config))

inline constexpr std::uint32_t kNoProcess = 0xffffffff;
/// Mini-batches that a worker in async mode (reference §2.9) holds at once.
inline constexpr std::uint32_t kAsyncInFlight = 64;

struct Assignment {
    AttemptId attempt;
    MiniBatchIndex miniBatch;
    std::uint32_t avoidProcess = kNoProcess; // the worker that failed it last: take another where there is one
    std::string_view line {}; // of plan.jsonl
};
BOOST_DESCRIBE_STRUCT(Assignment, (), (attempt, miniBatch, avoidProcess, line))

struct AssignMiniBatches {
    StepIndex step;
    std::vector<Assignment> assignments {};
};
BOOST_DESCRIBE_STRUCT(AssignMiniBatches, (), (step, assignments))

/// No mini-batch is left: let the workers run shutdown() and go.
struct FinishStep {
    StepIndex step;
};
BOOST_DESCRIBE_STRUCT(FinishStep, (), (step))

/// End the step's workers or its command now.
struct CancelStep {
    StepIndex step;
};
BOOST_DESCRIBE_STRUCT(CancelStep, (), (step))

/// Give back what no worker has begun; let running mini-batches finish.
struct DrainStep {
    StepIndex step;
};
BOOST_DESCRIBE_STRUCT(DrainStep, (), (step))

/// Give back half of what no worker has yet: another node has nothing to do.
struct RecallMiniBatches {
    StepIndex step;
};
BOOST_DESCRIBE_STRUCT(RecallMiniBatches, (), (step))

struct RunCommand {
    StepIndex step;
    std::string_view config {}; // AgentCommand as JSON
};
BOOST_DESCRIBE_STRUCT(RunCommand, (), (step, config))

/// The run is over.
struct LeaveRun {
    bool unused = false; // a described struct has a member
};
BOOST_DESCRIBE_STRUCT(LeaveRun, (), (unused))

using ToAgent = std::variant<StartStep, AssignMiniBatches, FinishStep, CancelStep, DrainStep, RecallMiniBatches,
    RunCommand, LeaveRun>;

// ---- agent → coordinator ------------------------------------------------------------------------------------------

struct AgentJoined {
    std::string_view host {};
    int cores = 0;
    std::uint64_t memoryBytes = 0;
    std::int64_t pid = 0;
};
BOOST_DESCRIBE_STRUCT(AgentJoined, (), (host, cores, memoryBytes, pid))

struct WorkerUp {
    StepIndex step;
    ProcessNumber process;
    std::int64_t pid = 0;
};
BOOST_DESCRIBE_STRUCT(WorkerUp, (), (step, process, pid))

struct InitEnded {
    StepIndex step;
    ProcessNumber process;
    bool ok = true;
    bool inImport = false;
    double seconds = 0;
    std::string_view error {};
    std::string_view traceback {};
    std::string_view notes {}; // one a line
};
BOOST_DESCRIBE_STRUCT(InitEnded, (), (step, process, ok, inImport, seconds, error, traceback, notes))

/// A slot stays empty: its last two workers failed before they were ready.
struct SlotEmptied {
    StepIndex step;
    int slotsLeft = 0; // on this node
};
BOOST_DESCRIBE_STRUCT(SlotEmptied, (), (step, slotsLeft))

struct WorkerGone {
    StepIndex step;
    ProcessNumber process;
    std::string_view how {};
    std::string_view detail {};
};
BOOST_DESCRIBE_STRUCT(WorkerGone, (), (step, process, how, detail))

struct AttemptResult {
    StepIndex step;
    AttemptId attempt;
    ProcessNumber process;
    event::AttemptOutcome outcome = event::AttemptOutcome::Done;
    std::uint32_t items = 0;
    std::uint32_t returned = 0;
    std::int64_t startMicros = 0;
    double elapsedSeconds = 0;
    double cpuSeconds = 0;
    double runSeconds = 0;
    std::string_view error {};
    std::string_view traceback {};
    std::string_view header {};
    std::string_view rows {};
};
BOOST_DESCRIBE_STRUCT(AttemptResult, (),
    (step, attempt, process, outcome, items, returned, startMicros, elapsedSeconds, cpuSeconds, runSeconds, error,
        traceback, header, rows))

/// Attempts that no worker of this node will do: handed back untouched.
struct AttemptsReturned {
    StepIndex step;
    std::vector<AttemptId> attempts {};
};
BOOST_DESCRIBE_STRUCT(AttemptsReturned, (), (step, attempts))

struct RunningAttempt {
    AttemptId attempt;
    ProcessNumber process;
    std::int64_t startMicros = 0;
};
BOOST_DESCRIBE_STRUCT(RunningAttempt, (), (attempt, process, startMicros))

/// Attempts that were begun before the last tick and have not been told yet.
struct AttemptsRunning {
    StepIndex step;
    std::vector<RunningAttempt> attempts {};
};
BOOST_DESCRIBE_STRUCT(AttemptsRunning, (), (step, attempts))

/// What a worker printed or logged. `attempt` 0: outside any.
struct UserLog {
    StepIndex step;
    ProcessNumber process;
    event::LogStream stream = event::LogStream::Stdout;
    AttemptId attempt;
    std::string_view bytes {};
};
BOOST_DESCRIBE_STRUCT(UserLog, (), (step, process, stream, attempt, bytes))

/// What C code or a child of a worker wrote to fd 1 or 2.
struct ChildLog {
    StepIndex step;
    ProcessNumber process;
    bool isError = false;
    std::string_view bytes {};
};
BOOST_DESCRIBE_STRUCT(ChildLog, (), (step, process, isError, bytes))

/// All workers of the step on this node are gone, as asked by FinishStep or CancelStep.
struct StepDrained {
    StepIndex step;
};
BOOST_DESCRIBE_STRUCT(StepDrained, (), (step))

struct CommandUp {
    StepIndex step;
    std::int64_t pid = 0;
};
BOOST_DESCRIBE_STRUCT(CommandUp, (), (step, pid))

struct CommandLog {
    StepIndex step;
    bool isError = false;
    std::string_view bytes {};
};
BOOST_DESCRIBE_STRUCT(CommandLog, (), (step, isError, bytes))

struct CommandGone {
    StepIndex step;
    bool timedOut = false;
    bool signaled = false;
    int code = 0;
    std::string_view how {};
};
BOOST_DESCRIBE_STRUCT(CommandGone, (), (step, timedOut, signaled, code, how))

struct SampleTaken {
    std::string_view sample {}; // monitor::NodeSample as JSON
};
BOOST_DESCRIBE_STRUCT(SampleTaken, (), (sample))

/// Last word of an agent, after LeaveRun: nothing of it is on its way any more.
struct AgentLeft {
    bool unused = false;
};
BOOST_DESCRIBE_STRUCT(AgentLeft, (), (unused))

using ToCoordinator = std::variant<AgentJoined, WorkerUp, InitEnded, SlotEmptied, WorkerGone, AttemptResult,
    AttemptsReturned, AttemptsRunning, UserLog, ChildLog, StepDrained, CommandUp, CommandLog, CommandGone, SampleTaken, AgentLeft>;

// ---- an attempt's number --------------------------------------------------------------------------------------------

/// An AttemptId carries what it is: step (8 bits), hand-out (24 bits, from 1), mini-batch (32 bits). So an answer is
/// matched without a table, and an old attempt's answer is recognised by its hand-out.
[[nodiscard]] constexpr AttemptId attemptIdOf(StepIndex step, std::uint32_t picked, MiniBatchIndex miniBatch)
{
    return AttemptId((static_cast<std::uint64_t>(step.value & 0xffU) << 56)
        | (static_cast<std::uint64_t>(picked & 0xffffffU) << 32) | miniBatch.value);
}
[[nodiscard]] constexpr MiniBatchIndex miniBatchOf(AttemptId attempt)
{
    return MiniBatchIndex(static_cast<std::uint32_t>(attempt.value & 0xffffffffU));
}
[[nodiscard]] constexpr std::uint32_t pickedOf(AttemptId attempt)
{
    return static_cast<std::uint32_t>((attempt.value >> 32) & 0xffffffU);
}

} // namespace sheaf::runtime
