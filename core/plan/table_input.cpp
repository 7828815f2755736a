// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/table_input.h"

#include "core/base/text.h"
#include "core/plan/glob.h"
#include "core/plan/input_listing.h"
#include "core/plan/plan_watch.h"
#include "core/plan/row_groups.h"
#include "core/spec/ml_table.h"

#include <algorithm>
#include <system_error>
#include <unordered_set>
#include <utility>

namespace sheaf::plan {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kTableFile = "MLTable";

/// One entry of `paths` with its place found: below `base`, the files that match `pattern`, all of
/// them, or the one `file`.
struct PathEntry
{
    fs::path base; // absolute folder; of a file the folder it lies in
    std::string pattern; // relative to base, "" for none
    std::string file; // name, "" for none
};

TableFormat formatOf(const std::string& read)
{
    return read == "read_delimited" ? TableFormat::Delimited
        : read == "read_json_lines" ? TableFormat::JsonLines
        : read == "read_parquet"    ? TableFormat::Parquet
        : read == "read_delta_lake" ? TableFormat::DeltaLake
                                    : TableFormat::None;
}

/// What the service takes when the MLTable says nothing (reference §5).
boost::json::object readingDefaults(TableFormat format)
{
    boost::json::object defaults { { "include_path_column", false } };
    if (format == TableFormat::Delimited) {
        defaults["delimiter"] = ",";
        defaults["header"] = "all_files_same_headers";
        defaults["encoding"] = "utf8";
        defaults["infer_column_types"] = true;
        defaults["empty_as_string"] = false;
        defaults["support_multi_line"] = false;
    } else if (format == TableFormat::JsonLines) {
        defaults["encoding"] = "utf8";
        defaults["invalid_lines"] = "error";
    }
    return defaults;
}

bool isBelow(const fs::path& folder, const fs::path& path)
{
    const auto [end, ignored]
        = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return end == folder.end();
}

/// Absolute and without "." and "..". Links are followed only where "..", which the system would
/// take from the link's target, would otherwise lead elsewhere.
fs::path placeOf(const fs::path& folder, const std::string& written)
{
    const fs::path path = folder / written;
    const bool hasParent = std::find(path.begin(), path.end(), fs::path("..")) != path.end();
    std::error_code error;
    fs::path place = hasParent ? fs::weakly_canonical(path, error) : path.lexically_normal();
    if (error) {
        place = path.lexically_normal();
    }
    return place.has_filename() || !place.has_relative_path() ? place : place.parent_path();
}

PathEntry patternEntry(const fs::path& folder, const std::string& written)
{
    const std::size_t wildcard = written.find_first_of("*?[");
    const std::size_t slash = written.rfind('/', wildcard);
    PathEntry entry;
    const std::string base = slash == std::string::npos ? "."
        : slash == 0                                    ? "/"
                                                        : written.substr(0, slash);
    entry.base = placeOf(folder, base);
    entry.pattern = slash == std::string::npos ? written : written.substr(slash + 1);
    return entry;
}

/// Finds out what an entry stands for; a word with wildcards is a pattern unless a file or folder
/// has this very name.
Result<PathEntry> entryOf(
    const spec::MlTablePath& path, const fs::path& folder, const PlanWatch& watch)
{
    std::error_code error;
    const fs::path place = placeOf(folder, path.value);
    const fs::file_status status = fs::status(place, error);
    if (status.type() == fs::file_type::directory && path.kind != spec::MlTablePathKind::Pattern) {
        return PathEntry { place, "", "" };
    }
    if (Glob::hasWildcard(path.value)
        && (path.kind == spec::MlTablePathKind::Pattern || !fs::exists(status))) {
        PathEntry entry = patternEntry(folder, path.value);
        entry.pattern += path.kind == spec::MlTablePathKind::Folder ? "/**" : "";
        if (!fs::is_directory(entry.base, error)) {
            return watch.missing(entry.base.string());
        }
        return entry;
    }
    if (status.type() == fs::file_type::not_found) {
        return watch.missing(place.string());
    }
    if (error) {
        return watch.unreadable(place.string(), error.message());
    }
    if (status.type() == fs::file_type::directory) {
        return PathEntry { place, "", "" };
    }
    if (path.kind == spec::MlTablePathKind::Folder) {
        return watch.unreadable(place.string(), "it is not a folder, as the MLTable says");
    }
    return PathEntry { place.parent_path(), "", place.filename().string() };
}

class TableReader
{
public:
    TableReader(const PlanRequest& request, PlanWatch& watch)
        : m_request(request)
        , m_watch(watch)
    {
    }

    Result<TableInput> run()
    {
        std::error_code ignored;
        m_folder = placeOf(fs::absolute(m_request.path, ignored), ".");
        if (!fs::exists(m_folder / kTableFile, ignored)) {
            return m_watch.missing((m_folder / kTableFile).string());
        }
        m_table = spec::readMlTable(m_folder);
        auto done
            = checkTable()
                  .and_then([this] { return takeTransformations(); })
                  .and_then([this] { return placeEntries(); })
                  .and_then([this] {
                      return m_input.format == TableFormat::DeltaLake ? listDelta() : listAll();
                  });
        if (!done) {
            return tl::unexpected<Error>(done.error());
        }
        return std::move(m_input);
    }

private:
    Result<void> checkTable()
    {
        for (const auto& diagnostic : m_table.diagnostics) {
            if (diagnostic.severity == spec::Severity::Error) {
                const std::string line
                    = diagnostic.where.line > 0 ? ":" + std::to_string(diagnostic.where.line) : "";
                return fail(ErrorCode::Parse,
                    { { "what", (m_folder / kTableFile).string() + line },
                        { "reason", diagnostic.message } });
            }
        }
        if (const auto* read = m_table.read()) {
            m_input.format = formatOf(read->name);
            m_input.read = readingDefaults(m_input.format);
            if (read->arguments.is_object()) {
                for (const auto& [key, value] : read->arguments.get_object()) {
                    m_input.read[key] = value;
                }
            }
        }
        if (const std::string format = m_table.partitionFormat(); !format.empty()) {
            auto parsed = PartitionFormat::parse(format);
            if (!parsed) {
                return tl::unexpected<Error>(parsed.error());
            }
            m_input.partitions = std::move(*parsed);
        }
        return {};
    }

