// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/growing_text_edit.h"

#include "ui/style/spacing.h"

#include <QAbstractTextDocumentLayout>
#include <QTextBlock>
#include <QTextLayout>
#include <QTimer>
#include <QtMath>

namespace sheaf::ui {

namespace {

constexpr int kMostLines = 8;

} // namespace

GrowingTextEdit::GrowingTextEdit(QWidget* parent)
    : QPlainTextEdit(parent)
{
    connect(this, &QPlainTextEdit::textChanged, this, &GrowingTextEdit::grow);
    grow();
}

void GrowingTextEdit::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    if (width() != m_width) {
        m_width = width();
        QTimer::singleShot(0, this, [this] { grow(); }); // when it has wrapped its lines
    }
}

void GrowingTextEdit::grow()
{
    int lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        document()->documentLayout()->blockBoundingRect(block); // lays the block out
        lines += qMax(1, block.layout()->lineCount());
    }
    setVerticalScrollBarPolicy(lines > kMostLines ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    const double margin = 2 * (document()->documentMargin() + space::kSmall);
    setFixedHeight(qCeil(qBound(1, lines, kMostLines) * QFontMetricsF(font()).lineSpacing() + margin));
}

} // namespace sheaf::ui
