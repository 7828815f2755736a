// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/metrics/series_chart.h"

#include "ui/style/theme.h"

#include <QAreaSeries>
#include <QChart>
#include <QDateTime>
#include <QDateTimeAxis>
#include <QEvent>
#include <QKeyEvent>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QValueAxis>

#include <algorithm>
#include <array>
#include <cmath>

namespace sheaf::ui {

namespace {

/// Apart for colour-blind eyes and on both themes.
const std::array kLineColors { QColor(0x2f, 0x7e, 0xd8), QColor(0xe0, 0x8a, 0x1e), QColor(0x2a, 0x9d, 0x6f), QColor(0xb0, 0x5c, 0xd0),
    QColor(0xd0, 0x4a, 0x4a), QColor(0x7a, 0x8a, 0x99), QColor(0xa8, 0x9b, 0x2c), QColor(0x3f, 0xb6, 0xc8) };
constexpr int kMostPlaces = 3; // of a label behind the point
constexpr int kMostPoints = 1200; // of a line: more than there are pixels

} // namespace

SeriesChart::SeriesChart(const QString& title, const QString& unit, QWidget* parent)
    : QChartView(new QChart, parent)
    , m_values(new QValueAxis)
    , m_time(new QDateTimeAxis)
    , m_limitSeries(new QLineSeries)
{
    setRenderHint(QPainter::Antialiasing);
    setAccessibleName(title);
    setAccessibleDescription(tr("Click, or Left and Right, marks a moment"));
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(240, 220);
    chart()->setTitle(unit.isEmpty() ? title : tr("%1 (%2)").arg(title, unit));
    chart()->setMargins(QMargins(4, 2, 4, 2));
    chart()->setBackgroundRoundness(4);
    chart()->addAxis(m_values, Qt::AlignLeft);
    chart()->addAxis(m_time, Qt::AlignBottom);
    chart()->setLocale(QLocale());
    chart()->setLocalizeNumbers(true); // 40,000
    m_values->setRange(0, 1);
    m_values->setTickCount(4);
    m_values->applyNiceNumbers();
    fitLabels();
    m_time->setFormat(QStringLiteral("HH:mm:ss"));
    m_time->setTickCount(4);
    chart()->addSeries(m_limitSeries);
    m_limitSeries->attachAxis(m_values);
    m_limitSeries->attachAxis(m_time);
    m_limitSeries->setVisible(false);
    chart()->legend()->setAlignment(Qt::AlignBottom);
    restyle();
}

void SeriesChart::restyle()
{
    chart()->setBackgroundBrush(theme().surface);
    chart()->setTitleBrush(theme().text);
    chart()->setTitleFont(textFont(0, true));
    chart()->legend()->setLabelColor(theme().muted);
    m_limitSeries->setPen(QPen(theme().dark ? QColor(0xFF7A6B) : QColor(0xA10300), 1.4, Qt::DashLine));
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

void SeriesChart::begin()
{
    m_used = 0;
    m_top = 0;
    m_moments.clear();
    for (QAreaSeries* area : m_areas) {
        area->setVisible(false);
    }
}

QLineSeries* SeriesChart::nextSeries()
{
    if (m_used == m_series.size()) {
        auto* made = new QLineSeries;
        chart()->addSeries(made);
        made->attachAxis(m_values);
        made->attachAxis(m_time);
        m_series.push_back(made);
    }
    return m_series[m_used++];
}

void SeriesChart::put(const QString& name, const QColor& color, double width, const QList<QList<QPointF>>& pieces)
{
    bool named = false;
    for (const QList<QPointF>& piece : pieces) {
        QLineSeries* series = nextSeries();
        series->setName(name);
        series->setPen(QPen(color, width));
        series->setPointsVisible(piece.size() == 1); // a line of one point is none
        series->replace(piece);
        series->setVisible(true);
        for (QLegendMarker* marker : chart()->legend()->markers(series)) {
            marker->setVisible(!named);
        }
        named = true;
        for (const QPointF& point : piece) {
            m_top = std::max(m_top, point.y());
            m_moments.push_back(point.x());
        }
    }
}

void SeriesChart::finish(std::size_t names)
{
    for (std::size_t i = m_used; i < m_series.size(); ++i) {
        m_series[i]->clear();
        m_series[i]->setVisible(false);
    }
    std::sort(m_moments.begin(), m_moments.end());
    chart()->legend()->setVisible((names > 1 && names <= kLineColors.size()) || (m_limit > 0 && names <= kLineColors.size()));
    m_values->setRange(0, m_full > 0 ? m_full : std::max({ m_top * 1.1, m_limit * 1.05, 1.0 }));
    if (m_full <= 0) {
        m_values->applyNiceNumbers();
    }
    fitLabels();
}

/// As many places behind the point as tell one mark of the axis from the next.
void SeriesChart::fitLabels()
{
    const double step = (m_values->max() - m_values->min()) / std::max(1, m_values->tickCount() - 1);
    int places = 0;
    for (double scaled = step; places < kMostPlaces && scaled < 10 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled; scaled *= 10) {
        ++places;
    }
    m_values->setLabelFormat(QStringLiteral("%.%1f").arg(places));
}

void SeriesChart::setLines(const std::vector<MetricLine>& lines, double intervalSeconds)
{
    begin();
    std::size_t color = 0;
    for (const MetricLine& line : lines) {
        put(line.name, kLineColors[color++ % kLineColors.size()], 1.6, piecesOf(line.points, intervalSeconds, kMostPoints));
    }
    finish(lines.size());
}

void SeriesChart::setBand(const MetricBand& band, double intervalSeconds, int count)
{
    begin();
    const auto low = piecesOf(band.low, intervalSeconds, std::max<int>(2, static_cast<int>(band.low.size()) * 2));
    const auto high = piecesOf(band.high, intervalSeconds, std::max<int>(2, static_cast<int>(band.high.size()) * 2));
    QColor fill = kLineColors.front();
    fill.setAlpha(70);
    for (qsizetype i = 0; i < low.size() && i < high.size(); ++i) {
        if (static_cast<std::size_t>(i) == m_areas.size()) {
            auto* area = new QAreaSeries(new QLineSeries(this), new QLineSeries(this));
            chart()->addSeries(area);
            area->attachAxis(m_values);
            area->attachAxis(m_time);
            m_areas.push_back(area);
        }
        QAreaSeries* area = m_areas[static_cast<std::size_t>(i)];
        area->upperSeries()->replace(high[i]);
        area->lowerSeries()->replace(low[i]);
        area->setName(tr("P10 to P90 of %1").arg(count));
        area->setBrush(fill);
        area->setPen(Qt::NoPen);
        area->setVisible(true);
        for (QLegendMarker* marker : chart()->legend()->markers(area)) {
            marker->setVisible(i == 0);
        }
        for (const QPointF& point : high[i]) {
            m_top = std::max(m_top, point.y());
        }
    }
    put(tr("median"), kLineColors.front(), 2, piecesOf(band.median, intervalSeconds, std::max<int>(2, static_cast<int>(band.median.size()) * 2)));
    finish(2);
}

void SeriesChart::setLimit(double value, const QString& name)
{
    m_limit = value;
    m_limitName = name;
    m_limitSeries->setName(name);
    m_limitSeries->setVisible(value > 0);
}

void SeriesChart::setTimeRange(double first, double last)
{
    m_time->setRange(QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(first)), QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(last)));
    m_limitSeries->replace(QList<QPointF> { { first, m_limit }, { last, m_limit } });
}

