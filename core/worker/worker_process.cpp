// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/worker/worker_process.h"

#include "core/base/paths.h"
#include "core/base/program_log.h"
#include "core/base/wire.h"
#include "core/worker/child_process.h"
#include "core/worker/frame_codec.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace sheaf::worker {

namespace {

constexpr std::size_t kStatusBytes = 64;
constexpr std::size_t kHandBackAt = 32;
constexpr std::size_t kReadBytes = 256U << 10;
constexpr std::size_t kMostReadBytes = 16U << 20;
constexpr int kReadsPerTurn = 16;
constexpr int kChannelBuffer = 1 << 20;

std::string pythonPath()
{
    const char* own = std::getenv("PYTHONPATH");
    const std::string worker = paths::workerDir().string();
    return own != nullptr && *own != '\0' ? worker + ":" + own : worker;
}

} // namespace

std::map<std::string, std::string> withWorkerPackage(std::map<std::string, std::string> environment)
{
    environment["PYTHONPATH"] = environment.contains("PYTHONPATH")
        ? paths::workerDir().string() + ":" + environment.at("PYTHONPATH")
        : pythonPath();
    if (!environment.contains("SHEAF_ROWS_LIB") && std::getenv("SHEAF_ROWS_LIB") == nullptr) {
        environment["SHEAF_ROWS_LIB"] = paths::rowsLibrary().string();
    }
    return environment;
}

struct WorkerProcess::Impl {
    ChildProcess child;
    boost::asio::io_context& context;
    boost::asio::posix::stream_descriptor channel;
    WorkerListener& listener;
    FrameReader reader;
    std::string outgoing; // not yet accepted by the socket
    bool flushPosted = false;
    bool writeWaiting = false;
    bool readWaiting = false;
    bool reading = true;
    bool channelOpen = false;
    char* statusPage = nullptr;
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);

    Impl(boost::asio::io_context& io, WorkerListener& hears)
        : child(io)
        , context(io)
        , channel(io)
        , listener(hears)
    {
    }

    ~Impl()
    {
        if (statusPage != nullptr) {
            ::munmap(statusPage, kStatusBytes);
        }
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    Result<void> start(const WorkerCommand& command);

    // ---- to the worker -----------------------------------------------------------------------------------------------

    /// Frames of one turn of the loop leave in one write.
    void flushSoon()
    {
        if (flushPosted) {
            return;
        }
        flushPosted = true;
        boost::asio::post(context, [this, still = std::weak_ptr<bool>(alive)] {
            if (!still.expired()) {
                flushPosted = false;
                flush();
            }
        });
    }

    void flush()
    {
        if (!channelOpen || writeWaiting || outgoing.empty()) {
            return;
        }
        std::size_t at = 0;
        while (at < outgoing.size()) {
            const ssize_t sent = ::send(channel.native_handle(), outgoing.data() + at, outgoing.size() - at,
                MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) {
                continue;
            }
            if (sent < 0) {
                break; // full: go on when there is room; gone: its end is told elsewhere
            }
            at += static_cast<std::size_t>(sent);
        }
        outgoing.erase(0, at);
        if (outgoing.empty() || (errno != EAGAIN && errno != EWOULDBLOCK)) {
            return;
        }
        writeWaiting = true;
        channel.async_wait(boost::asio::posix::descriptor_base::wait_write,
            [this, still = std::weak_ptr<bool>(alive)](const boost::system::error_code& failed) {
                if (still.expired() || failed) {
                    return;
                }
                writeWaiting = false;
                flush();
            });
    }

    // ---- from the worker ---------------------------------------------------------------------------------------------

    void waitForFrames()
    {
        if (!channelOpen || readWaiting || !reading) {
            return;
        }
        readWaiting = true;
        channel.async_wait(boost::asio::posix::descriptor_base::wait_read,
            [this, still = std::weak_ptr<bool>(alive)](const boost::system::error_code& failed) {
                if (still.expired() || failed) {
                    return;
                }
                readWaiting = false;
                if (reading && channelOpen) {
                    readFrames(false);
                    if (!still.expired()) {
                        waitForFrames();
                    }
                }
            });
    }

    void readFrames(bool all)
    {
        for (int i = 0; channelOpen && (all || i < kReadsPerTurn); ++i) {
            const std::size_t wanted = std::clamp(reader.missing(), kReadBytes, kMostReadBytes);
            const ssize_t got = ::recv(channel.native_handle(), reader.room(wanted), wanted, MSG_DONTWAIT);
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
                return;
            }
            if (got <= 0) {
                channelOpen = false; // its end is told when it is reaped
                return;
            }
            reader.received(static_cast<std::size_t>(got));
            while (const auto frame = reader.next()) {
                if (!tell(*frame)) {
                    breakOff("a frame that is not what it should be");
                    return;
                }
            }
            if (reader.broken()) {
                breakOff("bytes that are no frame");
                return;
            }
            if (!all && static_cast<std::size_t>(got) < wanted) {
                return;
            }
        }
    }

    void breakOff(const char* what)
    {
        programLog::error("worker {} sent {}; it is ended", child.pid(), what);
        channelOpen = false;
        child.signalGroup(SIGKILL);
    }

    bool tell(const FrameReader::Frame& frame)
    {
        switch (frame.kind) {
        case FromWorker::Ready: {
            wire::Reader body(frame.body);
            double seconds = 0;
            body.read(seconds);
            listener.onReady(seconds, body.rest());
            return body.ok();
        }
        case FromWorker::InitFailed: {
            wire::Reader body(frame.body);
            std::uint8_t stage = 0;
            std::string_view last;
            body.read(stage);
            body.read(last);
            listener.onInitFailed(stage == 0, last, body.rest());
            return body.ok();
        }
        case FromWorker::Done: {
            const auto done = readDone(frame.body);
            if (done) {
                listener.onDone(*done);
            }
            return done.has_value();
        }
        case FromWorker::Failed: {
            const auto failed = readFailed(frame.body);
            if (failed) {
                listener.onFailed(*failed);
            }
            return failed.has_value();
        }
        case FromWorker::Log: {
            wire::Reader body(frame.body);
            std::uint8_t stream = 0;
            body.read(stream);
            if (body.ok() && stream <= 2) {
                listener.onLog(static_cast<event::LogStream>(stream), body.rest());
                return true;
            }
            return false;
        }
        case FromWorker::Finished: {
            wire::Reader body(frame.body);
            std::uint8_t ok = 0;
            body.read(ok);
            listener.onFinished(ok != 0, body.rest());
            return body.ok();
        }
        }
        return false;
    }
};

