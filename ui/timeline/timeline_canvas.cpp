// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/timeline/timeline_canvas.h"

#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/format.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace sheaf::ui {

namespace {

constexpr int kRuler = 22;
constexpr int kPhases = 18;
constexpr int kSums = 64;
constexpr int kLeastRow = 5;
constexpr int kMostRow = 22;
constexpr double kLiveRoom = 0.03; // free at the right of the live edge, of the span
constexpr double kKeyZoom = 1.4;
constexpr double kKeyPan = 0.15; // of the width
constexpr int kBarPixels = 8; // narrower ones are drawn as columns
constexpr int kGapFrom = 3; // pixels: wider ones leave one free to the next
constexpr std::size_t kMostBack = 50;
constexpr int kShades = 64;
constexpr int kSumPixels = 6; // of a point of the lines below

Tone toneOf(const event::AttemptBar& bar)
{
    if (bar.outcome == event::AttemptOutcome::Done) {
        return Tone::Done;
    }
    return bar.outcome == event::AttemptOutcome::Lost ? Tone::Canceled : bar.isTimeout() ? Tone::TimedOut : bar.isFinal ? Tone::Failed : Tone::Retry;
}

QColor mixed(const QColor& under, const QColor& over, double share)
{
    const auto one = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return { one(under.red(), over.red()), one(under.green(), over.green()), one(under.blue(), over.blue()) };
}

std::uint64_t workerKey(NodeIndex node, ProcessNumber process)
{
    return std::uint64_t { node.value } << 32 | process.value;
}

} // namespace

TimelineCanvas::TimelineCanvas(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("timeline.canvas"));
    setAccessibleName(tr("Timeline of the workers"));
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
}

void TimelineCanvas::setSource(Source source)
{
    m_source = std::move(source);
    m_before.clear();
    m_range.reset();
    m_isFitted = true;
    m_follows = true;
    m_slow = {};
    emit followingChanged(m_follows);
    refresh();
}

void TimelineCanvas::setClock(bool isClock)
{
    m_isClock = isClock;
    viewport()->update();
}

void TimelineCanvas::setSlow(SlowNotes notes)
{
    m_slow = std::move(notes);
    viewport()->update();
}

void TimelineCanvas::setCursor(std::int64_t micros)
{
    m_cursor = micros;
    viewport()->update();
}

void TimelineCanvas::setChosen(qint64 miniBatch)
{
    m_chosen = miniBatch;
    viewport()->update();
}

std::pair<std::int64_t, std::int64_t> TimelineCanvas::extent() const
{
    const auto* log = m_source.log();
    const auto* step = m_source.step();
    std::int64_t from = step != nullptr ? step->startedMicros : 0;
    std::int64_t to = step != nullptr ? step->endedMicros : 0;
    if (log != nullptr && log->attempts() > 0) {
        from = from == 0 ? log->firstMicros() : std::min(from, log->firstMicros());
        to = std::max(to, log->lastMicros());
    }
    to = std::max(to, m_source.now());
    return { from, std::max(to, from + 1000000) };
}

/// Rows as high as all fit, within limits; the span in view as it is wanted.
void TimelineCanvas::layOut()
{
    const auto* log = m_source.log();
    const std::size_t lanes = log != nullptr ? log->lanes().size() : 0;
    m_header = std::clamp(fontMetrics().horizontalAdvance(QStringLiteral("n00 process000  100 %  000")) + 2 * space::kMedium, 90, std::max(90, viewport()->width() / 3));
    m_row = lanes == 0 ? kMostRow : std::clamp(lanesHeight() / static_cast<int>(lanes), kLeastRow, kMostRow);
    const int whole = static_cast<int>(lanes) * m_row;
    verticalScrollBar()->setRange(0, std::max(0, whole - lanesHeight()));
    verticalScrollBar()->setPageStep(lanesHeight());
    verticalScrollBar()->setSingleStep(m_row);
    m_axis.setWidth(viewport()->width() - m_header);
    const auto [from, to] = extent();
    const bool isLive = m_source.now() > 0;
    if (m_isFitted) {
        m_axis.setSpan(from, to + (isLive ? static_cast<std::int64_t>(static_cast<double>(to - from) * kLiveRoom) : 0));
    } else if (m_follows && isLive) {
        const std::int64_t length = m_axis.length();
        const std::int64_t end = to + static_cast<std::int64_t>(static_cast<double>(length) * kLiveRoom);
        m_axis.setSpan(end - length, end);
    }
}

void TimelineCanvas::refresh()
{
    countGivenUp();
    layOut();
    viewport()->update();
}

