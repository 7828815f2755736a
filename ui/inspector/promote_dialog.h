// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QDialog>
#include <QStringList>

class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;

namespace sheaf::ui {

/// Asks for the name and the type of a new input of the pipeline. Main thread.
class PromoteDialog : public QDialog
{
    Q_OBJECT

public:
    /// `taken`: names of the inputs that are there. `type`: what the value looks like.
    PromoteDialog(const QString& value, const QString& name, const QString& type, const QStringList& taken, QWidget* parent);
    [[nodiscard]] QString name() const;
    [[nodiscard]] QString type() const;

private:
    void judge();
    QStringList m_taken;
    QLineEdit* m_name;
    QComboBox* m_type;
    QLabel* m_problem;
    QDialogButtonBox* m_buttons;
};

} // namespace sheaf::ui
