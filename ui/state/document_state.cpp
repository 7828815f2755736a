// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/document_state.h"

#include "core/base/line_diff.h"
#include "core/base/paths.h"
#include "core/edit/pipeline_edit.h"
#include "core/workspace/workspace.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>
#include <QSaveFile>
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

QString tidy(const QString& file)
{
    return toQt(toPath(QFileInfo(file).absoluteFilePath()).lexically_normal());
}

QString draftFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/drafts");
}

QString draftName(const QString& jobFile)
{
    return QString::fromLatin1(QCryptographicHash::hash(jobFile.toUtf8(), QCryptographicHash::Sha1).toHex().left(20));
}

bool writeWhole(const QString& file, const QByteArray& bytes)
{
    QDir().mkpath(QFileInfo(file).absolutePath());
    QSaveFile out(file);
    return out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit();
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
            m_state.setNotes(*after);
        }
        m_state.touched();
    }

    void undo() override
    {
        for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
            m_state.change(change->file, change->back);
        }
        if (before) {
            m_state.setNotes(*before);
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

DocumentState::DocumentState(WorkThread& worker, QObject* parent)
    : QObject(parent)
    , m_worker(worker)
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
    m_jobFile = tidy(jobFile);
    if (hold(m_jobFile) == nullptr) {
        emit failed({ ErrorCode::NotFound, { { "path", toStd(m_jobFile) } } });
    }
    readNotes();
    findDraft();
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
    if (m_draftTimer.isActive()) {
        m_draftTimer.stop();
        keepDraft();
    }
    m_jobFile.clear();
    m_undo.clear();
    m_held.clear();
    m_shared.reset();
    m_draft.clear();
    m_canvas = {};
    m_lock.reset();
    if (const QStringList watched = m_watcher.files(); !watched.isEmpty()) {
        m_watcher.removePaths(watched);
    }
    m_wasDirty = false;
    m_hasKeptDraft = false;
    emit closed();
}