    /// Rows are counted over the whole table, so `skip` and `take` are done here, before it is cut,
    /// as long as what stands before them keeps all rows. Behind a filter only somebody who sees
    /// the whole table can count.
    Result<void> takeTransformations()
    {
        const bool countable
            = m_input.format != TableFormat::Parquet && m_input.format != TableFormat::DeltaLake;
        bool keepsAllRows = countable;
        for (const auto& step : m_table.transformations) {
            if (step.isRead()) {
                continue;
            }
            const bool counts = step.name == "skip" || step.name == "take";
            const bool drops = step.name == "filter" || step.name == "take_random_sample";
            if (drops && m_input.format == TableFormat::None) {
                return fail(ErrorCode::Invalid,
                    { { "what", "transformation" }, { "found", step.name },
                        { "allowed",
                            "a table without a read transformation is a list of files, which has "
                            "no rows to choose from; add "
                            "a read transformation, or remove this one" } });
            }
            keepsAllRows = keepsAllRows && !drops;
            if (counts && keepsAllRows) {
                countRows(step);
                continue;
            }
            m_input.mustStayWhole = m_input.mustStayWhole || counts;
            m_input.transformations.push_back(
                boost::json::object { { step.name, step.arguments } });
        }
        return {};
    }

    void countRows(const spec::MlTableTransformation& step)
    {
        std::int64_t written = 0;
        if (!json::fromJson(step.arguments, written) || written < 0) {
            return;
        }
        const auto count = static_cast<std::uint64_t>(written);
        RowRange& rows = m_input.rows;
        if (step.name == "take") {
            rows.take = std::min(rows.take, count);
            return;
        }
        const std::uint64_t skipped = std::min(count, rows.take);
        rows.skip += skipped;
        rows.take -= rows.take == RowRange::kAll ? 0 : skipped;
    }

    Result<void> placeEntries()
    {
        bool allBelow = true;
        for (const auto& path : m_table.paths) {
            auto entry = entryOf(path, m_folder, m_watch);
            if (!entry) {
                return tl::unexpected<Error>(entry.error());
            }
            allBelow = allBelow && isBelow(m_folder, entry->base);
            m_entries.push_back(std::move(*entry));
        }
        m_input.root = allBelow ? m_folder.string() : "/";
        return {};
    }

    [[nodiscard]] std::string relativeToRoot(const fs::path& place) const
    {
        const std::string path = place.lexically_relative(m_input.root).string();
        return path == "." ? "" : path;
    }

    Result<void> listAll()
    {
        const std::string own = relativeToRoot(m_folder / kTableFile);
        for (const auto& entry : m_entries) {
            std::string prefix = relativeToRoot(entry.base);
            prefix += prefix.empty() ? "" : "/";
            PathList found;
            if (!entry.file.empty()) {
                found.add(prefix, entry.file);
                m_watch.addFiles(1);
            } else {
                const Glob glob(entry.pattern);
                auto listed = listFiles(entry.base, entry.pattern.empty() ? nullptr : &glob, prefix,
                    m_watch, found, m_input.warnings);
                if (!listed) {
                    return listed;
                }
            }
            for (std::size_t i = 0; i < found.size(); ++i) {
                if (found[i] != own) { // it describes the data, it is none
                    addOnce(found[i]);
                }
            }
        }
        return {};
    }

    void addOnce(std::string_view path)
    {
        if (m_entries.size() == 1 || m_seen.emplace(path).second) {
            m_input.files.add(path);
        }
    }

    Result<void> listDelta()
    {
        std::vector<std::string> found;
        for (const auto& entry : m_entries) {
            auto version
                = readDeltaVersion(m_request.python, entry.base.string(), m_input.read, m_watch);
            if (!version) {
                return tl::unexpected<Error>(version.error());
            }
            m_input.deltaPartitionColumns = version->partitionColumns;
            found.insert(found.end(), version->files.begin(), version->files.end());
            m_watch.addFiles(version->files.size());
        }
        const bool allBelow = std::all_of(found.begin(), found.end(),
            [this](const std::string& file) { return isBelow(m_folder, file); });
        m_input.root = allBelow ? m_folder.string() : "/";
        for (const auto& file : found) {
            addOnce(relativeToRoot(file));
        }
        return {};
    }

    const PlanRequest& m_request;
    PlanWatch& m_watch;
    fs::path m_folder;
    spec::MlTable m_table;
    std::vector<PathEntry> m_entries;
    std::unordered_set<std::string> m_seen;
    TableInput m_input;
};

} // namespace

Result<TableInput> readTableInput(const PlanRequest& request, PlanWatch& watch)
{
    return TableReader(request, watch).run();
}

} // namespace sheaf::plan
