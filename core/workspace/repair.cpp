// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/repair.h"

#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/pipeline/entry_script.h"
#include "core/triage/failed_now.h"
#include "core/workspace/code_snapshot.h"
#include "core/workspace/script_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace sheaf::workspace {

namespace fs = std::filesystem;
using event::MiniBatchState;

namespace {

template <class Which> event::MiniBatchList those(const event::StepPicture& step, Which&& which)
{
    std::vector<MiniBatchIndex> all;
    for (std::uint32_t i = 0; i < step.total(); ++i) {
        if (which(step.miniBatches[i].state)) {
            all.emplace_back(i);
        }
    }
    return event::MiniBatchList(std::move(all));
}

/// As it was told last: in a run that was cut off nobody is.
bool isAtWork(MiniBatchState state)
{
    return state == MiniBatchState::Running || state == MiniBatchState::Retrying;
}

Result<void> refuse(MiniBatchIndex miniBatch, const std::string& found, const std::string& allowed)
{
    return fail(ErrorCode::Invalid,
        { { "what", fmt::format("mini-batch {}", miniBatch.value) }, { "found", found }, { "allowed", allowed } });
}

Result<void> areOf(const event::StepPicture& step, const event::MiniBatchList& miniBatches)
{
    if (const auto last = miniBatches.last(); last && *last >= step.total()) {
        return fail(ErrorCode::Invalid,
            { { "what", "the mini-batch" }, { "found", std::to_string(*last) },
                { "allowed",
                    step.total() == 0 ? fmt::format("step '{}' has no mini-batches yet", step.name)
                                      : fmt::format("step '{}' has 0 to {}", step.name, step.total() - 1) } });
    }
    return {};
}

Result<pipeline::RunSpec> specOf(const runtime::RunDir& dir)
{
    return paths::readFile(dir.spec()).and_then([&](const std::string& text) {
        return json::deserialize<pipeline::RunSpec>(text, dir.spec().string());
    });
}

/// The next state of the user's code that has no folder yet.
std::uint32_t nextCode(const runtime::RunDir& dir, const std::string& step)
{
    std::uint32_t next = 1;
    std::error_code ignored;
    while (fs::exists(dir.code(step, next), ignored)) {
        ++next;
    }
    return next;
}

std::string userCode(const pipeline::StepSpec& spec)
{
    return spec.kind == pipeline::StepKind::Parallel ? spec.parallel.code : spec.command.code;
}

/// Code that cannot even be loaded is not taken: the run would fail with it and keep it.
Result<void> mayTakeCode(const pipeline::RunSpec& run, const pipeline::StepSpec& step)
{
    if (step.kind != pipeline::StepKind::Parallel) {
        return {};
    }
    const auto refuse = [&](const std::string& found) {
        return fail(ErrorCode::Invalid,
            { { "what", "your code" }, { "found", found }, { "allowed", "mend it first; nothing was run again, and the run has the code that it had" } });
    };
    std::error_code error;
    if (fs::is_directory(step.parallel.code, error) && !fs::exists(pipeline::findEntryScript(step.parallel.code, step.parallel.entryScript), error)) {
        return refuse("without its entry script " + step.parallel.entryScript);
    }
    pipeline::RunSpec alone = run;
    alone.steps = { step };
    for (const auto& diagnostic : checkScripts(alone, run.python)) {
        if (diagnostic.severity == spec::Severity::Error) {
            return refuse(spec::diagnosticText(diagnostic));
        }
    }
    return {};
}

/// A snapshot that appears whole or not at all.
Result<void> snapshot(const std::string& code, const fs::path& to)
{
    const fs::path draft = to.string() + ".new";
    std::error_code ignored;
    fs::remove_all(draft, ignored);
    if (auto taken = takeCodeSnapshot(code, draft); !taken) {
        fs::remove_all(draft, ignored);
        return tl::unexpected<Error>(taken.error());
    }
    std::error_code error;
    fs::rename(draft, to, error);
    return error ? Result<void>(failErrno(to.string(), error.value())) : Result<void>();
}

} // namespace