/// Once for new facts, not while painting: it looks at each mini-batch that ever failed.
void TimelineCanvas::countGivenUp()
{
    m_givenUp.clear();
    const auto* step = m_source.step();
    if (step == nullptr) {
        return;
    }
    const auto& groups = step->failures.numbers();
    for (std::size_t i = 0; i < std::min(groups.size(), step->miniBatches.size()); ++i) {
        const auto& now = step->miniBatches[i];
        if (groups[i] > 0 && (now.state == event::MiniBatchState::Failed || now.state == event::MiniBatchState::TimedOut)) {
            ++m_givenUp[workerKey(now.node, now.process)];
        }
    }
}

std::uint32_t TimelineCanvas::givenUpBy(NodeIndex node, ProcessNumber process) const
{
    const auto found = m_givenUp.find(workerKey(node, process));
    return found != m_givenUp.end() ? found->second : 0;
}

void TimelineCanvas::setFollowing(bool follows)
{
    if (follows != m_follows) {
        m_follows = follows;
        emit followingChanged(follows);
    }
    refresh();
}

void TimelineCanvas::rememberSpan()
{
    if (m_before.empty() || m_before.back() != std::pair(m_axis.from(), m_axis.to())) {
        m_before.emplace_back(m_axis.from(), m_axis.to());
        if (m_before.size() > kMostBack) {
            m_before.erase(m_before.begin());
        }
    }
}

/// Somebody looks at one place: nothing moves under the eye.
void TimelineCanvas::look()
{
    m_isFitted = false;
    if (m_follows) {
        m_follows = false;
        emit followingChanged(false);
    }
    viewport()->update();
}

void TimelineCanvas::fitAll()
{
    rememberSpan();
    m_isFitted = true;
    m_follows = true;
    emit followingChanged(true);
    refresh();
}

void TimelineCanvas::zoomTo(std::int64_t fromMicros, std::int64_t toMicros)
{
    rememberSpan();
    look();
    m_axis.setSpan(fromMicros, toMicros);
    viewport()->update();
}

void TimelineCanvas::zoomBack()
{
    if (m_before.empty()) {
        return;
    }
    const auto [from, to] = m_before.back();
    m_before.pop_back();
    look();
    m_axis.setSpan(from, to);
    viewport()->update();
}

void TimelineCanvas::clearRange()
{
    m_range.reset();
    viewport()->update();
}

std::size_t TimelineCanvas::attemptsInRange() const
{
    std::size_t count = 0;
    if (const auto* log = m_source.log(); log != nullptr && m_range) {
        for (const auto& lane : log->lanes()) {
            count += lane.spanOf(m_range->first, m_range->second).bars;
        }
    }
    return count;
}

