// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/store/event_store.h"

#include "core/event/event_codec.h"
#include "core/store/database.h"
#include "core/store/migrations.h"
#include "core/store/schema.h"

#include <algorithm>
#include <map>

namespace sheaf::store {

using event::Event;

namespace {

constexpr std::int64_t kMostSamplesPerNode = 20000;
constexpr std::int64_t kAllMiniBatches = -1; // as mini_batch of a StepReset; kReadAttempts says it, too

constexpr const char* kInsertEvent = "INSERT INTO events (sequence, time, kind, step, mini_batch, "
                                     "data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
constexpr const char* kInsertSample = "INSERT INTO samples (time, node, data) VALUES (?1, ?2, ?3)";
constexpr const char* kReadFrom = "SELECT sequence, time, kind, data FROM events WHERE sequence >= "
                                  "?1 ORDER BY sequence LIMIT ?2";
constexpr const char* kReadAttempts = "SELECT sequence, time, kind, data FROM events WHERE step = "
                                      "?1 AND mini_batch = ?2 AND sequence > (SELECT coalesce(max(sequence), 0) FROM "
                                      "events WHERE step = ?1 AND mini_batch = -1) ORDER BY sequence";
constexpr const char* kReadLast = "SELECT max(sequence) FROM events";
constexpr const char* kReadSamples
    = "SELECT number, data FROM samples WHERE number > ?1 ORDER BY number LIMIT ?2";
constexpr const char* kCountSamples = "SELECT node, count(*) FROM samples GROUP BY node";
/// Keeps the first of each of half as many equal spans of time: long runs get coarser, evenly.
constexpr const char* kThinSamples
    = "DELETE FROM samples WHERE node = ?1 AND number NOT IN (SELECT min(number) FROM samples "
      "WHERE node = ?1 "
      "GROUP BY time / max(1, (SELECT (max(time) - min(time)) / ?2 FROM samples WHERE node = ?1)))";

/// Steps a reading statement to its end; `onRow` says whether to go on.
template <class OnRow> Result<void> eachRow(Statement& statement, OnRow&& onRow)
{
    const StatementUse use(statement);
    for (;;) {
        const auto row = statement.step();
        if (!row) {
            return tl::unexpected<Error>(row.error());
        }
        if (!*row) {
            return {};
        }
        auto taken = onRow();
        if (!taken) {
            return taken;
        }
    }
}

} // namespace

struct EventStore::Impl
{
    Database database;
    bool isWriter = false;
    std::uint64_t last = 0; // of a writer
    std::map<std::uint32_t, std::int64_t> samples; // of a writer: how many by node
    std::vector<Statement> statements; // by Use
    enum Use : std::size_t {
        ReadFrom,
        ReadAttempts,
        ReadLast,
        ReadSamples,
        InsertEvent,
        InsertSample
    };

    explicit Impl(Database opened)
        : database(std::move(opened))
    {
    }
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] Result<void> prepare()
    {
        for (const char* sql :
            { kReadFrom, kReadAttempts, kReadLast, kReadSamples, kInsertEvent, kInsertSample }) {
            auto statement = database.prepare(sql);
            if (!statement) {
                return tl::unexpected<Error>(statement.error());
            }
            statements.push_back(std::move(*statement));
        }
        return {};
    }

    [[nodiscard]] Result<void> begin()
    {
        isWriter = true;
        auto read = eachRow(statements[ReadLast], [&]() -> Result<void> {
            last = static_cast<std::uint64_t>(statements[ReadLast].integer(0));
            return {};
        });
        auto count = database.prepare(kCountSamples);
        if (!read || !count) {
            return tl::unexpected<Error>(read ? count.error() : read.error());
        }
        return eachRow(*count, [&]() -> Result<void> {
            samples[static_cast<std::uint32_t>(count->integer(0))] = count->integer(1);
            return {};
        });
    }

