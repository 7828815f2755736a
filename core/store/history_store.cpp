// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/store/history_store.h"

#include "core/store/database.h"
#include "core/store/migrations.h"
#include "core/store/schema.h"

namespace sheaf::store {

namespace {

constexpr int kRowFormat = 1;

constexpr const char* kUpsert
    = "INSERT OR REPLACE INTO runs (run, display_name, job_file, state, interrupted, started, "
      "ended, message, "
      "mini_batches, mini_batches_failed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
constexpr const char* kList = "SELECT run, display_name, job_file, state, interrupted, started, "
                              "ended, message, mini_batches, "
                              "mini_batches_failed FROM runs ORDER BY started DESC, run";
constexpr const char* kRemove = "DELETE FROM runs WHERE run = ?1";

RunRow rowOf(const Statement& statement)
{
    RunRow row;
    row.run = statement.text(0);
    row.displayName = statement.text(1);
    row.jobFile = statement.text(2);
    row.state = json::enumFromName<event::RunState>(std::string(statement.text(3)))
                    .value_or(event::RunState::Starting);
    row.interrupted = statement.integer(4) != 0;
    row.startedMicros = statement.integer(5);
    row.endedMicros = statement.integer(6);
    row.message = statement.text(7);
    row.miniBatches = static_cast<std::uint32_t>(statement.integer(8));
    row.miniBatchesFailed = static_cast<std::uint32_t>(statement.integer(9));
    return row;
}

} // namespace

struct HistoryStore::Impl
{
    Database database;
};

HistoryStore::HistoryStore(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
HistoryStore::HistoryStore(HistoryStore&&) noexcept = default;
HistoryStore& HistoryStore::operator=(HistoryStore&&) noexcept = default;
HistoryStore::~HistoryStore() = default;

Result<HistoryStore> HistoryStore::open(const std::filesystem::path& file)
{
    auto database = Database::openForWriting(file);
    if (!database) {
        return tl::unexpected<Error>(database.error());
    }
    auto ready = migrate(*database, kWorkspaceMigrations, kRowFormat);
    if (!ready) {
        return tl::unexpected<Error>(ready.error());
    }
    return HistoryStore(std::make_unique<Impl>(Impl { std::move(*database) }));
}

Result<HistoryStore> HistoryStore::openForReading(const std::filesystem::path& file)
{
    auto database = Database::openForReading(file);
    if (!database) {
        return tl::unexpected<Error>(database.error());
    }
    auto ready = checkSchema(*database, kWorkspaceMigrations, kRowFormat);
    if (!ready) {
        return tl::unexpected<Error>(ready.error());
    }
    return HistoryStore(std::make_unique<Impl>(Impl { std::move(*database) }));
}

Result<void> HistoryStore::upsert(const RunRow& row)
{
    auto statement = m_impl->database.prepare(kUpsert);
    if (!statement) {
        return tl::unexpected<Error>(statement.error());
    }
    statement->bind(1, row.run);
    statement->bind(2, row.displayName);
    statement->bind(3, row.jobFile);
    statement->bind(4, json::enumName(row.state));
    statement->bind(5, std::int64_t { row.interrupted ? 1 : 0 });
    statement->bind(6, row.startedMicros);
    statement->bind(7, row.endedMicros);
    statement->bind(8, row.message);
    statement->bind(9, std::int64_t { row.miniBatches });
    statement->bind(10, std::int64_t { row.miniBatchesFailed });
    return statement->run();
}

Result<std::vector<RunRow>> HistoryStore::list()
{
    auto statement = m_impl->database.prepare(kList);
    if (!statement) {
        return tl::unexpected<Error>(statement.error());
    }
    std::vector<RunRow> rows;
    for (;;) {
        const auto row = statement->step();
        if (!row) {
            return tl::unexpected<Error>(row.error());
        }
        if (!*row) {
            return rows;
        }
        rows.push_back(rowOf(*statement));
    }
}

Result<void> HistoryStore::remove(const std::string& run)
{
    auto statement = m_impl->database.prepare(kRemove);
    if (!statement) {
        return tl::unexpected<Error>(statement.error());
    }
    statement->bind(1, run);
    return statement->run();
}

} // namespace sheaf::store
