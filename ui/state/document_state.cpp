// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/document_state.h"

#include "core/base/line_diff.h"
#include "core/base/paths.h"
#include "core/edit/pipeline_edit.h"
#include "core/workspace/workspace.h"
#include "ui/state/local_file.h"
#include "ui/text/convert.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>
#include <QSet>
#include <QStandardPaths>
#include <QUndoCommand>

namespace sheaf::ui {

namespace {

/// Editors write in several steps; we look when they have settled.
constexpr int kSettleMilliseconds = 150;
/// A draft is at most so old when the program is killed.
constexpr int kDraftMilliseconds = 250;
/// Later typing is a step of its own.
constexpr qint64 kMergeMilliseconds = 1000;

QString draftFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/drafts");
}

QString draftName(const QString& jobFile)
{
    return QString::fromLatin1(QCryptographicHash::hash(jobFile.toUtf8(), QCryptographicHash::Sha1).toHex().left(20));
}

/// In the workspace around the job file: a .sheaf/ of its own would make the folder a workspace.
QString notesFile(const QString& jobFile)
{
    const auto path = toPath(jobFile);
    const auto folder = workspace::Workspace::around(path).folder();
    QString name = toQt(path.lexically_relative(folder));
    name.replace(QLatin1Char('/'), QLatin1Char('_'));
    return toQt(folder / ".sheaf" / "canvas" / toPath(name + QStringLiteral(".json")));
}

std::optional<CanvasNotes> readNotes(const QString& jobFile)
{
    QFile file(notesFile(jobFile));
    return file.open(QIODevice::ReadOnly) ? std::optional(CanvasNotes::fromJson(file.readAll())) : std::nullopt;
}

QJsonValue toJson(const std::string& bytes)
{
    return QString::fromLatin1(QByteArray::fromStdString(bytes).toBase64()); // any bytes, not only text
}

std::string fromJson(const QJsonValue& value)
{
    return QByteArray::fromBase64(value.toString().toLatin1()).toStdString();
}

/// In order and within the text, as it is for the text that they were made for.
bool fits(const std::string& text, const std::vector<edit::TextPatch>& patches)
{
    std::size_t at = 0;
    for (const auto& patch : patches) {
        if (patch.begin < at || patch.end < patch.begin || patch.end > text.size()) {
            return false;
        }
        at = patch.end;
    }
    return true;
}

} // namespace

/// One gesture on the stack: what to do and how to take it back, as values.
class DocumentState::Step : public QUndoCommand
{
public:
    struct Change {
        QString file;
        std::vector<edit::TextPatch> forth;
        std::vector<edit::TextPatch> back;
    };

    Step(DocumentState& state, const QString& title, QString mergeKey, bool mergesLate = false)
        : QUndoCommand(title)
        , m_state(state)
        , m_mergeKey(std::move(mergeKey))
        , m_mergesLate(mergesLate)
        , m_at(QDateTime::currentMSecsSinceEpoch())
    {
    }

    void redo() override
    {
        for (const Change& change : changes) {
            m_state.change(change.file, change.forth);
        }
        if (after) {
            m_state.changeNotes(*before, *after);
        }
        m_state.touched();
    }

    void undo() override
    {
        for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
            m_state.change(change->file, change->back);
        }
        if (before) {
            m_state.changeNotes(*after, *before);
        }
        m_state.touched();
    }

    [[nodiscard]] int id() const override { return m_mergeKey.isEmpty() ? -1 : 1; }

    bool mergeWith(const QUndoCommand* other) override
    {
        const auto* next = static_cast<const Step*>(other); // same id: same class
        if (next->m_mergeKey != m_mergeKey || (!m_mergesLate && next->m_at - m_at > kMergeMilliseconds)) {
            return false;
        }
        changes.insert(changes.end(), next->changes.begin(), next->changes.end());
        if (next->after) {
            before = before ? before : next->before;
            after = next->after;
        }
        m_at = next->m_at;
        setText(next->text());
        return true;
    }

    std::vector<Change> changes;
    std::optional<CanvasNotes> before;
    std::optional<CanvasNotes> after;

