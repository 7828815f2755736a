// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/attempt_model.h"

#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QBrush>
#include <QIcon>
#include <QPixmap>

namespace sheaf::ui {

namespace {

QString processText(ProcessNumber process)
{
    return QStringLiteral("process%1").arg(process.value, 3, 10, QLatin1Char('0'));
}

Tone toneOf(event::AttemptOutcome outcome)
{
    switch (outcome) {
    case event::AttemptOutcome::Done:
        return Tone::Done;
    case event::AttemptOutcome::Timeout:
    case event::AttemptOutcome::LoadTimeout:
        return Tone::TimedOut;
    case event::AttemptOutcome::Lost:
        return Tone::Canceled;
    default:
        return Tone::Failed;
    }
}

/// The same when its column is chosen: the glyph's colour is the state's.
QIcon iconOf(Tone tone)
{
    const QPixmap glyph = toneIcon(tone, 1).pixmap(16, 16);
    QIcon icon(glyph);
    icon.addPixmap(glyph, QIcon::Selected);
    return icon;
}

} // namespace

void AttemptModel::setAttempts(std::vector<event::AttemptEnded> attempts, std::optional<event::MiniBatchNow> running)
{
    beginResetModel();
    m_attempts = std::move(attempts);
    m_running = std::move(running);
    endResetModel();
}

const event::AttemptEnded* AttemptModel::at(int column) const
{
    return column >= 0 && column < static_cast<int>(m_attempts.size()) ? &m_attempts[static_cast<std::size_t>(column)] : nullptr;
}

int AttemptModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kRows;
}

int AttemptModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_attempts.size()) + (m_running ? 1 : 0);
}

QString AttemptModel::text(const event::AttemptEnded& attempt, int row) const
{
    switch (row) {
    case Outcome:
        return wordOf(attempt.outcome);
    case Node:
        return QString::number(attempt.node.value);
    case Process:
        return processText(attempt.process);
    case Started:
        return clockText(attempt.startMicros);
    case Elapsed:
        return durationText(attempt.elapsedSeconds);
    case Cpu:
        return durationText(attempt.processSeconds);
    case InRun:
        return durationText(attempt.runSeconds);
    case Items:
        return countText(attempt.items);
    case Returned:
        return countText(attempt.returned);
    case Code:
        return attempt.code == 0 ? tr("as submitted") : tr("change %1").arg(attempt.code);
    default:
        return {};
    }
}

QString AttemptModel::runningText(int row) const
{
    switch (row) {
    case Outcome:
        return wordOf(event::MiniBatchState::Running);
    case Node:
        return QString::number(m_running->node.value);
    case Process:
        return processText(m_running->process);
    case Started:
        return clockText(m_running->startMicros);
    default:
        return {};
    }
}

QVariant AttemptModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const event::AttemptEnded* attempt = at(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return attempt != nullptr ? text(*attempt, index.row()) : runningText(index.row());
    case Qt::ForegroundRole:
        return index.row() == Outcome ? QVariant(QBrush(toneTextColor(attempt != nullptr ? toneOf(attempt->outcome) : Tone::Running))) : QVariant();
    case Qt::DecorationRole:
        return index.row() == Outcome ? QVariant(iconOf(attempt != nullptr ? toneOf(attempt->outcome) : Tone::Running)) : QVariant();
    case Qt::ToolTipRole:
        return attempt != nullptr && index.row() == Outcome && !attempt->error.empty() ? QVariant(toQt(attempt->error).toHtmlEscaped()) : QVariant();
    default:
        return {};
    }
}

QVariant AttemptModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal) {
        if (role != Qt::DisplayRole) {
            return {};
        }
        const event::AttemptEnded* attempt = at(section);
        return attempt != nullptr ? tr("Attempt %1").arg(attempt->picked) : tr("Now");
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignLeft);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    static const char* const names[kRows] = { QT_TR_NOOP("Outcome"), QT_TR_NOOP("Node"), QT_TR_NOOP("Process"), QT_TR_NOOP("Started"),
        QT_TR_NOOP("Elapsed"), QT_TR_NOOP("CPU"), QT_TR_NOOP("In run()"), QT_TR_NOOP("Items"), QT_TR_NOOP("Returned"), QT_TR_NOOP("Code") };
    return section >= 0 && section < kRows ? tr(names[section]) : QVariant();
}

} // namespace sheaf::ui
