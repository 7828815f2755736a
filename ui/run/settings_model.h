// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/pipeline/run_spec.h"

#include <vector>
#endif

#include <QAbstractTableModel>
#include <QString>

namespace sheaf::ui {

/// One setting really in force.
struct SettingRow {
    QString group;
    QString name; // in the words of the job file
    QString value;
    bool isSetByUser = false;
    bool isOverride = false; // by --set, not by the file
};

/// `overrides`: the --set words of the run, PATH=VALUE.
[[nodiscard]] std::vector<SettingRow> settingsInForce(
    const pipeline::StepSpec& step, const std::vector<std::string>& overrides = {});

/// The settings of a step as rows: name, value, whether the file set it. Holds a copy; main thread.
class SettingsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Value, Origin, Columns };
    using QAbstractTableModel::QAbstractTableModel;
    void setRows(std::vector<SettingRow> rows);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<SettingRow> m_rows;
};

} // namespace sheaf::ui
