// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/shortcuts_dialog.h"

#include "ui/style/spacing.h"

#include <QAbstractButton>
#include <QAction>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QMainWindow>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace sheaf::ui {

namespace {

QString plain(QString text)
{
    return text.remove(QLatin1Char('&')).remove(QStringLiteral("…"));
}

} // namespace

ShortcutsDialog::ShortcutsDialog(QMainWindow& window)
    : QDialog(&window)
{
    setWindowTitle(tr("Keyboard shortcuts"));
    setObjectName(QStringLiteral("shortcuts"));
    auto* list = new QTreeWidget(this);
    list->setObjectName(QStringLiteral("shortcuts.list"));
    list->setAccessibleName(tr("Keyboard shortcuts"));
    list->setHeaderLabels({ tr("Key"), tr("What it does") });
    list->setRootIsDecorated(false);
    list->setAlternatingRowColors(true);
    const auto add = [list](const QString& keys, const QString& text) { new QTreeWidgetItem(list, { keys, text }); };
    for (const QAction* action : window.findChildren<QAction*>()) {
        if (!action->shortcuts().isEmpty() && !action->text().isEmpty()) {
            add(QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText), plain(action->text()));
        }
    }
    for (const QAbstractButton* button : window.findChildren<QAbstractButton*>()) {
        if (!button->shortcut().isEmpty()) {
            add(button->shortcut().toString(QKeySequence::NativeText), plain(button->text()));
        }
    }
    // What lists, the graph and the log understand while they have the focus.
    add(tr("Arrows"), tr("Graph: from box to box"));
    add(tr("Enter"), tr("Graph: settings of the step; runs: open the run; problems: show in the text"));
    add(tr("Tab, or a double-click on nothing"), tr("Graph: add a step by its name"));
    add(tr("C"), tr("Graph: lay a wire; Tab to the next end, C to the next output, Enter takes it"));
    add(tr("Ctrl+Arrows, with Shift further"), tr("Graph: move what is chosen"));
    add(tr("Space and drag, middle button"), tr("Graph: move the sight"));
    add(tr("Ctrl while dragging"), tr("Graph: not to the grid"));
    add(QKeySequence(QKeySequence::Find).toString(QKeySequence::NativeText), tr("Log: find"));
    add(tr("End"), tr("Log: newest line, and follow it"));
    add(QKeySequence(QKeySequence::Copy).toString(QKeySequence::NativeText), tr("Log: copy the marked lines"));
    list->resizeColumnToContents(0);
    list->setCurrentItem(list->topLevelItem(0));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kPanel, space::kPanel, space::kPanel, space::kPanel);
    layout->addWidget(list, 1);
    layout->addWidget(buttons);
    resize(520, 460);
}

} // namespace sheaf::ui
