// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/agent.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/program_log.h"

#include <boost/asio/post.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string_view>
#include <thread>

namespace sheaf::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kTick { 50 };
constexpr std::chrono::milliseconds kSampleInterval { 1000 };
/// Workers' words wait when more than this is on its way to the coordinator.
constexpr std::size_t kPauseAbove = 48U << 20;
constexpr std::size_t kGoOnBelow = 16U << 20;
constexpr double kTermSeconds = 5;

std::string hostName()
{
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

int countGpus()
{
    std::error_code error;
    int count = 0;
    for (const auto& entry : fs::directory_iterator("/proc/driver/nvidia/gpus", error)) {
        count += entry.is_directory(error) ? 1 : 0;
    }
    return count;
}

/// The program of this name on the PATH; "" when there is none.
std::string programOnPath(const std::string& name)
{
    const char* path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        const std::string file = std::string(rest.substr(0, end)) + "/" + name;
        if (::access(file.c_str(), X_OK) == 0) {
            return file;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

/// CPU time of this thread.
double cpuSeconds()
{
    timespec now {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace

/// A command step on this node, and how far its end is.
struct Agent::Command {
    std::unique_ptr<worker::CommandProcess> process;
    double startedAt = 0;
    double timeoutSeconds = 0;
    double endingSince = 0; // 0: not asked to end
    bool killed = false;
    bool timedOut = false;
    std::string scratchDir;
};

Agent::Agent(Transport& transport, NodeIndex node, std::string run)
    : m_transport(transport)
    , m_loop(transport)
    , m_outbox(transport, 0)
    , m_node(node)
    , m_gpus(countGpus())
    , m_tick(m_loop.context())
    , m_sampleTimer(m_loop.context())
{
    std::error_code error;
    fs::path base = fs::temp_directory_path(error);
    if (error) {
        base = "/tmp";
    }
    m_scratchDir = (base / ("sheaf-" + run + "-" + std::to_string(getpid()))).string();
}

Agent::~Agent()
{
    m_pools.clear();
    m_commands.clear();
    std::error_code ignored;
    fs::remove_all(m_scratchDir, ignored);
}

WorkerPool* Agent::pool(StepIndex step)
{
    const auto found = m_pools.find(step);
    return found == m_pools.end() ? nullptr : found->second.get();
}

void Agent::run()
{
    join();
    scheduleTick();
    scheduleSample();
    watchGpus();
    RankLoop::Hooks hooks;
    hooks.onBytes = [this](int, std::string_view bytes) {
        const bool understood = forEachMessage<ToAgent>(
            bytes, [this](const ToAgent& message) { std::visit([this](const auto& one) { onMessage(one); }, message); });
        if (!understood) {
            programLog::error("node {}: a message of the coordinator cannot be read", m_node.value);
        }
    };
    hooks.onTurn = [this](double now) { onTurn(now); };
    hooks.isOver = [this] { return m_over; };
    hooks.isExpecting = [this] { return !m_pools.empty() || !m_commands.empty(); };
    hooks.isFast = [this] {
        return std::any_of(m_pools.begin(), m_pools.end(), [](const auto& one) { return one.second->isFast(); });
    };
    m_loop.run(hooks);
    m_outbox.flush();
}

void Agent::join()
{
    const std::string host = hostName();
    AgentJoined joined;
    joined.host = host;
    joined.cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    joined.memoryBytes = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
    joined.pid = getpid();
    m_outbox.put(ToCoordinator(joined));
    m_outbox.flush();
}

void Agent::onTurn(double)
{
    for (auto& [step, pool] : m_pools) {
        pool->feed();
    }
    std::erase_if(m_pools, [](const auto& one) { return one.second->isDrained(); });
    m_outbox.flush();
    const std::size_t unsent = m_outbox.unsentBytes();
    if (m_paused ? unsent < kGoOnBelow : unsent > kPauseAbove) {
        m_paused = !m_paused;
        for (auto& [step, pool] : m_pools) {
            pool->setReading(!m_paused);
        }
        for (auto& [step, command] : m_commands) {
            command->process->setReading(!m_paused);
        }
    }
}

// ---- what the coordinator says ----------------------------------------------------------------------------------------

void Agent::onMessage(const StartStep& message)
{
    auto config = json::deserialize<AgentStep>(message.config, "AgentStep");
    if (!config) {
        programLog::error("{}", errorSentence(config.error()));
        return;
    }
    const int slots = config->workers > 0 ? config->workers
                                          : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    auto& pool = m_pools[message.step];
    pool = std::make_unique<WorkerPool>(
        m_loop.context(), m_outbox, m_node, message.step, std::move(*config), slots, m_gpus, m_scratchDir);
    pool->start();
}

void Agent::onMessage(const AssignMiniBatches& message)
{
    WorkerPool* found = pool(message.step);
    if (found == nullptr) {
        AttemptsReturned returned { message.step, {} };
        for (const auto& assignment : message.assignments) {
            returned.attempts.push_back(assignment.attempt);
        }
        m_outbox.put(ToCoordinator(returned));
        return;
    }
    for (const auto& assignment : message.assignments) {
        found->assign(assignment);
    }
}

void Agent::onMessage(const FinishStep& message)
{
    if (WorkerPool* found = pool(message.step)) {
        found->finish();
    } else {
        m_outbox.put(ToCoordinator(StepDrained { message.step }));
    }
}

void Agent::onMessage(const CancelStep& message)
{
    if (const auto command = m_commands.find(message.step); command != m_commands.end()) {
        command->second->endingSince = monotonicSeconds();
        command->second->process->terminate();
    } else if (WorkerPool* found = pool(message.step)) {
        found->cancel();
    } else {
        m_outbox.put(ToCoordinator(StepDrained { message.step }));
    }
}

void Agent::onMessage(const DrainStep& message)
{
    if (WorkerPool* found = pool(message.step)) {
        found->drain();
    }
}

void Agent::onMessage(const RecallMiniBatches& message)
{
    if (WorkerPool* found = pool(message.step)) {
        found->recall();
    }
}

void Agent::onMessage(const RunCommand& message)
{
    const StepIndex step = message.step;
    const auto refuse = [&](const std::string& reason) {
        CommandGone gone { step };
        gone.code = 127;
        gone.how = reason;
        m_outbox.put(ToCoordinator(gone));
    };
    auto config = json::deserialize<AgentCommand>(message.config, "AgentCommand");
    if (!config) {
        refuse("could not be started: " + errorSentence(config.error()));
        return;
    }
    auto command = std::make_unique<Command>();
    command->startedAt = monotonicSeconds();
    command->timeoutSeconds = config->timeoutSeconds;
    command->scratchDir = m_scratchDir + "/" + config->step;
    std::error_code ignored;
    fs::create_directories(command->scratchDir, ignored);
    config->environment["TMPDIR"] = command->scratchDir;
    auto process = worker::CommandProcess::start(
        m_loop.context(), { config->text, config->directory, config->environment },
        [this, step](bool isError, std::string_view bytes) {
            m_outbox.put(ToCoordinator(CommandLog { step, isError, bytes }));
        },
        [this, step](const worker::ProcessEnd& end) { onCommandEnded(step, end); });
    if (!process) {
        refuse("could not be started: " + errorSentence(process.error()));
        return;
    }
    command->process = std::move(*process);
    m_outbox.put(ToCoordinator(CommandUp { step, command->process->pid() }));
    m_commands[step] = std::move(command);
}

void Agent::onMessage(const LeaveRun&)
{
    // The coordinator listens until it has heard this, so that nothing large that is still on its way waits for a receiver.
    m_outbox.put(ToCoordinator(AgentLeft {}));
    m_over = true;
}

void Agent::onCommandEnded(StepIndex step, const worker::ProcessEnd& end)
{
    const auto found = m_commands.find(step);
    const std::string words = end.words();
    CommandGone gone { step };
    gone.signaled = end.signaled;
    gone.code = end.code;
    gone.how = words;
    if (found != m_commands.end()) {
        gone.timedOut = found->second->timedOut;
        std::error_code ignored;
        fs::remove_all(found->second->scratchDir, ignored);
        // It is in a callback of the process: let go of it in the next turn.
        boost::asio::post(m_loop.context(), [old = std::shared_ptr<Command>(std::move(found->second))] { });
        m_commands.erase(found);
    }
    m_outbox.put(ToCoordinator(gone));
}

// ---- time -------------------------------------------------------------------------------------------------------------

void Agent::scheduleTick()
{
    m_tick.expires_after(kTick);
    m_tick.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            onTick();
            scheduleTick();
        }
    });
}

void Agent::onTick()
{
    const double now = monotonicSeconds();
    for (auto& [step, pool] : m_pools) {
        pool->onTick(now);
    }
    for (auto& [step, command] : m_commands) {
        if (command->endingSince == 0 && command->timeoutSeconds > 0
            && now - command->startedAt > command->timeoutSeconds) {
            command->timedOut = true;
            command->endingSince = now;
            command->process->terminate();
        } else if (command->endingSince > 0 && !command->killed && now - command->endingSince > kTermSeconds) {
            command->killed = true;
            command->process->kill();
        }
    }
}

void Agent::scheduleSample()
{
    m_sampleTimer.expires_after(kSampleInterval);
    m_sampleTimer.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            sample();
            scheduleSample();
        }
    });
}

