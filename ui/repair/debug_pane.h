// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/workspace/debug_session.h"

#include <optional>
#include <string>
#endif

#include <QProcess>
#include <QTimer>
#include <QWidget>

class QFile;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QRadioButton;
class QSplitter;
class QStackedLayout;

namespace sheaf::ui {

class AppContext;
class ElidedLabel;
class EmptyHint;
class StateBadge;
class TracebackView;

/// One mini-batch run on this machine, alone: says what will run, runs it, shows what it prints as it comes and how the end differs from what the
/// run recorded. Hears SelectionState::debugAsked. Its process ends with the pane; one in a terminal is the terminal's. All that it prints
/// goes to a file in its folder, of which the pane shows the end: a script that prints gigabytes does not hold up the window. Owned by
/// the frame, which brings it into view when it is asked for; main thread.
class DebugPane : public QWidget
{
    Q_OBJECT

public:
    explicit DebugPane(AppContext& context, QWidget* parent = nullptr);
    ~DebugPane() override;

    [[nodiscard]] bool isRunning() const { return m_preparing || m_process.state() != QProcess::NotRunning; }
    /// Ends it, and what it started: first politely.
    void stop();

protected:
    bool event(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    QWidget* buildSubject();
    QWidget* buildButtons();
    QWidget* buildEnd();
    void showMiniBatch(qint64 miniBatch);
    void look();
    void take(workspace::DebugSubject subject);
    void refresh();
    void refreshButtons();
    void run(bool withDebugpy);
    void begin(workspace::DebugSession session, bool withDebugpy);
    void readOutput();
    void print(const QString& lines, const QString& unfinished);
    void onEnded(int code, QProcess::ExitStatus status);
    void showEnd(const workspace::DebugSession& session, const std::optional<workspace::DebugResult>& result, const QString& rows, bool areAllRows);
    void signalGroup(int number);
    void openTerminal();
    void say(const QString& words, bool isBad = false);
    [[nodiscard]] QString command() const;
    [[nodiscard]] workspace::DebugRequest request() const;

    AppContext& m_context;
    QStackedLayout* m_pages;
    EmptyHint* m_hint;
    QLabel* m_title = nullptr;
    StateBadge* m_state = nullptr;
    ElidedLabel* m_inputs = nullptr;
    ElidedLabel* m_python = nullptr;
    QRadioButton* m_snapshot = nullptr;
    QRadioButton* m_present = nullptr;
    QLabel* m_codeNote = nullptr;
    QPushButton* m_run = nullptr;
    QPushButton* m_stop = nullptr;
    QPushButton* m_terminal = nullptr;
    QPushButton* m_debugpy = nullptr;
    QPushButton* m_folder = nullptr;
    QWidget* m_commandRow = nullptr;
    QLineEdit* m_command = nullptr;
    QLabel* m_note = nullptr;
    QSplitter* m_splitter = nullptr;
    QPlainTextEdit* m_output = nullptr;
    QWidget* m_end = nullptr;
    StateBadge* m_was = nullptr;
    ElidedLabel* m_wasWords = nullptr;
    StateBadge* m_now = nullptr;
    ElidedLabel* m_nowWords = nullptr;
    TracebackView* m_traceback = nullptr;
    QLabel* m_rowsTitle = nullptr;
    QPlainTextEdit* m_rows = nullptr;

    QString m_runName;
    QString m_workspace;
    QString m_step;
    qint64 m_number = -1;
    std::optional<workspace::DebugSubject> m_subject;
    std::optional<workspace::DebugSession> m_session; // the last one that was made
    /// Whether an interpreter has debugpy: to ask it takes a process. A package that comes or goes changes the stamp.
    struct Known {
        std::string python;
        qint64 stamp = 0;
        bool hasDebugpy = false;
    };
    Known m_known;
    bool m_codeChosen = false; // by the user: a look does not change it
    bool m_preparing = false;
    bool m_stopped = false; // by the user
    bool m_looking = false;
    int m_question = 0; // counts mini-batches and runs of them: how an earlier one ended is not told
    bool m_takesFocus = false; // the keyboard goes on to Stop
    bool m_isAttach = false; // the command row has what an editor needs
    QProcess m_process;
    QFile* m_printed; // what the process prints
    QByteArray m_unfinished; // of its last line
    bool m_showsUnfinished = false; // the last line in view is that one
    QTimer m_tail;
    QTimer m_impatience; // after Stop
};

} // namespace sheaf::ui
