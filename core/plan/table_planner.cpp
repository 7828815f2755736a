// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/input_stamps.h"
#include "core/plan/table_planner.h"

#include "core/base/text.h"
#include "core/plan/line_sink.h"
#include "core/plan/plan_line.h"
#include "core/plan/plan_watch.h"
#include "core/plan/record_file.h"
#include "core/plan/row_groups.h"
#include "core/plan/table_input.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <sys/stat.h>
#include <unordered_map>
#include <utility>

namespace sheaf::plan {

namespace {

constexpr std::int64_t kDefaultTableBytes = 1024 * 1024;
constexpr std::size_t kFilesBetweenLooks = 512;
constexpr std::size_t kHeaderWarnings = 3;

/// The part of one input file that belongs to a mini-batch; for a file list the whole file, numbers
/// unused.
struct FileRange
{
    std::size_t file = 0;
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

/// Collects the files of each combination of partition keys, in order of first appearance.
class Partitions
{
public:
    static Result<Partitions> make(
        const std::vector<std::string>& keys, const std::optional<PartitionFormat>& format)
    {
        Partitions made;
        const std::string found = text::join(keys, ", ");
        if (!format) {
            return fail(ErrorCode::Invalid,
                { { "what", "partition_keys" }, { "found", found },
                    { "allowed",
                        "the MLTable names no columns to split by; add the transformation "
                        "extract_columns_from_partition_format" } });
        }
        const auto& columns = format->columns();
        for (const auto& key : keys) {
            const auto column = std::find(columns.begin(), columns.end(), key);
            if (column == columns.end()) {
                return fail(ErrorCode::Invalid,
                    { { "what", "partition_keys" }, { "found", key },
                        { "allowed",
                            "the columns of the partition format are "
                                + text::join(columns, ", ") } });
            }
            made.m_columns.push_back(static_cast<std::size_t>(column - columns.begin()));
        }
        made.m_keys = keys;
        return made;
    }

    void add(const std::vector<std::string>& values, const FileRange& range)
    {
        Group group;
        std::string identity;
        for (const std::size_t column : m_columns) {
            group.values.push_back(values[column]);
            identity += values[column] + '\0';
        }
        const auto [place, isNew] = m_places.emplace(std::move(identity), m_groups.size());
        if (isNew) {
            m_groups.push_back(std::move(group));
        }
        m_groups[place->second].ranges.push_back(range);
    }

    /// `onRange` puts one range into the line.
    void write(LineSink& sink, const std::function<void(const FileRange&)>& onRange) const
    {
        for (const auto& group : m_groups) {
            std::for_each(group.ranges.begin(), group.ranges.end(), onRange);
            sink.finishWithKey(m_keys, group.values);
        }
    }

private:
    struct Group
    {
        std::vector<std::string> values;
        std::vector<FileRange> ranges;
    };
    std::vector<std::string> m_keys;
    std::vector<std::size_t> m_columns;
    std::vector<Group> m_groups;
    std::unordered_map<std::string, std::size_t> m_places;
};

class TablePlanner
{
public:
    TablePlanner(const PlanRequest& request,
        TableInput input,
        PlanWatch& watch,
        LineSink& sink,
        PlanHeader& header)
        : m_request(request)
        , m_input(std::move(input))
        , m_watch(watch)
        , m_sink(sink)
        , m_header(header)
    {
    }

