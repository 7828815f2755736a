// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/run_watch.h"

#include "app/cli/progress_view.h"
#include "app/cli/status_json.h"
#include "app/cli/terminal.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/triage/failed_now.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace sheaf::cli {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kLook = 50ms;
constexpr auto kLookForLife = 500ms;
constexpr auto kLeaveWithin = 5s;

volatile std::sig_atomic_t interrupts = 0;

void onInterrupt(int)
{
    interrupts = interrupts + 1;
    if (interrupts >= 3) {
        static constexpr char kLeft[] = "\nLeft. The run goes on by itself.\n";
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kLeft, sizeof kLeft - 1);
        ::_exit(kCanceled);
    }
}

/// Ctrl-C is counted while one of these lives.
class InterruptCounter
{
public:
    InterruptCounter()
    {
        interrupts = 0;
        struct sigaction action
        {
        };
        action.sa_handler = onInterrupt;
        ::sigaction(SIGINT, &action, &m_before);
    }
    InterruptCounter(const InterruptCounter&) = delete;
    InterruptCounter& operator=(const InterruptCounter&) = delete;
    ~InterruptCounter() { ::sigaction(SIGINT, &m_before, nullptr); }

private:
    struct sigaction m_before
    {
    };
};

void askToStop(const OpenRun& run, ProgressView& view, bool now)
{
    view.say(now ? "Stopping now."
                 : "Stopping: mini-batches that are running may finish, commands are ended. Ctrl-C again stops at once.");
    if (const auto asked = run.workspace.stop(run.name, now);
        !asked && asked.error().code != ErrorCode::RunNotActive) {
        complain(asked.error());
    }
}

enum class End { Told, Interrupted };

End waitForEnd(OpenRun& run, std::uint64_t seen, ProgressView& view, bool quiet)
{
    const InterruptCounter counter;
    int handled = 0;
    auto lookForLife = Clock::now() + kLookForLife;
    for (;;) {
        bool lives = true;
        if (Clock::now() >= lookForLife) {
            // Asked before the events are read: an end told in between is not overlooked.
            lives = run.workspace.isActive(run.name);
            lookForLife = Clock::now() + kLookForLife;
        }
        run.refresh();
        if (!quiet && run.picture.lastSequence() > seen) {
            view.show(run.picture, Clock::now());
        }
        if (run.isOver() && run.picture.lastSequence() > seen) {
            return End::Told;
        }
        if (!lives) {
            return End::Interrupted;
        }
        if (interrupts > handled) {
            handled = interrupts;
            askToStop(run, view, handled > 1);
        }
        std::this_thread::sleep_for(kLook);
    }
}

void printLaunchLog(const OpenRun& run)
{
    constexpr std::size_t kBytes = 64 * 1024; // of all lives of the run; its last one is at the end
    const std::string bytes = paths::readEnd(run.dir.launchLog(), kBytes).value_or("");
    const auto lines = text::split(text::trim(bytes), '\n');
    // Our own errors say more than what mpirun adds about the end of its processes.
    constexpr std::string_view kError = " ERROR ";
    std::vector<std::string> told;
    for (const auto& line : lines) {
        if (const auto at = line.find(kError); at != std::string::npos) {
            std::string error = line.substr(at + kError.size());
            if (std::find(told.begin(), told.end(), error) == told.end()) {
                told.push_back(std::move(error));
            }
        }
    }
    if (told.empty()) {
        told.assign(lines.begin() + static_cast<std::ptrdiff_t>(lines.size() > 8 ? lines.size() - 8 : 0), lines.end());
    }
    for (const auto& line : told) {
        if (!line.empty()) {
            fmt::print(stderr, "  {}\n", harmlessLine(line));
        }
    }
}

int reportInterrupted(const OpenRun& run)
{
    std::fflush(stdout);
    fmt::print(stderr,
        "The run {} was interrupted: its coordinator is gone. What is done is kept; go on with\n  "
        "{}\n",
        run.name, commandFor(run.workspace, "resume", run.name));
    printLaunchLog(run);
    return kFailed;
}

int exitCodeOf(event::RunState state)
{
    switch (state) {
    case event::RunState::Completed:
        return kCompleted;
    case event::RunState::Canceled:
        return kCanceled;
    case event::RunState::Starting:
    case event::RunState::Running:
    case event::RunState::Failed:
        return kFailed;
    }
    return kFailed;
}

Colour colourOf(event::RunState state)
{
    return state == event::RunState::Completed ? Colour::Green
        : state == event::RunState::Failed     ? Colour::Red
                                               : Colour::Yellow;
}

/// The end of a text, indented: what one wants to see first of a long one.
void printEnd(std::string_view text)
{
    constexpr std::size_t kLines = 12;
    const auto lines = text::split(text::trim(text), '\n');
    const std::size_t first = lines.size() > kLines ? lines.size() - kLines : 0;
    if (first > 0) {
        fmt::print("    …\n");
    }
    for (std::size_t i = first; i < lines.size(); ++i) {
        fmt::print("    {}\n", harmlessLine(lines[i]));
    }
}

void printCommandEnd(const OpenRun& run, const event::StepPicture& step)
{
    constexpr std::size_t kBytes = 8192;
    const std::string end = paths::readEnd(run.dir.commandLog(step.name, NodeIndex(0)), kBytes).value_or("");
    if (!text::trim(end).empty()) {
        fmt::print("  Last lines of {}:\n", harmlessLine(step.name));
        printEnd(end);
    }
}

