// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/graph.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace sheaf::pipeline {

namespace {

using Edges = std::vector<std::vector<std::size_t>>; // node → what it waits for

Edges edgesOf(const std::vector<GraphNode>& nodes)
{
    std::map<std::string, std::size_t> indexes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        indexes.emplace(nodes[i].name, i);
    }
    Edges edges(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (const auto& name : nodes[i].dependsOn) {
            if (const auto found = indexes.find(name); found != indexes.end()) {
                edges[i].push_back(found->second);
            }
        }
    }
    return edges;
}

/// Every node that is left waits for another that is left: going from one to the next must come
/// round.
std::vector<std::size_t> cycleAmong(const Edges& edges,
    const std::vector<bool>& done,
    std::size_t from)
{
    std::vector<std::size_t> walk { from };
    while (true) {
        const auto& next = edges[walk.back()];
        const auto step
            = std::find_if(next.begin(), next.end(), [&](std::size_t i) { return !done[i]; });
        const auto seen = std::find(walk.begin(), walk.end(), *step);
        if (seen != walk.end()) {
            std::vector<std::size_t> round(seen, walk.end());
            round.push_back(*step);
            return round;
        }
        walk.push_back(*step);
    }
}

} // namespace

GraphOrder orderSteps(const std::vector<GraphNode>& nodes)
{
    const Edges edges = edgesOf(nodes);
    GraphOrder result;
    std::vector<bool> done(nodes.size(), false);
    while (result.order.size() < nodes.size()) {
        std::size_t next = nodes.size();
        for (std::size_t i = 0; i < nodes.size() && next == nodes.size(); ++i) {
            const auto isDone = [&](std::size_t k) { return static_cast<bool>(done[k]); };
            if (!done[i] && std::all_of(edges[i].begin(), edges[i].end(), isDone)) {
                next = i;
            }
        }
        if (next == nodes.size()) { // nothing can begin: a cycle; drawn as written
            const auto from = static_cast<std::size_t>(
                std::find(done.begin(), done.end(), false) - done.begin());
            const auto cycle = cycleAmong(edges, done, from);
            next = *std::min_element(cycle.begin(), cycle.end()); // it is broken there, so each is found once
            auto& names = result.cycles.emplace_back();
            for (const std::size_t i : cycle) {
                names.push_back(nodes[i].name);
            }
        }
        done[next] = true;
        result.order.push_back(next);
    }
    return result;
}

} // namespace sheaf::pipeline
