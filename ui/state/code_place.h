// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QString>
#include <QStringList>

class QObject;

/// From a frame of a traceback to the user's own file: workers run copies of it. Main thread.
namespace sheaf::ui {

class AppContext;

/// Folders whose files are the user's as far as this step of the open run goes, each ending with /: the copies in the run's folder and in
/// those of mini-batches that were run alone, and the code folder itself.
[[nodiscard]] QStringList userFolders(const AppContext& context, const QString& step);
/// The user's own file for one that a traceback names; "" when it is none of the user's.
[[nodiscard]] QString userFile(const AppContext& context, const QString& step, const QString& file);
/// Shows that line (from 1) in the text editor, if the file is the user's. The file may have changed since: the line is that of the traceback.
void showUserLine(AppContext& context, QObject* guard, const QString& step, const QString& file, int line);

} // namespace sheaf::ui
