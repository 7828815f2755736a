// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/history/replay_bar.h"

#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStyle>
#include <QStyleOptionSlider>
#include <QToolButton>

#include <algorithm>
#include <map>

namespace sheaf::ui {

namespace {

constexpr int kTickMilliseconds = 40;
constexpr int kSliderSteps = 10000; // over the run, whatever its length
constexpr int kMarkHeight = 5;
constexpr int kMarkWidth = 2;

} // namespace

MomentSlider::MomentSlider(QWidget* parent)
    : QSlider(Qt::Horizontal, parent)
{
}

void MomentSlider::setMoments(std::vector<int> moments)
{
    m_moments = std::move(moments);
    update();
}

void MomentSlider::paintEvent(QPaintEvent* event)
{
    QSlider::paintEvent(event);
    QStyleOptionSlider option;
    initStyleOption(&option);
    const int handle = style()->pixelMetric(QStyle::PM_SliderLength, &option, this);
    std::map<int, int> marks; // by place: how many
    for (const int moment : m_moments) {
        const int x = QStyle::sliderPositionFromValue(minimum(), maximum(), moment, width() - handle) + handle / 2;
        ++marks[x - x % kMarkWidth];
    }
    int most = 1;
    for (const auto& [x, count] : marks) {
        most = std::max(most, count);
    }
    // Thousands of failures fill the whole length: where many came at once the marks are stronger, so that this is seen still.
    QPainter painter(this);
    for (const auto& [x, count] : marks) {
        QColor color = toneColor(Tone::Failed);
        color.setAlphaF(most < 4 ? 1.0F : 0.4F + 0.6F * static_cast<float>(count) / static_cast<float>(most));
        painter.fillRect(x, height() - kMarkHeight, kMarkWidth, kMarkHeight, color);
    }
}

/// A click goes there, not a page on.
void MomentSlider::mousePressEvent(QMouseEvent* event)
{
    QStyleOptionSlider option;
    initStyleOption(&option);
    const QRect grip = style()->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, this);
    if (event->button() == Qt::LeftButton && !grip.contains(event->position().toPoint())) {
        const int x = static_cast<int>(event->position().x()) - grip.width() / 2;
        setValue(QStyle::sliderValueFromPosition(minimum(), maximum(), x, width() - grip.width()));
    }
    QSlider::mousePressEvent(event);
}

