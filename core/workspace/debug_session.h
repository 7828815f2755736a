// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"
#include "core/event/event.h"
#include "core/plan/plan_file.h"
#include "core/workspace/workspace.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// One mini-batch of a run, run here, alone: this machine, the run's interpreter and settings, no time limit, and everything it writes kept in
/// a folder of its own. The run's folder is only read, so the run may be going on. Nothing here starts it: a terminal gives it its own streams,
/// the studio reads them.
namespace sheaf::workspace {

/// Which mini-batch, with which code.
struct DebugRequest
{
    std::string run;
    std::string step;
    MiniBatchIndex miniBatch;
    bool presentCode = false; // the user's code folder as it is now; else the state of it that the last attempt ran
};

/// What is known before it starts. A value.
struct DebugSubject
{
    std::string python;
    std::string entryScript;
    bool isAsync = false;
    plan::MiniBatchKind kind = plan::MiniBatchKind::Files;
    std::string root; // that the inputs are relative to
    std::vector<std::string> inputs; // its files or slices, readable
    std::filesystem::path code; // the user's folder or file, "": the step has none
    std::filesystem::path snapshot; // what the last attempt ran
    std::vector<std::string> changed; // files of `code` that are not as in `snapshot`
    bool isCodeThere = true; // else `code` cannot be read any more
    std::optional<event::AttemptEnded> recorded; // the last attempt, if one has ended
};

/// Looks all that up. Reads files; any thread. Fails with StepMissing, Invalid (a command step, no such mini-batch, not planned yet), RunMissing.
[[nodiscard]] Result<DebugSubject> debugSubject(const Workspace& workspace, const DebugRequest& request);

/// A folder `.sheaf/debug/<run>-<step>-<batch>-<n>/` that is ready, and the words that run it.
struct DebugSession
{
    DebugSubject subject;
    std::filesystem::path folder;
    std::filesystem::path code; // a copy: current folder and first on sys.path
    std::filesystem::path outputs; // in place of the step's outputs
    std::filesystem::path rows; // what run() returned; not there until it has
    std::filesystem::path result; // DebugResult; not there until it is known
    std::vector<std::string> words; // absolute interpreter first; --pdb, --break or --debugpy PORT may follow
    std::vector<std::string> environment; // all of it: "NAME=value"
};

/// Makes the folder: START.json, code/, outputs/, temp/, logs/, and takes older ones away (sweepDebugFolders). Copies the code; any thread. Fails as
/// debugSubject, or with Io.
[[nodiscard]] Result<DebugSession> prepareDebug(const Workspace& workspace, const DebugRequest& request);

inline constexpr std::size_t kKeptDebugFolders = 20;
/// Keeps the newest ones of `.sheaf/debug/`, and those in which a process of this user still works; removeRun() takes those of a run. Any thread.
void sweepDebugFolders(const Workspace& workspace);

/// How it ended.
struct DebugResult
{
    /// Done, Exception, BadReturn, LoadFailed (event::AttemptOutcome), ImportFailed, InitFailed, Exit (the script ended its process), Left (the user),
    /// NotBegun (error says why)
    std::string outcome;
    std::string error; // last line of what was raised
    std::string traceback;
    std::uint64_t items = 0;
    std::uint64_t returned = 0;
    double initSeconds = 0;
    double loadSeconds = 0;
    double runSeconds = 0;
};
BOOST_DESCRIBE_STRUCT(DebugResult, (), (outcome, error, traceback, items, returned, initSeconds, loadSeconds, runSeconds))

/// What the process wrote down; none when it ended before it could: it crashed or was ended.
[[nodiscard]] std::optional<DebugResult> readDebugResult(const DebugSession& session);
/// Whether it ended as the recorded attempt did: the same outcome, and what was raised says the same.
[[nodiscard]] bool isAsRecorded(const event::AttemptEnded& recorded, const DebugResult& result);

} // namespace sheaf::workspace
