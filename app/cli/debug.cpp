// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"
#include "core/worker/worker_process.h"
#include "core/workspace/debug_session.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sheaf::cli {

namespace {

constexpr int kRaised = 1;
constexpr int kCannotBegin = 2;
constexpr std::size_t kNamedFiles = 3;

struct DebugOptions
{
    RunChoice choice;
    std::string step;
    std::uint32_t miniBatch = 0;
    bool pdb = false;
    bool breakAtRun = false;
    int debugpyPort = 0;
    bool presentCode = false;
};

std::vector<char*> pointersTo(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (auto& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

/// Runs it with our own standard streams: the debugger in it talks to whoever sits here. Ctrl-C is for it, not for us.
Result<worker::ProcessEnd> runInForeground(workspace::DebugSession session)
{
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGINT, &ignore, nullptr);
    ::sigaction(SIGQUIT, &ignore, nullptr);
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGQUIT);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setsigdefault(&attributes, &ours);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addchdir_np(&actions, session.code.c_str());
    const auto words = pointersTo(session.words);
    const auto environment = pointersTo(session.environment);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, words[0], &actions, &attributes, words.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        const auto reason = failErrno(session.words.front(), error);
        return fail(ErrorCode::InterpreterMissing,
            { { "python", session.words.front() }, { "reason", errorSentence(reason.value()) } });
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    worker::ProcessEnd end;
    end.signaled = WIFSIGNALED(status);
    end.code = end.signaled ? WTERMSIG(status) : WEXITSTATUS(status);
    return end;
}

/// "entry.py, util.py and 4 more"
std::string named(const std::vector<std::string>& files)
{
    const std::vector<std::string> first(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(std::min(files.size(), kNamedFiles)));
    return text::join(first, ", ") + (files.size() > kNamedFiles ? fmt::format(" and {} more", files.size() - kNamedFiles) : "");
}

std::string itemsWord(std::uint64_t count)
{
    return count == 1 ? "1 item" : fmt::format("{} items", count);
}

std::string wordsOf(const event::AttemptEnded& recorded)
{
    const std::string where = fmt::format("on node {} {}", recorded.node.value, runtime::RunDir::processName(recorded.process));
    return recorded.outcome == event::AttemptOutcome::Done
        ? fmt::format("returned {} in {} {}", itemsWord(recorded.returned), text::humanSeconds(recorded.runSeconds), where)
        : fmt::format("{} {}: {}", json::enumName(recorded.outcome), where, harmlessLine(recorded.error));
}

std::string wordsOf(const workspace::DebugResult& result)
{
    return result.outcome == "Done" ? fmt::format("returned {} in {}", itemsWord(result.returned), text::humanSeconds(result.runSeconds))
        : result.outcome == "Left"  ? "left before it had ended"
                                    : fmt::format("{}: {}", result.outcome, harmlessLine(result.error));
}

void tellBefore(const DebugOptions& options, const OpenRun& run, const workspace::DebugSession& session)
{
    const auto& subject = session.subject;
    fmt::print("Mini-batch {} of step {}, here and alone, with {}\n", options.miniBatch, coloured(Colour::Bold, options.step),
        options.presentCode                ? "your code as it is now"
            : subject.recorded.has_value() ? "the code that its last attempt ran"
                                           : "the code of the run");
    if (!options.presentCode && !subject.isCodeThere) {
        fmt::print("  your code folder cannot be read any more: {}\n", harmlessLine(subject.code.string()));
    } else if (!options.presentCode && !subject.changed.empty()) {
        fmt::print("  your code has changed since ({}); --current-code runs it as it is now\n", harmlessLine(named(subject.changed)));
    }
    if (options.debugpyPort != 0) {
        fmt::print("  your editor attaches with\n"
                   "    {{\"type\": \"debugpy\", \"request\": \"attach\", \"connect\": {{\"host\": \"127.0.0.1\", \"port\": {}}},\n"
                   "     \"pathMappings\": [{{\"localRoot\": \"{}\", \"remoteRoot\": \"{}\"}}], \"justMyCode\": false}}\n",
            options.debugpyPort, harmlessLine(subject.code.string()), harmlessLine(session.code.string()));
    }
    fmt::print("  what it writes goes to {}; run {} is left as it is\n\n", harmlessLine(session.folder.string()), run.name);
    std::fflush(stdout);
}

void tellAfter(const workspace::DebugSession& session, const std::optional<workspace::DebugResult>& result, const worker::ProcessEnd& end)
{
    const auto& recorded = session.subject.recorded;
    fmt::print("\nwas  {}\nnow  {}{}\n", recorded ? wordsOf(*recorded) : "not tried yet",
        result ? wordsOf(*result) : "the process " + end.words() + " before it was over",
        recorded && result && workspace::isAsRecorded(*recorded, *result) ? coloured(Colour::Dim, "  (the same)") : "");
    fmt::print("     {}\n", harmlessLine(session.folder.string()));
}

int debug(const DebugOptions& options)
{
    auto run = openRun(options.choice);
    if (!run) {
        return complain(run.error());
    }
    auto session = workspace::prepareDebug(
        run->workspace, { run->name, options.step, MiniBatchIndex(options.miniBatch), options.presentCode });
    if (!session) {
        return complain(session.error(), kCannotBegin);
    }
    if (options.pdb) {
        session->words.emplace_back("--pdb");
    }
    if (options.breakAtRun) {
        session->words.emplace_back("--break");
    }
    if (options.debugpyPort != 0) {
        session->words.insert(session->words.end(), { "--debugpy", std::to_string(options.debugpyPort) });
    }
    tellBefore(options, *run, *session);
    const auto end = runInForeground(*session);
    if (!end) {
        return complain(end.error(), kCannotBegin);
    }
    const auto result = workspace::readDebugResult(*session);
    if (result && result->outcome == "NotBegun") {
        return kCannotBegin; // it has said why
    }
    tellAfter(*session, result, *end);
    return !result || end->signaled ? kRaised : end->code;
}

} // namespace

void addDebug(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<DebugOptions>();
    auto* verb = app.add_subcommand("debug", "Run one mini-batch of a run here, alone, with a debugger if wanted");
    verb->footer("The interpreter, settings, arguments and variables are the run's; there is no time limit. The run is only read, and may be going "
                 "on: outputs, returned rows and a copy of the code go to a folder below .sheaf/debug/, which may be deleted; the newest 20 are kept.\n"
                 "Exit code: 0 run() returned rows, 1 it (or import, init(), loading) raised or ended the process, 2 not begun, 130 left by you.");
    addRunChoice(*verb, options->choice);
    verb->add_option("STEP", options->step, "Name of the step")->required();
    verb->add_option("--batch", options->miniBatch, "Number of the mini-batch")->type_name("K")->required();
    auto* pdb = verb->add_flag("--pdb", options->pdb, "Look around with pdb where something is raised");
    verb->add_flag("--break", options->breakAtRun, "Stop at the first line of run(): with pdb, or before it with --debugpy");
    verb->add_option("--debugpy", options->debugpyPort, "Wait for a debugger that attaches to this port of this machine")
        ->type_name("PORT")
        ->check(CLI::Range(1, 65535))
        ->excludes(pdb);
    verb->add_flag("--current-code", options->presentCode, "Your code folder as it is now, not the state of it that the run took");
    verb->callback([options, &exitCode] { exitCode = debug(*options); });
}

} // namespace sheaf::cli
