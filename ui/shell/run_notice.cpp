// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/run_notice.h"

#include "ui/state/app_context.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>

namespace sheaf::ui {

namespace {

/// Of all mini-batches that are planned, in whole percent; -1 while none is.
int percentDone(const event::RunPicture& picture)
{
    std::uint64_t total = 0;
    std::uint64_t ended = 0;
    for (const auto& step : picture.steps()) {
        total += step.total();
        ended += step.ended();
    }
    return total == 0 ? -1 : static_cast<int>(100 * ended / total);
}

/// The desktop's own notification (freedesktop.org, Desktop Notifications 1.2: markup in its text, not in its title); where no desktop listens
/// nothing happens.
void notifyDesktop(const QString& title, const QString& text)
{
    QDBusMessage message = QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.Notifications"),
        QStringLiteral("/org/freedesktop/Notifications"), QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("Notify"));
    message << QStringLiteral("Sheaf") << 0U << QStringLiteral("io.github.sheaf.Studio") << title << text.toHtmlEscaped() << QStringList() << QVariantMap() << -1;
    QDBusConnection::sessionBus().send(message);
}

} // namespace

RunNotice::RunNotice(AppContext& context, QWidget& window)
    : QObject(&window)
    , m_context(context)
    , m_window(window)
{
    connect(&m_context.run, &RunState::changed, this, [this] { look(); });
    for (const auto signal : { &RunState::opened, &RunState::closed, &RunState::activityChanged }) {
        connect(&m_context.run, signal, this, [this] { look(); });
    }
}

void RunNotice::look()
{
    const auto& run = m_context.run;
    const bool isGoing = run.isOpen() && run.isActive() && !run.isOver();
    QString mark;
    if (isGoing) {
        const int percent = percentDone(run.picture());
        mark = percent < 0 ? wordOf(run.picture().state()) : tr("%1 %").arg(percent);
    } else if (run.isOpen() && run.isLoaded() && run.isOver()) {
        const auto state = run.picture().state();
        const QString glyph = state == event::RunState::Completed ? QStringLiteral("✔") : state == event::RunState::Failed ? QStringLiteral("✘") : QStringLiteral("■");
        mark = glyph + QLatin1Char(' ') + wordOf(state);
    } else if (run.isInterrupted()) {
        mark = tr("■ Interrupted");
    }
    const bool hasEnded = m_wasGoing && !isGoing && run.isOpen() && (run.isOver() || run.isInterrupted());
    m_wasGoing = isGoing;
    if (mark != m_mark) {
        m_mark = mark;
        emit markChanged();
    }
    if (hasEnded) {
        tellEnd();
    }
}

void RunNotice::tellEnd()
{
    if (m_window.isActiveWindow()) {
        return;
    }
    const QString title = QStringLiteral("%1: %2").arg(m_context.run.run(), m_mark);
    const QString text = toQt(m_context.run.picture().message());
    QApplication::alert(&m_window);
    notifyDesktop(title, text);
    emit told(title, text);
}

} // namespace sheaf::ui
