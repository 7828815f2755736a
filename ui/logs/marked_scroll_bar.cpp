// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/logs/marked_scroll_bar.h"

#include <QPainter>
#include <QStyle>
#include <QStyleOptionSlider>

namespace sheaf::ui {

void MarkedScrollBar::setMarks(std::vector<Marks> marks)
{
    m_marks = std::move(marks);
    update();
}

void MarkedScrollBar::paintEvent(QPaintEvent* event)
{
    if (maximum() > minimum()) { // a handle that cannot be moved says nothing
        QScrollBar::paintEvent(event);
    }
    QStyleOptionSlider option;
    initStyleOption(&option);
    const QRect groove = style()->subControlRect(QStyle::CC_ScrollBar, &option, QStyle::SC_ScrollBarGroove, this);
    if (groove.height() < 4) {
        return;
    }
    QPainter painter(this);
    const double height = groove.height();
    for (const Marks& marks : m_marks) {
        const int left = marks.share == 0 ? groove.left() : groove.center().x() + 1;
        for (int y = 0; y < groove.height(); y += 2) {
            if (marks.isIn(y / height, (y + 2) / height)) {
                painter.fillRect(left, groove.top() + y, groove.width() / 2, 2, marks.color);
            }
        }
    }
}

} // namespace sheaf::ui
