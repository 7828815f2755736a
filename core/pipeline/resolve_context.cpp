// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/resolve_context.h"

#include "core/base/paths.h"
#include "core/pipeline/entry_script.h"
#include "core/spec/runner_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <sys/stat.h>

namespace sheaf::pipeline {

namespace {

/// In ns; it is the time of the last change of content or name, which no program can set back.
std::int64_t changedAt(const std::filesystem::path& path)
{
    struct stat status
    {
    };
    return ::stat(path.c_str(), &status) == 0 ? std::int64_t { status.st_ctim.tv_sec } * 1'000'000'000 + status.st_ctim.tv_nsec : 0;
}

} // namespace

ResolveContext::ResolveContext(const ResolveRequest& request, spec::JobFile job)
    : m_job(std::move(job))
    , m_checkPaths(request.checkPaths)
    , m_editedTexts(request.texts)
{
    std::error_code error;
    m_runDir = std::filesystem::absolute(request.runDir, error).lexically_normal();
}

void ResolveContext::report(spec::Severity severity,
    const std::string& code,
    const spec::FieldValue& at,
    const std::string& path,
    std::string message,
    spec::Finding words)
{
    const bool hasValue = at.where.line > 0;
    m_diagnostics.push_back(
        spec::finding(severity, code, { at.file, hasValue ? at.where : at.keyWhere, path },
            std::move(message), std::move(words)));
}

void ResolveContext::add(std::vector<spec::Diagnostic> diagnostics)
{
    std::move(diagnostics.begin(), diagnostics.end(), std::back_inserter(m_diagnostics));
}

void ResolveContext::note(const std::string& text)
{
    if (std::find(m_notes.begin(), m_notes.end(), text) == m_notes.end()) {
        m_notes.push_back(text);
    }
}

const spec::MlTable* ResolveContext::table(const std::filesystem::path& folder)
{
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
        return nullptr;
    }
    const auto [entry, isNew] = m_tables.try_emplace(folder.string());
    if (isNew) {
        entry->second = spec::readMlTable(folder, m_editedTexts);
        add(entry->second.diagnostics);
        if (std::filesystem::exists(entry->second.file, error)) {
            m_job.files.push_back(entry->second.file);
        }
        checkTablePaths(entry->second);
    }
    return &entry->second;
}

void ResolveContext::checkTablePaths(const spec::MlTable& table)
{
    for (const auto& path : table.paths) {
        const std::filesystem::path full = table.file.parent_path() / path.value; // an absolute one stays what it is
        std::error_code error;
        if (!m_checkPaths || path.kind == spec::MlTablePathKind::Pattern || std::filesystem::exists(full, error)) {
            continue;
        }
        spec::FieldValue at;
        at.file = table.file.string();
        at.where = path.where;
        report(spec::Severity::Error, "input-missing", at, "paths", fmt::format("there is no '{}'", path.value),
            { full.string(), "a path relative to the folder of the MLTable, or an absolute one", "correct the path, or make the file" });
    }
}

const spec::SourceText& ResolveContext::sourceText(const std::string& file)
{
    const auto [entry, isNew] = m_texts.try_emplace(file);
    if (isNew) {
        const std::string* edited = spec::editedText(m_editedTexts, file);
        entry->second = spec::SourceText(file, edited != nullptr ? *edited : paths::readFile(file).value_or(std::string()));
    }
    return entry->second;
}

const EntryScript& ResolveContext::script(const std::filesystem::path& file, const std::string& code)
{
    const auto [entry, isNew] = m_scripts.try_emplace(file.string());
    if (isNew) {
        const std::string text = paths::readFile(file).value_or(std::string());
        entry->second.definesRun = definesFunction(text, "run") || definesFunction(text, "enqueue");
        entry->second.options = spec::optionNames(text);
        m_scriptFiles.push_back({ file, code, changedAt(file), changedAt(code) });
    }
    return entry->second;
}

void ResolveContext::finish(Resolved& resolved)
{
    resolved.diagnostics = std::move(m_job.diagnostics);
    if (!m_job.isBroken) { // what follows from half a file is no news
        std::move(m_diagnostics.begin(), m_diagnostics.end(), std::back_inserter(resolved.diagnostics));
    }
    std::vector<std::string> order;
    for (const auto& file : m_job.files) {
        order.push_back(file.string());
    }
    spec::sortDiagnostics(resolved.diagnostics, order);
    resolved.files = std::move(m_job.files);
    resolved.scripts = std::move(m_scriptFiles);
    resolved.written = std::move(m_job.pipeline);
    resolved.spec.notes = std::move(m_notes);
}

} // namespace sheaf::pipeline
