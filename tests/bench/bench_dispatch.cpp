// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// bench-dispatch [--mini_batches 20000] [--workers 2] [--files 0] [--python P]: no-op mini-batches of one file each, with
// journal, logs, deadlines and retries on. With --files N each mini-batch holds N files of 1 KiB that are opened and hashed.

#include "tests/bench/bench_run.h"

#include <fmt/format.h>

using namespace sheaf;

int main(int argc, char** argv)
{
    const int miniBatches = std::stoi(bench::option(argc, argv, "mini_batches", "20000"));
    const int workers = std::stoi(bench::option(argc, argv, "workers", "2"));
    const int files = std::stoi(bench::option(argc, argv, "files", "0"));
    const auto folder = bench::folderFor("bench-dispatch");
    const int perBatch = files > 0 ? files : 1;
    const int perFolder = 1000;
    for (int i = 0; i < miniBatches * perBatch; ++i) {
        bench::write(folder / "data" / fmt::format("{:05}", i / perFolder) / fmt::format("{:06}.txt", i),
            files > 0 ? std::string(1024, static_cast<char>('a' + i % 26)) : "");
    }
    bench::write(folder / "src" / "work.py",
        files > 0 ? "import hashlib\n\ndef run(mini_batch):\n    result = []\n    for path in mini_batch:\n        with open(path, 'rb') as "
                    "file:\n            result.append(hashlib.sha256(file.read()).hexdigest())\n    return result\n"
                  : "def run(mini_batch):\n    return mini_batch\n");
    bench::write(folder / "pipeline.yml",
        fmt::format("type: pipeline\njobs:\n  work:\n    type: parallel\n    mini_batch_size: \"{}\"\n"
                    "    max_concurrency_per_instance: {}\n    input_data: ${{{{inputs.data}}}}\n    inputs:\n      data:\n"
                    "        type: uri_folder\n        path: ./data\n    outputs:\n      result:\n        type: uri_file\n"
                    "    task:\n      type: run_function\n      code: ./src\n      entry_script: work.py\n"
                    "      environment: azureml:any@latest\n      append_row_to: ${{{{outputs.result}}}}\n",
            perBatch, workers));
    bench::Options options;
    options.python = bench::option(argc, argv, "python", "");
    const auto figures = bench::run(folder, options);
    if (const int code = bench::failureOf(figures)) {
        return code;
    }
    const double each = figures.miniBatches > 0 ? figures.steadySeconds * 1e6 / figures.miniBatches : 0;
    fmt::print("{} mini-batches, {} workers: {:.2f} us each, {:.0f}/s steady; {:.3f} s from asking to the first mini-batch, "
               "{:.3f} s in all. {}\n",
        figures.miniBatches, workers, each, each > 0 ? 1e6 / each : 0, figures.firstRunSeconds, figures.wallSeconds,
        figures.message);
    fmt::print("{{\"bench\": \"dispatch\", \"mini_batches\": {}, \"files\": {}, \"workers\": {}, \"us_per_mini_batch\": {:.3f}, "
               "\"mini_batches_per_s\": {:.1f}, \"steady_s\": {:.4f}, \"first_run_s\": {:.4f}, \"wall_s\": {:.4f}}}\n",
        figures.miniBatches, files, workers, each, each > 0 ? 1e6 / each : 0, figures.steadySeconds, figures.firstRunSeconds,
        figures.wallSeconds);
    return figures.completed && figures.miniBatches == static_cast<std::uint32_t>(miniBatches) ? 0 : 1;
}
