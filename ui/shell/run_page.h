// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QHash>
#include <QString>
#include <QWidget>

class QAction;
class QLabel;
class QTabWidget;

namespace sheaf::ui {

class AppContext;

/// A run, filling the window: its steps with their states at the left, and of the step in view what happened, its mini-batches, its
/// logs, figures and files as pages. SelectionState::pageAsked chooses one. Owned by MainWindow; main thread.
class RunPage : public QWidget
{
    Q_OBJECT

public:
    explicit RunPage(AppContext& context, QWidget* parent = nullptr);
    /// One per page, with its keys, for the menu.
    [[nodiscard]] const QList<QAction*>& pageActions() const { return m_actions; }

private:
    [[nodiscard]] QWidget* debugBox(QWidget* parent);
    void addPage(const QString& name, QWidget* page, const QString& title);
    void chooseStep();
    void refreshTitle();
    AppContext& m_context;
    QLabel* m_title;
    QTabWidget* m_tabs;
    QHash<QString, QWidget*> m_pages;
    QList<QAction*> m_actions;
    QString m_run; // the one whose pages are shown
};

} // namespace sheaf::ui
