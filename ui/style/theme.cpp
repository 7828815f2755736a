// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/style/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>

namespace sheaf::ui {

namespace {

Theme lightTheme()
{
    return { .dark = false,
        .window = QColor(0xF1F3F6),
        .surface = QColor(0xFFFFFF),
        .raised = QColor(0xF4F6F9),
        .canvas = QColor(0xF7F8FA),
        .grid = QColor(0xC3CAD4),
        .border = QColor(0xD3D8E0),
        .text = QColor(0x1A1F27),
        .muted = QColor(0x596273),
        .accent = QColor(0x2B5FD0),
        .accentText = QColor(0xFFFFFF),
        .wire = QColor(0x97A1B1) };
}

Theme darkTheme()
{
    return { .dark = true,
        .window = QColor(0x1A1C20),
        .surface = QColor(0x22252A),
        .raised = QColor(0x2A2E34),
        .canvas = QColor(0x1D1F23),
        .grid = QColor(0x454B55),
        .border = QColor(0x3C424B),
        .text = QColor(0xE7EAEE),
        .muted = QColor(0x9FA9B6),
        .accent = QColor(0x6FA5FF),
        .accentText = QColor(0x0E1420),
        .wire = QColor(0x69727F) };
}

Theme& current()
{
    static Theme inForce = lightTheme();
    return inForce;
}

// Tips are dark in both themes, so that they stand out from what they lie on.
constexpr QColor kTipText(0xF2, 0xF4, 0xF7);

QColor tipColor(const Theme& t)
{
    return t.dark ? QColor(0x343A42) : QColor(0x2A2F37);
}

QPalette paletteOf(const Theme& t)
{
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, t.raised);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::PlaceholderText, t.muted);
    p.setColor(QPalette::Button, t.dark ? QColor(0x2F343B) : QColor(0xFBFCFD));
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.accent);
    p.setColor(QPalette::ToolTipBase, tipColor(t));
    p.setColor(QPalette::ToolTipText, kTipText);
    p.setColor(QPalette::Highlight, t.accent);
    p.setColor(QPalette::HighlightedText, t.accentText);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    p.setColor(QPalette::Mid, t.border);
    // Fusion derives its outlines from these; in the dark they nearly vanish without help.
    p.setColor(QPalette::Dark, t.dark ? QColor(0x565E69) : QColor(0xAEB6C2));
    p.setColor(QPalette::Light, t.dark ? QColor(0x3A4048) : QColor(0xFFFFFF));
    p.setColor(QPalette::Midlight, t.raised);
    p.setColor(QPalette::Shadow, t.dark ? QColor(0x0C0D0F) : QColor(0x9AA3B0));
    const QColor faint = t.dark ? QColor(0x6D7682) : QColor(0x9AA2AF);
    for (const auto role : { QPalette::Text, QPalette::WindowText, QPalette::ButtonText }) {
        p.setColor(QPalette::Disabled, role, faint);
    }
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.border);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, faint);
    return p;
}

QString styleSheetOf(const Theme& t)
{
    QFile file(QStringLiteral(":/style/sheaf.qss"));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QString sheet = QString::fromUtf8(file.readAll());
    const std::pair<const char*, QColor> names[] = { { "@window", t.window }, { "@surface", t.surface }, { "@raised", t.raised },
        { "@border", t.border }, { "@text", t.text }, { "@muted", t.muted }, { "@accentText", t.accentText }, { "@accent", t.accent },
        { "@error", t.dark ? QColor(0xFF7A6B) : QColor(0xA10300) }, // toneTextColor(Tone::Failed)
        { "@tipText", kTipText }, { "@tip", tipColor(t) }, { "@outline", t.dark ? QColor(0x565E69) : QColor(0xB6BECA) } };
    sheet.replace(QLatin1String("@shade"), t.dark ? QLatin1String("dark") : QLatin1String("light")); // of images that are drawn as they are
    for (const auto& [name, color] : names) {
        sheet.replace(QLatin1String(name), color.name());
    }
    return sheet;
}

bool systemIsDark()
{
    // Qt 6.4 has no QStyleHints::colorScheme(); the platform's own palette, taken before ours is set, tells.
    static const bool dark = QApplication::style()->standardPalette().color(QPalette::Window).lightness() < 128
        || QPalette().color(QPalette::Window).lightness() < 128;
    return dark;
}

void applyFonts(QApplication& application)
{
    static const QFont original = QApplication::font();
    QFont font = original;
    font.setFamilies({ QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans"), QStringLiteral("Noto Sans CJK JP"), original.family() });
    if (font.pointSizeF() < 10) {
        font.setPointSizeF(10);
    }
    application.setFont(font);
}

} // namespace

const Theme& theme()
{
    return current();
}

void applyTheme(QApplication& application, ThemeChoice choice)
{
    const bool dark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && systemIsDark());
    current() = dark ? darkTheme() : lightTheme();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteOf(current()));
    applyFonts(application);
    application.setStyleSheet(styleSheetOf(current()));
}

QFont monoFont(int pointDelta)
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setFamilies({ QStringLiteral("Noto Sans Mono"), QStringLiteral("DejaVu Sans Mono"), font.family() });
    font.setStyleHint(QFont::Monospace);
    font.setPointSizeF(QApplication::font().pointSizeF() - 0.5 + pointDelta);
    return font;
}

QFont textFont(int pointDelta, bool bold)
{
    QFont font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() + pointDelta);
    font.setWeight(bold ? QFont::DemiBold : QFont::Normal);
    return font;
}

QString themeKey(ThemeChoice choice)
{
    switch (choice) {
    case ThemeChoice::System:
        return QStringLiteral("system");
    case ThemeChoice::Light:
        return QStringLiteral("light");
    case ThemeChoice::Dark:
        return QStringLiteral("dark");
    }
    return {};
}

ThemeChoice themeFromKey(const QString& key)
{
    if (key == QLatin1String("dark")) {
        return ThemeChoice::Dark;
    }
    return key == QLatin1String("light") ? ThemeChoice::Light : ThemeChoice::System;
}

} // namespace sheaf::ui
