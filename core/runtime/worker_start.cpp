// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/worker_start.h"

#include <algorithm>

namespace sheaf::runtime {

namespace fs = std::filesystem;

fs::path workerOutputDir(const pipeline::StepSpec& step, const fs::path& fallback)
{
    const std::string& file = step.parallel.appendRowFile;
    if (const fs::path beside = file.empty() ? fs::path() : fs::path(file).parent_path(); !beside.empty()) {
        return beside;
    }
    const auto folder = std::find_if(
        step.outputs.begin(), step.outputs.end(), [](const auto& output) { return output.type == pipeline::DataType::UriFolder; });
    return folder != step.outputs.end() ? fs::path(folder->path) : fallback;
}

worker::WorkerStart workerStart(const plan::PlanHeader& header, const pipeline::ParallelSettings& settings)
{
    worker::WorkerStart start;
    start.miniBatchKind = json::enumName(header.kind);
    start.root = header.root;
    start.tableFormat = json::enumName(header.tableFormat);
    start.table = header.table;
    start.inputFiles = header.inputFiles;
    start.partitioned = !header.partitionKeys.empty();
    start.mixedTypes = settings.mixedTypes;
    return start;
}

worker::WorkerStart workerStart(
    const plan::PlanHeader& header, const pipeline::StepSpec& step, const fs::path& codeDir, const fs::path& outputDir)
{
    const auto& settings = step.parallel;
    worker::WorkerStart start = workerStart(header, settings);
    start.codeDir = codeDir.string();
    start.entryScript = settings.entryScript;
    start.arguments = settings.programArguments;
    start.arguments.insert(start.arguments.end(), settings.generatedArguments.begin(), settings.generatedArguments.end());
    start.loggingLevel = settings.loggingLevel;
    start.outputDir = outputDir.string();
    start.appendRow = !settings.appendRowTo.empty();
    start.dataframeHeader = settings.appendRowDataframeHeader;
    start.asyncMode = settings.asyncMode;
    start.profilingModule = settings.profilingModule;
    return start;
}

std::map<std::string, std::string> stepEnvironment(const pipeline::RunSpec& spec, const pipeline::StepSpec& step)
{
    std::map<std::string, std::string> environment = step.environmentVariables;
    environment.emplace("AZUREML_RUN_ID", spec.run + "_" + step.name);
    environment.emplace("AZUREML_ROOT_RUN_ID", spec.run);
    environment.emplace("AZUREML_EXPERIMENT_NAME", spec.experimentName);
    environment.emplace("AZUREML_ARM_WORKSPACE_NAME", fs::path(spec.workspace).filename().string());
    environment.emplace("AZUREML_NODE_COUNT", std::to_string(std::max(1, step.instanceCount)));
    environment.emplace("AZUREML_CR_COMPUTE_CONTEXT", "local");
    return environment;
}

std::map<std::string, std::string> workerEnvironment(
    const pipeline::RunSpec& spec, const pipeline::StepSpec& step, const fs::path& outputDir)
{
    auto environment = stepEnvironment(spec, step);
    environment["AZUREML_BI_OUTPUT_PATH"] = outputDir.string();
    return environment;
}

} // namespace sheaf::runtime
