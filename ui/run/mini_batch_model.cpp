// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/mini_batch_model.h"

#include "ui/state/work_thread.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QBrush>
#include <QIcon>
#include <QPainter>
#include <QPixmap>
#include <QPixmapCache>

#include <algorithm>
#include <numeric>

namespace sheaf::ui {

namespace {

constexpr int kRearrangeMilliseconds = 400;
constexpr int kRearrangeManyMilliseconds = 1500;
constexpr std::uint32_t kHere = 20000; // so many are arranged within a frame
constexpr std::uint32_t kMany = 200000;
constexpr std::size_t kMostTails = 20000;
constexpr int kGlyph = 14;

/// The glyph of a state, painted once per state and theme.
QPixmap glyphOf(Tone tone, bool isChosen)
{
    const QString key = QStringLiteral("sheaf-glyph/%1/%2/%3").arg(static_cast<int>(tone)).arg(theme().dark).arg(isChosen);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        constexpr qreal kRatio = 2;
        pixmap = QPixmap(QSize(kGlyph, kGlyph) * kRatio);
        pixmap.setDevicePixelRatio(kRatio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        if (isChosen) { // the accent below would swallow its colour
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme().surface);
            painter.drawEllipse(QRectF(0, 0, kGlyph, kGlyph));
        }
        paintGlyph(painter, isChosen ? QRectF(1, 1, kGlyph - 2, kGlyph - 2) : QRectF(0, 0, kGlyph, kGlyph), tone);
        QPixmapCache::insert(key, pixmap);
    }
    return pixmap;
}

QIcon iconOf(Tone tone)
{
    QIcon icon(glyphOf(tone, false));
    icon.addPixmap(glyphOf(tone, true), QIcon::Selected);
    return icon;
}

} // namespace

MiniBatchModel::MiniBatchModel(WorkThread& worker, QObject* parent)
    : QAbstractTableModel(parent)
    , m_worker(worker)
    , m_step([]() -> const event::StepPicture* { return nullptr; })
    , m_now([] { return std::int64_t { 0 }; })
{
    m_rearrange.setSingleShot(true);
    connect(&m_rearrange, &QTimer::timeout, this, &MiniBatchModel::arrange);
}

MiniBatchModel::~MiniBatchModel() = default;

void MiniBatchModel::setSource(std::function<const event::StepPicture*()> step, std::function<std::int64_t()> now)
{
    beginResetModel();
    ++m_source;
    m_step = std::move(step);
    m_now = std::move(now);
    m_inputBytes.clear();
    m_hasInputBytes = false;
    m_tails.clear();
    m_wrote.clear();
    m_isPlain = m_wanted.filter.isEmpty() && m_wanted.order == RowOrder::Number && !m_wanted.isDescending;
    m_rows.clear();
    m_shown.clear();
    m_plainRows = total();
    endResetModel();
    arrange();
}

void MiniBatchModel::setFilter(const triage::MiniBatchFilter& filter)
{
    m_wanted.filter = filter;
    arrange();
}

void MiniBatchModel::setInputBytes(std::vector<std::uint64_t> bytes)
{
    m_inputBytes = std::move(bytes);
    arrange();
}

void MiniBatchModel::setTails(const std::vector<std::pair<MiniBatchIndex, Tail>>& tails)
{
    if (m_tails.size() > kMostTails) {
        m_tails.clear();
        m_wrote.clear();
    }
    bool hasMoved = false;
    for (const auto& [number, tail] : tails) {
        m_tails[number.value] = tail;
        hasMoved = std::exchange(m_wrote[number.value], tail.micros) != tail.micros || hasMoved;
    }
    if (hasMoved && m_wanted.order == RowOrder::Silence) {
        arrangeSoon();
    }
    if (rowCount() > 0) {
        emit dataChanged(index(0, Silence), index(rowCount() - 1, LastLine));
    }
}

RowFacts MiniBatchModel::facts() const
{
    const auto* step = m_step();
    return { step, step->failures.numbers(), m_inputBytes, m_now(), &m_wrote };
}

std::shared_ptr<MiniBatchModel::Snapshot> MiniBatchModel::snapshot() const
{
    const auto* step = m_step();
    auto copy = m_spare.use_count() == 1 ? m_spare : std::make_shared<Snapshot>();
    if (step != nullptr) {
        copy->step.name = step->name;
        copy->step.state = step->state;
        copy->step.miniBatches = step->miniBatches;
        copy->step.counts = step->counts;
        copy->step.errors = step->errors;
        copy->groups = step->failures.numbers();
    }
    copy->inputBytes = m_inputBytes;
    copy->wrote = m_wrote;
    copy->nowMicros = m_now();
    return copy;
}

