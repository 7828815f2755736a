// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/runtime/run_dir.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Starts the ranks of a run and finds them again. The mpirun line is made here and nowhere else.
namespace sheaf::runtime {

/// PATH of all processes of a run: `python` means the run's interpreter, and what is installed beside it is found; then what the user has.
[[nodiscard]] std::string searchPath(const RunDir& dir);

/// The words of the mpirun line for a run with `nodes` agents: one rank for the coordinator, one per agent.
/// `life`: what the ranks are to do.
enum class Life {
    Whole, // all that is open
    Repair, // what RunDir::repair() says
};
[[nodiscard]] std::vector<std::string> mpirunWords(const RunDir& dir, int nodes, Life life = Life::Whole);

/// Starts mpirun in a session of its own, output to mpirun.log; returns its pid. It lives on when the caller dies.
[[nodiscard]] Result<std::int64_t> launch(const RunDir& dir, int nodes, Life life = Life::Whole);

/// Whether somebody holds the run's lock.
[[nodiscard]] bool coordinatorLives(const RunDir& dir);

/// The run's lock in the hand of who is about to launch it, until launch() has returned: its coordinator then waits for it, everybody else sees a
/// run that is going on. Given back with the value.
class LaunchLock
{
public:
    /// nullopt: somebody has it, or looks at it just now.
    [[nodiscard]] static Result<std::optional<LaunchLock>> take(const RunDir& dir);
    LaunchLock(LaunchLock&& other) noexcept
        : m_file(std::exchange(other.m_file, -1))
    {
    }
    LaunchLock& operator=(LaunchLock&&) = delete;
    ~LaunchLock();

private:
    explicit LaunchLock(int file)
        : m_file(file)
    {
    }
    int m_file;
};

/// One request over rank 0's socket and its one-line answer. RunNotActive when nobody listens.
[[nodiscard]] Result<std::string> request(const RunDir& dir, const std::string& line);

} // namespace sheaf::runtime