std::vector<std::uint32_t> TimelineCanvas::miniBatchesInRange() const
{
    std::vector<std::uint32_t> numbers;
    const auto* log = m_source.log();
    if (log == nullptr || !m_range) {
        return numbers;
    }
    for (const auto& lane : log->lanes()) {
        const auto [first, end] = lane.placesIn(m_range->first, m_range->second);
        for (std::size_t i = first; i < end; ++i) {
            numbers.push_back(lane.bars()[i].miniBatch.value);
        }
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

int TimelineCanvas::lanesTop() const
{
    return kRuler + kPhases;
}

int TimelineCanvas::lanesHeight() const
{
    return std::max(1, viewport()->height() - lanesTop() - kSums);
}

QRect TimelineCanvas::laneRect(std::size_t lane) const
{
    return { m_header, lanesTop() + static_cast<int>(lane) * m_row - verticalScrollBar()->value(), viewport()->width() - m_header, m_row };
}

std::optional<std::size_t> TimelineCanvas::laneAt(int y) const
{
    const auto* log = m_source.log();
    if (log == nullptr || y < lanesTop() || y >= lanesTop() + lanesHeight()) {
        return std::nullopt;
    }
    const auto lane = static_cast<std::size_t>((y - lanesTop() + verticalScrollBar()->value()) / m_row);
    return lane < log->lanes().size() ? std::optional(lane) : std::nullopt;
}

/// The bar under the place, or one at a pixel beside it, failed ones before others.
std::optional<TimelineCanvas::Hit> TimelineCanvas::barAt(QPoint position) const
{
    const auto lane = laneAt(position.y());
    if (!lane || position.x() < m_header) {
        return std::nullopt;
    }
    const auto& bars = m_source.log()->lanes()[*lane].bars();
    const auto [first, end] = m_source.log()->lanes()[*lane].placesIn(m_axis.microsAt(position.x() - m_header - 1), m_axis.microsAt(position.x() - m_header + 2));
    constexpr std::size_t kLooked = 1000;
    std::optional<Hit> hit;
    for (std::size_t i = first; i < std::min(end, first + kLooked); ++i) {
        if (!hit || (bars[i].isFailed() && !hit->bar.isFailed())) {
            hit = Hit { *lane, bars[i] };
        }
    }
    return hit;
}

QString TimelineCanvas::nameOf(const Hit& hit) const
{
    const auto& lane = m_source.log()->lanes()[hit.lane];
    QStringList parts { tr("Mini-batch %1").arg(hit.bar.miniBatch.value), wordOf(hit.bar.outcome), tr("try %1").arg(hit.bar.picked),
        tr("node %1, process%2").arg(lane.node().value).arg(lane.process().value, 3, 10, QLatin1Char('0')), durationText(static_cast<double>(hit.bar.seconds)),
        clockText(hit.bar.startMicros) };
    if (hit.bar.isFailed() && !hit.bar.isFinal) {
        parts << tr("tried again");
    }
    if (const QString slow = slowWords(hit.bar.miniBatch); !slow.isEmpty()) {
        parts << slow;
    }
    return parts.join(QStringLiteral(" · "));
}

/// Of what the worker has not ended yet; 0: it does nothing now.
std::int64_t TimelineCanvas::runningMicros(NodeIndex node, ProcessNumber process) const
{
    const std::int64_t now = m_source.now();
    const auto& workers = m_source.step()->workers;
    const auto found = std::find_if(workers.begin(), workers.end(), [&](const event::WorkerNow& worker) { return worker.node == node && worker.process == process; });
    const bool isAtWork = now > 0 && found != workers.end() && !found->ended && found->currentMiniBatch >= 0;
    return isAtWork ? std::max<std::int64_t>(0, now - found->sinceMicros) : 0;
}

QString TimelineCanvas::slowWords(MiniBatchIndex miniBatch) const
{
    const auto found = m_slow.isStuck.find(miniBatch.value);
    if (found == m_slow.isStuck.end()) {
        return {};
    }
    return (found->second ? tr("looks stuck: %1") : tr("slow: %1")).arg(m_slow.why(miniBatch));
}

/// What the worker in this lane does now, when the place is behind its last end.
QString TimelineCanvas::runningAt(QPoint position) const
{
    const auto lane = laneAt(position.y());
    const std::int64_t now = m_source.now();
    const std::int64_t at = m_axis.microsAt(position.x() - m_header);
    if (!lane || now == 0 || position.x() < m_header || at > now) {
        return {};
    }
    const auto& place = m_source.log()->lanes()[*lane];
    for (const auto& worker : m_source.step()->workers) {
        if (!worker.ended && worker.currentMiniBatch >= 0 && worker.node == place.node() && worker.process == place.process() && at >= worker.sinceMicros) {
            QStringList parts { tr("Mini-batch %1").arg(worker.currentMiniBatch), wordOf(event::MiniBatchState::Running),
                tr("node %1, process%2").arg(worker.node.value).arg(worker.process.value, 3, 10, QLatin1Char('0')),
                durationText(static_cast<double>(now - worker.sinceMicros) / 1e6) };
            if (const QString slow = slowWords(MiniBatchIndex(static_cast<std::uint32_t>(worker.currentMiniBatch))); !slow.isEmpty()) {
                parts << slow;
            }
            return parts.join(QStringLiteral(" · "));
        }
    }
    return {};
}

void TimelineCanvas::paintSlow(QPainter& painter, const QRectF& shape, MiniBatchIndex miniBatch) const
{
    const auto found = m_slow.isStuck.find(miniBatch.value);
    if (found != m_slow.isStuck.end()) {
        const bool isStuck = found->second; // not failed: that colour is kept for what is
        painter.setPen(QPen(toneColor(Tone::Retry), isStuck ? 3 : 2, isStuck ? Qt::DashLine : Qt::SolidLine));
        painter.drawRect(shape.adjusted(1, 1, -1, -1));
    }
}

void TimelineCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme().surface);
    const auto* log = m_source.log();
    if (log == nullptr || m_source.step() == nullptr) {
        return;
    }
    paintPhases(painter);
    painter.save();
    painter.setClipRect(QRect(0, lanesTop(), viewport()->width(), lanesHeight()));
    paintLanes(painter);
    paintRunning(painter);
    paintChosen(painter);
    paintHeader(painter);
    painter.restore();
    paintSums(painter);
    paintRuler(painter);
    const auto line = [&](std::int64_t micros, const QColor& color, Qt::PenStyle style) {
        const double x = timeX(micros);
        if (micros > 0 && x >= m_header && x < viewport()->width()) {
            painter.setPen(QPen(color, 1, style));
            painter.drawLine(QPointF(x, kRuler), QPointF(x, viewport()->height()));
        }
    };
    line(m_source.now(), toneColor(Tone::Running), Qt::DashLine);
    line(m_cursor, theme().accent, Qt::SolidLine);
    if (m_range) {
        QColor veil = theme().accent;
        veil.setAlphaF(0.18F);
        painter.fillRect(QRectF(QPointF(std::max<double>(m_header, timeX(m_range->first)), 0), QPointF(timeX(m_range->second), viewport()->height())), veil);
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme().accent, 1));
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

