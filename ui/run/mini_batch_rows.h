// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"
#include "core/triage/mini_batch_filter.h"

#include <QString>

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

/// Which mini-batches a list shows, in which order: pure functions, so that a million are done in another thread.
namespace sheaf::ui {

enum class RowOrder { Number, State, Tries, Node, Process, Start, Elapsed, RunTime, ItemsOk, ItemsFailed, Error, Silence };

/// What is wanted of the rows. A value.
struct RowsWanted {
    triage::MiniBatchFilter filter;
    RowOrder order = RowOrder::Number;
    bool isDescending = false;
};

/// What is known of the step. A view.
struct RowFacts {
    const event::StepPicture* step = nullptr; // name, state, mini-batches and error texts are looked at
    std::span<const std::uint32_t> groups; // FailureGroups::numbers()
    std::span<const std::uint64_t> inputBytes; // plan::inputBytesOf(); empty: not known
    std::int64_t nowMicros = 0; // 0: the run does not go on
    const std::unordered_map<std::uint32_t, std::int64_t>* wrote = nullptr; // running ones, as far as known: when they last wrote
};

/// Numbers of the chosen ones in their order; equals are in order of number. A million: filter and sort in some tenths of a second.
[[nodiscard]] std::vector<std::uint32_t> arrangeRows(const RowFacts& facts, const RowsWanted& wanted);

/// Seconds of its last attempt, or so far; below 0: not known.
[[nodiscard]] double secondsOf(const event::MiniBatchNow& now, std::int64_t nowMicros);

/// Seconds since a running one last wrote, or began; below 0: not a running one.
[[nodiscard]] double silenceOf(const event::MiniBatchNow& now, std::int64_t wroteMicros, std::int64_t nowMicros);

/// "3-17,20" of numbers in rising order: what `id:` wants.
[[nodiscard]] QString idList(std::span<const std::uint32_t> numbers);
/// The filter with its words of `key` replaced by `word`; "": taken away.
[[nodiscard]] QString withFilterWord(const QString& filter, const QString& key, const QString& word);
/// What is wrong in it, in the user's language; "" while a value is being typed and when all is well.
[[nodiscard]] QString complaintText(const triage::MiniBatchFilter& filter);

/// The rows as CSV (RFC 4180), with a head line. In English: programs read it.
[[nodiscard]] QByteArray csvOf(const RowFacts& facts, std::span<const std::uint32_t> rows);

} // namespace sheaf::ui