    [[nodiscard]] Result<void> insert(const Event& event, std::uint64_t sequence)
    {
        Statement& statement = statements[InsertEvent];
        const std::string data = event::factJson(event.fact);
        statement.bind(1, static_cast<std::int64_t>(sequence));
        statement.bind(2, event.timeMicros);
        statement.bind(3, event::factName(event.fact));
        if (const auto* ended = std::get_if<event::AttemptEnded>(&event.fact)) {
            statement.bind(4, std::int64_t { ended->step.value });
            statement.bind(5, std::int64_t { ended->miniBatch.value });
        } else if (const auto* reset = std::get_if<event::StepReset>(&event.fact)) {
            statement.bind(4, std::int64_t { reset->step.value }); // so that the index of attempts finds it
            statement.bind(5, kAllMiniBatches);
        } else {
            statement.bindNull(4);
            statement.bindNull(5);
        }
        statement.bind(6, data);
        return statement.run();
    }

    /// The event of a row. One that only a newer version knows is passed over: adding an event is
    /// no new format.
    [[nodiscard]] Result<void> take(const Statement& row, std::vector<Event>& events) const
    {
        auto fact = event::factFrom(row.text(2), row.text(3));
        if (!fact) {
            return event::isFactName(row.text(2)) ? damaged(row.integer(0), fact.error())
                                                  : Result<void>();
        }
        events.push_back(
            { static_cast<std::uint64_t>(row.integer(0)), row.integer(1), std::move(*fact) });
        return {};
    }

    [[nodiscard]] tl::unexpected<Error> damaged(std::int64_t sequence, const Error& error) const
    {
        return tl::unexpected<Error>(database.error(
            "event " + std::to_string(sequence) + " is damaged: " + error.arg("reason")));
    }

    [[nodiscard]] Result<std::vector<Event>> readAll(Use use)
    {
        std::vector<Event> events;
        Statement& statement = statements[use];
        auto read = eachRow(statement, [&] { return take(statement, events); });
        if (!read) {
            return tl::unexpected<Error>(read.error());
        }
        return events;
    }

    [[nodiscard]] Result<void> insertSample(const monitor::NodeSample& sample)
    {
        Statement& statement = statements[InsertSample];
        const std::string data = json::serialize(sample);
        statement.bind(1, sample.timeMicros);
        statement.bind(2, std::int64_t { sample.node.value });
        statement.bind(3, data);
        return statement.run();
    }

    [[nodiscard]] Result<void> thin(std::uint32_t node)
    {
        auto statement = database.prepare(kThinSamples);
        if (!statement) {
            return tl::unexpected<Error>(statement.error());
        }
        statement->bind(1, std::int64_t { node });
        statement->bind(2, kMostSamplesPerNode / 2);
        return statement->run();
    }
};

EventStore::Impl::~Impl()
{
    statements.clear();
    if (isWriter) {
        // A finished run is one plain file, readable from anywhere. The change of mode is refused
        // while a reader is there; then all is in run.db, beside an empty log.
        database.setBusyTimeout(0);
        [[maybe_unused]] const auto checkpointed
            = database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        [[maybe_unused]] const auto ignored = database.execute("PRAGMA journal_mode=DELETE");
    }
}

