// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/node_painter.h"

#include "ui/canvas/node_geometry.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QCoreApplication>
#include <QPainterPath>

namespace sheaf::ui {

namespace {

constexpr double kNoText = 0.6; // below, only a title in large letters can be read
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

void paintBox(QPainter& painter, const QRectF& box, const NodeStatus& status, const NodeLook& look, double radius, bool isDisabled)
{
    QColor edge = theme().border;
    if (look.problem == NodeProblem::Error) {
        edge = toneColor(Tone::Failed);
    } else if (status.known && status.tone != Tone::Pending) {
        edge = toneColor(status.tone);
        edge.setAlphaF(0.75F);
    }
    if (look.isHovered && !look.isSelected) {
        edge = theme().muted;
    }
    // A hand-painted shadow: an effect per item would cost a pixmap each.
    if (look.scale >= kNoText) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor(0, 0, 0, theme().dark ? 60 : 16));
        painter.drawRoundedRect(box.translated(0, 2), radius, radius);
    }
    painter.setPen(QPen(look.isSelected ? theme().accent : edge, look.isSelected ? 2.2 : 1.2));
    painter.setBrush(theme().surface);
    if (isDisabled) {
        QPen pen = painter.pen();
        pen.setStyle(Qt::DashLine);
        painter.setPen(pen);
        painter.setBrush(theme().canvas);
    }
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

QColor portColor(PortKind kind)
{
    const bool dark = theme().dark;
    switch (kind) {
    case PortKind::FileList:
    case PortKind::Folder:
        return dark ? QColor(0xD9A441) : QColor(0xA86B00);
    case PortKind::Table:
        return dark ? QColor(0x5FB4E8) : QColor(0x1565A8);
    case PortKind::File:
        return dark ? QColor(0xB7C0CC) : QColor(0x5B6675);
    case PortKind::Value:
        return dark ? QColor(0x8FCB7A) : QColor(0x3B7A28);
    case PortKind::Model:
        return dark ? QColor(0xD08BE0) : QColor(0x8A3CA0);
    case PortKind::Any:
        break;
    }
    return theme().muted;
}

/// Colour and shape tell the kind: folders square, tables a square with lines, files round, values a diamond, models a hexagon.
void paintPort(QPainter& painter, QPointF at, const GraphPort& port, double radius)
{
    const QColor color = portColor(port.kind);
    painter.setPen(QPen(color, 1.6));
    painter.setBrush(port.isBound ? color : theme().surface);
    const QRectF box(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius);
    switch (port.kind) {
    case PortKind::FileList: // two sheets, one behind the other
        painter.drawRect(box.adjusted(2, 0, 2, -2));
        painter.drawRect(box.adjusted(0, 2, 0, 0));
        break;
    case PortKind::Folder:
        painter.drawRoundedRect(box, 1.5, 1.5);
        break;
    case PortKind::Table:
        painter.drawRect(box);
        painter.setPen(QPen(port.isBound ? theme().surface : color, 1));
        painter.drawLine(QPointF(box.left(), at.y()), QPointF(box.right(), at.y()));
        painter.drawLine(QPointF(at.x(), box.top()), QPointF(at.x(), box.bottom()));
        break;
    case PortKind::Value:
        painter.drawPolygon(QPolygonF { at + QPointF(0, -radius - 1), at + QPointF(radius + 1, 0), at + QPointF(0, radius + 1), at + QPointF(-radius - 1, 0) });
        break;
    case PortKind::Model:
        painter.drawPolygon(QPolygonF { at + QPointF(0, -radius - 1), at + QPointF(radius, -radius / 2), at + QPointF(radius, radius / 2),
            at + QPointF(0, radius + 1), at + QPointF(-radius, radius / 2), at + QPointF(-radius, -radius / 2) });
        break;
    case PortKind::Any:
    case PortKind::File:
        painter.drawEllipse(box);
        break;
    }
}

void paintPorts(QPainter& painter, const GraphNode& node, const NodeLook& look)
{
    const QFont plain = pixelFont(12);
    const QFont strong = pixelFont(12, true);
    const double width = nodeSize(node).width();
    for (const bool isInput : { true, false }) {
        const auto& ports = isInput ? node.inputs : node.outputs;
        for (std::size_t i = 0; i < ports.size(); ++i) {
            const GraphPort& port = ports[i];
            const QPointF at = portPoint(node, isInput, static_cast<int>(i));
            const PortPlace place { node.id, isInput, static_cast<int>(i) };
            const bool isLegal = look.legal != nullptr && std::find(look.legal->begin(), look.legal->end(), place) != look.legal->end();
            painter.setOpacity(look.legal == nullptr || isLegal ? 1 : 0.25);
            if (isLegal) { // where the wire may end stands out
                QColor halo = theme().accent;
                halo.setAlphaF(0.3F);
                painter.setPen(Qt::NoPen);
                painter.setBrush(halo);
                painter.drawEllipse(at, kPortRadius + 6, kPortRadius + 6);
            }
            paintPort(painter, at, port, isLegal ? kPortRadius + 1 : kPortRadius - (node.isStep() ? 0.5 : 0));
            if (node.isStep() && look.scale >= kNoText) {
                painter.setFont(port.isMain ? strong : plain);
                painter.setPen(node.isDisabled ? theme().muted : theme().text);
                const double half = node.outputs.empty() ? width - 28 : node.inputs.empty() ? width - 28 : width / 2 - 20;
                const QRectF box(isInput ? 14 : width - 14 - half, at.y() - kPortRow / 2, half, kPortRow);
                QString words = port.name;
                elided(painter, box, words, (isInput ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
                const double used = painter.fontMetrics().horizontalAdvance(words) + 6;
                if (isInput && !port.value.isEmpty() && used < half - 30) {
                    painter.setFont(plain);
                    painter.setPen(theme().muted);
                    elided(painter, box.adjusted(used, 0, 0, 0), port.value);
                }
            }
        }
    }
    painter.setOpacity(1);
}

void paintBadges(QPainter& painter, const StepParts& parts, const NodeStatus& status, const NodeLook& look)
{
    double right = parts.badge.right();
    if (status.known) {
        paintBadge(painter, parts.badge, status);
        return;
    }
    if (look.problem != NodeProblem::None) {
        const bool isError = look.problem == NodeProblem::Error;
        paintIcon(painter, QRectF(right - 18, parts.badge.top() + 1, 18, 18), isError ? QStringLiteral("error") : QStringLiteral("problems"),
            toneTextColor(isError ? Tone::Failed : Tone::Retry));
    }
}

void paintStep(QPainter& painter, const GraphNode& node, const NodeStatus& status, const NodeLook& look)
{
    const StepParts parts(nodeSize(node).height());
    paintIcon(painter, parts.icon, node.icon, theme().muted);
    painter.setFont(pixelFont(15, true));
    painter.setPen(node.isDisabled ? theme().muted : theme().text);
    const double titleRoom = status.known ? 0 : look.problem == NodeProblem::None ? parts.badge.width() : parts.badge.width() - 24;
    elided(painter, parts.title.adjusted(0, 0, titleRoom, 0), node.title);
    paintBadges(painter, parts, status, look);
    painter.setFont(pixelFont(12));
    painter.setPen(theme().muted);
    elided(painter, parts.kind, node.kindLine);
    elided(painter, parts.settings, node.settingsLine);
    paintPorts(painter, node, look);
    if (!status.known) {
        painter.setPen(QPen(theme().border, 1));
        painter.drawLine(QPointF(parts.data.left(), parts.data.top()), QPointF(parts.data.right(), parts.data.top()));
        QFont mono = monoFont();
        mono.setPixelSize(12);
        painter.setFont(mono);
        painter.setPen(node.isDisabled ? theme().muted : theme().text);
        elided(painter, parts.data.adjusted(0, 4, 0, 2), node.dataLine);
        return;
    }
    paintShares(painter, parts.bar, status.shares, 3.5);
    painter.setPen(theme().text);
    elided(painter, parts.progress, status.progress);
    painter.setFont(pixelFont(12, true));
    if (look.isChanged && status.trouble.isEmpty()) {
        painter.setPen(toneTextColor(Tone::Retry));
        elided(painter, parts.trouble, QCoreApplication::translate("graph", "changed since this run"), Qt::AlignRight | Qt::AlignVCenter);
        return;
    }
    painter.setPen(toneTextColor(Tone::Failed));
    elided(painter, parts.trouble, status.trouble, Qt::AlignRight | Qt::AlignVCenter);
}

void paintSource(QPainter& painter, const GraphNode& node, const QRectF& box, const NodeLook& look)
{
    paintIcon(painter, QRectF(14, (box.height() - 18) / 2, 18, 18), node.icon, theme().muted);
    painter.setFont(pixelFont(13, true));
    painter.setPen(theme().text);
    elided(painter, QRectF(40, 3, box.width() - 54, 18), node.title);
    painter.setFont(pixelFont(11));
    painter.setPen(theme().muted);
    elided(painter, QRectF(40, 20, box.width() - 54, 16), node.kindLine);
    paintPorts(painter, node, look);
}

/// Far away: the title as large as the box allows, and the bar.
void paintFar(QPainter& painter, const GraphNode& node, const NodeStatus& status, const NodeLook& look, const QRectF& box)
{
    const bool isRun = node.isStep() && status.known;
    if (isRun) {
        paintGlyph(painter, QRectF(14, 14, 34, 34), status.tone);
        paintShares(painter, QRectF(14, box.height() - 30, box.width() - 28, 16), status.shares, 3);
    } else {
        paintIcon(painter, QRectF(12, box.height() / 2 - 15, 30, 30), node.icon, theme().muted);
    }
    painter.setFont(pixelFont(node.isStep() ? 26 : 22, true));
    painter.setPen(node.isDisabled ? theme().muted : theme().text);
    const QRectF room(isRun ? 56 : 48, 4, box.width() - (isRun ? 64 : 56), isRun ? 54 : box.height() - 8);
    if (look.farTitle != nullptr && node.isStep()) { // laid out once, not for every frame
        if (look.farTitle->text().isEmpty()) {
            look.farTitle->setTextFormat(Qt::PlainText);
            look.farTitle->setText(painter.fontMetrics().elidedText(node.title, Qt::ElideRight, static_cast<int>(room.width())));
            look.farTitle->prepare({}, painter.font());
        }
        painter.drawStaticText(QPointF(room.left(), room.center().y() - look.farTitle->size().height() / 2), *look.farTitle);
    } else {
        elided(painter, room, node.title);
    }
    if (look.legal != nullptr) {
        paintPorts(painter, node, look);
    }
}

} // namespace

void paintNode(QPainter& painter, const GraphNode& node, const NodeStatus& status, const NodeLook& look)
{
    const QRectF box(QPointF(0, 0), nodeSize(node));
    if (look.scale < kFlat) {
        painter.fillRect(box, status.known && node.isStep() ? toneColor(status.tone) : theme().wire);
        if (look.isSelected) {
            painter.setPen(QPen(theme().accent, 3 / look.scale));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box);
        }
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    paintBox(painter, box, status, look, node.isStep() ? kNodeRadius : box.height() / 2, node.isDisabled);
    if (look.scale < kNoText) {
        paintFar(painter, node, status, look, box);
    } else if (node.isStep()) {
        paintStep(painter, node, status, look);
    } else {
        paintSource(painter, node, box, look);
    }
}

} // namespace sheaf::ui
