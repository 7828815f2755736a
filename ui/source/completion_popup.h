// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/edit/completion.h"
#endif

#include <QFrame>

class QKeyEvent;
class QLabel;
class QListWidget;

namespace sheaf::ui {

/// What may be written at the cursor: a list beside the text with a line of help below. The keyboard stays with the editor, which hands
/// the keys on. Owned by its editor; main thread.
class CompletionPopup : public QFrame
{
    Q_OBJECT

public:
    explicit CompletionPopup(QWidget* editor);
    /// Shows them below `line` (in global coordinates), or above it when there is no room. The first one is chosen.
    void offer(const edit::Completions& completions, const QRect& line);
    /// Up, down, page up and down, Enter, Tab, Escape. False: the key is the editor's.
    bool handleKey(QKeyEvent* event);
    [[nodiscard]] const edit::Completions& completions() const { return m_completions; }
    [[nodiscard]] QListWidget* list() const { return m_list; }

signals:
    void chosen(const sheaf::edit::Completion& completion);

private:
    void choose();
    void showHelp();

    QListWidget* m_list;
    QLabel* m_help;
    edit::Completions m_completions;
};

} // namespace sheaf::ui
