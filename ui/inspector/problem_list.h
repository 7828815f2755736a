// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QStackedLayout;
class QTreeView;

namespace sheaf::ui {

class AppContext;
class EmptyHint;
class ProblemModel;

/// All findings about the pipeline file at once; activating one selects its step. Owned by the main window.
class ProblemList : public QWidget
{
    Q_OBJECT

public:
    explicit ProblemList(AppContext& context, QWidget* parent = nullptr);

signals:
    void titleChanged(const QString& title);

private:
    void refresh();
    AppContext& m_context;
    ProblemModel* m_model;
    QTreeView* m_view;
    EmptyHint* m_hint;
    QStackedLayout* m_stack;
};

} // namespace sheaf::ui
