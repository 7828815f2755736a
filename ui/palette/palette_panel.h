// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace sheaf::ui {

class AppContext;

/// Steps and data to drag onto the canvas; Enter or a double-click adds at its middle. Owned by the main window.
class PalettePanel : public QWidget
{
    Q_OBJECT

public:
    explicit PalettePanel(AppContext& context, QWidget* parent = nullptr);

private:
    void refill();
    void filter(const QString& typed);
    void add(const QTreeWidgetItem* item);

    AppContext& m_context;
    QLineEdit* m_filter;
    QTreeWidget* m_tree;
};

} // namespace sheaf::ui