ReplayBar::ReplayBar(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_play(new QToolButton(this))
    , m_speed(new QComboBox(this))
    , m_slider(new MomentSlider(this))
    , m_time(new QLabel(this))
    , m_end(new QPushButton(tr("&End"), this))
{
    setObjectName(QStringLiteral("replay"));
    m_play->setObjectName(QStringLiteral("replay.play"));
    m_play->setAutoRaise(true);
    m_speed->setObjectName(QStringLiteral("replay.speed"));
    m_speed->setAccessibleName(tr("Speed of the replay"));
    for (const int speed : { 1, 10, 100 }) {
        m_speed->addItem(tr("%1×").arg(speed), speed);
    }
    m_speed->setCurrentIndex(1);
    m_slider->setObjectName(QStringLiteral("replay.slider"));
    m_slider->setAccessibleName(tr("Moment of the run that is shown"));
    m_slider->setToolTip(tr("Shows the run as it was at this moment. Arrow keys and Page keys go on; marks are where tries failed"));
    m_slider->setRange(0, kSliderSteps);
    m_slider->setSingleStep(kSliderSteps / 200);
    m_slider->setPageStep(kSliderSteps / 20);
    m_slider->setValue(kSliderSteps);
    m_slider->setMinimumHeight(24);
    m_time->setObjectName(QStringLiteral("replay.time"));
    m_end->setObjectName(QStringLiteral("replay.end"));
    m_end->setToolTip(tr("Leave the replay: the run as it ended"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kSmall, space::kMedium, space::kSmall);
    layout->addWidget(m_play);
    layout->addWidget(m_speed);
    layout->addWidget(m_slider, 1);
    layout->addWidget(m_time);
    layout->addWidget(m_end);
    m_timer.setInterval(kTickMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &ReplayBar::tick);
    connect(m_play, &QToolButton::clicked, this, [this] { setPlaying(!m_isPlaying); });
    connect(m_end, &QPushButton::clicked, this, [this] {
        setPlaying(false);
        m_context.run.replay(std::nullopt);
    });
    connect(m_slider, &QSlider::valueChanged, this, [this](int value) {
        setPlaying(false);
        goTo(m_first + static_cast<std::int64_t>(static_cast<double>(m_last - m_first) * value / kSliderSteps));
    });
    for (const auto signal : { &RunState::opened, &RunState::closed, &RunState::activityChanged }) {
        connect(&context.run, signal, this, [this] { refresh(); });
    }
    connect(&context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) {
        if (changes.run && !m_context.run.isReplaying()) {
            refresh();
        }
    });
    connect(&context.run, &RunState::replayed, this, [this] {
        if (!m_context.run.isReplaying()) {
            setPlaying(false);
        }
        m_context.selection.setTime(m_context.run.replayMicros()); // the line in all time axes
        refreshTime();
    });
    setPlaying(false);
    refresh();
}

double ReplayBar::speed() const
{
    return m_speed->currentData().toDouble();
}

void ReplayBar::refresh()
{
    const RunState& run = m_context.run;
    const auto state = run.recorded().state();
    const bool isOver = run.isOpen() && run.isLoaded() && !run.isActive() && !run.isStarting() && state != event::RunState::Starting && state != event::RunState::Running;
    const bool canReplay = isOver && run.recorded().endedMicros() > run.recorded().startedMicros();
    setVisible(canReplay);
    if (!canReplay) {
        setPlaying(false);
        m_first = m_last = 0;
        return;
    }
    refreshRange();
}

void ReplayBar::refreshRange()
{
    const auto& recorded = m_context.run.recorded();
    if (m_first != recorded.startedMicros() || m_last != recorded.endedMicros()) {
        m_first = recorded.startedMicros();
        m_last = recorded.endedMicros();
        std::vector<int> marks;
        for (const std::int64_t moment : m_context.run.failureMicros()) {
            const double share = static_cast<double>(moment - m_first) / static_cast<double>(m_last - m_first);
            marks.push_back(static_cast<int>(std::clamp(share, 0.0, 1.0) * kSliderSteps));
        }
        marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
        m_slider->setMoments(std::move(marks));
    }
    refreshTime();
}

void ReplayBar::refreshTime()
{
    const bool isReplaying = m_context.run.isReplaying();
    const std::int64_t now = isReplaying ? m_context.run.replayMicros() : m_last;
    if (!m_slider->isSliderDown() && m_last > m_first) {
        const QSignalBlocker blocker(m_slider);
        m_slider->setValue(static_cast<int>(static_cast<double>(now - m_first) / static_cast<double>(m_last - m_first) * kSliderSteps + 0.5));
    }
    const QString elapsed = durationText(static_cast<double>(now - m_first) * 1e-6);
    const QString all = durationText(static_cast<double>(m_last - m_first) * 1e-6);
    m_time->setText(isReplaying ? tr("%1 · %2 of %3").arg(clockText(now), elapsed, all) : tr("End, after %1").arg(all));
    m_end->setEnabled(isReplaying);
}

void ReplayBar::goTo(std::int64_t micros)
{
    if (m_last > m_first) {
        m_context.run.replay(std::clamp(micros, m_first, m_last));
    }
}

void ReplayBar::setPlaying(bool on)
{
    m_isPlaying = on;
    m_play->setIcon(icon(on ? QStringLiteral("pause") : QStringLiteral("run")));
    m_play->setAccessibleName(on ? tr("Pause the replay") : tr("Replay the run"));
    m_play->setToolTip(on ? tr("Pause") : tr("Replay: the run as it went, on all pages"));
    if (!on) {
        m_timer.stop();
        return;
    }
    const bool fromStart = !m_context.run.isReplaying() || m_context.run.replayMicros() >= m_last;
    m_micros = static_cast<double>(fromStart ? m_first : m_context.run.replayMicros());
    goTo(static_cast<std::int64_t>(m_micros));
    m_since.start();
    m_timer.start();
}

void ReplayBar::tick()
{
    m_micros += static_cast<double>(m_since.nsecsElapsed()) / 1000 * speed();
    m_since.restart();
    goTo(static_cast<std::int64_t>(m_micros));
    if (m_micros >= static_cast<double>(m_last)) {
        setPlaying(false);
    }
}

} // namespace sheaf::ui
