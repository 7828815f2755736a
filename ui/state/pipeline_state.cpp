// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/pipeline_state.h"

#include "core/pipeline/entry_script.h"
#include "core/workspace/interpreter.h"
#include "core/workspace/script_check.h"
#include "ui/state/settings_state.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <QFileInfo>

namespace sheaf::ui {

namespace {

/// Editors write in several steps; we read when they have settled.
constexpr int kSettleMilliseconds = 150;

} // namespace

PipelineState::PipelineState(WorkThread& worker, const SettingsState& settings, QObject* parent)
    : QObject(parent)
    , m_worker(worker)
    , m_settings(settings)
{
    connect(&settings, &SettingsState::changed, this, &PipelineState::reload);
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMilliseconds);
    connect(&m_settle, &QTimer::timeout, this, &PipelineState::reload);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settle, qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_settle, qOverload<>(&QTimer::start));
}

void PipelineState::open(const QString& file)
{
    m_file = QFileInfo(file).absoluteFilePath();
    m_snapshot.reset();
    emit opened();
    reload();
}

void PipelineState::close()
{
    ++m_question;
    m_file.clear();
    m_snapshot.reset();
    watch();
    emit closed();
}

void PipelineState::reload()
{
    if (m_file.isEmpty()) {
        return;
    }
    const int question = ++m_question;
    pipeline::ResolveRequest request;
    request.jobFile = toPath(m_file);
    request.runDir = request.jobFile.parent_path() / ".sheaf" / "runs" / "next";
    m_worker.ask(
        this, [request] { return pipeline::resolve(request); },
        [this, question](pipeline::Resolved resolved) { take(question, std::move(resolved)); });
}

bool PipelineState::canRun() const
{
    return m_snapshot && !spec::hasErrors(m_snapshot->diagnostics) && !m_snapshot->spec.steps.empty();
}

int PipelineState::count(spec::Severity severity) const
{
    int found = 0;
    if (m_snapshot) {
        for (const auto& diagnostic : m_snapshot->diagnostics) {
            found += diagnostic.severity == severity ? 1 : 0;
        }
    }
    return found;
}

void PipelineState::take(int question, pipeline::Resolved resolved)
{
    if (question != m_question) {
        return;
    }
    m_snapshot = std::make_shared<const pipeline::Resolved>(std::move(resolved));
    watch();
    emit changed();
    checkScripts(question);
}

/// A second answer, since it takes as long as Python to start: the graph is drawn meanwhile.
void PipelineState::checkScripts(int question)
{
    m_worker.ask(
        this,
        [snapshot = m_snapshot, wanted = toStd(m_settings.python())] {
            const auto python = workspace::findInterpreter(wanted, {});
            return python ? workspace::checkScripts(snapshot->spec, python->path) : std::vector<spec::Diagnostic>();
        },
        [this, question](const std::vector<spec::Diagnostic>& findings) {
            if (question != m_question || findings.empty()) {
                return;
            }
            pipeline::Resolved with = *m_snapshot;
            with.diagnostics.insert(with.diagnostics.end(), findings.begin(), findings.end());
            m_snapshot = std::make_shared<const pipeline::Resolved>(std::move(with));
            emit changed();
        });
}

void PipelineState::watch()
{
    QStringList wanted;
    if (m_snapshot) {
        for (const auto& file : m_snapshot->files) {
            wanted << toQt(file);
        }
        for (const auto& step : m_snapshot->spec.steps) {
            if (const auto script = pipeline::findEntryScript(step.parallel.code, step.parallel.entryScript); !script.empty()) {
                wanted << toQt(script);
            }
        }
    }
    if (!m_file.isEmpty()) {
        wanted << m_file << QFileInfo(m_file).absolutePath();
    }
    wanted.removeDuplicates();
    // A file that was replaced is no longer watched by Qt, so the list is made anew each time.
    const QStringList old = m_watcher.files() + m_watcher.directories();
    QStringList gone;
    for (const QString& path : old) {
        if (!wanted.contains(path)) {
            gone << path;
        }
    }
    if (!gone.isEmpty()) {
        m_watcher.removePaths(gone);
    }
    QStringList fresh;
    for (const QString& path : wanted) {
        if (!old.contains(path) && QFileInfo::exists(path)) {
            fresh << path;
        }
    }
    if (!fresh.isEmpty()) {
        m_watcher.addPaths(fresh);
    }
}

} // namespace sheaf::ui
