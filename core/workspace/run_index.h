// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"
#include "core/workspace/workspace.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// The list of a workspace's runs, made from their folders. What a run that is over has to say does
/// not change, so it is read once and then kept in workspace.db; that file may be lost at any time.
namespace sheaf::workspace {

/// Lists the runs of one workspace, again and again. A run that is not over has to be read from its record: that is done again when the record has
/// changed, and while somebody works on it so seldom that it takes a hundredth of the time. Works, more slowly, where workspace.db cannot be
/// written. One thread at a time.
class RunLister
{
public:
    explicit RunLister(Workspace workspace)
        : m_workspace(std::move(workspace))
    {
    }

    /// Newest first. `followed`: a run whose record the caller has read himself; unless it is long over, what that says is left out of its
    /// summary, for summarize().
    [[nodiscard]] Result<std::vector<RunSummary>> list(const std::string& followed = {});

private:
    struct Read {
        RunSummary summary;
        bool wasActive = false;
        std::int64_t recordMicros = 0;
        double endedSeconds = 0; // when it had been read, by the steady clock
        double tookSeconds = 0;
    };
    [[nodiscard]] RunSummary summaryOfOpen(const std::string& run);

    Workspace m_workspace;
    std::map<std::string, Read> m_read;
};

/// What the record of a run says, into its summary. `isActive`: somebody works on it.
void summarize(RunSummary& summary, const event::RunPicture& picture, bool isActive);
/// The run goes on: what is kept of it is no longer true.
void forgetRun(const Workspace& workspace, const std::string& run);
/// What its folder says of one run now.
[[nodiscard]] RunSummary summaryOf(const Workspace& workspace, const std::string& run);

} // namespace sheaf::workspace
