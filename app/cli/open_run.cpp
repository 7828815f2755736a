// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/open_run.h"

#include "core/base/text.h"
#include "core/workspace/recorded_run.h"

namespace sheaf::cli {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t kEventsAtOnce = 20000;
}

bool OpenRun::refresh()
{
    if (!store) {
        auto opened = store::EventStore::openForReading(dir.database());
        if (!opened) {
            return false;
        }
        store.emplace(std::move(*opened));
    }
    bool any = false;
    for (;;) {
        const auto events = store->readFrom(picture.lastSequence() + 1, kEventsAtOnce);
        if (!events || events->empty()) {
            return any;
        }
        event::ChangeSet changes;
        picture.apply(*events, changes);
        any = true;
    }
}

bool OpenRun::isOver() const
{
    const auto state = picture.state();
    return state == event::RunState::Completed || state == event::RunState::Failed
        || state == event::RunState::Canceled;
}

bool OpenRun::isGoingOn() const
{
    return !isOver() && workspace.isActive(name);
}

bool OpenRun::isInterrupted() const
{
    return !isOver() && !workspace.isActive(name);
}

std::string OpenRun::stateWord() const
{
    return isInterrupted() ? "Interrupted" : json::enumName(picture.state());
}

const pipeline::StepSpec* OpenRun::stepSpec(const std::string& step) const
{
    for (const auto& candidate : spec.steps) {
        if (candidate.name == step) {
            return &candidate;
        }
    }
    return nullptr;
}

Result<StepIndex> OpenRun::stepIndex(const std::string& step) const
{
    std::vector<std::string> known;
    for (std::size_t i = 0; i < spec.steps.size(); ++i) {
        if (spec.steps[i].name == step) {
            return StepIndex(static_cast<std::uint32_t>(i));
        }
        known.push_back(spec.steps[i].name);
    }
    return fail(ErrorCode::StepMissing, { { "step", step }, { "known", text::join(known, ", ") } });
}

workspace::Workspace workspaceOf(const std::string& folder)
{
    std::error_code ignored;
    if (folder.empty()) {
        return workspace::Workspace::around(fs::current_path(ignored));
    }
    return workspace::Workspace(fs::absolute(folder, ignored).lexically_normal());
}

Result<OpenRun> openRun(const workspace::Workspace& workspace, const std::string& name)
{
    const auto dir = workspace.runDir(name);
    std::error_code ignored;
    if (!fs::exists(dir.spec(), ignored)) {
        return fail(ErrorCode::RunMissing,
            { { "run", name }, { "workspace", workspace.folder().string() } });
    }
    auto spec = workspace::readSpec(dir);
    if (!spec) {
        return tl::unexpected<Error>(spec.error());
    }
    OpenRun run { workspace, name, dir, std::move(*spec), {}, {} };
    run.refresh();
    return run;
}

Result<OpenRun> openRun(const RunChoice& choice)
{
    const auto workspace = workspaceOf(choice.workspace);
    const auto name = workspace.findRun(choice.run);
    if (!name) {
        return tl::unexpected<Error>(name.error());
    }
    return openRun(workspace, *name);
}

std::string commandFor(const workspace::Workspace& workspace,
    const std::string& verb,
    const std::string& run,
    const std::string& rest)
{
    std::string command = "sheaf " + verb + " " + run + (rest.empty() ? "" : " " + rest);
    if (workspaceOf("").folder() != workspace.folder()) {
        command += " --workspace '" + workspace.folder().string() + "'";
    }
    return command;
}

} // namespace sheaf::cli
