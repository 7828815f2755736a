// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/worker/child_process.h"

#include "core/worker/process_guard.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

extern char** environ;

namespace sheaf::worker {

namespace {

constexpr std::array kCleanedPrefixes { "OMPI_", "PMIX_", "PMI_", "ORTE_", "PRTE_", "HYDRA_", "OPAL_" };
/// Read from a pipe in one turn: the other descriptors get theirs, too.
constexpr int kReadsPerTurn = 8;
constexpr std::chrono::milliseconds kLookAgain { 20 };

bool isCleaned(std::string_view variable)
{
    for (const std::string_view prefix : kCleanedPrefixes) {
        if (variable.starts_with(prefix)) {
            return true;
        }
    }
    return false;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (auto& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

/// Everything that the child needs between fork and exec, where only async-signal-safe calls are allowed.
struct Prepared {
    char* const* words;
    char* const* environment;
    const char* directory;
    std::array<int, 3> standard;
    const int* descriptors;
    int descriptorCount;
    int report; // errno goes here when something fails
    pid_t parent;
};

[[noreturn]] void inChild(const Prepared& prepared)
{
    const auto give = [&](int error) {
        [[maybe_unused]] const auto written = ::write(prepared.report, &error, sizeof error);
        ::_exit(127);
    };
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != prepared.parent) { // it died before the call above
        ::_exit(127);
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int number = 1; number < 32; ++number) {
        ::signal(number, SIG_DFL);
    }
    // First out of the way of the numbers they are to have, then into place.
    constexpr int kAway = 100;
    std::array<int, 16> away {};
    const int count = 3 + prepared.descriptorCount;
    for (int i = 0; i < count; ++i) {
        const int from = i < 3 ? prepared.standard[static_cast<std::size_t>(i)] : prepared.descriptors[i - 3];
        away[static_cast<std::size_t>(i)] = ::fcntl(from, F_DUPFD, kAway);
    }
    const int report = ::fcntl(prepared.report, F_DUPFD, kAway);
    for (int i = 0; i < count; ++i) {
        if (::dup2(away[static_cast<std::size_t>(i)], i) < 0) {
            give(errno);
        }
    }
    if (::dup2(report, count) < 0) {
        ::_exit(127);
    }
    ::fcntl(count, F_SETFD, FD_CLOEXEC);
    ::syscall(SYS_close_range, static_cast<unsigned>(count + 1), ~0U, 0U);
    const auto giveHere = [&](int error) {
        [[maybe_unused]] const auto written = ::write(count, &error, sizeof error);
        ::_exit(127);
    };
    if (::chdir(prepared.directory) != 0) {
        giveHere(errno);
    }
    ::execve(prepared.words[0], prepared.words, prepared.environment);
    giveHere(errno);
    ::_exit(127);
}

/// Whether somebody in the group still does something. What has ended and was not waited for counts for kill(), and the first process of
/// a container may take its time with that; so the few of them are looked at.
bool groupLives(pid_t group)
{
    if (::kill(-group, 0) != 0) {
        return false;
    }
    std::error_code error;
    for (std::filesystem::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
        if (it->path().filename().string().find_first_not_of("0123456789") != std::string::npos) {
            continue;
        }
        std::ifstream file(it->path() / "stat"); // "12 (name) S parent group …"; a name may hold anything
        std::string stat;
        std::getline(file, stat);
        const auto name = stat.rfind(')');
        char state = 'X';
        long parent = 0;
        long member = 0;
        if (name != std::string::npos && std::sscanf(stat.c_str() + name + 1, " %c %ld %ld", &state, &parent, &member) == 3 && member == group
            && state != 'Z' && state != 'X') {
            return true;
        }
    }
    return false;
}

/// Two ends that close themselves unless they are taken.
struct PipeEnds {
    int read = -1;
    int write = -1;
    bool make()
    {
        std::array<int, 2> ends {};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            return false;
        }
        read = ends[0];
        write = ends[1];
        return true;
    }
    void closeWrite()
    {
        if (write >= 0) {
            ::close(std::exchange(write, -1));
        }
    }
    int takeRead() { return std::exchange(read, -1); }
    ~PipeEnds()
    {
        closeWrite();
        if (read >= 0) {
            ::close(read);
        }
    }
};

} // namespace

std::vector<std::string> childEnvironment(const std::map<std::string, std::string>& added)
{
    std::vector<std::string> all;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        const std::string name(text.substr(0, text.find('=')));
        if (!isCleaned(text) && !added.contains(name)) {
            all.emplace_back(text);
        }
    }
    for (const auto& [name, value] : added) {
        all.push_back(name + "=" + value);
    }
    return all;
}

