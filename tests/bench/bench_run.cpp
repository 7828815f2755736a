// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "tests/bench/bench_run.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/event/run_picture.h"
#include "core/store/event_store.h"
#include "core/workspace/interpreter.h"
#include "core/workspace/workspace.h"

#include <fmt/format.h>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <vector>

namespace sheaf::bench {

namespace fs = std::filesystem;

namespace {

std::uint64_t pssOf(const std::string& pid)
{
    std::ifstream file("/proc/" + pid + "/smaps_rollup");
    std::string word;
    while (file >> word) {
        if (word == "Pss:") {
            std::uint64_t kilobytes = 0;
            file >> kilobytes;
            return kilobytes * 1024;
        }
    }
    return 0;
}

/// The processes of the run: those whose command line names its folder, and everything below them.
std::uint64_t pssOfRun(const std::string& runDir)
{
    std::map<std::string, std::string> parentOf;
    std::set<std::string> wanted;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string pid = entry.path().filename().string();
        if (pid.find_first_not_of("0123456789") != std::string::npos) {
            continue;
        }
        std::ifstream stat(entry.path() / "stat");
        std::string line;
        std::getline(stat, line);
        const auto end = line.rfind(')');
        if (end == std::string::npos) {
            continue;
        }
        std::istringstream rest(line.substr(end + 1));
        std::string state;
        std::string parent;
        rest >> state >> parent;
        parentOf[pid] = parent;
        std::ifstream command(entry.path() / "cmdline");
        std::string words;
        std::getline(command, words);
        if (words.find(runDir) != std::string::npos && words.find("sheaf-run") != std::string::npos) {
            wanted.insert(pid);
        }
    }
    std::uint64_t sum = 0;
    for (const auto& [pid, parent] : parentOf) {
        for (std::string at = pid; !at.empty(); at = parentOf.contains(at) ? parentOf[at] : std::string()) {
            if (wanted.contains(at)) {
                sum += pssOf(pid);
                break;
            }
        }
    }
    return sum;
}

} // namespace

fs::path folderFor(const std::string& name)
{
    const char* base = std::getenv("SHEAF_BENCH_DIR");
    const fs::path folder = (base != nullptr ? fs::path(base) : fs::temp_directory_path()) / ("sheaf-" + name);
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
}

void write(const fs::path& path, const std::string& text)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

std::string option(int argc, char** argv, const std::string& name, const std::string& fallback)
{
    for (int i = 1; i + 1 < argc; ++i) {
        if (argv[i] == "--" + name) {
            return argv[i + 1];
        }
    }
    return fallback;
}

std::string pythonWith(const std::string& package, int argc, char** argv)
{
    std::string python = option(argc, argv, "python", "");
    if (python.empty()) {
        const auto found = workspace::findInterpreter("", {});
        if (!found || !workspace::missingPackages(found->path, { package }).empty()) {
            python = "/usr/bin/python3";
        }
    }
    return python;
}

int failureOf(const Figures& figures)
{
    if (figures.completed) {
        return 0;
    }
    fmt::print(stderr, "The run failed: {}\n", figures.message);
    return 1;
}

Figures run(const fs::path& folder, const Options& options)
{
    Figures figures;
    const workspace::Workspace place(folder);
    workspace::StartRequest request;
    request.jobFile = folder / "pipeline.yml";
    request.python = options.python;
    request.run = "bench";
    workspace::StartOutcome outcome;
    const std::int64_t asked = wallMicros();
    if (auto started = place.start(request, outcome); !started) {
        figures.message = errorSentence(started.error());
        for (const auto& diagnostic : outcome.diagnostics) {
            figures.message += "\n" + spec::diagnosticText(diagnostic);
        }
        return figures;
    }
    const auto dir = place.runDir("bench");
    event::RunPicture picture;
    event::ChangeSet changes;
    std::int64_t first = 0;
    std::int64_t last = 0;
    bool toldFirst = false;
    while (picture.state() == event::RunState::Starting || picture.state() == event::RunState::Running) {
        ::poll(nullptr, 0, 50);
        if (options.sampleMemory) {
            figures.peakPssBytes = std::max(figures.peakPssBytes, pssOfRun(dir.path().string()));
        }
        auto store = store::EventStore::openForReading(dir.database());
        if (!store) {
            continue;
        }
        auto events = store->readFrom(picture.lastSequence() + 1);
        if (!events) {
            continue;
        }
        for (const auto& event : *events) {
            if (const auto* ended = std::get_if<event::AttemptEnded>(&event.fact)) {
                first = first == 0 ? ended->startMicros : std::min(first, ended->startMicros);
                last = std::max(last, event.timeMicros);
                figures.endMicros.push_back(event.timeMicros);
            }
        }
        if (!figures.endMicros.empty() && !toldFirst && options.onFirstEnded) {
            toldFirst = true;
            options.onFirstEnded(dir.path());
        }
        picture.apply(*events, changes);
    }
    figures.completed = picture.state() == event::RunState::Completed;
    figures.message = picture.message();
    figures.wallSeconds = static_cast<double>(picture.endedMicros() - asked) * 1e-6;
    if (const auto* step = picture.step("work")) {
        figures.miniBatches = step->count(event::MiniBatchState::Done);
        figures.message += " " + step->message;
        figures.finalizeSeconds = static_cast<double>(step->endedMicros - last) * 1e-6;
    }
    figures.steadySeconds = static_cast<double>(last - first) * 1e-6;
    figures.firstRunSeconds = static_cast<double>(first - asked) * 1e-6;
    while (place.isActive("bench")) { // its ranks still leave
        ::poll(nullptr, 0, 10);
    }
    if (!options.keep) {
        fs::remove_all(folder);
    }
    return figures;
}

} // namespace sheaf::bench