void TimelineCanvas::paintLanes(QPainter& painter)
{
    m_columns.clear();
    for (int x = 0; x <= viewport()->width() - m_header; ++x) {
        m_columns.push_back(m_axis.microsAt(x));
    }
    m_shades.clear();
    for (int i = 0; i < kShades; ++i) {
        m_shades.push_back(mixed(theme().surface, toneColor(Tone::Done), 0.25 + 0.75 * i / (kShades - 1)).rgb());
    }
    const auto& lanes = m_source.log()->lanes();
    for (std::size_t i = static_cast<std::size_t>(verticalScrollBar()->value() / m_row); i < lanes.size(); ++i) {
        const QRect box = laneRect(i);
        if (box.top() > lanesTop() + lanesHeight()) {
            break;
        }
        const bool isNewNode = i > 0 && lanes[i].node() != lanes[i - 1].node();
        if (lanes[i].node().value % 2 == 1) {
            painter.fillRect(QRect(0, box.top(), viewport()->width(), box.height()), theme().raised);
        }
        if (isNewNode) {
            painter.setPen(theme().border);
            painter.drawLine(0, box.top(), viewport()->width(), box.top());
        }
        paintLane(painter, lanes[i], box.adjusted(0, m_row > 8 ? 2 : 1, 0, m_row > 8 ? -2 : 0));
    }
}

void TimelineCanvas::paintLane(QPainter& painter, const event::AttemptLane& lane, const QRect& box)
{
    const auto [first, end] = lane.placesIn(m_axis.from(), m_axis.to());
    const bool areWide = static_cast<double>(end - first) * kBarPixels < box.width();
    if (areWide) {
        for (std::size_t i = first; i < end; ++i) {
            const auto& bar = lane.bars()[i];
            const double left = std::max<double>(box.left(), timeX(bar.startMicros));
            const double right = std::min<double>(box.right() + 1, timeX(bar.endMicros()));
            const QRectF shape(left, box.top(), std::max(bar.isFailed() ? 2.0 : 1.0, right - left - (right - left > kGapFrom ? 1 : 0)), box.height());
            const Tone tone = toneOf(bar);
            painter.fillRect(shape, toneColor(tone));
            if (bar.isFinal) {
                paintSlow(painter, shape, bar.miniBatch);
            }
            if (shape.width() > 14 && shape.height() >= 12) {
                const double side = std::min(14.0, shape.height() - 1);
                paintMark(painter, QRectF(shape.left() + 2, shape.center().y() - side / 2, side, side), tone);
            }
        }
        return;
    }
    // A column a pixel: how busy it was; what failed in it is drawn over, whole.
    const QRgb failed = toneColor(Tone::Failed).rgb();
    const QRgb timedOut = toneColor(Tone::TimedOut).rgb();
    QImage columns(box.width(), 1, QImage::Format_ARGB32_Premultiplied);
    columns.fill(Qt::transparent);
    auto* pixel = reinterpret_cast<QRgb*>(columns.scanLine(0));
    std::size_t place = first;
    for (int x = 0; x < box.width(); ++x) {
        const event::LaneSpan span = lane.spanOf(m_columns[static_cast<std::size_t>(x)], m_columns[static_cast<std::size_t>(x) + 1], place);
        if (span.bars > 0) {
            pixel[x] = span.failed > 0 ? failed : span.timedOut > 0 ? timedOut : m_shades[static_cast<std::size_t>(std::lround(span.busy * static_cast<double>(m_shades.size() - 1)))];
        }
    }
    painter.drawImage(box, columns);
}

