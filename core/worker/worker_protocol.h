// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"
#include "core/event/event.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What an agent and a Python worker say to each other. The other end is python/sheaf_worker/protocol.py: change both in one commit.
///
/// Channel: one SOCK_STREAM socket pair, fd 3 of the worker. Its fd 1 and 2 are pipes that belong to C code and child
/// processes; what the user prints travels on the channel as Log frames, between the frames of the attempts that print, so
/// each line is known to belong to its attempt.
///
/// Frame: u32 length of what follows, u8 kind, body. All numbers little-endian. Several frames may come in one read.
///
///   agent → worker
///     1 Start    JSON of WorkerStart; first frame, once
///     2 Run      u64 attempt, u32 mini-batch index, then its line of plan.jsonl (UTF-8 JSON) to the end. Many may be queued.
///     3 Finish   empty: no mini-batch is left; call shutdown(), answer Finished, exit 0
///
///   worker → agent
///    16 Ready    f64 seconds of init(); body then: UTF-8 notes, one a line, that become warnings ("" mostly)
///    17 InitFailed  u8 stage (0 import, 1 init), u32 length of the last line, last line, traceback to the end; the worker then exits
///    18 Done     u64 attempt, u32 items, u32 returned, i64 start (µs since 1970), f64 elapsed s, f64 cpu s, f64 run s,
///                u32 length of the header row (with append_row_dataframe_header), header row, then the rows, UTF-8, each ended by \n
///    19 Failed   u64 attempt, u8 outcome (event::AttemptOutcome: Exception, BadReturn or LoadFailed; Lost: handed back, not begun), u32 items, i64 start, f64 elapsed s, f64 cpu s,
///                f64 run s, u32 length of the last line, last line, traceback to the end
///    20 Log      u8 stream (event::LogStream), bytes. Belongs to the attempt that is running: the oldest Run not yet answered, else to none
///    21 Finished u8 ok, then the traceback of shutdown() when it raised
///
/// Fd 4 is the status page: 64 bytes of shared memory (a memfd) that the worker writes (but for one byte) and the agent reads at its tick;
/// so a time-out needs no message and a dead worker's page still names the guilty attempt:
///     offset 0  u64 attempt being worked on, 0 for none
///     offset 8  u32 phase: 0 starting, 1 init, 2 idle, 3 loading, 4 run(), 5 making rows, 6 shutdown
///     offset 12 u32 items of the mini-batch, 0 until it is loaded
///     offset 16 f64 CLOCK_MONOTONIC at which the phase began
///     offset 24 u64 attempts ended so far
///     offset 32 u8  written by the agent: not 0 asks the worker to hand back what it has not begun, each by a Failed frame with
///               outcome Lost
/// Written in the order: attempt 0, phase and time, attempt. The agent reads until two reads agree.
///
/// SIGUSR1 makes the worker write the Python stack of all its threads to fd 2: the agent asks for it before it ends a worker
/// that hangs, so a time-out shows where. The worker ends itself when fd 3 closes.
namespace sheaf::worker {

enum class ToWorker : std::uint8_t { Start = 1, Run = 2, Finish = 3 };
enum class FromWorker : std::uint8_t { Ready = 16, InitFailed = 17, Done = 18, Failed = 19, Log = 20, Finished = 21 };
enum class WorkerPhase : std::uint32_t { Starting, Init, Idle, Loading, Run, MakingRows, Shutdown };

/// Everything a worker is told once. Same for all workers of a step but `process`, `node` and the folders.
struct WorkerStart {
    std::string codeDir; // snapshot: current directory and first on sys.path
    std::string entryScript; // relative to codeDir, or dotted module
    std::vector<std::string> arguments; // sys.argv[1:]
    std::string node; // "0"
    std::string process; // "process003"
    std::string loggingLevel; // INFO, WARNING, DEBUG
    std::string logDir; // EntryScript.log_dir
    std::string outputDir; // EntryScript.output_dir, AZUREML_BI_OUTPUT_PATH
    std::string tempDir; // private to the worker, TMPDIR; the agent makes and deletes it
    std::string miniBatchKind; // plan::MiniBatchKind by name: Files, Table, JsonRows
    std::string root; // PlanHeader::root
    std::string tableFormat; // plan::TableFormat by name
    boost::json::value table; // PlanHeader::table
    boost::json::value inputFiles; // PlanHeader::inputFiles
    bool partitioned = false;
    bool appendRow = true; // false: summary only, no rows are sent
    bool dataframeHeader = false;
    bool mixedTypes = false;
    bool asyncMode = false; // enqueue() and get_finished_batch_result() instead of run()
    std::string profilingModule;
    std::string profileFile; // where the profile of this worker goes, "" for none
};
BOOST_DESCRIBE_STRUCT(WorkerStart, (),
    (codeDir, entryScript, arguments, node, process, loggingLevel, logDir, outputDir, tempDir, miniBatchKind, root,
        tableFormat, table, inputFiles, partitioned, appendRow, dataframeHeader, mixedTypes, asyncMode, profilingModule, profileFile))

} // namespace sheaf::worker
