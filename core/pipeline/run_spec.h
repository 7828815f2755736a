// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What a run does, with nothing left open: every expression resolved, every component merged into its
/// step, every default filled in, every path absolute. Made by pipeline::resolve, kept as run.json in the
/// run's folder, read by the coordinator, shown as "settings in force". Plain values, any thread.
namespace sheaf::pipeline {

/// What an input or output is, in the words of the job file.
enum class DataType { UriFolder, UriFile, MlTable, MlflowModel, CustomModel, TritonModel, String, Number, Integer, Boolean };
BOOST_DESCRIBE_ENUM(DataType, UriFolder, UriFile, MlTable, MlflowModel, CustomModel, TritonModel, String, Number, Integer, Boolean)

struct StepInput {
    std::string name;
    DataType type = DataType::UriFolder;
    std::string mode; // ro_mount, download, direct, eval_mount, eval_download
    std::string value; // absolute path, or the literal as text
    std::string fromStep; // the step whose output this is, or ""
    std::string fromOutput;
};
BOOST_DESCRIBE_STRUCT(StepInput, (), (name, type, mode, value, fromStep, fromOutput))

struct StepOutput {
    std::string name;
    DataType type = DataType::UriFolder;
    std::string mode; // rw_mount, upload, direct
    std::string path; // absolute; a file for UriFile, else a folder
    std::string assetName; // name it is registered under, or ""
    std::string assetVersion;
};
BOOST_DESCRIBE_STRUCT(StepOutput, (), (name, type, mode, path, assetName, assetVersion))

/// Settings of a parallel step really in force (reference §1.3, §1.4, §3). Seconds are of wall time.
struct ParallelSettings {
    std::string inputData; // name of the input that is split
    /// Files (or jsonl rows) per mini-batch for file lists, bytes for tables; 0: the default of the kind (1 file, 1 MiB).
    std::int64_t miniBatchSize = 0;
    std::string miniBatchSizeText; // as the user wrote it, "" when not set
    std::vector<std::string> partitionKeys;
    int maxConcurrencyPerInstance = 0; // workers per node; 0: the node's cores
    std::int64_t errorThreshold = -1; // failed items tolerated; -1: any number
    std::int64_t miniBatchErrorThreshold = -1; // failed mini-batches tolerated
    double allowedFailedPercent = 100; // of all mini-batches
    int maxRetries = 2; // after the first try
    double timeoutSeconds = 60; // of one run() call
    double taskOverheadTimeoutSeconds = 600; // to load a mini-batch before run()
    double progressUpdateTimeoutSeconds = 0; // computed by resolve when the user did not set it
    double firstTaskCreationTimeoutSeconds = 600;
    double resourceMonitorIntervalSeconds = 600; // of the CSV files; 0: off. The live view has its own.
    std::string loggingLevel = "INFO";
    std::string code; // absolute folder or file of the user; the run works on its snapshot
    std::string entryScript; // relative to code, or dotted module
    std::vector<std::string> programArguments; // the user's tokens, expressions resolved
    std::vector<std::string> generatedArguments; // the runner's flags the user did not write, "--name", "value", …
    std::string appendRowTo; // name of the output, "" for summary only
    std::string appendRowFile; // absolute path of the finished file, "" for summary only
    bool appendRowDataframeHeader = false;
    bool copyLogsToParent = false;
    std::string profilingModule; // "", cProfile, profile
    std::string resumeFrom; // name of an earlier run whose good mini-batches are taken over, or ""
    bool mixedTypes = false; // --amlbi_dataframe_mixed_types
    bool asyncMode = false; // --amlbi_async_mode
    bool jsonLines = false; // promptflow mode: main input is a .jsonl uri_file, batches of rows
    std::int64_t jsonLinesRows = 0; // --amlbi_mini_batch_rows
    std::string metricsNamePrefix;
    bool pushMetricsToParent = false;
    bool keepDirectoriesApart = false; // our option: a mini-batch never mixes directories
};
BOOST_DESCRIBE_STRUCT(ParallelSettings, (),
    (inputData, miniBatchSize, miniBatchSizeText, partitionKeys, maxConcurrencyPerInstance, errorThreshold,
        miniBatchErrorThreshold, allowedFailedPercent, maxRetries, timeoutSeconds, taskOverheadTimeoutSeconds,
        progressUpdateTimeoutSeconds, firstTaskCreationTimeoutSeconds, resourceMonitorIntervalSeconds, loggingLevel,
        code, entryScript, programArguments, generatedArguments, appendRowTo, appendRowFile, appendRowDataframeHeader,
        copyLogsToParent, profilingModule, resumeFrom, mixedTypes, asyncMode, jsonLines, jsonLinesRows, metricsNamePrefix,
        pushMetricsToParent, keepDirectoriesApart))

struct CommandSettings {
    std::string command; // shell text, expressions resolved
    std::string code; // absolute folder or file, or "": an empty folder
    double timeoutSeconds = 0; // limits.timeout; 0: none
};
BOOST_DESCRIBE_STRUCT(CommandSettings, (), (command, code, timeoutSeconds))

enum class StepKind { Command, Parallel };
BOOST_DESCRIBE_ENUM(StepKind, Command, Parallel)

struct StepSpec {
    std::string name; // key in `jobs`
    std::string displayName;
    StepKind kind = StepKind::Command;
    std::vector<std::string> dependsOn; // names of steps whose outputs it reads
    std::vector<StepInput> inputs;
    std::vector<StepOutput> outputs;
    int instanceCount = 1; // nodes
    std::map<std::string, std::string> environmentVariables;
    std::string compute; // as named in the file, recorded
    std::string environment; // as written, recorded (asset name, image, conda file)
    std::vector<std::string> condaPackages; // names of its conda file's packages
    ParallelSettings parallel; // when kind is Parallel
    CommandSettings command; // when kind is Command
    std::vector<std::string> setByUser; // dotted names of fields the user gave, e.g. "retry_settings.timeout"

    [[nodiscard]] const StepInput* input(const std::string& inputName) const
    {
        for (const auto& candidate : inputs) {
            if (candidate.name == inputName) {
                return &candidate;
            }
        }
        return nullptr;
    }
};
BOOST_DESCRIBE_STRUCT(StepSpec, (),
    (name, displayName, kind, dependsOn, inputs, outputs, instanceCount, environmentVariables, compute, environment,
        condaPackages, parallel, command, setByUser))

struct RunSpec {
    int format = 1;
    std::string run; // name of the run: name of its folder
    std::string displayName;
    std::string experimentName;
    std::string description;
    std::string jobFile; // absolute path of the file that was submitted
    std::string workspace; // absolute folder that holds .sheaf/
    std::string runDir; // absolute
    std::string python; // absolute path of the interpreter
    std::string sheafVersion;
    std::vector<std::string> overrides; // the --set words, in order
    bool continueOnStepFailure = true;
    std::vector<StepSpec> steps; // in an order that respects dependsOn
    std::vector<StepOutput> outputs; // of the pipeline: where each lies
    std::vector<std::string> notes; // things said once: "compute azureml:x is not known; runs on this machine"

    /// Agents the run needs: the largest instanceCount.
    [[nodiscard]] int nodeCount() const
    {
        int nodes = 1;
        for (const auto& step : steps) {
            nodes = step.instanceCount > nodes ? step.instanceCount : nodes;
        }
        return nodes;
    }
};
BOOST_DESCRIBE_STRUCT(RunSpec, (),
    (format, run, displayName, experimentName, description, jobFile, workspace, runDir, python, sheafVersion, overrides,
        continueOnStepFailure, steps, outputs, notes))

} // namespace sheaf::pipeline