/// nvidia-smi is started once and left running. Where it is not, or has nothing to say, samples are without its figures.
void Agent::watchGpus()
{
    const std::string program = m_gpus > 0 ? programOnPath("nvidia-smi") : std::string();
    if (program.empty()) {
        return;
    }
    worker::ChildCommand command;
    command.words = monitor::GpuSampler::words(static_cast<int>(kSampleInterval.count()));
    command.words.insert(command.words.begin(), program);
    command.directory = "/";
    m_gpuWatch = std::make_unique<worker::ChildProcess>(m_loop.context());
    const auto started = m_gpuWatch->start(
        command,
        [this](bool isError, std::string_view bytes) {
            if (!isError) {
                m_gpuSampler.feed(bytes);
            }
        },
        [] {}, [this](const worker::ProcessEnd&) { m_gpuSampler = {}; }); // old figures are none
    if (!started) {
        m_gpuWatch.reset();
    }
}

void Agent::sample()
{
    const double began = cpuSeconds();
    std::vector<WorkerPool::Sampled> workers;
    for (const auto& [step, pool] : m_pools) {
        pool->addSampled(workers);
    }
    std::vector<monitor::SampledProcess> processes { { "manager", getpid() } };
    for (auto& worker : workers) {
        processes.push_back({ std::move(worker.name), worker.pid });
    }
    monitor::NodeSample sample = m_sampler.sample(m_node, wallMicros(), processes);
    sample.costSeconds = static_cast<float>(m_sampleCost);
    sample.gpus = m_gpuSampler.latest();
    const std::string taken = json::serialize(sample);
    m_outbox.put(ToCoordinator(SampleTaken { taken }));
    m_sampleCost = cpuSeconds() - began;
}

} // namespace sheaf::runtime
