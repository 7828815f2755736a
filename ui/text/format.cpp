// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/text/format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QTextDocument>

#include <cmath>

namespace sheaf::ui {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("format", text);
}

} // namespace

QString countText(std::uint64_t count)
{
    return QLocale().toString(static_cast<qulonglong>(count));
}

QString bytesText(double bytes)
{
    static constexpr const char* kUnits[] = { "B", "KiB", "MiB", "GiB", "TiB" };
    int unit = 0;
    while (bytes >= 1024 && unit < 4) {
        bytes /= 1024;
        ++unit;
    }
    const int decimals = unit == 0 || bytes >= 100 ? 0 : 1;
    return QStringLiteral("%1 %2").arg(QLocale().toString(bytes, 'f', decimals), QLatin1String(kUnits[unit]));
}

QString durationText(double seconds)
{
    if (!(seconds >= 0)) {
        return QStringLiteral("–");
    }
    if (seconds < 0.0995) {
        return say("%1 ms").arg(QLocale().toString(seconds * 1000, 'f', seconds < 0.00995 ? 1 : 0));
    }
    if (seconds < 9.95) {
        return say("%1 s").arg(QLocale().toString(seconds, 'f', 1));
    }
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 60) {
        return say("%1 s").arg(whole);
    }
    const QLatin1Char zero('0');
    if (whole < 3600) {
        return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, zero);
    }
    return QStringLiteral("%1:%2:%3").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, zero).arg(whole % 60, 2, 10, zero);
}

QString clockText(std::int64_t micros)
{
    if (micros <= 0) {
        return QStringLiteral("–");
    }
    return QDateTime::fromMSecsSinceEpoch(micros / 1000).toString(QStringLiteral("HH:mm:ss"));
}

QString dateTimeText(std::int64_t micros)
{
    if (micros <= 0) {
        return QStringLiteral("–");
    }
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(micros / 1000);
    const QDate today = QDate::currentDate();
    if (time.date() == today) {
        return say("Today %1").arg(time.toString(QStringLiteral("HH:mm")));
    }
    if (time.date() == today.addDays(-1)) {
        return say("Yesterday %1").arg(time.toString(QStringLiteral("HH:mm")));
    }
    return QLocale().toString(time, time.date().year() == today.year() ? QStringLiteral("d MMM HH:mm") : QStringLiteral("d MMM yyyy"));
}

QString rateText(double perSecond)
{
    if (!(perSecond > 0)) {
        return QStringLiteral("–");
    }
    if (perSecond >= 1) {
        return say("%1 per second").arg(QLocale().toString(perSecond, 'f', perSecond < 10 ? 1 : 0));
    }
    return say("%1 per minute").arg(QLocale().toString(perSecond * 60, 'f', perSecond * 60 < 10 ? 1 : 0));
}

QString tipText(const QString& text)
{
    constexpr qsizetype kOneLine = 100;
    const bool isPlain = text.size() <= kOneLine && !Qt::mightBeRichText(text); // plain texts are not wrapped
    return isPlain ? text : Qt::convertFromPlainText(text, Qt::WhiteSpaceNormal);
}

QString wordOf(event::RunState state)
{
    switch (state) {
    case event::RunState::Starting:
        return say("Starting");
    case event::RunState::Running:
        return say("Running");
    case event::RunState::Completed:
        return say("Completed");
    case event::RunState::Failed:
        return say("Failed");
    case event::RunState::Canceled:
        return say("Canceled");
    }
    return {};
}

QString wordOf(event::StepState state)
{
    switch (state) {
    case event::StepState::NotStarted:
        return say("Not started");
    case event::StepState::Preparing:
        return say("Preparing");
    case event::StepState::Running:
        return say("Running");
    case event::StepState::Finalizing:
        return say("Finalizing");
    case event::StepState::Completed:
        return say("Completed");
    case event::StepState::Failed:
        return say("Failed");
    case event::StepState::Canceled:
        return say("Canceled");
    }
    return {};
}

QString wordOf(event::MiniBatchState state)
{
    switch (state) {
    case event::MiniBatchState::Pending:
        return say("Pending");
    case event::MiniBatchState::Running:
        return say("Running");
    case event::MiniBatchState::Retrying:
        return say("Retrying");
    case event::MiniBatchState::Done:
        return say("Done");
    case event::MiniBatchState::Failed:
        return say("Failed");
    case event::MiniBatchState::TimedOut:
        return say("Timed out");
    case event::MiniBatchState::Canceled:
        return say("Canceled");
    case event::MiniBatchState::Ignored:
        return say("Ignored");
    }
    return {};
}

QString wordOf(event::AttemptOutcome outcome)
{
    switch (outcome) {
    case event::AttemptOutcome::Done:
        return say("Done");
    case event::AttemptOutcome::Exception:
        return say("run() raised");
    case event::AttemptOutcome::BadReturn:
        return say("run() returned a wrong type");
    case event::AttemptOutcome::Timeout:
        return say("run() timed out");
    case event::AttemptOutcome::LoadTimeout:
        return say("loading timed out");
    case event::AttemptOutcome::LoadFailed:
        return say("could not be read");
    case event::AttemptOutcome::WorkerDied:
        return say("worker died");
    case event::AttemptOutcome::Lost:
        return say("worker lost");
    }
    return {};
}

} // namespace sheaf::ui
