// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QChartView>
#include <QList>
#include <QPointF>

#ifndef Q_MOC_RUN
#include "ui/metrics/metric_lines.h"

#include <vector>
#endif

class QAreaSeries;
class QValueAxis;
class QDateTimeAxis;
class QLineSeries;

namespace sheaf::ui {

/// One chart over the time of day: lines, or the band of many; a limit; the moment that all panels mark. A gap is drawn as a gap: a line per
/// piece. A click or a drag marks a moment, Left and Right move it by one figure. Owned by MetricsPanel; main thread.
class SeriesChart : public QChartView
{
    Q_OBJECT

public:
    SeriesChart(const QString& title, const QString& unit, QWidget* parent = nullptr);
    void setLines(const std::vector<MetricLine>& lines, double intervalSeconds);
    /// Instead of lines: median, and what lies between the tenth and the ninetieth of a hundred.
    void setBand(const MetricBand& band, double intervalSeconds, int count);
    /// A line across at this value; 0: none.
    void setLimit(double value, const QString& name);
    /// The greatest value there is, for the axis: 100 of percents; 0: what the figures need.
    void setFull(double value) { m_full = value; }
    /// All charts of a panel show the same time.
    void setTimeRange(double first, double last);
    void setCursorTime(double milliseconds);

signals:
    void timePicked(qint64 micros);

protected:
    void changeEvent(QEvent* event) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void restyle();
    void begin();
    QLineSeries* nextSeries();
    void put(const QString& name, const QColor& color, double width, const QList<QList<QPointF>>& pieces);
    void finish(std::size_t names);
    void fitLabels();
    void pick(const QPointF& at);

    QValueAxis* m_values;
    QDateTimeAxis* m_time;
    std::vector<QLineSeries*> m_series;
    std::vector<QAreaSeries*> m_areas;
    std::size_t m_used = 0;
    double m_top = 0;
    double m_limit = 0;
    double m_full = 0;
    QString m_limitName;
    QLineSeries* m_limitSeries;
    double m_cursor = 0;
    std::vector<double> m_moments; // of the figures drawn, for the keys
};

} // namespace sheaf::ui
