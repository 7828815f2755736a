// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QDialog>

class QComboBox;
class QLineEdit;

namespace sheaf::ui {

class AppContext;

/// Interpreter, theme and workspace. Owned by the main window while it is open.
class PreferencesDialog : public QDialog
{
    Q_OBJECT

public:
    explicit PreferencesDialog(AppContext& context, QWidget* parent = nullptr);

private:
    void save();
    AppContext& m_context;
    QLineEdit* m_python;
    QComboBox* m_theme;
    QLineEdit* m_workspace;
};

} // namespace sheaf::ui