EventStore::EventStore(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
EventStore::EventStore(EventStore&&) noexcept = default;
EventStore& EventStore::operator=(EventStore&&) noexcept = default;
EventStore::~EventStore() = default;

Result<EventStore> EventStore::openForWriting(const std::filesystem::path& file)
{
    auto database = Database::openForWriting(file);
    if (!database) {
        return tl::unexpected<Error>(database.error());
    }
    auto ready = migrate(*database, kRunMigrations, event::kEventFormat);
    auto impl = std::make_unique<Impl>(std::move(*database));
    if (ready) {
        ready = impl->prepare();
    }
    if (ready) {
        ready = impl->begin();
    }
    if (!ready) {
        return tl::unexpected<Error>(ready.error());
    }
    return EventStore(std::move(impl));
}

Result<EventStore> EventStore::openForReading(const std::filesystem::path& file)
{
    auto database = Database::openForReading(file);
    if (!database) {
        return tl::unexpected<Error>(database.error());
    }
    auto ready = checkSchema(*database, kRunMigrations, event::kEventFormat);
    auto impl = std::make_unique<Impl>(std::move(*database));
    if (ready) {
        ready = impl->prepare();
    }
    if (!ready) {
        return tl::unexpected<Error>(ready.error());
    }
    return EventStore(std::move(impl));
}

Result<void> EventStore::append(std::span<Event> events)
{
    if (events.empty()) {
        return {};
    }
    auto transaction = Transaction::begin(m_impl->database);
    if (!transaction) {
        return tl::unexpected<Error>(transaction.error());
    }
    std::uint64_t sequence = m_impl->last;
    for (const Event& event : events) {
        auto inserted = m_impl->insert(event, ++sequence);
        if (!inserted) {
            return inserted;
        }
    }
    auto committed = transaction->commit();
    if (committed) {
        for (Event& event : events) {
            event.sequence = ++m_impl->last;
        }
    }
    return committed;
}

Result<std::vector<Event>> EventStore::readFrom(std::uint64_t first, std::size_t atMost)
{
    Statement& statement = m_impl->statements[Impl::ReadFrom];
    statement.bind(1, static_cast<std::int64_t>(first));
    statement.bind(2, static_cast<std::int64_t>(atMost));
    return m_impl->readAll(Impl::ReadFrom);
}

Result<Event> EventStore::read(std::uint64_t sequence)
{
    auto events = readFrom(sequence, 1);
    if (!events) {
        return tl::unexpected<Error>(events.error());
    }
    if (events->empty() || events->front().sequence != sequence) {
        return fail(ErrorCode::NotFound, { { "path", "event " + std::to_string(sequence) } });
    }
    return std::move(events->front());
}

Result<std::vector<Event>> EventStore::attemptsOf(StepIndex step, MiniBatchIndex miniBatch)
{
    Statement& statement = m_impl->statements[Impl::ReadAttempts];
    statement.bind(1, std::int64_t { step.value });
    statement.bind(2, std::int64_t { miniBatch.value });
    return m_impl->readAll(Impl::ReadAttempts);
}

Result<std::uint64_t> EventStore::lastSequence()
{
    std::uint64_t last = 0;
    Statement& statement = m_impl->statements[Impl::ReadLast];
    auto read = eachRow(statement, [&]() -> Result<void> {
        last = static_cast<std::uint64_t>(statement.integer(0));
        return {};
    });
    if (!read) {
        return tl::unexpected<Error>(read.error());
    }
    return last;
}

Result<void> EventStore::appendSamples(std::span<const monitor::NodeSample> samples)
{
    auto transaction = Transaction::begin(m_impl->database);
    if (!transaction) {
        return tl::unexpected<Error>(transaction.error());
    }
    auto counts = m_impl->samples;
    for (const monitor::NodeSample& sample : samples) {
        auto done = m_impl->insertSample(sample);
        std::int64_t& count = counts[sample.node.value];
        if (done && ++count > kMostSamplesPerNode) {
            done = m_impl->thin(sample.node.value);
            count = kMostSamplesPerNode / 2;
        }
        if (!done) {
            return done;
        }
    }
    auto committed = transaction->commit();
    if (committed) {
        m_impl->samples = std::move(counts);
    }
    return committed;
}

Result<std::vector<monitor::NodeSample>> EventStore::readSamples(
    std::uint64_t& after, std::size_t atMost)
{
    Statement& statement = m_impl->statements[Impl::ReadSamples];
    statement.bind(1, static_cast<std::int64_t>(after));
    statement.bind(2, static_cast<std::int64_t>(atMost));
    std::vector<monitor::NodeSample> samples;
    auto read = eachRow(statement, [&]() -> Result<void> {
        auto sample = json::deserialize<monitor::NodeSample>(statement.text(1), "a sample");
        if (!sample) {
            return m_impl->damaged(statement.integer(0), sample.error());
        }
        samples.push_back(std::move(*sample));
        after = static_cast<std::uint64_t>(statement.integer(0));
        return {};
    });
    if (!read) {
        return tl::unexpected<Error>(read.error());
    }
    return samples;
}

} // namespace sheaf::store
