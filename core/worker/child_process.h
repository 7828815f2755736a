// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/worker/worker_process.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::worker {

/// What to execute, and with what.
struct ChildCommand {
    std::vector<std::string> words; // absolute program first
    std::string directory;
    std::map<std::string, std::string> environment; // added to ours, which is cleaned of what MPI left in it
    std::vector<int> descriptors; // become 3, 4, … of the child
};

/// Our variables, cleaned of what MPI left in them, with `added`: "NAME=value" each.
[[nodiscard]] std::vector<std::string> childEnvironment(const std::map<std::string, std::string>& added);

/// A supervised child: process group of its own, dies with this process (PR_SET_PDEATHSIG: so it is to be started from a
/// thread that lives as long as the process), stdin from /dev/null, stdout and stderr on pipes that are read here, reaped
/// through a pidfd without touching signal handlers. When it ends its whole group is killed, so nothing that it forked outlives
/// it; nor does it outlive this process, if that has a guard (process_guard.h). The base of WorkerProcess and CommandProcess; the agent's thread.
class ChildProcess
{
public:
    using OnOutput = std::function<void(bool isError, std::string_view bytes)>;
    using OnEnded = std::function<void(const ProcessEnd& end)>;

    explicit ChildProcess(boost::asio::io_context& context);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// `beforeEnded` is called when the process is reaped, before the last of its output is told.
    [[nodiscard]] Result<void> start(
        const ChildCommand& command, OnOutput onOutput, std::function<void()> beforeEnded, OnEnded onEnded);
    void setReading(bool reading);
    void signal(int number);
    void signalGroup(int number);
    /// SIGTERM to the group, all of which may take its time: onEnded comes when the last of it is gone, or after SIGKILL.
    void terminateGently();
    [[nodiscard]] std::int64_t pid() const { return m_pid; }

private:
    struct Pipe {
        boost::asio::posix::stream_descriptor descriptor;
        bool isError = false;
        bool waiting = false;
        bool open = false;
        explicit Pipe(boost::asio::io_context& context)
            : descriptor(context)
        {
        }
    };
    void waitForExit();
    void waitForOutput(Pipe& pipe);
    /// Reads what is there; false at the end of the pipe.
    bool readOutput(Pipe& pipe, bool all);
    void onExit();
    void waitForGroup();
    void tellEnd();

    boost::asio::io_context& m_context;
    Pipe m_out;
    Pipe m_error;
    boost::asio::posix::stream_descriptor m_pidfd;
    boost::asio::steady_timer m_lookAgain;
    OnOutput m_onOutput;
    std::function<void()> m_beforeEnded;
    OnEnded m_onEnded;
    std::int64_t m_pid = 0;
    int m_status = 0; // of waitpid
    bool m_reaped = false;
    bool m_gently = false;
    bool m_groupLives = false; // the process is reaped, what it forked has its time
    bool m_reading = true;
};

} // namespace sheaf::worker
