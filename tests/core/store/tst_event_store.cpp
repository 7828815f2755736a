// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/event_codec.h"
#include "core/event/run_picture.h"
#include "core/store/database.h"
#include "core/store/event_store.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <csignal>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

using namespace sheaf;
using namespace sheaf::event;
using sheaf::store::Database;
using sheaf::store::EventStore;

namespace {

namespace fs = std::filesystem;

std::vector<Event> attempts(std::uint32_t first, std::uint32_t count)
{
    std::vector<Event> events;
    for (std::uint32_t i = first; i < first + count; ++i) {
        AttemptEnded ended;
        ended.miniBatch = MiniBatchIndex(i);
        ended.attempt = AttemptId(i + 1);
        ended.items = 10;
        events.push_back({ 0, 1000 + i, ended });
    }
    return events;
}

std::string bytesOf(const Event& event)
{
    return std::to_string(event.sequence) + ' ' + std::to_string(event.timeMicros) + ' '
        + std::string(factName(event.fact)) + factJson(event.fact);
}

/// Runs `work` in a child process; true when it says so. A child may become another user or be
/// killed.
pid_t inChild(const std::function<bool()>& work)
{
    const pid_t pid = fork();
    if (pid == 0) {
        _exit(work() ? 0 : 1);
    }
    return pid;
}

bool endedWell(pid_t pid)
{
    int status = 0;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Root may write anywhere: a test of missing rights must be somebody else.
void becomeNobody()
{
    if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
        _exit(2);
    }
}

constexpr std::uint32_t kBatch = 50;

/// A child that writes batches of kBatch events as fast as it can, until it is killed; told by a
/// byte each.
pid_t startWriter(const fs::path& file, int told)
{
    return inChild([&] {
        auto store = EventStore::openForWriting(file);
        for (std::uint32_t batch = 0; store; ++batch) {
            auto events = attempts(batch * kBatch, kBatch);
            if (!store->append(events) || ::write(told, "x", 1) != 1) {
                return false;
            }
        }
        return false;
    });
}

/// Leaves a run.db whose writer was killed in the midst of its work, with its write-ahead log.
void writeAndKill(const fs::path& file, int batches)
{
    int told[2];
    QVERIFY(pipe(told) == 0);
    const pid_t writer = startWriter(file, told[1]);
    close(told[1]);
    char byte = 0;
    for (int i = 0; i < batches; ++i) {
        QVERIFY(::read(told[0], &byte, 1) == 1);
    }
    kill(writer, SIGKILL);
    waitpid(writer, nullptr, 0);
    close(told[0]);
}

void makeReadOnly(const fs::path& folder)
{
    using fs::perms;
    for (const auto& entry : fs::directory_iterator(folder)) {
        fs::permissions(entry, perms::owner_read | perms::group_read | perms::others_read);
    }
    fs::permissions(folder, perms(0555));
}

} // namespace

class tst_event_store : public QObject
{
    Q_OBJECT

private slots:
    void events_come_back_as_they_were_with_their_numbers()
    {
        const test::TempFolder folder;
        auto store = EventStore::openForWriting(folder.path() / "run.db");
        VERIFY_OK(store);
        std::vector<Event> events = attempts(0, 3);
        events.insert(events.begin(), { 0, 5, RunStarted { "r", { "a" }, 1, false, 1, "h" } });
        VERIFY_OK(store->append(events));
        QCOMPARE(events[3].sequence, std::uint64_t { 4 });
        const auto read = store->readFrom(1);
        VERIFY_OK(read);
        QCOMPARE(read->size(), events.size());
        for (std::size_t i = 0; i < events.size(); ++i) {
            QCOMPARE(bytesOf((*read)[i]), bytesOf(events[i]));
        }
        QCOMPARE(store->lastSequence().value(), std::uint64_t { 4 });
        QCOMPARE(bytesOf(store->read(2).value()), bytesOf(events[1]));
        COMPARE_ERROR(store->read(5), ErrorCode::NotFound);
        QCOMPARE(store->readFrom(2, 2).value().size(), std::size_t { 2 });
        QVERIFY(store->readFrom(5).value().empty());
    }

