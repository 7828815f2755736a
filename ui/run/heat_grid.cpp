// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/heat_grid.h"

#include "ui/state/selection_state.h"
#include "ui/state/work_thread.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QCursor>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace sheaf::ui {

namespace {

using event::MiniBatchState;

constexpr int kFrameMilliseconds = 20;
constexpr int kRearrangeMilliseconds = 1000;
constexpr std::uint32_t kHere = 20000; // so many are put in order within a frame
constexpr std::array kEdges { 24, 18, 15, 12, 9, 6, 3 }; // logical pixels
constexpr int kSignEdge = 12; // from here on cells carry the sign of their state
constexpr double kSlowSeconds = 5;
constexpr double kSlowTimes = 2;
constexpr std::uint32_t kSampled = 50000; // durations that the median is taken of
constexpr std::size_t kRamp = 32;
constexpr double kLeastShade = 0.35; // one failed of a hundred is still seen, and many are seen to be more
constexpr double kDim = 0.16;
constexpr double kQuietSign = 0.5; // what is well need not be looked at

/// How much a state wants to be seen, when a cell has several.
constexpr std::array<int, event::kMiniBatchStates> kWeights = [] {
    std::array<int, event::kMiniBatchStates> weights {};
    const auto set = [&](MiniBatchState state, int weight) { weights[static_cast<std::size_t>(state)] = weight; };
    set(MiniBatchState::Failed, 9);
    set(MiniBatchState::TimedOut, 8);
    set(MiniBatchState::Canceled, 7);
    set(MiniBatchState::Retrying, 6);
    set(MiniBatchState::Running, 5);
    set(MiniBatchState::Pending, 3);
    set(MiniBatchState::Ignored, 2);
    set(MiniBatchState::Done, 1);
    return weights;
}();

bool isLoud(std::size_t state)
{
    return kWeights[state] >= 5;
}

QRgb mixed(QRgb under, QRgb over, double share)
{
    const auto one = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return qRgb(one(qRed(under), qRed(over)), one(qGreen(under), qGreen(over)), one(qBlue(under), qBlue(over)));
}

std::vector<QRgb> rampOf(const QColor& from, const QColor& to)
{
    std::vector<QRgb> ramp;
    for (std::size_t i = 0; i < kRamp; ++i) {
        ramp.push_back(mixed(from.rgb(), to.rgb(), static_cast<double>(i) / (kRamp - 1)));
    }
    return ramp;
}

} // namespace

