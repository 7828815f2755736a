// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/source/syntax_colors.h"

#include "ui/style/theme.h"

#include <QFontInfo>

namespace sheaf::ui {

SyntaxColors syntaxColors()
{
    const Theme& t = theme();
    if (t.dark) {
        return { .key = t.accent,
            .text = t.text,
            .string = QColor(0x8FD19E),
            .number = QColor(0xF0B072),
            .word = QColor(0xD6A2F0),
            .comment = t.muted,
            .binding = QColor(0x5CC9D6),
            .flag = QColor(0xE6C36A),
            .mark = t.muted,
            .added = QColor(0x1F3A2B),
            .removed = QColor(0x45262A),
            .currentLine = QColor(0x292D33),
            .selection = QColor(0x334A70),
            .guide = t.border };
    }
    return { .key = QColor(0x1F4FB5),
        .text = t.text,
        .string = QColor(0x1B6E3C),
        .number = QColor(0x9A4B00),
        .word = QColor(0x8A2FA8),
        .comment = t.muted,
        .binding = QColor(0x00687A),
        .flag = QColor(0x7A5A00),
        .mark = t.muted,
        .added = QColor(0xDDF3E4),
        .removed = QColor(0xFBE1E0),
        .currentLine = QColor(0xF4F6FA),
        .selection = QColor(0xC9DAF8),
        .guide = t.border };
}

QFont editorFont(int pointDelta)
{
    const QFont wanted = monoFont(pointDelta);
    QFont font(QFontInfo(wanted).family());
    font.setPointSizeF(wanted.pointSizeF());
    font.setStyleHint(QFont::Monospace);
    return font;
}

} // namespace sheaf::ui