std::string ProcessEnd::words() const
{
    if (!signaled) {
        return "exited with " + std::to_string(code);
    }
    const char* name = ::strsignal(code);
    return "was killed by signal " + std::to_string(code) + (name != nullptr ? " (" + std::string(name) + ")" : "");
}

ChildProcess::ChildProcess(boost::asio::io_context& context)
    : m_context(context)
    , m_out(context)
    , m_error(context)
    , m_pidfd(context)
    , m_lookAgain(context)
{
    m_error.isError = true;
}

ChildProcess::~ChildProcess()
{
    if (m_groupLives) {
        signalGroup(SIGKILL);
        unguardGroup(m_pid);
    }
    if (m_pid > 0 && !m_reaped) {
        signalGroup(SIGKILL);
        unguardGroup(m_pid);
        ::kill(static_cast<pid_t>(m_pid), SIGKILL);
        int status = 0;
        ::waitpid(static_cast<pid_t>(m_pid), &status, 0);
    }
}

Result<void> ChildProcess::start(
    const ChildCommand& command, OnOutput onOutput, std::function<void()> beforeEnded, OnEnded onEnded)
{
    m_onOutput = std::move(onOutput);
    m_beforeEnded = std::move(beforeEnded);
    m_onEnded = std::move(onEnded);
    PipeEnds out;
    PipeEnds error;
    PipeEnds report;
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || !out.make() || !error.make() || !report.make()) {
        return failErrno("/dev/null", errno);
    }
    auto words = command.words;
    auto environment = childEnvironment(command.environment);
    const auto wordPointers = pointersTo(words);
    const auto environmentPointers = pointersTo(environment);
    const Prepared prepared { wordPointers.data(), environmentPointers.data(), command.directory.c_str(),
        { nothing, out.write, error.write }, command.descriptors.data(),
        static_cast<int>(command.descriptors.size()), report.write, ::getpid() };
    const pid_t pid = ::fork();
    if (pid == 0) {
        inChild(prepared);
    }
    const int forkError = errno;
    ::close(nothing);
    if (pid < 0) {
        return failErrno(command.words.front(), forkError);
    }
    ::setpgid(pid, pid); // here as well: whoever comes first
    guardGroup(pid);
    out.closeWrite();
    error.closeWrite();
    report.closeWrite();
    m_pid = pid;
    int execError = 0;
    ssize_t got = 0;
    do {
        got = ::read(report.read, &execError, sizeof execError);
    } while (got < 0 && errno == EINTR);
    if (got == sizeof execError) {
        int status = 0;
        ::waitpid(pid, &status, 0);
        m_reaped = true;
        unguardGroup(pid);
        return failErrno(command.words.front(), execError);
    }
    m_out.descriptor.assign(out.takeRead());
    m_error.descriptor.assign(error.takeRead());
    m_out.open = m_error.open = true;
    m_out.descriptor.non_blocking(true);
    m_error.descriptor.non_blocking(true);
    m_pidfd.assign(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    waitForExit();
    waitForOutput(m_out);
    waitForOutput(m_error);
    return {};
}