HeatGrid::HeatGrid(MiniBatchModel& model, WorkThread& worker, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_worker(worker)
{
    setObjectName(QStringLiteral("run.grid"));
    setAccessibleName(tr("Grid of mini-batches"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setSizePolicy(policy);
    m_frame.setSingleShot(true);
    m_frame.setInterval(kFrameMilliseconds);
    connect(&m_frame, &QTimer::timeout, this, [this] {
        paintDirty();
        update();
    });
    m_rearrange.setSingleShot(true);
    m_rearrange.setInterval(kRearrangeMilliseconds);
    connect(&m_rearrange, &QTimer::timeout, this, [this] {
        if (m_press >= 0) {
            m_rearrange.start(); // nothing moves under a drag
        } else {
            arrange();
        }
    });
    readColours();
}

std::uint32_t HeatGrid::count() const
{
    return m_isWhole ? m_model.total() : static_cast<std::uint32_t>(m_order.size());
}

std::uint32_t HeatGrid::cells() const
{
    return (count() + m_perCell - 1) / m_perCell;
}

void HeatGrid::setColouring(Colouring colouring)
{
    if (colouring != m_colouring) {
        m_colouring = colouring;
        measureDurations();
        m_isAllDirty = true;
        update();
    }
}

void HeatGrid::setOrder(RowOrder order)
{
    if (order != m_orderBy) {
        m_orderBy = order;
        arrange();
    }
}

void HeatGrid::setPacked(bool packed)
{
    if (packed != m_isPacked) {
        m_isPacked = packed;
        arrange();
    }
}

void HeatGrid::reload()
{
    ++m_visit;
    m_hover = m_press = m_cursor = -1;
    m_range.reset();
    const auto* step = m_model.step();
    if (step == nullptr || std::any_of(m_order.begin(), m_order.end(), [&](std::uint32_t number) { return number >= step->miniBatches.size(); })) {
        m_order.clear(); // no cells until the new order is there
        m_places.clear();
    }
    arrange();
}

void HeatGrid::onArranged()
{
    const bool isFiltered = !m_model.shown().empty();
    if (m_isPacked && (isFiltered || m_wasFiltered)) {
        arrange();
    } else if (isFiltered || m_wasFiltered) {
        m_isAllDirty = true;
        update();
    }
    m_wasFiltered = isFiltered;
}

/// Which mini-batch is where: at once, or in the work thread.
void HeatGrid::arrange()
{
    m_rearrange.stop();
    m_isBehind = false;
    const auto* step = m_model.step();
    const bool isFiltered = m_isPacked && !m_model.filter().isEmpty();
    if (step == nullptr || (m_orderBy == RowOrder::Number && !isFiltered)) {
        m_isOrderStale = m_isArranging;
        takeOrder(std::nullopt);
        return;
    }
    RowsWanted wanted;
    wanted.order = m_orderBy;
    if (isFiltered) { // those that the model has chosen, for it knows all facts
        std::vector<std::uint32_t> chosen = m_model.rows();
        if (m_orderBy == RowOrder::Number) {
            std::sort(chosen.begin(), chosen.end());
            takeOrder(std::move(chosen));
            return;
        }
    }
    if (m_isArranging) {
        m_isOrderStale = true;
        return;
    }
    const auto onlyShown = [](std::vector<std::uint32_t> order, const std::vector<std::uint8_t>& shown) {
        if (!shown.empty()) {
            order.erase(std::remove_if(order.begin(), order.end(), [&](std::uint32_t number) { return number >= shown.size() || shown[number] == 0; }), order.end());
        }
        return order;
    };
    const std::vector<std::uint8_t> shown = isFiltered ? m_model.shown() : std::vector<std::uint8_t>();
    if (m_model.total() <= kHere) {
        takeOrder(onlyShown(arrangeRows({ step, {}, {}, m_model.nowMicros() }, wanted), shown));
        return;
    }
    m_isArranging = true;
    m_worker.ask(
        this, [copy = m_model.snapshot(), wanted, shown, onlyShown] { return onlyShown(arrangeRows(copy->facts(), wanted), shown); },
        [this, visit = m_visit](std::vector<std::uint32_t> order) {
            m_isArranging = false;
            if (visit == m_visit && !std::exchange(m_isOrderStale, false)) {
                takeOrder(std::move(order));
            } else {
                arrange();
            }
        });
}

/// `order`: nullopt is all, by number.
void HeatGrid::takeOrder(std::optional<std::vector<std::uint32_t>> order)
{
    const bool isWhole = !order;
    std::vector<std::uint32_t> numbers = std::move(order).value_or(std::vector<std::uint32_t>());
    if (isWhole != m_isWhole || numbers != m_order) {
        dropMarks(); // its cells have others in them now
    }
    m_isWhole = isWhole;
    m_order = std::move(numbers);
    m_places.clear();
    if (!m_order.empty()) {
        m_places.assign(m_model.total(), ~std::uint32_t { 0 });
        for (std::uint32_t place = 0; place < m_order.size(); ++place) {
            m_places[m_order[place]] = place;
        }
    }
    measureDurations();
    layOut();
}

void HeatGrid::dropMarks()
{
    m_press = -1;
    m_range.reset();
}

/// The largest cells that all fit; else, at the smallest, several to a cell.
void HeatGrid::layOut()
{
    const double ratio = m_ratio = devicePixelRatioF();
    const QSize room = (QSizeF(size()) * ratio).toSize();
    const std::uint32_t wanted = count();
    const std::uint32_t hadPerCell = std::exchange(m_perCell, 1);
    for (const int edge : kEdges) {
        m_edge = edge;
        m_cell = std::max(1, static_cast<int>(std::lround(edge * ratio)));
        m_gap = edge >= 6 ? std::max(1, static_cast<int>(std::lround(ratio))) : 0;
        m_columns = std::max(1, room.width() / m_cell);
        const auto fit = static_cast<std::uint64_t>(m_columns) * static_cast<std::uint64_t>(std::max(1, room.height() / m_cell));
        if (fit >= wanted) {
            break;
        }
        if (edge == kEdges.back()) {
            m_perCell = static_cast<std::uint32_t>((wanted + fit - 1) / fit);
        }
    }
    if (m_perCell != hadPerCell) {
        dropMarks();
    }
    // A few need no tall place.
    const int largest = std::max(1, width() / kEdges.front());
    const std::uint32_t rows = (wanted + static_cast<std::uint32_t>(largest) - 1) / static_cast<std::uint32_t>(largest);
    setMaximumHeight(rows > 60 ? QWIDGETSIZE_MAX : std::max(minimumSizeHint().height(), static_cast<int>(rows) * kEdges.front()));
    if (m_image.size() != room) {
        m_image = QImage(room, QImage::Format_RGB32);
    }
    m_image.setDevicePixelRatio(ratio);
    m_tiles.clear();
    m_isAllDirty = true;
    m_hover = -1;
    m_cursor = m_current >= 0 ? cellOf(MiniBatchIndex(static_cast<std::uint32_t>(m_current))) : -1;
    update();
}

void HeatGrid::readColours()
{
    m_ground = theme().surface.rgb();
    m_stateColours.clear();
    for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
        const auto state = static_cast<MiniBatchState>(i);
        const QRgb color = toneColor(toneOf(state)).rgb();
        m_stateColours.push_back(state == MiniBatchState::Pending ? mixed(m_ground, color, 0.55) : color); // what is to come stays quiet
    }
    m_ramp = theme().dark ? rampOf(QColor(0x2B3A52), QColor(0x8DB6FF)) : rampOf(QColor(0xDCE6F6), QColor(0x2B57A8));
    m_slowRamp = theme().dark ? rampOf(QColor(0xEBA50C), QColor(0xFF4A36)) : rampOf(QColor(0xD18120), QColor(0xA10300));
    m_tiles.clear();
}

/// The median, of a part of them when there are many.
void HeatGrid::measureDurations()
{
    m_scale = {};
    const auto* step = m_model.step();
    if (m_colouring == Colouring::Duration && step != nullptr) {
        std::vector<float> seconds;
        const std::size_t stride = std::max<std::size_t>(1, step->miniBatches.size() / kSampled);
        for (std::size_t i = 0; i < step->miniBatches.size(); i += stride) {
            if (step->miniBatches[i].state == MiniBatchState::Done) {
                seconds.push_back(step->miniBatches[i].elapsedSeconds);
            }
        }
        if (!seconds.empty()) {
            const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
            std::nth_element(seconds.begin(), middle, seconds.end());
            m_scale.median = static_cast<double>(*middle);
            m_scale.slow = std::max(kSlowTimes * m_scale.median, m_scale.median + kSlowSeconds);
        }
    }
    emit scaleChanged();
}

QColor HeatGrid::durationColor(double seconds) const
{
    const double border = m_scale.slow > 0 ? m_scale.slow : kSlowSeconds;
    const auto pick = [](const std::vector<QRgb>& ramp, double share) {
        return QColor(ramp[static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * (kRamp - 1))]);
    };
    return seconds < border ? pick(m_ramp, std::sqrt(seconds / border)) : pick(m_slowRamp, (seconds / border - 1) / 2);
}

std::pair<std::uint32_t, std::uint32_t> HeatGrid::placesOf(std::uint32_t cell) const
{
    const std::uint32_t all = count();
    const std::uint32_t first = std::min(all, cell * m_perCell);
    return { first, std::min(all, first + m_perCell) };
}

HeatGrid::CellLook HeatGrid::lookOf(std::uint32_t cell) const
{
    const auto [first, end] = placesOf(cell);
    return m_colouring == Colouring::State ? stateLook(first, end) : durationLook(first, end);
}

HeatGrid::CellLook HeatGrid::stateLook(std::uint32_t first, std::uint32_t end) const
{
    const auto& miniBatches = m_model.step()->miniBatches;
    const auto& shown = m_model.shown();
    std::array<std::uint32_t, event::kMiniBatchStates> counts {};
    std::array<std::uint32_t, event::kMiniBatchStates> others {}; // filtered out
    std::uint32_t sum = 0;
    for (std::uint32_t place = first; place < end; ++place) {
        const std::uint32_t number = numberAt(place);
        const auto state = static_cast<std::size_t>(miniBatches[number].state);
        if (shown.empty() || (number < shown.size() && shown[number] != 0)) {
            ++counts[state];
            ++sum;
        } else {
            ++others[state];
        }
    }
    CellLook look;
    look.isDim = sum == 0;
    const auto& seen = look.isDim ? others : counts;
    sum = look.isDim ? end - first : sum;
    std::size_t worst = 0;
    for (std::size_t state = 0; state < seen.size(); ++state) {
        worst = seen[state] > 0 && (seen[worst] == 0 || kWeights[state] > kWeights[worst]) ? state : worst;
    }
    look.tone = static_cast<int>(toneOf(static_cast<MiniBatchState>(worst)));
    look.color = m_stateColours[worst];
    if (seen[worst] < sum) { // over the colour of the most of the rest
        std::size_t most = worst == 0 ? 1 : 0;
        for (std::size_t state = 0; state < seen.size(); ++state) {
            most = state != worst && seen[state] > seen[most] ? state : most;
        }
        const double share = static_cast<double>(seen[worst]) / sum;
        look.color = mixed(m_stateColours[most], look.color, isLoud(worst) ? kLeastShade + (1 - kLeastShade) * std::sqrt(share) : share);
    }
    return look;
}

HeatGrid::CellLook HeatGrid::durationLook(std::uint32_t first, std::uint32_t end) const
{
    const auto& miniBatches = m_model.step()->miniBatches;
    const auto& shown = m_model.shown();
    const std::int64_t time = m_model.nowMicros();
    double longest = -1;
    double longestOther = -1;
    bool isShown = false;
    for (std::uint32_t place = first; place < end; ++place) {
        const std::uint32_t number = numberAt(place);
        const bool isChosen = shown.empty() || (number < shown.size() && shown[number] != 0);
        double& value = isChosen ? longest : longestOther;
        value = std::max(value, secondsOf(miniBatches[number], time));
        isShown = isShown || isChosen;
    }
    CellLook look;
    look.isDim = !isShown;
    const double seconds = isShown ? longest : longestOther;
    look.color = seconds < 0 ? m_stateColours[static_cast<std::size_t>(MiniBatchState::Pending)] : durationColor(seconds).rgb();
    return look;
}

QRectF HeatGrid::cellRect(std::uint32_t cell) const
{
    const double ratio = m_ratio;
    const int column = static_cast<int>(cell % static_cast<std::uint32_t>(m_columns));
    const int row = static_cast<int>(cell / static_cast<std::uint32_t>(m_columns));
    return { column * m_cell / ratio, row * m_cell / ratio, (m_cell - m_gap) / ratio, (m_cell - m_gap) / ratio };
}

void HeatGrid::paintCell(std::uint32_t cell)
{
    const CellLook look = lookOf(cell);
    const int x = static_cast<int>(cell % static_cast<std::uint32_t>(m_columns)) * m_cell;
    const int y = static_cast<int>(cell / static_cast<std::uint32_t>(m_columns)) * m_cell;
    const int side = m_cell - m_gap;
    if (x + side > m_image.width() || y + side > m_image.height()) {
        return;
    }
    const bool hasSign = m_edge >= kSignEdge && m_perCell == 1 && look.tone >= 0 && !look.isDim;
    if (hasSign) {
        if (m_tiles.empty()) {
            m_tiles.resize(kTones.size());
        }
        QImage& tile = m_tiles[static_cast<std::size_t>(look.tone)];
        if (tile.isNull()) {
            tile = QImage(side, side, QImage::Format_RGB32);
            tile.fill(look.color);
            QPainter painter(&tile);
            painter.setOpacity(look.tone == static_cast<int>(Tone::Done) ? kQuietSign : 1);
            paintMark(painter, QRectF(0, 0, side, side), static_cast<Tone>(look.tone));
        }
        for (int row = 0; row < side; ++row) {
            std::copy_n(reinterpret_cast<const QRgb*>(tile.constScanLine(row)), side, reinterpret_cast<QRgb*>(m_image.scanLine(y + row)) + x);
        }
        return;
    }
    const QRgb color = look.isDim ? mixed(m_ground, look.color, kDim) : look.color;
    for (int row = 0; row < side; ++row) {
        std::fill_n(reinterpret_cast<QRgb*>(m_image.scanLine(y + row)) + x, side, color);
    }
}

void HeatGrid::paintAll()
{
    m_isAllDirty = false;
    m_dirty.clear();
    if (m_image.isNull()) {
        return;
    }
    m_image.fill(m_ground);
    const std::uint32_t end = m_model.step() != nullptr ? cells() : 0;
    m_isDirty.assign(end, 0);
    for (std::uint32_t cell = 0; cell < end; ++cell) {
        paintCell(cell);
    }
}

void HeatGrid::paintDirty()
{
    if (m_isAllDirty || m_image.isNull() || m_model.step() == nullptr) {
        return; // the next paint does it
    }
    for (const std::uint32_t cell : m_dirty) {
        if (cell < m_isDirty.size()) {
            m_isDirty[cell] = 0;
            paintCell(cell);
        }
    }
    m_dirty.clear();
}

void HeatGrid::onChanged(const std::vector<MiniBatchIndex>& touched)
{
    if (touched.empty()) {
        return;
    }
    if (m_orderBy != RowOrder::Number && !m_rearrange.isActive()) { // it may have moved
        if (isVisible()) {
            m_rearrange.start();
        } else {
            m_isBehind = true;
        }
    }
    if (!m_isAllDirty) {
        for (const MiniBatchIndex one : touched) {
            const std::int64_t cell = cellOf(one);
            if (cell >= 0 && static_cast<std::size_t>(cell) < m_isDirty.size() && std::exchange(m_isDirty[static_cast<std::size_t>(cell)], 1) == 0) {
                m_dirty.push_back(static_cast<std::uint32_t>(cell));
            }
        }
    }
    if (!m_frame.isActive()) {
        m_frame.start();
    }
}

void HeatGrid::onTick()
{
    if (m_colouring == Colouring::Duration) {
        measureDurations();
        m_isAllDirty = true;
        update();
    }
}

std::int64_t HeatGrid::cellOf(MiniBatchIndex miniBatch) const
{
    if (m_model.step() == nullptr || miniBatch.value >= m_model.total() || count() == 0) {
        return -1;
    }
    if (m_isWhole) {
        return miniBatch.value / m_perCell;
    }
    const std::uint32_t place = miniBatch.value < m_places.size() ? m_places[miniBatch.value] : ~std::uint32_t { 0 };
    return place == ~std::uint32_t { 0 } ? -1 : static_cast<std::int64_t>(place / m_perCell);
}

std::int64_t HeatGrid::cellAt(QPointF position) const
{
    const double ratio = m_ratio;
    const int column = static_cast<int>(std::floor(position.x() * ratio / m_cell));
    const int row = static_cast<int>(std::floor(position.y() * ratio / m_cell));
    if (column < 0 || column >= m_columns || row < 0 || m_model.step() == nullptr) {
        return -1;
    }
    const std::int64_t cell = std::int64_t { row } * m_columns + column;
    return cell < std::int64_t { cells() } ? cell : -1;
}

/// Of a drag that has left the cells.
std::int64_t HeatGrid::nearestCell(QPointF position) const
{
    const double ratio = m_ratio;
    const int column = std::clamp(static_cast<int>(position.x() * ratio / m_cell), 0, m_columns - 1);
    const std::int64_t row = std::max(0, static_cast<int>(position.y() * ratio / m_cell));
    return std::clamp<std::int64_t>(row * m_columns + column, 0, std::max<std::int64_t>(0, std::int64_t { cells() } - 1));
}

/// The first of its worst.
std::int64_t HeatGrid::choiceOf(std::uint32_t cell) const
{
    const auto [first, end] = placesOf(cell);
    const auto& miniBatches = m_model.step()->miniBatches;
    const auto& shown = m_model.shown();
    std::int64_t best = -1;
    int weight = -1;
    for (std::uint32_t place = first; place < end; ++place) {
        const std::uint32_t number = numberAt(place);
        const bool isShown = shown.empty() || (number < shown.size() && shown[number] != 0);
        const int own = kWeights[static_cast<std::size_t>(miniBatches[number].state)] + (isShown ? 100 : 0);
        if (own > weight) {
            weight = own;
            best = number;
        }
    }
    return best;
}

QString HeatGrid::nameOf(std::uint32_t cell) const
{
    const auto* step = m_model.step();
    if (step == nullptr || cell >= cells()) {
        return {};
    }
    const auto [first, end] = placesOf(cell);
    const QString dot = QStringLiteral(" · ");
    if (end - first == 1) {
        const std::uint32_t number = numberAt(first);
        const auto& now = step->miniBatches[number];
        QStringList parts { tr("Mini-batch %1").arg(countText(number)), wordOf(now.state) };
        if (now.wasTried()) {
            parts << tr("try %1").arg(now.tries()) << tr("node %1").arg(now.node.value);
        }
        if (const double seconds = secondsOf(now, m_model.nowMicros()); seconds >= 0) {
            parts << durationText(seconds);
        }
        if (const auto error = step->errors.text(now.error); !error.empty()) {
            parts << toQt(error.substr(0, 200));
        }
        return parts.join(dot);
    }
    std::array<std::uint32_t, event::kMiniBatchStates> counts {};
    for (std::uint32_t place = first; place < end; ++place) {
        ++counts[static_cast<std::size_t>(step->miniBatches[numberAt(place)].state)];
    }
    QStringList parts { m_isWhole ? tr("Mini-batches %1 to %2").arg(countText(first), countText(end - 1)) : tr("%1 mini-batches").arg(countText(end - first)) };
    for (std::size_t state = 0; state < counts.size(); ++state) {
        if (counts[state] > 0) {
            parts << tr("%1 %2", "count, state").arg(countText(counts[state])).arg(wordOf(static_cast<MiniBatchState>(state)));
        }
    }
    return parts.join(dot);
}

void HeatGrid::setCurrent(qint64 number)
{
    if (number == m_current) {
        return;
    }
    m_current = number;
    m_cursor = number >= 0 ? cellOf(MiniBatchIndex(static_cast<std::uint32_t>(number))) : -1;
    update();
}

void HeatGrid::paintEvent(QPaintEvent*)
{
    if (m_ratio != devicePixelRatioF()) {
        layOut(); // the window has gone to another screen, or the scale has been changed
    }
    if (m_isAllDirty) {
        paintAll();
    }
    QPainter painter(this);
    if (m_image.isNull()) {
        painter.fillRect(rect(), theme().surface);
        return;
    }
    painter.drawImage(QPointF(0, 0), m_image);
    if (m_model.step() == nullptr || cells() == 0) {
        return;
    }
    if (m_range) {
        QColor veil = theme().accent;
        veil.setAlphaF(0.35F);
        const auto [from, to] = std::minmax(m_range->first, m_range->second);
        const std::int64_t firstRow = from / m_columns;
        for (std::int64_t row = firstRow; row <= to / m_columns; ++row) {
            const auto begin = static_cast<std::uint32_t>(std::max(from, row * m_columns));
            const auto end = static_cast<std::uint32_t>(std::min(to, row * m_columns + m_columns - 1));
            painter.fillRect(cellRect(begin).united(cellRect(end)), veil);
        }
    }
    const auto outline = [&](std::int64_t cell, const QColor& color, double wide) {
        if (cell < 0 || cell >= std::int64_t { cells() }) {
            return;
        }
        const QRectF box = cellRect(static_cast<std::uint32_t>(cell));
        painter.setPen(QPen(theme().surface, wide + 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.drawRect(box);
        painter.setPen(QPen(color, wide, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.drawRect(box);
    };
    painter.setBrush(Qt::NoBrush);
    outline(m_hover, theme().muted, 1);
    outline(m_current >= 0 ? cellOf(MiniBatchIndex(static_cast<std::uint32_t>(m_current))) : -1, theme().text, 2);
    if (hasFocus()) {
        outline(m_cursor >= 0 ? m_cursor : 0, theme().accent, 2);
    }
}

void HeatGrid::resizeEvent(QResizeEvent*)
{
    layOut();
}

void HeatGrid::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_isBehind) {
        arrange();
    }
}

void HeatGrid::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_isBehind = m_isBehind || m_rearrange.isActive();
    m_rearrange.stop();
}

void HeatGrid::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
        readColours();
        m_isAllDirty = true;
        update();
    }
    QWidget::changeEvent(event);
}

