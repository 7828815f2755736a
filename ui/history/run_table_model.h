// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/workspace/workspace.h"

#include <vector>
#endif

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QStringList>

namespace sheaf::ui {

/// The runs of a workspace as rows. Another list of them changes, moves, adds and takes away rows; what stays keeps its row, so that a view
/// keeps what is chosen. Holds a copy; main thread.
class RunTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Run, State, Started, Took, Failed, Tags, Note, Message, Columns };
    static constexpr int kSortRole = Qt::UserRole;
    using QAbstractTableModel::QAbstractTableModel;
    void setRuns(const std::vector<workspace::RunSummary>& runs);
    [[nodiscard]] const workspace::RunSummary& at(int row) const { return m_runs[static_cast<std::size_t>(row)]; }
    /// All that a search looks into, in small letters.
    [[nodiscard]] QString textOf(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString textAt(const workspace::RunSummary& run, int column) const;
    [[nodiscard]] QVariant sortValue(const workspace::RunSummary& run, int column) const;
    std::vector<workspace::RunSummary> m_runs;
};

/// The runs that hold all words of a search, each anywhere. Main thread.
class RunFilterModel : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit RunFilterModel(RunTableModel& runs, QObject* parent = nullptr);
    void setSearch(const QString& text);
    [[nodiscard]] const workspace::RunSummary& at(int row) const { return m_runs.at(mapToSource(index(row, 0)).row()); }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    RunTableModel& m_runs;
    QStringList m_words;
};

} // namespace sheaf::ui
