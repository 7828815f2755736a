// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QChartView>
#include <QList>
#include <QPointF>

#ifndef Q_MOC_RUN
#include <map>
#include <vector>
#endif

class QValueAxis;
class QDateTimeAxis;
class QLineSeries;

namespace sheaf::ui {

/// One chart of lines over the time of day. A gap of more than three intervals is drawn as a gap: a line per piece. Owned by
/// MetricsPanel; main thread.
class SeriesChart : public QChartView
{
    Q_OBJECT

public:
    SeriesChart(const QString& title, const QString& unit, QWidget* parent = nullptr);
    /// Points of each line in order of time: milliseconds since 1970, value.
    void setLines(const std::map<QString, QList<QPointF>>& lines, double gapMilliseconds);

protected:
    void changeEvent(QEvent* event) override;

private:
    void restyle();
    QValueAxis* m_values;
    QDateTimeAxis* m_time;
    std::vector<QLineSeries*> m_series;
};

} // namespace sheaf::ui
