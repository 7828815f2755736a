// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/widgets/state_badge.h"

#include "ui/style/theme.h"

namespace sheaf::ui {

StateBadge::StateBadge(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void StateBadge::setState(Tone tone, const QString& word)
{
    if (tone == m_tone && word == m_word) {
        return;
    }
    m_tone = tone;
    m_word = word;
    setAccessibleName(word);
    updateGeometry();
    update();
}

QSize StateBadge::sizeHint() const
{
    const QFontMetrics metrics(textFont(0, true));
    return { metrics.height() + 6 + metrics.horizontalAdvance(m_word) + 4, metrics.height() + 4 };
}

void StateBadge::paintEvent(QPaintEvent*)
{
    if (m_word.isEmpty()) {
        return;
    }
    QPainter painter(this);
    painter.setFont(textFont(0, true));
    const int side = painter.fontMetrics().height() - 1;
    paintGlyph(painter, QRectF(1, (height() - side) / 2.0, side, side), m_tone);
    painter.setPen(toneTextColor(m_tone));
    painter.drawText(QRect(side + 7, 0, width() - side - 7, height()), Qt::AlignVCenter | Qt::AlignLeft, m_word);
}

} // namespace sheaf::ui
