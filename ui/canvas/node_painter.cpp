// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/node_painter.h"

#include "ui/canvas/node_geometry.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QHash>
#include <QPainterPath>
#include <QStaticText>

namespace sheaf::ui {

namespace {

constexpr double kNoText = 0.6; // below, only a title in large letters can be read
constexpr double kFlat = 0.28; // below, a box is all that can be seen: its title would be 7 pixels high

/// The kinds of text in a box.
enum class Hand { Title, SourceTitle, FarTitle, FarSourceTitle, Strong, Plain, Small, Mono };

QFont fontOf(Hand hand)
{
    const bool isBold = hand != Hand::Plain && hand != Hand::Small && hand != Hand::Mono;
    const int pixels = hand == Hand::FarTitle ? 26 : hand == Hand::FarSourceTitle ? 22 : hand == Hand::Title ? 15 : hand == Hand::SourceTitle ? 13 : hand == Hand::Small ? 11 : 12;
    QFont font = hand == Hand::Mono ? monoFont() : textFont(0, isBold);
    font.setPixelSize(pixels);
    return font;
}

/// Words as they are drawn: cut to their room and laid out. Laying them out is what costs most of a frame, and boxes say the same words again
/// and again, frame after frame. Used in the main thread only.
class Words {
public:
    struct Laid {
        QStaticText text;
        QSizeF size;
    };

    const Laid& laid(const QString& text, Hand hand, int room)
    {
        if (const QString family = QApplication::font().key(); family != m_family) { // another font was chosen
            m_family = family;
            m_laid.clear();
            m_fonts.clear();
        }
        if (m_laid.size() > kMostWords) {
            m_laid.clear();
        }
        const Key key { text, static_cast<int>(hand), room };
        if (const auto found = m_laid.constFind(key); found != m_laid.constEnd()) {
            return *found;
        }
        const QFont& font = fontFor(hand);
        const QFontMetricsF metrics(font);
        Laid laid;
        laid.text.setTextFormat(Qt::PlainText);
        laid.text.setText(metrics.elidedText(text, Qt::ElideRight, room));
        laid.text.prepare({}, font);
        laid.size = laid.text.size();
        return *m_laid.insert(key, laid);
    }

    const QFont& fontFor(Hand hand)
    {
        auto found = m_fonts.find(static_cast<int>(hand));
        return found != m_fonts.end() ? *found : *m_fonts.insert(static_cast<int>(hand), fontOf(hand));
    }

private:
    static constexpr qsizetype kMostWords = 20'000;
    struct Key {
        QString text;
        int hand;
        int room;
        bool operator==(const Key&) const = default;
        friend size_t qHash(const Key& key, size_t seed) { return qHashMulti(seed, key.text, key.hand, key.room); }
    };
    QString m_family;
    QHash<Key, Laid> m_laid;
    QHash<int, QFont> m_fonts;
};

/// Draws the words in the box, cut to its width; returns the width they took.
double write(QPainter& painter, const QRectF& box, const QString& text, Hand hand, Qt::Alignment flags = Qt::AlignLeft)
{
    static Words words;
    const Words::Laid& laid = words.laid(text, hand, static_cast<int>(box.width()));
    const double left = flags.testFlag(Qt::AlignRight) ? box.right() - laid.size.width() : box.left();
    painter.setFont(words.fontFor(hand));
    painter.drawStaticText(QPointF(left, box.center().y() - laid.size.height() / 2), laid.text);
    return laid.size.width();
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
    const double glyph = 15;
    painter.setPen(toneTextColor(status.tone));
    const double width = write(painter, box.adjusted(glyph + 5, 0, 0, 0), status.word, Hand::Strong, Qt::AlignRight);
    paintGlyph(painter, QRectF(box.right() - width - glyph - 5, box.center().y() - glyph / 2, glyph, glyph), status.tone);
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
                painter.setPen(node.isDisabled ? theme().muted : theme().text);
                const double half = node.outputs.empty() || node.inputs.empty() ? width - 28 : width / 2 - 20;
                const QRectF box(isInput ? 14 : width - 14 - half, at.y() - kPortRow / 2, half, kPortRow);
                const double used = write(painter, box, port.name, port.isMain ? Hand::Strong : Hand::Plain, isInput ? Qt::AlignLeft : Qt::AlignRight) + 6;
                if (isInput && !port.value.isEmpty() && used < half - 30) {
                    painter.setPen(theme().muted);
                    write(painter, box.adjusted(used, 0, 0, 0), port.value, Hand::Plain);
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
    painter.setPen(node.isDisabled ? theme().muted : theme().text);
    const double titleRoom = status.known ? 0 : look.problem == NodeProblem::None ? parts.badge.width() : parts.badge.width() - 24;
    write(painter, parts.title.adjusted(0, 0, titleRoom, 0), node.title, Hand::Title);
    paintBadges(painter, parts, status, look);
    painter.setPen(theme().muted);
    write(painter, parts.kind, node.kindLine, Hand::Plain);
    write(painter, parts.settings, node.settingsLine, Hand::Plain);
    paintPorts(painter, node, look);
    if (!status.known) {
        painter.setPen(QPen(theme().border, 1));
        painter.drawLine(QPointF(parts.data.left(), parts.data.top()), QPointF(parts.data.right(), parts.data.top()));
        painter.setPen(node.isDisabled ? theme().muted : theme().text);
        write(painter, parts.data.adjusted(0, 4, 0, 2), node.dataLine, Hand::Mono);
        return;
    }
    paintShares(painter, parts.bar, status.shares, 3.5);
    painter.setPen(theme().text);
    write(painter, parts.progress, status.progress, Hand::Plain);
    if (look.isChanged && status.trouble.isEmpty()) {
        painter.setPen(toneTextColor(Tone::Retry));
        write(painter, parts.trouble, QCoreApplication::translate("graph", "changed since this run"), Hand::Strong, Qt::AlignRight);
        return;
    }
    painter.setPen(toneTextColor(Tone::Failed));
    write(painter, parts.trouble, status.trouble, Hand::Strong, Qt::AlignRight);
}

void paintSource(QPainter& painter, const GraphNode& node, const QRectF& box, const NodeLook& look)
{
    paintIcon(painter, QRectF(14, (box.height() - 18) / 2, 18, 18), node.icon, theme().muted);
    painter.setPen(theme().text);
    write(painter, QRectF(40, 3, box.width() - 54, 18), node.title, Hand::SourceTitle);
    painter.setPen(theme().muted);
    write(painter, QRectF(40, 20, box.width() - 54, 16), node.kindLine, Hand::Small);
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
    painter.setPen(node.isDisabled ? theme().muted : theme().text);
    const QRectF room(isRun ? 56 : 48, 4, box.width() - (isRun ? 64 : 56), isRun ? 54 : box.height() - 8);
    write(painter, room, node.title, node.isStep() ? Hand::FarTitle : Hand::FarSourceTitle);
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
