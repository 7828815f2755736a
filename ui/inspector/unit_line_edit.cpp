// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/unit_line_edit.h"

#include "ui/style/spacing.h"
#include "ui/style/theme.h"

#include <QPainter>

namespace sheaf::ui {

UnitLineEdit::UnitLineEdit(QWidget* parent)
    : QLineEdit(parent)
{
    connect(this, &QLineEdit::textChanged, this, &UnitLineEdit::fit);
}

void UnitLineEdit::setUnit(const QString& unit)
{
    m_unit = unit;
    fit();
}

void UnitLineEdit::resizeEvent(QResizeEvent* event)
{
    QLineEdit::resizeEvent(event);
    fit();
}

void UnitLineEdit::paintEvent(QPaintEvent* event)
{
    QLineEdit::paintEvent(event);
    if (m_hasRoom) {
        QPainter painter(this);
        painter.setPen(theme().muted);
        painter.drawText(rect().adjusted(0, 0, -space::kMedium - 1, 0), Qt::AlignVCenter | Qt::AlignRight, m_unit);
    }
}

void UnitLineEdit::fit()
{
    const int unit = fontMetrics().horizontalAdvance(m_unit) + space::kMedium;
    m_hasRoom = !m_unit.isEmpty() && fontMetrics().horizontalAdvance(text()) + unit + 3 * space::kMedium <= width();
    setTextMargins(0, 0, m_hasRoom ? unit : 0, 0);
    update();
}

} // namespace sheaf::ui
