// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/run_picture.h"

#include <optional>
#include <vector>
#endif

#include <QAbstractTableModel>

namespace sheaf::ui {

/// The attempts of one mini-batch side by side: a column each, the one that is going on last. Holds a copy; main thread.
class AttemptModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Row { Outcome, Node, Process, Started, Elapsed, Cpu, InRun, Items, Returned, Code, kRows };
    using QAbstractTableModel::QAbstractTableModel;
    /// `running`: what is known of the attempt that has not ended.
    void setAttempts(std::vector<event::AttemptEnded> attempts, std::optional<event::MiniBatchNow> running);
    /// The ended attempt of a column; null for the one that is going on.
    [[nodiscard]] const event::AttemptEnded* at(int column) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const event::AttemptEnded& attempt, int row) const;
    [[nodiscard]] QString runningText(int row) const;
    std::vector<event::AttemptEnded> m_attempts;
    std::optional<event::MiniBatchNow> m_running;
};

} // namespace sheaf::ui
