// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/pipeline_state.h"

#include "core/workspace/disk_check.h"
#include "core/workspace/interpreter.h"
#include "core/workspace/script_check.h"
#include "ui/state/document_state.h"
#include "ui/state/outside_changes.h"
#include "ui/state/settings_state.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <QFileInfo>

#include <algorithm>
#include <set>

namespace sheaf::ui {

namespace {

/// Editors write in several steps; we read when they have settled.
constexpr int kSettleMilliseconds = 150;
/// Who types does not want an interpreter started for every key.
constexpr int kCheckMilliseconds = 300;
/// A full disk is looked at again by itself: who makes room there may do so in this window's own terminal, or by a program that is at work.
constexpr int kDiskMilliseconds = 5000;

/// What the interpreter's findings depend on. Scripts are checked as they are on disk: that is what runs. Of the settings only the flags that
/// the runner adds count, not their values.
QString scriptsKey(const pipeline::Resolved& resolved, const QString& python)
{
    QString key = python + QLatin1Char('\n') + toQt(resolved.spec.jobFile);
    for (const auto& script : resolved.scripts) {
        key += QStringLiteral("\n%1 %2 %3").arg(toQt(script.file)).arg(script.changed).arg(script.codeChanged);
    }
    for (const auto& step : resolved.spec.steps) {
        const auto& settings = step.parallel;
        if (settings.entryScript.empty()) {
            continue;
        }
        key += QStringLiteral("\n%1 %2 %3").arg(toQt(step.name), toQt(settings.code), toQt(settings.entryScript));
        for (std::size_t i = 0; i < settings.generatedArguments.size(); i += 2) {
            key += QLatin1Char(' ') + toQt(settings.generatedArguments[i]);
        }
    }
    return key;
}

std::vector<std::string> codeFolders(const pipeline::RunSpec& spec)
{
    std::set<std::string> folders;
    for (const auto& step : spec.steps) {
        const std::string& code = step.kind == pipeline::StepKind::Parallel ? step.parallel.code : step.command.code;
        if (!code.empty()) {
            folders.insert(code);
        }
    }
    return { folders.begin(), folders.end() };
}

bool areSame(const std::vector<spec::Diagnostic>& a, const std::vector<spec::Diagnostic>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
        [](const spec::Diagnostic& one, const spec::Diagnostic& other) { return spec::diagnosticText(one) == spec::diagnosticText(other); });
}

} // namespace

/// What the resolving thread hands over.
struct PipelineState::Read {
    pipeline::Resolved resolved;
    QString scripts;
};

PipelineState::PipelineState(DocumentState& document, WorkThread& resolver, WorkThread& checker, const SettingsState& settings, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_resolver(resolver)
    , m_checker(checker)
    , m_settings(settings)
    , m_known(std::make_shared<spec::YamlFiles>())
    , m_checkDisk([](const pipeline::RunSpec& spec, const std::string& runDir) { return workspace::checkDisk(spec, runDir); })
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
    connect(&m_checkSoon, &QTimer::timeout, this, &PipelineState::check);
    m_diskAgain.setSingleShot(true);
    m_diskAgain.setInterval(kDiskMilliseconds);
    connect(&m_diskAgain, &QTimer::timeout, this, &PipelineState::checkDisk);
    whenBack(this, [this] { lookAgain(); });
}

void PipelineState::open(const QString& file)
{
    m_file = QFileInfo(file).absoluteFilePath();
    ++m_question;
    m_isReading = false;
    m_snapshot.reset();
    forgetFindings();
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
    forgetFindings();
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
    request.known = m_known;
    m_resolver.ask(
        this,
        [request, python = m_settings.python()] {
            Read read { pipeline::resolve(request), {} };
            read.scripts = scriptsKey(read.resolved, python);
            return read;
        },
        [this, question](Read read) { take(question, std::move(read)); });
}

