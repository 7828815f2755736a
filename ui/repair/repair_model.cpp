// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/repair/repair_model.h"

#include "ui/style/state_tone.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QGuiApplication>

namespace sheaf::ui {

RepairModel::RepairModel(std::function<const event::StepPicture*()> step, QObject* parent)
    : QAbstractTableModel(parent)
    , m_step(std::move(step))
{
}

void RepairModel::setList(std::vector<MiniBatchIndex> miniBatches)
{
    beginResetModel();
    m_miniBatches = std::move(miniBatches);
    endResetModel();
}

int RepairModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_miniBatches.size());
}

int RepairModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(Columns);
}

QVariant RepairModel::data(const QModelIndex& index, int role) const
{
    const event::StepPicture* step = m_step();
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || step == nullptr || row >= m_miniBatches.size() || m_miniBatches[row].value >= step->total()) {
        return {};
    }
    const MiniBatchIndex miniBatch = m_miniBatches[row];
    const event::MiniBatchState state = step->miniBatches[miniBatch.value].state;
    if (role == Qt::DecorationRole && index.column() == State) {
        return toneIcon(toneOf(state), qGuiApp->devicePixelRatio());
    }
    if (role == Qt::TextAlignmentRole && index.column() == Number) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) {
        return {};
    }
    switch (static_cast<Column>(index.column())) {
    case Number:
        return countText(miniBatch.value);
    case State:
        return wordOf(state);
    case ErrorText:
        return role == Qt::ToolTipRole ? tipText(toQt(std::string(step->errorOf(miniBatch)))) : toQt(std::string(step->errorOf(miniBatch)));
    case Columns:
        break;
    }
    return {};
}

QVariant RepairModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        return QVariant((section == Number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == Number ? tr("Mini-batch") : section == State ? tr("State") : tr("What was raised");
}

} // namespace sheaf::ui
