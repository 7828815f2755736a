// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/workspace.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/runtime/launcher.h"
#include "core/workspace/disk_check.h"
#include "core/workspace/interpreter.h"
#include "core/workspace/run_index.h"
#include "core/workspace/run_name.h"
#include "core/workspace/recorded_run.h"
#include "core/workspace/run_preparer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sys/stat.h>
#include <thread>

namespace sheaf::workspace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr auto kOnItsWay = 20s; // how long a coordinator may take to be there and listen
constexpr auto kLeave = 10s; // how long the ranks of a run that has ended may take to leave
constexpr auto kLook = 20ms;

/// Of the last launch; 0: nobody has written it.
std::int64_t keeperPid(const runtime::RunDir& dir)
{
    const auto text = paths::readFile(dir.launched());
    return text ? text::toInt(text::trim(*text)).value_or(0) : 0;
}

/// When it was launched last; 0: never.
std::int64_t launchedMicros(const runtime::RunDir& dir)
{
    struct stat status
    {
    };
    return ::stat(dir.launched().c_str(), &status) == 0
        ? status.st_mtim.tv_sec * std::int64_t { 1'000'000 } + status.st_mtim.tv_nsec / 1000
        : 0;
}

int errorCount(const std::vector<spec::Diagnostic>& diagnostics)
{
    return static_cast<int>(std::count_if(diagnostics.begin(), diagnostics.end(),
        [](const auto& diagnostic) { return diagnostic.severity == spec::Severity::Error; }));
}

std::vector<std::string> condaPackages(const pipeline::RunSpec& spec)
{
    std::vector<std::string> all;
    for (const auto& step : spec.steps) {
        all.insert(all.end(), step.condaPackages.begin(), step.condaPackages.end());
    }
    return all;
}

Result<std::string> nameFor(const StartRequest& request)
{
    if (request.run.empty()) {
        return newRunName();
    }
    if (!isValidRunName(request.run)) {
        return fail(ErrorCode::Invalid,
            { { "what", "the name of the run" }, { "found", request.run },
                { "allowed", kValidRunName } });
    }
    return request.run;
}

} // namespace

Workspace::Workspace(fs::path folder)
    : m_folder(std::move(folder))
{
}

Workspace Workspace::around(const fs::path& path)
{
    std::error_code ignored;
    const fs::path absolute = fs::absolute(path, ignored).lexically_normal();
    const bool isFolder = fs::is_directory(absolute, ignored);
    const fs::path home = isFolder ? absolute : absolute.parent_path();
    for (fs::path folder = home; !folder.empty(); folder = folder.parent_path()) {
        if (fs::is_directory(folder / ".sheaf", ignored)) {
            return Workspace(folder);
        }
        if (folder == folder.parent_path()) {
            break;
        }
    }
    return Workspace(home);
}

runtime::RunDir Workspace::runDir(const std::string& run) const
{
    return runtime::RunDir(m_folder / ".sheaf" / "runs" / run);
}

Result<std::vector<RunSummary>> Workspace::runs() const
{
    return RunLister(*this).list();
}

Result<std::string> Workspace::findRun(const std::string& nameOrPrefix) const
{
    const auto missing = fail(
        ErrorCode::RunMissing, { { "run", nameOrPrefix }, { "workspace", m_folder.string() } });
    std::vector<std::pair<fs::file_time_type, std::string>> matches;
    std::error_code error;
    for (fs::directory_iterator it(m_folder / ".sheaf" / "runs", error), end; !error && it != end;
         it.increment(error)) {
        const std::string name = it->path().filename().string();
        std::error_code noSpec;
        const auto made = fs::last_write_time(runtime::RunDir(it->path()).spec(), noSpec);
        if (noSpec || name.starts_with('.')) {
            continue;
        }
        if (name == nameOrPrefix) {
            return name;
        }
        if (nameOrPrefix == "latest" || (!nameOrPrefix.empty() && name.starts_with(nameOrPrefix))) {
            matches.emplace_back(made, name);
        }
    }
    if (matches.empty()) {
        return missing;
    }
    if (matches.size() > 1 && nameOrPrefix != "latest") {
        std::vector<std::string> names;
        for (const auto& [made, name] : matches) {
            names.push_back(name);
        }
        std::sort(names.begin(), names.end());
        return fail(ErrorCode::Invalid,
            { { "what", "RUN" }, { "found", nameOrPrefix },
                { "allowed", "several runs begin so: " + text::join(names, ", ") } });
    }
    return std::max_element(matches.begin(), matches.end())->second;
}

