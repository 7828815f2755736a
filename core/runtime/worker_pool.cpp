// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/worker_pool.h"

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/runtime/run_dir.h"

#include <boost/asio/post.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace sheaf::runtime {

namespace fs = std::filesystem;

namespace {

/// How long a hanging worker has to print its stack, to go when asked, and to run shutdown().
constexpr double kStackSeconds = 0.3;
constexpr double kTermSeconds = 5;
constexpr double kShutdownSeconds = 60;
/// Queued at a worker beyond the one it is in: enough to outlast a turn of the loop, nothing for long ones.
constexpr double kPipeSeconds = 0.005;
constexpr std::size_t kMostInPipe = 256;
constexpr double kLongSeconds = 0.25;
/// In one mini-batch for so long while another worker has nothing: the rest is shared out anew.
constexpr double kUnfairSeconds = 0.05;
constexpr std::size_t kKeptErrorBytes = 16384;

} // namespace

/// One worker slot: the process in it now, what it was given, and how its end is going.
class WorkerPool::Slot final : public worker::WorkerListener
{
public:
    enum class Ending { No, Stack, Term, Killed };

    Slot(WorkerPool& owner, int slotIndex)
        : pool(owner)
        , index(slotIndex)
    {
    }

    WorkerPool& pool;
    int index;
    std::unique_ptr<worker::WorkerProcess> process;
    ProcessNumber number;
    std::string tempDir;
    bool ready = false;
    bool wasReady = false; // the slot's last worker got ready
    bool finishSent = false;
    double finishAt = 0;
    bool empty = false; // stays so
    int failuresInRow = 0;
    std::deque<Queued> pipe; // given, not answered; the front is the one it is in
    AttemptId told; // last attempt named in AttemptsRunning
    Ending ending = Ending::No;
    double endingSince = 0;
    std::string endingWords;
    event::AttemptOutcome endingOutcome = event::AttemptOutcome::Timeout;
    worker::WorkerStatus endingStatus;
    std::string childErrors; // last bytes of fd 2: stacks, and what a dying interpreter says
    std::string shutdownTraceback;
    bool finished = false;
    bool initFailed = false;
    bool askedBack = false; // what it has not begun comes back, for others

    [[nodiscard]] bool isWorking() const { return process && ready && ending == Ending::No && !finishSent; }
    [[nodiscard]] bool isHungry() const { return isWorking() && pipe.empty(); }

    void onReady(double initSeconds, std::string_view notes) override
    {
        ready = true;
        wasReady = true;
        failuresInRow = 0;
        InitEnded message { pool.m_step, number };
        message.seconds = initSeconds;
        message.notes = notes;
        pool.m_outbox.put(ToCoordinator(message));
        pool.feed();
    }

    void onInitFailed(bool inImport, std::string_view error, std::string_view traceback) override
    {
        initFailed = true;
        InitEnded message { pool.m_step, number };
        message.ok = false;
        message.inImport = inImport;
        message.error = error;
        message.traceback = traceback;
        pool.m_outbox.put(ToCoordinator(message));
    }

    void onDone(const worker::DoneFrame& frame) override
    {
        AttemptResult result;
        result.attempt = frame.attempt;
        result.items = frame.items;
        result.returned = frame.returned;
        result.startMicros = frame.startMicros;
        result.elapsedSeconds = frame.elapsedSeconds;
        result.cpuSeconds = frame.cpuSeconds;
        result.runSeconds = frame.runSeconds;
        result.header = frame.header;
        result.rows = frame.rows;
        answer(result);
    }

    void onFailed(const worker::FailedFrame& frame) override
    {
        AttemptResult result;
        result.attempt = frame.attempt;
        result.outcome = frame.outcome;
        result.items = frame.items;
        result.startMicros = frame.startMicros;
        result.elapsedSeconds = frame.elapsedSeconds;
        result.cpuSeconds = frame.cpuSeconds;
        result.runSeconds = frame.runSeconds;
        result.error = frame.error;
        result.traceback = frame.traceback;
        answer(result);
    }

    void onLog(event::LogStream stream, std::string_view bytes) override
    {
        UserLog message { pool.m_step, number, stream, {}, bytes };
        // In async mode nobody knows whose words they are.
        message.attempt = pipe.empty() || pool.m_config.worker.asyncMode ? AttemptId() : pipe.front().attempt;
        pool.m_outbox.put(ToCoordinator(message));
    }

