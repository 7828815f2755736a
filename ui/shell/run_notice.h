// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QObject>
#include <QString>

class QWidget;

namespace sheaf::ui {

class AppContext;

/// Tells who looks elsewhere how the open run is doing: a mark for the window's title while it goes on, and when it has ended the
/// desktop's notification and the window's call for attention, unless the window is being looked at. Owned by MainWindow; main thread.
class RunNotice : public QObject
{
    Q_OBJECT

public:
    RunNotice(AppContext& context, QWidget& window);
    /// "37 %", "✔ Completed", "✘ Failed"; "" when there is nothing to say. For the beginning of the title.
    [[nodiscard]] const QString& mark() const { return m_mark; }

signals:
    void markChanged();
    /// The run has ended while it was watched: what was told the desktop.
    void told(const QString& title, const QString& text);

private:
    void look();
    void tellEnd();
    AppContext& m_context;
    QWidget& m_window;
    QString m_mark;
    bool m_wasGoing = false;
};

} // namespace sheaf::ui
