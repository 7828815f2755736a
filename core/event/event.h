// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What can happen in a run: small facts in past tense, in the order they happened. Rank 0 makes and keeps
/// them (store::EventStore); the picture of a run (RunPicture), live or past, is a fold over them.
///
/// To add an event: a struct here, its name in `Fact`, a case in RunPicture::apply. To change one: only add
/// members (reading is lenient); anything else raises kEventFormat.
namespace sheaf::event {

inline constexpr int kEventFormat = 1;

enum class RunState { Starting, Running, Completed, Failed, Canceled };
BOOST_DESCRIBE_ENUM(RunState, Starting, Running, Completed, Failed, Canceled)

/// The service's words (reference §7) as far as they happen here.
enum class StepState { NotStarted, Preparing, Running, Finalizing, Completed, Failed, Canceled };
BOOST_DESCRIBE_ENUM(StepState, NotStarted, Preparing, Running, Finalizing, Completed, Failed, Canceled)

/// How one try of a mini-batch ended.
enum class AttemptOutcome {
    Done,
    Exception, // run() raised
    BadReturn, // run() returned None or another type
    Timeout, // run() took longer than retry_settings.timeout
    LoadTimeout, // loading took longer than task_overhead_timeout
    LoadFailed, // the mini-batch could not be read
    WorkerDied, // crashed, was killed, or left
    Lost, // the node or the worker went away without the batch's fault: not charged
};
BOOST_DESCRIBE_ENUM(AttemptOutcome, Done, Exception, BadReturn, Timeout, LoadTimeout, LoadFailed, WorkerDied, Lost)

enum class LogStream { Stdout, Stderr, EntryScriptLog };
BOOST_DESCRIBE_ENUM(LogStream, Stdout, Stderr, EntryScriptLog)

/// Bytes [begin, end) that an attempt wrote to one file of its process.
struct LogRange {
    LogStream stream = LogStream::Stdout;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};
BOOST_DESCRIBE_STRUCT(LogRange, (), (stream, begin, end))

/// First event of a run; comes again (with resumed true) each time it is resumed.
struct RunStarted {
    std::string run;
    std::vector<std::string> steps; // names, in the order of StepIndex
    int nodes = 1;
    bool resumed = false;
    std::int64_t coordinatorPid = 0;
    std::string host;
    std::string lost {}; // how the life before ended, when that was against all will and the run went on by itself: a clause
};
BOOST_DESCRIBE_STRUCT(RunStarted, (), (run, steps, nodes, resumed, coordinatorPid, host, lost))

struct RunEnded {
    RunState state = RunState::Completed;
    std::string message; // one sentence
};
BOOST_DESCRIBE_STRUCT(RunEnded, (), (state, message))

struct StopAsked {
    bool now = false; // false: let running mini-batches finish
};
BOOST_DESCRIBE_STRUCT(StopAsked, (), (now))

struct NodeJoined {
    NodeIndex node;
    std::string host;
    int cores = 0;
    std::uint64_t memoryBytes = 0;
    std::int64_t pid = 0;
};
BOOST_DESCRIBE_STRUCT(NodeJoined, (), (node, host, cores, memoryBytes, pid))

struct StepStarted {
    StepIndex step;
    std::vector<NodeIndex> nodes;
    int workersPerNode = 0; // 0: the node's cores decide
};
BOOST_DESCRIBE_STRUCT(StepStarted, (), (step, nodes, workersPerNode))

/// The plan of a parallel step is on disk.
struct StepPlanned {
    StepIndex step;
    std::uint32_t miniBatches = 0;
    std::uint64_t items = 0; // files, or 0 when rows are not counted before they are read
    std::uint64_t bytes = 0; // of input
    double seconds = 0;
};
BOOST_DESCRIBE_STRUCT(StepPlanned, (), (step, miniBatches, items, bytes, seconds))

/// All mini-batches have ended; the output is being put together.
struct StepFinalizing {
    StepIndex step;
};
BOOST_DESCRIBE_STRUCT(StepFinalizing, (), (step))

struct StepEnded {
    StepIndex step;
    StepState state = StepState::Completed;
    std::string reason; // a word: "", "error_threshold", "mini_batch_error_threshold", "allowed_failed_percent",
                        // "no_result", "init_failed", "no_progress", "first_task_creation", "input", "entry_script",
                        // "command", "timeout", "canceled", "dependency", "unfinished"
    std::string message; // one sentence for people
    int exitCode = 0; // of a command step
    std::int64_t endedMicros = 0; // not 0: told again by a repair of another step, this is when it ended
};
BOOST_DESCRIBE_STRUCT(StepEnded, (), (step, state, reason, message, exitCode, endedMicros))

struct WorkerStarted {
    StepIndex step;
    NodeIndex node;
    ProcessNumber process;
    std::int64_t pid = 0;
};
BOOST_DESCRIBE_STRUCT(WorkerStarted, (), (step, node, process, pid))

/// init() returned or raised.
struct WorkerInitialized {
    StepIndex step;
    NodeIndex node;
    ProcessNumber process;
    bool ok = true;
    double seconds = 0;
    std::string error; // last line of the traceback
    std::string traceback;
};
BOOST_DESCRIBE_STRUCT(WorkerInitialized, (), (step, node, process, ok, seconds, error, traceback))

struct WorkerEnded {
    StepIndex step;
    NodeIndex node;
    ProcessNumber process;
    std::string how; // "finished", "init failed", "time-out", "killed by signal 9", "exited with 3", "shutdown() raised"
    std::string detail; // e.g. traceback of shutdown()
};
BOOST_DESCRIBE_STRUCT(WorkerEnded, (), (step, node, process, how, detail))

/// A mini-batch has been running for a moment: told for attempts alive at a tick, so that the live view can
/// name them. A shorter attempt is told by its end only.
struct AttemptStarted {
    StepIndex step;
    MiniBatchIndex miniBatch;
    AttemptId attempt;
    NodeIndex node;
    ProcessNumber process;
    std::int64_t startMicros = 0;
};
BOOST_DESCRIBE_STRUCT(AttemptStarted, (), (step, miniBatch, attempt, node, process, startMicros))

struct AttemptEnded {
    StepIndex step;
    MiniBatchIndex miniBatch;
    AttemptId attempt;
    NodeIndex node;
    ProcessNumber process;
    AttemptOutcome outcome = AttemptOutcome::Done;
    bool final = true; // false: the mini-batch will be tried again
    std::uint16_t picked = 1; // hand-outs so far, this one included
    std::int64_t startMicros = 0; // wall time when loading began
    double elapsedSeconds = 0; // loading, run() and making the rows
    double processSeconds = 0; // CPU of the worker meanwhile
    double runSeconds = 0; // of the run() call
    std::uint32_t items = 0; // files or rows given; 0 when the mini-batch could not be loaded
    std::uint32_t returned = 0; // items that run() returned
    std::uint64_t rowsBegin = 0; // its rows in the step's spool: [rowsBegin, rowsEnd)
    std::uint64_t rowsEnd = 0;
    std::string error; // "KeyError: 'x'", last line of what was raised; "" when done
    std::string traceback;
    std::vector<LogRange> logs;
    std::uint32_t code = 0; // state of the user's code that it ran: CodeChanged::code
};
BOOST_DESCRIBE_STRUCT(AttemptEnded, (),
    (step, miniBatch, attempt, node, process, outcome, final, picked, startMicros, elapsedSeconds, processSeconds,
        runSeconds, items, returned, rowsBegin, rowsEnd, error, traceback, logs, code))

/// Mini-batches of a step that had failed (or were ignored) will be run again: by a resume all that failed, by a repair those listed.
struct MiniBatchesReopened {
    StepIndex step;
    std::uint32_t count = 0;
    std::string miniBatches; // MiniBatchList; "" in the events of a resume: all that failed
};
BOOST_DESCRIBE_STRUCT(MiniBatchesReopened, (), (step, count, miniBatches))

/// The user runs mini-batches of one step again, and no others, until the step ends; told before their attempts.
struct RepairAsked {
    StepIndex step;
    std::string miniBatches; // MiniBatchList
    std::uint32_t count = 0;
    std::string id {}; // of the request: a coordinator that dies is started again for the same one
};
BOOST_DESCRIBE_STRUCT(RepairAsked, (), (step, miniBatches, count, id))

/// Failed mini-batches that the user does not want counted any more, or (ignored false) wants counted again.
struct MiniBatchesIgnored {
    StepIndex step;
    std::uint32_t count = 0;
    std::string miniBatches; // MiniBatchList
    bool ignored = true;
};
BOOST_DESCRIBE_STRUCT(MiniBatchesIgnored, (), (step, count, miniBatches, ignored))

/// From here on the step's workers run another state of the user's code: steps/<step>/code-<code>.
struct CodeChanged {
    StepIndex step;
    std::uint32_t code = 0; // 0 is the code as submitted, 1, 2, … later ones
    std::vector<std::string> files; // that differ from the state before, relative to the code folder
};
BOOST_DESCRIBE_STRUCT(CodeChanged, (), (step, code, files))

/// A completed step whose input a repair has changed begins from nothing.
struct StepReset {
    StepIndex step;
};
BOOST_DESCRIBE_STRUCT(StepReset, (), (step))

struct CommandStarted {
    StepIndex step;
    NodeIndex node;
    std::int64_t pid = 0;
};
BOOST_DESCRIBE_STRUCT(CommandStarted, (), (step, node, pid))

/// Something worth saying to the user that ends nothing.
struct WarningRaised {
    std::string code; // "slot_empty", "import_from_entry_folder", "log_truncated", "shutdown_failed", "link_loop", …
    std::string text;
    StepIndex step;
};
BOOST_DESCRIBE_STRUCT(WarningRaised, (), (code, text, step))

using Fact = std::variant<RunStarted, RunEnded, StopAsked, NodeJoined, StepStarted, StepPlanned, StepFinalizing,
    StepEnded, WorkerStarted, WorkerInitialized, WorkerEnded, AttemptStarted, AttemptEnded, MiniBatchesReopened,
    CommandStarted, WarningRaised, RepairAsked, MiniBatchesIgnored, CodeChanged, StepReset>;

struct Event {
    std::uint64_t sequence = 0; // 1, 2, 3, … in a run; 0 until it is kept
    std::int64_t timeMicros = 0; // wall time at rank 0
    Fact fact;
};

} // namespace sheaf::event
