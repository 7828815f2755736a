// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/progress_view.h"

#include "app/cli/terminal.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <cstdio>

namespace sheaf::cli {

namespace {

using namespace std::chrono_literals;
constexpr auto kSpeedOver = 15s;
constexpr auto kTellEvery = 5s;
constexpr int kBarColumns = 20;

std::string bar(std::uint32_t ended, std::uint32_t total)
{
    const int full
        = total == 0 ? 0 : static_cast<int>(std::uint64_t { ended } * kBarColumns / total);
    const bool pretty = speaksUtf8();
    std::string done;
    std::string open;
    for (int i = 0; i < kBarColumns; ++i) {
        (i < full ? done : open) += pretty ? "━" : (i < full ? "=" : ".");
    }
    return coloured(Colour::Green, done) + coloured(Colour::Dim, open);
}

std::string rateText(double perSecond)
{
    return perSecond >= 10 ? fmt::format("{:.0f}/s", perSecond)
                           : fmt::format("{:.1f}/s", perSecond);
}

std::string took(const event::RunPicture& picture, const event::StepPicture& step)
{
    const double seconds = picture.workedSeconds(step.startedMicros, step.endedMicros);
    return seconds > 0 ? " after " + text::humanSeconds(seconds) : std::string();
}

std::string stateText(const event::StepPicture& step)
{
    switch (step.state) {
    case event::StepState::Completed:
        return coloured(Colour::Green, "Completed");
    case event::StepState::Failed:
        return coloured(Colour::Red, "Failed");
    case event::StepState::Canceled:
        return coloured(Colour::Yellow, "Canceled");
    case event::StepState::NotStarted:
    case event::StepState::Preparing:
    case event::StepState::Running:
    case event::StepState::Finalizing:
        return json::enumName(step.state);
    }
    return {};
}

bool isAtWork(const event::StepPicture& step)
{
    return step.state != event::StepState::NotStarted && !step.isOver();
}

} // namespace

ProgressView::ProgressView(bool onTerminal)
    : m_onTerminal(onTerminal)
{
}

void ProgressView::adopt(const event::RunPicture& picture)
{
    for (const auto& step : picture.steps()) {
        m_told[step.name] = { step.state, {}, step.ended(), step.warnings.size() };
    }
}

void ProgressView::clear()
{
    if (m_linesDrawn > 0) {
        fmt::print("\x1b[{}A\x1b[J", m_linesDrawn);
        m_linesDrawn = 0;
    }
}

void ProgressView::say(const std::string& line)
{
    clear();
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

double ProgressView::perSecond(const event::StepPicture& step, Clock::time_point now)
{
    auto& marks = m_speeds[step.name].marks;
    if (marks.empty() || marks.back().second != step.ended()) {
        m_speeds[step.name].changed = now;
    }
    if (marks.empty() || now - marks.back().first > 200ms) {
        marks.emplace_back(now, step.ended());
    }
    while (marks.size() > 2 && now - marks.front().first > kSpeedOver) {
        marks.pop_front();
    }
    const double seconds = std::chrono::duration<double>(now - marks.front().first).count();
    return seconds > 0.3 ? (step.ended() - std::min(step.ended(), marks.front().second)) / seconds
                         : 0;
}

std::string ProgressView::progressText(const event::StepPicture& step, Clock::time_point now)
{
    if (!step.planned) {
        const double seconds = static_cast<double>(wallMicros() - step.startedMicros) / 1e6;
        return fmt::format("{} for {}",
            step.state == event::StepState::Preparing ? "preparing" : "running",
            text::humanSeconds(step.startedMicros != 0 ? seconds : 0));
    }
    const auto failed
        = step.count(event::MiniBatchState::Failed) + step.count(event::MiniBatchState::TimedOut);
    std::string text = fmt::format(
        "{} of {} mini-batches", text::humanCount(step.ended()), text::humanCount(step.total()));
    if (failed > 0) {
        text += ", " + text::humanCount(failed) + " failed";
    }
    if (step.state == event::StepState::Finalizing) {
        return text + ", writing the output";
    }
    const double rate = perSecond(step, now);
    const double left = rate > 0 ? (step.total() - step.ended()) / rate : 0;
    const double quiet = std::chrono::duration<double>(now - m_speeds[step.name].changed).count();
    if (rate > 0 && quiet < 2 * left + 1) {
        text += ", " + rateText(rate);
        text += left >= 1 ? ", about " + text::humanSeconds(left) + " left" : "";
    } else if (step.ended() < step.total()) {
        // The last ones take longer than the others did: a guess would be wrong.
        text += fmt::format(", {} running", step.count(event::MiniBatchState::Running));
    }
    return text;
}

void ProgressView::tellStates(const event::RunPicture& picture, const event::StepPicture& step, Clock::time_point now)
{
    auto& told = m_told[step.name];
    for (; told.warnings < step.warnings.size(); ++told.warnings) {
        const std::string& warning = step.warnings[told.warnings];
        if (m_known.count(warning) == 0) {
            say(fmt::format("{}  {} {}", step.name, coloured(Colour::Yellow, "warning:"),
                harmlessLine(warning)));
        }
    }
    if (step.state == told.state) {
        return;
    }
    told.state = step.state;
    told.when = now;
    if (step.isOver()) {
        const std::string message = step.message.empty() ? "" : ". " + harmlessLine(step.message);
        say(fmt::format("{}  {}{}{}", step.name, stateText(step), took(picture, step), message));
    } else if (!m_onTerminal && step.state == event::StepState::Running) {
        say(fmt::format("{}  {}", step.name, stateText(step)));
    }
}

void ProgressView::tellProgress(const event::StepPicture& step, Clock::time_point now)
{
    auto& told = m_told[step.name];
    if (isAtWork(step) && now - told.when >= kTellEvery && step.ended() != told.ended) {
        told.when = now;
        told.ended = step.ended();
        say(fmt::format("{}  {}", step.name, progressText(step, now)));
    }
}

void ProgressView::redraw(const event::RunPicture& picture, Clock::time_point now)
{
    const int width = terminalWidth();
    std::string lines;
    int count = 0;
    for (const auto& step : picture.steps()) {
        if (!isAtWork(step)) {
            continue;
        }
        const std::string name = cut(step.name, 24);
        const int room = width - static_cast<int>(name.size()) - kBarColumns - 5;
        lines += fmt::format("{}  {}  {}\n", coloured(Colour::Bold, name),
            bar(step.ended(), step.total()), cut(progressText(step, now), std::max(8, room)));
        ++count;
    }
    if (lines == m_drawn && count == m_linesDrawn) {
        return;
    }
    clear();
    fmt::print("{}", lines);
    std::fflush(stdout);
    m_drawn = lines;
    m_linesDrawn = count;
}

void ProgressView::show(const event::RunPicture& picture, Clock::time_point now)
{
    for (const auto& step : picture.steps()) {
        tellStates(picture, step, now);
        if (!m_onTerminal) {
            perSecond(step, now);
            tellProgress(step, now);
        }
    }
    if (m_onTerminal) {
        redraw(picture, now);
    }
}

} // namespace sheaf::cli