    void onChildOutput(bool isError, std::string_view bytes) override
    {
        if (isError) {
            childErrors.append(bytes);
            if (childErrors.size() > kKeptErrorBytes) {
                childErrors.erase(0, childErrors.size() - kKeptErrorBytes);
            }
        }
        pool.m_outbox.put(ToCoordinator(ChildLog { pool.m_step, number, isError, bytes }));
    }

    void onFinished(bool ok, std::string_view traceback) override
    {
        finished = true;
        if (!ok) {
            shutdownTraceback = traceback;
        }
    }

    void onEnded(const worker::ProcessEnd& end) override { pool.workerEnded(*this, end); }

    /// The attempt that the end of the worker is blamed on: the one its status page names, if it has not been answered.
    [[nodiscard]] AttemptId guilty(const worker::WorkerStatus& status) const
    {
        const auto named = std::find_if(
            pipe.begin(), pipe.end(), [&](const Queued& queued) { return queued.attempt == status.attempt; });
        if (named != pipe.end()) {
            return named->attempt;
        }
        return pipe.empty() ? AttemptId() : pipe.front().attempt;
    }

    void blame(AttemptId attempt, event::AttemptOutcome outcome, const worker::WorkerStatus& status,
        const std::string& error, const std::string& detail)
    {
        const double elapsed = status.since > 0 ? std::max(0.0, monotonicSeconds() - status.since) : 0;
        AttemptResult result;
        result.attempt = attempt;
        result.outcome = outcome;
        result.items = attempt == status.attempt ? status.items : 0;
        result.startMicros = wallMicros() - static_cast<std::int64_t>(elapsed * 1e6);
        result.elapsedSeconds = elapsed;
        result.runSeconds = status.phase == worker::WorkerPhase::Run ? elapsed : 0;
        result.error = error;
        result.traceback = detail;
        answer(result);
    }

    void answer(AttemptResult& result)
    {
        const auto given = std::find_if(
            pipe.begin(), pipe.end(), [&](const Queued& queued) { return queued.attempt == result.attempt; });
        if (given == pipe.end()) {
            return; // it was given up: a late answer counts for nothing
        }
        Queued answered = std::move(*given);
        pipe.erase(given);
        if (askedBack && pipe.empty() && !pool.m_draining) {
            askedBack = false;
            process->handBack(false);
        }
        if (result.outcome == event::AttemptOutcome::Lost) { // handed back, not begun
            pool.takeBack(std::move(answered));
            return;
        }
        result.step = pool.m_step;
        result.process = number;
        pool.learn(result.elapsedSeconds);
        pool.m_outbox.put(ToCoordinator(result));
    }
};

WorkerPool::WorkerPool(boost::asio::io_context& context, Outbox& outbox, NodeIndex node, StepIndex step,
    AgentStep config, int slots, int gpus, std::string scratchDir)
    : m_context(context)
    , m_outbox(outbox)
    , m_node(node)
    , m_step(step)
    , m_config(std::move(config))
    , m_scratchDir(std::move(scratchDir))
    , m_gpus(gpus)
    , m_nextProcess(m_config.firstProcess)
{
    for (int i = 0; i < slots; ++i) {
        m_slots.push_back(std::make_unique<Slot>(*this, i));
    }
}

WorkerPool::~WorkerPool() = default;

void WorkerPool::start()
{
    for (auto& slot : m_slots) {
        startWorker(*slot);
    }
}

void WorkerPool::startWorker(Slot& slot)
{
    slot.number = ProcessNumber(m_nextProcess++);
    slot.ready = false;
    slot.wasReady = false;
    slot.finishSent = false;
    slot.finished = false;
    slot.initFailed = false;
    slot.askedBack = false;
    slot.ending = Slot::Ending::No;
    slot.told = {};
    slot.childErrors.clear();
    slot.shutdownTraceback.clear();

    const std::string name = RunDir::processName(slot.number);
    worker::WorkerCommand command { m_config.python, m_config.environment, m_config.worker };
    command.start.node = std::to_string(m_node.value);
    command.start.process = name;
    command.start.logDir = m_config.logsDir + "/user/entry_script_log/" + command.start.node;
    if (!command.start.profilingModule.empty()) {
        command.start.profileFile = fmt::format("{}/sys/node/{}/{}.profile", m_config.logsDir, command.start.node, name);
    }
    slot.tempDir = fmt::format("{}/{}-{}", m_scratchDir, m_config.step, name);
    command.start.tempDir = slot.tempDir;
    std::error_code error;
    fs::create_directories(slot.tempDir, error);
    fs::create_directories(command.start.logDir, error);
    fs::create_directories(fmt::format("{}/sys/node/{}", m_config.logsDir, command.start.node), error);
    command.environment["AZUREML_CR_NODE_RANK"] = command.start.node;
    if (m_gpus > 0) { // one each; when they run out, the rest get none (reference §2.7)
        command.environment["CUDA_VISIBLE_DEVICES"] = slot.index < m_gpus ? std::to_string(slot.index) : "";
    }

    auto started = worker::WorkerProcess::start(m_context, command, slot);
    if (!started) {
        InitEnded message { m_step, slot.number };
        message.ok = false;
        message.inImport = true;
        const std::string sentence = errorSentence(started.error());
        message.error = sentence;
        m_outbox.put(ToCoordinator(message));
        slotFailed(slot);
        return;
    }
    slot.process = std::move(*started);
    slot.process->setReading(m_reading);
    m_outbox.put(ToCoordinator(WorkerUp { m_step, slot.number, slot.process->pid() }));
}

