// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/run/mini_batch_model.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>
#endif

#include <QImage>
#include <QTimer>
#include <QWidget>

namespace sheaf::ui {

/// All mini-batches of a step at once, a cell each, in reading order: as large as they fit, and where a million do not fit at three
/// pixels a cell stands for several, in the colour of its worst, paler the fewer they are. What the filter leaves out is dimmed. Painted
/// into an image, in which a change paints its own cells only, thirty times a second at most. Owned by MiniBatchPage; main thread.
class HeatGrid : public QWidget
{
    Q_OBJECT

public:
    enum class Colouring { State, Duration };
    /// From where on a duration is called slow: twice the median, and five seconds more than it.
    struct DurationScale {
        double median = 0;
        double slow = 0; // 0: nothing has ended yet
    };

    HeatGrid(MiniBatchModel& model, WorkThread& worker, QWidget* parent = nullptr);

    void setColouring(Colouring colouring);
    [[nodiscard]] Colouring colouring() const { return m_colouring; }
    void setOrder(RowOrder order); // Number, Node or Start
    /// Cells for those only that the filter chooses.
    void setPacked(bool packed);
    void setCurrent(qint64 number);
    /// Another step, or another number of mini-batches.
    void reload();
    /// The model has other rows.
    void onArranged();
    void onChanged(const std::vector<MiniBatchIndex>& touched);
    void onTick();

    [[nodiscard]] const DurationScale& durationScale() const { return m_scale; }
    /// Colour of a duration under the scale in force.
    [[nodiscard]] QColor durationColor(double seconds) const;
    [[nodiscard]] int edge() const { return m_edge; } // of a cell, logical pixels
    [[nodiscard]] std::uint32_t perCell() const { return m_perCell; }
    [[nodiscard]] std::uint32_t cells() const;
    [[nodiscard]] int columns() const { return m_columns; }
    [[nodiscard]] QRectF cellRect(std::uint32_t cell) const;
    [[nodiscard]] std::int64_t cellOf(MiniBatchIndex miniBatch) const; // -1: it has none
    /// "Mini-batch 7 · Failed · try 2 · node 1 · 3.2 s · KeyError: 'x'", or what the cell's many are.
    [[nodiscard]] QString nameOf(std::uint32_t cell) const;

    [[nodiscard]] QSize sizeHint() const override { return { 400, 150 }; }
    [[nodiscard]] QSize minimumSizeHint() const override { return { 120, 48 }; }

signals:
    void chosen(qint64 number);
    void filterWanted(const QString& idWord); // "id:3-17"
    void named(const QString& text); // the cell under the mouse or the keyboard; "": none
    void scaleChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct CellLook {
        QRgb color = 0;
        int tone = -1; // its sign, where cells are large enough
        bool isDim = false;
    };
    [[nodiscard]] std::uint32_t count() const; // of mini-batches that have a cell
    [[nodiscard]] std::uint32_t numberAt(std::uint32_t place) const { return m_isWhole ? place : m_order[place]; }
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> placesOf(std::uint32_t cell) const; // [first, end)
    [[nodiscard]] std::int64_t cellAt(QPointF position) const; // -1: none
    [[nodiscard]] std::int64_t nearestCell(QPointF position) const;
    [[nodiscard]] std::int64_t choiceOf(std::uint32_t cell) const; // number of the one that stands for the cell
    void arrange();
    void takeOrder(std::optional<std::vector<std::uint32_t>> order);
    void dropMarks();
    void layOut();
    void paintAll();
    void paintDirty();
    void paintCell(std::uint32_t cell);
    [[nodiscard]] CellLook lookOf(std::uint32_t cell) const;
    [[nodiscard]] CellLook stateLook(std::uint32_t first, std::uint32_t end) const;
    [[nodiscard]] CellLook durationLook(std::uint32_t first, std::uint32_t end) const;
    void measureDurations();
    void readColours();
    void moveTo(std::int64_t cell, bool extends);
    void wantRange();

    MiniBatchModel& m_model;
    WorkThread& m_worker;
    Colouring m_colouring = Colouring::State;
    RowOrder m_orderBy = RowOrder::Number;
    bool m_isPacked = false;
    bool m_wasFiltered = false;
    bool m_isWhole = true; // all, in order of number: the cells are those of the order that was taken, not of the one that is wanted
    std::vector<std::uint32_t> m_order; // else: number by place
    std::vector<std::uint32_t> m_places; // place by number, when m_order is not empty; ~0: none
    int m_visit = 0; // counts reload(): an order for an earlier one is dropped
    bool m_isArranging = false;
    bool m_isOrderStale = false;
    bool m_isBehind = false; // to be put in order when it is shown

    QImage m_image;
    bool m_isAllDirty = true;
    std::vector<std::uint8_t> m_isDirty; // by cell
    std::vector<std::uint32_t> m_dirty;
    QTimer m_frame;
    QTimer m_rearrange;
    double m_ratio = 1; // device pixels a logical one, when it was laid out
    int m_edge = 12;
    int m_cell = 12; // device pixels, its gap included
    int m_gap = 1;
    int m_columns = 1;
    std::uint32_t m_perCell = 1;
    std::vector<QRgb> m_stateColours;
    QRgb m_ground = 0;
    std::vector<QRgb> m_ramp; // up to slow
    std::vector<QRgb> m_slowRamp;
    std::vector<QImage> m_tiles; // by tone: a large cell with its sign
    DurationScale m_scale;

    qint64 m_current = -1;
    std::int64_t m_hover = -1; // cell
    std::int64_t m_press = -1;
    std::int64_t m_cursor = -1; // cell of the keyboard
    std::optional<std::pair<std::int64_t, std::int64_t>> m_range; // cells, while they are marked
};

} // namespace sheaf::ui
