// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"
#include "core/pipeline/run_spec.h"
#include "core/triage/sentence.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sheaf::triage {

/// What only who looks knows: whether somebody works on the run.
enum class Liveness {
    Starting, // mpirun is on its way
    Active, // a coordinator lives
    Gone, // nobody; a run without an end is then interrupted
};

enum class Outcome { Waiting, Running, Interrupted, Completed, CompletedWithFailures, Failed, Canceled };
BOOST_DESCRIBE_ENUM(Outcome, Waiting, Running, Interrupted, Completed, CompletedWithFailures, Failed, Canceled)

/// The moment from which a limit was exceeded, for good.
struct LimitCrossing {
    std::string limit; // "error_threshold", "mini_batch_error_threshold", "allowed_failed_percent"
    double allowed = 0;
    double counted = 0; // when it was crossed
    std::int64_t atMicros = 0; // end of the attempt that crossed it
    MiniBatchIndex miniBatch; // whose attempt that was
    std::uint32_t ended = 0; // mini-batches that had come to an end by then, of total
    std::uint32_t total = 0;
};
BOOST_DESCRIBE_STRUCT(LimitCrossing, (), (limit, allowed, counted, atMicros, miniBatch, ended, total))

/// Words for the terminal after "sheaf": the verb, what it is given first (a run or a job file), and the rest.
struct Command {
    std::string verb;
    std::string subject;
    std::string rest;
};
BOOST_DESCRIBE_STRUCT(Command, (), (verb, subject, rest))

/// Something to do next.
struct Action {
    Sentence text;
    std::optional<Link> does; // a button may do it
    std::optional<Command> command; // and a terminal
};
BOOST_DESCRIBE_STRUCT(Action, (), (text, does, command))

/// What happened, or happens, in a run or a step of it, for who has to act on it.
struct Verdict {
    Outcome outcome = Outcome::Waiting;
    Sentence what; // one sentence
    std::optional<LimitCrossing> limit;
    std::vector<Sentence> why; // the limit's moment, then causes, the largest first, then what else is worth knowing
    std::vector<Action> next; // the likeliest first
};
BOOST_DESCRIBE_STRUCT(Verdict, (), (outcome, what, limit, why, next))

/// Of the whole run. Pure; takes time with a limit that was crossed only (it looks through the step's mini-batches once).
[[nodiscard]] Verdict verdictOf(const event::RunPicture& picture, const pipeline::RunSpec& spec, Liveness liveness);
/// Of one step; nullopt where the picture or the spec does not know it yet.
[[nodiscard]] std::optional<Verdict> verdictOf(
    const event::RunPicture& picture, const pipeline::RunSpec& spec, const std::string& step, Liveness liveness);

/// When the limit that a step's end names was crossed, found from the ends of its mini-batches in their order. nullopt: it was not.
[[nodiscard]] std::optional<LimitCrossing> crossingOf(const event::StepPicture& step, const pipeline::ParallelSettings& settings);

} // namespace sheaf::triage
