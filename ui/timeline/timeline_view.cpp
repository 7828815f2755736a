// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/timeline/timeline_view.h"

#include "core/event/mini_batch_list.h"
#include "core/triage/slowness.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"
#include "ui/timeline/timeline_canvas.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_hint.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <unordered_map>

namespace sheaf::ui {

namespace {

using Slow = TimelineCanvas::SlowNotes;

/// When the process of a running mini-batch last wrote anything; 0: it did not.
std::int64_t lastWrote(const runtime::RunDir& dir, const std::string& step, const event::MiniBatchNow& now)
{
    std::int64_t last = 0;
    for (const auto stream : { event::LogStream::Stdout, event::LogStream::Stderr, event::LogStream::EntryScriptLog }) {
        struct stat status {};
        if (::stat(dir.userLog(step, stream, now.node, now.process).c_str(), &status) == 0 && status.st_size > 0) {
            last = std::max(last, std::int64_t { status.st_mtim.tv_sec } * 1'000'000 + status.st_mtim.tv_nsec / 1000);
        }
    }
    return last;
}

constexpr int kTickMilliseconds = 250; // the live edge moves four times a second
constexpr int kSlowTicks = 20;

} // namespace

TimelineView::TimelineView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_canvas(new TimelineCanvas(this))
    , m_empty(new EmptyHint(QStringLiteral("parallel"), this))
    , m_name(new ElidedLabel(this))
    , m_follow(new QPushButton(tr("Follow"), this))
{
    setObjectName(QStringLiteral("timeline"));
    m_empty->setWords(tr("Nothing has run yet"), tr("Each worker of the step gets a lane here as soon as its first mini-batch has ended."));
    auto* bar = new QHBoxLayout;
    bar->setSpacing(space::kMedium);
    buildBar(bar);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    layout->setSpacing(space::kMedium);
    layout->addLayout(bar);
    layout->addWidget(m_canvas, 1);
    layout->addWidget(m_empty, 1);

    auto& selection = context.selection;
    connect(m_canvas, &TimelineCanvas::followingChanged, m_follow, &QPushButton::setChecked);
    connect(m_canvas, &TimelineCanvas::timePicked, this, [this](qint64 micros) { m_context.selection.setTime(micros); });
    connect(m_canvas, &TimelineCanvas::miniBatchPicked, this, [this](qint64 number) { m_context.selection.setMiniBatch(number); });
    connect(m_canvas, &TimelineCanvas::named, m_name, [this](const QString& text) { m_name->setFullText(text); });
    connect(m_canvas, &TimelineCanvas::rangeMarked, this, [this](QPoint global) {
        QMenu menu(this);
        fillRangeMenu(menu);
        menu.exec(global);
    });
    connect(&selection, &SelectionState::timeChanged, m_canvas, [this](qint64 micros) { m_canvas->setCursor(micros); });
    connect(&selection, &SelectionState::miniBatchChanged, m_canvas, [this](qint64 number) { m_canvas->setChosen(number); });
    connect(&selection, &SelectionState::stepChanged, this, [this] { bind(); });
    connect(&context.run, &RunState::opened, this, [this] { bind(); });
    connect(&context.run, &RunState::closed, this, [this] { bind(); });
    connect(&context.run, &RunState::changed, this, [this] {
        m_isSlowStale = true;
        refresh();
    });
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (!isVisible()) {
            return;
        }
        if (m_context.run.isActive()) {
            m_canvas->refresh();
        }
        if (m_ticks++ % kSlowTicks == 0) {
            askSlow();
        }
    });
    m_tick.start(kTickMilliseconds);
    bind();
}

void TimelineView::buildBar(QHBoxLayout* bar)
{
    m_name->setObjectName(QStringLiteral("timeline.name"));
    m_follow->setObjectName(QStringLiteral("timeline.follow"));
    m_follow->setCheckable(true);
    m_follow->setToolTip(tr("Keep the newest in view (F)"));
    auto* fit = new QPushButton(tr("All"), this);
    fit->setObjectName(QStringLiteral("timeline.fit"));
    fit->setAccessibleName(tr("Show the whole time"));
    fit->setToolTip(tr("Show the whole time (Home). W and S zoom, A and D go along, Backspace goes back; drag on the ruler marks a span"));
    auto* back = new QPushButton(tr("Back"), this);
    back->setObjectName(QStringLiteral("timeline.back"));
    back->setToolTip(tr("The span that was in view before (Backspace)"));
    auto* unit = new QComboBox(this);
    unit->setObjectName(QStringLiteral("timeline.unit"));
    unit->setAccessibleName(tr("Times on the ruler"));
    unit->addItem(tr("Elapsed"));
    unit->addItem(tr("Clock"));
    bar->addWidget(m_name, 1);
    for (QWidget* widget : { static_cast<QWidget*>(m_follow), static_cast<QWidget*>(fit), static_cast<QWidget*>(back), static_cast<QWidget*>(unit) }) {
        bar->addWidget(widget);
    }
    connect(m_follow, &QPushButton::clicked, this, [this](bool on) { m_canvas->setFollowing(on); });
    connect(fit, &QPushButton::clicked, this, [this] { m_canvas->fitAll(); });
    connect(back, &QPushButton::clicked, this, [this] { m_canvas->zoomBack(); });
    connect(unit, &QComboBox::currentIndexChanged, this, [this](int index) { m_canvas->setClock(index == 1); });
}

