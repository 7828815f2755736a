// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/plan/line_content.h"
#endif

#include <QAbstractTableModel>

namespace sheaf::ui {

class PlanState;

/// The mini-batches of the plan as rows, straight from its lines: a line is read when it is painted, nothing is kept but the number of
/// rows. Owned by PlanView; main thread.
class PlanModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Number, Size, Content, Key, Columns };

    explicit PlanModel(const PlanState& plan, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void addRows();
    void restart();
    void repaint();
    /// Rows of JSON in the mini-batch; -1: the plan is not that far, or it holds something else.
    [[nodiscard]] std::int64_t jsonRows(int row, const plan::LineContent& content) const;
    [[nodiscard]] QString text(int row, int column) const;

    const PlanState& m_plan;
    int m_rows = 0;
    bool m_isWhole = false;
};

} // namespace sheaf::ui
