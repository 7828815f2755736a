// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/history/run_table_model.h"

#include "ui/style/state_tone.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QBrush>
#include <QGuiApplication>

#include <algorithm>

namespace sheaf::ui {

namespace {

QString stateWord(const workspace::RunSummary& run)
{
    return run.interrupted ? RunTableModel::tr("Interrupted") : wordOf(run.state);
}

QString tagsText(const workspace::RunSummary& run)
{
    QStringList tags;
    for (const auto& tag : run.tags) {
        tags << toQt(tag);
    }
    return tags.join(QStringLiteral(", "));
}

double secondsOf(const workspace::RunSummary& run)
{
    return run.endedMicros > run.startedMicros ? static_cast<double>(run.endedMicros - run.startedMicros) * 1e-6 : 0;
}

} // namespace

void RunTableModel::setRuns(const std::vector<workspace::RunSummary>& runs)
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (std::none_of(runs.begin(), runs.end(), [name = at(row).run](const auto& run) { return run.run == name; })) {
            beginRemoveRows({}, row, row);
            m_runs.erase(m_runs.begin() + row);
            endRemoveRows();
        }
    }
    for (int row = 0; row < static_cast<int>(runs.size()); ++row) {
        const auto& run = runs[static_cast<std::size_t>(row)];
        const auto place = std::find_if(m_runs.begin() + row, m_runs.end(), [&](const auto& known) { return known.run == run.run; });
        if (place == m_runs.end()) {
            beginInsertRows({}, row, row);
            m_runs.insert(m_runs.begin() + row, run);
            endInsertRows();
            continue;
        }
        if (const int from = static_cast<int>(place - m_runs.begin()); from != row) {
            beginMoveRows({}, from, from, {}, row);
            std::rotate(m_runs.begin() + row, m_runs.begin() + from, m_runs.begin() + from + 1);
            endMoveRows();
        }
        m_runs[static_cast<std::size_t>(row)] = run;
        emit dataChanged(index(row, 0), index(row, Columns - 1));
    }
}

QString RunTableModel::textOf(int row) const
{
    const auto& run = at(row);
    return QStringList { toQt(run.run), toQt(run.displayName), stateWord(run), toQt(run.message), tagsText(run), toQt(run.note), toQt(run.jobFile) }
        .join(QLatin1Char('\n'))
        .toLower();
}

int RunTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QString RunTableModel::textAt(const workspace::RunSummary& run, int column) const
{
    switch (column) {
    case Run:
        return toQt(run.run);
    case State:
        return stateWord(run);
    case Started:
        return run.startedMicros > 0 ? dateTimeText(run.startedMicros) : QString();
    case Took:
        return secondsOf(run) > 0 ? durationText(secondsOf(run)) : QString();
    case Failed:
        return run.miniBatchesFailed > 0 ? countText(run.miniBatchesFailed) : QString();
    case Tags:
        return tagsText(run);
    case Note:
        return toQt(run.note).simplified();
    case Message:
        return toQt(run.message);
    default:
        return {};
    }
}

QVariant RunTableModel::sortValue(const workspace::RunSummary& run, int column) const
{
    switch (column) {
    case Started:
        return static_cast<qlonglong>(run.startedMicros);
    case Took:
        return secondsOf(run);
    case Failed:
        return run.miniBatchesFailed;
    default:
        return textAt(run, column).toLower();
    }
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const auto& run = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return textAt(run, index.column());
    case Qt::DecorationRole:
        return index.column() == State ? toneIcon(run.interrupted ? Tone::Canceled : toneOf(run.state), qGuiApp->devicePixelRatio()) : QVariant();
    case Qt::ForegroundRole: // a run that is completed may have failed mini-batches
        return index.column() == Failed && run.miniBatchesFailed > 0 ? QVariant(QBrush(toneTextColor(Tone::Failed))) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(index.column() == Took || index.column() == Failed ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return tipText(index.column() == Run ? toQt(run.jobFile) : index.column() == Note ? toQt(run.note) : textAt(run, index.column()));
    case kSortRole:
        return sortValue(run, index.column());
    default:
        return {};
    }
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= Columns) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(section == Took || section == Failed ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    }
    const QString names[] = { tr("Run"), tr("State"), tr("Started"), tr("Took"), tr("Failed"), tr("Tags"), tr("Note"), tr("Message") };
    return role == Qt::DisplayRole ? names[section] : QVariant();
}

RunFilterModel::RunFilterModel(RunTableModel& runs, QObject* parent)
    : QSortFilterProxyModel(parent)
    , m_runs(runs)
{
    setSourceModel(&runs);
    setSortRole(RunTableModel::kSortRole);
}

void RunFilterModel::setSearch(const QString& text)
{
    m_words = text.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool RunFilterModel::filterAcceptsRow(int row, const QModelIndex&) const
{
    const QString text = m_runs.textOf(row);
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) { return text.contains(word); });
}

} // namespace sheaf::ui