Result<void> Workspace::start(const StartRequest& request, StartOutcome& outcome) const
{
    const auto name = nameFor(request);
    if (!name) {
        return tl::unexpected<Error>(name.error());
    }
    std::error_code ignored;
    const fs::path jobFile = fs::absolute(request.jobFile, ignored).lexically_normal();
    if (!fs::exists(jobFile, ignored)) {
        return fail(ErrorCode::NotFound, { { "path", request.jobFile.string() } });
    }
    const runtime::RunDir dir = runDir(*name);
    auto job = pipeline::resolve({ jobFile, request.overrides, dir.path(), true });
    for (auto& finding : checkDisk(job.spec, dir.path())) {
        job.diagnostics.push_back(std::move(finding));
    }
    outcome.diagnostics = job.diagnostics;
    outcome.notes = job.spec.notes;
    if (spec::hasErrors(job.diagnostics)) {
        return fail(ErrorCode::InvalidJob,
            { { "file", request.jobFile.string() },
                { "count", std::to_string(errorCount(job.diagnostics)) } });
    }
    const auto python = findInterpreter(request.python, m_folder / ".sheaf" / "cache");
    if (!python) {
        return tl::unexpected<Error>(python.error());
    }
    for (const auto& package : missingPackages(python->path, condaPackages(job.spec))) {
        outcome.warnings.push_back(
            "The conda file names '" + package + "', which " + python->path + " lacks.");
    }
    if (auto earlier = findEarlierRuns(job.spec, request.resumeFrom); !earlier) {
        return earlier;
    }
    job.spec.run = *name;
    job.spec.jobFile = jobFile.string();
    job.spec.runDir = dir.path().string();
    job.spec.python = python->path;
    job.spec.workspace = m_folder.string();
    job.spec.sheafVersion = SHEAF_VERSION;
    job.spec.overrides = request.overrides;
    if (auto prepared = prepareRun(job, dir, outcome.warnings); !prepared) {
        return prepared;
    }
    auto lock = take(*name, 0, 0s);
    auto launched = lock ? runtime::launch(dir, job.spec.nodeCount(), std::move(*lock)) : tl::unexpected<Error>(lock.error());
    if (!launched) {
        fs::remove_all(dir.path(), ignored);
        return tl::unexpected<Error>(launched.error());
    }
    outcome.run = *name;
    return {};
}

/// --resume_from names a run of this workspace that is over and has the step; `resumeFrom` is the same for all steps.
Result<void> Workspace::findEarlierRuns(pipeline::RunSpec& spec, const std::string& resumeFrom) const
{
    for (auto& step : spec.steps) {
        std::string& from = step.parallel.resumeFrom;
        const bool forAll = from.empty();
        if (step.kind == pipeline::StepKind::Parallel && forAll) {
            from = resumeFrom;
        }
        if (from.empty()) {
            continue;
        }
        const auto name = findRun(from);
        if (!name) {
            return tl::unexpected<Error>(name.error());
        }
        if (isActive(*name)) {
            return fail(ErrorCode::RunActive, { { "run", *name } });
        }
        const auto text = paths::readFile(runDir(*name).spec());
        const auto earlier = text ? json::deserialize<pipeline::RunSpec>(*text, *name)
                                  : Result<pipeline::RunSpec>(tl::unexpected<Error>(text.error()));
        if (!earlier) {
            return tl::unexpected<Error>(earlier.error());
        }
        std::vector<std::string> known;
        for (const auto& one : earlier->steps) {
            known.push_back(one.name);
        }
        if (std::find(known.begin(), known.end(), step.name) == known.end()) {
            if (forAll) { // a step that is new has nothing to take over
                from.clear();
                continue;
            }
            return fail(ErrorCode::StepMissing, { { "step", step.name }, { "known", text::join(known, ", ") } });
        }
        from = *name;
    }
    return {};
}

/// Outputs, plans and logs of a run are named by where it began: a copy that is carried on would write into the original.
Result<pipeline::RunSpec> Workspace::specToCarryOn(const std::string& run) const
{
    const runtime::RunDir dir = runDir(run);
    const auto text = paths::readFile(dir.spec());
    if (!text) {
        return fail(ErrorCode::RunMissing, { { "run", run }, { "workspace", m_folder.string() } });
    }
    auto spec = json::deserialize<pipeline::RunSpec>(*text, dir.spec().string());
    if (spec && isMoved(dir, *spec)) {
        return fail(ErrorCode::Invalid,
            { { "what", "the run " + run }, { "found", "a folder that was copied or moved from " + std::string(spec->runDir) },
                { "allowed",
                    fmt::format("a run goes on only where it began; a new one takes over what is done: `sheaf run {} --resume_from {}`",
                        std::string(spec->jobFile), run) } });
    }
    return spec;
}

Result<void> Workspace::resume(const std::string& run) const
{
    const runtime::RunDir dir = runDir(run);
    const auto spec = specToCarryOn(run);
    if (!spec) {
        return tl::unexpected<Error>(spec.error());
    }
    const RunSummary summary = summaryOf(*this, run);
    auto taken = take(run, summary.endedMicros, summary.endedMicros != 0 ? kLeave : 0s);
    if (!taken) {
        return tl::unexpected<Error>(taken.error());
    }
    std::error_code noRepair;
    if (summary.state == event::RunState::Completed && !fs::exists(dir.repair(), noRepair)) {
        return fail(ErrorCode::Invalid,
            { { "what", "the run " + run }, { "found", "Completed" },
                { "allowed",
                    "only one that failed, was canceled or interrupted can be resumed" } });
    }
    return launchAgain(run, *spec, std::move(*taken));
}

