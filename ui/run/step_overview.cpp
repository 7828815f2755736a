// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/step_overview.h"

#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"
#include "ui/widgets/progress_strip.h"
#include "ui/widgets/state_badge.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace sheaf::ui {

using event::MiniBatchState;

namespace {

std::vector<Share> sharesOf(const event::StepPicture& step)
{
    std::vector<Share> shares;
    for (const MiniBatchState state : { MiniBatchState::Done, MiniBatchState::Failed, MiniBatchState::TimedOut,
             MiniBatchState::Running, MiniBatchState::Retrying, MiniBatchState::Canceled, MiniBatchState::Pending }) {
        shares.push_back({ toneOf(state), step.count(state) });
    }
    return shares;
}

} // namespace

StepOverview::StepOverview(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_badge(new StateBadge(this))
    , m_sentence(new QLabel(this))
    , m_strip(new ProgressStrip(this))
    , m_counts(new QLabel(this))
    , m_figures(new QLabel(this))
    , m_failuresTitle(new QLabel(this))
    , m_failures(new QTreeWidget(this))
    , m_traceback(new QPlainTextEdit(this))
{
    setObjectName(QStringLiteral("run.overview"));
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setObjectName(QStringLiteral("run.overview.sentence"));
    m_counts->setObjectName(QStringLiteral("run.overview.counts"));
    m_failuresTitle->setFont(textFont(1, true));
    m_failures->setObjectName(QStringLiteral("run.overview.failures"));
    m_failures->setAccessibleName(tr("Groups of failures"));
    m_failures->setHeaderLabels({ tr("Mini-batches"), tr("Attempts"), tr("Kind"), tr("What was raised"), tr("Where") });
    m_failures->setRootIsDecorated(false);
    m_failures->setAlternatingRowColors(true);
    m_failures->setMinimumHeight(90);
    m_failures->header()->setSectionResizeMode(3, QHeaderView::Stretch);
    m_failures->header()->setStretchLastSection(false);
    m_traceback->setReadOnly(true);
    m_traceback->setFont(monoFont());
    m_traceback->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_traceback->setObjectName(QStringLiteral("run.overview.traceback"));
    m_traceback->setAccessibleName(tr("First traceback of this kind"));

    auto* head = new QHBoxLayout;
    head->setSpacing(space::kLarge);
    head->addWidget(m_badge);
    head->addWidget(m_sentence, 1);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_failures);
    splitter->addWidget(m_traceback);
    splitter->setSizes({ 130, 260 });
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kPanel, space::kPanel, space::kPanel, space::kPanel);
    layout->setSpacing(space::kMedium);
    layout->addLayout(head);
    layout->addWidget(m_strip);
    layout->addWidget(m_counts);
    layout->addWidget(m_figures);
    layout->addSpacing(space::kMedium);
    layout->addWidget(m_failuresTitle);
    layout->addWidget(splitter, 1);

    connect(m_failures, &QTreeWidget::currentItemChanged, this, [this] { showTraceback(); });
    connect(m_failures, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) {
        m_context.selection.showBatches(QStringLiteral("group:%1").arg(m_failures->indexOfTopLevelItem(item) + 1));
    });
    connect(&m_context.run, &RunState::changed, this, [this] { refresh(); });
    connect(&m_context.run, &RunState::activityChanged, this, [this] { refresh(); });
    connect(&m_context.run, &RunState::closed, this, [this] { refresh(); });
    connect(&m_context.selection, &SelectionState::stepChanged, this, [this] { refresh(); });
    connect(&m_context.pipeline, &PipelineState::changed, this, [this] { refresh(); });
    refresh();
}