Result<void> WorkerProcess::Impl::start(const WorkerCommand& command)
{
    int ends[2] = { -1, -1 };
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return failErrno("socketpair", errno);
    }
    ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &kChannelBuffer, sizeof kChannelBuffer);
    ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &kChannelBuffer, sizeof kChannelBuffer);
    channel.assign(ends[0]);
    channelOpen = true;
    const int page = ::memfd_create("sheaf-status", MFD_CLOEXEC);
    void* mapped = MAP_FAILED;
    if (page >= 0 && ::ftruncate(page, kStatusBytes) == 0) {
        mapped = ::mmap(nullptr, kStatusBytes, PROT_READ | PROT_WRITE, MAP_SHARED, page, 0);
    }
    if (mapped == MAP_FAILED) {
        const int error = errno;
        ::close(ends[1]);
        return failErrno("memfd", error);
    }
    statusPage = static_cast<char*>(mapped);

    ChildCommand child_ { { command.python, "-m", "sheaf_worker" }, command.start.codeDir, withWorkerPackage(command.environment),
        { ends[1], page } };
    auto started = child.start(
        child_, [this](bool isError, std::string_view bytes) { listener.onChildOutput(isError, bytes); },
        [this] { readFrames(true); }, [this](const ProcessEnd& end) { listener.onEnded(end); });
    ::close(ends[1]);
    ::close(page);
    if (!started) {
        return fail(ErrorCode::InterpreterMissing,
            { { "python", command.python }, { "reason", errorSentence(started.error()) } });
    }
    appendStart(outgoing, command.start);
    flushSoon();
    waitForFrames();
    return {};
}

WorkerProcess::WorkerProcess(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

WorkerProcess::~WorkerProcess() = default;

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(
    boost::asio::io_context& context, const WorkerCommand& command, WorkerListener& listener)
{
    auto impl = std::make_unique<Impl>(context, listener);
    if (auto started = impl->start(command); !started) {
        return tl::unexpected<Error>(started.error());
    }
    return std::unique_ptr<WorkerProcess>(new WorkerProcess(std::move(impl)));
}

void WorkerProcess::run(AttemptId attempt, MiniBatchIndex miniBatch, std::string_view line)
{
    appendRun(m_impl->outgoing, attempt, miniBatch, line);
    m_impl->flushSoon();
}

void WorkerProcess::finish()
{
    appendFinish(m_impl->outgoing);
    m_impl->flushSoon();
}

void WorkerProcess::handBack(bool wanted)
{
    m_impl->statusPage[kHandBackAt] = wanted ? 1 : 0;
}

void WorkerProcess::setReading(bool reading)
{
    m_impl->reading = reading;
    m_impl->child.setReading(reading);
    if (reading) {
        m_impl->waitForFrames();
    }
}

WorkerStatus WorkerProcess::status() const
{
    const auto readOnce = [this] {
        char bytes[32];
        std::memcpy(bytes, m_impl->statusPage, sizeof bytes);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        WorkerStatus status;
        std::uint32_t phase = 0;
        std::memcpy(&status.attempt.value, bytes, 8);
        std::memcpy(&phase, bytes + 8, 4);
        std::memcpy(&status.items, bytes + 12, 4);
        std::memcpy(&status.since, bytes + 16, 8);
        std::memcpy(&status.ended, bytes + 24, 8);
        status.phase = static_cast<WorkerPhase>(std::min<std::uint32_t>(phase, 6));
        return status;
    };
    // The worker writes while we read: two reads that agree are one state.
    WorkerStatus status = readOnce();
    for (int i = 0; i < 100; ++i) {
        const WorkerStatus again = readOnce();
        if (again.attempt == status.attempt && again.phase == status.phase && again.since == status.since) {
            break;
        }
        status = again;
    }
    return status;
}

std::int64_t WorkerProcess::pid() const
{
    return m_impl->child.pid();
}

void WorkerProcess::askForStack()
{
    m_impl->child.signal(SIGUSR1);
}

void WorkerProcess::terminate()
{
    m_impl->child.signalGroup(SIGTERM);
}

void WorkerProcess::kill()
{
    m_impl->child.signalGroup(SIGKILL);
}

} // namespace sheaf::worker
