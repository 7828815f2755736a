// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sheaf::pipeline {

/// A step and the steps it waits for.
struct GraphNode
{
    std::string name;
    std::vector<std::string> dependsOn;
};

struct GraphOrder
{
    std::vector<std::size_t>
        order; // indexes of the nodes: each after what it waits for, else as given
    std::vector<std::vector<std::string>>
        cycles; // "a", "b", "a"; `order` holds every node all the same
};

/// Puts steps into an order that respects their bindings. Names that are no node are passed over.
/// Pure.
[[nodiscard]] GraphOrder orderSteps(const std::vector<GraphNode>& nodes);

} // namespace sheaf::pipeline
