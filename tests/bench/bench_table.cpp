// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// bench-table [--mib 1024] [--workers 2] [--multi_line 0|1] [--python P]: a CSV of 8 columns in 1 MiB mini-batches; run() adds two
// columns to the DataFrame and returns it, as figure W2 of the peers does.

#include "tests/bench/bench_run.h"

#include <fmt/format.h>

#include <fstream>
#include <random>

using namespace sheaf;

namespace {

void writeTable(const std::filesystem::path& path, std::uint64_t bytes)
{
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> real(0, 1000);
    std::string rows = "id,name,city,a,b,c,d,flag\n";
    std::uint64_t written = 0;
    for (std::uint64_t id = 0; written + rows.size() < bytes; ++id) {
        fmt::format_to(std::back_inserter(rows), "{},customer{:06},town{:03},{:.6f},{:.6f},{},{:.4f},{}\n", id, id % 1000000,
            id % 997, real(random), real(random), random() % 100000, real(random), id % 2 == 0 ? "yes" : "no");
        if (rows.size() > (1U << 20)) {
            file << rows;
            written += rows.size();
            rows.clear();
        }
    }
    file << rows;
}

} // namespace

int main(int argc, char** argv)
{
    const auto mebibytes = std::stoull(bench::option(argc, argv, "mib", "1024"));
    const int workers = std::stoi(bench::option(argc, argv, "workers", "2"));
    const bool multiLine = bench::option(argc, argv, "multi_line", "0") == "1";
    const auto folder = bench::folderFor("bench-table");
    writeTable(folder / "data" / "table.csv", mebibytes << 20);
    bench::write(folder / "data" / "MLTable",
        fmt::format("paths:\n  - file: ./table.csv\ntransformations:\n  - read_delimited:\n      delimiter: \",\"\n"
                    "      encoding: utf8\n      header: all_files_same_headers\n      support_multi_line: {}\n",
            multiLine ? "true" : "false"));
    bench::write(folder / "src" / "work.py",
        "def run(mini_batch):\n    mini_batch['ratio'] = mini_batch['a'] / (mini_batch['b'] + 1)\n"
        "    mini_batch['total'] = mini_batch['a'] * 1.1 + mini_batch['d']\n    return mini_batch\n");
    bench::write(folder / "pipeline.yml",
        fmt::format("type: pipeline\njobs:\n  work:\n    type: parallel\n    mini_batch_size: 1mb\n"
                    "    max_concurrency_per_instance: {}\n    input_data: ${{{{inputs.data}}}}\n    inputs:\n      data:\n"
                    "        type: mltable\n        mode: direct\n        path: ./data\n    outputs:\n      result:\n"
                    "        type: uri_file\n    task:\n      type: run_function\n      code: ./src\n      entry_script: work.py\n"
                    "      environment: azureml:any@latest\n      append_row_to: ${{{{outputs.result}}}}\n",
            workers));
    bench::Options options;
    options.python = bench::pythonWith("pandas", argc, argv);
    options.sampleMemory = true;
    const auto figures = bench::run(folder, options);
    if (const int code = bench::failureOf(figures)) {
        return code;
    }
    const double speed = figures.steadySeconds > 0 ? static_cast<double>(mebibytes) / figures.steadySeconds : 0;
    const double wall = figures.wallSeconds > 0 ? static_cast<double>(mebibytes) / figures.wallSeconds : 0;
    const double peak = static_cast<double>(figures.peakPssBytes) / (1 << 20);
    fmt::print("{} MiB in {} mini-batches, {} workers: {:.1f} MiB/s steady, {:.1f} MiB/s over the whole wall time; peak {:.0f} MiB. {}\n",
        mebibytes, figures.miniBatches, workers, speed, wall, peak, figures.message);
    fmt::print("{{\"bench\": \"table\", \"mib\": {}, \"workers\": {}, \"mb_per_s\": {:.2f}, \"mb_per_s_wall\": {:.2f}, "
               "\"peak_mib\": {:.1f}, \"steady_s\": {:.3f}, \"finalize_s\": {:.3f}, \"wall_s\": {:.3f}}}\n",
        mebibytes, workers, speed, wall, peak, figures.steadySeconds, figures.finalizeSeconds, figures.wallSeconds);
    return 0;
}