    Result<void> run()
    {
        m_header.root = m_input.root;
        m_header.files = m_input.files.size();
        m_header.tableFormat = m_input.format;
        m_header.kind
            = m_input.format == TableFormat::None ? MiniBatchKind::Files : MiniBatchKind::Table;
        m_header.warnings = m_input.warnings;
        return choosePartitions().and_then([this] { return planFormat(); }).map([this] {
            describeTable();
        });
    }

private:
    Result<void> choosePartitions()
    {
        if (m_request.partitionKeys.empty()) {
            const std::int64_t byDefault
                = m_input.format == TableFormat::None ? 1 : kDefaultTableBytes;
            m_header.miniBatchSize
                = m_request.miniBatchSize > 0 ? m_request.miniBatchSize : byDefault;
        } else {
            if (m_input.mustStayWhole) {
                return fail(ErrorCode::Invalid,
                    { { "what", "partition_keys" },
                        { "found", text::join(m_request.partitionKeys, ", ") },
                        { "allowed",
                            "the MLTable has a skip or take whose rows only the whole table can "
                            "tell; remove it, or "
                            "put it before the filter" } });
            }
            auto partitions = Partitions::make(m_request.partitionKeys, m_input.partitions);
            if (!partitions) {
                return tl::unexpected<Error>(partitions.error());
            }
            m_partitions = std::move(*partitions);
        }
        if (m_input.mustStayWhole) {
            m_header.warnings.emplace_back("skip or take of the MLTable counts rows that only "
                                           "reading the whole table can tell: "
                                           "the table is one mini-batch");
        }
        return {};
    }

    Result<void> planFormat()
    {
        switch (m_input.format) {
        case TableFormat::None:
            return planFiles();
        case TableFormat::Delimited:
        case TableFormat::JsonLines:
            return planRecords();
        case TableFormat::Parquet:
        case TableFormat::DeltaLake:
            break;
        }
        return planRowGroups();
    }

    [[nodiscard]] std::string fullPath(std::size_t file) const
    {
        return m_input.root + (m_input.root.ends_with('/') ? "" : "/")
            + std::string(m_input.files[file]);
    }

    /// The values of the file's partition columns; empty when there is no format.
    Result<std::vector<std::string>> partitionValues(std::size_t file) const
    {
        if (!m_input.partitions) {
            return std::vector<std::string>();
        }
        auto values = m_input.partitions->match(m_input.files[file]);
        if (!values) {
            return m_watch.unreadable(fullPath(file),
                "its path is not of the form that extract_columns_from_partition_format describes");
        }
        return std::move(*values);
    }

    void putFile(const FileRange& range) { m_sink.addFile(m_input.files[range.file]); }
    void putSlice(const FileRange& range)
    {
        m_sink.addSlice(m_input.files[range.file], range.begin, range.end);
    }

    Result<void> planFiles()
    {
        const auto size
            = static_cast<std::uint64_t>(std::max<std::int64_t>(m_header.miniBatchSize, 1));
        const std::uint64_t end = m_input.rows.take >= m_input.files.size()
            ? m_input.files.size()
            : std::min<std::uint64_t>(m_input.files.size(), m_input.rows.skip + m_input.rows.take);
        for (std::size_t i = m_input.rows.skip; i < end; ++i) {
            if (i % kFilesBetweenLooks == 0 && m_watch.shouldStop()) {
                return PlanWatch::canceled();
            }
            auto values = partitionValues(i);
            if (!values) {
                return tl::unexpected<Error>(values.error());
            }
            ++m_header.items;
            if (m_partitions) {
                m_partitions->add(*values, { i, 0, 0 });
                continue;
            }
            putFile({ i, 0, 0 });
            if (m_sink.parts() == size) {
                m_sink.finish();
            }
        }
        m_sink.finish();
        if (m_partitions) {
            m_partitions->write(m_sink, [this](const FileRange& range) { putFile(range); });
        }
        return {};
    }

    [[nodiscard]] std::string option(const char* name) const
    {
        const auto* value = m_input.read.if_contains(name);
        return value != nullptr && value->is_string() ? std::string(value->get_string().c_str())
                                                      : std::string();
    }

    [[nodiscard]] RecordRules recordRules() const
    {
        RecordRules rules;
        rules.encoding = option("encoding");
        rules.returnEnds = m_input.format == TableFormat::Delimited;
        rules.delimiter = rules.returnEnds ? option("delimiter") : ",";
        const auto* multiLine = m_input.read.if_contains("support_multi_line");
        rules.quotes = multiLine != nullptr && multiLine->is_bool() && multiLine->get_bool();
        return rules;
    }

