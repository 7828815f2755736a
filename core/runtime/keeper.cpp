// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/keeper.h"

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/program_log.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace sheaf::runtime {

namespace {

constexpr int kMostFruitless = 4; // lives in a row without any progress
constexpr double kPauseSeconds = 0.25; // before the second life; doubled after each one that brought nothing
constexpr double kLookSeconds = 0.05;
constexpr double kGoneSeconds = 10; // all processes of a life take to be gone, at most
constexpr double kAskedSeconds = 5; // from the request to stop to SIGTERM for mpirun, and from that to SIGKILL
constexpr std::size_t kMostOfLog = 256 * 1024;

timespec timeOf(double seconds)
{
    return { static_cast<time_t>(seconds), static_cast<long>((seconds - static_cast<double>(static_cast<time_t>(seconds))) * 1e9) };
}

sigset_t heardSignals()
{
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : { SIGTERM, SIGINT, SIGHUP, SIGCHLD }) {
        sigaddset(&set, signal);
    }
    return set;
}

/// Other processes of our session: mpirun and its ranks stay in it; workers have sessions of their own and a guard that ends them.
std::vector<pid_t> othersOfSession()
{
    std::vector<pid_t> others;
    const pid_t session = ::getsid(0);
    if (session != ::getpid()) {
        return others; // started by hand: it is the session of a shell
    }
    std::error_code error;
    for (std::filesystem::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
        const auto pid = text::toInt(it->path().filename().string());
        if (!pid || *pid == ::getpid()) {
            continue;
        }
        std::string stat;
        std::getline(std::ifstream(it->path() / "stat"), stat);
        const auto close = stat.rfind(") "); // "1234 (name) S parent group session …"
        const auto words = close == std::string::npos ? std::vector<std::string>() : text::split(stat.substr(close + 2), ' ');
        if (words.size() > 3 && words[0] != "Z" && words[0] != "X" && words[3] == std::to_string(session)) {
            others.push_back(static_cast<pid_t>(*pid));
        }
    }
    return others;
}

/// The word after `before`, up to a blank or a sentence's end; "" when it is not there.
std::string wordAfter(std::string_view line, std::string_view before)
{
    const auto at = line.find(before);
    if (at == std::string_view::npos) {
        return {};
    }
    std::string_view rest = line.substr(at + before.size());
    rest = rest.substr(0, rest.find_first_of(" \n,"));
    return std::string(rest.ends_with('.') ? rest.substr(0, rest.size() - 1) : rest);
}

std::string rankName(std::string_view number)
{
    const auto rank = text::toInt(number);
    return !rank ? "a rank" : *rank == 0 ? std::string("the coordinator") : fmt::format("node {}", *rank - 1);
}

} // namespace

bool Keeper::keep()
{
    const sigset_t heard = heardSignals();
    ::sigprocmask(SIG_BLOCK, &heard, nullptr);
    ::setsid(); // fails for who is started by a shell as a job
    std::string lost;
    std::uint64_t progress = 0;
    if (const auto standing = m_look()) {
        progress = standing->progress;
    }
    for (int fruitless = 0;;) {
        std::error_code noLog;
        const auto logBegin = std::filesystem::file_size(m_dir.launchLog(), noLog);
        const auto mpirun = startRanks(lost);
        if (!mpirun) {
            programLog::error("{}", errorSentence(mpirun.error()));
            return false;
        }
        const int status = waitForRanks(*mpirun);
        if (!clearAway()) {
            programLog::error("processes of the run do not go; it is not begun again");
            return false;
        }
        const auto standing = m_look();
        if (!standing) {
            programLog::error("{}", errorSentence(standing.error()));
            return false;
        }
        if (standing->isOver || m_isStopped) {
            return standing->isOver;
        }
        if (WIFEXITED(status) && WEXITSTATUS(status) == kCannotGoOn) {
            return false; // and has said why
        }
        const auto logSize = std::filesystem::file_size(m_dir.launchLog(), noLog);
        const auto log = paths::readEnd(m_dir.launchLog(), std::min<std::size_t>(kMostOfLog, noLog || logSize < logBegin ? 0 : logSize - logBegin));
        lost = lossClause(log.value_or(std::string()), status);
        fruitless = standing->progress > progress ? 0 : fruitless + 1;
        progress = standing->progress;
        if (fruitless >= kMostFruitless) {
            programLog::error("{}; {} lives in a row brought nothing forward, so the run is not begun again by itself", lost, kMostFruitless);
            return false;
        }
        programLog::warning("{}; the run goes on from its record", lost);
        if (!pause(kPauseSeconds * (1 << fruitless))) {
            return false;
        }
    }
}

