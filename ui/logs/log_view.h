// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QAbstractScrollArea>
#include <QElapsedTimer>
#include <QString>
#include <QTimer>

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/logs/log_query.h"
#include "ui/logs/log_rows.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>
#endif

class QPushButton;

namespace sheaf::ui {

class MarkedScrollBar;

/// Draws the lines on screen of LogRows, whatever their size, and moves through them; LogPanel brings what it shows. Follows the end until
/// the user wants to look up (wheel, keys, scroll bar, a chosen line, a hit, a click elsewhere): then the line under the eye keeps its pixel, and
/// a chip counts what came. End, F, the chip, or moving on at the end follow again. Paints at most 30 times a second. Owned by
/// LogPanel; main thread.
class LogView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit LogView(QWidget* parent = nullptr);
    ~LogView() override;

    /// Another thing is shown: bookmarks, marked lines and the place are forgotten.
    void setRows(LogRows rows);
    /// The same, with more known of it; the place stays.
    void growRows(LogRows rows);
    /// Begun anew by another program: the place is lost, bookmarks stay whose lines are the same (checked when they are there again).
    void restartRows(LogRows rows);
    [[nodiscard]] const LogRows& rows() const { return m_rows; }

    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    /// How many error lines came since following ended, for the chip.
    void setNewErrors(std::uint64_t count);
    /// Lines that were there when following ended, by position.
    [[nodiscard]] std::uint64_t leftEnd() const { return m_leftEnd; }

    /// The line that keys and menus are about; nothing when none is.
    [[nodiscard]] std::optional<std::uint64_t> marked() const { return m_marked; }
    [[nodiscard]] std::optional<ShownLine> markedLine() const;
    /// Marks a line and brings it into sight; ends following.
    void mark(std::uint64_t position);
    /// Position of the first row in sight.
    [[nodiscard]] std::uint64_t top() const { return m_top; }
    void setTop(std::uint64_t position);
    [[nodiscard]] int rowsOnScreen() const;

    void setHits(logs::LineSet hits);
    void setQuery(std::optional<logs::LogQuery> query); // its places are marked in the lines
    /// How the files of several are named and coloured, by number.
    struct FileMark {
        QString name;
        QColor color;
    };
    void setFileMarks(std::vector<FileMark> marks);
    void setTimesShown(bool shown);

    void toggleBookmark();
    /// Of the next bookmark after (before) the marked line, going around; nothing when there is none.
    void goToBookmark(bool backward);
    [[nodiscard]] std::vector<std::uint64_t> bookmarks() const;
    void copyMarked();
    /// As it is drawn: tabs widened, control characters shown as dots.
    [[nodiscard]] QString textAt(std::uint64_t position) const;

signals:
    void followingChanged(bool following);
    void markedChanged();
    void openRequested(); // the marked line was double-clicked, or Enter pressed
    void menuRequested(const QPoint& globalPosition);
    void goToLineRequested();
    void told(const QString& text); // one line for the status

protected:
    bool event(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Bookmark {
        std::uint64_t position = 0;
        std::string bytes; // to know the line again
        bool isChecked = true;
    };
    [[nodiscard]] int lineHeight() const;
    [[nodiscard]] int gutterWidth() const;
    [[nodiscard]] std::uint64_t lastTop() const;
    void repaintSoon();
    void updateBars();
    void updateMarks();
    void updateChip();
    void scrollBy(std::int64_t rows);
    void stopFollowing();
    void checkBookmarks();
    void setMarked(std::optional<std::uint64_t> position, bool extend);
    void moveMarked(std::int64_t rows, bool extend);
    void bringIntoSight(std::uint64_t position);
    [[nodiscard]] std::optional<std::uint64_t> positionAt(int y) const;
    void paintLine(QPainter& painter, const ShownLine& line, std::optional<std::uint64_t> number, const QRect& box, int gutter, int& widest);

    LogRows m_rows;
    MarkedScrollBar* m_bar;
    QPushButton* m_chip; // "▼ 1,284 new · 3 errors"
    QTimer m_painter;
    QElapsedTimer m_painted;
    std::uint64_t m_top = 0;
    std::optional<std::uint64_t> m_marked;
    std::uint64_t m_anchor = 0; // other end of the marked lines
    std::vector<ShownLine> m_shown; // what was painted last
    std::vector<Bookmark> m_bookmarks; // by position
    logs::LineSet m_hits;
    std::unique_ptr<logs::LogQuery::Scanner> m_scanner;
    std::vector<FileMark> m_fileMarks;
    std::uint64_t m_leftEnd = 0;
    std::uint64_t m_newErrors = 0;
    int m_widest = 0;
    int m_wheel = 0; // of a step of the wheel, what is left over
    bool m_following = false;
    bool m_timesShown = false;
};

} // namespace sheaf::ui