/// From the begin of what each worker does now to the live edge.
void TimelineCanvas::paintRunning(QPainter& painter)
{
    const std::int64_t now = m_source.now();
    if (now == 0) {
        return;
    }
    const auto& lanes = m_source.log()->lanes();
    for (const auto& worker : m_source.step()->workers) {
        if (worker.ended || worker.currentMiniBatch < 0) {
            continue;
        }
        const auto lane = std::find_if(lanes.begin(), lanes.end(), [&](const event::AttemptLane& one) { return one.node() == worker.node && one.process() == worker.process; });
        if (lane == lanes.end()) {
            continue; // its first: it gets a lane when it ends
        }
        const QRect box = laneRect(static_cast<std::size_t>(lane - lanes.begin())).adjusted(0, m_row > 8 ? 2 : 1, 0, m_row > 8 ? -2 : 0);
        const double left = std::max<double>(m_header, timeX(worker.sinceMicros));
        const double right = timeX(now);
        if (right > left) {
            const QRectF shape(left, box.top(), right - left, box.height());
            painter.fillRect(shape, toneColor(Tone::Running));
            paintSlow(painter, shape, MiniBatchIndex(static_cast<std::uint32_t>(worker.currentMiniBatch)));
        }
    }
}

/// The last attempt of the mini-batch that all views look at, however narrow it is.
void TimelineCanvas::paintChosen(QPainter& painter)
{
    const auto* step = m_source.step();
    if (m_chosen < 0 || static_cast<std::size_t>(m_chosen) >= step->miniBatches.size()) {
        return;
    }
    const auto& now = step->miniBatches[static_cast<std::size_t>(m_chosen)];
    const auto& lanes = m_source.log()->lanes();
    const auto lane = std::find_if(lanes.begin(), lanes.end(), [&](const event::AttemptLane& one) { return one.node() == now.node && one.process() == now.process; });
    if (lane == lanes.end() || !now.wasTried()) {
        return;
    }
    const bool isRunning = now.state == event::MiniBatchState::Running;
    const std::int64_t end = isRunning ? std::max(m_source.now(), now.startMicros) : now.startMicros + static_cast<std::int64_t>(static_cast<double>(now.elapsedSeconds) * 1e6);
    const double left = timeX(now.startMicros);
    const double right = std::max(left + 4, timeX(end));
    const QRect row = laneRect(static_cast<std::size_t>(lane - lanes.begin()));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().surface, 4));
    painter.drawRect(QRectF(QPointF(left, row.top() + 1), QPointF(right, row.bottom())));
    painter.setPen(QPen(theme().text, 2));
    painter.drawRect(QRectF(QPointF(left, row.top() + 1), QPointF(right, row.bottom())));
}