void StepOverview::refresh()
{
    const event::StepPicture* step = m_context.run.isOpen() ? m_context.run.step(m_context.selection.step()) : nullptr;
    if (step == nullptr) {
        const bool chosen = !m_context.selection.step().isEmpty();
        m_badge->setState(Tone::Pending, tr("Not run"));
        m_badge->setVisible(chosen);
        m_strip->setVisible(chosen);
        m_sentence->setText(!chosen               ? tr("Choose a step in the graph.")
                : m_context.run.isOpen()          ? tr("Nothing is known of this step yet.")
                : m_context.pipeline.canRun()     ? tr("Press Run to see this step at work.")
                                                  : tr("The file has errors: mend what the Problems panel names, then press Run."));
        m_strip->setShares({});
        m_counts->clear();
        m_figures->clear();
        m_failures->clear();
        m_traceback->clear();
        m_failures->hide();
        m_traceback->hide();
        m_failuresTitle->hide();
        return;
    }
    m_badge->show();
    m_strip->show();
    m_badge->setState(toneOf(step->state), wordOf(step->state));
    m_sentence->setText(step->message.empty() ? (step->planned ? tr("%1 mini-batches were planned.").arg(countText(step->total()))
                                                               : tr("Its turn has not come, or its input is being listed."))
                                              : toQt(step->message));
    m_strip->setShares(sharesOf(*step));
    const std::uint32_t done = step->count(MiniBatchState::Done);
    m_counts->setText(step->planned
            ? tr("%1 of %2 done · %3 failed · %4 timed out · %5 running · %6 items without a result")
                  .arg(countText(done), countText(step->total()), countText(step->count(MiniBatchState::Failed)),
                      countText(step->count(MiniBatchState::TimedOut)), countText(step->count(MiniBatchState::Running)),
                      countText(step->itemsFailed))
            : QString());
    const std::int64_t from = step->firstAttemptMicros > 0 ? step->firstAttemptMicros : step->startedMicros;
    const double seconds = step->endedMicros > 0
        ? static_cast<double>(step->endedMicros - from) * 1e-6
        : m_context.run.elapsedSeconds();
    int live = 0;
    for (const auto& worker : step->workers) {
        live += worker.ended ? 0 : 1;
    }
    QStringList figures;
    if (from > 0) {
        figures << tr("%1 elapsed").arg(durationText(std::max(0.0, seconds)));
    }
    if (done > 0 && seconds > 0) {
        figures << rateText(step->ended() / seconds);
    }
    figures << (live == 1 ? tr("1 worker alive") : tr("%1 workers alive").arg(live));
    m_figures->setText(figures.join(QStringLiteral(" · ")));
    refreshFailures();
}

void StepOverview::refreshFailures()
{
    const event::StepPicture* step = m_context.run.step(m_context.selection.step());
    const auto& groups = step->failures.groups();
    const bool some = !groups.empty();
    const bool notReady = !some && !step->initTraceback.empty();
    m_failures->setVisible(some);
    m_traceback->setVisible(some || notReady);
    m_failuresTitle->setVisible(some || notReady);
    m_failuresTitle->setText(some ? groups.size() == 1 ? tr("What failed, all for one cause") : tr("What failed, by cause: %1").arg(groups.size()) : tr("The entry script did not get ready"));
    if (notReady && m_traceback->toPlainText() != toQt(step->initTraceback)) {
        m_traceback->setPlainText(toQt(step->initTraceback));
    }
    const int shown = m_failures->currentItem() != nullptr ? m_failures->indexOfTopLevelItem(m_failures->currentItem()) : 0;
    const auto kinds = static_cast<int>(groups.size());
    while (m_failures->topLevelItemCount() > kinds) {
        delete m_failures->takeTopLevelItem(m_failures->topLevelItemCount() - 1);
    }
    for (int i = 0; i < kinds; ++i) {
        const event::FailureGroup& group = groups[static_cast<std::size_t>(i)];
        auto* item = m_failures->topLevelItem(i);
        if (item == nullptr) {
            item = new QTreeWidgetItem(m_failures);
            item->setTextAlignment(0, Qt::AlignRight | Qt::AlignVCenter);
            item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        }
        const event::CodePlace& place = group.signature.place;
        item->setText(0, countText(group.members.size()));
        item->setText(1, countText(group.attempts));
        item->setText(2, wordOf(group.outcome));
        item->setText(3, toQt(group.firstError));
        item->setToolTip(3, tr("First in mini-batch %1:\n%2").arg(group.firstMiniBatch.value).arg(toQt(group.firstError)));
        item->setText(4, place.line == 0 ? QString() : QStringLiteral("%1:%2").arg(QFileInfo(toQt(place.file)).fileName()).arg(place.line));
        item->setToolTip(4, toQt(place.text));
        item->setData(0, Qt::UserRole, toQt(group.firstTraceback));
    }
    if (kinds > 0 && m_failures->currentItem() == nullptr) {
        m_failures->setCurrentItem(m_failures->topLevelItem(std::min(shown, kinds - 1)));
    }
}

void StepOverview::showTraceback()
{
    const QTreeWidgetItem* item = m_failures->currentItem();
    m_traceback->setPlainText(item != nullptr ? item->data(0, Qt::UserRole).toString() : QString());
}

} // namespace sheaf::ui
