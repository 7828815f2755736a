// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/event/run_picture.h"
#include "core/pipeline/resolver.h"
#include "core/runtime/launcher.h"
#include "core/runtime/repair.h"
#include "core/runtime/run_dir.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sheaf::workspace {

/// One row of the run list.
struct RunSummary {
    std::string run;
    std::string displayName;
    std::string jobFile;
    event::RunState state = event::RunState::Starting;
    bool interrupted = false; // no end, and no coordinator lives: can be resumed
    std::int64_t startedMicros = 0;
    std::int64_t endedMicros = 0;
    std::string message;
    std::uint32_t miniBatches = 0;
    std::uint32_t miniBatchesFailed = 0;
    std::vector<std::string> tags; // RunLabels
    std::string note;
};
BOOST_DESCRIBE_STRUCT(RunSummary, (),
    (run, displayName, jobFile, state, interrupted, startedMicros, endedMicros, message, miniBatches, miniBatchesFailed, tags, note))

struct StartRequest {
    std::filesystem::path jobFile;
    std::vector<std::string> overrides;
    std::string python; // "" : SHEAF_PYTHON, else python3 on the path
    std::string run; // name wanted; "": adjective-noun-suffix
    std::string resumeFrom {}; // earlier run whose good mini-batches every parallel step takes over, "" for none
};

/// Started or refused: the diagnostics are there in both cases.
struct StartOutcome {
    std::string run;
    std::vector<spec::Diagnostic> diagnostics;
    std::vector<std::string> notes; // packages the interpreter lacks, computes that mean this machine
    std::vector<std::string> warnings;
};

/// The front door for window and terminal: a folder with a .sheaf/ in it, its runs, and the verbs on them.
/// A value that holds paths only; any thread, calls may read files and start processes (never from the window's main thread).
class Workspace
{
public:
    /// The nearest parent of `path` (a job file or folder) with a .sheaf/, else its folder. Nothing is made yet.
    [[nodiscard]] static Workspace around(const std::filesystem::path& path);
    explicit Workspace(std::filesystem::path folder);

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    [[nodiscard]] runtime::RunDir runDir(const std::string& run) const;

    /// Newest first. Reads workspace.db, which is brought up to date from the run folders on the way.
    [[nodiscard]] Result<std::vector<RunSummary>> runs() const;
    /// The whole name of a run from a unique beginning of it; RunMissing else. "latest" is the newest.
    [[nodiscard]] Result<std::string> findRun(const std::string& nameOrPrefix) const;

    /// Checks, freezes the job into a new run folder, and starts mpirun in a session of its own. InvalidJob when the file has
    /// errors (they are in `outcome`), with nothing made.
    [[nodiscard]] Result<void> start(const StartRequest& request, StartOutcome& outcome) const;
    /// Starts the coordinator of an interrupted, failed or canceled run again; of an interrupted repair for the rest of that. RunActive when
    /// one lives.
    [[nodiscard]] Result<void> resume(const std::string& run) const;
    /// Gives the coordinator of a run that goes on a repair, or starts that of a run that is over for just this one (also of a completed
    /// run). RunActive when it goes on and cannot take it, or somebody has just launched it. `prepare` may change the request when it is clear who
    /// carries it out; nobody else launches the run meanwhile. workspace::repair() is the way in.
    using PrepareRepair = std::function<Result<void>(runtime::RepairRequest& request, bool isGoingOn)>;
    [[nodiscard]] Result<void> repair(const std::string& run, runtime::RepairRequest request, const PrepareRepair& prepare = {}) const;
    /// Two that want to go on with a run that nobody carries on, or to remove it: one gets it. What it wants is about the run as it ended at
    /// `endedMicros` (0: interrupted), else RunActive; waits `atMost` for ranks that leave.
    [[nodiscard]] Result<runtime::LaunchLock> take(const std::string& run, std::int64_t endedMicros, std::chrono::milliseconds atMost) const;
    /// Asks the coordinator to stop; `now` does not wait for running mini-batches. RunNotActive when none lives.
    [[nodiscard]] Result<void> stop(const std::string& run, bool now) const;
    /// Whether a coordinator holds the run's lock, or mpirun is still on its way to one.
    [[nodiscard]] bool isActive(const std::string& run) const;

private:
    [[nodiscard]] Result<pipeline::RunSpec> specToCarryOn(const std::string& run) const;
    [[nodiscard]] Result<void> launchAgain(const std::string& run, const pipeline::RunSpec& spec, runtime::LaunchLock lock) const;
    [[nodiscard]] Result<void> findEarlierRuns(
        pipeline::RunSpec& spec, const std::string& resumeFrom) const;

    std::filesystem::path m_folder;
};

} // namespace sheaf::workspace
