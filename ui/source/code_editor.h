// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/edit/edit.h"
#include "core/spec/diagnostic.h"

#include <optional>
#include <string>
#include <vector>
#endif

#include <Qsci/qsciscintilla.h>

#include <QTimer>

class QsciLexer;

namespace sheaf::edit {
struct Completion;
}

namespace sheaf::ui {

class CompletionPopup;
class DocumentState;

/// One file of the document as text. Bytes stay as they are: a byte order mark is not shown but stays, line ends are those of the file. What is
/// typed becomes a patch of DocumentState, what changes there is changed here in its place; undo is the document's. Offsets are bytes of the
/// document. A file that is not UTF-8 is shown and cannot be changed. Owned by its page; main thread.
class CodeEditor : public QsciScintilla
{
    Q_OBJECT

public:
    CodeEditor(DocumentState& document, const QString& file, QWidget* parent = nullptr);
    ~CodeEditor() override;

    [[nodiscard]] const QString& file() const { return m_file; }
    /// Why it cannot be changed or shown, for people; "" when all is well.
    [[nodiscard]] const QString& notice() const { return m_notice; }

    [[nodiscard]] qint64 cursorOffset() const;
    /// Puts the cursor there and brings it into view.
    void showOffset(qint64 offset);
    /// The findings about this file.
    void setDiagnostics(std::vector<spec::Diagnostic> diagnostics);
    [[nodiscard]] const std::vector<spec::Diagnostic>& diagnostics() const { return m_diagnostics; }
    /// What is said about the text at this byte: findings first, then the field.
    [[nodiscard]] QString helpText(qint64 offset) const;

    /// Opens the list of what may be written at the cursor; `isAsked` by the user, else it is shown only where it does not disturb.
    void complete(bool isAsked = true);
    [[nodiscard]] CompletionPopup* popup() const { return m_popup; }
    void toggleComment();
    void askLine();

    // --- find: the words as they are, with or without case
    bool findWords(const QString& words, bool isBackwards, bool matchCase);
    /// Marks all and counts them.
    int markWords(const QString& words, bool matchCase);
    bool replaceFound(const QString& words, const QString& with, bool matchCase);
    int replaceAll(const QString& words, const QString& with, bool matchCase);

    void undo() override;
    void redo() override;

signals:
    /// By the user, a moment ago.
    void cursorMoved(qint64 offset);
    void noticeChanged();
    void findRequested();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    enum class Language { Yaml, Python, Plain };
    /// What was changed here and not told yet, as one range.
    struct Pending {
        std::size_t begin = 0; // before and after
        std::size_t oldLength = 0;
        std::size_t newLength = 0;
    };

    long send(unsigned message, std::uintptr_t first = 0, std::intptr_t second = 0) const;
    void build();
    void takeTheme();
    void paintMarks();
    void load();
    void setNotice(const QString& notice);
    void note(int position, int kind, int length);
    void flush();
    void endComposing();
    void follow(const QString& file, const std::vector<edit::TextPatch>& patches);
    void showDiagnostics();
    bool handleOwnKey(QKeyEvent* event);
    void breakLine();
    void take(const edit::Completion& completion);
    void replaceRange(long begin, long end, const std::string& text);
    [[nodiscard]] long findFrom(long begin, long end, const std::string& words, bool matchCase) const;
    [[nodiscard]] QRect caretBox() const;
    void showHelpAt(long position, const QPoint& at);

    DocumentState& m_document;
    QString m_file;
    Language m_language = Language::Plain;
    QsciLexer* m_lexer = nullptr;
    CompletionPopup* m_popup;
    QString m_notice;
    std::size_t m_mark = 0; // length of the byte order mark
    std::vector<spec::Diagnostic> m_diagnostics;
    std::optional<Pending> m_pending;
    QString m_gesture; // title of what is being done, "" : typing
    int m_burst = 0; // typing of one burst is one step of undo
    long m_burstEnd = -1; // where it goes on
    QTimer m_moved;
    QTimer m_settle; // tells changes that no key made
    bool m_isFollowing = false; // changes come from the document
    bool m_isTelling = false; // changes go to the document
    bool m_isUndoing = false; // the cursor goes to what changes
    bool m_isComposing = false; // by an input method
    bool m_isTaking = false; // a completion is being taken
};

} // namespace sheaf::ui
