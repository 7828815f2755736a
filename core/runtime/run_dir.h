// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/ids.h"
#include "core/event/event.h"

#include <filesystem>
#include <string>

namespace sheaf::runtime {

/// The names of everything in a run's folder, in one place:
///
///   job.yml  run.json  run.db  run.lock  run.socket  mpirun.log  mpirun.pid  repair.json  labels.json  outputs/<step>/<output>
///   bin/…                         the words python and python3 for command steps
///   files/…                       component files and MLTable files as submitted
///   steps/<step>/plan.json, plan.jsonl, code/, code-1/…, rows.spool, rows.headers, logs/…   (logs: reference §4)
class RunDir
{
public:
    explicit RunDir(std::filesystem::path dir)
        : m_dir(std::move(dir))
    {
    }

    using Path = std::filesystem::path;
    [[nodiscard]] const Path& path() const { return m_dir; }
    [[nodiscard]] std::string name() const { return m_dir.filename().string(); }
    [[nodiscard]] Path job() const { return m_dir / "job.yml"; } // bytes as submitted
    [[nodiscard]] Path files() const { return m_dir / "files"; }
    [[nodiscard]] Path spec() const { return m_dir / "run.json"; } // pipeline::RunSpec
    [[nodiscard]] Path database() const { return m_dir / "run.db"; } // store::EventStore
    [[nodiscard]] Path lock() const { return m_dir / "run.lock"; } // held (flock) while a coordinator lives
    [[nodiscard]] Path launchLog() const { return m_dir / "mpirun.log"; } // stdout and stderr of mpirun and the ranks
    [[nodiscard]] Path socketName() const { return m_dir / "run.socket"; } // a text file: path of rank 0's socket
    [[nodiscard]] Path launched() const { return m_dir / "keeper.pid"; } // pid of the last Keeper, written by launch()
    [[nodiscard]] Path keeperLock() const { return m_dir / "keeper.lock"; } // held (flock) by who launches the run, then by its Keeper
    [[nodiscard]] Path labels() const { return m_dir / "labels.json"; } // workspace::RunLabels
    [[nodiscard]] Path repair() const { return m_dir / "repair.json"; } // RepairRequest of the repair that goes on
    [[nodiscard]] Path programs() const { return m_dir / "bin"; } // python and python3: the run's interpreter; first on its PATH
    [[nodiscard]] Path outputs() const { return m_dir / "outputs"; }
    [[nodiscard]] Path step(const std::string& step) const { return m_dir / "steps" / step; }
    [[nodiscard]] Path plan(const std::string& step) const { return this->step(step); } // folder of plan.json(l)
    /// The user's code as submitted, or a later state of it (event::CodeChanged).
    [[nodiscard]] Path code(const std::string& step, std::uint32_t state = 0) const
    {
        return this->step(step) / (state == 0 ? std::string("code") : "code-" + std::to_string(state));
    }
    [[nodiscard]] Path spool(const std::string& step) const { return this->step(step) / "rows.spool"; }
    [[nodiscard]] Path rowHeaders(const std::string& step) const { return this->step(step) / "rows.headers"; }
    [[nodiscard]] Path logs(const std::string& step) const { return this->step(step) / "logs"; }
    [[nodiscard]] Path jobResult(const std::string& step) const { return logs(step) / "job_result.txt"; }
    [[nodiscard]] Path progressOverview(const std::string& step) const { return logs(step) / "job_progress_overview.txt"; }

    /// "process003"
    [[nodiscard]] static std::string processName(ProcessNumber process);
    /// user/stdout/<node>/processNNN.stdout.txt and its like, below logs(step).
    [[nodiscard]] Path userLog(const std::string& step, event::LogStream stream, NodeIndex node, ProcessNumber process) const;
    /// What children of a worker, C code and a dying interpreter write: sys/node/<node>/processNNN.stdout|stderr.txt
    [[nodiscard]] Path childLog(const std::string& step, bool isError, NodeIndex node, ProcessNumber process) const;
    /// user_logs/std_log_<node>.txt of a command step (both streams, as they came).
    [[nodiscard]] Path commandLog(const std::string& step, NodeIndex node) const;

private:
    Path m_dir;
};

} // namespace sheaf::runtime
