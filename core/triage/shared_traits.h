// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::triage {

enum class TraitKind { Node, Process, Size, FileKind, Folder, Key, Position };
BOOST_DESCRIBE_ENUM(TraitKind, Node, Process, Size, FileKind, Folder, Key, Position)

/// Something that nearly all members of a group of failures have and few other mini-batches of the step.
struct SharedTrait {
    TraitKind kind = TraitKind::Node;
    std::string value; // "2", "process003 of node 2", "≥ 40.0 MiB", ".tsv", "eu/", "Store=12", "40-51"
    std::uint32_t with = 0; // members that have it, of those that it is known of; for Node: failed attempts
    std::uint32_t of = 0;
    std::uint32_t othersWith = 0; // the same among the other mini-batches
    std::uint32_t others = 0;
    std::string sentence; // "12 of 12 ran on node 2; of the others 18 of 108 did."
};

/// What is asked about the inputs of mini-batches; each may be empty.
struct TraitSources {
    /// Its line of plan.jsonl, valid until the next call.
    std::function<std::string_view(MiniBatchIndex)> planLine;
    /// Bytes of an input file, by its path as the plan has it. Asked for all members and for some thousand others at most.
    std::function<std::optional<std::uint64_t>(const std::string& path)> fileBytes;
    bool slicesAreBytes = true; // false: row groups (parquet, delta lake)
};

/// What the members of a group share that the other mini-batches of the step, as far as they have been tried, do not, strongest first. Said only when it holds:
/// 4 in 5 members at least and of three at least, twice as often as among the others, and not by chance (5 %). Without others to
/// compare with there is nothing to say. Pure; any thread. 10,000 members of 100,000 mini-batches: a fraction of a second.
[[nodiscard]] std::vector<SharedTrait> sharedTraits(
    const event::FailureGroup& group, const event::StepPicture& step, const TraitSources& sources);

} // namespace sheaf::triage