    Result<void> planRecords()
    {
        const RecordRules rules = recordRules();
        RowRange rows = m_input.rows;
        std::string buffer;
        for (std::size_t i = 0; i < m_input.files.size(); ++i) {
            addStamp(m_header, m_input.files[i], fullPath(i));
            auto values = partitionValues(i);
            auto file = values ? RecordFile::open(fullPath(i), rules, buffer, m_watch)
                               : tl::unexpected<Error>(values.error());
            if (!file) {
                return tl::unexpected<Error>(file.error());
            }
            m_header.bytes += file->size();
            auto range = dataOf(i, *file, rows);
            auto planned
                = range ? planRange(*values, *file, *range) : tl::unexpected<Error>(range.error());
            if (!planned) {
                return planned;
            }
        }
        writeKept();
        return {};
    }

    Result<void> planRange(
        const std::vector<std::string>& values, RecordFile& file, const FileRange& range)
    {
        if (range.begin >= range.end) {
            return {};
        }
        if (!m_firstFile) {
            m_firstFile = range.file;
        }
        if (m_partitions) {
            m_partitions->add(values, range);
            return {};
        }
        if (m_input.mustStayWhole) {
            putSlice(range);
            return {};
        }
        return file.cut(static_cast<std::uint64_t>(range.begin),
            static_cast<std::uint64_t>(range.end),
            static_cast<std::uint64_t>(m_header.miniBatchSize),
            [&](std::uint64_t begin, std::uint64_t end) {
                m_sink.addSlice(m_input.files[range.file], begin, end);
                m_sink.finish();
            });
    }

    /// What was kept for the end: partitions, or the one mini-batch of a table that stays whole.
    void writeKept()
    {
        m_sink.finish();
        if (m_partitions) {
            m_partitions->write(m_sink, [this](const FileRange& range) { putSlice(range); });
        }
    }

    /// The file's rows without mark and header, less what skip and take leave out.
    Result<FileRange> dataOf(std::size_t index, RecordFile& file, RowRange& rows)
    {
        std::uint64_t begin = file.begin();
        std::uint64_t end = file.size();
        if (auto header = behindHeader(index, file); header) {
            begin = *header;
        } else {
            return tl::unexpected<Error>(header.error());
        }
        if (rows.skip > 0) {
            const auto skipped = file.skipRecords(begin, rows.skip);
            if (!skipped) {
                return tl::unexpected<Error>(skipped.error());
            }
            begin = skipped->end;
            rows.skip -= skipped->count;
        }
        if (rows.take != RowRange::kAll) {
            const auto taken = file.skipRecords(begin, rows.take);
            if (!taken) {
                return tl::unexpected<Error>(taken.error());
            }
            end = taken->end;
            rows.take -= taken->count;
        }
        return FileRange { index, static_cast<std::int64_t>(begin),
            static_cast<std::int64_t>(end) };
    }

    Result<std::uint64_t> behindHeader(std::size_t index, RecordFile& file)
    {
        const std::string mode
            = m_input.format == TableFormat::Delimited ? option("header") : "no_header";
        if (mode == "no_header" || (mode == "from_first_file" && m_headerRow)) {
            return file.begin();
        }
        const auto record = file.skipRecords(file.begin(), 1);
        if (!record || record->count == 0) {
            return record ? Result<std::uint64_t>(file.size())
                          : tl::unexpected<Error>(record.error());
        }
        if (mode == "all_files_different_headers") {
            return record->end;
        }
        auto row = file.text(file.begin(), record->end);
        if (!row) {
            return tl::unexpected<Error>(row.error());
        }
        if (!m_headerRow) {
            m_headerRow = std::move(*row);
            m_headerFile = index;
        } else if (*row != *m_headerRow) {
            warnOfHeader(index);
        }
        return record->end;
    }

    void warnOfHeader(std::size_t index)
    {
        if (++m_otherHeaders <= kHeaderWarnings) {
            m_header.warnings.push_back("the header row of " + readableText(fullPath(index))
                + " is not that of " + readableText(fullPath(m_headerFile))
                + ": its values are read by their place, since header is all_files_same_headers");
        }
    }

