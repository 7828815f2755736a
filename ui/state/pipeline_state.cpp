// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/pipeline_state.h"

#include "core/pipeline/entry_script.h"
#include "core/workspace/disk_check.h"
#include "core/workspace/interpreter.h"
#include "core/workspace/script_check.h"
#include "ui/state/document_state.h"
#include "ui/state/settings_state.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <QDateTime>
#include <QFileInfo>

namespace sheaf::ui {

namespace {

/// Editors write in several steps; we read when they have settled.
constexpr int kSettleMilliseconds = 150;
/// Who types does not want an interpreter started for every key.
constexpr int kCheckMilliseconds = 300;

} // namespace

PipelineState::PipelineState(DocumentState& document, WorkThread& resolver, WorkThread& checker, const SettingsState& settings, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_resolver(resolver)
    , m_checker(checker)
    , m_settings(settings)
{
    connect(&settings, &SettingsState::changed, this, &PipelineState::reload);
    connect(&document, &DocumentState::textChanged, this, [this] {
        emit edited();
        reload();
    });
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMilliseconds);
    connect(&m_settle, &QTimer::timeout, this, &PipelineState::reload);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settle, qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_settle, qOverload<>(&QTimer::start));
    m_checkSoon.setSingleShot(true);
    m_checkSoon.setInterval(kCheckMilliseconds);
    connect(&m_checkSoon, &QTimer::timeout, this, &PipelineState::checkScripts);
}

void PipelineState::open(const QString& file)
{
    m_file = QFileInfo(file).absoluteFilePath();
    ++m_question;
    m_isReading = false;
    m_snapshot.reset();
    m_scriptFindings.clear();
    m_checkedScripts.clear();
    m_document.open(m_file);
    m_file = m_document.jobFile();
    emit opened();
    reload();
}

void PipelineState::close()
{
    ++m_question;
    m_isReading = false;
    m_file.clear();
    m_snapshot.reset();
    m_document.close();
    watch();
    emit closed();
}

/// One at a time: what changes meanwhile is read once more when the answer is there.
void PipelineState::reload()
{
    if (m_file.isEmpty()) {
        return;
    }
    m_isOutdated = m_isReading;
    if (m_isReading) {
        return;
    }
    m_isReading = true;
    const int question = ++m_question;
    pipeline::ResolveRequest request;
    request.jobFile = toPath(m_file);
    request.runDir = nextRunDir();
    request.texts = m_document.texts();
    m_resolver.ask(
        this, [request] { return pipeline::resolve(request); },
        [this, question](pipeline::Resolved resolved) { take(question, std::move(resolved)); });
}

std::string PipelineState::nextRunDir() const
{
    return (toPath(m_file).parent_path() / ".sheaf" / "runs" / "next").string();
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
    m_isReading = false;
    m_snapshot = std::make_shared<const pipeline::Resolved>(std::move(resolved));
    if (scriptsKey() == m_checkedScripts) {
        addScriptFindings();
    } else {
        m_checkSoon.start();
    }
    watch();
    emit changed();
    if (m_isOutdated) {
        reload();
    }
}

/// What the interpreter's findings depend on. Scripts are checked as they are on disk: that is what runs.
QString PipelineState::scriptsKey() const
{
    QString key = m_settings.python();
    for (const auto& step : m_snapshot->spec.steps) {
        if (const auto script = pipeline::findEntryScript(step.parallel.code, step.parallel.entryScript); !script.empty()) {
            const QFileInfo info(toQt(script));
            key += QStringLiteral("\n%1 %2 %3 %4").arg(toQt(step.name), info.filePath()).arg(info.lastModified().toMSecsSinceEpoch()).arg(info.size());
        }
    }
    return key;
}

void PipelineState::addScriptFindings()
{
    if (!m_scriptFindings.empty()) {
        pipeline::Resolved with = *m_snapshot;
        with.diagnostics.insert(with.diagnostics.end(), m_scriptFindings.begin(), m_scriptFindings.end());
        m_snapshot = std::make_shared<const pipeline::Resolved>(std::move(with));
    }
}

/// A second answer, since it takes as long as Python to start: the graph is drawn meanwhile.
void PipelineState::checkScripts()
{
    if (!m_snapshot) {
        return;
    }
    const QString key = scriptsKey();
    m_checker.ask(
        this,
        [snapshot = m_snapshot, wanted = toStd(m_settings.python()), runDir = nextRunDir()] {
            const auto python = workspace::findInterpreter(wanted, {});
            auto findings = python ? workspace::checkScripts(snapshot->spec, python->path) : std::vector<spec::Diagnostic>();
            for (auto& finding : workspace::checkDisk(snapshot->spec, runDir)) {
                findings.push_back(std::move(finding));
            }
            return findings;
        },
        [this, key](std::vector<spec::Diagnostic> findings) {
            if (!m_snapshot || key != scriptsKey()) {
                return; // asked again already
            }
            m_checkedScripts = key;
            m_scriptFindings = std::move(findings);
            if (!m_scriptFindings.empty()) {
                addScriptFindings();
                emit changed();
            }
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