private:
    DocumentState& m_state;
    QString m_mergeKey;
    bool m_mergesLate;
    qint64 m_at;
};

DocumentState::DocumentState(QObject* parent)
    : QObject(parent)
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMilliseconds);
    m_draftTimer.setSingleShot(true);
    m_draftTimer.setInterval(kDraftMilliseconds);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, [this](const QString& file) {
        m_suspects << file;
        m_settle.start();
    });
    connect(&m_settle, &QTimer::timeout, this, [this] {
        const QStringList files = std::exchange(m_suspects, {});
        for (const QString& file : QSet<QString>(files.begin(), files.end())) {
            onDiskChanged(file);
        }
    });
    connect(&m_draftTimer, &QTimer::timeout, this, &DocumentState::keepDraft);
}

DocumentState::~DocumentState()
{
    leaveDraft();
    m_undo.clear(); // its steps name this object
}

std::vector<edit::TextPatch> DocumentState::difference(const std::string& before, const std::string& after)
{
    if (before == after) {
        return {};
    }
    const std::size_t shorter = std::min(before.size(), after.size());
    std::size_t head = 0;
    while (head < shorter && before[head] == after[head]) {
        ++head;
    }
    std::size_t tail = 0;
    while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
        ++tail;
    }
    return { { head, before.size() - tail, after.substr(head, after.size() - tail - head) } };
}

void DocumentState::open(const QString& jobFile)
{
    close();
    m_jobFile = tidyPath(jobFile);
    if (hold(m_jobFile) == nullptr) {
        emit failed({ ErrorCode::NotFound, { { "path", toStd(m_jobFile) } } });
    }
    m_canvas = m_keptCanvas = readNotes(m_jobFile).value_or(CanvasNotes {});
    findDraft();
    nameDraft();
    emit opened();
    if (hasDraft()) {
        emit draftFound();
    }
}

void DocumentState::close()
{
    if (m_jobFile.isEmpty()) {
        return;
    }
    leaveDraft();
    m_jobFile.clear();
    m_undo.clear();
    m_held.clear();
    m_shared.reset();
    m_offered = {};
    m_canvas = m_keptCanvas = {};
    m_saidNotes = m_saidDraft = false;
    m_lock.reset();
    if (const QStringList watched = m_watcher.files(); !watched.isEmpty()) {
        m_watcher.removePaths(watched);
    }
    m_wasDirty = false;
    m_hasKeptDraft = false;
    m_mayForget = false;
    emit closed();
}

DocumentState::Held* DocumentState::hold(const QString& file)
{
    const QString name = tidyPath(file);
    if (const auto found = m_held.find(name); found != m_held.end()) {
        return &found->second;
    }
    auto bytes = paths::readFile(toPath(name));
    if (!bytes || QFileInfo(name).isDir()) {
        return nullptr;
    }
    m_watcher.addPath(name);
    m_shared.reset();
    return &m_held.emplace(name, Held { *bytes, *bytes, false, {} }).first->second;
}

const std::string* DocumentState::text(const QString& file)
{
    const Held* held = hold(file);
    return held == nullptr ? nullptr : &held->text;
}

const std::string* DocumentState::savedText(const QString& file)
{
    const Held* held = hold(file);
    return held == nullptr ? nullptr : &held->saved;
}

spec::SharedTexts DocumentState::texts() const
{
    if (!m_shared) {
        spec::FileTexts all;
        for (const auto& [file, held] : m_held) {
            all.emplace(toStd(file), held.text);
        }
        m_shared = std::make_shared<const spec::FileTexts>(std::move(all));
    }
    return m_shared;
}

// ---- changes ------------------------------------------------------------------------------------