event::MiniBatchList failedOnes(const event::StepPicture& step)
{
    return those(step, triage::isFailed);
}

event::MiniBatchList unfinishedOnes(const event::StepPicture& step, bool isGoingOn)
{
    return those(step, [&](MiniBatchState state) {
        return state != MiniBatchState::Done && state != MiniBatchState::Ignored && !(isGoingOn && isAtWork(state));
    });
}

Result<void> mayRunAgain(const event::StepPicture& step, const event::MiniBatchList& miniBatches, bool isGoingOn)
{
    if (auto known = areOf(step, miniBatches); !known) {
        return known;
    }
    for (const MiniBatchIndex miniBatch : miniBatches.all(step.total())) {
        const MiniBatchState state = step.miniBatches[miniBatch.value].state;
        if (state == MiniBatchState::Done) {
            return refuse(miniBatch, "Done", "what succeeded never runs twice; `sheaf debug` runs it aside");
        }
        if (isGoingOn && isAtWork(state)) {
            return refuse(miniBatch, json::enumName(state), "it is being worked on");
        }
    }
    return {};
}

Result<void> mayIgnore(const event::StepPicture& step, const event::MiniBatchList& miniBatches, bool ignored)
{
    if (auto known = areOf(step, miniBatches); !known) {
        return known;
    }
    for (const MiniBatchIndex miniBatch : miniBatches.all(step.total())) {
        const MiniBatchState state = step.miniBatches[miniBatch.value].state;
        if (ignored ? !triage::isFailed(state) : state != MiniBatchState::Ignored) {
            return refuse(miniBatch, json::enumName(state), ignored ? "only failed ones can be ignored" : "it is not ignored");
        }
    }
    return {};
}

Result<CodeDifference> codeDifference(const pipeline::StepSpec& spec, const runtime::RunDir& dir, const event::StepPicture& step)
{
    CodeDifference difference;
    difference.code = step.codes.empty() ? 0 : step.codes.back().number;
    if (userCode(spec).empty()) {
        return difference;
    }
    auto files = changedCode(userCode(spec), dir.code(spec.name, difference.code));
    if (!files) {
        return tl::unexpected<Error>(files.error());
    }
    difference.files = std::move(*files);
    return difference;
}

Result<void> repair(const Workspace& workspace, const std::string& run, runtime::RepairRequest request, bool currentCode)
{
    const runtime::RunDir dir = workspace.runDir(run);
    const auto spec = specOf(dir);
    if (!spec) {
        return fail(ErrorCode::RunMissing, { { "run", run }, { "workspace", workspace.folder().string() } });
    }
    const auto step = std::find_if(
        spec->steps.begin(), spec->steps.end(), [&](const auto& candidate) { return candidate.name == request.step; });
    if (step == spec->steps.end()) {
        std::vector<std::string> known;
        for (const auto& one : spec->steps) {
            known.push_back(one.name);
        }
        return fail(ErrorCode::StepMissing, { { "step", request.step }, { "known", text::join(known, ", ") } });
    }
    request.code = -1; // as it is
    request.changedFiles.clear();
    if (!currentCode) {
        return workspace.repair(run, std::move(request));
    }
    return workspace.repair(run, std::move(request), [&](runtime::RepairRequest& wanted, bool isGoingOn) -> Result<void> {
        // The last state, though it may not have been run yet: what is the same is not kept twice.
        const std::uint32_t next = nextCode(dir, step->name);
        auto files = changedCode(userCode(*step), dir.code(step->name, next - 1));
        if (!files) {
            return tl::unexpected<Error>(files.error());
        }
        wanted.code = files->empty() ? next - 1 : next;
        wanted.changedFiles = std::move(*files);
        if (isGoingOn && !wanted.changedFiles.empty()) {
            return fail(ErrorCode::RunActive, { { "run", run } }); // its workers have the code of before in memory
        }
        if (auto may = mayTakeCode(*spec, *step); !may) {
            return may;
        }
        return wanted.code == next ? snapshot(userCode(*step), dir.code(step->name, next)) : Result<void>();
    });
}

} // namespace sheaf::workspace
