// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QTimer>
#include <QWidget>

#ifndef Q_MOC_RUN
#include <vector>
#endif

class QLabel;
class QScrollArea;

namespace sheaf::ui {

class AppContext;
class SeriesChart;

/// CPU, memory, disk and network of the run's nodes, and CPU and memory of the workers of the step in view, over time. Draws at
/// most once a second and only while it is seen. Owned by the frame; main thread.
class MetricsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit MetricsPanel(AppContext& context, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    AppContext& m_context;
    QLabel* m_interval;
    QScrollArea* m_area = nullptr;
    std::vector<SeriesChart*> m_charts;
    QTimer m_settle;
    bool m_stale = true;
};

} // namespace sheaf::ui
