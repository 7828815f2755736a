// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/change_set.h"
#endif

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QStackedWidget;

namespace sheaf::ui {

class AppContext;
class ElidedLabel;
class EmptyHint;
class FilterBar;
class HeatGrid;
class MiniBatchModel;
class MiniBatchTable;

/// The mini-batches of the step in view: the filter, all of them as a grid, and the chosen ones as a table. Feeds all three from RunState
/// and SelectionState. Owned by the frame; main thread.
class MiniBatchPage : public QWidget
{
    Q_OBJECT

public:
    explicit MiniBatchPage(AppContext& context, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QHBoxLayout* buildGridBar();
    void bind();
    void onChanged(const event::ChangeSet& changes);
    void onTick();
    void applyFilter();
    void refreshScale();
    void refreshHint();

    AppContext& m_context;
    MiniBatchModel* m_model;
    FilterBar* m_bar;
    HeatGrid* m_grid;
    MiniBatchTable* m_table;
    ElidedLabel* m_name;
    QLabel* m_scale;
    QComboBox* m_colouring;
    QComboBox* m_order;
    QCheckBox* m_packed;
    QLabel* m_notice;
    QStackedWidget* m_pages;
    EmptyHint* m_hint; // while there are none
    QTimer m_tick;
};

} // namespace sheaf::ui
