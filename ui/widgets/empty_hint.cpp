// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/widgets/empty_hint.h"

#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr int kTextWidth = 480;
constexpr int kLeastWidth = 160;

} // namespace


EmptyHint::EmptyHint(const QString& iconName, QWidget* parent)
    : QWidget(parent)
    , m_icon(iconName)
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
{
    m_title->setObjectName(QStringLiteral("hint.title"));
    m_text->setObjectName(QStringLiteral("hint.text"));
    m_title->setFont(textFont(2, true));
    m_text->setProperty("muted", true);
    for (QLabel* label : { m_title, m_text }) {
        label->setAlignment(Qt::AlignHCenter);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    column->setSpacing(space::kSmall);
    column->addStretch(2);
    column->addSpacing(44);
    column->addWidget(m_title, 0, Qt::AlignHCenter);
    column->addWidget(m_text, 0, Qt::AlignHCenter);
    column->addStretch(3);
}

void EmptyHint::setWords(const QString& title, const QString& text)
{
    m_title->setText(title);
    m_text->setText(text);
    fit();
    setAccessibleName(title);
    setAccessibleDescription(text);
}

void EmptyHint::setIconName(const QString& name)
{
    m_icon = name;
    update();
}

QString EmptyHint::title() const
{
    return m_title->text();
}

void EmptyHint::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fit();
}

void EmptyHint::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    fit(); // the style has given the fonts by now
}

/// A wrapping label in a centred column would else begin at its narrowest, and get the height of one line.
void EmptyHint::fit()
{
    const int room = width() - layout()->contentsMargins().left() - layout()->contentsMargins().right();
    const int wide = std::clamp(room, kLeastWidth, kTextWidth);
    for (QLabel* label : { m_title, m_text }) {
        const QRect words = label->fontMetrics().boundingRect(QRect(0, 0, wide, QWIDGETSIZE_MAX), Qt::TextWordWrap | Qt::AlignHCenter, label->text());
        label->setFixedSize(wide, words.height());
    }
}

void EmptyHint::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setOpacity(0.75);
    paintIcon(painter, QRectF(width() / 2.0 - 18, m_title->y() - 46, 36, 36), m_icon, theme().muted);
}

} // namespace sheaf::ui
