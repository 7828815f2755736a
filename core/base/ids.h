// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace sheaf {

/// A number that names one kind of thing: a StepId cannot be given where a NodeIndex is meant.
template <class Tag, class Number = std::uint32_t>
struct Id {
    Number value = 0;

    constexpr Id() = default;
    constexpr explicit Id(Number number)
        : value(number)
    {
    }
    constexpr auto operator<=>(const Id&) const = default;
};

/// Place of a step in RunSpec::steps.
using StepIndex = Id<struct StepIndexTag>;
/// 0-based place of a mini-batch in the plan of its step; also its row order in the output.
using MiniBatchIndex = Id<struct MiniBatchIndexTag>;
/// One hand-out of a mini-batch; unique in a run, never used twice, 0 is "none".
using AttemptId = Id<struct AttemptIdTag, std::uint64_t>;
/// 0-based number of an agent rank; also the <node> in log paths.
using NodeIndex = Id<struct NodeIndexTag>;
/// The NNN of processNNN: counts per step and node, a replacement takes the next number.
using ProcessNumber = Id<struct ProcessNumberTag>;

} // namespace sheaf

template <class Tag, class Number>
struct std::hash<sheaf::Id<Tag, Number>> {
    std::size_t operator()(const sheaf::Id<Tag, Number>& id) const noexcept
    {
        return std::hash<Number>()(id.value);
    }
};
