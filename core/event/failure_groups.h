// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/event.h"

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

/// Failed attempts put together by what really failed: the same exception, raised at the same line of the user's code, is one
/// failure, whatever number, path or name its message speaks of.
namespace sheaf::event {

/// What kind of end it was, finer than AttemptOutcome.
enum class FailureCause { Exception, BadReturn, Timeout, LoadTimeout, LoadFailed, OutOfMemory, Signal, Exit, Lost };
BOOST_DESCRIBE_ENUM(FailureCause, Exception, BadReturn, Timeout, LoadTimeout, LoadFailed, OutOfMemory, Signal, Exit, Lost)

/// A place in the user's code: the innermost frame of a traceback that is not in the interpreter, an installed package or the
/// worker's own. Line 0: there is none.
struct CodePlace {
    std::string file; // as the traceback has it
    int line = 0;
    std::string function;
    std::string text; // the line of code, where the traceback has it

    auto operator<=>(const CodePlace&) const = default;
};

/// What makes two failures the same.
struct FailureSignature {
    FailureCause cause = FailureCause::Exception;
    std::string exception; // "KeyError", "pandas.errors.ParserError", "signal 9"; "" where the cause says all
    std::string message; // without what differs from one mini-batch to the next: "unreadable price in …:#"
    CodePlace place;

    auto operator<=>(const FailureSignature&) const = default;
};

/// The user's innermost frame of a Python traceback; of a chain of exceptions, that of the last one.
[[nodiscard]] CodePlace userPlace(std::string_view traceback);
/// The message with numbers as "#", addresses, ids, paths and quoted texts as "…".
[[nodiscard]] std::string withoutDetails(std::string_view message);
[[nodiscard]] FailureSignature signatureOf(AttemptOutcome outcome, std::string_view error, std::string_view traceback);

struct FailureGroup {
    FailureSignature signature;
    AttemptOutcome outcome = AttemptOutcome::Exception;
    std::string firstError; // as it was said, of the first attempt
    std::string firstTraceback;
    MiniBatchIndex firstMiniBatch;
    std::int64_t firstMicros = 0; // wall time when the first attempt of it was told to have ended, and the last
    std::int64_t lastMicros = 0;
    std::uint32_t attempts = 0;
    std::map<std::uint32_t, std::uint32_t> nodes; // NodeIndex → attempts there
    std::vector<MiniBatchIndex> members; // each once, in the order of their first failure of this kind
};

/// The groups of one step, in the order of their first failure. Folding an attempt in costs microseconds: live and past runs alike.
/// Attempts that were Done are not given to it. At most 1,000 by message and place; what comes after is grouped by its exception alone. One thread.
class FailureGroups
{
public:
    void add(const AttemptEnded& ended, std::int64_t timeMicros);
    [[nodiscard]] const std::vector<FailureGroup>& groups() const { return m_groups; }
    /// The group that the mini-batch failed in last, counted from 1, as people are told; 0: it did not fail.
    [[nodiscard]] std::size_t numberOf(MiniBatchIndex miniBatch) const;
    /// The same of all mini-batches, by MiniBatchIndex, up to the last that failed.
    [[nodiscard]] const std::vector<std::uint32_t>& numbers() const { return m_last; }
    /// The same as the group; null: it did not fail.
    [[nodiscard]] const FailureGroup* groupOf(MiniBatchIndex miniBatch) const;

private:
    std::vector<FailureGroup> m_groups;
    std::map<FailureSignature, std::size_t> m_places;
    std::vector<std::uint32_t> m_last; // by MiniBatchIndex: its last group, counted from 1; 0: it did not fail
    std::unordered_set<std::uint64_t> m_left; // number of a group and mini-batch: it was in it, and failed in another way since
};

} // namespace sheaf::event