void HeatGrid::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton) {
        m_press = cellAt(event->position());
        m_range.reset();
        update();
    }
}

void HeatGrid::mouseMoveEvent(QMouseEvent* event)
{
    if (m_press >= 0 && (event->buttons() & Qt::LeftButton) != 0) {
        const std::int64_t cell = nearestCell(event->position());
        if (m_range || cell != m_press) {
            m_range = { m_press, cell };
            const auto [from, to] = std::minmax(m_press, cell);
            const std::uint32_t first = placesOf(static_cast<std::uint32_t>(from)).first;
            const std::uint32_t end = placesOf(static_cast<std::uint32_t>(to)).second;
            emit named(m_isWhole ? tr("Mini-batches %1 to %2 — let go to see only these").arg(countText(first), countText(end - 1))
                                 : tr("%1 mini-batches — let go to see only these").arg(countText(end - first)));
            update();
        }
        return;
    }
    const std::int64_t cell = cellAt(event->position());
    if (cell != m_hover) {
        m_hover = cell;
        const QString name = cell >= 0 ? nameOf(static_cast<std::uint32_t>(cell)) : QString();
        QToolTip::showText(event->globalPosition().toPoint(), tipText(name), this);
        emit named(name);
        update();
    }
}

void HeatGrid::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || m_press < 0) {
        return;
    }
    if (m_range) {
        wantRange();
    } else {
        moveTo(m_press, false);
    }
    m_press = -1;
}

