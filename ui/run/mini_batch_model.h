// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/run_picture.h"
#include "ui/run/mini_batch_filter.h"

#include <functional>
#include <optional>
#include <vector>
#endif

#include <QAbstractTableModel>
#include <QTimer>

namespace sheaf::ui {

/// The mini-batches of one step as rows, straight from the run's picture: no copies. Sorting and filtering are its own, over row
/// numbers of four bytes: a million rows stay quick. Unsorted and unfiltered it follows a live run by dataChanged only; else the
/// rows are put in order anew from time to time. Owned by MiniBatchTable; main thread.
class MiniBatchModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Number, State, Tries, Node, Process, Items, Returned, Start, Elapsed, RunTime, ErrorText, Columns };
    using ErrorOf = std::function<QString(MiniBatchIndex)>;

    explicit MiniBatchModel(QObject* parent = nullptr);
    /// `step` is asked for at each use, for the picture moves its vectors; null: no rows.
    void setSource(std::function<const event::StepPicture*()> step, ErrorOf errorOf);
    void setFilter(const MiniBatchFilter& filter);
    /// Mini-batches that events touched; `isPlanned` when their number has changed.
    void onChanged(const std::vector<MiniBatchIndex>& touched, bool isPlanned);

    [[nodiscard]] std::uint32_t total() const;
    [[nodiscard]] MiniBatchIndex at(int row) const;
    [[nodiscard]] int rowOf(MiniBatchIndex miniBatch) const; // -1: not among the rows

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

signals:
    void rowsArranged();

private:
    [[nodiscard]] const event::MiniBatchNow* miniBatch(std::uint32_t number) const;
    [[nodiscard]] bool isPlain() const { return m_filter.isEmpty() && m_column == Number && m_order == Qt::AscendingOrder; }
    [[nodiscard]] QVariant text(std::uint32_t number, const event::MiniBatchNow& now, int column) const;
    [[nodiscard]] std::vector<std::uint32_t> arranged() const;
    void reset();

    std::function<const event::StepPicture*()> m_step;
    ErrorOf m_errorOf;
    MiniBatchFilter m_filter;
    int m_column = Number;
    Qt::SortOrder m_order = Qt::AscendingOrder;
    std::uint32_t m_plainRows = 0; // rows told to the views while plain
    std::vector<std::uint32_t> m_rows; // when not plain
    QTimer m_rearrange;
};

} // namespace sheaf::ui
