// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/ids.h"
#include "core/event/run_picture.h"

#include <functional>
#include <vector>
#endif

#include <QAbstractTableModel>

namespace sheaf::ui {

/// The exact list of a repair: number, state and error of each mini-batch, whatever their number. Owned by RepairDialog; main thread.
class RepairModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Number, State, ErrorText, Columns };

    /// `step` is asked for at each use, for the picture moves its vectors.
    RepairModel(std::function<const event::StepPicture*()> step, QObject* parent);
    void setList(std::vector<MiniBatchIndex> miniBatches);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::function<const event::StepPicture*()> m_step;
    std::vector<MiniBatchIndex> m_miniBatches;
};

} // namespace sheaf::ui
