// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// bench-live [--mini_batches 30000] [--milliseconds 20] [--workers 2] [--turn 4] [--python P]: what a studio that watches costs a run.
// One run with `sheaf-studio RUN_FOLDER` attached (QT_QPA_PLATFORM as it is set, else offscreen), which watches and is frozen in turn for
// `turn` seconds each: neighbours in time are compared, for the speed of a machine drifts more than a window can cost. What it missed while it was
// frozen it reads in its own turn. Each mini-batch computes, so a window that takes a core from the workers is seen.

#include "core/base/clock.h"
#include "tests/bench/bench_run.h"

#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using namespace sheaf;

namespace {

constexpr int kWarmTurns = 2; // in which the window comes up

double secondsOf(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// A studio that is let run and frozen in turn, from its construction to finish().
class Watcher
{
public:
    Watcher(const std::filesystem::path& runDir, double turnSeconds)
        : m_pid(start(runDir))
        , m_turns { wallMicros() }
        , m_thread([this, turnSeconds] { alternate(turnSeconds); })
    {
    }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    ~Watcher() { (void)finish(); }

    /// False: it did not live until now.
    [[nodiscard]] bool finish()
    {
        if (!m_thread.joinable()) {
            return m_stayed;
        }
        {
            const std::lock_guard lock(m_mutex);
            m_over = true;
        }
        m_wake.notify_one();
        m_thread.join();
        kill(m_pid, SIGCONT);
        kill(m_pid, SIGTERM);
        int status = 0;
        rusage usage {};
        wait4(m_pid, &status, 0, &usage);
        m_cpuSeconds = secondsOf(usage.ru_utime) + secondsOf(usage.ru_stime);
        m_stayed = WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
        return m_stayed;
    }

    /// When each turn began; the first one watches, every second one is frozen.
    [[nodiscard]] const std::vector<std::int64_t>& turns() const { return m_turns; }
    [[nodiscard]] double cpuSeconds() const { return m_cpuSeconds; }

private:
    static pid_t start(const std::filesystem::path& runDir)
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

    void alternate(double turnSeconds)
    {
        std::unique_lock lock(m_mutex);
        while (!m_wake.wait_for(lock, std::chrono::duration<double>(turnSeconds), [this] { return m_over; })) {
            kill(m_pid, m_turns.size() % 2 == 1 ? SIGSTOP : SIGCONT);
            m_turns.push_back(wallMicros());
        }
    }

    pid_t m_pid;
    std::vector<std::int64_t> m_turns;
    double m_cpuSeconds = 0;
    bool m_stayed = false;
    bool m_over = false;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::thread m_thread;
};

} // namespace

int main(int argc, char** argv)
{
    const int miniBatches = std::stoi(bench::option(argc, argv, "mini_batches", "30000"));
    const int milliseconds = std::stoi(bench::option(argc, argv, "milliseconds", "20"));
    const int workers = std::stoi(bench::option(argc, argv, "workers", "2"));
    const double turnSeconds = std::stod(bench::option(argc, argv, "turn", "4"));
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
    std::unique_ptr<Watcher> watcher;
    options.onFirstEnded = [&](const std::filesystem::path& runDir) { watcher = std::make_unique<Watcher>(runDir, turnSeconds); };
    auto figures = bench::run(folder, options);
    if (const int code = bench::failureOf(figures)) {
        return code;
    }
    if (!watcher->finish()) {
        fmt::print(stderr, "The studio did not stay until the end.\n");
        return 1;
    }
    // Each watched turn is held against the mean of the frozen ones before and after it: a drift cancels out.
    auto& ends = figures.endMicros;
    std::sort(ends.begin(), ends.end());
    const auto& turns = watcher->turns();
    std::vector<double> rates; // of whole turns
    for (std::size_t i = 0; i + 1 < turns.size(); ++i) {
        const auto ended = std::lower_bound(ends.begin(), ends.end(), turns[i + 1]) - std::lower_bound(ends.begin(), ends.end(), turns[i]);
        rates.push_back(static_cast<double>(ended) * 1e6 / static_cast<double>(turns[i + 1] - turns[i]));
    }
    if (!rates.empty() && turns.back() > ends.back()) {
        rates.pop_back(); // the run ended in it
    }
    std::vector<double> ratios;
    for (std::size_t i = kWarmTurns; i + 1 < rates.size(); i += 2) {
        ratios.push_back(rates[i] / ((rates[i - 1] + rates[i + 1]) / 2));
    }
    if (ratios.size() < 2) {
        fmt::print(stderr, "The run was too short for two turns of {} s: give more mini-batches.\n", turnSeconds);
        return 1;
    }
    double mean = 0;
    for (const double ratio : ratios) {
        mean += ratio / static_cast<double>(ratios.size());
    }
    double squares = 0;
    for (const double ratio : ratios) {
        squares += (ratio - mean) * (ratio - mean);
    }
    const double error = std::sqrt(squares / static_cast<double>(ratios.size() - 1) / static_cast<double>(ratios.size()));
    std::sort(ratios.begin(), ratios.end());
    const double median = ratios[ratios.size() / 2];
    const double watchedSeconds = figures.steadySeconds / 2;
    const double cpu = watcher->cpuSeconds() / watchedSeconds;
    fmt::print("{} mini-batches of {} ms, {} workers, {} turns of {} s: watched {:.2f} % of frozen (median {:.2f} %), standard error {:.2f} %; "
               "the window took {:.2f} % of a core while it watched, start included.\n",
        miniBatches, milliseconds, workers, ratios.size(), turnSeconds, mean * 100, median * 100, error * 100, cpu * 100);
    fmt::print("{{\"bench\": \"live\", \"workers\": {}, \"turns\": {}, \"ratio\": {:.5f}, \"median\": {:.5f}, \"standard_error\": {:.5f}, \"studio_cpu\": {:.5f}}}\n",
        workers, ratios.size(), mean, median, error, cpu);
    return 0;
}
