// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/run_index.h"

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/pipeline/run_spec.h"
#include "core/store/event_store.h"
#include "core/store/history_store.h"
#include "core/workspace/run_labels.h"

#include <algorithm>
#include <map>
#include <sys/stat.h>

namespace sheaf::workspace {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kEventsAtOnce = 20000;

fs::path indexFile(const Workspace& workspace)
{
    return workspace.folder() / ".sheaf" / "workspace.db";
}

std::int64_t fileMicros(const fs::path& file)
{
    struct stat status
    {
    };
    return ::stat(file.c_str(), &status) == 0
        ? status.st_mtim.tv_sec * std::int64_t { 1000000 } + status.st_mtim.tv_nsec / 1000
        : 0;
}

bool isOver(event::RunState state)
{
    return state == event::RunState::Completed || state == event::RunState::Failed
        || state == event::RunState::Canceled;
}

event::RunPicture pictureOf(const fs::path& database)
{
    event::RunPicture picture;
    auto store = store::EventStore::openForReading(database);
    while (store) {
        const auto events = store->readFrom(picture.lastSequence() + 1, kEventsAtOnce);
        if (!events || events->empty()) {
            break;
        }
        event::ChangeSet changes;
        picture.apply(*events, changes);
    }
    return picture;
}

/// What lies beside the record.
RunSummary outlineOf(const Workspace& workspace, const std::string& run)
{
    const runtime::RunDir dir = workspace.runDir(run);
    RunSummary summary;
    summary.run = run;
    summary.startedMicros = fileMicros(dir.spec());
    if (const auto text = paths::readFile(dir.spec())) {
        if (const auto spec = json::deserialize<pipeline::RunSpec>(*text, dir.spec().string())) {
            summary.displayName = spec->displayName;
            summary.jobFile = spec->jobFile;
        }
    }
    return summary;
}

/// When the record was last written to.
std::int64_t recordMicros(const fs::path& database)
{
    return std::max(fileMicros(database), fileMicros(database.string() + "-wal"));
}

RunSummary fromRow(const store::RunRow& row)
{
    return { row.run, row.displayName, row.jobFile, row.state, row.interrupted, row.startedMicros,
        row.endedMicros, row.message, row.miniBatches, row.miniBatchesFailed, {}, {} };
}

store::RunRow toRow(const RunSummary& run)
{
    return { run.run, run.displayName, run.jobFile, run.state, run.interrupted, run.startedMicros,
        run.endedMicros, run.message, run.miniBatches, run.miniBatchesFailed };
}

/// NoPermission when there are runs, all of them somebody else's.
Result<std::vector<std::string>> runFolders(const Workspace& workspace)
{
    std::vector<std::string> names;
    std::error_code error;
    fs::path closed;
    for (fs::directory_iterator it(workspace.folder() / ".sheaf" / "runs", error), end;
         !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        std::error_code looked;
        if (!name.starts_with('.') && fs::exists(runtime::RunDir(it->path()).spec(), looked)) {
            names.push_back(name);
        } else if (looked == std::errc::permission_denied) {
            closed = it->path();
        }
    }
    if (error == std::errc::permission_denied) {
        closed = workspace.folder() / ".sheaf" / "runs";
    }
    if (names.empty() && !closed.empty()) {
        return fail(ErrorCode::NoPermission, { { "path", closed.string() } });
    }
    return names;
}

/// Index that may be missing: every call then does nothing.
class Index
{
public:
    explicit Index(const Workspace& workspace)
    {
        const fs::path file = indexFile(workspace);
        std::error_code ignored;
        if (!fs::is_directory(file.parent_path(), ignored)) {
            return;
        }
        m_store = store::HistoryStore::open(file);
        if (!m_store && m_store.error().code == ErrorCode::Database) {
            // Damaged or of another version: it is only an index, so it is made anew.
            for (const char* suffix : { "", "-wal", "-shm" }) {
                fs::remove(file.string() + suffix, ignored);
            }
            m_store = store::HistoryStore::open(file);
        }
        if (!m_store) {
            m_store = store::HistoryStore::openForReading(file);
        }
    }