    void the_attempts_of_one_mini_batch_are_found_oldest_first()
    {
        const test::TempFolder folder;
        auto store = EventStore::openForWriting(folder.path() / "run.db");
        VERIFY_OK(store);
        for (int i = 0; i < 3; ++i) {
            auto events = attempts(0, 100);
            events.push_back(
                { 0, 1, AttemptStarted { StepIndex(0), MiniBatchIndex(7), {}, {}, {}, 0 } });
            VERIFY_OK(store->append(events));
        }
        const auto found = store->attemptsOf(StepIndex(0), MiniBatchIndex(7));
        VERIFY_OK(found);
        QCOMPARE(found->size(), std::size_t { 3 });
        QCOMPARE(found->front().sequence, std::uint64_t { 8 });
        QCOMPARE(found->back().sequence, std::uint64_t { 210 });
        QVERIFY(store->attemptsOf(StepIndex(1), MiniBatchIndex(7)).value().empty());

        // Planned anew, the seventh mini-batch is another one.
        std::vector<Event> reset { { 0, 5000, StepReset { StepIndex(1) } } };
        VERIFY_OK(store->append(reset));
        QCOMPARE(store->attemptsOf(StepIndex(0), MiniBatchIndex(7)).value().size(), found->size());
        reset = { { 0, 5001, StepReset { StepIndex(0) } } };
        VERIFY_OK(store->append(reset));
        QVERIFY(store->attemptsOf(StepIndex(0), MiniBatchIndex(7)).value().empty());
        auto again = attempts(7, 1);
        VERIFY_OK(store->append(again));
        QCOMPARE(store->attemptsOf(StepIndex(0), MiniBatchIndex(7)).value().size(), std::size_t { 1 });
        auto database = Database::openForReading(folder.path() / "run.db");
        VERIFY_OK(database);
        auto plan = database->prepare(
            "EXPLAIN QUERY PLAN SELECT data FROM events WHERE step = ?1 AND mini_batch = ?2 "
            "ORDER BY sequence");
        VERIFY_OK(plan);
        QVERIFY(plan->step().value());
        QVERIFY(plan->text(3).find("USING INDEX attempts") != std::string_view::npos);
    }

