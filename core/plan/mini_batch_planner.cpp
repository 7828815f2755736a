// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/mini_batch_planner.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/plan/input_listing.h"
#include "core/plan/input_stamps.h"
#include "core/plan/json_rows.h"
#include "core/plan/line_sink.h"
#include "core/plan/path_list.h"
#include "core/plan/plan_line.h"
#include "core/plan/plan_watch.h"
#include "core/plan/table_planner.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sheaf::plan {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kWriteBytes = 1024 * 1024;

/// A plain folder, or a file of JSON lines: everything that is not an MLTable.
class FilePlanner
{
public:
    FilePlanner(const PlanRequest& request, PlanWatch& watch, LineSink& sink, PlanHeader& header)
        : m_request(request)
        , m_watch(watch)
        , m_sink(sink)
        , m_header(header)
    {
    }

    Result<void> run()
    {
        if (!m_request.partitionKeys.empty()) {
            return fail(ErrorCode::Invalid,
                { { "what", "partition_keys" },
                    { "found", text::join(m_request.partitionKeys, ", ") },
                    { "allowed",
                        "only an MLTable with extract_columns_from_partition_format has columns to "
                        "split by; "
                        "give one as the main input, or use mini_batch_size" } });
        }
        return m_request.jsonLines ? planRows() : planFiles();
    }

private:
    /// Every file in its order, as it is found.
    Result<void> list(const OnFile& onFile)
    {
        std::error_code error;
        const fs::path path = fs::absolute(m_request.path, error).lexically_normal();
        const fs::path place
            = path.has_filename() || !path.has_relative_path() ? path : path.parent_path();
        if (fs::is_directory(place, error)) {
            m_header.root = place.string();
            return listFiles(place, nullptr, "", m_watch, onFile, m_header.warnings);
        }
        m_header.root = place.parent_path().string();
        m_watch.addFiles(1);
        onFile({}, place.filename().string());
        return {};
    }

    Result<void> planFiles()
    {
        m_header.kind = MiniBatchKind::Files;
        m_header.miniBatchSize = std::max<std::int64_t>(m_request.miniBatchSize, 1);
        const auto size = static_cast<std::uint64_t>(m_header.miniBatchSize);
        std::string before; // folder of the file before
        std::string path;
        auto listed = list([&](std::string_view folder, std::string_view name) {
            const bool isApart = m_request.keepDirectoriesApart && m_header.files > 0 && folder != before;
            if (m_sink.parts() == size || isApart) {
                m_sink.finish();
            }
            path.assign(folder).append(name);
            m_sink.addFile(path);
            before.assign(folder);
            ++m_header.files;
        });
        if (listed) {
            m_sink.finish();
            m_header.items = m_header.files;
        }
        return listed;
    }

    Result<void> planRows()
    {
        m_header.kind = MiniBatchKind::JsonRows;
        m_header.miniBatchSize = m_request.jsonLinesRows > 0
            ? m_request.jsonLinesRows
            : std::max<std::int64_t>(m_request.miniBatchSize, 1);
        PathList files;
        if (auto listed = list([&](std::string_view folder, std::string_view name) { files.add(folder, name); }); !listed) {
            return listed;
        }
        m_header.files = files.size();
        for (std::size_t i = 0; i < files.size(); ++i) {
            addStamp(m_header, files[i], (fs::path(m_header.root) / files[i]).string());
            auto planned = planJsonRows((fs::path(m_header.root) / files[i]).string(), files[i],
                static_cast<std::uint64_t>(m_header.miniBatchSize), m_watch, m_sink, m_header.items,
                m_header.bytes);
            if (!planned) {
                return planned;
            }
        }
        return {};
    }

    const PlanRequest& m_request;
    PlanWatch& m_watch;
    LineSink& m_sink;
    PlanHeader& m_header;
};

