// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/python_call.h"

#include "core/plan/plan_watch.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sheaf::plan {

namespace {

constexpr int kFirstNapMs = 2;
constexpr int kLongestNapMs = 50;

/// A file without a name. As stdin, stdout and stderr of a child it needs no pumping: nothing can
/// block, whoever dies first.
class MemoryFile
{
public:
    MemoryFile()
        : m_descriptor(::memfd_create("sheaf-python-call", MFD_CLOEXEC))
    {
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile()
    {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
        }
    }

    [[nodiscard]] int descriptor() const { return m_descriptor; }
    [[nodiscard]] bool fill(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) {
                return false;
            }
            bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
        }
        return ::lseek(m_descriptor, 0, SEEK_SET) == 0;
    }
    [[nodiscard]] std::string contents() const
    {
        std::string bytes;
        char buffer[65536];
        for (;;) {
            const ssize_t got
                = ::pread(m_descriptor, buffer, sizeof buffer, static_cast<off_t>(bytes.size()));
            if (got <= 0) {
                return bytes;
            }
            bytes.append(buffer, static_cast<std::size_t>(got));
        }
    }

private:
    int m_descriptor;
};

/// Starts python with the three files as its fd 0, 1, 2; returns an errno.
int spawn(const std::string& python,
    const std::string& script,
    const MemoryFile (&files)[3],
    pid_t& child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (int i = 0; i < 3; ++i) {
        posix_spawn_file_actions_adddup2(&actions, files[i].descriptor(), i);
    }
    // What the ranks have blocked or ignored is not the interpreter's business.
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (const int signal : { SIGPIPE, SIGINT, SIGTERM, SIGHUP }) {
        sigaddset(&defaults, signal);
    }
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::string words[]
        = { python, "-c", "import sys\nsys.path[:] = [p for p in sys.path if p]\n" + script };
    char* const arguments[] = { words[0].data(), words[1].data(), words[2].data(), nullptr };
    const int error
        = posix_spawnp(&child, python.c_str(), &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

Result<int> waitFor(pid_t child, PlanWatch& watch)
{
    int status = 0;
    int nap = kFirstNapMs;
    for (;;) {
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child) {
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        }
        if (ended < 0 && errno != EINTR) {
            return failErrno("waitpid", errno);
        }
        if (watch.shouldStop()) {
            ::kill(child, SIGKILL);
            ::waitpid(child, &status, 0);
            return PlanWatch::canceled();
        }
        ::poll(nullptr, 0, nap);
        nap = std::min(nap * 2, kLongestNapMs);
    }
}

} // namespace

Result<PythonAnswer> callPython(
    const std::string& python, const std::string& script, std::string_view input, PlanWatch& watch)
{
    MemoryFile files[3];
    for (const auto& file : files) {
        if (file.descriptor() < 0) {
            return failErrno("memory file", errno);
        }
    }
    if (!files[0].fill(input)) {
        return failErrno("memory file", errno);
    }
    pid_t child = 0;
    if (const int error = spawn(python, script, files, child); error != 0) {
        return fail(ErrorCode::InterpreterMissing,
            { { "python", python }, { "reason", std::generic_category().message(error) } });
    }
    const auto exitCode = waitFor(child, watch);
    if (!exitCode) {
        return tl::unexpected<Error>(exitCode.error());
    }
    return PythonAnswer { *exitCode, files[1].contents(), files[2].contents() };
}

} // namespace sheaf::plan
