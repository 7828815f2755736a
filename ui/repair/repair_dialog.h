// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/mini_batch_list.h"
#include "core/event/run_picture.h"
#endif

#include <QDialog>

class QLabel;
class QPushButton;
class QRadioButton;
class QTableView;

namespace sheaf::ui {

class AppContext;
class RepairModel;

/// Before anything runs again: which mini-batches exactly, and with which code. Also the way to ignore failed ones and to count ignored
/// ones again. Made by the frame when SelectionState::repairAsked is heard, for the step in view; main thread. What is done already is
/// never among them, and that is said.
class RepairDialog : public QDialog
{
    Q_OBJECT

public:
    /// `filter` chooses of the step in view (triage::MiniBatchFilter); "": all that failed.
    RepairDialog(AppContext& context, const QString& filter, QWidget* parent = nullptr);

private:
    void build();
    void choose();
    void askCode();
    void carryOut(const event::MiniBatchList& run, const event::MiniBatchList& ignore, const event::MiniBatchList& unignore);
    [[nodiscard]] const event::StepPicture* step() const;
    [[nodiscard]] bool isGoingOn() const;
    AppContext& m_context;
    QString m_step;
    event::MiniBatchList m_asked; // what the filter chose
    QString m_complaint; // about the filter; then it chose none
    std::uint64_t m_doneOnes = 0; // among them
    event::MiniBatchList m_list; // what would run
    bool m_isCompared = false; // the user's code with the run's
    RepairModel* m_model;
    QLabel* m_heading;
    QLabel* m_note;
    QRadioButton* m_chosen;
    QRadioButton* m_failed;
    QRadioButton* m_unfinished;
    QTableView* m_view;
    QLabel* m_codeNote;
    QRadioButton* m_runCode;
    QRadioButton* m_ownCode;
    QPushButton* m_ignore;
    QPushButton* m_count;
    QPushButton* m_run;
};

} // namespace sheaf::ui
