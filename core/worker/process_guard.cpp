// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/worker/process_guard.h"

#include "core/base/paths.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace sheaf::worker {

namespace {

int g_guard = -1; // the pipe to it; open as long as this process lives

void tell(std::int64_t number)
{
    if (g_guard >= 0) {
        [[maybe_unused]] const auto written = ::write(g_guard, &number, sizeof number); // one piece: less than PIPE_BUF
    }
}

} // namespace

Result<void> startGuard()
{
    if (g_guard >= 0) {
        return {};
    }
    const std::string program = paths::guardProgram().string();
    if (::access(program.c_str(), X_OK) != 0) {
        return failErrno(program, errno);
    }
    std::array<int, 2> ends {};
    const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return failErrno("pipe", errno);
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::setsid(); // mpirun ends the groups that it started
        ::dup2(ends[0], 0);
        ::dup2(nothing, 1); // mpirun waits for the end of the pipes that it gave
        ::dup2(nothing, 2);
        ::syscall(SYS_close_range, 3U, ~0U, 0U);
        ::execl(program.c_str(), program.c_str(), nullptr);
        ::_exit(127);
    }
    const int error = errno;
    ::close(ends[0]);
    ::close(nothing);
    if (pid < 0) {
        ::close(ends[1]);
        return failErrno(program, error);
    }
    g_guard = ends[1];
    return {};
}

void guardGroup(std::int64_t group)
{
    tell(group);
}

void unguardGroup(std::int64_t group)
{
    tell(-group);
}

} // namespace sheaf::worker
