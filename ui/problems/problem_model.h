// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/spec/diagnostic.h"

#include <vector>
#endif

#include <QAbstractTableModel>

namespace sheaf::ui {

/// The findings about a job file as rows. Holds a copy; main thread.
class ProblemModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Severity, Place, Message, Fix, Columns };
    using QAbstractTableModel::QAbstractTableModel;
    void setDiagnostics(std::vector<spec::Diagnostic> diagnostics);
    [[nodiscard]] const spec::Diagnostic& at(int row) const { return m_diagnostics[static_cast<std::size_t>(row)]; }
    /// The step a finding is about, or "".
    [[nodiscard]] QString stepOf(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<spec::Diagnostic> m_diagnostics;
};

} // namespace sheaf::ui