void HeatGrid::leaveEvent(QEvent*)
{
    m_hover = -1;
    emit named({});
    update();
}

void HeatGrid::focusInEvent(QFocusEvent*)
{
    if (m_cursor >= 0 && m_cursor < std::int64_t { cells() }) {
        emit named(nameOf(static_cast<std::uint32_t>(m_cursor)));
    }
    update();
}

void HeatGrid::focusOutEvent(QFocusEvent*)
{
    update();
}

void HeatGrid::moveTo(std::int64_t cell, bool extends)
{
    if (m_model.step() == nullptr || cells() == 0) {
        return;
    }
    cell = std::clamp<std::int64_t>(cell, 0, std::int64_t { cells() } - 1);
    const std::int64_t from = std::max<std::int64_t>(0, m_cursor);
    if (extends) {
        m_range = { m_range ? m_range->first : from, cell };
    } else {
        m_range.reset();
    }
    m_cursor = cell;
    const QString name = nameOf(static_cast<std::uint32_t>(cell));
    setAccessibleDescription(name);
    emit named(name);
    if (!extends) {
        const std::int64_t number = choiceOf(static_cast<std::uint32_t>(cell));
        m_current = number;
        emit chosen(number);
        m_cursor = cell;
    }
    update();
}

/// A marked range becomes a filter.
void HeatGrid::wantRange()
{
    if (!m_range) {
        return;
    }
    const auto [from, to] = std::minmax(m_range->first, m_range->second);
    const std::uint32_t first = placesOf(static_cast<std::uint32_t>(from)).first;
    const std::uint32_t end = placesOf(static_cast<std::uint32_t>(to)).second;
    m_range.reset();
    update();
    if (first >= end) {
        return;
    }
    if (m_isWhole) {
        emit filterWanted(QStringLiteral("id:%1-%2").arg(first).arg(end - 1));
        return;
    }
    std::vector<std::uint32_t> numbers(m_order.begin() + first, m_order.begin() + end);
    std::sort(numbers.begin(), numbers.end());
    const QString word = QStringLiteral("id:") + idList(numbers);
    if (word.size() > SelectionState::kLongestFilter) {
        emit named(tr("Too many to be named one by one: choose the order by number"));
        return;
    }
    emit filterWanted(word);
}

