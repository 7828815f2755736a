// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/error.h"
#include "core/edit/edit.h"
#include "core/spec/file_texts.h"
#include "ui/state/canvas_notes.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>
#endif

#include <QFileSystemWatcher>
#include <QLockFile>
#include <QObject>
#include <QTimer>
#include <QUndoStack>

namespace sheaf::ui {

class WorkThread;

/// What one gesture changes: texts of files, and where things lie on the canvas. One gesture is one step of undo.
struct Gesture {
    QString title; // "Set mini_batch_size of score → 20"; named in the menu
    struct Part {
        QString file; // absolute
        std::vector<edit::TextPatch> patches; // against the text that text(file) gives
    };
    std::vector<Part> parts;
    std::optional<CanvasNotes> canvas; // all notes as they are to be
    /// Not "": merges with the last step when that has the same key and is not older than a second (typing, arrow keys).
    QString mergeKey;
    bool mergesLate = false; // however old the last step is: the key is of one visit of a field
};

/// The texts that are being edited: the job file, the component files that it names, scripts and tables that are open in an editor. The text is the
/// truth: every change of a file goes through apply(), which is a step of undo, or comes from the disk. Keeps drafts of what is not saved,
/// so that nothing is lost when the program is killed, and notices when another program writes a file. Owned by AppContext; main thread; job
/// files are small: they and their drafts are read and written here.
class DocumentState : public QObject
{
    Q_OBJECT

public:
    explicit DocumentState(WorkThread& worker, QObject* parent = nullptr);
    ~DocumentState() override;

    /// Forgets what was open and begins with this job file. A file that is not there is an error told by failed().
    void open(const QString& jobFile);
    void close();
    [[nodiscard]] const QString& jobFile() const { return m_jobFile; }
    [[nodiscard]] bool isOpen() const { return !m_jobFile.isEmpty(); }

    /// The bytes of a file as they are here, changes included; a file that was not looked at yet is read from disk. Null when it cannot be
    /// read. Stays valid until the next change.
    const std::string* text(const QString& file);
    /// Everything that is held, for pipeline::resolve.
    [[nodiscard]] spec::SharedTexts texts() const;
    /// As it was when it was read or saved last.
    const std::string* savedText(const QString& file);
    [[nodiscard]] const CanvasNotes& canvas() const { return m_canvas; }

    /// The one range in which two texts differ.
    [[nodiscard]] static std::vector<edit::TextPatch> difference(const std::string& before, const std::string& after);
    /// Carries the gesture out. Parts that change nothing are dropped; a gesture without any part is none.
    void apply(const Gesture& gesture);
    /// Shorthands: a whole new text of the file, or an edit; false when it was refused (told by failed()).
    bool rewrite(const QString& title, const QString& file, const std::string& text, const QString& mergeKey = {});
    bool rewrite(const QString& title, const Result<std::string>& text); // of the job file
    bool edit(const QString& title, const QString& file, const std::vector<edit::Edit>& edits, const QString& mergeKey = {});
    void setCanvas(const QString& title, const CanvasNotes& notes, const QString& mergeKey = {});
    /// Another name for a step, or for an input or output of the pipeline; what names it follows, and its box stays where it was: one step of undo.
    /// `place`: where the box is drawn, when the caller knows; without it a box that was not put by hand lies where the layout puts it. A refusal is
    /// the caller's to tell.
    Result<void> renameStep(const QString& from, const QString& to, const std::optional<QPointF>& place = {});
    Result<void> renamePipelinePort(bool isInput, const QString& from, const QString& to, const std::optional<QPointF>& place = {});

    [[nodiscard]] QUndoStack& undoStack() { return m_undo; }
    [[nodiscard]] bool isDirty() const;
    [[nodiscard]] bool isDirty(const QString& file) const;
    [[nodiscard]] QStringList dirtyFiles() const;
    /// Fields in which something is being written hand it over now: before it is saved, run or closed.
    void settleEdits() { emit settleAsked(); }
    /// Writes every changed file (each whole or not at all). False when one could not be written: told by failed(), the others are saved.
    bool save();
    /// What is open goes into another file, which is open from then on.
    bool saveAs(const QString& jobFile);

    /// A file that was changed here and by another program. Until one of the three is chosen save() refuses it.
    enum class Choice { Mine, Theirs, Both };
    [[nodiscard]] QStringList conflicts() const;
    /// Both: changes of different lines are put together; false when the same lines were changed (nothing is done then).
    bool settle(const QString& file, Choice choice);

    /// Unsaved edits of this job file that an earlier session left.
    [[nodiscard]] bool hasDraft() const { return !m_draft.empty(); }
    void restoreDraft();
    void discardDraft();

signals:
    void opened(); // another job file; its text is there
    void settleAsked();
    void closed();
    /// The text of one file became another, by a gesture, undo or the disk; patches are against the text before.
    void textChanged(const QString& file, const std::vector<sheaf::edit::TextPatch>& patches);
    void canvasChanged();
    void dirtyChanged();
    void conflictFound(const QString& file);
    void reloaded(const QString& file); // another program wrote it, nothing was changed here
    void draftFound();
    void failed(const sheaf::Error& error);

private:
    class Step;
    struct Held {
        std::string text;
        std::string saved; // as on disk when it was read or written
        bool isBesides = false; // another program wrote it while it was changed here
        std::string theirs;
    };

    void change(const QString& file, const std::vector<edit::TextPatch>& patches);
    void setNotes(const CanvasNotes& notes);
    Result<void> rename(const QString& title, const Result<std::string>& text, const QString& fromNode, const QString& toNode, const std::optional<QPointF>& place);
    Held* hold(const QString& file);
    void onDiskChanged(const QString& file);
    void touched();
    void keepDraft();
    void findDraft();
    void readNotes();
    void keepNotes();
    [[nodiscard]] QString notesFile() const;
    [[nodiscard]] QString draftFile() const;

    WorkThread& m_worker;
    QString m_jobFile;
    std::map<QString, Held> m_held;
    CanvasNotes m_canvas;
    QUndoStack m_undo;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
    QTimer m_draftTimer;
    QStringList m_suspects; // told by the watcher, not looked at yet
    std::map<QString, std::string> m_draft; // of an earlier session, offered
    QString m_draftSource;
    std::unique_ptr<QLockFile> m_lock; // of this session's draft
    mutable spec::SharedTexts m_shared;
    bool m_wasDirty = false;
    bool m_hasKeptDraft = false;
};

} // namespace sheaf::ui
