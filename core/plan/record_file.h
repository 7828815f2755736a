// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/plan/field_scan.h"
#include "core/plan/file_bytes.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace sheaf::plan {

/// How the letters of a file are told from its bytes, as far as line ends, quotes and delimiters
/// need it.
enum class Coding { Bytes, Utf16Little, Utf16Big, Utf32Little, Utf32Big };

/// What ends a record of a table.
struct RecordRules
{
    std::string encoding = "utf8"; // word of the MLTable
    bool returnEnds = true; // a lone \r ends a record too (delimited); else only \n (json lines)
    bool quotes = false; // support_multi_line: line ends within quotes are letters
    std::string delimiter = ","; // of several letters the last one counts
};

/// A text file seen as records. Cuts it at record borders; knows nothing of columns. Offsets are of
/// the file. Only one may read at a time: they share a buffer.
class RecordFile
{
public:
    [[nodiscard]] static Result<RecordFile> open(
        const std::string& path, const RecordRules& rules, std::string& buffer, PlanWatch& watch);

    [[nodiscard]] std::uint64_t begin() const { return m_begin; } // behind a byte-order mark
    [[nodiscard]] std::uint64_t size() const { return m_bytes.size(); }

    struct Skipped
    {
        std::uint64_t end = 0; // behind the last one
        std::uint64_t count = 0; // fewer than asked when the file ends
    };
    /// Goes over `count` records that are not blank, from a record border on.
    [[nodiscard]] Result<Skipped> skipRecords(std::uint64_t from, std::uint64_t count);
    /// The letters from `begin` to `end` in UTF-8, blank lines before and the line end behind taken
    /// off.
    [[nodiscard]] Result<std::string> text(std::uint64_t begin, std::uint64_t end);

    /// Cuts [from, end), both record borders, at the first border at or behind each from + k ×
    /// `size`. Reads only around these places, or, when quotes count, all of it once.
    [[nodiscard]] Result<void> cut(std::uint64_t from,
        std::uint64_t end,
        std::uint64_t size,
        const std::function<void(std::uint64_t begin, std::uint64_t end)>& onSlice);

private:
    RecordFile(FileBytes bytes, const RecordRules& rules);
    [[nodiscard]] Result<void> readMark();
    [[nodiscard]] std::size_t unit() const;
    [[nodiscard]] char32_t letterAt(const char* at) const;
    [[nodiscard]] Result<std::uint64_t> behindLineEnd(std::uint64_t lineEnd, char32_t letter);
    [[nodiscard]] Result<std::uint64_t> plainEnd(std::uint64_t from);
    [[nodiscard]] Result<FieldState> scan(FieldState state, std::uint64_t from, std::uint64_t to);
    [[nodiscard]] Result<std::uint64_t> quotedEnd(FieldState state, std::uint64_t from);
    [[nodiscard]] std::size_t findLineEnd(std::string_view bytes) const;
    [[nodiscard]] bool isLineEnd(char32_t letter) const
    {
        return letter == '\n' || (letter == '\r' && m_rules.returnEnds);
    }

    FileBytes m_bytes;
    RecordRules m_rules;
    Coding m_coding = Coding::Bytes;
    char32_t m_delimiter = ',';
    std::uint64_t m_begin = 0;
};

} // namespace sheaf::plan
