// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/state/work_thread.h"

#include <QTimer>
#include <QWidget>

#ifndef Q_MOC_RUN
#include "ui/metrics/metric_lines.h"

#include <optional>
#include <vector>
#endif

class QLabel;
class QScrollArea;

namespace sheaf::ui {

class AppContext;
class EmptyHint;
class NodeHeat;
class SeriesChart;

/// CPU, memory, disk, network, processes and graphics processors of the run's nodes, and CPU and memory of the workers of the step in view, all
/// over the same time, with the moment that the other panels mark. Of more than 16 nodes a band and a picture of shades instead of lines. Draws
/// at most once a second and only while it is seen; lines are made of samples in a thread of its own. Owned by the frame; main thread.
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
    /// What is drawn, made of the samples in the thread.
    struct Figures {
        double interval = 0;
        double cost = -1;
        double memoryLimit = 0;
        double first = 0; // milliseconds since 1970
        double last = 0;
        bool areManyNodes = false;
        std::vector<std::vector<MetricLine>> lines; // by chart
        std::vector<std::optional<MetricBand>> bands; // instead of too many lines
    };
    [[nodiscard]] static Figures figuresOf(const std::vector<monitor::NodeSample>& samples, const std::vector<Metric>& metrics, const std::string& step);
    void refresh();
    void refreshSoon();
    void draw(const Figures& figures);
    void showCursor(qint64 micros);
    AppContext& m_context;
    WorkThread m_thread;
    QLabel* m_interval;
    EmptyHint* m_hint;
    QScrollArea* m_area = nullptr;
    NodeHeat* m_heat = nullptr;
    std::vector<Chart> m_charts;
    QTimer m_settle;
    int m_visit = 0; // of runs: figures of another one are too late
    bool m_asking = false;
    bool m_stale = true;
};

} // namespace sheaf::ui
