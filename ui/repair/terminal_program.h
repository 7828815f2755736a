// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace sheaf::ui {

/// A terminal emulator of this machine, and the words by which it is told what to run.
struct TerminalProgram {
    QString program; // absolute
    QStringList words; // before those of what it is to run
};

/// The one of $TERMINAL, else the desktop's usual ones; nullopt when there is none, or no display to open it on. Looks at the path only.
[[nodiscard]] std::optional<TerminalProgram> findTerminal();
/// One word for a shell, whatever is in it.
[[nodiscard]] QString shellWord(const QString& text);

} // namespace sheaf::ui
