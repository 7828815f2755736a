// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::plan {

/// The text of extract_columns_from_partition_format, matched against paths. How it matches is
/// written down for the worker too, which must find the same values:
/// core/worker/python/table_format.md, "Partition format". A value.
class PartitionFormat
{
public:
    /// Fails with Parse: a brace that is not closed, a column without a name or twice.
    [[nodiscard]] static Result<PartitionFormat> parse(std::string_view format);

    /// In the order of the format.
    [[nodiscard]] const std::vector<std::string>& columns() const { return m_columns; }
    /// The values of the columns, in their order; nullopt when the path is not of this form.
    /// A date column's value is "2021-03-04T00:00:00".
    [[nodiscard]] std::optional<std::vector<std::string>> match(std::string_view path) const;

private:
    enum class PartKind { Text, Column, Date };
    struct Part
    {
        PartKind kind = PartKind::Text;
        std::string text; // Text: as it is; Date: its pattern
    };

    [[nodiscard]] bool matchFrom(
        std::size_t part, std::string_view rest, std::vector<std::string>& values) const;
    [[nodiscard]] bool matchColumn(
        std::size_t part, std::string_view rest, std::vector<std::string>& values) const;
    [[nodiscard]] static std::optional<std::string> readDate(
        std::string_view pattern, std::string_view text);
    void addText(std::string_view text);

    std::vector<Part> m_parts;
    std::vector<std::string> m_columns;
    std::size_t m_segments = 1;
};

} // namespace sheaf::plan