void PipelineState::lookAgain()
{
    if (!isOpen()) {
        return;
    }
    m_areScriptsDue = true;
    checkDisk();
    reload();
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

void PipelineState::take(int question, Read read)
{
    if (question != m_question) {
        return;
    }
    m_isReading = false;
    m_bare = std::make_shared<const pipeline::Resolved>(std::move(read.resolved));
    m_scripts = read.scripts;
    if (m_areScriptsDue || m_scripts != m_checkedScripts || isDiskDue()) {
        m_checkSoon.start();
    }
    show();
    watch();
    emit changed();
    if (m_isOutdated) {
        reload();
    }
}

/// Of another file, or of none.
void PipelineState::forgetFindings()
{
    m_bare.reset();
    m_checkSoon.stop();
    m_scripts.clear();
    m_checkedScripts.clear();
    m_askedScripts.clear();
    ++m_scriptQuestion;
    m_areScriptsDue = false;
    m_scriptFindings.clear();
    m_diskAgain.stop();
    m_copied.clear();
    m_wasDiskAsked = false;
    ++m_diskQuestion;
    m_diskFindings.clear();
}

/// The file as it was read, and what is known besides. Findings of other scripts or settings are not shown: theirs will come.
void PipelineState::show()
{
    const bool areScriptsTold = m_scripts == m_checkedScripts && !m_scriptFindings.empty();
    if (!areScriptsTold && m_diskFindings.empty()) {
        m_snapshot = m_bare;
        return;
    }
    pipeline::Resolved with = *m_bare;
    if (areScriptsTold) {
        with.diagnostics.insert(with.diagnostics.end(), m_scriptFindings.begin(), m_scriptFindings.end());
    }
    with.diagnostics.insert(with.diagnostics.end(), m_diskFindings.begin(), m_diskFindings.end());
    m_snapshot = std::make_shared<const pipeline::Resolved>(std::move(with));
}

/// Second answers, since they take as long as Python to start: the graph is drawn meanwhile.
void PipelineState::check()
{
    if (!m_bare) {
        return;
    }
    if (m_areScriptsDue || m_scripts != m_checkedScripts) {
        checkScripts();
    } else if (!m_askedScripts.isEmpty() && m_askedScripts != m_scripts) { // they are again as they were checked: what was asked meanwhile is of no use
        ++m_scriptQuestion;
        m_askedScripts.clear();
    }
    if (isDiskDue()) {
        checkDisk();
    }
}

void PipelineState::checkScripts()
{
    if (m_askedScripts == m_scripts && !m_areScriptsDue) {
        return; // that answer is on its way
    }
    m_areScriptsDue = false;
    m_askedScripts = m_scripts;
    m_checker.ask(
        this,
        [bare = m_bare, wanted = toStd(m_settings.python())] {
            const auto python = workspace::findInterpreter(wanted, {});
            return python ? workspace::checkScripts(bare->spec, python->path) : Findings();
        },
        [this, question = ++m_scriptQuestion](Findings findings) {
            if (question != m_scriptQuestion) {
                return;
            }
            const bool isOther = m_checkedScripts == m_askedScripts ? !areSame(findings, m_scriptFindings) : !findings.empty();
            m_checkedScripts = std::exchange(m_askedScripts, {});
            m_scriptFindings = std::move(findings);
            if (m_checkedScripts == m_scripts && isOther) {
                show();
                emit changed();
            }
        });
}

/// What a run would copy is other than when the disk was asked, or the disk was too full.
bool PipelineState::isDiskDue() const
{
    return !m_wasDiskAsked || !m_diskFindings.empty() || codeFolders(m_bare->spec) != m_copied;
}

void PipelineState::checkDisk()
{
    if (!m_bare) {
        return;
    }
    m_wasDiskAsked = true;
    m_copied = codeFolders(m_bare->spec);
    m_checker.ask(
        this, [bare = m_bare, runDir = nextRunDir(), check = m_checkDisk] { return check(bare->spec, runDir); },
        [this, question = ++m_diskQuestion](Findings findings) {
            if (question != m_diskQuestion) {
                return;
            }
            const bool isOther = !areSame(findings, m_diskFindings);
            m_diskFindings = std::move(findings);
            if (!m_diskFindings.empty()) {
                m_diskAgain.start();
            }
            if (isOther) {
                show();
                emit changed();
            }
        });
}

void PipelineState::watch()
{
    QStringList wanted;
    if (m_bare) {
        for (const auto& file : m_bare->files) {
            wanted << toQt(file);
        }
        for (const auto& script : m_bare->scripts) {
            wanted << toQt(script.file);
        }
        for (const auto& folder : codeFolders(m_bare->spec)) { // a script that is missing may come
            wanted << toQt(folder);
        }
    }
    if (!m_file.isEmpty()) {
        wanted << m_file << QFileInfo(m_file).absolutePath();
    }
    watchOnly(m_watcher, wanted);
}

} // namespace sheaf::ui
