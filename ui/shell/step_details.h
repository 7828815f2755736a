// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QLabel;
class QTabWidget;

namespace sheaf::ui {

class AppContext;
class MiniBatchTable;

/// Places the views of the step in view: its settings with the plan, and of its run overview, mini-batches, logs, charts, result, settings in force. Owned by the main window.
class StepDetails : public QWidget
{
    Q_OBJECT

public:
    explicit StepDetails(AppContext& context, QWidget* parent = nullptr);
    [[nodiscard]] QTabWidget* tabs() const { return m_tabs; }

private:
    QWidget* settingsPage();

    AppContext& m_context;
    QLabel* m_title;
    QTabWidget* m_tabs;
    MiniBatchTable* m_batches;
    QWidget* m_settings = nullptr;
    QWidget* m_overview = nullptr;
};

} // namespace sheaf::ui
