// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/metrics/node_heat.h"

#include "ui/style/spacing.h"
#include "ui/style/theme.h"

#include <QDateTime>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr int kNames = 64; // room for "node 99"

/// From the surface to one strong colour: more is darker in the light, lighter in the dark.
QColor shade(double share)
{
    const QColor none = theme().raised;
    const QColor full = theme().dark ? QColor(0xFFC14D) : QColor(0x9A3400);
    const auto mix = [share](int a, int b) { return static_cast<int>(a + (b - a) * share); };
    return { mix(none.red(), full.red()), mix(none.green(), full.green()), mix(none.blue(), full.blue()) };
}

} // namespace

NodeHeat::NodeHeat(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("metrics.heat"));
    setAccessibleName(tr("CPU of each node over time"));
    setMinimumHeight(160);
}

QSize NodeHeat::sizeHint() const
{
    return { 400, std::clamp(static_cast<int>(m_lines.size()) * 6 + 40, 160, 700) };
}

void NodeHeat::setLines(const std::vector<MetricLine>& lines, double intervalSeconds, double full, const QString& unit)
{
    m_lines = lines;
    m_interval = std::max(intervalSeconds, 0.1) * 1000;
    m_full = full > 0 ? full : 1;
    m_unit = unit;
    m_first = m_last = 0;
    for (const MetricLine& line : m_lines) {
        if (!line.points.isEmpty()) {
            m_first = m_first == 0 ? line.points.first().x() : std::min(m_first, line.points.first().x());
            m_last = std::max(m_last, line.points.last().x());
        }
    }
    m_last = std::max(m_last, m_first + 1);
    updateGeometry();
    update();
}

void NodeHeat::setCursorTime(double milliseconds)
{
    m_cursor = milliseconds;
    update();
}

QRectF NodeHeat::field() const
{
    return QRectF(rect()).adjusted(kNames, space::kWide, -space::kMedium, -space::kMedium);
}

double NodeHeat::timeAt(double x) const
{
    return m_first + (x - field().left()) / field().width() * (m_last - m_first);
}

void NodeHeat::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().surface);
    painter.setPen(theme().text);
    painter.setFont(textFont(0, true));
    painter.drawText(QRect(kNames, 2, width() - kNames, space::kWide), Qt::AlignLeft | Qt::AlignVCenter,
        tr("CPU of %1 nodes, a row each (strongest shade: %2 %3)").arg(m_lines.size()).arg(m_full).arg(m_unit));
    if (m_lines.empty()) {
        return;
    }
    const QRectF all = field();
    const double height = all.height() / static_cast<double>(m_lines.size());
    const auto x = [&](double time) { return all.left() + (time - m_first) / (m_last - m_first) * all.width(); };
    painter.setFont(textFont(-1));
    double named = -100;
    for (std::size_t row = 0; row < m_lines.size(); ++row) {
        const double top = all.top() + static_cast<double>(row) * height;
        double painted = -1;
        double peak = 0;
        for (const QPointF& point : m_lines[row].points) {
            // Several figures of one column of pixels: the greatest is painted, so a short peak is never lost.
            const double left = std::floor(x(point.x() - m_interval));
            peak = left == painted ? std::max(peak, point.y()) : point.y();
            painted = left;
            const double right = std::max(left + 1, std::ceil(x(point.x())));
            painter.fillRect(QRectF(std::max(left, all.left()), top, right - std::max(left, all.left()), std::max(1.0, height - (height > 5 ? 1 : 0))), shade(std::clamp(peak / m_full, 0.0, 1.0)));
        }
        if (top - named >= painter.fontMetrics().height()) {
            named = top;
            painter.setPen(theme().muted);
            const double letters = painter.fontMetrics().height();
            painter.drawText(QRectF(0, std::min(top + (height - letters) / 2, rect().bottom() - letters), kNames - space::kSmall, letters), Qt::AlignRight | Qt::AlignVCenter, m_lines[row].name);
        }
    }
    if (m_cursor >= m_first && m_cursor <= m_last) {
        painter.setPen(QPen(theme().accent, 2));
        painter.drawLine(QPointF(x(m_cursor), all.top()), QPointF(x(m_cursor), all.bottom()));
    }
}

void NodeHeat::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && field().contains(event->position())) {
        emit timePicked(static_cast<qint64>(timeAt(event->position().x()) * 1000));
    }
}

void NodeHeat::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons().testFlag(Qt::LeftButton)) {
        const double at = std::clamp(event->position().x(), field().left(), field().right());
        emit timePicked(static_cast<qint64>(timeAt(at) * 1000));
    }
}

bool NodeHeat::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && !m_lines.empty()) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QRectF all = field();
        if (all.contains(help->pos())) {
            const auto row = std::min(m_lines.size() - 1, static_cast<std::size_t>((help->pos().y() - all.top()) / all.height() * static_cast<double>(m_lines.size())));
            const double time = timeAt(help->pos().x());
            const auto& points = m_lines[row].points;
            const auto next = std::lower_bound(points.begin(), points.end(), time, [](const QPointF& point, double at) { return point.x() < at; });
            const bool known = next != points.end() && next->x() - time <= 2.5 * m_interval;
            const QString clock = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(time)).toString(QStringLiteral("HH:mm:ss"));
            QToolTip::showText(help->globalPos(),
                known ? tr("%1 at %2: %3 %4").arg(m_lines[row].name, clock).arg(next->y(), 0, 'f', 0).arg(m_unit) : tr("%1 at %2: no figure").arg(m_lines[row].name, clock), this);
            return true;
        }
    }
    return QWidget::event(event);
}

} // namespace sheaf::ui