void HeatGrid::keyPressEvent(QKeyEvent* event)
{
    const bool extends = event->modifiers().testFlag(Qt::ShiftModifier);
    const std::int64_t page = std::int64_t { m_columns } * std::max(1, height() / std::max(1, m_edge) / 2);
    switch (event->key()) {
    case Qt::Key_Left:
        moveTo(m_cursor < 0 ? 0 : m_cursor - 1, extends);
        return;
    case Qt::Key_Right:
        moveTo(m_cursor + 1, extends);
        return;
    case Qt::Key_Up:
        moveTo(m_cursor >= m_columns ? m_cursor - m_columns : m_cursor, extends);
        return;
    case Qt::Key_Down:
        moveTo(m_cursor < 0 ? 0 : m_cursor + m_columns < std::int64_t { cells() } ? m_cursor + m_columns : m_cursor, extends);
        return;
    case Qt::Key_PageUp:
        moveTo(std::max<std::int64_t>(0, m_cursor - page), extends);
        return;
    case Qt::Key_PageDown:
        moveTo(m_cursor + page, extends);
        return;
    case Qt::Key_Home:
        moveTo(0, extends);
        return;
    case Qt::Key_End:
        moveTo(std::int64_t { cells() } - 1, extends);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_range) {
            wantRange();
        } else if (m_cursor >= 0 && m_perCell > 1) { // into the cell
            m_range = { m_cursor, m_cursor };
            wantRange();
        }
        return;
    case Qt::Key_Escape:
        if (m_range) {
            m_range.reset();
            update();
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

} // namespace sheaf::ui
