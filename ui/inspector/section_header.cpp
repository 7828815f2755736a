// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/section_header.h"

#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"

#include <QKeyEvent>
#include <QPainter>

namespace sheaf::ui {

SectionHeader::SectionHeader(const QString& title, QWidget* parent)
    : QAbstractButton(parent)
{
    setText(title);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(title);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFont(textFont(0, true));
    connect(this, &QAbstractButton::toggled, this, [this](bool open) { setAccessibleDescription(open ? tr("open") : tr("closed")); });
    setAccessibleDescription(tr("closed"));
}

void SectionHeader::setNote(const QString& note, bool isTrouble)
{
    if (note != m_note || isTrouble != m_isTrouble) {
        m_note = note;
        m_isTrouble = isTrouble;
        update();
    }
}

QSize SectionHeader::sizeHint() const
{
    return { fontMetrics().horizontalAdvance(text()) + 120, fontMetrics().height() + 2 * space::kMedium };
}

void SectionHeader::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& colors = theme();
    painter.fillRect(rect(), underMouse() || hasFocus() ? colors.raised : colors.surface);
    painter.fillRect(QRect(0, 0, width(), 1), colors.border);
    const QRectF box(space::kMedium, (height() - 10) / 2.0, 10, 10);
    painter.save();
    painter.translate(box.center());
    painter.rotate(isChecked() ? 0 : -90);
    painter.setPen(QPen(hasFocus() ? colors.accent : colors.muted, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(QPolygonF { QPointF(-4, -2), QPointF(0, 2.5), QPointF(4, -2) });
    painter.restore();
    const int left = space::kMedium + 10 + space::kMedium;
    painter.setPen(colors.text);
    painter.setFont(font());
    painter.drawText(QRect(left, 0, width() - left, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    painter.setPen(m_isTrouble ? toneTextColor(Tone::Failed) : colors.muted);
    painter.setFont(textFont(-1));
    painter.drawText(rect().adjusted(left, 0, -space::kMedium, 0), Qt::AlignVCenter | Qt::AlignRight, m_note);
    if (hasFocus()) {
        painter.setPen(colors.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void SectionHeader::keyPressEvent(QKeyEvent* event)
{
    const bool turns = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (turns || (event->key() == Qt::Key_Right && !isChecked()) || (event->key() == Qt::Key_Left && isChecked())) {
        click();
        return;
    }
    QAbstractButton::keyPressEvent(event);
}

void SectionHeader::enterEvent(QEnterEvent* event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void SectionHeader::leaveEvent(QEvent* event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace sheaf::ui
