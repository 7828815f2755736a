// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QAbstractScrollArea>
#include <QString>

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/logs/line_index.h"

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>
#endif

class QPushButton;

namespace sheaf::ui {

class WorkThread;

/// Draws only the lines on screen of one growing file, whatever its size. Where lines begin is found by the reader thread, finding text
/// is the work thread's; the main thread reads the few lines it paints. Follows the end until the user looks elsewhere (a chip then
/// counts what came), and again when they come back to it. Owned by LogPanel; main thread.
class LogView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    LogView(WorkThread& reader, WorkThread& worker, QWidget* parent = nullptr);
    ~LogView() override;

    void openFile(const QString& path);
    [[nodiscard]] QString file() const;
    /// Asks for what has been appended; the panel's timer calls it.
    void readMore();
    [[nodiscard]] qint64 lineCount() const;
    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    /// Looks for the next line after the marked one (or before it) that holds the text; answered by found(). Small letters match
    /// large ones, too; large ones only themselves.
    void find(const QString& text, bool backward);
    /// Shows and marks the line that holds this byte, as soon as it has been read.
    void showOffset(qint64 offset);
    [[nodiscard]] qint64 markedLine() const { return m_marked; }
    [[nodiscard]] QString line(qint64 number) const;

signals:
    void followingChanged(bool following);
    void grown();
    void found(bool any);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    [[nodiscard]] int lineHeight() const;
    [[nodiscard]] int linesOnScreen() const;
    [[nodiscard]] std::vector<QString> linesFrom(qint64 first, qint64 count) const;
    void onRead(logs::LineIndex index);
    void updateBars();
    void updateChip();
    void leaveEnd();
    void mark(qint64 line);
    void showAwaited();
    void copyMarked() const;

    WorkThread& m_reader;
    WorkThread& m_worker;
    QPushButton* m_chip; // "▼ 120 new lines"
    std::filesystem::path m_file;
    logs::LineIndex m_index;
    int m_generation = 0; // of the file: answers about another one are too late
    bool m_reading = false;
    bool m_readAgain = false;
    std::stop_source m_search;
    qint64 m_awaitedOffset = -1;
    qint64 m_marked = -1;
    qint64 m_anchor = -1; // other end of the marked lines
    qint64 m_seen = 0; // lines that were there when following ended
    int m_widest = 0;
    bool m_following = true;
};

} // namespace sheaf::ui