void SeriesChart::setCursorTime(double milliseconds)
{
    m_cursor = milliseconds;
    scene()->invalidate({}, QGraphicsScene::ForegroundLayer);
    viewport()->update();
}

void SeriesChart::drawForeground(QPainter* painter, const QRectF& rect)
{
    QChartView::drawForeground(painter, rect);
    const QRectF plot = chart()->plotArea();
    if (m_cursor > 0) {
        const double x = chart()->mapToPosition(QPointF(m_cursor, 0)).x();
        if (x >= plot.left() && x <= plot.right()) {
            painter->setPen(QPen(theme().accent, 1.5));
            painter->drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        }
    }
    if (hasFocus()) {
        painter->setPen(QPen(theme().accent, 1, Qt::DotLine));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(plot);
    }
}

void SeriesChart::pick(const QPointF& at)
{
    const QRectF plot = chart()->plotArea();
    const QPointF place = chart()->mapFromScene(mapToScene(at.toPoint()));
    const double x = std::clamp(place.x(), plot.left(), plot.right());
    emit timePicked(static_cast<qint64>(chart()->mapToValue(QPointF(x, place.y())).x() * 1000));
}

void SeriesChart::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && !m_moments.empty()) {
        pick(event->position());
    }
}

void SeriesChart::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons().testFlag(Qt::LeftButton) && !m_moments.empty()) {
        pick(event->position());
    }
}

void SeriesChart::keyPressEvent(QKeyEvent* event)
{
    if ((event->key() != Qt::Key_Left && event->key() != Qt::Key_Right) || m_moments.empty()) {
        QChartView::keyPressEvent(event);
        return;
    }
    // A millisecond aside: times travel in whole microseconds.
    const auto here = event->key() == Qt::Key_Right ? std::upper_bound(m_moments.begin(), m_moments.end(), m_cursor + 1)
                                                    : std::lower_bound(m_moments.begin(), m_moments.end(), m_cursor - 1);
    const double to = event->key() == Qt::Key_Right ? (here == m_moments.end() ? m_moments.back() : *here)
                                                    : (here == m_moments.begin() ? m_moments.front() : *std::prev(here));
    emit timePicked(static_cast<qint64>(to * 1000));
}

} // namespace sheaf::ui
