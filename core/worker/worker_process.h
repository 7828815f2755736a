// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/base/ids.h"
#include "core/worker/worker_protocol.h"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::worker {

/// The variables with those by which an interpreter finds our package and its library.
[[nodiscard]] std::map<std::string, std::string> withWorkerPackage(std::map<std::string, std::string> environment);

/// How a process ended, from waitpid.
struct ProcessEnd {
    bool signaled = false;
    int code = 0; // exit code or signal number
    /// "exited with 3", "killed by signal 9 (Killed)"
    [[nodiscard]] std::string words() const;
};

/// What the status page said at one read.
struct WorkerStatus {
    AttemptId attempt;
    WorkerPhase phase = WorkerPhase::Starting;
    std::uint32_t items = 0; // of the mini-batch, 0 until it is loaded
    double since = 0; // CLOCK_MONOTONIC
    std::uint64_t ended = 0;
};

struct DoneFrame {
    AttemptId attempt;
    std::uint32_t items = 0;
    std::uint32_t returned = 0;
    std::int64_t startMicros = 0;
    double elapsedSeconds = 0;
    double cpuSeconds = 0;
    double runSeconds = 0;
    std::string_view header;
    std::string_view rows;
};

struct FailedFrame {
    AttemptId attempt;
    event::AttemptOutcome outcome = event::AttemptOutcome::Exception;
    std::uint32_t items = 0;
    std::int64_t startMicros = 0;
    double elapsedSeconds = 0;
    double cpuSeconds = 0;
    double runSeconds = 0;
    std::string_view error;
    std::string_view traceback;
};

/// What the owner of a WorkerProcess hears. Views are valid during the call only.
class WorkerListener
{
public:
    virtual ~WorkerListener() = default;
    virtual void onReady(double initSeconds, std::string_view notes) = 0;
    virtual void onInitFailed(bool inImport, std::string_view error, std::string_view traceback) = 0;
    virtual void onDone(const DoneFrame& frame) = 0;
    virtual void onFailed(const FailedFrame& frame) = 0;
    virtual void onLog(event::LogStream stream, std::string_view bytes) = 0;
    /// fd 1 and fd 2: C code, children, the stack asked for by SIGUSR1.
    virtual void onChildOutput(bool isError, std::string_view bytes) = 0;
    virtual void onFinished(bool ok, std::string_view traceback) = 0;
    /// Last call, once: the process is reaped and everything it sent has been told.
    virtual void onEnded(const ProcessEnd& end) = 0;
};

struct WorkerCommand {
    std::string python; // absolute
    std::map<std::string, std::string> environment; // added to the agent's own, which is cleaned of OMPI_*, PMIX_*, ORTE_* and the like
    WorkerStart start;
};

/// One supervised Python process: started in a process group of its own, told to die with the agent
/// (PR_SET_PDEATHSIG), fed, listened to, ended. Owned by the agent's pool of a step; lives on the agent's one thread.
/// Reading can be paused (back-pressure: the user's prints wait, nothing is dropped here).
class WorkerProcess
{
public:
    /// Starts the process and sends Start. Listener must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<WorkerProcess>> start(
        boost::asio::io_context& context, const WorkerCommand& command, WorkerListener& listener);
    ~WorkerProcess(); // kills the group if it still lives

    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    /// Queues a Run frame; frames queued in one turn of the loop go out in one write.
    void run(AttemptId attempt, MiniBatchIndex miniBatch, std::string_view line);
    void finish();
    void setReading(bool reading);
    /// Asks the worker to hand back what it has been given and has not begun: told as onFailed with outcome Lost.
    /// Until it is called with false.
    void handBack(bool wanted);

    [[nodiscard]] WorkerStatus status() const;
    [[nodiscard]] std::int64_t pid() const;

    /// SIGUSR1: the stack goes to onChildOutput(true, …).
    void askForStack();
    /// SIGTERM to the group. The owner calls kill() 5 s later if onEnded has not come.
    void terminate();
    /// SIGKILL to the group; also done by the destructor.
    void kill();

private:
    struct Impl;
    explicit WorkerProcess(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace sheaf::worker
