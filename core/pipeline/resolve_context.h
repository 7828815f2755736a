// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/resolver.h"
#include "core/spec/findings.h"
#include "core/spec/job.h"
#include "core/spec/ml_table.h"
#include "core/spec/source_text.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace sheaf::pipeline {

/// What is looked for in the text of an entry script.
struct EntryScript
{
    bool definesRun = false; // run, or enqueue
    std::vector<std::string> options; // without dashes
};

/// What the parts of one resolve() share: the file as read, the request, and what was found so far.
/// Lives on the stack of resolve().
class ResolveContext
{
public:
    ResolveContext(const ResolveRequest& request, spec::JobFile job);

    [[nodiscard]] const spec::PipelineDefinition& pipeline() const { return m_job.pipeline; }
    [[nodiscard]] const std::filesystem::path& runDir() const { return m_runDir; }
    [[nodiscard]] bool checkPaths() const { return m_checkPaths; }

    void report(spec::Severity severity,
        const std::string& code,
        const spec::FieldValue& at,
        const std::string& path,
        std::string message,
        spec::Finding words = {});
    void add(std::vector<spec::Diagnostic> diagnostics);
    void add(spec::Diagnostic diagnostic) { m_diagnostics.push_back(std::move(diagnostic)); }
    /// Said once in the run: the same text is kept once.
    void note(const std::string& text);

    /// The MLTable of a folder, read once; its findings and its file are kept. Null when there is
    /// no such folder.
    [[nodiscard]] const spec::MlTable* table(const std::filesystem::path& folder);
    /// A job or component file, "" when it cannot be read.
    [[nodiscard]] const spec::SourceText& sourceText(const std::string& file);
    /// The entry script of a step, read once however many steps run it; it is kept among those of the job.
    [[nodiscard]] const EntryScript& script(const std::filesystem::path& file, const std::string& code);

    /// Everything found, sorted; the files read; the notes.
    void finish(Resolved& resolved);

private:
    void checkTablePaths(const spec::MlTable& table);
    spec::JobFile m_job;
    std::filesystem::path m_runDir;
    bool m_checkPaths = true;
    spec::SharedTexts m_editedTexts;
    std::vector<spec::Diagnostic> m_diagnostics;
    std::vector<std::string> m_notes;
    std::map<std::string, spec::MlTable> m_tables;
    std::map<std::string, spec::SourceText> m_texts;
    std::map<std::string, EntryScript> m_scripts;
    std::vector<ScriptFile> m_scriptFiles;
};

} // namespace sheaf::pipeline
