// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QStringList>
#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTreeView;

namespace sheaf::ui {

class EmptyHint;
class AppContext;
class RunFilterModel;
class RunTableModel;

/// The runs of the workspace, newest first: searched, tagged, compared, taken away; activating one asks the frame to open it. Owned by the
/// frame; main thread.
class HistoryPanel : public QWidget
{
    Q_OBJECT

public:
    explicit HistoryPanel(AppContext& context, QWidget* parent = nullptr);

signals:
    void openRequested(const QString& run);
    /// Something was refused or went wrong, for the message bar.
    void refused(const QString& sentence, const QString& fix);

private:
    void buildActions();
    void refresh();
    void refreshCount();
    void refreshActions();
    void showMenu(const QPoint& place);
    [[nodiscard]] QStringList chosen() const;
    void editLabels();
    void openFolder();
    void askRemove();
    AppContext& m_context;
    QLineEdit* m_search;
    QLabel* m_count;
    EmptyHint* m_none; // instead of a list without rows
    QTreeView* m_view;
    RunTableModel* m_runs;
    RunFilterModel* m_shown;
    QAction* m_open = nullptr;
    QAction* m_compare = nullptr;
    QAction* m_labels = nullptr;
    QAction* m_folder = nullptr;
    QAction* m_remove = nullptr;
};

} // namespace sheaf::ui
