// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

/// One grammar for choosing mini-batches, in the window's tables and pictures, in a repair and in the terminal:
///   bare words, all of them: in number, state, outcome and error; small letters mean either case; "two words"; /regex/
///   state:failed,timedout   unfinished: has not come to an end
///   node:3  proc:2,4  try:>1  items:<10  dur:>30s (ms s m h)  size:>1MB (of its input)  group:2 (of failures)  id:3-17,20
///   slow:yes (stands out from the rest)  code:>0 (ran with a later state of the code)  err:"no such"  err:/regex/  step:score
/// A comma is "or", a blank is "and", `-` before a word excludes.
namespace sheaf::triage {

/// What of one step a filter looks at. A view: what it points to outlives it.
struct MiniBatchFacts
{
    std::string_view step;
    std::span<const event::MiniBatchNow> miniBatches;
    std::span<const std::uint32_t> groups; // FailureGroups::numbers(): what is beyond its end did not fail
    const event::ErrorTexts* errors = nullptr;
    std::span<const std::uint64_t> inputBytes; // plan::inputBytesOf(); empty: not known, and `size:` finds none
    std::span<const std::uint8_t> slow; // by mini-batch, not 0: it stands out; empty: none does
    std::int64_t nowMicros = 0; // for `dur:` of running ones; 0: theirs is not known
};
/// Those that the picture holds.
[[nodiscard]] MiniBatchFacts factsOf(const event::StepPicture& step);

/// What is wrong in a filter. The words around it stay in force in a window; who acts on a filter refuses it.
struct FilterComplaint
{
    enum class Kind {
        NoSuchKey, // found is not the name of a key
        NoSuchState, // found is no state
        NotANumber, // key wants figures: allowed has examples
        NotYesOrNo,
        BadRegex, // allowed says why
        NoValue, // "state:", as while it is typed
    };
    Kind kind = Kind::NoValue;
    std::string key;
    std::string found;
    std::string allowed; // what may stand there

    /// English, for the terminal and for windows that have no words of their own for it.
    [[nodiscard]] std::string sentence() const;
};

/// A filter, understood. A value; may be used in several threads at once.
class MiniBatchFilter
{
public:
    MiniBatchFilter() = default;
    explicit MiniBatchFilter(std::string_view text);

    /// Chooses all.
    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }
    /// The first thing that could not be understood.
    [[nodiscard]] const std::optional<FilterComplaint>& complaint() const { return m_complaint; }
    /// Facts that the picture does not hold are asked for.
    [[nodiscard]] bool asksForSize() const { return asks(Key::Size); }
    [[nodiscard]] bool asksForSlow() const { return asks(Key::Slow); }

    [[nodiscard]] bool matches(const MiniBatchFacts& facts, MiniBatchIndex miniBatch) const;

private:
    friend class FilterPass;
    enum class Key { Word, State, Node, Process, Tries, Items, Duration, Size, Group, Id, Code, Slow, Error, Step };
    struct Range {
        double from = 0;
        double to = 0; // included
    };
    struct Term {
        Key key = Key::Word;
        bool excludes = false;
        std::uint32_t states = 0; // a bit per MiniBatchState
        bool wanted = true; // slow
        std::vector<Range> ranges;
        std::vector<std::shared_ptr<const re2::RE2>> texts;
        std::optional<std::uint32_t> number; // a bare word that is one
    };

    void add(std::string_view word);
    [[nodiscard]] bool addValue(Term& term, std::string_view name, std::string_view value, bool isRegex);
    [[nodiscard]] bool asks(Key key) const;
    void complain(FilterComplaint complaint);
    [[nodiscard]] static std::optional<Key> keyNamed(std::string_view name);

    std::vector<Term> m_terms;
    std::optional<FilterComplaint> m_complaint;
};

/// The mini-batches that it chooses, in order of number.
[[nodiscard]] std::vector<MiniBatchIndex> matching(const MiniBatchFilter& filter, const MiniBatchFacts& facts);
[[nodiscard]] std::vector<MiniBatchIndex> matching(const MiniBatchFilter& filter, const event::StepPicture& step);

/// The words of a filter as they were written, quotes and all: joined with blanks they are the filter again.
[[nodiscard]] std::vector<std::string> filterWords(std::string_view text);
/// The key of such a word: "state"; "" of a bare one.
[[nodiscard]] std::string filterKey(std::string_view word);

} // namespace sheaf::triage
