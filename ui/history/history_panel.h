// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QLineEdit;
class QLabel;
class QTreeWidget;
class QTreeWidgetItem;

namespace sheaf::ui {

class AppContext;

/// The runs of the workspace, newest first; activating one asks the frame to open it. Owned by the frame; main thread.
class HistoryPanel : public QWidget
{
    Q_OBJECT

public:
    explicit HistoryPanel(AppContext& context, QWidget* parent = nullptr);

signals:
    void openRequested(const QString& run);

private:
    void refresh();
    AppContext& m_context;
    QLineEdit* m_filter;
    QLabel* m_count;
    QTreeWidget* m_runs;
};

} // namespace sheaf::ui
