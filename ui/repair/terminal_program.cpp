// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/repair/terminal_program.h"

#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>

namespace sheaf::ui {

namespace {

/// Most take what they are to run behind -e, some behind another word, some behind none.
QStringList wordsFor(const QString& name)
{
    if (name == QLatin1String("gnome-terminal") || name == QLatin1String("kgx") || name == QLatin1String("ptyxis")) {
        return { QStringLiteral("--") };
    }
    if (name == QLatin1String("xfce4-terminal") || name == QLatin1String("mate-terminal")) {
        return { QStringLiteral("-x") };
    }
    if (name == QLatin1String("wezterm")) {
        return { QStringLiteral("start"), QStringLiteral("--") };
    }
    if (name == QLatin1String("kitty") || name == QLatin1String("foot")) {
        return {};
    }
    return { QStringLiteral("-e") };
}

} // namespace

std::optional<TerminalProgram> findTerminal()
{
    QStringList own = QProcess::splitCommand(qEnvironmentVariable("TERMINAL"));
    if (!own.isEmpty()) {
        const QString program = QStandardPaths::findExecutable(own.takeFirst());
        if (!program.isEmpty()) {
            return TerminalProgram { program, own + wordsFor(QFileInfo(program).fileName()) };
        }
    }
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) {
        return std::nullopt;
    }
    for (const char* name : { "x-terminal-emulator", "gnome-terminal", "kgx", "ptyxis", "konsole", "xfce4-terminal", "mate-terminal", "kitty", "alacritty",
             "foot", "wezterm", "xterm" }) {
        const QString program = QStandardPaths::findExecutable(QLatin1String(name));
        if (!program.isEmpty()) {
            return TerminalProgram { program, wordsFor(QLatin1String(name)) };
        }
    }
    return std::nullopt;
}

QString shellWord(const QString& text)
{
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:=@%+,-]+$"));
    if (plain.match(text).hasMatch()) {
        return text;
    }
    QString quoted = text;
    quoted.replace(QLatin1Char('\''), QLatin1String("'\\''"));
    return QLatin1Char('\'') + quoted + QLatin1Char('\'');
}

} // namespace sheaf::ui
