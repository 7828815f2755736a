// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// One whole run through the front door (mpirun, coordinator, agent, Python workers, journal, logs), timed by its own events.
namespace sheaf::bench {

struct Figures {
    bool completed = false;
    std::string message;
    std::uint32_t miniBatches = 0;
    double wallSeconds = 0; // asked to start → run ended
    double steadySeconds = 0; // first mini-batch begun → last one ended
    double firstRunSeconds = 0; // asked to start → first mini-batch begun
    double finalizeSeconds = 0; // last mini-batch ended → step ended
    std::uint64_t peakPssBytes = 0; // of mpirun and all below it, sampled
    std::vector<std::int64_t> endMicros; // of every attempt
};

struct Options {
    std::string python;
    bool sampleMemory = false;
    bool keep = false; // the folder stays
    /// Called once, when the first mini-batch has ended, with the folder of the run.
    std::function<void(const std::filesystem::path&)> onFirstEnded {};
};

/// Runs `pipeline.yml` of `folder`, whose one parallel step is named `work`.
[[nodiscard]] Figures run(const std::filesystem::path& folder, const Options& options);

/// A folder for the bench's files below the temporary folder (SHEAF_BENCH_DIR chooses another); emptied first.
[[nodiscard]] std::filesystem::path folderFor(const std::string& name);
void write(const std::filesystem::path& path, const std::string& text);
/// --python P; without it the interpreter of a run (SHEAF_PYTHON, else python3 on the path) if that has `package`, else the
/// system's own, for which installer/test installs it.
[[nodiscard]] std::string pythonWith(const std::string& package, int argc, char** argv);
/// 0 and nothing said when all mini-batches are done; else 1, and why: a bench that failed prints no figures.
[[nodiscard]] int failureOf(const Figures& figures);

/// --python P, --keep, and --NAME N for the numbers a bench knows.
[[nodiscard]] std::string option(int argc, char** argv, const std::string& name, const std::string& fallback);

} // namespace sheaf::bench