/// Makes the rows what is wanted: at once, or in the work thread.
void MiniBatchModel::arrange()
{
    m_rearrange.stop();
    m_isBehind = false;
    if (m_wanted.filter.asksForSize() && !m_hasInputBytes && total() > 0) {
        m_hasInputBytes = true;
        emit inputBytesWanted();
    }
    const bool isPlainWanted = m_wanted.filter.isEmpty() && m_wanted.order == RowOrder::Number && !m_wanted.isDescending;
    if (isPlainWanted || total() == 0) {
        m_isStale = m_isArranging;
        take({}, m_wanted);
        return;
    }
    if (total() <= kHere) {
        m_isStale = m_isArranging;
        take(arrangeRows(facts(), m_wanted), m_wanted);
        return;
    }
    if (m_isArranging) {
        m_isStale = true;
        return;
    }
    m_isArranging = true;
    emit arrangingChanged();
    struct Answer {
        std::vector<std::uint32_t> rows;
        RowsWanted wanted;
        std::shared_ptr<Snapshot> spare;
    };
    m_worker.ask(
        this,
        [copy = snapshot(), wanted = m_wanted] {
            return Answer { arrangeRows(copy->facts(), wanted), wanted, copy };
        },
        [this, source = m_source](Answer answer) {
            m_spare = std::move(answer.spare);
            m_isArranging = false;
            const bool isStale = std::exchange(m_isStale, false);
            if (source == m_source && !isStale) {
                take(std::move(answer.rows), answer.wanted);
            } else {
                arrange();
            }
            emit arrangingChanged();
        });
}

/// Which rows there are changes, so the views begin anew; who remembers a mini-batch asks rowOf().
void MiniBatchModel::take(std::vector<std::uint32_t> rows, const RowsWanted& wanted)
{
    beginResetModel();
    m_isPlain = wanted.filter.isEmpty() && wanted.order == RowOrder::Number && !wanted.isDescending;
    m_plainRows = total();
    m_rows = std::move(rows);
    m_shown.clear();
    if (!wanted.filter.isEmpty()) {
        m_shown.resize(m_plainRows);
        for (const std::uint32_t number : m_rows) {
            m_shown[number] = 1;
        }
    }
    endResetModel();
    emit rowsArranged();
}

void MiniBatchModel::onChanged(const std::vector<MiniBatchIndex>& touched, bool isPlanned)
{
    if (isPlanned) {
        ++m_source;
        beginResetModel(); // numbers of the rows may be beyond the new end
        m_rows.clear();
        m_shown.clear();
        m_plainRows = total();
        endResetModel();
        arrange();
        return;
    }
    if (touched.empty() || rowCount() == 0) {
        if (!touched.empty() && !m_isPlain) {
            arrangeSoon();
        }
        return;
    }
    if (!isPlain()) {
        arrangeSoon();
        emit dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
        return;
    }
    const auto [least, most] = std::minmax_element(touched.begin(), touched.end());
    if (least->value < m_plainRows) {
        emit dataChanged(index(static_cast<int>(least->value), 0), index(static_cast<int>(std::min(most->value, m_plainRows - 1)), Columns - 1));
    }
}

void MiniBatchModel::arrangeSoon()
{
    if (!m_isSeen) {
        m_isBehind = true;
    } else if (!m_rearrange.isActive()) {
        m_rearrange.start(total() > kMany ? kRearrangeManyMilliseconds : kRearrangeMilliseconds);
    }
}

void MiniBatchModel::setSeen(bool isSeen)
{
    m_isSeen = isSeen;
    if (isSeen && m_isBehind) {
        arrange();
    } else if (!isSeen && m_rearrange.isActive()) {
        m_rearrange.stop();
        m_isBehind = true;
    }
}

void MiniBatchModel::onTick()
{
    if (rowCount() > 0) {
        emit dataChanged(index(0, Elapsed), index(rowCount() - 1, LastLine));
    }
}

std::uint32_t MiniBatchModel::total() const
{
    const auto* step = m_step();
    return step != nullptr ? step->total() : 0;
}

const event::MiniBatchNow* MiniBatchModel::miniBatch(std::uint32_t number) const
{
    const auto* step = m_step();
    return step != nullptr && number < step->miniBatches.size() ? &step->miniBatches[number] : nullptr;
}

MiniBatchIndex MiniBatchModel::at(int row) const
{
    return MiniBatchIndex(isPlain() ? static_cast<std::uint32_t>(row) : m_rows[static_cast<std::size_t>(row)]);
}

int MiniBatchModel::rowOf(MiniBatchIndex wanted) const
{
    if (isPlain()) {
        return wanted.value < m_plainRows ? static_cast<int>(wanted.value) : -1;
    }
    const auto found = std::find(m_rows.begin(), m_rows.end(), wanted.value);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

std::vector<std::uint32_t> MiniBatchModel::rows() const
{
    if (!isPlain()) {
        return m_rows;
    }
    std::vector<std::uint32_t> all(m_plainRows);
    std::iota(all.begin(), all.end(), 0U);
    return all;
}

int MiniBatchModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : isPlain() ? static_cast<int>(m_plainRows) : static_cast<int>(m_rows.size());
}

int MiniBatchModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant MiniBatchModel::text(std::uint32_t number, const event::MiniBatchNow& now, int column) const
{
    const bool wasTried = now.wasTried();
    const bool hasEnded = now.lastEvent > 0;
    const bool isRunning = now.state == event::MiniBatchState::Running;
    switch (column) {
    case Number:
        return number;
    case State:
        return wordOf(now.state);
    case Tries:
        return wasTried ? QVariant(now.tries()) : QVariant();
    case Node:
        return wasTried ? QVariant(now.node.value) : QVariant();
    case Process:
        return wasTried ? QVariant(now.process.value) : QVariant();
    case Start:
        return wasTried ? clockText(now.startMicros) : QString();
    case Elapsed: {
        const double seconds = secondsOf(now, m_now());
        return seconds >= 0 ? durationText(seconds) : QString();
    }
    case RunTime:
        return hasEnded && !isRunning ? durationText(static_cast<double>(now.runSeconds)) : QString();
    case ItemsOk:
        return hasEnded && !isRunning ? QVariant(now.itemsOk()) : QVariant();
    case ItemsFailed:
        return hasEnded && !isRunning ? QVariant(now.itemsFailed()) : QVariant();
    case Silence: {
        const auto tail = m_tails.find(number);
        const double seconds = tail != m_tails.end() ? silenceOf(now, tail->second.micros, m_now()) : -1;
        return seconds >= 0 ? durationText(seconds) : QString();
    }
    case LastLine: {
        const auto tail = m_tails.find(number);
        return tail != m_tails.end() ? tail->second.line : QString();
    }
    case ErrorText: {
        const std::string_view error = m_step()->errors.text(now.error);
        return !error.empty() ? toQt(error) : hasEnded && now.outcome != event::AttemptOutcome::Done ? wordOf(now.outcome) : QString();
    }
    default:
        return {};
    }
}

namespace {

bool isText(int column)
{
    return column == MiniBatchModel::State || column == MiniBatchModel::ErrorText || column == MiniBatchModel::LastLine;
}

} // namespace

QVariant MiniBatchModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const std::uint32_t number = at(index.row()).value;
    const auto* now = miniBatch(number);
    if (now == nullptr) {
        return {};
    }
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(number, *now, column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (isText(column) ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::ForegroundRole:
        if (column == State || column == ErrorText) {
            return QBrush(toneTextColor(toneOf(now->state)));
        }
        return column == ItemsFailed && now->lastEvent != 0 && now->itemsFailed() > 0 ? QVariant(QBrush(toneTextColor(Tone::Failed))) : QVariant();
    case Qt::ToolTipRole:
        return column == ErrorText || column == LastLine ? QVariant(tipText(text(number, *now, column).toString())) : QVariant();
    case Qt::DecorationRole:
        return column == State ? QVariant(iconOf(toneOf(now->state))) : QVariant();
    default:
        return {};
    }
}

QVariant MiniBatchModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= Columns) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (isText(section) ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role == Qt::ToolTipRole) {
        const QString tips[] = { tr("Number, and place in the output"), {}, tr("Hand-outs, the one under way included"), {}, {}, tr("When its last try began"),
            tr("Loading, run() and making rows of its last try; of a running one so far"), tr("Within run()"), tr("Items that came back"),
            tr("Items that did not come back"), tr("The last line of what its last try raised"), tr("Of a running one: since its process last wrote a line"),
            tr("The last line that it wrote. It cannot be sorted by: only the lines of the rows in sight are read") };
        return tips[section];
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QString names[] = { tr("#"), tr("State"), tr("Try"), tr("Node"), tr("Process"), tr("Start"), tr("Elapsed"), tr("In run()"), tr("OK"), tr("Failed"), tr("Error"),
        tr("Silent"), tr("Last line") };
    return names[section];
}

void MiniBatchModel::sort(int column, Qt::SortOrder order)
{
    static const std::unordered_map<int, RowOrder> kOrders { { Number, RowOrder::Number }, { State, RowOrder::State }, { Tries, RowOrder::Tries },
        { Node, RowOrder::Node }, { Process, RowOrder::Process }, { Start, RowOrder::Start }, { Elapsed, RowOrder::Elapsed }, { RunTime, RowOrder::RunTime },
        { ItemsOk, RowOrder::ItemsOk }, { ItemsFailed, RowOrder::ItemsFailed }, { ErrorText, RowOrder::Error }, { Silence, RowOrder::Silence } };
    const auto wanted = kOrders.find(column);
    if (wanted == kOrders.end()) {
        return; // what is known of the rows in sight only is no order for all
    }
    m_wanted.order = wanted->second;
    m_wanted.isDescending = order == Qt::DescendingOrder;
    arrange();
}

} // namespace sheaf::ui