void DocumentState::apply(const Gesture& gesture)
{
    auto step = std::make_unique<Step>(*this, gesture.title, gesture.mergeKey, gesture.mergesLate);
    for (const auto& part : gesture.parts) {
        const Held* held = hold(part.file);
        if (held == nullptr) {
            emit failed({ ErrorCode::NotFound, { { "path", toStd(part.file) } } });
            return;
        }
        if (!fits(held->text, part.patches)) {
            emit failed({ ErrorCode::Invalid, { { "what", toStd(QFileInfo(part.file).fileName()) }, { "found", "changed meanwhile" }, { "allowed", "this was worked out for an older text: do it again" } } });
            return;
        }
        if (!part.patches.empty() && edit::patched(held->text, part.patches) != held->text) {
            step->changes.push_back({ tidyPath(part.file), part.patches, edit::inverseOf(held->text, part.patches) });
        }
    }
    if (gesture.canvas && *gesture.canvas != m_canvas) {
        step->before = m_canvas;
        step->after = gesture.canvas;
    }
    if (!step->changes.empty() || step->after) {
        m_undo.push(step.release());
    }
}

bool DocumentState::rewrite(const QString& title, const QString& file, const std::string& text, const QString& mergeKey)
{
    const Held* held = hold(file);
    if (held == nullptr) {
        emit failed({ ErrorCode::NotFound, { { "path", toStd(file) } } });
        return false;
    }
    apply({ title, { { file, difference(held->text, text) } }, {}, mergeKey });
    return true;
}

bool DocumentState::rewrite(const QString& title, const Result<std::string>& text)
{
    if (!text) {
        emit failed(text.error());
        return false;
    }
    return rewrite(title, m_jobFile, *text);
}

bool DocumentState::edit(const QString& title, const QString& file, const std::vector<edit::Edit>& edits, const QString& mergeKey)
{
    const Held* held = hold(file);
    if (held == nullptr) {
        emit failed({ ErrorCode::NotFound, { { "path", toStd(file) } } });
        return false;
    }
    std::string text = held->text;
    for (const auto& one : edits) {
        const auto patches = edit::patchesFor(spec::parseYaml(spec::SourceText(toStd(file), text)), one);
        if (!patches) {
            emit failed(patches.error());
            return false;
        }
        text = edit::patched(text, *patches);
    }
    return rewrite(title, file, text, mergeKey);
}

void DocumentState::setCanvas(const QString& title, const CanvasNotes& notes, const QString& mergeKey)
{
    apply({ title, {}, notes, mergeKey });
}

Result<void> DocumentState::renameStep(const QString& from, const QString& to, const std::optional<QPointF>& place)
{
    if (from == to) {
        return {};
    }
    const std::string* now = text(m_jobFile);
    if (now == nullptr) {
        return fail(ErrorCode::NotFound, { { "path", toStd(m_jobFile) } });
    }
    return rename(tr("Rename %1 → %2").arg(from, to), edit::withStepRenamed(*now, toStd(from), toStd(to)), from, to, place);
}

Result<void> DocumentState::renamePipelinePort(bool isInput, const QString& from, const QString& to, const std::optional<QPointF>& place)
{
    if (from == to) {
        return {};
    }
    const std::string* now = text(m_jobFile);
    if (now == nullptr) {
        return fail(ErrorCode::NotFound, { { "path", toStd(m_jobFile) } });
    }
    return rename(tr("Rename %1 → %2").arg(from, to), edit::withPipelinePortRenamed(*now, isInput, toStd(from), toStd(to)), CanvasNotes::portNode(isInput, from),
        CanvasNotes::portNode(isInput, to), place);
}

Result<void> DocumentState::rename(
    const QString& title, const Result<std::string>& text, const QString& fromNode, const QString& toNode, const std::optional<QPointF>& place)
{
    if (!text) {
        return tl::unexpected(text.error());
    }
    CanvasNotes notes = m_canvas;
    notes.rename(fromNode, toNode);
    if (place) {
        notes.places[toNode] = *place;
    }
    apply({ title, { { m_jobFile, difference(*this->text(m_jobFile), *text) } }, notes, {} });
    return {};
}

void DocumentState::change(const QString& file, const std::vector<edit::TextPatch>& patches)
{
    const auto found = m_held.find(file);
    if (found == m_held.end()) {
        return;
    }
    found->second.text = edit::patched(found->second.text, patches);
    m_shared.reset();
    emit textChanged(file, patches);
}

