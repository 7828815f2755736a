// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sheaf::event {

/// A set of mini-batches of one step, in order, as people and events write it: "3-17,20". A value; a million in a row cost one range.
class MiniBatchList
{
public:
    MiniBatchList() = default;
    /// In any order, twice or once.
    explicit MiniBatchList(std::vector<MiniBatchIndex> miniBatches);
    /// "3-17,20", blanks allowed; "" is the empty set; nullopt for anything else, and for ranges that run backwards.
    [[nodiscard]] static std::optional<MiniBatchList> parse(std::string_view text);

    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool isEmpty() const { return m_ranges.empty(); }
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] bool contains(MiniBatchIndex miniBatch) const;
    /// Those below `end`, each.
    [[nodiscard]] std::vector<MiniBatchIndex> all(std::uint32_t end) const;
    /// The largest number in it; nullopt when it is empty.
    [[nodiscard]] std::optional<std::uint32_t> last() const;

    bool operator==(const MiniBatchList&) const = default;

private:
    void normalise();
    std::vector<std::pair<std::uint32_t, std::uint32_t>> m_ranges; // [first, last], apart and in order
};

} // namespace sheaf::event
