// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/run_spec.h"
#include "core/plan/plan_file.h"
#include "core/worker/worker_protocol.h"

#include <filesystem>
#include <map>
#include <string>

/// What workers are told, in one place: the coordinator, a preview and a mini-batch that is run alone all have it from here. Pure.
namespace sheaf::runtime {

/// Where EntryScript.output_dir points: beside the file that rows are appended to, else the step's first output folder; `fallback` when it has
/// neither.
[[nodiscard]] std::filesystem::path workerOutputDir(const pipeline::StepSpec& step, const std::filesystem::path& fallback);

/// What a worker is told about its input: all that decides what run() is given for a line of the plan. The rest is for the caller to fill in.
[[nodiscard]] worker::WorkerStart workerStart(const plan::PlanHeader& header, const pipeline::ParallelSettings& settings);

/// The whole of it for a step, but for what differs from worker to worker: node, process, logDir, tempDir and profileFile.
[[nodiscard]] worker::WorkerStart workerStart(const plan::PlanHeader& header, const pipeline::StepSpec& step,
    const std::filesystem::path& codeDir, const std::filesystem::path& outputDir);

/// Variables that all processes of a step get on top of those that the run was started with; the user's own win.
[[nodiscard]] std::map<std::string, std::string> stepEnvironment(const pipeline::RunSpec& spec, const pipeline::StepSpec& step);
/// The same for its workers.
[[nodiscard]] std::map<std::string, std::string> workerEnvironment(
    const pipeline::RunSpec& spec, const pipeline::StepSpec& step, const std::filesystem::path& outputDir);

} // namespace sheaf::runtime