/// What another window did meanwhile stays: only what differs between the two is changed.
void DocumentState::changeNotes(const CanvasNotes& before, const CanvasNotes& after)
{
    m_canvas = CanvasNotes::merged(before, after, m_canvas);
    keepNotes();
    emit canvasChanged();
}

/// After every change: drafts, and the mark of what is not saved.
void DocumentState::touched()
{
    m_mayForget = false;
    const bool dirty = isDirty();
    if (dirty || m_hasKeptDraft) {
        if (!m_draftTimer.isActive()) {
            m_draftTimer.start();
        }
    }
    if (dirty || dirty != m_wasDirty) {
        m_wasDirty = dirty;
        emit dirtyChanged();
    }
}

bool DocumentState::isDirty() const
{
    return std::any_of(m_held.begin(), m_held.end(), [](const auto& held) { return held.second.text != held.second.saved || held.second.isBesides; });
}

bool DocumentState::isDirty(const QString& file) const
{
    const auto found = m_held.find(tidyPath(file));
    return found != m_held.end() && (found->second.text != found->second.saved || found->second.isBesides);
}

QStringList DocumentState::dirtyFiles() const
{
    QStringList files;
    for (const auto& [file, held] : m_held) {
        if (held.text != held.saved || held.isBesides) { // what another program wrote besides is no answer to Save
            files << file;
        }
    }
    return files;
}

// ---- disk ---------------------------------------------------------------------------------------

bool DocumentState::saveFile(const QString& file)
{
    onDiskChanged(file); // the watcher may not have told yet
    Held& held = m_held[file];
    if (held.isBesides) {
        return false;
    }
    if (auto written = paths::overwriteFile(toPath(file), held.text); !written) {
        emit failed(written.error());
        return false;
    }
    held.saved = held.text;
    m_watcher.addPath(file); // a file that was replaced is no longer watched
    return true;
}

bool DocumentState::save()
{
    bool all = true;
    for (const QString& file : dirtyFiles()) {
        all = saveFile(file) && all;
    }
    if (all) {
        m_undo.setClean();
    }
    touched();
    emit dirtyChanged();
    return all;
}

bool DocumentState::saveAs(const QString& jobFile)
{
    const Held* held = hold(m_jobFile);
    if (held == nullptr) {
        return false;
    }
    bool all = true;
    for (const QString& file : dirtyFiles()) {
        all = (file == m_jobFile || saveFile(file)) && all; // the job file stays as it is on disk: its changes go into the other
    }
    touched();
    emit dirtyChanged();
    if (!all) {
        return false;
    }
    const QString other = tidyPath(jobFile);
    if (auto written = paths::overwriteFile(toPath(other), held->text); !written) {
        emit failed(written.error());
        return false;
    }
    if (auto written = writeWhole(notesFile(other), m_canvas.toJson()); !written) {
        // The boxes lie elsewhere then: no reason to stay. Told when the other file is open, for opening clears what was said.
        QMetaObject::invokeMethod(this, [this, error = written.error()] { emit failed(error); }, Qt::QueuedConnection);
    }
    discardOnClose();
    return true;
}

/// What is here is told from what is on disk again: no other side is left.
void DocumentState::endConflict(const QString& file, Held& held)
{
    if (std::exchange(held.isBesides, false)) {
        held.theirs.clear();
        emit conflictOver(file);
    }
}

