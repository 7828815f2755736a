// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QDialog>

class QMainWindow;

namespace sheaf::ui {

/// All keys of the window, made from its actions and buttons themselves, so that it cannot be out of date. Modal; main thread.
class ShortcutsDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ShortcutsDialog(QMainWindow& window);
};

} // namespace sheaf::ui
