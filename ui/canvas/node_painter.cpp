// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/node_painter.h"

#include "ui/canvas/node_geometry.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QPainterPath>

namespace sheaf::ui {

namespace {

constexpr double kNoText = 0.4; // below, text cannot be read
constexpr double kFlat = 0.22; // below, a box is all that can be seen

QFont pixelFont(double pixels, bool bold = false)
{
    QFont font = textFont(0, bold);
    font.setPixelSize(static_cast<int>(pixels));
    return font;
}

void elided(QPainter& painter, const QRectF& box, const QString& text, int flags = Qt::AlignLeft | Qt::AlignVCenter)
{
    painter.drawText(box, flags, painter.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(box.width())));
}

void paintBox(QPainter& painter, const QRectF& box, const NodeStatus& status, const NodeLook& look, double radius)
{
    QColor edge = theme().border;
    if (look.hasProblem) {
        edge = toneColor(Tone::Failed);
    } else if (status.known && status.tone != Tone::Pending) {
        edge = toneColor(status.tone);
        edge.setAlphaF(0.75F);
    }
    if (look.isHovered && !look.isSelected) {
        edge = theme().muted;
    }
    // A hand-painted shadow: an effect per item would cost a pixmap each.
    if (look.scale > kNoText) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor(0, 0, 0, theme().dark ? 60 : 16));
        painter.drawRoundedRect(box.translated(0, 2), radius, radius);
    }
    painter.setPen(QPen(look.isSelected ? theme().accent : edge, look.isSelected ? 2.2 : 1.2));
    painter.setBrush(theme().surface);
    painter.drawRoundedRect(box, radius, radius);
    if (look.isSelected && look.hasFocus) {
        QColor halo = theme().accent;
        halo.setAlphaF(0.28F);
        painter.setPen(QPen(halo, 4));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(-3.5, -3.5, 3.5, 3.5), radius + 3, radius + 3);
    }
}

void paintBadge(QPainter& painter, const QRectF& box, const NodeStatus& status)
{
    painter.setFont(pixelFont(12, true));
    const double glyph = 15;
    const double width = qMin(painter.fontMetrics().horizontalAdvance(status.word) + glyph + 5.0, box.width());
    const QRectF place(box.right() - width, box.top(), width, box.height());
    paintGlyph(painter, QRectF(place.left(), place.center().y() - glyph / 2, glyph, glyph), status.tone);
    painter.setPen(toneTextColor(status.tone));
    elided(painter, place.adjusted(glyph + 5, 0, 1, 0), status.word);
}

void paintStep(QPainter& painter, const GraphNode& node, const NodeStatus& status, const NodeLook& look)
{
    const StepParts parts;
    paintIcon(painter, parts.icon, node.icon, theme().muted);
    painter.setFont(pixelFont(15, true));
    painter.setPen(theme().text);
    elided(painter, status.known ? parts.title : parts.title.adjusted(0, 0, parts.badge.width(), 0), node.title);
    if (status.known) {
        paintBadge(painter, parts.badge, status);
    } else if (look.hasProblem) {
        paintIcon(painter, QRectF(parts.badge.right() - 18, parts.badge.top() + 1, 18, 18), QStringLiteral("error"), toneTextColor(Tone::Failed));
    }
    painter.setFont(pixelFont(12));
    painter.setPen(theme().muted);
    elided(painter, parts.kind, node.kindLine);
    elided(painter, parts.settings, node.settingsLine);
    if (!status.known) {
        painter.setPen(QPen(theme().border, 1));
        painter.drawLine(QPointF(parts.data.left(), parts.data.top()), QPointF(parts.data.right(), parts.data.top()));
        QFont mono = monoFont();
        mono.setPixelSize(12);
        painter.setFont(mono);
        painter.setPen(theme().text);
        elided(painter, parts.data.adjusted(0, 4, 0, 2), node.dataLine);
        return;
    }
    paintShares(painter, parts.bar, status.shares, 3.5);
    painter.setPen(theme().text);
    elided(painter, parts.progress, status.progress);
    painter.setFont(pixelFont(12, true));
    painter.setPen(toneTextColor(Tone::Failed));
    elided(painter, parts.trouble, status.trouble, Qt::AlignRight | Qt::AlignVCenter);
}

void paintSource(QPainter& painter, const GraphNode& node, const QRectF& box)
{
    paintIcon(painter, QRectF(13, (box.height() - 20) / 2, 20, 20), node.icon, theme().muted);
    painter.setFont(pixelFont(13, true));
    painter.setPen(theme().text);
    elided(painter, QRectF(42, 7, box.width() - 54, 19), node.title);
    painter.setFont(pixelFont(11));
    painter.setPen(theme().muted);
    elided(painter, QRectF(42, 25, box.width() - 54, 17), node.kindLine);
}

/// Far away: the title as large as the box allows, and the bar.
void paintFar(QPainter& painter, const GraphNode& node, const NodeStatus& status, const QRectF& box)
{
    if (node.isStep && status.known) {
        paintGlyph(painter, QRectF(14, 14, 34, 34), status.tone);
        paintShares(painter, QRectF(14, box.height() - 30, box.width() - 28, 16), status.shares, 3);
    } else {
        paintIcon(painter, QRectF(14, box.height() / 2 - 17, 34, 34), node.icon, theme().muted);
    }
    painter.setFont(pixelFont(node.isStep ? 30 : 24, true));
    painter.setPen(theme().text);
    elided(painter, QRectF(58, 4, box.width() - 66, node.isStep && status.known ? 54 : box.height() - 8), node.title);
}

} // namespace

void paintNode(QPainter& painter, const GraphNode& node, const NodeStatus& status, const NodeLook& look)
{
    const QRectF box(QPointF(0, 0), nodeSize(node.isStep));
    if (look.scale < kFlat) {
        painter.fillRect(box, status.known && node.isStep ? toneColor(status.tone) : theme().wire);
        if (look.isSelected) {
            painter.setPen(QPen(theme().accent, 3 / look.scale));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box);
        }
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    paintBox(painter, box, status, look, node.isStep ? kNodeRadius : box.height() / 2);
    if (look.scale < kNoText) {
        paintFar(painter, node, status, box);
    } else if (node.isStep) {
        paintStep(painter, node, status, look);
    } else {
        paintSource(painter, node, box);
    }
}

} // namespace sheaf::ui
