// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QTreeView;

namespace sheaf::ui {

class AppContext;
class SettingsModel;

/// The settings of the step in view as they are really in force. Owned by the step's details.
class SettingsTable : public QWidget
{
    Q_OBJECT

public:
    explicit SettingsTable(AppContext& context, QWidget* parent = nullptr);

private:
    void refresh();
    AppContext& m_context;
    SettingsModel* m_model;
    QTreeView* m_view;
};

} // namespace sheaf::ui
