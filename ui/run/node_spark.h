// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN
#include <cstdint>
#include <vector>
#endif

#include <QWidget>

namespace sheaf::ui {

/// CPU and memory of a node around the time of one attempt, which is shaded. A gap in the figures is a gap. Main thread.
class NodeSpark : public QWidget
{
    Q_OBJECT

public:
    struct Point {
        std::int64_t micros = 0;
        double cpu = 0; // shares of all, 0…1
        double memory = 0;
    };
    explicit NodeSpark(QWidget* parent = nullptr);
    /// Points in order of time; those around [begin, end] too. `gap`: µs between two points that are drawn apart.
    void setPoints(std::vector<Point> points, std::int64_t begin, std::int64_t end, std::int64_t gap);
    [[nodiscard]] const std::vector<Point>& points() const { return m_points; }
    [[nodiscard]] QSize sizeHint() const override { return { 300, 76 }; }
    [[nodiscard]] QSize minimumSizeHint() const override { return { 120, 76 }; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Point> m_points;
    std::int64_t m_begin = 0;
    std::int64_t m_end = 0;
    std::int64_t m_gap = 0;
};

} // namespace sheaf::ui
