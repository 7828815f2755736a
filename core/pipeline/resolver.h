// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/edit/pipeline_edit.h"
#include "core/pipeline/run_spec.h"
#include "core/spec/diagnostic.h"
#include "core/spec/file_texts.h"
#include "core/spec/job.h"
#include "core/spec/yaml_files.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sheaf::pipeline {

struct ResolveRequest {
    std::filesystem::path jobFile;
    std::vector<std::string> overrides; // "jobs.x.resources.instance_count=3", in order
    std::filesystem::path runDir; // where outputs will lie; need not exist
    bool checkPaths = true; // are the inputs, code folders and scripts there?
    spec::SharedTexts texts = {}; // files as they are being edited, in place of those on disk
    std::shared_ptr<spec::YamlFiles> known = {}; // what was read last time; not for two calls at once
};

/// An entry script that was found, and the folder that is copied with it.
struct ScriptFile {
    std::filesystem::path file;
    std::filesystem::path code;
    std::int64_t changed = 0; // ns
    std::int64_t codeChanged = 0; // ns: a file was added to the folder, renamed or taken away
    bool operator==(const ScriptFile&) const = default;
};

/// A job file understood: what would run, and everything that is wrong with it. `spec.steps` is the best model possible even
/// with errors (the graph of a broken file is still drawn); it may be run only when there is no error.
struct Resolved {
    RunSpec spec; // run, runDir, python and workspace are for the caller to fill
    std::vector<spec::Diagnostic> diagnostics; // of the pipeline, its component files and its MLTable files, in order of file and line
    std::vector<edit::DisabledStep> disabled; // steps that are comments of the job file
    spec::PipelineDefinition written; // the same as the files say it, nothing merged: what is edited
    std::vector<std::filesystem::path> files; // every file read: job file first, components, MLTables
    std::vector<ScriptFile> scripts; // of parallel steps, each once
};

/// Reads a pipeline file with its components, checks it, and resolves every expression (reference §1). Never throws, never
/// stops at the first problem. Any thread.
[[nodiscard]] Resolved resolve(const ResolveRequest& request);

} // namespace sheaf::pipeline
