// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/runtime/run_dir.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Starts a run and finds it again. The mpirun line is made here and nowhere else.
namespace sheaf::runtime {

/// PATH of all processes of a run: `python` means the run's interpreter, and what is installed beside it is found; then what the user has.
[[nodiscard]] std::string searchPath(const RunDir& dir);

/// What the ranks are to do in one life of a run.
enum class Life {
    Whole, // all that is open
    Repair, // what RunDir::repair() says
};
/// The words of the mpirun line for a run with `nodes` agents: one rank for the coordinator, one per agent. `lost`: how the life before ended, when
/// that was against all will (lossClause); it is told in the record.
[[nodiscard]] std::vector<std::string> mpirunWords(const RunDir& dir, int nodes, Life life = Life::Whole, const std::string& lost = {});

/// A rank ends with this when beginning again by itself would be in vain: the record cannot be kept, another coordinator has the run.
inline constexpr int kCannotGoOn = 3;
/// Before what the coordinator says in mpirun.log of a node that it has lost.
inline constexpr std::string_view kLostMark = "lost: ";

/// Whether somebody holds the coordinator's lock.
[[nodiscard]] bool coordinatorLives(const RunDir& dir);

/// The right to launch a run: in the hand of one who is about to do so, then of the run's Keeper until that goes. Everybody else sees a run that is
/// going on. Given back with the value.
class LaunchLock
{
public:
    /// nullopt: somebody has it, or looks at it just now.
    [[nodiscard]] static Result<std::optional<LaunchLock>> take(const RunDir& dir);
    /// The one that launch() has handed to this process, a Keeper; when there is none, as take().
    [[nodiscard]] static Result<std::optional<LaunchLock>> inherit(const RunDir& dir);
    /// Whether somebody has it.
    [[nodiscard]] static bool isTaken(const RunDir& dir);
    LaunchLock(LaunchLock&& other) noexcept
        : m_file(std::exchange(other.m_file, -1))
    {
    }
    LaunchLock& operator=(LaunchLock&&) = delete;
    ~LaunchLock();

private:
    friend Result<std::int64_t> launch(const RunDir& dir, int nodes, LaunchLock lock);
    explicit LaunchLock(int file)
        : m_file(file)
    {
    }
    int m_file;
};

/// Starts the run's Keeper in a session of its own, output to mpirun.log, and hands it the lock; returns its pid. It lives on when the caller dies.
[[nodiscard]] Result<std::int64_t> launch(const RunDir& dir, int nodes, LaunchLock lock);

/// For the Keeper: starts mpirun as a child of this process, output to mpirun.log. Its pid.
[[nodiscard]] Result<std::int64_t> startMpirun(const RunDir& dir, int nodes, Life life, const std::string& lost);

/// One request over rank 0's socket and its one-line answer. RunNotActive when nobody listens.
[[nodiscard]] Result<std::string> request(const RunDir& dir, const std::string& line);

} // namespace sheaf::runtime