/// In the next turn: now is inside a callback of the process that the slot still holds.
void WorkerPool::restartLater(Slot& slot)
{
    boost::asio::post(m_context, [this, &slot, alive = std::weak_ptr<bool>(m_alive)] {
        if (!alive.expired() && !slot.process && !m_finishing && !m_canceled) {
            startWorker(slot);
        }
    });
}

/// A worker ended before it was ready. Twice in a row: the slot stays empty.
void WorkerPool::slotFailed(Slot& slot)
{
    if (m_finishing || m_canceled) {
        return;
    }
    if (++slot.failuresInRow < 2) {
        restartLater(slot);
        return;
    }
    slot.empty = true;
    const auto left = std::count_if(m_slots.begin(), m_slots.end(), [](const auto& one) { return !one->empty; });
    m_outbox.put(ToCoordinator(SlotEmptied { m_step, static_cast<int>(left) }));
    if (left == 0) {
        returnQueue();
    }
}

void WorkerPool::workerEnded(Slot& slot, const worker::ProcessEnd& end)
{
    const worker::WorkerStatus status
        = slot.ending == Slot::Ending::No ? slot.process->status() : slot.endingStatus;
    std::string how = slot.finished ? (slot.shutdownTraceback.empty() ? "finished" : "shutdown() raised") : end.words();
    if (slot.ending != Slot::Ending::No) {
        how = slot.endingWords;
    } else if (slot.initFailed) {
        how = "init failed";
    }
    if (!m_canceled && slot.ending == Slot::Ending::No && !slot.pipe.empty()) {
        slot.blame(slot.guilty(status), event::AttemptOutcome::WorkerDied, status, "the worker process " + end.words(),
            slot.childErrors);
    }
    giveBack(slot.pipe);
    const std::string detail = slot.shutdownTraceback.empty() ? (slot.finished ? "" : slot.childErrors)
                                                              : slot.shutdownTraceback;
    m_outbox.put(ToCoordinator(WorkerGone { m_step, slot.number, how, detail }));
    std::error_code ignored;
    fs::remove_all(slot.tempDir, ignored);
    const bool wasReady = slot.wasReady;
    // The process object is in a callback of its own: it is let go of in the next turn.
    boost::asio::post(m_context, [gone = std::shared_ptr<worker::WorkerProcess>(std::move(slot.process))] { });
    slot.process.reset();
    if (m_canceled || m_finishing) {
        checkDrained();
        return;
    }
    if (wasReady) {
        restartLater(slot);
    } else {
        if (!slot.initFailed) { // it crashed or left before it was ready
            InitEnded message { m_step, slot.number };
            message.ok = false;
            const std::string words = "the worker process " + end.words() + " before it was ready";
            message.error = words;
            message.traceback = slot.childErrors;
            m_outbox.put(ToCoordinator(message));
        }
        slotFailed(slot);
    }
}

/// What a worker was given and did not begin goes back to the head of the queue, in its order.
void WorkerPool::giveBack(std::deque<Queued>& queued)
{
    while (!queued.empty()) {
        m_queue.push_front(std::move(queued.back()));
        queued.pop_back();
    }
    if (m_draining) {
        returnQueue();
    }
}

void WorkerPool::returnQueue()
{
    if (m_queue.empty()) {
        return;
    }
    AttemptsReturned message { m_step, {} };
    for (const auto& queued : m_queue) {
        message.attempts.push_back(queued.attempt);
    }
    m_queue.clear();
    m_outbox.put(ToCoordinator(message));
}

/// One that a worker handed back without beginning it.
void WorkerPool::takeBack(Queued queued)
{
    m_queue.push_back(std::move(queued));
    if (m_draining) {
        returnQueue();
    }
}

