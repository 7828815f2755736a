// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// sheaf-run RUN_FOLDER [--repair] [--lost WHAT]: one rank of a run, started by mpirun. Rank 0 is the coordinator, rank n + 1 the agent of node n.
// sheaf-run --keep RUN_FOLDER NODES: the run's keeper, started by who launches it; starts mpirun.
// Exit codes: 0 the run came to its end (whichever), 1 this life of it ended before, 3 (kCannotGoOn) it cannot go on, or somebody else has it.

#include "app/run/store_earlier_runs.h"
#include "app/run/store_journal.h"
#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/base/program_log.h"
#include "core/base/text.h"
#include "core/mpi/mpi_session.h"
#include "core/runtime/agent.h"
#include "core/runtime/coordinator_host.h"
#include "core/runtime/keeper.h"
#include "core/worker/process_guard.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

using namespace sheaf;

namespace {

/// Holds the run's lock as long as the process lives, or -1 when somebody else does. Who only asks whether a coordinator
/// lives (runtime::coordinatorLives) holds it for a moment, so it is tried for a second.
int takeLock(const runtime::RunDir& dir)
{
    constexpr int kTries = 100;
    constexpr useconds_t kPause = 10'000;
    const int file = ::open(dir.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    for (int i = 0; file >= 0 && i < kTries; ++i) {
        if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
            return file;
        }
        ::usleep(kPause);
    }
    if (file >= 0) {
        ::close(file);
    }
    return -1;
}

/// Gives all events of the record, chunk by chunk.
Result<void> readEvents(const runtime::RunDir& dir, const std::function<void(std::span<const event::Event>)>& take)
{
    // A connection of its own, closed before the run begins: the last one to close makes run.db one plain file.
    auto store = store::EventStore::openForReading(dir.database());
    if (!store) {
        return tl::unexpected<Error>(store.error());
    }
    std::uint64_t next = 1;
    for (;;) {
        auto events = store->readFrom(next);
        if (!events) {
            return tl::unexpected<Error>(events.error());
        }
        if (events->empty()) {
            return {};
        }
        take(*events);
        next = events->back().sequence + 1;
    }
}

int exitCodeOf(const Error& error)
{
    return error.code == ErrorCode::Protocol ? 1 : runtime::kCannotGoOn; // a peer was lost; else it would go the same way again
}

struct Words {
    std::string folder;
    int keeperOf = 0; // nodes; 0: a rank
    bool isRepair = false;
    std::string lost;
};

std::optional<Words> wordsOf(const std::vector<std::string>& given)
{
    Words words;
    if (given.size() == 3 && given[0] == "--keep") {
        words.folder = given[1];
        words.keeperOf = static_cast<int>(text::toInt(given[2]).value_or(0));
        return words.keeperOf > 0 ? std::optional(words) : std::nullopt;
    }
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (i == 0 && !given[i].starts_with("--")) {
            words.folder = given[i];
        } else if (i > 0 && given[i] == "--repair") {
            words.isRepair = true;
        } else if (i > 0 && given[i] == "--lost" && i + 1 < given.size()) {
            words.lost = given[++i];
        } else {
            return std::nullopt;
        }
    }
    return words.folder.empty() ? std::nullopt : std::optional(words);
}

Result<void> coordinate(const runtime::RunDir& dir, const Words& words)
{
    auto text = paths::readFile(dir.spec());
    if (!text) {
        return tl::unexpected<Error>(text.error());
    }
    auto spec = json::deserialize<pipeline::RunSpec>(*text, dir.spec().string());
    if (!spec) {
        return tl::unexpected<Error>(spec.error());
    }
    auto store = store::EventStore::openForWriting(dir.database());
    if (!store) {
        return tl::unexpected<Error>(store.error());
    }
    StoreJournal journal(std::move(*store));
    StoreEarlierRuns earlierRuns;
    runtime::CoordinatorHost host(std::move(*spec), dir, journal, earlierRuns);
    if (auto folded = readEvents(dir, [&](std::span<const event::Event> events) { host.restore(events); }); !folded) {
        return folded;
    }
    if (words.isRepair) {
        if (auto taken = host.takeRepair(); !taken) {
            return taken;
        }
    }
    host.begin(words.lost); // the first plans are made while MPI comes up
    mpi::MpiSession session;
    auto done = host.run(session.transport());
    if (!host.agentsHaveLeft()) {
        programLog::error("{}", errorSentence(done.error()));
        session.abort(exitCodeOf(done.error())); // they are gone or stuck: nobody waits for them
    }
    return done;
}

/// What the record says now, for the keeper. `seen` is its last event when the keeper began.
Result<runtime::Keeper::Standing> standingOf(const runtime::RunDir& dir, std::optional<std::uint64_t>& seen)
{
    event::RunPicture picture;
    const auto read = readEvents(dir, [&](std::span<const event::Event> events) {
        event::ChangeSet ignored;
        picture.apply(events, ignored);
    });
    if (!read && read.error().code != ErrorCode::NotFound) {
        return tl::unexpected<Error>(read.error());
    }
    runtime::Keeper::Standing standing;
    const bool hasEnd = picture.state() != event::RunState::Starting && picture.state() != event::RunState::Running;
    standing.isOver = hasEnd && seen && picture.lastSequence() > *seen;
    seen = seen.value_or(picture.lastSequence());
    for (const auto& step : picture.steps()) {
        standing.progress += step.ended() + (step.isOver() ? 1U : 0U);
    }
    return standing;
}

int keepRun(const runtime::RunDir& dir, int nodes)
{
    programLog::setName("keeper");
    const auto lock = runtime::LaunchLock::inherit(dir);
    if (!lock || !*lock) {
        programLog::error("{}", lock ? "another keeper holds " + dir.path().string() : errorSentence(lock.error()));
        return runtime::kCannotGoOn;
    }
    std::optional<std::uint64_t> seen;
    return runtime::Keeper(dir, nodes, [&] { return standingOf(dir, seen); }).keep() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    const auto words = wordsOf({ argv + 1, argv + argc });
    if (!words) {
        std::fprintf(stderr, "usage: sheaf-run RUN_FOLDER [--repair] [--lost WHAT] (started by mpirun; people use `sheaf run`)\n");
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    const runtime::RunDir dir { std::filesystem::path(words->folder) };
    if (words->keeperOf > 0) {
        return keepRun(dir, words->keeperOf);
    }
    const int rank = mpi::MpiSession::rankFromEnvironment();
    if (rank != 0) {
        programLog::setName("node " + std::to_string(rank - 1));
        if (auto guarded = worker::startGuard(); !guarded) {
            programLog::warning("what workers fork may outlive this node: {}", errorSentence(guarded.error()));
        }
        mpi::MpiSession session;
        runtime::Agent(session.transport(), NodeIndex(static_cast<std::uint32_t>(rank - 1)), dir.name()).run();
        return 0;
    }
    programLog::setName("coordinator");
    if (takeLock(dir) < 0) {
        programLog::error("another coordinator holds {}", dir.path().string());
        return runtime::kCannotGoOn;
    }
    if (auto done = coordinate(dir, *words); !done) {
        programLog::error("{}", errorSentence(done.error()));
        return exitCodeOf(done.error());
    }
    return 0;
}
