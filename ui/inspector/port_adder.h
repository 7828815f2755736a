// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace sheaf::ui {

/// "Add input…" below the inputs (or outputs): opens a line for name, type and value. Asks; adds nothing itself, and stays open until it is
/// told how that went. Owned by its section.
class PortAdder : public QWidget
{
    Q_OBJECT

public:
    PortAdder(bool isInput, QWidget* parent);
    /// Names that are taken.
    void setTaken(const QStringList& names) { m_taken = names; }
    /// What was asked is done.
    void close() { open(false); }
    /// What was asked cannot be: why. The words stay.
    void refuse(const QString& sentence);

signals:
    void addAsked(const QString& name, const QString& type, const QString& value);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void open(bool isOpen);
    void judge();
    void tell(const QString& problem);
    void add();

    bool m_isInput;
    QStringList m_taken;
    QPushButton* m_open;
    QWidget* m_line;
    QLineEdit* m_name;
    QComboBox* m_type;
    QLineEdit* m_value;
    QPushButton* m_add;
    QLabel* m_problem;
};

} // namespace sheaf::ui
