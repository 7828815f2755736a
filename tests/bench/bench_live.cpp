// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// bench-live [--mini_batches 1500] [--milliseconds 20] [--workers 2] [--rounds 3] [--python P]: what a studio that watches costs a run.
// The same run in turn without a window and with `sheaf-studio RUN_FOLDER` attached (QT_QPA_PLATFORM as it is set, else offscreen). Each
// mini-batch computes, so a window that takes a core from the workers is seen. The first seconds, in which the window comes up, are left out.

#include "tests/bench/bench_run.h"

#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <vector>

using namespace sheaf;

namespace {

constexpr double kWarmSeconds = 4;

double secondsOf(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

pid_t startStudio(const std::filesystem::path& runDir)
{
    const std::string program = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "sheaf-studio").string();
    const pid_t pid = fork();
    if (pid == 0) {
        setenv("QT_QPA_PLATFORM", "offscreen", 0);
        execl(program.c_str(), program.c_str(), runDir.c_str(), nullptr);
        _exit(127);
    }
    return pid;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char** argv)
{
    const int miniBatches = std::stoi(bench::option(argc, argv, "mini_batches", "1500"));
    const int milliseconds = std::stoi(bench::option(argc, argv, "milliseconds", "20"));
    const int workers = std::stoi(bench::option(argc, argv, "workers", "2"));
    const int rounds = std::stoi(bench::option(argc, argv, "rounds", "3"));
    std::vector<double> alone;
    std::vector<double> watched;
    double studioCpu = 0;
    double studioSeconds = 0;
    for (int round = 0; round < 2 * rounds; ++round) {
        const bool isWatched = round % 2 == 1;
        const auto folder = bench::folderFor("bench-live");
        for (int i = 0; i < miniBatches; ++i) {
            bench::write(folder / "data" / fmt::format("{:06}.txt", i), "");
        }
        bench::write(folder / "src" / "work.py",
            fmt::format("import time\n\ndef run(mini_batch):\n    end = time.thread_time() + {}\n    while time.thread_time() < end:\n"
                        "        pass\n    print('done', mini_batch)\n    return mini_batch\n",
                milliseconds * 1e-3));
        bench::write(folder / "pipeline.yml",
            fmt::format("type: pipeline\njobs:\n  work:\n    type: parallel\n    mini_batch_size: \"1\"\n"
                        "    max_concurrency_per_instance: {}\n    input_data: ${{{{inputs.data}}}}\n    inputs:\n      data:\n"
                        "        type: uri_folder\n        path: ./data\n    outputs:\n      result:\n        type: uri_file\n"
                        "    task:\n      type: run_function\n      code: ./src\n      entry_script: work.py\n"
                        "      environment: azureml:any@latest\n      append_row_to: ${{{{outputs.result}}}}\n",
                workers));
        bench::Options options;
        options.python = bench::option(argc, argv, "python", "");
        options.warmSeconds = kWarmSeconds;
        pid_t studio = -1;
        if (isWatched) {
            options.onFirstEnded = [&](const std::filesystem::path& runDir) { studio = startStudio(runDir); };
        }
        const auto figures = bench::run(folder, options);
        if (studio > 0) {
            kill(studio, SIGTERM);
            int status = 0;
            rusage usage {};
            wait4(studio, &status, 0, &usage);
            if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGTERM) {
                fmt::print(stderr, "The studio did not stay until the end (status {}).\n", status);
                return 1;
            }
            studioCpu += secondsOf(usage.ru_utime) + secondsOf(usage.ru_stime);
            studioSeconds += figures.steadySeconds;
        }
        if (const int code = bench::failureOf(figures)) {
            return code;
        }
        (isWatched ? watched : alone).push_back(figures.perSecond);
        fmt::print("{}: {:.2f} mini-batches/s\n", isWatched ? "watched" : "alone  ", figures.perSecond);
        std::fflush(stdout);
    }
    const double ratio = median(watched) / median(alone);
    const double cpu = studioSeconds > 0 ? studioCpu / studioSeconds : 0;
    fmt::print("{} mini-batches of {} ms, {} workers: watched {:.2f} % of alone; the window took {:.2f} % of a core, start included.\n",
        miniBatches, milliseconds, workers, ratio * 100, cpu * 100);
    fmt::print("{{\"bench\": \"live\", \"workers\": {}, \"alone_per_s\": {:.3f}, \"watched_per_s\": {:.3f}, \"ratio\": {:.5f}, \"studio_cpu\": {:.5f}}}\n", workers,
        median(alone), median(watched), ratio, cpu);
    return 0;
}
