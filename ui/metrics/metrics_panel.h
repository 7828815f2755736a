// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QTimer>
#include <QWidget>

#ifndef Q_MOC_RUN
#include "ui/metrics/metric_lines.h"

#include <vector>
#endif

class QLabel;
class QScrollArea;

namespace sheaf::ui {

class AppContext;
class NodeHeat;
class SeriesChart;

/// CPU, memory, disk, network, processes and graphics processors of the run's nodes, and CPU and memory of the workers of the step in view, all
/// over the same time, with the moment that the other panels mark. Of more than 16 nodes a band and a picture of shades instead of lines. Draws
/// at most once a second and only while it is seen. Owned by the frame; main thread.
class MetricsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit MetricsPanel(AppContext& context, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    struct Chart {
        Metric metric;
        SeriesChart* chart = nullptr;
    };
    void refresh();
    void showCursor(qint64 micros);
    AppContext& m_context;
    QLabel* m_interval;
    QScrollArea* m_area = nullptr;
    NodeHeat* m_heat = nullptr;
    std::vector<Chart> m_charts;
    QTimer m_settle;
    bool m_stale = true;
};

} // namespace sheaf::ui
