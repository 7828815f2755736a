// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QTimer>
#include <QWidget>

#include <cstdint>
#include <memory>
#include <vector>

class QMenu;
class QPushButton;

namespace sheaf::ui {

class AppContext;
class ElidedLabel;
class EmptyHint;
class TimelineCanvas;

/// What the workers of the step in view did when. One moment and one mini-batch with all other views: SelectionState's. Owned by the
/// frame; main thread.
class TimelineView : public QWidget
{
    Q_OBJECT

public:
    explicit TimelineView(AppContext& context, QWidget* parent = nullptr);
    /// The verbs on the marked span.
    void fillRangeMenu(QMenu& menu);

private:
    void buildBar(class QHBoxLayout* bar);
    void bind();
    void refresh();
    void askSlow();

    AppContext& m_context;
    TimelineCanvas* m_canvas;
    EmptyHint* m_empty;
    ElidedLabel* m_name;
    QPushButton* m_follow;
    QTimer m_tick;
    int m_ticks = 0;
    bool m_isAsking = false; // what is slow
    bool m_isSlowStale = true;
    std::shared_ptr<const std::vector<std::uint64_t>> m_inputBytes; // of the step in view; null: not known
    bool m_hasAskedBytes = false;
};

} // namespace sheaf::ui