DocumentState::Held* DocumentState::hold(const QString& file)
{
    const QString name = tidy(file);
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
        if (!part.patches.empty() && edit::patched(held->text, part.patches) != held->text) {
            step->changes.push_back({ tidy(part.file), part.patches, edit::inverseOf(held->text, part.patches) });
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

void DocumentState::setNotes(const CanvasNotes& notes)
{
    m_canvas = notes;
    keepNotes();
    emit canvasChanged();
}

/// After every change: drafts, and the mark of what is not saved.
void DocumentState::touched()
{
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
    const auto found = m_held.find(tidy(file));
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

bool DocumentState::save()
{
    bool all = true;
    for (const QString& file : dirtyFiles()) {
        Held& held = m_held[file];
        onDiskChanged(file); // the watcher may not have told yet
        if (held.isBesides) {
            all = false;
            continue;
        }
        // A link stays one: what it leads to is written.
        std::error_code error;
        const auto real = std::filesystem::weakly_canonical(toPath(file), error);
        const auto target = error ? toPath(file) : real;
        const auto mode = std::filesystem::status(target, error).permissions();
        if (auto written = paths::writeFile(target, held.text); !written) {
            emit failed(written.error());
            all = false;
            continue;
        }
        if (mode != std::filesystem::perms::unknown && mode != std::filesystem::perms::none) {
            std::filesystem::permissions(target, mode, error);
        }
        held.saved = held.text;
        m_watcher.addPath(file); // a file that was replaced is no longer watched
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
    if (auto written = paths::writeFile(toPath(tidy(jobFile)), held->text); !written) {
        emit failed(written.error());
        return false;
    }
    const CanvasNotes notes = m_canvas;
    discardDraft();
    open(jobFile);
    setNotes(notes);
    return true;
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
        touched();
        emit dirtyChanged();
        return;
    }
    m_watcher.addPath(file);
    if (*bytes == held.saved || (held.isBesides && *bytes == held.theirs)) {
        return;
    }
    if (*bytes == held.text) { // the same change was made there
        held.saved = *bytes;
        held.isBesides = false;
        touched();
        emit dirtyChanged();
        return;
    }
    if (held.text != held.saved) {
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
    const auto found = m_held.find(tidy(file));
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
    const std::string theirs = std::move(held.theirs);
    held.saved = theirs;
    held.isBesides = false;
    held.theirs.clear();
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

/// One file per job file and session: two windows on one file do not write over each other's draft.
QString DocumentState::draftFile() const
{
    return QStringLiteral("%1/%2-%3.json").arg(draftFolder(), draftName(m_jobFile)).arg(QCoreApplication::applicationPid());
}

void DocumentState::keepDraft()
{
    if (m_jobFile.isEmpty()) {
        return;
    }
    const QString file = draftFile();
    QJsonObject texts;
    for (const QString& name : dirtyFiles()) {
        texts[name] = QString::fromLatin1(QByteArray::fromStdString(m_held[name].text).toBase64());
    }
    if (texts.isEmpty()) {
        QFile::remove(file);
        m_hasKeptDraft = false;
        return;
    }
    if (!m_lock) {
        QDir().mkpath(draftFolder());
        m_lock = std::make_unique<QLockFile>(file + QStringLiteral(".lock"));
        m_lock->setStaleLockTime(0); // held as long as this process lives
        m_lock->tryLock(0);
    }
    m_hasKeptDraft = true;
    writeWhole(file, QJsonDocument(QJsonObject { { QStringLiteral("jobFile"), m_jobFile }, { QStringLiteral("texts"), texts } }).toJson());
}

void DocumentState::findDraft()
{
    const QDir folder(draftFolder());
    for (const QString& name : folder.entryList({ draftName(m_jobFile) + QStringLiteral("-*.json") }, QDir::Files, QDir::Time)) {
        QLockFile lock(folder.filePath(name) + QStringLiteral(".lock"));
        lock.setStaleLockTime(0);
        if (!lock.tryLock(0)) {
            continue; // its writer lives
        }
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly)) {
            continue;
        }
        const QJsonObject texts = QJsonDocument::fromJson(file.readAll()).object()[QStringLiteral("texts")].toObject();
        for (auto text = texts.begin(); text != texts.end(); ++text) {
            const std::string bytes = QByteArray::fromBase64(text->toString().toLatin1()).toStdString();
            const std::string* now = this->text(text.key());
            if (now != nullptr && *now != bytes) {
                m_draft.emplace(text.key(), bytes);
            }
        }
        if (!m_draft.empty()) {
            m_draftSource = file.fileName();
            return;
        }
        file.remove(); // says what is on disk already
    }
}

void DocumentState::restoreDraft()
{
    Gesture gesture { tr("Restore unsaved changes"), {}, {}, {} };
    for (const auto& [file, bytes] : m_draft) {
        if (const std::string* now = text(file)) {
            gesture.parts.push_back({ file, difference(*now, bytes) });
        }
    }
    const QString source = m_draftSource;
    m_draft.clear();
    apply(gesture);
    keepDraft(); // before the old one goes
    if (source != draftFile()) {
        QFile::remove(source);
    }
}

void DocumentState::discardDraft()
{
    if (!m_draft.empty()) {
        m_draft.clear();
        QFile::remove(m_draftSource);
        return;
    }
    m_draftTimer.stop();
    QFile::remove(draftFile());
    m_hasKeptDraft = false;
}

/// In the workspace around the job file: a .sheaf/ of its own would make the folder a workspace.
QString DocumentState::notesFile() const
{
    const auto path = toPath(m_jobFile);
    const auto folder = workspace::Workspace::around(path).folder();
    QString name = toQt(path.lexically_relative(folder));
    name.replace(QLatin1Char('/'), QLatin1Char('_'));
    return toQt(folder / ".sheaf" / "canvas" / toPath(name + QStringLiteral(".json")));
}

void DocumentState::readNotes()
{
    QFile file(notesFile());
    m_canvas = file.open(QIODevice::ReadOnly) ? CanvasNotes::fromJson(file.readAll()) : CanvasNotes {};
}

void DocumentState::keepNotes()
{
    m_worker.ask(
        this, [file = notesFile(), bytes = m_canvas.toJson()] { return writeWhole(file, bytes); }, [](bool) { });
}

} // namespace sheaf::ui
