// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QColor>
#include <QScrollBar>

#ifndef Q_MOC_RUN
#include <functional>
#include <utility>
#include <vector>
#endif

namespace sheaf::ui {

/// A scroll bar with marks beside its handle: where hits and bookmarks are. Owned by LogView; main thread.
class MarkedScrollBar : public QScrollBar
{
    Q_OBJECT

public:
    struct Marks {
        QColor color;
        int share = 0; // of the width that they take: 0 the left half, 1 the right half
        /// Whether anything is in this stretch of the whole, both in 0…1.
        std::function<bool(double from, double to)> isIn;
    };
    using QScrollBar::QScrollBar;
    void setMarks(std::vector<Marks> marks);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Marks> m_marks;
};

} // namespace sheaf::ui