/// A worker got many because they were short, and now is in a long one while others have nothing: what is behind it is
/// asked back. It answers when it is through with the long one.
void WorkerPool::evenOut(double now)
{
    const bool someHungry = std::any_of(m_slots.begin(), m_slots.end(), [](const auto& slot) { return slot->isHungry(); });
    if (!someHungry || m_config.worker.asyncMode || !m_queue.empty() || m_draining || m_canceled || m_finishing) {
        return;
    }
    for (auto& slot : m_slots) {
        if (slot->isWorking() && !slot->askedBack && slot->pipe.size() > 1
            && now - slot->process->status().since > kUnfairSeconds) {
            slot->askedBack = true;
            slot->process->handBack(true);
        }
    }
}

void WorkerPool::recall()
{
    AttemptsReturned message { m_step, {} };
    for (std::size_t count = (m_queue.size() + 1) / 2; count > 0; --count) {
        message.attempts.push_back(m_queue.back().attempt);
        m_queue.pop_back();
    }
    m_outbox.put(ToCoordinator(message)); // empty too: the question is answered
}

void WorkerPool::assign(const Assignment& assignment)
{
    m_queue.push_back(
        { assignment.attempt, assignment.miniBatch, assignment.avoidProcess, std::string(assignment.line) });
    const bool someLeft = std::any_of(m_slots.begin(), m_slots.end(), [](const auto& slot) { return !slot->empty; });
    if (!someLeft || m_draining || m_canceled) {
        returnQueue();
    }
}

void WorkerPool::learn(double elapsedSeconds)
{
    m_meanSeconds = m_meanSeconds == 0 ? elapsedSeconds : 0.9 * m_meanSeconds + 0.1 * elapsedSeconds;
    m_meanSeconds = std::max(m_meanSeconds, 1e-6);
}

/// How many mini-batches a worker may have at a time.
std::size_t WorkerPool::depth() const
{
    if (m_config.worker.asyncMode) {
        return kAsyncInFlight;
    }
    if (m_meanSeconds == 0 || m_meanSeconds > kLongSeconds) {
        return 1;
    }
    return 1 + std::min(kMostInPipe, static_cast<std::size_t>(std::ceil(kPipeSeconds / m_meanSeconds)));
}

bool WorkerPool::isAvoided(const Slot& slot, const Queued& queued) const
{
    if (queued.avoidProcess != slot.number.value) {
        return false;
    }
    return std::any_of(m_slots.begin(), m_slots.end(),
        [&](const auto& other) { return other.get() != &slot && other->isWorking(); });
}

void WorkerPool::feed()
{
    const std::size_t most = depth();
    bool fed = true;
    // One each in turn, the emptiest first by construction: no worker is filled while another is idle.
    for (std::size_t level = 0; level < most && !m_queue.empty() && fed; ++level) {
        fed = false;
        for (auto& slot : m_slots) {
            if (m_queue.empty()) {
                break;
            }
            if (!slot->isWorking() || slot->askedBack) {
                continue;
            }
            if (slot->pipe.size() > level) {
                fed = true; // fuller than this level; deeper levels may have room
                continue;
            }
            auto chosen = m_queue.begin();
            while (chosen != m_queue.end() && isAvoided(*slot, *chosen)) {
                ++chosen;
            }
            if (chosen == m_queue.end()) {
                continue;
            }
            slot->process->run(chosen->attempt, chosen->miniBatch, chosen->line);
            slot->pipe.push_back(std::move(*chosen));
            slot->pipe.back().line.shrink_to_fit();
            m_queue.erase(chosen);
            fed = true;
        }
    }
}

void WorkerPool::finish()
{
    m_finishing = true;
    const double now = monotonicSeconds();
    for (auto& slot : m_slots) {
        if (slot->ending == Slot::Ending::Stack) { // no mini-batch is open: it answered while its stack was asked for
            slot->ending = Slot::Ending::No;
        }
        if (!slot->process || slot->ending != Slot::Ending::No) {
            continue;
        }
        if (slot->ready) {
            slot->finishSent = true;
            slot->finishAt = now;
            slot->process->finish();
        } else { // still in init(): nothing is left for it
            slot->ending = Slot::Ending::Term;
            slot->endingSince = now;
            slot->endingWords = "not needed any more";
            slot->endingStatus = slot->process->status();
            slot->process->terminate();
        }
    }
    checkDrained();
}

