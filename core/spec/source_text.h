// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/diagnostic.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::spec {

/// The bytes of one job file, as they are: BOM and line ends included. Answers where in the text an
/// offset is for people (lines from 1, columns from 1 and in characters). A value; never changes
/// its bytes.
class SourceText
{
public:
    SourceText() = default;
    SourceText(std::string file, std::string bytes);

    [[nodiscard]] const std::string& file() const { return m_file; }
    [[nodiscard]] const std::string& bytes() const { return m_bytes; }
    /// The text without a UTF-8 byte order mark; offset of its first byte.
    [[nodiscard]] std::string_view body() const
    {
        return std::string_view(m_bytes).substr(bodyOffset());
    }
    [[nodiscard]] std::size_t bodyOffset() const { return m_hasBom ? 3 : 0; }
    [[nodiscard]] bool hasBom() const { return m_hasBom; }

    [[nodiscard]] int lineCount() const { return static_cast<int>(m_lineStarts.size()); }
    /// Line `number` (from 1) without its line end; "" when there is none.
    [[nodiscard]] std::string_view line(int number) const;
    /// The range with its line and column filled in.
    [[nodiscard]] SourceRange range(std::size_t begin, std::size_t end) const;
    /// Offset of the first byte that is not UTF-8.
    [[nodiscard]] std::optional<std::size_t> firstBadByte() const;

private:
    std::string m_file;
    std::string m_bytes;
    bool m_hasBom = false;
    std::vector<std::size_t> m_lineStarts;
};

} // namespace sheaf::spec
