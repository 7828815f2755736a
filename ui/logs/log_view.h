// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QAbstractScrollArea>
#include <QString>

#ifndef Q_MOC_RUN
#include <vector>
#endif

class QFile;

namespace sheaf::ui {

/// Draws only the lines on screen of one growing file: keeps where each line begins (8 bytes a line), reads the lines it paints.
/// Follows the end until the user looks elsewhere, and again when they come back to it. Owned by LogPanel; main thread:
/// it reads what is new in blocks, at most a few megabytes a turn.
class LogView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit LogView(QWidget* parent = nullptr);
    ~LogView() override;

    void openFile(const QString& path);
    /// Reads what has been appended; the frame's timer calls it.
    void readMore();
    [[nodiscard]] qint64 lineCount() const;
    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    /// Shows and marks the next line after the marked one (or before it) that holds the text; false when there is none.
    bool find(const QString& text, bool backward);
    [[nodiscard]] QString line(qint64 number) const;

signals:
    void followingChanged(bool following);
    void grown();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    [[nodiscard]] int lineHeight() const;
    [[nodiscard]] int linesOnScreen() const;
    void updateBars();
    void leaveEnd();

    QFile* m_file;
    std::vector<qint64> m_starts; // of each line; the last one may be unfinished
    qint64 m_size = 0;
    qint64 m_marked = -1;
    int m_widest = 0;
    bool m_following = true;
};

} // namespace sheaf::ui
