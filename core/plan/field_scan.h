// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstdint>
#include <string_view>

namespace sheaf::plan {

/// Where in a delimited record a place lies, as pandas and the csv module see it: a quote opens a
/// field only at its start, two quotes within it are one, and what follows the closing quote
/// belongs to the field.
enum class FieldState : std::uint8_t {
    Start, // at the start of a field (or record)
    Plain, // in a field where quotes are letters
    Quoted, // within quotes: delimiters and line ends are letters
    QuoteSeen, // behind a quote within quotes: closed, or the first of two
};

constexpr char32_t kQuote = '"';

[[nodiscard]] constexpr FieldState nextState(FieldState state, char32_t letter, char32_t delimiter)
{
    if (state == FieldState::Quoted) {
        return letter == kQuote ? FieldState::QuoteSeen : FieldState::Quoted;
    }
    if (letter == kQuote && state != FieldState::Plain) {
        return FieldState::Quoted;
    }
    return letter == delimiter || letter == '\n' || letter == '\r' ? FieldState::Start
                                                                   : FieldState::Plain;
}

/// The state behind `bytes`, for encodings of one byte a letter and UTF-8. Takes 64 bytes at a time
/// where the processor can (AVX2 and carry-less multiplication, asked at run time).
[[nodiscard]] FieldState scanFields(FieldState state, std::string_view bytes, char delimiter);
/// The same, byte by byte: for other processors, and what the tests compare with.
[[nodiscard]] FieldState scanFieldsBytewise(
    FieldState state, std::string_view bytes, char delimiter);

} // namespace sheaf::plan