void DocumentState::onDiskChanged(const QString& file)
{
    const auto found = m_held.find(file);
    if (found == m_held.end()) {
        return;
    }
    Held& held = found->second;
    const auto bytes = paths::readFile(toPath(file));
    if (!bytes) {
        held.saved.clear(); // taken away: what is here is all there is now, and counts as unsaved
        endConflict(file, held);
        touched();
        emit dirtyChanged();
        return;
    }
    m_watcher.addPath(file);
    if (held.isBesides ? *bytes == held.theirs : *bytes == held.saved) {
        return;
    }
    if (*bytes == held.saved || *bytes == held.text) { // they took their change back, or made the same
        held.saved = *bytes;
        endConflict(file, held);
        touched();
        emit dirtyChanged();
        return;
    }
    if (held.text != held.saved || held.isBesides) {
        held.isBesides = true;
        held.theirs = *bytes;
        emit conflictFound(file);
        return;
    }
    // A step of undo as well: earlier steps are patches of the text that was, and nothing is lost.
    held.saved = *bytes;
    auto step = std::make_unique<Step>(*this, tr("Change of %1 by another program").arg(QFileInfo(file).fileName()), QString());
    const auto patches = difference(held.text, *bytes);
    step->changes.push_back({ file, patches, edit::inverseOf(held.text, patches) });
    m_undo.push(step.release());
    emit dirtyChanged();
    emit reloaded(file);
}

QStringList DocumentState::conflicts() const
{
    QStringList files;
    for (const auto& [file, held] : m_held) {
        if (held.isBesides) {
            files << file;
        }
    }
    return files;
}

bool DocumentState::settle(const QString& file, Choice choice)
{
    const auto found = m_held.find(tidyPath(file));
    if (found == m_held.end() || !found->second.isBesides) {
        return true;
    }
    Held& held = found->second;
    std::string wanted = held.text;
    if (choice == Choice::Theirs) {
        wanted = held.theirs;
    } else if (choice == Choice::Both) {
        auto both = text::merged(held.saved, held.text, held.theirs);
        if (!both) {
            return false;
        }
        wanted = std::move(*both);
    }
    const std::string theirs = held.theirs;
    held.saved = theirs;
    endConflict(found->first, held);
    const QString name = QFileInfo(file).fileName();
    if (choice == Choice::Mine) { // theirs is a step of undo away
        const std::string mine = held.text;
        rewrite(tr("Text of %1 on disk").arg(name), file, theirs);
        rewrite(tr("Keep %1 as it was here").arg(name), file, mine);
    } else {
        rewrite(choice == Choice::Theirs ? tr("Take %1 from disk").arg(name) : tr("Merge %1 with the disk").arg(name), file, wanted);
    }
    touched();
    emit dirtyChanged();
    return true;
}

// ---- drafts and notes ---------------------------------------------------------------------------

/// One file per job file and session: two windows on one file do not write over each other's draft, and none over one that is still offered.
void DocumentState::nameDraft()
{
    const QString head = QStringLiteral("%1/%2-%3").arg(draftFolder(), draftName(m_jobFile)).arg(QCoreApplication::applicationPid());
    m_draftFile = head + QStringLiteral(".json");
    for (int i = 2; QFile::exists(m_draftFile) || QFile::exists(m_draftFile + QStringLiteral(".lock")); ++i) { // numbers of processes come again
        m_draftFile = QStringLiteral("%1-%2.json").arg(head).arg(i);
    }
}

void DocumentState::keepDraft()
{
    if (m_jobFile.isEmpty()) {
        return;
    }
    QJsonObject texts;
    for (const QString& name : dirtyFiles()) {
        const Held& held = m_held[name];
        texts[name] = QJsonObject { { QStringLiteral("text"), toJson(held.text) }, { QStringLiteral("base"), toJson(held.saved) } };
    }
    if (texts.isEmpty()) {
        QFile::remove(m_draftFile);
        m_hasKeptDraft = false;
        return;
    }
    if (!m_lock) {
        QDir().mkpath(draftFolder());
        m_lock = std::make_unique<QLockFile>(m_draftFile + QStringLiteral(".lock"));
        m_lock->setStaleLockTime(0); // held as long as this process lives
        m_lock->tryLock(0);
    }
    m_hasKeptDraft = true;
    const QJsonObject all { { QStringLiteral("jobFile"), m_jobFile }, { QStringLiteral("texts"), texts } };
    if (auto written = writeWhole(m_draftFile, QJsonDocument(all).toJson()); !written && !std::exchange(m_saidDraft, true)) {
        emit failed(written.error()); // once: it is tried again at every change
    }
}

