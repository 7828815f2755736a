// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/workspace/preview.h"
#include "ui/state/run_state.h"

#include <stop_token>
#endif

#include <QTimer>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedLayout;
class QTableView;
class QTableWidget;
class QVBoxLayout;

namespace sheaf::ui {

class AppContext;
class AttemptModel;
class ElidedLabel;
class EmptyHint;
class NodeSpark;
class StateBadge;
class TracebackView;

/// All about the mini-batch that is looked at (SelectionState::miniBatch of the step in view): what was raised and where, its attempts side by
/// side, the lines that it wrote, its inputs, what it returned, its node meanwhile. Follows a run that goes on. Owned by the frame; main thread.
class MiniBatchPanel : public QWidget
{
    Q_OBJECT

public:
    explicit MiniBatchPanel(AppContext& context, QWidget* parent = nullptr);
    ~MiniBatchPanel() override; // stops a preview that is being read

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void build();
    QWidget* buildHead();
    QWidget* addSection(const QString& name, const QString& title, QWidget* body, ElidedLabel** note = nullptr);
    void follow();
    void onChanged(const event::ChangeSet& changes);
    void ask();
    void take(RunState::MiniBatchStory story);
    [[nodiscard]] const event::MiniBatchNow* now() const;
    void refreshHead();
    void showAttempt();
    void showTraceback();
    void showLines();
    void showRows();
    void showNode();
    void showInputs();
    void fillFiles(const std::vector<std::pair<QString, qint64>>& files);
    void askPreview();
    void fillPreview(const Result<workspace::MiniBatchPreview>& preview);
    void openInput(bool folder);
    void showLog();
    [[nodiscard]] QString storyText() const;

    AppContext& m_context;
    QStackedLayout* m_pages;
    EmptyHint* m_hint;
    QWidget* m_page = nullptr;
    QVBoxLayout* m_sections = nullptr;
    QLabel* m_title = nullptr;
    StateBadge* m_badge = nullptr;
    QLabel* m_sentence = nullptr;
    QPushButton* m_again = nullptr;
    QPushButton* m_here = nullptr;
    QPushButton* m_log = nullptr;
    QPushButton* m_copy = nullptr;
    TracebackView* m_traceback = nullptr;
    AttemptModel* m_attempts;
    QTableView* m_attemptView = nullptr;
    QPlainTextEdit* m_lines = nullptr;
    ElidedLabel* m_linesNote = nullptr;
    QTableWidget* m_inputs = nullptr;
    ElidedLabel* m_inputsNote = nullptr;
    QPushButton* m_open = nullptr;
    QPushButton* m_reveal = nullptr;
    QPlainTextEdit* m_rows = nullptr;
    ElidedLabel* m_rowsNote = nullptr;
    NodeSpark* m_spark = nullptr;
    ElidedLabel* m_nodeNote = nullptr;

    RunState::MiniBatchStory m_story;
    bool m_hasStory = false;
    bool m_asking = false;
    bool m_stale = true; // to be asked for when it is shown
    QString m_step; // of the mini-batch that is shown
    qint64 m_number = -1;
    QString m_inputsOf; // the run, step and mini-batch whose inputs are shown
    QTimer m_previewSoon;
    int m_previewQuestion = 0; // answers to older ones are dropped
    std::stop_source m_previewStop;
};

} // namespace sheaf::ui
