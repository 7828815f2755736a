// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/metrics/series_chart.h"

#include "ui/style/theme.h"

#include <QChart>
#include <QDateTime>
#include <QDateTimeAxis>
#include <QEvent>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QValueAxis>

#include <algorithm>
#include <array>

namespace sheaf::ui {

namespace {

/// Apart for colour-blind eyes and on both themes.
const std::array kLineColors { QColor(0x2f, 0x7e, 0xd8), QColor(0xe0, 0x8a, 0x1e), QColor(0x2a, 0x9d, 0x6f), QColor(0xb0, 0x5c, 0xd0),
    QColor(0xd0, 0x4a, 0x4a), QColor(0x7a, 0x8a, 0x99), QColor(0xa8, 0x9b, 0x2c), QColor(0x3f, 0xb6, 0xc8) };

} // namespace

SeriesChart::SeriesChart(const QString& title, const QString& unit, QWidget* parent)
    : QChartView(new QChart, parent)
    , m_values(new QValueAxis)
    , m_time(new QDateTimeAxis)
{
    setRenderHint(QPainter::Antialiasing);
    setAccessibleName(title);
    setMinimumSize(240, 220);
    chart()->setTitle(unit.isEmpty() ? title : tr("%1 (%2)").arg(title, unit));
    chart()->setMargins(QMargins(4, 2, 4, 2));
    chart()->setBackgroundRoundness(4);
    chart()->addAxis(m_values, Qt::AlignLeft);
    chart()->addAxis(m_time, Qt::AlignBottom);
    m_values->setLabelFormat(QStringLiteral("%g"));
    m_values->setRange(0, 1);
    m_values->setTickCount(4);
    m_values->applyNiceNumbers();
    m_time->setFormat(QStringLiteral("HH:mm:ss"));
    m_time->setTickCount(4);
    chart()->legend()->setAlignment(Qt::AlignBottom);
    restyle();
}

void SeriesChart::restyle()
{
    chart()->setBackgroundBrush(theme().surface);
    chart()->setTitleBrush(theme().text);
    chart()->setTitleFont(textFont(0, true));
    chart()->legend()->setLabelColor(theme().muted);
    for (QAbstractAxis* axis : { static_cast<QAbstractAxis*>(m_values), static_cast<QAbstractAxis*>(m_time) }) {
        axis->setLabelsColor(theme().muted);
        axis->setGridLineColor(theme().border);
        axis->setLinePenColor(theme().border);
        axis->setLabelsFont(textFont(-1));
    }
}

void SeriesChart::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        restyle();
    }
}

void SeriesChart::setLines(const std::map<QString, QList<QPointF>>& lines, double gapMilliseconds)
{
    std::size_t used = 0;
    std::size_t color = 0;
    double top = 0;
    double first = 0;
    double last = 0;
    for (const auto& [name, points] : lines) {
        QList<QPointF> piece;
        bool named = false;
        const auto put = [&] {
            if (piece.isEmpty()) {
                return;
            }
            if (used == m_series.size()) {
                auto* made = new QLineSeries;
                chart()->addSeries(made);
                made->attachAxis(m_values);
                made->attachAxis(m_time);
                m_series.push_back(made);
            }
            QLineSeries* series = m_series[used++];
            series->setName(name);
            series->setPen(QPen(kLineColors[color % kLineColors.size()], 1.6));
            series->replace(piece);
            series->setVisible(true);
            const auto markers = chart()->legend()->markers(series);
            for (QLegendMarker* marker : markers) {
                marker->setVisible(!named);
            }
            named = true;
            piece.clear();
        };
        for (const QPointF& point : points) {
            if (!piece.isEmpty() && point.x() - piece.last().x() > gapMilliseconds) {
                put();
            }
            piece << point;
            top = std::max(top, point.y());
            first = first == 0 ? point.x() : std::min(first, point.x());
            last = std::max(last, point.x());
        }
        put();
        ++color;
    }
    for (std::size_t i = used; i < m_series.size(); ++i) {
        m_series[i]->clear();
        m_series[i]->setVisible(false);
    }
    chart()->legend()->setVisible(lines.size() > 1 && lines.size() <= kLineColors.size());
    m_values->setRange(0, std::max(top * 1.1, 1.0));
    m_values->applyNiceNumbers();
    m_time->setRange(QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(first)),
        QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(std::max(last, first + 10000))));
}

} // namespace sheaf::ui
