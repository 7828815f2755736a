// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"
#include "core/pipeline/run_spec.h"
#include "core/store/event_store.h"
#include "core/workspace/workspace.h"

#include <optional>
#include <string>

namespace sheaf::cli {

/// Which run a verb is about, as given on the command line.
struct RunChoice
{
    std::string run; // name, unique beginning of one, or "latest"
    std::string workspace; // folder, or "": around the current folder
};

/// A run's folder, what it was to do, and what its events add up to when they were last read.
struct OpenRun
{
    workspace::Workspace workspace;
    std::string name;
    runtime::RunDir dir;
    pipeline::RunSpec spec;
    event::RunPicture picture;
    std::optional<store::EventStore> store; // empty until the run has written something

    /// Reads the events that have come since; whether there were any.
    bool refresh();
    [[nodiscard]] bool isOver() const;
    /// No end was told and a coordinator lives.
    [[nodiscard]] bool isGoingOn() const;
    /// No end was told and no coordinator lives.
    [[nodiscard]] bool isInterrupted() const;
    /// "Running", "Failed", … or "Interrupted".
    [[nodiscard]] std::string stateWord() const;
    [[nodiscard]] const pipeline::StepSpec* stepSpec(const std::string& step) const;
    /// StepMissing when the run has no such step.
    [[nodiscard]] Result<StepIndex> stepIndex(const std::string& step) const;
};

[[nodiscard]] workspace::Workspace workspaceOf(const std::string& folder);
[[nodiscard]] Result<OpenRun> openRun(const RunChoice& choice);
[[nodiscard]] Result<OpenRun> openRun(
    const workspace::Workspace& workspace, const std::string& name);

/// The command that a user can copy: "sheaf resume RUN", with --workspace when it is not the one
/// around the current folder.
[[nodiscard]] std::string commandFor(const workspace::Workspace& workspace,
    const std::string& verb,
    const std::string& run,
    const std::string& rest = "");

} // namespace sheaf::cli