    Result<void> planRowGroups()
    {
        std::vector<std::string> paths;
        for (std::size_t i = 0; i < m_input.files.size(); ++i) {
            auto values = partitionValues(i);
            if (!values) {
                return tl::unexpected<Error>(values.error());
            }
            struct stat status
            {
            };
            paths.push_back(fullPath(i));
            if (::stat(paths.back().c_str(), &status) != 0) {
                return m_watch.unreadable(paths.back(), errno);
            }
            m_header.bytes += static_cast<std::uint64_t>(status.st_size);
            addStamp(m_header, m_input.files[i], paths.back());
            if (m_watch.shouldStop()) {
                return PlanWatch::canceled();
            }
        }
        if (paths.empty()) {
            return {};
        }
        const auto groups = readRowGroups(m_request.python, paths, m_watch);
        if (!groups) {
            return tl::unexpected<Error>(groups.error());
        }
        for (std::size_t i = 0; i < paths.size(); ++i) {
            if (auto planned = planGroups(i, (*groups)[i]); !planned) {
                return planned;
            }
        }
        writeKept();
        return {};
    }

    Result<void> planGroups(std::size_t file, const std::vector<RowGroup>& groups)
    {
        const bool hasRows = std::any_of(
            groups.begin(), groups.end(), [](const RowGroup& group) { return group.rows > 0; });
        if (!hasRows) {
            return {};
        }
        if (m_partitions || m_input.mustStayWhole) {
            auto values = partitionValues(file);
            if (!values) {
                return tl::unexpected<Error>(values.error());
            }
            if (m_partitions) {
                m_partitions->add(*values, { file, 0, -1 });
            } else {
                putSlice({ file, 0, -1 });
            }
            return {};
        }
        std::size_t first = 0;
        std::uint64_t bytes = 0;
        for (std::size_t g = 0; g < groups.size(); ++g) {
            bytes += groups[g].bytes;
            const bool isLast = g + 1 == groups.size();
            if (bytes >= static_cast<std::uint64_t>(m_header.miniBatchSize) || isLast) {
                putSlice({ file, static_cast<std::int64_t>(first),
                    isLast ? -1 : static_cast<std::int64_t>(g + 1) });
                m_sink.finish();
                first = g + 1;
                bytes = 0;
            }
        }
        return {};
    }

    /// PlanHeader.table: core/worker/python/table_format.md.
    void describeTable()
    {
        if (m_otherHeaders > kHeaderWarnings) {
            m_header.warnings.push_back("so have "
                + std::to_string(m_otherHeaders - kHeaderWarnings)
                + " more files another header row than the first");
        }
        if (m_input.format == TableFormat::None) {
            return;
        }
        boost::json::object table { { "read", m_input.read },
            { "transformations", m_input.transformations } };
        if (m_headerRow) {
            table["header_row"] = *m_headerRow;
        }
        // Types are decided by one file, whichever worker reads what: not where each file has columns of its own.
        if (m_firstFile && m_input.format == TableFormat::Delimited && option("header") != "all_files_different_headers") {
            const std::string path(m_input.files[*m_firstFile]);
            if (readableText(path) == path) {
                table["first_file"] = path;
            }
        }
        if (!m_input.deltaPartitionColumns.empty()) {
            table["delta_partition_columns"] = m_input.deltaPartitionColumns;
        }
        m_header.table = std::move(table);
    }

    const PlanRequest& m_request;
    TableInput m_input;
    PlanWatch& m_watch;
    LineSink& m_sink;
    PlanHeader& m_header;
    std::optional<Partitions> m_partitions;
    std::optional<std::string> m_headerRow;
    std::size_t m_headerFile = 0;
    std::optional<std::size_t> m_firstFile; // with rows
    std::size_t m_otherHeaders = 0;
};

} // namespace

Result<void> planTable(
    const PlanRequest& request, PlanWatch& watch, LineSink& sink, PlanHeader& header)
{
    auto input = readTableInput(request, watch);
    if (!input) {
        return tl::unexpected<Error>(input.error());
    }
    return TablePlanner(request, std::move(*input), watch, sink, header).run();
}

} // namespace sheaf::plan
