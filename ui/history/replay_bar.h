// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QElapsedTimer>
#include <QSlider>
#include <QTimer>
#include <QWidget>

#include <cstdint>
#include <vector>

class QComboBox;
class QLabel;
class QPushButton;
class QToolButton;

namespace sheaf::ui {

class AppContext;

/// A slider over a run's time that marks moments below its groove. Main thread.
class MomentSlider : public QSlider
{
    Q_OBJECT

public:
    explicit MomentSlider(QWidget* parent = nullptr);
    /// Values of the slider.
    void setMoments(std::vector<int> moments);
    [[nodiscard]] const std::vector<int>& moments() const { return m_moments; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    std::vector<int> m_moments;
};

/// Plays a run that is over again: the pages above show it as it was at the moment of the slider. Seen for runs that are over only. Owned by
/// the frame; main thread.
class ReplayBar : public QWidget
{
    Q_OBJECT

public:
    explicit ReplayBar(AppContext& context, QWidget* parent = nullptr);

private:
    void refresh();
    void refreshRange();
    void refreshTime();
    void setPlaying(bool on);
    void goTo(std::int64_t micros);
    void tick();
    [[nodiscard]] double speed() const;

    AppContext& m_context;
    QToolButton* m_play;
    QComboBox* m_speed;
    MomentSlider* m_slider;
    QLabel* m_time;
    QPushButton* m_end;
    QTimer m_timer;
    QElapsedTimer m_since; // the last step while it plays
    std::int64_t m_first = 0;
    std::int64_t m_last = 0;
    double m_micros = 0; // where it is while it plays
    bool m_isPlaying = false;
};

} // namespace sheaf::ui