/// By number and how many are failed, the largest first.
using Causes = std::vector<std::pair<std::size_t, std::uint32_t>>;

/// What is failed, by cause: `5 mini-batches: KeyError: 'x' (score.py:31)`.
void printGroups(const event::StepPicture& step, const Causes& groups)
{
    constexpr std::size_t kShown = 8;
    if (groups.size() < 2) {
        return; // the first error below says it all
    }
    fmt::print("  {}, {} causes:\n", step.name, groups.size());
    for (std::size_t i = 0; i < std::min(groups.size(), kShown); ++i) {
        const auto [number, count] = groups[i];
        const event::FailureGroup& group = step.failures.groups()[number - 1];
        const event::CodePlace& place = group.signature.place;
        const std::string where = place.line == 0 ? "" : fmt::format(" ({}:{})", std::filesystem::path(place.file).filename().string(), place.line);
        fmt::print("    {:>6} mini-batch{} {}{}\n", text::humanCount(count), count == 1 ? ":  " : "es:",
            harmlessLine(group.firstError.empty() ? json::enumName(group.outcome) : group.firstError), harmlessLine(where));
    }
    if (groups.size() > kShown) {
        fmt::print("    and {} more\n", groups.size() - kShown);
    }
}

void printFirstError(const OpenRun& run, const event::StepPicture& step)
{
    const Causes causes = triage::largestGroups(step);
    if (causes.empty()) {
        if (!step.initTraceback.empty() && step.message.find(step.initTraceback) == std::string::npos) {
            fmt::print("  {}: its entry script did not get ready:\n", step.name);
            printEnd(step.initTraceback);
        } else if (step.reason == "command" || step.reason == "timeout") {
            printCommandEnd(run, step);
        }
        return;
    }
    printGroups(step, causes);
    // The error that came first, of those that are still there.
    const std::size_t number = std::min_element(causes.begin(), causes.end())->first;
    const auto& failure = step.failures.groups()[number - 1];
    const MiniBatchIndex miniBatch = triage::firstFailedOf(step, number);
    fmt::print("  {}, first error: mini-batch {}: {}\n", step.name, miniBatch.value,
        harmlessLine(failure.firstError.empty() ? json::enumName(failure.outcome) : failure.firstError));
    if (!failure.firstTraceback.empty() && failure.firstTraceback != failure.firstError) {
        printEnd(failure.firstTraceback);
    }
    fmt::print("  All of it: {}\n",
        commandFor(run.workspace, "logs", run.name,
            step.name + " --batch " + std::to_string(miniBatch.value)));
}

void printStepPaths(const OpenRun& run)
{
    std::error_code ignored;
    std::vector<std::vector<std::string>> rows;
    for (const auto& step : run.spec.steps) {
        for (const auto& output : step.outputs) {
            if (std::filesystem::exists(output.path, ignored)) {
                rows.push_back({ "Output", step.name + "." + output.name, output.path });
            }
        }
    }
    for (const auto& step : run.spec.steps) {
        if (std::filesystem::exists(run.dir.logs(step.name), ignored)) {
            rows.push_back({ "Logs", step.name, run.dir.logs(step.name).string() });
        }
        if (std::filesystem::exists(run.dir.jobResult(step.name), ignored)) {
            rows.push_back({ "Result", step.name, run.dir.jobResult(step.name).string() });
        }
    }
    fmt::print("{}", harmless(table(rows)));
}

} // namespace

void printReport(const OpenRun& run)
{
    const auto& picture = run.picture;
    const double seconds = picture.workedSeconds(picture.startedMicros(), picture.endedMicros());
    fmt::print("{} in {}. {}\n",
        coloured(colourOf(picture.state()), json::enumName(picture.state())),
        text::humanSeconds(seconds), harmlessLine(picture.message()));
    for (const auto& step : picture.steps()) {
        if (step.state == event::StepState::Failed) {
            printFirstError(run, step);
        }
    }
    printStepPaths(run);
    if (picture.state() != event::RunState::Completed) {
        fmt::print("Go on with what is left: {}\n", commandFor(run.workspace, "resume", run.name));
        if (picture.state() == event::RunState::Failed) {
            fmt::print("After mending the script or the job: {} --resume_from {}\n",
                commandFor(run.workspace, "run", run.spec.jobFile), run.name);
        }
    }
}

int watchRun(OpenRun& run, std::uint64_t seen, bool json)
{
    ProgressView view(!json && isTerminal(stdout));
    view.adopt(run.picture);
    view.passOver(run.spec.notes);
    const End end = waitForEnd(run, seen, view, json);
    view.clear();
    if (json) {
        fmt::print("{}\n", statusJson(run));
    } else if (end == End::Told) {
        printReport(run);
    }
    std::fflush(stdout);
    if (end == End::Interrupted) {
        return reportInterrupted(run);
    }
    // The ranks leave in a moment; who starts or removes things next should not meet them.
    for (const auto until = Clock::now() + kLeaveWithin;
         run.workspace.isActive(run.name) && Clock::now() < until;) {
        std::this_thread::sleep_for(10ms);
    }
    return exitCodeOf(run.picture.state());
}

} // namespace sheaf::cli
