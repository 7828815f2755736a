// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QList>
#include <QObject>

class QAction;
class QMenu;

namespace sheaf::ui {

class CanvasPanel;

/// Everything that can be done to what is chosen on the canvas, as actions with keys that hold while the canvas has the keyboard. Owned by the canvas panel.
class CanvasActions : public QObject
{
    Q_OBJECT

public:
    explicit CanvasActions(CanvasPanel* panel);
    /// For the Edit menu and the menu of the right mouse button: the same actions.
    void fillEditMenu(QMenu* menu) const;
    void fillArrangeMenu(QMenu* menu) const;
    /// Greys out what cannot be done now.
    void refresh();

private:
    template <class Does>
    QAction* make(const char* id, const QString& text, const QList<QKeySequence>& keys, Does does);

    CanvasPanel* m_panel;
    QList<QAction*> m_edit; // null: a line between
    QList<QAction*> m_arrange;
    QList<QAction*> m_needChoice;
    QList<QAction*> m_needEdit;
};

} // namespace sheaf::ui