    void a_reader_follows_while_the_writer_writes()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "run.db";
        COMPARE_ERROR(EventStore::openForReading(file), ErrorCode::NotFound);
        auto writer = EventStore::openForWriting(file);
        VERIFY_OK(writer);
        auto reader = EventStore::openForReading(file);
        VERIFY_OK(reader);
        QVERIFY(reader->readFrom(1).value().empty());
        std::uint64_t seen = 0;
        for (std::uint32_t i = 0; i < 20; ++i) {
            auto events = attempts(i * 10, 10);
            VERIFY_OK(writer->append(events));
            const auto read = reader->readFrom(seen + 1);
            VERIFY_OK(read);
            QCOMPARE(read->size(), std::size_t { 10 });
            seen = read->back().sequence;
        }
        QCOMPARE(seen, std::uint64_t { 200 });
        auto none = attempts(0, 1);
        COMPARE_ERROR(reader->append(none), ErrorCode::Database);
        QCOMPARE(none[0].sequence, std::uint64_t { 0 });
    }

    void a_reader_that_stays_sees_the_end_and_the_resume()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "run.db";
        auto events = attempts(0, 10);
        std::optional<EventStore> writer(std::move(EventStore::openForWriting(file).value()));
        VERIFY_OK(writer->append(events));
        auto reader = EventStore::openForReading(file);
        VERIFY_OK(reader);
        QCOMPARE(reader->readFrom(1).value().size(), std::size_t { 10 });
        writer.reset();
        QCOMPARE(reader->readFrom(1).value().size(), std::size_t { 10 });
        writer.emplace(std::move(EventStore::openForWriting(file).value()));
        VERIFY_OK(writer->append(events));
        QCOMPARE(events[0].sequence, std::uint64_t { 11 });
        QCOMPARE(reader->readFrom(1).value().size(), std::size_t { 20 });
        // The other order: closed with nobody watching, then opened by a reader, then resumed.
        reader = EventStore::openForReading(folder.path() / "run.db");
        writer.reset();
        reader->readFrom(1).value();
    }

    void a_finished_run_is_one_file_that_reading_leaves_alone()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "run.db";
        {
            auto writer = EventStore::openForWriting(file);
            auto events = attempts(0, 10);
            VERIFY_OK(writer->append(events));
        }
        const std::string before = test::readAll(file);
        {
            auto reader = EventStore::openForReading(file);
            VERIFY_OK(reader);
            QCOMPARE(reader->readFrom(1).value().size(), std::size_t { 10 });
        }
        QCOMPARE(test::readAll(file), before);
        QCOMPARE(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()),
            std::ptrdiff_t { 1 });
    }

    void a_read_only_folder_can_be_read()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "run" / "run.db";
        fs::create_directories(file.parent_path());
        {
            auto writer = EventStore::openForWriting(file);
            auto events = attempts(0, 10);
            VERIFY_OK(writer->append(events));
        }
        {
            // As an index that stayed in WAL because a reader was there at the end.
            auto database = Database::openForWriting(file);
            VERIFY_OK(database->execute("PRAGMA journal_mode=WAL"));
        }
        makeReadOnly(file.parent_path());
        fs::permissions(folder.path(), fs::perms(0755));
        QVERIFY(endedWell(inChild([&] {
            becomeNobody();
            auto reader = EventStore::openForReading(file);
            return reader && reader->readFrom(1).value().size() == 10;
        })));
        fs::permissions(file.parent_path(), fs::perms(0755));
    }

    void a_killed_writer_leaves_a_prefix_of_whole_batches()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "run.db";
        writeAndKill(file, 20);
        auto reader = EventStore::openForReading(file);
        VERIFY_OK(reader);
        const auto events = reader->readFrom(1);
        VERIFY_OK(events);
        QVERIFY(events->size() >= 20 * kBatch);
        QCOMPARE(events->size() % kBatch, std::size_t { 0 });
        for (std::size_t i = 0; i < events->size(); ++i) {
            QCOMPARE((*events)[i].sequence, std::uint64_t { i + 1 });
            QCOMPARE(std::get<AttemptEnded>((*events)[i].fact).miniBatch.value,
                static_cast<std::uint32_t>(i));
        }
        auto writer = EventStore::openForWriting(file);
        VERIFY_OK(writer);
        auto more = attempts(0, 1);
        VERIFY_OK(writer->append(more));
        QCOMPARE(more[0].sequence, std::uint64_t { events->size() + 1 });
    }

    void what_a_killed_writer_left_is_read_from_a_read_only_folder_with_and_without_its_index()
    {
        for (const bool withIndex : { true, false }) {
            const test::TempFolder folder;
            const auto file = folder.path() / "run" / "run.db";
            fs::create_directories(file.parent_path());
            writeAndKill(file, 5);
            QVERIFY(fs::file_size(folder.path() / "run" / "run.db-wal") > 0);
            if (!withIndex) {
                fs::remove(folder.path() / "run" / "run.db-shm");
            }
            makeReadOnly(file.parent_path());
            fs::permissions(folder.path(), fs::perms(0755));
            QVERIFY(endedWell(inChild([&] {
                becomeNobody();
                auto reader = EventStore::openForReading(file);
                return reader && reader->readFrom(1).value().size() >= 5 * kBatch;
            })));
            fs::permissions(file.parent_path(), fs::perms(0755));
        }
    }

    void damaged_files_are_refused_with_a_reason_and_never_crash()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "run.db";
        {
            auto writer = EventStore::openForWriting(file);
            auto events = attempts(0, 2000);
            VERIFY_OK(writer->append(events));
        }
        const std::string whole = test::readAll(file);
        const auto readIt = [&](const std::string& bytes) -> Result<std::size_t> {
            const auto damaged = folder.write("damaged.db", bytes);
            auto reader = EventStore::openForReading(damaged);
            if (!reader) {
                return tl::unexpected<Error>(reader.error());
            }
            const auto events = reader->readFrom(1);
            return events ? Result<std::size_t>(events->size())
                          : tl::unexpected<Error>(events.error());
        };
        QCOMPARE(readIt(whole).value(), std::size_t { 2000 });
        COMPARE_ERROR(readIt(""), ErrorCode::NotFound);
        COMPARE_ERROR(readIt("this is not a database, whatever its name says; it is only text that "
                             "is long enough"),
            ErrorCode::Database);
        COMPARE_ERROR(readIt(whole.substr(0, whole.size() / 2)), ErrorCode::Database);
        COMPARE_ERROR(readIt(whole.substr(0, 4096)), ErrorCode::Database);
        std::string zeroed = whole;
        std::fill(zeroed.begin() + 4096 * 8, zeroed.begin() + 4096 * 40, '\0');
        const auto torn = readIt(zeroed);
        COMPARE_ERROR(torn, ErrorCode::Database);
        QVERIFY(!torn.error().arg("path").empty());
        QVERIFY(!torn.error().arg("reason").empty());
        // Whatever single page is turned to noise: an answer, never a crash.
        for (std::size_t page = 0; page < whole.size() / 4096; page += 5) {
            std::string noise = whole;
            for (std::size_t i = 0; i < 4096; ++i) {
                noise[page * 4096 + i] = static_cast<char>((i * 31 + page * 7) & 0xFF);
            }
            const auto answer = readIt(noise);
            QVERIFY(answer || answer.error().code == ErrorCode::Database);
        }
    }

    void an_event_that_only_a_newer_version_knows_is_passed_over_and_a_damaged_one_is_named()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "run.db";
        auto writer = EventStore::openForWriting(file);
        auto events = attempts(0, 2);
        VERIFY_OK(writer->append(events));
        auto database = Database::openForWriting(file);
        VERIFY_OK(database);
        VERIFY_OK(
            database->execute("INSERT INTO events VALUES (3, 0, 'NodeSlept', NULL, NULL, '{}')"));
        QCOMPARE(writer->readFrom(1).value().size(), std::size_t { 2 });
        VERIFY_OK(database->execute("UPDATE events SET data = '{\"step\":' WHERE sequence = 2"));
        const auto read = writer->readFrom(1);
        COMPARE_ERROR(read, ErrorCode::Database);
        QVERIFY(read.error().arg("reason").find("event 2") != std::string::npos);
    }

    void a_file_of_a_newer_version_is_refused_by_reader_and_writer()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "run.db";
        {
            [[maybe_unused]] auto made = EventStore::openForWriting(file);
        }
        {
            auto database = Database::openForWriting(file);
            VERIFY_OK(database->execute("UPDATE schema_version SET version = 99"));
        }
        COMPARE_ERROR(EventStore::openForReading(file), ErrorCode::Database);
        const auto opened = EventStore::openForWriting(file);
        COMPARE_ERROR(opened, ErrorCode::Database);
        QVERIFY(opened.error().arg("reason").find("newer version") != std::string::npos);
    }

    void a_folder_name_may_hold_what_means_something_in_a_uri()
    {
        const test::TempFolder folder;
        const auto file = folder.path() / "100% #1 ?a=b" / "run.db";
        fs::create_directories(file.parent_path());
        {
            [[maybe_unused]] auto made = EventStore::openForWriting(file);
        }
        QVERIFY(fs::exists(file));
        VERIFY_OK(EventStore::openForReading(file));
    }

    void samples_are_kept_in_order_and_read_on_from_the_last()
    {
        const test::TempFolder folder;
        auto store = EventStore::openForWriting(folder.path() / "run.db");
        std::vector<monitor::NodeSample> samples(5);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            samples[i].timeMicros = static_cast<std::int64_t>(i);
            samples[i].cpuPercent = 12.5F;
            samples[i].processes.push_back(
                { "score/process000", 17, 99.5F, 1, 2, 3, 4, 5, 6, 7, 8 });
        }
        VERIFY_OK(store->appendSamples(samples));
        std::uint64_t after = 0;
        QCOMPARE(store->readSamples(after, 3).value().size(), std::size_t { 3 });
        const auto rest = store->readSamples(after);
        VERIFY_OK(rest);
        QCOMPARE(rest->size(), std::size_t { 2 });
        QCOMPARE(json::serialize(rest->back()), json::serialize(samples.back()));
        QVERIFY(store->readSamples(after).value().empty());
        QCOMPARE(after, std::uint64_t { 5 });
    }

    void samples_of_a_long_run_are_thinned_evenly_and_for_each_node()
    {
        const test::TempFolder folder;
        auto store = EventStore::openForWriting(folder.path() / "run.db");
        std::vector<monitor::NodeSample> samples;
        for (int i = 0; i < 50000; ++i) {
            monitor::NodeSample& sample = samples.emplace_back();
            sample.timeMicros = i;
            if (i % 1000 == 0) {
                samples.push_back(sample);
                samples.back().node = NodeIndex(1);
            }
        }
        VERIFY_OK(store->appendSamples(samples));
        std::uint64_t after = 0;
        const auto kept = store->readSamples(after, 1000000);
        VERIFY_OK(kept);
        std::size_t other = 0;
        std::int64_t last = -1;
        std::int64_t widest = 0;
        for (const auto& sample : *kept) {
            if (sample.node == NodeIndex(1)) {
                ++other;
                continue;
            }
            widest = std::max(widest, sample.timeMicros - last);
            last = sample.timeMicros;
        }
        QCOMPARE(other, std::size_t { 50 });
        QVERIFY(kept->size() - other <= 20000);
        QVERIFY(kept->size() - other >= 9000);
        QCOMPARE(last, std::int64_t { 49999 });
        QVERIFY2(widest <= 12, std::to_string(widest).c_str());
    }
};

SHEAF_TEST(tst_event_store)
#include "tst_event_store.moc"
