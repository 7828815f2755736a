// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// sheaf-guard: reads numbers (i64) from stdin: a process group to watch over, or its negative when that has ended by itself. At the end
// of stdin its agent is gone: what is left is killed. See process_guard.h. Links nothing of ours, so it starts at once.

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <set>

int main()
{
    for (const int number : { SIGTERM, SIGINT, SIGHUP, SIGQUIT }) {
        std::signal(number, SIG_IGN); // its agent's end is what it waits for
    }
    std::set<std::int64_t> groups;
    std::int64_t number = 0;
    for (;;) {
        const ssize_t got = ::read(0, &number, sizeof number);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got != sizeof number) {
            break;
        }
        if (number > 1) {
            groups.insert(number);
        } else {
            groups.erase(-number);
        }
    }
    for (const std::int64_t group : groups) {
        ::kill(static_cast<pid_t>(-group), SIGKILL);
    }
    return 0;
}
