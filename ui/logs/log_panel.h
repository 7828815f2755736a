// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace sheaf::ui {

class AppContext;
class LogView;

/// The log files of the step in view: which one, its lines as they come, find. Owned by the frame; main thread.
class LogPanel : public QWidget
{
    Q_OBJECT

public:
    explicit LogPanel(AppContext& context, QWidget* parent = nullptr);
    [[nodiscard]] LogView* view() const { return m_view; }

private:
    void listFiles();
    void openChosen();
    void find(bool backward);
    AppContext& m_context;
    QComboBox* m_picker;
    QLineEdit* m_find;
    QLabel* m_found;
    QPushButton* m_follow;
    LogView* m_view;
    QTimer m_timer;
};

} // namespace sheaf::ui
