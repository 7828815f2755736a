// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/run/mini_batch_model.h"
#include "ui/state/run_state.h"

#include <array>
#include <optional>
#endif

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QTableView;

namespace sheaf::ui {

class AppContext;

/// The mini-batches of the step in view: a live table with a filter, and the story of the chosen one (attempts, errors,
/// tracebacks, its own log lines, its inputs). Owned by the frame; main thread.
class MiniBatchTable : public QWidget
{
    Q_OBJECT

public:
    explicit MiniBatchTable(AppContext& context, QWidget* parent = nullptr);

private:
    void onChanged(const event::ChangeSet& changes);
    void bind();
    void applyFilter();
    void refreshCount();
    void askStory();
    void buildStateButtons(QHBoxLayout* row);
    void refreshStateButtons();
    void filterByState(event::MiniBatchState state, bool on);
    void showLog();
    void showMenu(QPoint position);
    [[nodiscard]] static QString storyText(const RunState::MiniBatchStory& story);
    AppContext& m_context;
    MiniBatchModel* m_model;
    QLineEdit* m_filter;
    QLabel* m_count;
    QTableView* m_view;
    QPlainTextEdit* m_story;
    QPushButton* m_showLog;
    std::array<QPushButton*, event::kMiniBatchStates> m_states {};
    std::optional<event::AttemptEnded> m_lastAttempt; // of the chosen one
    std::int64_t m_chosen = -1; // number of the mini-batch whose story is told
};

} // namespace sheaf::ui