void WorkerPool::drain()
{
    m_draining = true;
    for (auto& slot : m_slots) {
        if (slot->process) {
            slot->process->handBack(true);
        }
    }
    returnQueue();
}

void WorkerPool::cancel()
{
    m_canceled = true;
    m_queue.clear();
    const double now = monotonicSeconds();
    for (auto& slot : m_slots) {
        if (slot->process && slot->ending == Slot::Ending::No) {
            slot->ending = Slot::Ending::Term;
            slot->endingSince = now;
            slot->endingWords = "canceled";
            slot->endingStatus = slot->process->status();
            slot->process->terminate();
        }
    }
    checkDrained();
}

void WorkerPool::checkDrained()
{
    const bool someLive = std::any_of(m_slots.begin(), m_slots.end(), [](const auto& slot) { return slot->process != nullptr; });
    if (!someLive && !m_drained) {
        m_drained = true;
        m_outbox.put(ToCoordinator(StepDrained { m_step }));
    }
}

void WorkerPool::onTick(double now)
{
    AttemptsRunning running { m_step, {} };
    for (auto& slot : m_slots) {
        if (!slot->process) {
            continue;
        }
        switch (slot->ending) {
        case Slot::Ending::Stack:
            if (std::none_of(slot->pipe.begin(), slot->pipe.end(),
                    [&](const Queued& queued) { return queued.attempt == slot->endingStatus.attempt; })) {
                slot->ending = Slot::Ending::No; // it answered while its stack was asked for: late, but done
            } else if (now - slot->endingSince > kStackSeconds) {
                // The attempt is over now; what waited behind it goes to the others. The process is asked to go.
                slot->blame(slot->guilty(slot->endingStatus), slot->endingOutcome, slot->endingStatus, slot->endingWords,
                    slot->childErrors);
                slot->endingWords = "time-out";
                giveBack(slot->pipe);
                slot->ending = Slot::Ending::Term;
                slot->endingSince = now;
                slot->process->terminate();
                feed();
            }
            continue;
        case Slot::Ending::Term:
            if (now - slot->endingSince > kTermSeconds) {
                slot->ending = Slot::Ending::Killed;
                slot->process->kill();
            }
            continue;
        case Slot::Ending::Killed:
            continue;
        case Slot::Ending::No:
            break;
        }
        if (slot->finishSent && now - slot->finishAt > kShutdownSeconds) {
            slot->ending = Slot::Ending::Term;
            slot->endingSince = now;
            slot->endingWords = "shutdown() took longer than a minute";
            slot->process->terminate();
            continue;
        }
        const worker::WorkerStatus status = slot->process->status();
        if (status.attempt.value == 0 || slot->pipe.empty()) {
            continue;
        }
        const bool loading = status.phase == worker::WorkerPhase::Loading;
        const double limit = loading ? m_config.taskOverheadTimeoutSeconds : m_config.timeoutSeconds;
        const double since = now - status.since;
        if ((loading || status.phase == worker::WorkerPhase::Run) && since > limit) {
            slot->ending = Slot::Ending::Stack;
            slot->endingSince = now;
            slot->endingStatus = status;
            slot->endingOutcome = loading ? event::AttemptOutcome::LoadTimeout : event::AttemptOutcome::Timeout;
            slot->endingWords = loading
                ? fmt::format("loading took longer than --task_overhead_timeout ({})", text::humanSeconds(limit))
                : fmt::format("run() took longer than retry_settings.timeout ({})", text::humanSeconds(limit));
            slot->childErrors.clear(); // what comes now is the stack that was asked for
            slot->process->askForStack();
        } else if (slot->told != status.attempt && since > 0.05) {
            slot->told = status.attempt;
            running.attempts.push_back(
                { status.attempt, slot->number, wallMicros() - static_cast<std::int64_t>(since * 1e6) });
        }
    }
    if (!running.attempts.empty()) {
        m_outbox.put(ToCoordinator(running));
    }
    evenOut(now);
}

bool WorkerPool::isFast() const
{
    return m_meanSeconds > 0 && m_meanSeconds < kPipeSeconds / 8;
}

void WorkerPool::setReading(bool reading)
{
    m_reading = reading;
    for (auto& slot : m_slots) {
        if (slot->process) {
            slot->process->setReading(reading);
        }
    }
}

void WorkerPool::addSampled(std::vector<Sampled>& all) const
{
    for (const auto& slot : m_slots) {
        if (slot->process) {
            all.push_back({ m_config.step + "/" + RunDir::processName(slot->number), slot->process->pid() });
        }
    }
}

} // namespace sheaf::runtime
