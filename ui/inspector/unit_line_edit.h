// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QLineEdit>

namespace sheaf::ui {

/// A line edit with a word at its right end that is not part of the text: the unit, or the type. The text is worth more: the word is only there
/// while both have room.
class UnitLineEdit : public QLineEdit
{
    Q_OBJECT

public:
    explicit UnitLineEdit(QWidget* parent);
    void setUnit(const QString& unit);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void fit();

    QString m_unit;
    bool m_hasRoom = false;
};

} // namespace sheaf::ui
