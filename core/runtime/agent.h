// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/ids.h"
#include "core/monitor/gpu_sampler.h"
#include "core/monitor/proc_sampler.h"
#include "core/runtime/messages.h"
#include "core/runtime/outbox.h"
#include "core/runtime/rank_loop.h"
#include "core/runtime/worker_pool.h"
#include "core/worker/child_process.h"
#include "core/worker/command_process.h"

#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <string>

namespace sheaf::runtime {

/// One node's part of a run: does what the coordinator says, with workers and commands as its children, samples the node, and
/// leaves when told. Keeps nothing on disk but the workers' scratch folders. Rank n + 1, one thread. It decides no retry and no limit.
class Agent
{
public:
    Agent(Transport& transport, NodeIndex node, std::string run);
    ~Agent();
    /// Until the run is over.
    void run();

private:
    struct Command;

    void join();
    void onMessage(const StartStep& message);
    void onMessage(const AssignMiniBatches& message);
    void onMessage(const FinishStep& message);
    void onMessage(const CancelStep& message);
    void onMessage(const DrainStep& message);
    void onMessage(const RecallMiniBatches& message);
    void onMessage(const RunCommand& message);
    void onMessage(const LeaveRun& message);
    void onCommandEnded(StepIndex step, const worker::ProcessEnd& end);
    void onTurn(double now);
    void onTick();
    void sample();
    void scheduleTick();
    void scheduleSample();
    void watchGpus();
    [[nodiscard]] WorkerPool* pool(StepIndex step);

    Transport& m_transport;
    RankLoop m_loop;
    Outbox m_outbox;
    NodeIndex m_node;
    std::string m_scratchDir;
    int m_gpus = 0;
    std::map<StepIndex, std::unique_ptr<WorkerPool>> m_pools;
    std::map<StepIndex, std::unique_ptr<Command>> m_commands;
    boost::asio::steady_timer m_tick;
    boost::asio::steady_timer m_sampleTimer;
    monitor::ProcSampler m_sampler;
    monitor::GpuSampler m_gpuSampler;
    std::unique_ptr<worker::ChildProcess> m_gpuWatch; // nvidia-smi, where it is
    double m_sampleCost = 0; // CPU seconds of the last sample
    bool m_over = false;
    bool m_paused = false;
};

} // namespace sheaf::runtime
