// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/sample_history.h"

#include <algorithm>
#include <utility>

namespace sheaf::monitor {

namespace {

std::size_t figuresOf(const NodeSample& sample)
{
    return 1 + sample.processes.size() + sample.gpus.size();
}

/// The mean of two shares of time; what has no interval has no share.
float mean(float before, float beforeSeconds, float after, float afterSeconds)
{
    const float seconds = beforeSeconds + afterSeconds;
    return seconds > 0 ? (before * beforeSeconds + after * afterSeconds) / seconds : after;
}

void joinProcesses(NodeSample& into, const NodeSample& before)
{
    for (std::size_t i = 0; i < before.processes.size(); ++i) {
        const ProcessSample& old = before.processes[i];
        const auto isSame = [&old](const ProcessSample& one) { return one.name == old.name; };
        // They stand in the same order as long as none comes or goes.
        const bool isHere = i < into.processes.size() && isSame(into.processes[i]);
        const auto same = isHere ? into.processes.begin() + static_cast<std::ptrdiff_t>(i)
                                 : std::find_if(into.processes.begin(), into.processes.end(), isSame);
        if (same == into.processes.end()) {
            into.processes.push_back(old); // it has ended meanwhile
        } else {
            same->cpuPercent = mean(old.cpuPercent, before.intervalSeconds, same->cpuPercent, into.intervalSeconds);
            same->rssBytes = std::max(same->rssBytes, old.rssBytes);
        }
    }
}

/// Makes one of a sample and the later one of the same node.
void join(NodeSample& sample, NodeSample later)
{
    joinProcesses(later, sample);
    for (const GpuSample& old : sample.gpus) {
        for (GpuSample& gpu : later.gpus) {
            if (gpu.index == old.index) {
                gpu.percent = gpu.percent < 0 || old.percent < 0 ? gpu.percent : mean(old.percent, sample.intervalSeconds, gpu.percent, later.intervalSeconds);
                gpu.memoryUsedBytes = std::max(gpu.memoryUsedBytes, old.memoryUsedBytes);
            }
        }
    }
    later.cpuPercent = mean(sample.cpuPercent, sample.intervalSeconds, later.cpuPercent, later.intervalSeconds);
    later.memoryAvailableBytes = std::min(later.memoryAvailableBytes, sample.memoryAvailableBytes);
    later.intervalSeconds += sample.intervalSeconds;
    later.costSeconds += sample.costSeconds;
    sample = std::move(later);
}

} // namespace

SampleHistory::SampleHistory(std::size_t mostFigures)
    : m_mostFigures(mostFigures)
{
}

void SampleHistory::add(NodeSample sample)
{
    Last& last = m_last[sample.node.value];
    if (last.values > 0 && last.values < m_stride) {
        NodeSample& open = m_samples[last.place];
        m_figures -= figuresOf(open);
        join(open, std::move(sample));
        m_figures += figuresOf(open);
        ++last.values;
        return;
    }
    last = { m_samples.size(), 1 };
    m_figures += figuresOf(sample);
    m_samples.push_back(std::move(sample));
    if (m_figures > m_mostFigures && m_samples.size() > kFewestOfNode * m_last.size()) {
        joinNeighbours();
    }
}

void SampleHistory::joinNeighbours()
{
    std::unordered_map<std::uint32_t, Last> kept; // `values` here: how many of the samples before
    std::size_t end = 0;
    m_figures = 0;
    for (std::size_t i = 0; i < m_samples.size(); ++i) {
        NodeSample& sample = m_samples[i];
        const std::uint32_t values = m_last[sample.node.value].place == i ? m_last[sample.node.value].values : m_stride;
        Last& before = kept[sample.node.value];
        if (before.values > 0 && before.values <= m_stride) {
            join(m_samples[before.place], std::move(sample));
            before.values = std::max(before.values + values, m_stride + 1); // no third one joins these
        } else {
            before = { end, values };
            if (end != i) {
                m_samples[end] = std::move(sample);
            }
            ++end;
        }
    }
    m_samples.resize(end);
    for (const NodeSample& sample : m_samples) {
        m_figures += figuresOf(sample);
    }
    m_last = std::move(kept);
    m_stride *= 2;
}

} // namespace sheaf::monitor