/// Asio may complete a wait although nothing happened: an event that was fetched for a descriptor closed since then reaches the one
/// that took over its place in the reactor. So a process has ended when waitpid says so, not before.
void ChildProcess::waitForExit()
{
    m_pidfd.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code& failed) {
        if (failed) {
            return; // canceled: this object may be gone
        }
        siginfo_t info {};
        const int looked = ::waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED | WNOHANG | WNOWAIT);
        if (looked == 0 && info.si_pid == 0) {
            waitForExit();
        } else {
            onExit();
        }
    });
}

void ChildProcess::waitForOutput(Pipe& pipe)
{
    if (!pipe.open || pipe.waiting || !m_reading) {
        return;
    }
    pipe.waiting = true;
    pipe.descriptor.async_wait(
        boost::asio::posix::descriptor_base::wait_read, [this, &pipe](const boost::system::error_code& failed) {
            if (failed) {
                return; // canceled: this object may be gone
            }
            pipe.waiting = false;
            if (m_reading && pipe.open) {
                pipe.open = readOutput(pipe, false);
                waitForOutput(pipe);
            }
        });
}

bool ChildProcess::readOutput(Pipe& pipe, bool all)
{
    std::array<char, 65536> buffer {};
    for (int i = 0; all || i < kReadsPerTurn; ++i) {
        const ssize_t got = ::read(pipe.descriptor.native_handle(), buffer.data(), buffer.size());
        if (got > 0) {
            m_onOutput(pipe.isError, { buffer.data(), static_cast<std::size_t>(got) });
        } else if (got < 0 && errno == EINTR) {
            continue;
        } else {
            return got < 0 && errno == EAGAIN;
        }
    }
    return true;
}

void ChildProcess::onExit()
{
    if (!m_gently) {
        signalGroup(SIGKILL); // what it forked goes with it
    }
    ::waitpid(static_cast<pid_t>(m_pid), &m_status, 0);
    m_reaped = true;
    m_groupLives = m_gently && groupLives(static_cast<pid_t>(m_pid));
    m_groupLives ? waitForGroup() : tellEnd();
}

/// A shell dies of SIGTERM at once; the program that it waited for may be saving what it has.
void ChildProcess::waitForGroup()
{
    m_lookAgain.expires_after(kLookAgain);
    m_lookAgain.async_wait([this](const boost::system::error_code& failed) {
        if (failed) {
            return; // canceled: this object may be gone
        }
        m_groupLives = m_groupLives && groupLives(static_cast<pid_t>(m_pid));
        m_groupLives ? waitForGroup() : tellEnd();
    });
}

void ChildProcess::tellEnd()
{
    unguardGroup(m_pid);
    if (m_beforeEnded) {
        m_beforeEnded();
    }
    // Whoever still holds the other end (a child in another group) is not waited for.
    for (Pipe* pipe : { &m_out, &m_error }) {
        if (pipe->open) {
            readOutput(*pipe, true);
            pipe->open = false;
            boost::system::error_code ignored;
            pipe->descriptor.close(ignored);
        }
    }
    ProcessEnd end;
    end.signaled = WIFSIGNALED(m_status);
    end.code = end.signaled ? WTERMSIG(m_status) : WEXITSTATUS(m_status);
    const OnEnded onEnded = std::move(m_onEnded);
    onEnded(end); // the owner may let go of this object now
}

void ChildProcess::setReading(bool reading)
{
    m_reading = reading;
    if (reading && m_pid > 0 && !m_reaped) {
        waitForOutput(m_out);
        waitForOutput(m_error);
    }
}

void ChildProcess::signal(int number)
{
    if (m_pid > 0 && !m_reaped) {
        ::kill(static_cast<pid_t>(m_pid), number);
    }
}

void ChildProcess::signalGroup(int number)
{
    if (m_pid > 0 && (!m_reaped || m_groupLives)) {
        ::kill(-static_cast<pid_t>(m_pid), number);
        m_groupLives = m_groupLives && number != SIGKILL; // nothing has time any more
    }
}

void ChildProcess::terminateGently()
{
    m_gently = true;
    signalGroup(SIGTERM);
}

} // namespace sheaf::worker