void TimelineCanvas::paintHeader(QPainter& painter)
{
    const auto& lanes = m_source.log()->lanes();
    const auto [from, to] = extent();
    painter.setFont(textFont(m_row >= 16 ? -1 : -2));
    const bool areNamed = m_row >= 11;
    for (std::size_t i = static_cast<std::size_t>(verticalScrollBar()->value() / m_row); i < lanes.size(); ++i) {
        const QRect lane = laneRect(i);
        if (lane.top() > lanesTop() + lanesHeight()) {
            break;
        }
        const QRect box(0, lane.top(), m_header, lane.height());
        painter.fillRect(box, lanes[i].node().value % 2 == 1 ? theme().raised : theme().surface);
        if (!areNamed) {
            continue;
        }
        painter.setPen(theme().text);
        painter.drawText(box.adjusted(space::kMedium, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
            tr("n%1 process%2").arg(lanes[i].node().value).arg(lanes[i].process().value, 3, 10, QLatin1Char('0')));
        const double working = lanes[i].busySeconds() * 1e6 + static_cast<double>(runningMicros(lanes[i].node(), lanes[i].process()));
        const double busy = working / static_cast<double>(std::max<std::int64_t>(1, to - from));
        QRect figures = box.adjusted(0, 0, -space::kSmall, 0);
        if (lanes[i].failed() > 0) { // red is what was given up; attempts that were followed by another are not as bad
            const std::uint32_t givenUp = givenUpBy(lanes[i].node(), lanes[i].process());
            const QString failed = givenUp > 0 ? tr("%1 ✕").arg(countText(givenUp)) : tr("%1 ↻").arg(countText(lanes[i].failed()));
            painter.setPen(toneTextColor(givenUp > 0 ? Tone::Failed : Tone::Retry));
            painter.drawText(figures, Qt::AlignVCenter | Qt::AlignRight, failed);
            figures.adjust(0, 0, -painter.fontMetrics().horizontalAdvance(failed) - space::kMedium, 0);
        }
        painter.setPen(theme().muted);
        painter.drawText(figures, Qt::AlignVCenter | Qt::AlignRight, tr("%1 %").arg(static_cast<int>(std::lround(std::min(1.0, busy) * 100))));
    }
    // Rows too low for words have one for their node.
    for (std::size_t i = 0; i < lanes.size() && !areNamed; ++i) {
        if (i == 0 || lanes[i].node() != lanes[i - 1].node()) {
            painter.setPen(theme().muted);
            painter.drawText(QRect(space::kMedium, laneRect(i).top() + 1, m_header, 16), Qt::AlignLeft | Qt::AlignTop, tr("node %1").arg(lanes[i].node().value));
        }
    }
    painter.setPen(theme().border);
    painter.drawLine(m_header - 1, lanesTop(), m_header - 1, lanesTop() + lanesHeight());
}

void TimelineCanvas::paintRuler(QPainter& painter)
{
    painter.fillRect(QRect(0, 0, viewport()->width(), kRuler), theme().window);
    painter.setFont(textFont(-1));
    const auto* step = m_source.step();
    const std::int64_t zero = m_isClock ? 0 : step->startedMicros;
    for (const auto& mark : m_axis.marks(zero)) {
        const double x = m_header + mark.x;
        painter.setPen(theme().border);
        painter.drawLine(QPointF(x, kRuler - 5), QPointF(x, kRuler));
        painter.setPen(theme().muted);
        painter.drawText(QPointF(x + 3, kRuler - 6), mark.text);
    }
    painter.fillRect(QRect(0, 0, m_header, kRuler), theme().window);
    painter.setPen(theme().muted);
    painter.drawText(QRect(space::kMedium, 0, m_header, kRuler), Qt::AlignVCenter | Qt::AlignLeft, m_isClock ? tr("clock") : tr("since the step began"));
    painter.setPen(theme().border);
    painter.drawLine(0, kRuler, viewport()->width(), kRuler);
}

/// What the step was at, as shades of one bar.
void TimelineCanvas::paintPhases(QPainter& painter)
{
    const auto* step = m_source.step();
    const auto* log = m_source.log();
    const std::int64_t last = log->attempts() > 0 ? log->lastMicros() : 0;
    const auto [begin, end] = extent();
    const std::int64_t over = step->endedMicros != 0 ? step->endedMicros : end;
    struct Phase { std::int64_t from; std::int64_t to; QString name; double shade; };
    const bool isDone = step->endedMicros != 0 || step->state == event::StepState::Finalizing;
    const Phase phases[] = { { begin, step->plannedMicros, tr("planning"), 0.10 }, { step->plannedMicros, step->firstAttemptMicros, tr("starting workers"), 0.18 },
        { step->firstAttemptMicros, isDone ? last : over, tr("running"), 0.30 }, { isDone ? last : 0, over, tr("finalizing"), 0.18 } };
    painter.setFont(textFont(-2));
    for (const Phase& phase : phases) {
        if (phase.from <= 0 || phase.to <= phase.from) {
            continue;
        }
        const double left = std::max<double>(m_header, timeX(phase.from));
        const double right = std::min<double>(viewport()->width(), timeX(phase.to));
        if (right <= left) {
            continue;
        }
        const QRectF box(left, kRuler + 2, right - left, kPhases - 4);
        painter.fillRect(box, mixed(theme().surface, theme().accent, phase.shade));
        if (painter.fontMetrics().horizontalAdvance(phase.name) + 8 < box.width()) {
            painter.setPen(theme().text);
            painter.drawText(box.adjusted(4, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, phase.name);
        }
    }
}

/// Mini-batches that were done in each piece of time, and how many of the lanes were busy.
void TimelineCanvas::paintSums(QPainter& painter)
{
    const QRect box(m_header, viewport()->height() - kSums, viewport()->width() - m_header, kSums);
    painter.fillRect(QRect(0, box.top(), viewport()->width(), kSums), theme().surface);
    painter.setPen(theme().border);
    painter.drawLine(0, box.top(), viewport()->width(), box.top());
    const auto* log = m_source.log();
    const auto& done = log->doneMicros();
    const int points = std::max(1, box.width() / kSumPixels);
    std::vector<double> counts(static_cast<std::size_t>(points));
    std::vector<double> busy(static_cast<std::size_t>(points));
    double most = 0;
    std::vector<std::size_t> places(log->lanes().size());
    for (int i = 0; i < points; ++i) {
        const std::int64_t from = m_axis.microsAt(i * kSumPixels);
        const std::int64_t to = m_axis.microsAt((i + 1) * kSumPixels);
        // Told nearly in order of time: a few at the edges may be counted a point too far.
        const auto ended = std::lower_bound(done.begin(), done.end(), to) - std::lower_bound(done.begin(), done.end(), from);
        counts[static_cast<std::size_t>(i)] = static_cast<double>(ended) * 1e6 / static_cast<double>(to - from);
        most = std::max(most, counts[static_cast<std::size_t>(i)]);
        for (std::size_t lane = 0; lane < places.size(); ++lane) {
            places[lane] = i == 0 ? log->lanes()[lane].placesIn(from, to).first : places[lane];
            busy[static_cast<std::size_t>(i)] += log->lanes()[lane].spanOf(from, to, places[lane]).busy;
        }
    }
    const double lanes = std::max<double>(1, static_cast<double>(log->lanes().size()));
    const auto yOf = [&](double share) { return box.bottom() - 2 - share * (kSums - 18); };
    painter.setRenderHint(QPainter::Antialiasing);
    QPolygonF area { QPointF(box.left(), yOf(0)) };
    QPolygonF line;
    for (int i = 0; i < points; ++i) {
        const double x = box.left() + (i + 0.5) * kSumPixels;
        area << QPointF(x, yOf(busy[static_cast<std::size_t>(i)] / lanes));
        line << QPointF(x, yOf(most > 0 ? counts[static_cast<std::size_t>(i)] / most : 0));
    }
    area << QPointF(box.left() + points * kSumPixels, yOf(0));
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixed(theme().surface, theme().accent, 0.22));
    painter.drawPolygon(area);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(toneColor(Tone::Done), 1.5));
    painter.drawPolyline(line);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(textFont(-1));
    const QRect words(space::kMedium, box.top() + space::kSmall, m_header - space::kMedium, kSums);
    painter.setPen(toneTextColor(Tone::Done));
    painter.drawText(words, Qt::AlignLeft | Qt::AlignTop, most > 0 ? tr("up to %1").arg(rateText(most)) : tr("none done here"));
    painter.setPen(theme().muted);
    painter.drawText(words.adjusted(0, painter.fontMetrics().height(), 0, 0), Qt::AlignLeft | Qt::AlignTop, tr("shade: lanes in use"));
}

