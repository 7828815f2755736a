// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// sheaf-run RUN_FOLDER [--repair]: one rank of a run, started by mpirun. Rank 0 is the coordinator, rank n + 1 the agent of node n.
// Exit codes: 0 the run came to its end (whichever), 1 it could not go on, 3 another coordinator holds the run.

#include "app/run/store_earlier_runs.h"
#include "app/run/store_journal.h"
#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/base/program_log.h"
#include "core/mpi/mpi_session.h"
#include "core/runtime/agent.h"
#include "core/runtime/coordinator_host.h"
#include "core/worker/process_guard.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string_view>

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

Result<void> foldEarlierLives(const runtime::RunDir& dir, runtime::CoordinatorHost& host)
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
        host.restore(*events);
        next = events->back().sequence + 1;
    }
}

Result<void> coordinate(const runtime::RunDir& dir, bool isRepair)
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
    if (auto folded = foldEarlierLives(dir, host); !folded) {
        return folded;
    }
    if (isRepair) {
        if (auto taken = host.takeRepair(); !taken) {
            return taken;
        }
    }
    host.begin(); // the first plans are made while MPI comes up
    mpi::MpiSession session;
    auto done = host.run(session.transport());
    if (!host.agentsHaveLeft()) {
        programLog::error("{}", errorSentence(done.error()));
        session.abort(); // they are gone or stuck: nobody waits for them
    }
    return done;
}

} // namespace

int main(int argc, char** argv)
{
    const bool isRepair = argc == 3 && std::string_view(argv[2]) == "--repair";
    if (argc != 2 && !isRepair) {
        std::fprintf(stderr, "usage: sheaf-run RUN_FOLDER [--repair] (started by mpirun; people use `sheaf run`)\n");
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    const runtime::RunDir dir { std::filesystem::path(argv[1]) };
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
        return 3;
    }
    if (auto done = coordinate(dir, isRepair); !done) {
        programLog::error("{}", errorSentence(done.error()));
        return 1;
    }
    return 0;
}
