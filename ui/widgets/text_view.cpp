// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/widgets/text_view.h"

#include "ui/style/theme.h"

#include <QPlainTextEdit>

namespace sheaf::ui {

QPlainTextEdit* makeTextView(QWidget* parent, const QString& name, const QString& accessibleName)
{
    auto* text = new QPlainTextEdit(parent);
    text->setObjectName(name);
    text->setAccessibleName(accessibleName);
    text->setReadOnly(true);
    text->setFont(monoFont());
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setTabChangesFocus(true);
    text->setUndoRedoEnabled(false);
    return text;
}

} // namespace sheaf::ui
