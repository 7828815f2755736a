// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/mini_batch_model.h"

#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/format.h"

#include <QBrush>
#include <QPainter>
#include <QPixmap>
#include <QPixmapCache>

#include <algorithm>
#include <numeric>

namespace sheaf::ui {

namespace {

constexpr int kRearrangeMilliseconds = 400;
constexpr int kGlyph = 14;

/// The glyph of a state, painted once per state and theme.
QPixmap glyphOf(Tone tone)
{
    const QString key = QStringLiteral("sheaf-glyph/%1/%2").arg(static_cast<int>(tone)).arg(theme().dark);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        constexpr qreal kRatio = 2;
        pixmap = QPixmap(QSize(kGlyph, kGlyph) * kRatio);
        pixmap.setDevicePixelRatio(kRatio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        paintGlyph(painter, QRectF(0, 0, kGlyph, kGlyph), tone);
        QPixmapCache::insert(key, pixmap);
    }
    return pixmap;
}

} // namespace

MiniBatchModel::MiniBatchModel(QObject* parent)
    : QAbstractTableModel(parent)
    , m_step([]() -> const event::StepPicture* { return nullptr; })
{
    m_rearrange.setSingleShot(true);
    m_rearrange.setInterval(kRearrangeMilliseconds);
    connect(&m_rearrange, &QTimer::timeout, this, &MiniBatchModel::reset);
}

void MiniBatchModel::setSource(std::function<const event::StepPicture*()> step, ErrorOf errorOf)
{
    m_step = std::move(step);
    m_errorOf = std::move(errorOf);
    reset();
}

/// Which rows there are changes, so the views begin anew; who remembers a mini-batch asks rowOf().
void MiniBatchModel::reset()
{
    beginResetModel();
    m_rearrange.stop();
    m_plainRows = total();
    m_rows = isPlain() ? std::vector<std::uint32_t> {} : arranged();
    endResetModel();
    emit rowsArranged();
}

void MiniBatchModel::setFilter(const MiniBatchFilter& filter)
{
    m_filter = filter;
    reset();
}

void MiniBatchModel::onChanged(const std::vector<MiniBatchIndex>& touched, bool isPlanned)
{
    if (isPlanned && total() != m_plainRows) {
        reset();
        return;
    }
    if (touched.empty()) {
        return;
    }
    if (!isPlain()) {
        if (!m_rearrange.isActive()) {
            m_rearrange.start();
        }
        return;
    }
    const auto [least, most] = std::minmax_element(touched.begin(), touched.end());
    if (least->value < m_plainRows) {
        emit dataChanged(index(static_cast<int>(least->value), 0), index(static_cast<int>(std::min(most->value, m_plainRows - 1)), Columns - 1));
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
    const bool wasTried = now.picked > 0 || now.startMicros > 0;
    const bool hasEnded = now.lastEvent > 0;
    switch (column) {
    case Number:
        return number;
    case State:
        return wordOf(now.state);
    case Tries:
        return wasTried ? QVariant(now.picked) : QVariant();
    case Node:
        return wasTried ? QVariant(now.node.value) : QVariant();
    case Process:
        return wasTried ? QVariant(now.process.value) : QVariant();
    case Items:
        return hasEnded ? QVariant(now.items) : QVariant();
    case Returned:
        return hasEnded ? QVariant(now.returned) : QVariant();
    case Start:
        return wasTried ? clockText(now.startMicros) : QString();
    case Elapsed:
        return hasEnded ? durationText(static_cast<double>(now.elapsedSeconds)) : QString();
    case RunTime:
        return hasEnded ? durationText(static_cast<double>(now.runSeconds)) : QString();
    case ErrorText: {
        const QString error = m_errorOf ? m_errorOf(MiniBatchIndex(number)) : QString();
        return !error.isEmpty() ? error : hasEnded && now.outcome != event::AttemptOutcome::Done ? wordOf(now.outcome) : QString();
    }
    default:
        return {};
    }
}

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
        return QVariant::fromValue(Qt::AlignVCenter | (column == State || column == ErrorText ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::ForegroundRole:
        return column == State || column == ErrorText ? QVariant(QBrush(toneTextColor(toneOf(now->state)))) : QVariant();
    case Qt::ToolTipRole:
        return column == ErrorText ? text(number, *now, ErrorText) : QVariant();
    case Qt::DecorationRole:
        return column == State ? QVariant(glyphOf(toneOf(now->state))) : QVariant();
    default:
        return {};
    }
}

QVariant MiniBatchModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (section == State || section == ErrorText ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QString names[] = { tr("#"), tr("State"), tr("Tries"), tr("Node"), tr("Process"), tr("Items"), tr("Returned"), tr("Start"), tr("Elapsed"), tr("In run()"),
        tr("Error") };
    return section < Columns ? names[section] : QString();
}

void MiniBatchModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0) {
        return;
    }
    m_column = column;
    m_order = order;
    reset();
}

std::vector<std::uint32_t> MiniBatchModel::arranged() const
{
    std::vector<std::uint32_t> rows;
    const std::uint32_t count = total();
    rows.reserve(m_filter.isEmpty() ? count : 0);
    const auto errorOf = [this](std::uint32_t number) { return m_errorOf ? m_errorOf(MiniBatchIndex(number)) : QString(); };
    const auto* step = m_step();
    for (std::uint32_t i = 0; i < count; ++i) {
        if (m_filter.isEmpty() || m_filter.matches(i, step->miniBatches[i], step->failures.numberOf(MiniBatchIndex(i)), errorOf(i))) {
            rows.push_back(i);
        }
    }
    const auto by = [&](auto&& keyOf) {
        const auto less = [&](std::uint32_t a, std::uint32_t b) { return keyOf(step->miniBatches[a], a) < keyOf(step->miniBatches[b], b); };
        if (m_order == Qt::AscendingOrder) {
            std::stable_sort(rows.begin(), rows.end(), less);
        } else {
            std::stable_sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) { return less(b, a); });
        }
    };
    using Now = event::MiniBatchNow;
    switch (m_column) {
    case Number:
        if (m_order == Qt::DescendingOrder) {
            std::reverse(rows.begin(), rows.end());
        }
        break;
    case State:
        by([](const Now& now, std::uint32_t) { return now.state; });
        break;
    case Tries:
        by([](const Now& now, std::uint32_t) { return now.picked; });
        break;
    case Node:
        by([](const Now& now, std::uint32_t) { return now.node; });
        break;
    case Process:
        by([](const Now& now, std::uint32_t) { return now.process; });
        break;
    case Items:
        by([](const Now& now, std::uint32_t) { return now.items; });
        break;
    case Returned:
        by([](const Now& now, std::uint32_t) { return now.returned; });
        break;
    case Start:
        by([](const Now& now, std::uint32_t) { return now.startMicros; });
        break;
    case Elapsed:
        by([](const Now& now, std::uint32_t) { return now.elapsedSeconds; });
        break;
    case RunTime:
        by([](const Now& now, std::uint32_t) { return now.runSeconds; });
        break;
    case ErrorText:
        by([&](const Now&, std::uint32_t number) { return errorOf(number); });
        break;
    default:
        break;
    }
    return rows;
}

} // namespace sheaf::ui
