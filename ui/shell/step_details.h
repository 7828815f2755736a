// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QLabel;

namespace sheaf::ui {

class AppContext;

/// What can be set of the step in view, and below it what comes of it. Owned by the main window.
class StepDetails : public QWidget
{
    Q_OBJECT

public:
    explicit StepDetails(AppContext& context, QWidget* parent = nullptr);

private:
    QWidget* settingsPage();

    AppContext& m_context;
    QLabel* m_title;
};

} // namespace sheaf::ui