    std::map<std::string, store::RunRow> rows()
    {
        std::map<std::string, store::RunRow> byName;
        if (m_store) {
            if (auto list = m_store->list()) {
                for (auto& row : *list) {
                    byName.emplace(row.run, row);
                }
            }
        }
        return byName;
    }
    void keep(const RunSummary& run)
    {
        if (m_store) {
            [[maybe_unused]] const auto kept = m_store->upsert(toRow(run));
        }
    }
    void forget(const std::string& run)
    {
        if (m_store) {
            [[maybe_unused]] const auto removed = m_store->remove(run);
        }
    }

private:
    Result<store::HistoryStore> m_store = fail(ErrorCode::NotFound);
};

} // namespace

void summarize(RunSummary& summary, const event::RunPicture& picture, bool isActive)
{
    if (picture.lastSequence() > 0) {
        summary.state = picture.state();
        summary.startedMicros = picture.startedMicros();
        summary.endedMicros = isOver(picture.state()) ? picture.endedMicros() : 0;
        summary.message = picture.message();
        summary.miniBatches = 0;
        summary.miniBatchesFailed = 0;
        for (const auto& step : picture.steps()) {
            summary.miniBatches += step.total();
            summary.miniBatchesFailed += step.count(event::MiniBatchState::Failed) + step.count(event::MiniBatchState::TimedOut);
        }
    }
    summary.interrupted = !isActive && !isOver(summary.state);
}

RunSummary summaryOf(const Workspace& workspace, const std::string& run)
{
    RunSummary summary = outlineOf(workspace, run);
    // Asked before the events are read: a run that ends in between is then "over", never "interrupted".
    const bool isActive = workspace.isActive(run);
    summarize(summary, pictureOf(workspace.runDir(run).database()), isActive);
    return summary;
}

RunSummary RunLister::summaryOfOpen(const std::string& run)
{
    constexpr double kShare = 0.01; // of the time
    const bool isActive = m_workspace.isActive(run);
    const std::int64_t written = recordMicros(m_workspace.runDir(run).database());
    const double begin = monotonicSeconds();
    if (const auto read = m_read.find(run); read != m_read.end() && read->second.wasActive == isActive) {
        const Read& last = read->second;
        if (last.recordMicros == written || (isActive && (begin - last.endedSeconds) * kShare < last.tookSeconds)) {
            return last.summary;
        }
    }
    Read read;
    read.summary = summaryOf(m_workspace, run);
    read.wasActive = isActive;
    read.recordMicros = written;
    read.endedSeconds = monotonicSeconds();
    read.tookSeconds = read.endedSeconds - begin;
    return m_read.insert_or_assign(run, std::move(read)).first->second.summary;
}

Result<std::vector<RunSummary>> RunLister::list(const std::string& followed)
{
    Index index(m_workspace);
    auto known = index.rows();
    const auto folders = runFolders(m_workspace);
    if (!folders) {
        return tl::unexpected<Error>(folders.error());
    }
    std::vector<RunSummary> runs;
    for (const auto& name : *folders) {
        const auto row = known.find(name);
        const bool isKnown = row != known.end();
        if (isKnown && isOver(row->second.state)) {
            runs.push_back(fromRow(row->second));
            m_read.erase(name);
        } else if (name == followed) {
            runs.push_back(outlineOf(m_workspace, name));
        } else {
            // A run that is carried on still has the end of before in its events, and may begin to be while this is kept.
            const bool isActive = m_workspace.isActive(name);
            runs.push_back(summaryOfOpen(name));
            if (isOver(runs.back().state) && !isActive) {
                index.keep(runs.back());
                if (m_workspace.isActive(name)) {
                    index.forget(name);
                }
            }
        }
        if (isKnown) {
            known.erase(row);
        }
        auto labels = labelsOf(m_workspace, name); // they change when the run is long over
        runs.back().tags = std::move(labels.tags);
        runs.back().note = std::move(labels.note);
    }
    for (const auto& [name, row] : known) {
        index.forget(name);
    }
    std::erase_if(m_read, [&](const auto& read) { return std::find(folders->begin(), folders->end(), read.first) == folders->end(); });
    std::sort(runs.begin(), runs.end(), [](const RunSummary& a, const RunSummary& b) {
        return a.startedMicros != b.startedMicros ? a.startedMicros > b.startedMicros
                                                  : a.run < b.run;
    });
    return runs;
}

void forgetRun(const Workspace& workspace, const std::string& run)
{
    Index(workspace).forget(run);
}

} // namespace sheaf::workspace
