// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QFileSystemWatcher>
#include <QGuiApplication>
#include <QSet>
#include <QStringList>

#include <utility>

/// How a state hears that other programs changed files. Main thread.
namespace sheaf::ui {

/// Calls `then` when somebody comes back to the program's windows from another program: files may have come or gone where nobody watches
/// (a network disk, a folder with too many folders). As long as `guard` lives.
template <class Then> void whenBack(QObject* guard, Then then)
{
    if (auto* application = qobject_cast<QGuiApplication*>(QCoreApplication::instance())) {
        QObject::connect(application, &QGuiApplication::applicationStateChanged, guard, [then = std::move(then)](Qt::ApplicationState state) {
            if (state == Qt::ApplicationActive) {
                then();
            }
        });
    }
}

/// Watches these files and folders and no others; what is not there is left out. Given again after each change: a file that was replaced is
/// no longer watched by Qt.
inline void watchOnly(QFileSystemWatcher& watcher, const QStringList& places)
{
    const QStringList watched = watcher.files() + watcher.directories();
    const QSet<QString> old(watched.begin(), watched.end());
    const QSet<QString> wanted(places.begin(), places.end());
    if (const QSet<QString> gone = old - wanted; !gone.isEmpty()) {
        watcher.removePaths(gone.values());
    }
    if (const QSet<QString> fresh = wanted - old; !fresh.isEmpty()) {
        watcher.addPaths(fresh.values());
    }
}

} // namespace sheaf::ui
