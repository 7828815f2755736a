// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/edit/quick_fix.h"
#endif

#include <QTimer>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QStackedLayout;
class QTreeView;

namespace sheaf::ui {

class AppContext;
class EmptyHint;
class ProblemModel;

/// All findings about the pipeline file at once. A click goes to the field and the box it is about, Enter or a double-click to its place in the text; below the
/// list are the words about the current one, whole, and its fixes. Owned by the main window.
class ProblemList : public QWidget
{
    Q_OBJECT

public:
    explicit ProblemList(AppContext& context, QWidget* parent = nullptr);

signals:
    void titleChanged(const QString& title);
    void failed(const QString& sentence);

private:
    void refresh();
    void showCurrent();
    void goToText(int row);
    void goTo(const spec::Diagnostic& diagnostic);
    void openMenu(const QModelIndex& index, QPoint position);
    void carryOut(const spec::Diagnostic& diagnostic, const edit::QuickFix& fix);
    AppContext& m_context;
    ProblemModel* m_model;
    QTreeView* m_view;
    EmptyHint* m_hint;
    QWidget* m_page;
    QWidget* m_details;
    QLabel* m_words; // all that is said of the current row
    QHBoxLayout* m_fixRow;
    QStackedLayout* m_stack;
    QTimer m_fixSoon; // who types does not want them worked out for every key
};

} // namespace sheaf::ui
