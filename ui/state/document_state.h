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
/// files are small: they, their drafts and the notes of the canvas are read and written here.
class DocumentState : public QObject
{
    Q_OBJECT

public:
    explicit DocumentState(QObject* parent = nullptr);
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
    /// Carries the gesture out. Parts that change nothing are dropped; a gesture without any part is none. One that does not fit the text (it was
    /// made for an older one) is refused whole: told by failed().
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
    /// Writes the pipeline, with its places on the canvas, to another job file, after all other changed files. False (told by failed(), or there are
    /// conflicts) when one of them could not be saved: then the other job file is not written. Who asks opens it; what is open here may be forgotten then.
    bool saveAs(const QString& jobFile);

    /// A file that was changed here and by another program. Until one of the three is chosen save() refuses it.
    enum class Choice { Mine, Theirs, Both };
    [[nodiscard]] QStringList conflicts() const;
    /// Both: changes of different lines are put together; false when the same lines were changed (nothing is done then).
    bool settle(const QString& file, Choice choice);

    /// Unsaved edits of this job file that an earlier session left. Restored over a file that was written since they are a conflict.
    [[nodiscard]] bool hasDraft() const { return !m_offered.texts.empty(); }
    void restoreDraft();
    void discardDraft();
    /// What is not saved may be forgotten as soon as this file is closed; until then it is kept like before. A later change takes that back.
    void discardOnClose() { m_mayForget = true; }

signals:
    void opened(); // another job file; its text is there
    void settleAsked();
    void closed();
    /// The text of one file became another, by a gesture, undo or the disk; patches are against the text before.
    void textChanged(const QString& file, const std::vector<sheaf::edit::TextPatch>& patches);
    void canvasChanged();
    void dirtyChanged();
    void conflictFound(const QString& file);
    void conflictOver(const QString& file); // settled, or the other side took its change back
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

    /// What an earlier session left: the texts, and what each was on disk when it began from there.
    struct Draft {
        struct Text {
            std::string text;
            std::string base;
        };
        QString source; // the file
        std::map<QString, Text> texts;
    };

    void change(const QString& file, const std::vector<edit::TextPatch>& patches);
    void changeNotes(const CanvasNotes& before, const CanvasNotes& after);
    Result<void> rename(const QString& title, const Result<std::string>& text, const QString& fromNode, const QString& toNode, const std::optional<QPointF>& place);
    Held* hold(const QString& file);
    bool saveFile(const QString& file);
    void endConflict(const QString& file, Held& held);
    void onDiskChanged(const QString& file);
    void touched();
    void keepDraft();
    void leaveDraft();
    void findDraft();
    void nameDraft();
    void keepNotes();

    QString m_jobFile;
    std::map<QString, Held> m_held;
    CanvasNotes m_canvas;
    CanvasNotes m_keptCanvas; // as on disk when it was read or written last
    bool m_saidNotes = false; // that they cannot be written; once is enough
    bool m_saidDraft = false;
    QUndoStack m_undo;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
    QTimer m_draftTimer;
    QStringList m_suspects; // told by the watcher, not looked at yet
    Draft m_offered;
    QString m_draftFile; // of this session; its name differs from that of what is offered
    std::unique_ptr<QLockFile> m_lock; // of this session's draft
    mutable spec::SharedTexts m_shared;
    bool m_wasDirty = false;
    bool m_hasKeptDraft = false;
    bool m_mayForget = false;
};

} // namespace sheaf::ui
