// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sheaf::event {

/// What the failed attempts of a step said, each distinct text once: a mini-batch keeps a number of four bytes. Bounded: a text is
/// kept up to 2,000 bytes; after 20,000 texts numbers and names in them are left out, so that those of one kind are one text. A value.
class ErrorTexts
{
public:
    /// Number of this text from now on, from 1; 0 for "" and when there is no room at all.
    [[nodiscard]] std::uint32_t noteOf(std::string_view error);
    /// "" for 0.
    [[nodiscard]] std::string_view text(std::uint32_t number) const;
    /// How many there are: numbers are 1 to size().
    [[nodiscard]] std::size_t size() const { return m_texts.size(); }

private:
    [[nodiscard]] std::uint32_t find(std::string_view text) const;
    std::uint32_t add(std::string_view text);

    std::vector<std::string> m_texts;
    std::unordered_multimap<std::size_t, std::uint32_t> m_numbers; // by hash of the text, so that it is kept once only
};

} // namespace sheaf::event