Result<void> checkRequest(const PlanRequest& request, const PlanWatch& watch)
{
    if (request.miniBatchSize < 0) {
        return fail(ErrorCode::Invalid,
            { { "what", "mini_batch_size" }, { "found", std::to_string(request.miniBatchSize) },
                { "allowed", "it has to be 1 or more" } });
    }
    std::error_code error;
    const fs::file_status status = fs::status(request.path, error);
    if (status.type() == fs::file_type::not_found) {
        return watch.missing(request.path.string());
    }
    if (error) {
        return watch.unreadable(request.path.string(), error.message());
    }
    if (request.isMlTable && !fs::is_directory(status)) {
        return watch.unreadable(request.path.string(),
            "an input of type mltable is a folder that holds a file MLTable");
    }
    return {};
}

/// A new file that takes its name only when it is whole and on disk; gone when that does not come
/// to pass.
class NewFile
{
public:
    explicit NewFile(const fs::path& path)
        : m_path(path.string())
        , m_temporary(m_path + ".new-" + std::to_string(::getpid()))
        , m_descriptor(::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666))
        , m_error(m_descriptor < 0 ? errno : 0)
    {
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile()
    {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
            ::unlink(m_temporary.c_str());
        }
    }

    void addLine(std::string_view line)
    {
        m_waiting.append(line);
        m_waiting += '\n';
        if (m_waiting.size() >= kWriteBytes) {
            flush();
        }
    }

    /// The last call.
    Result<void> keep()
    {
        flush();
        if (m_error == 0 && ::fdatasync(m_descriptor) != 0) {
            m_error = errno;
        }
        if (m_error == 0 && ::rename(m_temporary.c_str(), m_path.c_str()) != 0) {
            m_error = errno;
        }
        if (m_error != 0) {
            return failErrno(m_path, m_error);
        }
        ::close(std::exchange(m_descriptor, -1));
        return {};
    }

private:
    void flush()
    {
        std::string_view rest = m_waiting;
        while (!rest.empty() && m_error == 0) {
            const ssize_t written = ::write(m_descriptor, rest.data(), rest.size());
            if (written < 0) {
                m_error = errno == EINTR ? 0 : errno;
                continue;
            }
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        m_waiting.clear();
    }

    std::string m_path;
    std::string m_temporary;
    int m_descriptor;
    int m_error;
    std::string m_waiting;
};

} // namespace

Result<PlanHeader> planMiniBatches(const PlanRequest& request,
    const std::function<void(std::string_view line)>& onLine,
    std::stop_token stop,
    const std::function<void(const PlanProgress&)>& onProgress)
{
    PlanWatch watch(request, std::move(stop), onProgress);
    if (watch.shouldStop()) {
        return PlanWatch::canceled();
    }
    LineSink sink(watch, onLine);
    PlanHeader header;
    header.partitionKeys = request.partitionKeys;
    const auto planned = checkRequest(request, watch).and_then([&]() -> Result<void> {
        return request.isMlTable ? planTable(request, watch, sink, header)
                                 : FilePlanner(request, watch, sink, header).run();
    });
    if (!planned) {
        return tl::unexpected<Error>(planned.error());
    }
    if (sink.count() == 0) {
        return watch.empty(request.path.string());
    }
    if (readableText(header.root) != header.root) {
        return watch.unreadable(header.root, "the name of the folder is not UTF-8; rename it");
    }
    header.miniBatches = sink.count();
    header.fingerprint = sink.fingerprint();
    watch.finish();
    return header;
}

Result<PlanHeader> writePlan(const PlanRequest& request,
    const std::filesystem::path& dir,
    std::stop_token stop,
    const std::function<void(const PlanProgress&)>& onProgress)
{
    if (auto made = paths::makeDirs(dir); !made) {
        return tl::unexpected<Error>(made.error());
    }
    NewFile lines(dir / "plan.jsonl");
    auto header = planMiniBatches(
        request, [&](std::string_view line) { lines.addLine(line); }, std::move(stop), onProgress);
    if (!header) {
        return header;
    }
    NewFile json(dir / "plan.json");
    json.addLine(json::serialize(*header));
    const auto kept = lines.keep().and_then([&] { return json.keep(); });
    if (!kept) {
        return tl::unexpected<Error>(kept.error());
    }
    return header;
}

} // namespace sheaf::plan