void TimelineView::bind()
{
    m_name->setFullText({});
    m_isSlowStale = true;
    m_ticks = 0;
    m_inputBytes.reset();
    m_hasAskedBytes = false;
    const QString step = m_context.selection.step();
    TimelineCanvas::Source source;
    source.step = [this, step]() -> const event::StepPicture* { return m_context.run.isOpen() ? m_context.run.step(step) : nullptr; };
    source.log = [this, step]() -> const event::AttemptLog* {
        const auto index = m_context.run.isOpen() ? m_context.run.stepIndex(step) : std::nullopt;
        return index ? &m_context.run.attempts(*index) : nullptr;
    };
    source.now = [this, step]() -> std::int64_t {
        const auto* picture = m_context.run.isOpen() ? m_context.run.step(step) : nullptr;
        return picture != nullptr && !picture->isOver() && picture->state != event::StepState::NotStarted ? m_context.run.liveMicros() : 0;
    };
    m_canvas->setSource(std::move(source));
    m_canvas->setCursor(m_context.selection.time());
    m_canvas->setChosen(m_context.selection.miniBatch());
    refresh();
}

void TimelineView::refresh()
{
    const auto index = m_context.run.isOpen() ? m_context.run.stepIndex(m_context.selection.step()) : std::nullopt;
    const bool hasLanes = index && !m_context.run.attempts(*index).lanes().empty();
    m_canvas->setVisible(hasLanes);
    m_empty->setVisible(!hasLanes);
    if (hasLanes) {
        m_canvas->refresh();
    }
}

/// Worked out elsewhere: of a million it takes a while.
void TimelineView::askSlow()
{
    const auto* step = m_context.run.isOpen() ? m_context.run.step(m_context.selection.step()) : nullptr;
    // Who is stuck tells nothing new, so a step at work is looked at again and again.
    const bool isAtWork = step != nullptr && !step->isOver() && m_context.run.isActive();
    if (step == nullptr || m_isAsking || (!m_isSlowStale && !isAtWork)) {
        return;
    }
    m_isAsking = true;
    m_isSlowStale = false;
    event::StepPicture copy;
    copy.name = step->name;
    copy.state = step->state;
    copy.miniBatches = step->miniBatches;
    copy.counts = step->counts;
    if (const auto index = m_context.run.stepIndex(m_context.selection.step()); index && !m_hasAskedBytes && step->planned) {
        m_hasAskedBytes = true;
        m_context.run.askInputBytes(this, *index, [this, name = m_context.selection.step()](std::vector<std::uint64_t> bytes) {
            if (name == m_context.selection.step()) {
                m_inputBytes = std::make_shared<const std::vector<std::uint64_t>>(std::move(bytes));
                m_isSlowStale = true;
            }
        });
    }
    m_context.worker.ask(
        this,
        [copy = std::move(copy), now = m_context.run.liveMicros(), dir = m_context.run.dir(), bytes = m_inputBytes] {
            triage::SlownessInput input { now, {}, {} };
            if (bytes) {
                input.inputBytes = [&](MiniBatchIndex one) { return one.value < bytes->size() ? (*bytes)[one.value] : 0; };
            }
            input.lastLogMicros = [&](MiniBatchIndex one) { return lastWrote(dir, copy.name, copy.miniBatches[one.value]); };
            const auto slowness = std::make_shared<const triage::Slowness>(triage::slownessOf(copy, input));
            Slow slow;
            slow.isStuck.reserve(slowness->marks.size());
            for (const auto& mark : slowness->marks) {
                slow.isStuck.emplace(mark.miniBatch.value, mark.kind == triage::SlowKind::Stuck);
            }
            slow.why = [slowness](MiniBatchIndex one) {
                const auto mark = std::lower_bound(slowness->marks.begin(), slowness->marks.end(), one,
                    [](const triage::SlowMark& left, MiniBatchIndex right) { return left.miniBatch < right; });
                return mark != slowness->marks.end() && mark->miniBatch == one ? toQt(slowness->sentenceOf(*mark)) : QString();
            };
            return slow;
        },
        [this, name = m_context.selection.step(), run = m_context.run.run()](Slow slow) {
            m_isAsking = false;
            if (name == m_context.selection.step() && run == m_context.run.run()) {
                m_canvas->setSlow(std::move(slow));
            }
        });
}

void TimelineView::fillRangeMenu(QMenu& menu)
{
    const auto range = m_canvas->range();
    if (!range) {
        return;
    }
    menu.addAction(tr("Zoom to %1").arg(durationText(static_cast<double>(range->second - range->first) / 1e6)), this, [this, range] {
        m_canvas->clearRange();
        m_canvas->zoomTo(range->first, range->second);
    })->setObjectName(QStringLiteral("timeline.range.zoom"));
    std::vector<MiniBatchIndex> found;
    for (const std::uint32_t number : m_canvas->miniBatchesInRange()) {
        found.emplace_back(number);
    }
    const QString word = QStringLiteral("id:") + toQt(event::MiniBatchList(found).text());
    const bool isTooLong = word.size() > SelectionState::kLongestFilter;
    QAction* only = menu.addAction(tr("Show these %1 mini-batches").arg(countText(found.size())), this,
        [this, word] { m_context.selection.showBatches(word); });
    only->setObjectName(QStringLiteral("timeline.range.only"));
    only->setEnabled(!found.empty() && !isTooLong);
    if (isTooLong) {
        only->setText(tr("Show these %1 mini-batches (too many to be named one by one)").arg(countText(found.size())));
    }
    menu.addAction(tr("Put the cursor at its begin"), this, [this, range] { m_context.selection.setTime(range->first); });
}

} // namespace sheaf::ui
