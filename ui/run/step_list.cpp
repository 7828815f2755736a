// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/step_list.h"

#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"
#include "ui/widgets/progress_strip.h"

#include <QApplication>
#include <QPainter>
#include <QSignalBlocker>
#include <QStyledItemDelegate>

namespace sheaf::ui {

using event::MiniBatchState;

namespace {

constexpr int kStep = Qt::UserRole; // name; "" is the whole run
constexpr int kTone = Qt::UserRole + 1;
constexpr int kDetail = Qt::UserRole + 2;
constexpr int kShares = Qt::UserRole + 3; // QVariantList of tone, count, tone, count, …
constexpr int kGlyph = 16;

/// Glyph and name, under them how far it is, and a strip of the states of its mini-batches.
class StepDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override
    {
        return { 120, 2 * option.fontMetrics.height() + 6 + 3 * space::kMedium };
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyleOptionViewItem own = option;
        initStyleOption(&own, index);
        own.text.clear();
        own.icon = {};
        own.widget->style()->drawControl(QStyle::CE_ItemViewItem, &own, painter, own.widget);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect box = option.rect.adjusted(space::kMedium, space::kMedium, -space::kMedium, -space::kMedium);
        const bool chosen = (option.state & QStyle::State_Selected) != 0;
        const QRectF sign(box.left(), box.top() + (option.fontMetrics.height() - kGlyph) / 2.0, kGlyph, kGlyph);
        if (chosen) { // the accent below would swallow its colour
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme().surface);
            painter->drawEllipse(sign.adjusted(-1, -1, 1, 1));
        }
        paintGlyph(*painter, sign, static_cast<Tone>(index.data(kTone).toInt()));
        const QRect text = box.adjusted(kGlyph + space::kMedium, 0, 0, 0);
        QFont font = option.font;
        font.setBold(chosen);
        painter->setFont(font);
        painter->setPen(own.palette.color(chosen ? QPalette::HighlightedText : QPalette::Text));
        painter->drawText(text, Qt::AlignLeft | Qt::AlignTop, painter->fontMetrics().elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, text.width()));
        painter->setFont(option.font);
        painter->setPen(chosen ? own.palette.color(QPalette::HighlightedText) : theme().muted);
        painter->drawText(text.adjusted(0, option.fontMetrics.height() + 2, 0, 0), Qt::AlignLeft | Qt::AlignTop,
            option.fontMetrics.elidedText(index.data(kDetail).toString(), Qt::ElideRight, text.width()));
        std::vector<Share> shares;
        const QVariantList flat = index.data(kShares).toList();
        for (qsizetype i = 0; i + 1 < flat.size(); i += 2) {
            shares.push_back({ static_cast<Tone>(flat[i].toInt()), flat[i + 1].toULongLong() });
        }
        if (!shares.empty()) {
            const QRectF strip(text.left(), box.bottom() - 3, text.width(), 4);
            if (chosen) {
                painter->setPen(Qt::NoPen);
                painter->setBrush(theme().surface);
                painter->drawRoundedRect(strip.adjusted(-2, -2, 2, 2), 3, 3);
            }
            paintShares(*painter, strip, shares, 2);
        }
        painter->restore();
    }
};

QString detailOf(const event::StepPicture& step)
{
    if (!step.planned) {
        return wordOf(step.state);
    }
    const std::uint32_t failed = step.count(MiniBatchState::Failed) + step.count(MiniBatchState::TimedOut);
    const QString done = StepList::tr("%1 of %2").arg(countText(step.count(MiniBatchState::Done)), countText(step.total()));
    return failed > 0 ? StepList::tr("%1 · %2 failed").arg(done, countText(failed)) : done;
}

QVariantList sharesOf(const event::StepPicture& step)
{
    QVariantList shares;
    for (const MiniBatchState state : { MiniBatchState::Done, MiniBatchState::Failed, MiniBatchState::TimedOut, MiniBatchState::Ignored,
             MiniBatchState::Running, MiniBatchState::Retrying, MiniBatchState::Canceled, MiniBatchState::Pending }) {
        if (step.count(state) > 0) {
            shares << static_cast<int>(toneOf(state)) << static_cast<qulonglong>(step.count(state));
        }
    }
    return shares;
}

} // namespace

StepList::StepList(AppContext& context, QWidget* parent)
    : QListWidget(parent)
    , m_context(context)
{
    setObjectName(QStringLiteral("run.steps"));
    setAccessibleName(tr("Steps of the run"));
    setItemDelegate(new StepDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setUniformItemSizes(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(this, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item != nullptr) {
            m_context.selection.setStep(item->data(kStep).toString());
        }
    });
    connect(&m_context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) {
        if (changes.run || !changes.steps.empty()) {
            refresh();
        }
    });
    for (const auto signal : { &RunState::opened, &RunState::closed, &RunState::activityChanged }) {
        connect(&m_context.run, signal, this, [this] { refresh(); });
    }
    connect(&m_context.selection, &SelectionState::stepChanged, this, [this] { refresh(); });
    refresh();
}

void StepList::fill(QListWidgetItem& item, const event::StepPicture* step) const
{
    const auto& picture = m_context.run.picture();
    const QString name = step != nullptr ? toQt(step->name) : QString();
    const auto failed = std::count_if(picture.steps().begin(), picture.steps().end(), [](const auto& one) { return one.state == event::StepState::Failed; });
    const auto completed
        = std::count_if(picture.steps().begin(), picture.steps().end(), [](const auto& one) { return one.state == event::StepState::Completed; });
    const bool isRead = step == nullptr && m_context.run.isBeingRead();
    const QString state = step != nullptr ? wordOf(step->state) : isRead ? tr("Reading…") : m_context.run.isInterrupted() ? tr("Interrupted") : wordOf(picture.state());
    const Tone tone = step != nullptr ? toneOf(step->state) : isRead ? Tone::Queued : m_context.run.isInterrupted() ? Tone::Canceled : toneOf(picture.state());
    const QString detail = step != nullptr ? detailOf(*step)
        : isRead                           ? tr("its record is being read")
        : failed > 0                       ? tr("%1 of %2 steps · %3 failed").arg(completed).arg(picture.steps().size()).arg(failed)
                                           : tr("%1 of %2 steps").arg(completed).arg(picture.steps().size());
    item.setText(step != nullptr ? name : tr("The whole run"));
    item.setData(kStep, name);
    item.setData(kTone, static_cast<int>(tone));
    item.setData(kDetail, detail);
    item.setData(kShares, step != nullptr ? sharesOf(*step) : QVariantList());
    item.setData(Qt::AccessibleTextRole, QStringLiteral("%1, %2, %3").arg(item.text(), state, detail));
    item.setToolTip(tipText(QStringLiteral("%1: %2. %3").arg(item.text(), state, detail)));
}

void StepList::refresh()
{
    const QSignalBlocker blocker(this);
    const auto& steps = m_context.run.picture().steps();
    const int rows = m_context.run.isOpen() ? static_cast<int>(steps.size()) + 1 : 0;
    while (count() > rows) {
        delete takeItem(count() - 1);
    }
    while (count() < rows) {
        addItem(QString());
    }
    int chosen = -1; // a step of the document that is not in this run
    for (int row = 0; row < rows; ++row) {
        fill(*item(row), row == 0 ? nullptr : &steps[static_cast<std::size_t>(row) - 1]);
        if (item(row)->data(kStep).toString() == m_context.selection.step()) {
            chosen = row;
        }
    }
    setCurrentRow(chosen);
    if (chosen < 0) {
        clearSelection();
    }
}

} // namespace sheaf::ui
