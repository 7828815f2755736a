// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/runtime/launcher.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sheaf::runtime {

/// Keeps a run going. In Open MPI 4.1 one rank that dies ends all of them, so a process of its own starts mpirun, waits for its end, and starts it
/// again as long as the run is not over: what is done is in the run's record, and only what was under way is done again (house.md A6). It holds the
/// run's LaunchLock for all its life, so a run between two lives is one that goes on. Gives up after some lives in a row that brought nothing
/// forward: the run is then interrupted, and `sheaf resume` takes it up. Who kills the keeper kills no run: the ranks go on by themselves, once.
/// One process, one thread (`sheaf-run --keep`); it sleeps but at the seams.
class Keeper
{
public:
    /// How far the run's record has come.
    struct Standing {
        bool isOver = false; // an end was written since the keeper began
        std::uint64_t progress = 0; // grows with each mini-batch and step that is done for good
    };

    /// `look` reads the record, between two lives.
    Keeper(RunDir dir, int nodes, std::function<Result<Standing>()> look)
        : m_dir(std::move(dir))
        , m_nodes(nodes)
        , m_look(std::move(look))
    {
    }
    /// Until the run is over, was ended by a signal (SIGTERM and SIGINT: asked to stop at once), or cannot go on. True: over.
    [[nodiscard]] bool keep();

private:
    [[nodiscard]] Result<std::int64_t> startRanks(const std::string& lost) const;
    /// Waits for mpirun; hears signals. Its status as of waitpid.
    int waitForRanks(std::int64_t mpirun);
    /// Nothing of the life that has ended may write into the run any more. False: something does not go.
    [[nodiscard]] bool clearAway();
    /// False: it was told to stop meanwhile.
    bool pause(double seconds);

    RunDir m_dir;
    int m_nodes;
    std::function<Result<Standing>()> m_look;
    bool m_isStopped = false;
};

/// Why a life of a run ended, in a clause ("node 1 was lost: its process was killed by signal 9 (Killed)"), from what mpirun wrote and the status it
/// left, as of waitpid. Pure.
[[nodiscard]] std::string lossClause(std::string_view launchLog, int status);

} // namespace sheaf::runtime
