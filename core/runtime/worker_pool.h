// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/runtime/messages.h"
#include "core/runtime/outbox.h"
#include "core/worker/worker_process.h"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace sheaf::runtime {

/// The worker slots of one parallel step on one node: starts the workers, keeps each fed, ends those that take too long,
/// replaces those that died, and tells the coordinator about all of it. A dead worker costs the one attempt it was in; what
/// was queued behind goes to the others. Owned by the Agent; its one thread. Decides nothing about retries.
class WorkerPool
{
public:
    /// `slots` workers; `gpus` GPUs of the node are dealt out one per slot (CUDA_VISIBLE_DEVICES), the rest get none.
    WorkerPool(boost::asio::io_context& context, Outbox& outbox, NodeIndex node, StepIndex step, AgentStep config,
        int slots, int gpus, std::string scratchDir);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    void start();
    void assign(const Assignment& assignment);
    /// Hands queued work to workers; called once after a turn of messages and answers.
    void feed();
    void finish();
    void drain();
    /// Half of what no worker has yet goes back to the coordinator, for a node that has nothing.
    void recall();
    void cancel();
    /// Time-outs, and what has been running for a moment. 20 times a second.
    void onTick(double now);
    /// Back-pressure: what the workers say waits in their pipes.
    void setReading(bool reading);

    /// Mini-batches take so little that several pass in a turn of the loop.
    [[nodiscard]] bool isFast() const;
    [[nodiscard]] bool isDrained() const { return m_drained; }
    struct Sampled {
        std::string name; // "score/process003"
        std::int64_t pid = 0;
    };
    void addSampled(std::vector<Sampled>& all) const;

private:
    struct Queued {
        AttemptId attempt;
        MiniBatchIndex miniBatch;
        std::uint32_t avoidProcess = kNoProcess;
        std::string line;
    };
    class Slot;

    void startWorker(Slot& slot);
    void restartLater(Slot& slot);
    void workerEnded(Slot& slot, const worker::ProcessEnd& end);
    void slotFailed(Slot& slot);
    void giveBack(std::deque<Queued>& queued);
    void returnQueue();
    void takeBack(Queued queued);
    void evenOut(double now);
    void checkDrained();
    [[nodiscard]] std::size_t depth() const;
    [[nodiscard]] bool isAvoided(const Slot& slot, const Queued& queued) const;
    void learn(double elapsedSeconds);

    boost::asio::io_context& m_context;
    Outbox& m_outbox;
    NodeIndex m_node;
    StepIndex m_step;
    AgentStep m_config;
    std::string m_scratchDir;
    int m_gpus = 0;
    std::uint32_t m_nextProcess = 0;
    std::vector<std::unique_ptr<Slot>> m_slots;
    std::deque<Queued> m_queue;
    double m_meanSeconds = 0;
    bool m_finishing = false;
    bool m_draining = false;
    bool m_canceled = false;
    bool m_drained = false;
    bool m_reading = true;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); // what is posted checks it
};

} // namespace sheaf::runtime
