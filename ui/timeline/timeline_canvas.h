// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/attempt_log.h"
#include "core/event/run_picture.h"
#include "ui/timeline/time_axis.h"

#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>
#endif

#include <QAbstractScrollArea>
#include <QImage>

namespace sheaf::ui {

/// A lane a worker, by node; a bar an attempt; a ruler above, and below how many end and how busy all are. Draws columns of pixels from
/// sums, or bars where they are wide enough: any zoom costs the pixels it covers. A failed attempt is always drawn, however narrow.
/// Wheel scrolls the lanes, Ctrl+wheel, W and S zoom, A and D and Shift+wheel go along the time, a drag on the ruler marks a span.
/// Owned by TimelineView; main thread.
class TimelineCanvas : public QAbstractScrollArea
{
    Q_OBJECT

public:
    /// What is drawn; asked for at each use, for a live run moves it. Null: nothing.
    struct Source {
        std::function<const event::AttemptLog*()> log = [] { return nullptr; };
        std::function<const event::StepPicture*()> step = [] { return nullptr; };
        std::function<std::int64_t()> now = [] { return std::int64_t { 0 }; }; // wall time; 0 when nothing goes on
    };

    explicit TimelineCanvas(QWidget* parent = nullptr);
    void setSource(Source source);
    void setClock(bool isClock); // else since the step began
    /// What stands out as slow, by mini-batch; why is asked for in words where the mouse is. A stuck one is marked more strongly.
    struct SlowNotes {
        std::unordered_map<std::uint32_t, bool> isStuck;
        std::function<QString(MiniBatchIndex)> why;
    };
    void setSlow(SlowNotes notes);
    void setCursor(std::int64_t micros); // 0: none
    void setChosen(qint64 miniBatch);
    /// New facts, or time has passed.
    void refresh();

    void fitAll();
    void zoomTo(std::int64_t fromMicros, std::int64_t toMicros);
    void zoomBack();
    void setFollowing(bool follows);
    [[nodiscard]] bool isFollowing() const { return m_follows; }
    [[nodiscard]] const TimeAxis& axis() const { return m_axis; }
    /// What was marked on the ruler.
    [[nodiscard]] const std::optional<std::pair<std::int64_t, std::int64_t>>& range() const { return m_range; }
    void clearRange();
    /// Attempts in the marked span: counted, not listed, so that a drag over a million costs its lanes.
    [[nodiscard]] std::size_t attemptsInRange() const;
    /// Mini-batches with an attempt in the marked span, in order.
    [[nodiscard]] std::vector<std::uint32_t> miniBatchesInRange() const;
    [[nodiscard]] QRect laneRect(std::size_t lane) const; // in the viewport
    [[nodiscard]] int headerWidth() const { return m_header; }

signals:
    void followingChanged(bool follows);
    void timePicked(qint64 micros);
    void miniBatchPicked(qint64 number);
    void rangeMarked(QPoint global); // after a drag on the ruler
    void named(const QString& text); // what is under the mouse

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    struct Hit {
        std::size_t lane = 0;
        event::AttemptBar bar;
    };
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> extent() const; // of all there is
    [[nodiscard]] int lanesTop() const;
    [[nodiscard]] int lanesHeight() const;
    [[nodiscard]] std::optional<std::size_t> laneAt(int y) const;
    [[nodiscard]] std::optional<Hit> barAt(QPoint position) const;
    [[nodiscard]] double timeX(std::int64_t micros) const { return m_header + m_axis.xOf(micros); }
    void layOut();
    void countGivenUp();
    [[nodiscard]] std::uint32_t givenUpBy(NodeIndex node, ProcessNumber process) const;
    void rememberSpan();
    void look();
    void moveBar(int direction);
    void paintLanes(QPainter& painter);
    void paintLane(QPainter& painter, const event::AttemptLane& lane, const QRect& box);
    void paintRunning(QPainter& painter);
    void paintChosen(QPainter& painter);
    void paintHeader(QPainter& painter);
    void paintRuler(QPainter& painter);
    void paintPhases(QPainter& painter);
    void paintSums(QPainter& painter);
    [[nodiscard]] QString nameOf(const Hit& hit) const;
    [[nodiscard]] QString slowWords(MiniBatchIndex miniBatch) const;
    [[nodiscard]] std::int64_t runningMicros(NodeIndex node, ProcessNumber process) const;
    [[nodiscard]] QString runningAt(QPoint position) const;
    void paintSlow(QPainter& painter, const QRectF& shape, MiniBatchIndex miniBatch) const;

    Source m_source;
    TimeAxis m_axis;
    bool m_isClock = false;
    bool m_follows = true;
    bool m_isFitted = true; // all is in view and stays so while it grows
    int m_header = 120;
    int m_row = 18;
    std::int64_t m_cursor = 0;
    qint64 m_chosen = -1;
    SlowNotes m_slow;
    std::unordered_map<std::uint64_t, std::uint32_t> m_givenUp; // by node and process: mini-batches that failed there for good
    std::vector<std::int64_t> m_columns; // where each column of pixels begins, while lanes are painted
    std::vector<QRgb> m_shades; // of a column, by how busy it was
    std::vector<std::pair<std::int64_t, std::int64_t>> m_before; // spans to go back to
    std::optional<std::pair<std::int64_t, std::int64_t>> m_range;
    std::optional<std::int64_t> m_rangeBegin; // while the ruler is dragged
    std::optional<QPoint> m_pan; // while the lanes are dragged
    bool m_hasPanned = false;
};

} // namespace sheaf::ui
