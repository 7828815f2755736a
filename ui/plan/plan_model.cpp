// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/plan/plan_model.h"

#include "ui/plan/plan_text.h"
#include "ui/state/plan_state.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <algorithm>
#include <limits>

namespace sheaf::ui {

PlanModel::PlanModel(const PlanState& plan, QObject* parent)
    : QAbstractTableModel(parent)
    , m_plan(plan)
{
    connect(&plan, &PlanState::restarted, this, &PlanModel::restart);
    connect(&plan, &PlanState::linesAdded, this, &PlanModel::addRows);
    connect(&plan, &PlanState::changed, this, &PlanModel::repaint);
    restart();
}

void PlanModel::restart()
{
    beginResetModel();
    m_rows = 0;
    m_isWhole = false;
    endResetModel();
    addRows();
}

void PlanModel::addRows()
{
    constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
    const int rows = static_cast<int>(std::min(m_plan.lines().size(), kMost));
    if (rows > m_rows) {
        const int before = m_rows;
        beginInsertRows({}, before, rows - 1);
        m_rows = rows;
        endInsertRows();
        if (before > 0) { // how many rows of JSON it holds is told by the next one
            emit dataChanged(index(before - 1, Size), index(before - 1, Content));
        }
    }
}

/// What a size is counted in, and the last one, are known for sure when the plan is whole.
void PlanModel::repaint()
{
    const bool isWhole = m_plan.header() != nullptr;
    if (isWhole && !m_isWhole && m_rows > 0) {
        emit dataChanged(index(0, Size), index(m_rows - 1, Content));
    }
    m_isWhole = isWhole;
}

int PlanModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int PlanModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

std::int64_t PlanModel::jsonRows(int row, const plan::LineContent& content) const
{
    if (content.firstRow < 0) {
        return -1;
    }
    const auto next = static_cast<std::size_t>(row) + 1;
    if (next < m_plan.lines().size()) {
        return plan::readLine(m_plan.lines()[next], false).firstRow - content.firstRow;
    }
    return m_plan.header() != nullptr ? static_cast<std::int64_t>(m_plan.header()->items) - content.firstRow : -1;
}

QString PlanModel::text(int row, int column) const
{
    const plan::LineContent content = plan::readLine(m_plan.lines()[static_cast<std::size_t>(row)]);
    const plan::SizeUnit unit = m_plan.sizes().unit;
    const std::int64_t rows = jsonRows(row, content);
    switch (column) {
    case Size:
        if (content.firstRow >= 0) {
            return rows < 0 ? QStringLiteral("–") : sizeText(static_cast<std::uint64_t>(rows), plan::SizeUnit::Rows);
        }
        return sizeText(content.hasSlices ? content.amount : content.parts, unit);
    case Content:
        return contentText(content, unit, rows);
    case Key:
        return keyText(content);
    default:
        return QString::number(row);
    }
}

QVariant PlanModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows) {
        return {};
    }
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), column);
    case Qt::ToolTipRole:
        return column == Content || column == Key ? QVariant(tipText(text(index.row(), column))) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (column == Number || column == Size ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

QVariant PlanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= Columns) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (section == Number || section == Size ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QString names[] = { tr("#"), tr("Size"), tr("What it holds"), tr("Partition") };
    return names[section];
}

} // namespace sheaf::ui
