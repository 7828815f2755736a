// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/plan/preview_model.h"

#include "ui/plan/plan_text.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QBrush>

namespace sheaf::ui {

namespace {

constexpr int kFileSize = 1; // column of a preview of files

} // namespace

void PreviewModel::setPreview(workspace::MiniBatchPreview preview)
{
    beginResetModel();
    m_preview = std::move(preview);
    endResetModel();
}

int PreviewModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_preview.rows.size());
}

int PreviewModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_preview.columns.size());
}

bool PreviewModel::isNumber(int column) const
{
    const QString type = toQt(m_preview.columns[static_cast<std::size_t>(column)].second).toLower();
    return type.startsWith(QLatin1String("int")) || type.startsWith(QLatin1String("uint")) || type.startsWith(QLatin1String("float"));
}

QString PreviewModel::text(const std::string& cell, int column) const
{
    const QString words = toQt(cell);
    return m_preview.kind == plan::MiniBatchKind::Files && column == kFileSize ? bytesText(words.toDouble()) : oneLine(words);
}

QVariant PreviewModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const auto& row = m_preview.rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<std::size_t>(index.column());
    const bool isThere = column < row.size() && row[column].has_value();
    switch (role) {
    case Qt::DisplayRole:
        return isThere ? text(*row[column], index.column()) : tr("missing");
    case Qt::ToolTipRole:
        return isThere ? QVariant(tipText(toQt(*row[column]))) : QVariant();
    case Qt::ForegroundRole:
        return isThere ? QVariant() : QVariant(QBrush(theme().muted));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

QVariant PreviewModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical) {
        return role == Qt::DisplayRole ? QVariant(section) : QVariant();
    }
    if (section < 0 || section >= columnCount()) {
        return {};
    }
    const auto& [name, type] = m_preview.columns[static_cast<std::size_t>(section)];
    const bool areFiles = m_preview.kind == plan::MiniBatchKind::Files;
    switch (role) {
    case Qt::DisplayRole:
        return areFiles ? (section == kFileSize ? tr("Size") : tr("File")) : name.empty() ? tr("value") : oneLine(toQt(name));
    case Qt::ToolTipRole:
        return areFiles ? QVariant() : QVariant(tipText(tr("%1: %2").arg(toQt(name), toQt(type))));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

} // namespace sheaf::ui
