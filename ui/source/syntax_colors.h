// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QColor>
#include <QFont>

namespace sheaf::ui {

/// Colours of text in an editor. Each is readable (4.5 : 1) on the theme's surface.
struct SyntaxColors {
    QColor key;
    QColor text;
    QColor string;
    QColor number;
    QColor word; // true, null; keywords of Python
    QColor comment;
    QColor binding; // ${{ … }}
    QColor flag; // --name
    QColor mark; // brackets, dashes, anchors
    QColor added; // behind a new line
    QColor removed; // behind a line that is gone
    QColor currentLine;
    QColor selection;
    QColor guide;
};

/// Of the theme in force. Read it when it is needed, never keep it.
[[nodiscard]] SyntaxColors syntaxColors();

/// The theme's mono font by the one name that is really there: Scintilla knows no list of families.
[[nodiscard]] QFont editorFont(int pointDelta = 0);

} // namespace sheaf::ui