void TimelineCanvas::resizeEvent(QResizeEvent*)
{
    layOut();
}

void TimelineCanvas::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        refresh();
    }
    QAbstractScrollArea::changeEvent(event);
}

void TimelineCanvas::scrollContentsBy(int, int)
{
    viewport()->update();
}

void TimelineCanvas::wheelEvent(QWheelEvent* event)
{
    const QPoint turn = event->angleDelta();
    if (event->modifiers().testFlag(Qt::ControlModifier)) {
        look();
        m_axis.zoomAt(event->position().x() - m_header, std::pow(1.2, turn.y() / 120.0));
        viewport()->update();
    } else if (event->modifiers().testFlag(Qt::ShiftModifier) || std::abs(turn.x()) > std::abs(turn.y())) {
        look();
        m_axis.pan(-(turn.x() != 0 ? turn.x() : turn.y()) / 2.0);
        viewport()->update();
    } else {
        verticalScrollBar()->setValue(verticalScrollBar()->value() - turn.y() / 2);
    }
    event->accept();
}

void TimelineCanvas::mousePressEvent(QMouseEvent* event)
{
    const QPoint at = event->position().toPoint();
    if (event->button() != Qt::LeftButton || at.x() < m_header || m_source.log() == nullptr) {
        return;
    }
    if (at.y() < kRuler) {
        m_rangeBegin = m_axis.microsAt(at.x() - m_header);
        m_range.reset();
    } else {
        m_pan = at;
        m_hasPanned = false;
    }
    viewport()->update();
}

void TimelineCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const QPoint at = event->position().toPoint();
    if (m_rangeBegin) {
        const std::int64_t now = m_axis.microsAt(std::max(0, at.x() - m_header));
        m_range = std::minmax(*m_rangeBegin, now);
        const auto count = attemptsInRange();
        const double seconds = static_cast<double>(m_range->second - m_range->first) / 1e6;
        emit named(tr("%1 · %2 attempts · %3").arg(durationText(seconds), countText(count), rateText(seconds > 0 ? static_cast<double>(count) / seconds : 0)));
        viewport()->update();
        return;
    }
    if (m_pan && (m_hasPanned || (at - *m_pan).manhattanLength() > 4)) {
        if (!m_hasPanned) {
            rememberSpan();
        }
        m_hasPanned = true;
        look();
        m_axis.pan(m_pan->x() - at.x());
        verticalScrollBar()->setValue(verticalScrollBar()->value() + m_pan->y() - at.y());
        m_pan = at;
        return;
    }
    const auto hit = m_source.log() != nullptr ? barAt(at) : std::nullopt;
    const QString name = hit ? nameOf(*hit) : runningAt(event->position().toPoint());
    QToolTip::showText(event->globalPosition().toPoint(), name, this);
    emit named(name);
}

void TimelineCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    const QPoint at = event->position().toPoint();
    if (m_rangeBegin) {
        m_rangeBegin.reset();
        if (m_range && m_axis.xOf(m_range->second) - m_axis.xOf(m_range->first) > 3) {
            emit rangeMarked(event->globalPosition().toPoint());
        } else {
            m_range.reset();
            emit timePicked(m_axis.microsAt(at.x() - m_header));
        }
    } else if (m_pan && !m_hasPanned) {
        emit timePicked(m_axis.microsAt(at.x() - m_header));
        if (const auto hit = barAt(at)) {
            emit miniBatchPicked(hit->bar.miniBatch.value);
        }
    }
    m_pan.reset();
    viewport()->update();
}

void TimelineCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (m_source.log() == nullptr) {
        return;
    }
    if (const auto hit = barAt(event->position().toPoint())) {
        const std::int64_t room = std::max<std::int64_t>(1000, (hit->bar.endMicros() - hit->bar.startMicros) / 2);
        zoomTo(hit->bar.startMicros - room, hit->bar.endMicros() + room);
    }
}

/// The bar before or after the cursor, in the lane of the chosen mini-batch, or in the first lane.
void TimelineCanvas::moveBar(int direction)
{
    const auto* log = m_source.log();
    if (log == nullptr || log->lanes().empty()) {
        return;
    }
    const event::AttemptLane* lane = &log->lanes().front();
    const auto* step = m_source.step();
    if (m_chosen >= 0 && step != nullptr && static_cast<std::size_t>(m_chosen) < step->miniBatches.size()) {
        const auto& now = step->miniBatches[static_cast<std::size_t>(m_chosen)];
        const auto found = std::find_if(log->lanes().begin(), log->lanes().end(), [&](const event::AttemptLane& one) { return one.node() == now.node && one.process() == now.process; });
        lane = found != log->lanes().end() ? &*found : lane;
    }
    const auto& bars = lane->bars();
    const std::int64_t at = m_cursor != 0 ? m_cursor : m_axis.from();
    const auto after = std::partition_point(bars.begin(), bars.end(), [at](const event::AttemptBar& bar) { return bar.startMicros <= at; });
    auto index = after - bars.begin();
    index = direction > 0 ? index : index - (index > 0 && bars[static_cast<std::size_t>(index - 1)].startMicros == at ? 2 : 1);
    if (index < 0 || index >= static_cast<std::ptrdiff_t>(bars.size())) {
        return;
    }
    const auto& bar = bars[static_cast<std::size_t>(index)];
    look();
    if (bar.startMicros < m_axis.from() || bar.startMicros > m_axis.to()) {
        const std::int64_t half = m_axis.length() / 2;
        m_axis.setSpan(bar.startMicros - half, bar.startMicros + half);
    }
    const QString name = nameOf({ static_cast<std::size_t>(lane - log->lanes().data()), bar });
    viewport()->setAccessibleDescription(name);
    emit named(name);
    emit timePicked(bar.startMicros);
    emit miniBatchPicked(bar.miniBatch.value);
}

void TimelineCanvas::keyPressEvent(QKeyEvent* event)
{
    const double middle = m_cursor != 0 && m_cursor >= m_axis.from() && m_cursor <= m_axis.to() ? m_axis.xOf(m_cursor) : (viewport()->width() - m_header) / 2.0;
    const auto zoom = [&](double factor) {
        rememberSpan();
        look();
        m_axis.zoomAt(middle, factor);
    };
    const auto pan = [&](double share) {
        look();
        m_axis.pan(share * (viewport()->width() - m_header));
    };
    switch (event->key()) {
    case Qt::Key_W:
    case Qt::Key_Plus:
        zoom(kKeyZoom);
        break;
    case Qt::Key_S:
    case Qt::Key_Minus:
        zoom(1 / kKeyZoom);
        break;
    case Qt::Key_A:
        pan(-kKeyPan);
        break;
    case Qt::Key_D:
        pan(kKeyPan);
        break;
    case Qt::Key_Left:
        moveBar(-1);
        break;
    case Qt::Key_Right:
        moveBar(1);
        break;
    case Qt::Key_F:
    case Qt::Key_End:
        setFollowing(true);
        break;
    case Qt::Key_Home:
    case Qt::Key_0:
        fitAll();
        break;
    case Qt::Key_Backspace:
        zoomBack();
        break;
    case Qt::Key_Escape:
        if (!m_range) {
            QAbstractScrollArea::keyPressEvent(event);
            return;
        }
        clearRange();
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    viewport()->update();
}

} // namespace sheaf::ui
