// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// The frozen plan of a parallel step in the run's folder, two files beside each other:
///   plan.json    PlanHeader: what is split, how, and how many mini-batches came of it
///   plan.jsonl   one mini-batch a line, line k is mini-batch k, and the line is exactly what the worker receives:
///     files        {"files":["a.txt","sub/b.txt"]}                  paths relative to PlanHeader::root
///     json rows    {"slices":[["in.jsonl",0,5120]],"row":0}           row: number of its first row
///     tables       {"slices":[["a.csv",0,1048576]]}                 [path, begin, end): bytes of source at record borders;
///                                                                   parquet: [path, first, end) of row groups, end -1: all
///     partitions   as the others, with "key":{"Store":"12","Brand":"x"} in the order of partition_keys
/// Deterministic: the same inputs give the same bytes.
namespace sheaf::plan {

enum class TableFormat { None, Delimited, JsonLines, Parquet, DeltaLake };
BOOST_DESCRIBE_ENUM(TableFormat, None, Delimited, JsonLines, Parquet, DeltaLake)

/// What run() is given.
enum class MiniBatchKind { Files, Table, JsonRows };
BOOST_DESCRIBE_ENUM(MiniBatchKind, Files, Table, JsonRows)

struct PlanHeader {
    int format = 1;
    MiniBatchKind kind = MiniBatchKind::Files;
    std::string root; // absolute folder that the paths of the lines are relative to
    TableFormat tableFormat = TableFormat::None;
    /// The MLTable's transformations and reading options as JSON, in their order, for the worker (worker/python/README.md).
    boost::json::value table;
    std::vector<std::string> partitionKeys;
    std::int64_t miniBatchSize = 0; // in force: files, rows or bytes
    std::uint32_t miniBatches = 0;
    std::uint64_t items = 0; // files or json rows; 0 for tables
    std::uint64_t bytes = 0; // of input
    std::uint64_t files = 0; // input files
    boost::json::value inputFiles; // path → [bytes, ns of the last change] of files cut at bytes (input_stamps.h), or null
    std::uint64_t fingerprint = 0; // xxh3 of plan.jsonl: a resume checks it
    std::vector<std::string> warnings; // "link loop at …": told once
};
BOOST_DESCRIBE_STRUCT(PlanHeader, (),
    (format, kind, root, tableFormat, table, partitionKeys, miniBatchSize, miniBatches, items, bytes, files,
        inputFiles, fingerprint, warnings))

/// A plan that was written: its lines by number. Maps the file; keeps 8 bytes a mini-batch in memory.
/// Owned by one thread; lines stay valid as long as it lives.
class PlanFile
{
public:
    /// Reads plan.json and plan.jsonl of `dir`. PlanChanged when they do not belong together.
    [[nodiscard]] static Result<PlanFile> open(const std::filesystem::path& dir);
    PlanFile(PlanFile&&) noexcept;
    PlanFile& operator=(PlanFile&&) noexcept;
    ~PlanFile();

    [[nodiscard]] const PlanHeader& header() const { return m_header; }
    [[nodiscard]] std::uint32_t count() const { return m_header.miniBatches; }
    /// The line of mini-batch `index` without its newline.
    [[nodiscard]] std::string_view line(MiniBatchIndex index) const;

private:
    PlanFile();
    struct Map;
    PlanHeader m_header;
    std::unique_ptr<Map> m_map;
};

} // namespace sheaf::plan
