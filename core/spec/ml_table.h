// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/diagnostic.h"
#include "core/spec/field_table.h"
#include "core/spec/file_texts.h"

#include <boost/json.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::spec {

enum class MlTablePathKind { File, Folder, Pattern };
BOOST_DESCRIBE_ENUM(MlTablePathKind, File, Folder, Pattern)

/// One entry of `paths`, as written (cut of blanks): a local path or glob, relative to the table's
/// folder or absolute; a leading "file:" or "file://" is already taken off.
struct MlTablePath
{
    MlTablePathKind kind = MlTablePathKind::File;
    std::string value;
    SourceRange where;
};

/// One step of `transformations`. `arguments` has one form for every way to write it:
///   read_delimited, read_parquet, read_json_lines, read_delta_lake, take_random_sample   object,
///   only what was written drop_columns, keep_columns array of names convert_column_types array of
///   {"columns": [names], "column_type": word, …} extract_columns_from_partition_format, filter
///   string skip, take integer
struct MlTableTransformation
{
    std::string name;
    boost::json::value arguments;
    SourceRange where;

    [[nodiscard]] bool isRead() const { return name.starts_with("read_"); }
};

/// What an MLTable file says. Usable only when `diagnostics` has no error. A value.
struct MlTable
{
    std::filesystem::path file; // <folder>/MLTable
    std::vector<MlTablePath> paths;
    std::vector<MlTableTransformation> transformations; // in the order written
    std::vector<Diagnostic> diagnostics;

    /// The one read transformation, or null: then the table is a list of files.
    [[nodiscard]] const MlTableTransformation* read() const
    {
        for (const auto& transformation : transformations) {
            if (transformation.isRead()) {
                return &transformation;
            }
        }
        return nullptr;
    }
    /// The partition format, or "".
    [[nodiscard]] std::string partitionFormat() const
    {
        for (const auto& transformation : transformations) {
            if (transformation.name == "extract_columns_from_partition_format"
                && transformation.arguments.is_string()) {
                return std::string(transformation.arguments.as_string());
            }
        }
        return {};
    }
};

/// The columns that a partition format fills, in its order: "{Store}/{d:yyyy}/{file_name}" → Store,
/// d, file_name.
[[nodiscard]] std::vector<std::string> partitionColumns(const std::string& format);

/// What an entry of `paths` may be, the transformations that are known, and the arguments of one that takes a map of them: for completion.
[[nodiscard]] std::span<const Field> tablePathFields();
[[nodiscard]] const std::vector<std::string>& tableTransformations();
[[nodiscard]] std::span<const Field> tableArguments(std::string_view transformation);

/// Reads and checks the file `MLTable` of `folder`. Does not look at the data. Never throws; any
/// thread.
[[nodiscard]] MlTable readMlTable(const std::filesystem::path& folder, const SharedTexts& texts = {});

} // namespace sheaf::spec