/// Two that want to go on with a run that nobody carries on: one gets it. What it wants is about the run as it ended at `endedMicros` (0: interrupted);
/// after a run has said its end its ranks need a moment to leave.
Result<runtime::LaunchLock> Workspace::take(const std::string& run, std::int64_t endedMicros, std::chrono::milliseconds atMost) const
{
    const auto isGoingOn = fail(ErrorCode::RunActive, { { "run", run } });
    const runtime::RunDir dir = runDir(run);
    const auto end = std::chrono::steady_clock::now() + atMost;
    for (const auto never = end + kLeave; std::chrono::steady_clock::now() < never;) {
        {
            auto lock = runtime::LaunchLock::take(dir);
            if (!lock) {
                return tl::unexpected<Error>(lock.error());
            }
            if (*lock && !runtime::coordinatorLives(dir)) {
                if (summaryOf(*this, run).endedMicros != endedMicros) {
                    return isGoingOn; // somebody has carried it on since
                }
                return std::move(**lock);
            }
        }
        // Else somebody only looked at the lock.
        if (isActive(run) && (launchedMicros(dir) > endedMicros || std::chrono::steady_clock::now() >= end)) {
            return isGoingOn;
        }
        std::this_thread::sleep_for(kLook);
    }
    return isGoingOn;
}

Result<void> Workspace::launchAgain(const std::string& run, const pipeline::RunSpec& spec, runtime::LaunchLock lock) const
{
    if (auto python = findInterpreter(spec.python, {}); !python) {
        return tl::unexpected<Error>(python.error());
    }
    forgetRun(*this, run);
    if (auto launched = runtime::launch(runDir(run), spec.nodeCount(), std::move(lock)); !launched) {
        return tl::unexpected<Error>(launched.error());
    }
    return {};
}

Result<void> Workspace::repair(const std::string& run, runtime::RepairRequest request, const PrepareRepair& prepare) const
{
    const runtime::RunDir dir = runDir(run);
    const auto spec = specToCarryOn(run);
    if (!spec) {
        return tl::unexpected<Error>(spec.error());
    }
    const std::int64_t endedMicros = summaryOf(*this, run).endedMicros;
    if (endedMicros == 0 && isActive(run)) {
        if (auto prepared = prepare ? prepare(request, true) : Result<void>(); !prepared) {
            return prepared;
        }
        const auto answer = runtime::request(dir, "repair " + json::serialize(request));
        if (!answer && answer.error().code == ErrorCode::RunNotActive && isActive(run)) {
            return fail(ErrorCode::RunActive, { { "run", run } }); // on its way, but not listening yet
        }
        if (!answer) {
            return tl::unexpected<Error>(answer.error());
        }
        return *answer == "ok" ? Result<void>()
                               : Result<void>(fail(ErrorCode::Invalid, { { "what", "the run " + run }, { "found", "going on" }, { "allowed", *answer } }));
    }
    auto taken = take(run, endedMicros, kLeave);
    if (!taken) {
        return tl::unexpected<Error>(taken.error());
    }
    if (auto prepared = prepare ? prepare(request, false) : Result<void>(); !prepared) {
        return prepared;
    }
    request.id = newRunName(); // an interrupted repair is known again by it
    if (auto written = paths::writeFile(dir.repair(), json::serialize(request)); !written) {
        return written;
    }
    auto launched = launchAgain(run, *spec, std::move(*taken));
    if (!launched && !isActive(run)) { // nobody is there to carry it out
        std::error_code ignored;
        fs::remove(dir.repair(), ignored);
    }
    return launched;
}

Result<void> Workspace::stop(const std::string& run, bool now) const
{
    const runtime::RunDir dir = runDir(run);
    std::error_code ignored;
    if (!fs::exists(dir.spec(), ignored)) {
        return fail(ErrorCode::RunMissing, { { "run", run }, { "workspace", m_folder.string() } });
    }
    const auto until = std::chrono::steady_clock::now() + kOnItsWay;
    for (;;) {
        const auto answer = runtime::request(dir, now ? "stop now" : "stop");
        if (answer && *answer == "ok") {
            return {};
        }
        if (answer) {
            return fail(ErrorCode::Protocol,
                { { "peer", "the coordinator of " + run }, { "reason", *answer } });
        }
        // On its way, but not listening yet.
        if (answer.error().code != ErrorCode::RunNotActive || !isActive(run)) {
            return tl::unexpected<Error>(answer.error());
        }
        if (std::chrono::steady_clock::now() > until) {
            return fail(ErrorCode::Protocol,
                { { "peer", "the coordinator of " + run },
                    { "reason", fmt::format("it hears no requests; end it with `kill {}`, and finish the run later with `sheaf resume`", keeperPid(dir)) } });
        }
        std::this_thread::sleep_for(kLook);
    }
}

bool Workspace::isActive(const std::string& run) const
{
    const runtime::RunDir dir = runDir(run);
    return runtime::LaunchLock::isTaken(dir) || runtime::coordinatorLives(dir); // the second alone: its Keeper was killed
}

} // namespace sheaf::workspace
