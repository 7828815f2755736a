// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/node_spark.h"

#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/format.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace sheaf::ui {

NodeSpark::NodeSpark(QWidget* parent)
    : QWidget(parent)
{
    setAccessibleName(tr("CPU and memory of the node meanwhile"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void NodeSpark::setPoints(std::vector<Point> points, std::int64_t begin, std::int64_t end, std::int64_t gap)
{
    m_points = std::move(points);
    m_begin = begin;
    m_end = end;
    m_gap = gap;
    double cpu = 0;
    double memory = 0;
    for (const auto& point : m_points) {
        cpu = std::max(cpu, point.cpu);
        memory = std::max(memory, point.memory);
    }
    setAccessibleDescription(tr("CPU up to %1 %, memory up to %2 %").arg(qRound(cpu * 100)).arg(qRound(memory * 100)));
    update();
}

void NodeSpark::paintEvent(QPaintEvent*)
{
    const Theme& colors = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(textFont(-1));
    const int caption = painter.fontMetrics().height() + space::kHair;
    const QRectF plot = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -caption);
    painter.setPen(colors.border);
    painter.setBrush(colors.raised);
    painter.drawRoundedRect(plot, 4, 4);
    if (m_points.empty()) {
        return;
    }
    const std::int64_t first = std::min(m_points.front().micros, m_begin);
    const std::int64_t last = std::max({ m_points.back().micros, m_end, first + 1 });
    const auto x = [&](std::int64_t micros) {
        return plot.left() + 2 + (plot.width() - 4) * static_cast<double>(micros - first) / static_cast<double>(last - first);
    };
    const auto y = [&](double share) { return plot.bottom() - 3 - (plot.height() - 6) * std::clamp(share, 0.0, 1.0); };

    QColor shade = colors.accent;
    shade.setAlpha(colors.dark ? 60 : 40);
    QRectF meanwhile(x(m_begin), plot.top() + 1, std::max(2.0, x(m_end) - x(m_begin)), plot.height() - 2);
    painter.fillRect(meanwhile, shade);

    const auto line = [&](double Point::*share, const QPen& pen) {
        QPainterPath path;
        std::int64_t before = 0;
        for (const auto& point : m_points) {
            const QPointF at(x(point.micros), y(point.*share));
            if (before == 0 || (m_gap > 0 && point.micros - before > m_gap)) {
                path.moveTo(at);
                path.lineTo(at + QPointF(0.1, 0)); // one alone is seen, too
            } else {
                path.lineTo(at);
            }
            before = point.micros;
        }
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(path);
    };
    const QPen cpuPen(colors.accent, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    const QPen memoryPen(colors.muted, 1.6, Qt::DashLine, Qt::RoundCap, Qt::RoundJoin);
    line(&Point::memory, memoryPen);
    line(&Point::cpu, cpuPen);

    const QRectF below(0, height() - caption, width(), caption);
    painter.setPen(colors.muted);
    painter.drawText(below, Qt::AlignLeft | Qt::AlignBottom, clockText(first));
    painter.drawText(below, Qt::AlignRight | Qt::AlignBottom, clockText(last));
    // The key, in the middle: a piece of each line before its word.
    const QString words[] = { tr("CPU"), tr("memory") };
    const QPen pens[] = { cpuPen, memoryPen };
    constexpr int kPiece = 18;
    int wide = space::kPanel;
    for (const auto& word : words) {
        wide += kPiece + space::kSmall + painter.fontMetrics().horizontalAdvance(word);
    }
    double at = (width() - wide) / 2.0;
    for (int i = 0; i < 2; ++i) {
        const double middle = height() - caption / 2.0 + 1;
        painter.setPen(pens[i]);
        painter.drawLine(QPointF(at, middle), QPointF(at + kPiece, middle));
        at += kPiece + space::kSmall;
        painter.setPen(colors.muted);
        painter.drawText(QRectF(at, height() - caption, width(), caption), Qt::AlignLeft | Qt::AlignBottom, words[i]);
        at += painter.fontMetrics().horizontalAdvance(words[i]) + space::kPanel;
    }
}

} // namespace sheaf::ui
