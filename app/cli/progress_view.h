// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sheaf::cli {

/// Shows how a run goes on, on stdout: on a terminal one redrawn line per step at work, elsewhere a
/// line when something changed, at most every 5 s a step. Owned by the verb that waits; one thread.
class ProgressView
{
public:
    using Clock = std::chrono::steady_clock;
    explicit ProgressView(bool onTerminal);

    /// What is so already when the watching begins is not told.
    void adopt(const event::RunPicture& picture);
    /// Warnings that were printed before the run began.
    void passOver(const std::vector<std::string>& warnings)
    {
        m_known.insert(warnings.begin(), warnings.end());
    }
    void show(const event::RunPicture& picture, Clock::time_point now);
    /// Takes the redrawn lines away, so that others can print.
    void clear();
    /// A line of its own, above the redrawn ones.
    void say(const std::string& line);

private:
    struct Speed
    {
        std::deque<std::pair<Clock::time_point, std::uint32_t>> marks;
        Clock::time_point changed;
    };
    struct Told
    {
        event::StepState state = event::StepState::NotStarted;
        Clock::time_point when;
        std::uint32_t ended = 0;
        std::size_t warnings = 0;
    };

    double perSecond(const event::StepPicture& step, Clock::time_point now);
    void tellStates(const event::RunPicture& picture, const event::StepPicture& step, Clock::time_point now);
    void tellProgress(const event::StepPicture& step, Clock::time_point now);
    [[nodiscard]] std::string progressText(const event::StepPicture& step, Clock::time_point now);
    void redraw(const event::RunPicture& picture, Clock::time_point now);

    bool m_onTerminal;
    int m_linesDrawn = 0;
    std::string m_drawn;
    std::map<std::string, Speed> m_speeds;
    std::map<std::string, Told> m_told;
    std::set<std::string> m_known;
};

} // namespace sheaf::cli
