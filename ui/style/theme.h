// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QColor>
#include <QFont>
#include <QString>

class QApplication;

namespace sheaf::ui {

enum class ThemeChoice { System, Light, Dark };

/// The colours that hand-painted things use; widgets get the same ones through the palette. Main thread only.
struct Theme {
    bool dark = false;
    QColor window; // behind panels
    QColor surface; // panels, lists, cards
    QColor raised; // hover, alternate rows, wells
    QColor canvas; // behind the graph
    QColor grid; // its dots
    QColor border;
    QColor text;
    QColor muted; // second voice, still >= 4.5 : 1
    QColor accent; // focus, selection, links
    QColor accentText; // on accent
    QColor wire;
};

/// The theme in force. Read it when painting, never keep it: it changes with applyTheme().
[[nodiscard]] const Theme& theme();
/// Sets style, palette, style sheet and fonts for the whole application.
void applyTheme(QApplication& application, ThemeChoice choice);

[[nodiscard]] QFont monoFont(int pointDelta = 0);
/// The application's font, larger or smaller, for titles and captions.
[[nodiscard]] QFont textFont(int pointDelta, bool bold = false);

[[nodiscard]] QString themeKey(ThemeChoice choice);
[[nodiscard]] ThemeChoice themeFromKey(const QString& key);

} // namespace sheaf::ui
