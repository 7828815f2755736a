// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/run_picture.h"

#include <array>
#endif

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace sheaf::ui {

class FlowLayout;
class MiniBatchModel;
class SelectionState;

/// The one filter of the step's mini-batches: a button a state with its count, which are the legend of the colours as well; the box with
/// the words; each word once more as a chip that takes it away; how many of how many are shown; and what is not understood. Edits
/// SelectionState::filter, and shows it whoever set it. Owned by MiniBatchPage; main thread.
class FilterBar : public QWidget
{
    Q_OBJECT

public:
    FilterBar(SelectionState& selection, MiniBatchModel& model, QWidget* parent = nullptr);
    /// Place at the end of the row of the box.
    [[nodiscard]] QHBoxLayout* boxRow() const { return m_boxRow; }
    void refreshCounts();

protected:
    void changeEvent(QEvent* event) override;

private:
    void buildStates();
    void onStateClicked(event::MiniBatchState state);
    void showFilter(const QString& filter);
    void rebuildChips();
    void refreshComplaint();

    SelectionState& m_selection;
    MiniBatchModel& m_model;
    QLineEdit* m_box;
    QLabel* m_count;
    QLabel* m_complaint;
    QWidget* m_chips;
    FlowLayout* m_chipRow;
    QHBoxLayout* m_boxRow;
    FlowLayout* m_stateRow;
    std::array<QPushButton*, event::kMiniBatchStates> m_states {};
};

} // namespace sheaf::ui