Result<std::int64_t> Keeper::startRanks(const std::string& lost) const
{
    std::error_code ignored;
    const Life life = std::filesystem::exists(m_dir.repair(), ignored) ? Life::Repair : Life::Whole;
    return startMpirun(m_dir, m_nodes, life, lost);
}

int Keeper::waitForRanks(std::int64_t mpirun)
{
    const auto pid = static_cast<pid_t>(mpirun);
    const sigset_t heard = heardSignals();
    double asked = 0;
    int escalation = 0;
    for (;;) {
        int status = 0;
        const pid_t got = ::waitpid(pid, &status, WNOHANG);
        if (got == pid || (got < 0 && errno != EINTR)) {
            return status;
        }
        const timespec wait = timeOf(asked > 0 ? kLookSeconds : 3600);
        siginfo_t info {};
        const int signal = ::sigtimedwait(&heard, &info, &wait);
        if ((signal == SIGTERM || signal == SIGINT || signal == SIGHUP) && asked == 0) {
            m_isStopped = true;
            asked = monotonicSeconds();
            if (auto answer = request(m_dir, "stop now"); !answer) {
                escalation = 1; // nobody listens
                ::kill(pid, SIGTERM);
            }
        } else if (asked > 0 && monotonicSeconds() - asked > kAskedSeconds * (escalation + 1)) {
            ::kill(pid, escalation++ == 0 ? SIGTERM : SIGKILL);
        }
    }
}

bool Keeper::clearAway()
{
    const double end = monotonicSeconds() + kGoneSeconds;
    for (;;) {
        const auto others = othersOfSession();
        if (others.empty() && !coordinatorLives(m_dir)) {
            return true;
        }
        for (const pid_t pid : others) {
            ::kill(pid, SIGKILL);
        }
        if (monotonicSeconds() > end) {
            return false;
        }
        const timespec wait = timeOf(kLookSeconds);
        ::nanosleep(&wait, nullptr);
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
    }
}

bool Keeper::pause(double seconds)
{
    const sigset_t heard = heardSignals();
    const double end = monotonicSeconds() + seconds;
    for (double left = seconds; left > 0; left = end - monotonicSeconds()) {
        const timespec wait = timeOf(left);
        const int signal = ::sigtimedwait(&heard, nullptr, &wait);
        if (signal == SIGTERM || signal == SIGINT || signal == SIGHUP) {
            m_isStopped = true;
            return false;
        }
    }
    return true;
}

std::string lossClause(std::string_view launchLog, int status)
{
    // What the coordinator itself noticed comes first, then what mpirun tells of a rank or of a whole host.
    for (const std::string& line : text::split(launchLog, '\n')) {
        if (const auto at = line.find(kLostMark); at != std::string::npos) {
            return line.substr(at + kLostMark.size());
        }
    }
    for (const std::string& line : text::split(launchLog, '\n')) {
        if (line.find("exited on signal ") != std::string::npos) {
            const std::string host = wordAfter(line, " on node ");
            const auto at = line.find("exited on signal ") + std::string_view("exited on signal ").size();
            std::string how = line.substr(at);
            how = how.ends_with('.') ? how.substr(0, how.size() - 1) : how;
            return fmt::format("{} was lost: its process{} was ended by signal {}", rankName(wordAfter(line, "process rank ")), host.empty() ? "" : " on " + host, how);
        }
    }
    for (const std::string& line : text::split(launchLog, '\n')) {
        if (const std::string host = wordAfter(line, "on node "); !host.empty() && line.find("daemon") != std::string::npos) {
            return fmt::format("the host {} was lost", host);
        }
    }
    if (WIFSIGNALED(status)) {
        return fmt::format("mpirun was ended by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
    }
    return fmt::format("mpirun ended with {} before the run was over", WIFEXITED(status) ? WEXITSTATUS(status) : status);
}

} // namespace sheaf::runtime