/// The last word about this session's draft, before the file is closed.
void DocumentState::leaveDraft()
{
    const bool isDue = m_draftTimer.isActive();
    m_draftTimer.stop();
    if (m_mayForget) {
        QFile::remove(m_draftFile);
    } else if (isDue) {
        keepDraft();
    }
}

void DocumentState::findDraft()
{
    const QDir folder(draftFolder());
    for (const QString& name : folder.entryList({ draftName(m_jobFile) + QStringLiteral("-*.json") }, QDir::Files, QDir::Time)) {
        QLockFile lock(folder.filePath(name) + QStringLiteral(".lock"));
        lock.setStaleLockTime(0);
        qint64 writer = 0;
        QString host;
        QString program;
        // Numbers of processes come again: one of ours that this process does not hold was left by another.
        const auto isLeft = [&] { return lock.getLockInfo(&writer, &host, &program) && writer == QCoreApplication::applicationPid() && lock.removeStaleLockFile() && lock.tryLock(0); };
        if (!lock.tryLock(0) && !isLeft()) {
            continue; // its writer lives
        }
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly)) {
            continue;
        }
        const QJsonObject texts = QJsonDocument::fromJson(file.readAll()).object()[QStringLiteral("texts")].toObject();
        bool isUnderstood = true;
        for (auto entry = texts.begin(); entry != texts.end(); ++entry) {
            const QJsonObject kept = entry->toObject();
            const std::string* now = this->text(entry.key());
            Draft::Text text;
            if (entry->isString()) { // as drafts were first: they did not say what they began from
                text = { fromJson(*entry), now != nullptr ? *now : std::string() };
            } else if (kept.contains(QStringLiteral("text"))) {
                text = { fromJson(kept[QStringLiteral("text")]), fromJson(kept[QStringLiteral("base")]) };
            } else {
                isUnderstood = false;
                continue;
            }
            if (now == nullptr || *now != text.text) {
                m_offered.texts.emplace(entry.key(), std::move(text));
            }
        }
        if (hasDraft()) {
            m_offered.source = file.fileName();
            return;
        }
        if (isUnderstood) {
            file.remove(); // says what is on disk already
        }
    }
}

void DocumentState::restoreDraft()
{
    const Draft draft = std::exchange(m_offered, {});
    Gesture gesture { tr("Restore unsaved changes"), {}, {}, {} };
    QStringList conflicts;
    for (const auto& [file, kept] : draft.texts) {
        if (hold(file) == nullptr) { // deleted meanwhile: it is there again when it is saved
            m_held.emplace(file, Held {});
            gesture.parts.push_back({ file, difference({}, kept.text) });
            continue;
        }
        onDiskChanged(file);
        Held& held = m_held[file];
        const std::string disk = held.isBesides ? held.theirs : held.saved;
        if (disk != kept.base && disk != kept.text) { // written since: what is restored must not cover it unasked
            held.saved = kept.base;
            held.theirs = disk;
            held.isBesides = true;
            conflicts << file;
        }
        gesture.parts.push_back({ file, difference(held.text, kept.text) });
    }
    apply(gesture);
    touched();
    keepDraft(); // before the old one goes
    QFile::remove(draft.source);
    for (const QString& file : conflicts) {
        emit conflictFound(file);
    }
}

void DocumentState::discardDraft()
{
    if (hasDraft()) {
        QFile::remove(std::exchange(m_offered, {}).source);
    }
}

/// At once: they are small, and who closes the window has moved the last box by then.
void DocumentState::keepNotes()
{
    if (const auto disk = readNotes(m_jobFile)) {
        m_canvas = CanvasNotes::merged(m_keptCanvas, m_canvas, *disk); // another window may have written them
    }
    const auto written = writeWhole(notesFile(m_jobFile), m_canvas.toJson());
    if (written) {
        m_keptCanvas = m_canvas;
    } else if (!m_saidNotes) {
        emit failed(written.error());
    }
    m_saidNotes = !written;
}

} // namespace sheaf::ui
