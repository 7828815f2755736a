// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

#ifndef Q_MOC_RUN
#include "ui/metrics/metric_lines.h"

#include <vector>
#endif

namespace sheaf::ui {

/// Nodes from top to bottom, time from left to right, the value as a shade: for more nodes than lines can be told apart. Where no figure
/// came nothing is painted. Owned by MetricsPanel; main thread.
class NodeHeat : public QWidget
{
    Q_OBJECT

public:
    explicit NodeHeat(QWidget* parent = nullptr);
    /// `full` is the value of the strongest shade.
    void setLines(const std::vector<MetricLine>& lines, double intervalSeconds, double full, const QString& unit);
    void setCursorTime(double milliseconds);
    [[nodiscard]] QSize sizeHint() const override;

signals:
    void timePicked(qint64 micros);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRectF field() const;
    [[nodiscard]] double timeAt(double x) const;
    std::vector<MetricLine> m_lines;
    double m_interval = 1;
    double m_full = 1;
    QString m_unit;
    double m_first = 0;
    double m_last = 1;
    double m_cursor = 0;
};

} // namespace sheaf::ui
