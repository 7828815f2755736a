// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/verdict/verdict_page.h"

#include "core/triage/budgets.h"
#include "core/triage/pace.h"
#include "ui/state/app_context.h"
#include "ui/state/outside_changes.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"
#include "ui/verdict/budget_gauge.h"
#include "ui/verdict/failure_view.h"
#include "ui/widgets/empty_hint.h"
#include "ui/widgets/progress_strip.h"
#include "ui/widgets/state_badge.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <cstdlib>

namespace sheaf::ui {

using event::MiniBatchState;
using event::StepPicture;
using triage::Action;
using triage::LinkKind;
using triage::Liveness;
using triage::Outcome;

namespace {

constexpr int kSoonMilliseconds = 200;
constexpr int kClockMilliseconds = 1000;
constexpr std::uint32_t kLarge = 100000; // mini-batches: all of them are looked at for each verdict, so that is made less often
constexpr std::int64_t kTimeLeftMicros = 5'000'000; // it is simulated: not at each event
constexpr int kLetterHeight = 19; // of the usual font: larger letters need more room
constexpr int kNarrow = 760; // below that, what to do next and budgets stand one below the other
constexpr int kGaugeWidth = 420;
constexpr int kFailuresHeight = 360;

Tone toneOfOutcome(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Waiting:
        return Tone::Queued;
    case Outcome::Running:
        return Tone::Running;
    case Outcome::Completed:
    case Outcome::CompletedWithFailures:
        return Tone::Done;
    case Outcome::Failed:
        return Tone::Failed;
    case Outcome::Interrupted:
    case Outcome::Canceled:
        return Tone::Canceled;
    }
    return Tone::Pending;
}

QString wordOfOutcome(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Waiting:
        return VerdictPage::tr("Waiting");
    case Outcome::Running:
        return VerdictPage::tr("Running");
    case Outcome::Completed:
        return VerdictPage::tr("Completed");
    case Outcome::CompletedWithFailures:
        return VerdictPage::tr("Completed with failures");
    case Outcome::Failed:
        return VerdictPage::tr("Failed");
    case Outcome::Interrupted:
        return VerdictPage::tr("Interrupted");
    case Outcome::Canceled:
        return VerdictPage::tr("Canceled");
    }
    return {};
}

/// What the button of an action says; the sentence beside it says the rest.
QString buttonText(LinkKind kind)
{
    switch (kind) {
    case LinkKind::Repair:
        return VerdictPage::tr("Run again…");
    case LinkKind::Debug:
        return VerdictPage::tr("Run here…");
    case LinkKind::Resume:
        return VerdictPage::tr("Go on");
    case LinkKind::LogLine:
        return VerdictPage::tr("Show log");
    default:
        return VerdictPage::tr("Show");
    }
}

std::vector<Share> sharesOf(const StepPicture& step)
{
    std::vector<Share> shares;
    for (const MiniBatchState state : { MiniBatchState::Done, MiniBatchState::Failed, MiniBatchState::TimedOut, MiniBatchState::Ignored,
             MiniBatchState::Running, MiniBatchState::Retrying, MiniBatchState::Canceled, MiniBatchState::Pending }) {
        shares.push_back({ toneOf(state), step.count(state) });
    }
    return shares;
}

/// A budget that says nothing is left out: not used, or the same as another one when it has no limit.
bool isWorthShowing(const triage::Budget& budget)
{
    switch (budget.kind) {
    case triage::BudgetKind::FailedMiniBatches:
    case triage::BudgetKind::FailedItems:
        return budget.hasLimit() || budget.used > 0;
    case triage::BudgetKind::FailedPercent:
    case triage::BudgetKind::Progress:
        return budget.hasLimit();
    case triage::BudgetKind::Retries:
        return budget.used > 0;
    }
    return true;
}

void useLinks(QLabel* label)
{
    label->setTextFormat(Qt::RichText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextBrowserInteraction);
    label->setFocusPolicy(Qt::StrongFocus);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
}

} // namespace

VerdictPage::VerdictPage(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_pages(new QStackedWidget(this))
    , m_hint(new EmptyHint(QStringLiteral("run"), this))
    , m_scroll(new QScrollArea(this))
    , m_badge(new StateBadge(this))
    , m_times(new QLabel(this))
    , m_report(new QPushButton(tr("&Save report…"), this))
    , m_raw(new QPushButton(tr("&Outputs + logs"), this))
    , m_sentence(new QLabel(this))
    , m_why(new QLabel(this))
    , m_strip(new ProgressStrip(this))
    , m_counts(new QLabel(this))
    , m_nextBox(new QWidget(this))
    , m_codeNote(new QLabel(this))
    , m_budgetBox(new QWidget(this))
    , m_budgetTitle(new QLabel(tr("Budgets"), this))
    , m_failures(new FailureView(context, this))
    , m_rest(new QWidget(this))
{
    setObjectName(QStringLiteral("verdict.page"));
    m_soon.setSingleShot(true);
    m_clock.setInterval(kClockMilliseconds);
    build();
    connectAll();
    refresh();
}

void VerdictPage::build()
{
    m_next = new QGridLayout;
    m_next->setHorizontalSpacing(space::kLarge);
    m_next->setVerticalSpacing(space::kMedium);
    m_next->setColumnStretch(1, 1);
    auto* nextTitle = new QLabel(tr("What to do next"), this);
    nextTitle->setFont(textFont(1, true));
    auto* nextColumn = new QVBoxLayout(m_nextBox);
    nextColumn->setContentsMargins(0, 0, 0, 0);
    nextColumn->setSpacing(space::kMedium);
    nextColumn->addWidget(nextTitle);
    nextColumn->addLayout(m_next);
    nextColumn->addWidget(m_codeNote);
    nextColumn->addStretch(1);

    m_budgetTitle->setFont(textFont(1, true));
    m_budgets = new QBoxLayout(QBoxLayout::TopToBottom);
    m_budgets->setSpacing(space::kLarge);
    auto* budgetColumn = new QVBoxLayout(m_budgetBox);
    budgetColumn->setContentsMargins(0, 0, 0, 0);
    budgetColumn->setSpacing(space::kMedium);
    budgetColumn->addWidget(m_budgetTitle);
    budgetColumn->addLayout(m_budgets);
    budgetColumn->addStretch(1);
    m_budgetBox->setObjectName(QStringLiteral("verdict.budgets"));
    m_nextBox->setObjectName(QStringLiteral("verdict.nextBox"));
    m_codeNote->setObjectName(QStringLiteral("verdict.codeNote"));
    m_codeNote->setTextFormat(Qt::PlainText);
    m_codeNote->setWordWrap(true);
    m_codeNote->hide();

    m_columns = new QBoxLayout(QBoxLayout::LeftToRight);
    m_columns->setSpacing(space::kWide);
    m_columns->addWidget(m_nextBox, 3);
    m_columns->addWidget(m_budgetBox, 2);
    m_failures->setMinimumHeight(kFailuresHeight);

    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(space::kPanel, space::kPanel, space::kPanel, space::kPanel);
    column->setSpacing(space::kLarge);
    column->addWidget(buildHead());
    column->addLayout(m_columns);
    column->addWidget(m_failures, 1);
    column->addWidget(m_rest, 1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_pages->addWidget(m_hint);
    m_pages->addWidget(m_scroll);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
}

QWidget* VerdictPage::buildHead()
{
    m_times->setProperty("muted", true);
    for (QLabel* label : { m_times, m_counts, m_budgetTitle }) { // names of runs and steps are no markup
        label->setTextFormat(Qt::PlainText);
    }
    m_times->setObjectName(QStringLiteral("verdict.times"));
    m_report->setObjectName(QStringLiteral("verdict.report"));
    m_report->setProperty("quiet", true);
    m_report->setToolTip(tr("This verdict, the pictures and the settings as one HTML page, to keep or to send"));
    m_raw->setObjectName(QStringLiteral("verdict.raw"));
    m_raw->setProperty("quiet", true);
    m_raw->setToolTip(tr("job_result.txt and all other files, as the service names them"));
    m_sentence->setObjectName(QStringLiteral("verdict.sentence"));
    m_why->setObjectName(QStringLiteral("verdict.why"));
    for (QLabel* label : { m_sentence, m_why }) {
        useLinks(label);
        connect(label, &QLabel::linkActivated, this, &VerdictPage::follow);
    }
    m_sentence->setFont(textFont(5));
    m_counts->setObjectName(QStringLiteral("verdict.counts"));
    m_counts->setProperty("muted", true);
    m_counts->setWordWrap(true);
    m_strip->setObjectName(QStringLiteral("verdict.strip"));

    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kLarge);
    row->addWidget(m_badge);
    row->addWidget(m_times, 1);
    row->addWidget(m_report);
    row->addWidget(m_raw);
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kMedium);
    column->addLayout(row);
    column->addWidget(m_sentence);
    column->addWidget(m_strip);
    column->addWidget(m_counts);
    column->addWidget(m_why);
    return head;
}

void VerdictPage::connectAll()
{
    connect(&m_soon, &QTimer::timeout, this, &VerdictPage::refresh);
    connect(&m_clock, &QTimer::timeout, this, &VerdictPage::refreshSoon);
    connect(m_report, &QPushButton::clicked, this, [this] { m_context.selection.askReport(); });
    connect(m_raw, &QPushButton::clicked, this, [this] { m_context.selection.showPage(QStringLiteral("outputs")); });
    connect(&m_context.run, &RunState::changed, this, &VerdictPage::refreshSoon);
    connect(&m_context.run, &RunState::activityChanged, this, &VerdictPage::refresh);
    connect(&m_context.run, &RunState::replayed, this, &VerdictPage::refresh); // what can be done differs even where the picture does not
    connect(&m_context.run, &RunState::opened, this, &VerdictPage::refresh);
    connect(&m_context.run, &RunState::closed, this, &VerdictPage::refresh);
    connect(&m_context.selection, &SelectionState::stepChanged, this, &VerdictPage::refresh);
    const auto askAgain = [this] {
        m_codeAsked.clear();
        refreshSoon();
    };
    connect(&m_context.pipeline, &PipelineState::changed, this, askAgain);
    whenBack(this, askAgain); // from the editor in which the script was mended, it may be
}

void VerdictPage::refreshSoon()
{
    if (!m_soon.isActive()) {
        m_soon.start(isLarge() ? kClockMilliseconds : kSoonMilliseconds);
    }
}

bool VerdictPage::isLarge() const
{
    std::uint64_t total = 0;
    for (const StepPicture& step : m_context.run.picture().steps()) {
        total += step.total();
    }
    return total > kLarge;
}

void VerdictPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

Liveness VerdictPage::liveness() const
{
    if (m_context.run.picture().lastSequence() == 0 && (m_context.run.isActive() || m_context.run.isStarting() || !m_context.run.isLoaded())) {
        return Liveness::Starting;
    }
    return m_context.run.liveMicros() > 0 || m_context.run.isStarting() || !m_context.run.isLoaded() ? Liveness::Active : Liveness::Gone;
}

QStringList VerdictPage::stepsInView() const
{
    if (m_context.run.step(m_context.selection.step()) != nullptr) {
        return { m_context.selection.step() };
    }
    QStringList names;
    for (const StepPicture& step : m_context.run.picture().steps()) {
        names << toQt(step.name);
    }
    return names;
}

QString VerdictPage::leadStep() const
{
    QString first;
    for (const QString& name : stepsInView()) {
        const StepPicture* step = m_context.run.step(name);
        const pipeline::StepSpec* spec = m_context.run.stepSpec(name);
        if (step == nullptr || spec == nullptr || spec->kind != pipeline::StepKind::Parallel) {
            continue;
        }
        const bool stands = step->startedMicros > 0 && step->state != event::StepState::Completed;
        if (stands) {
            return name;
        }
        first = first.isEmpty() ? name : first;
    }
    return first;
}

void VerdictPage::refresh()
{
    m_soon.stop();
    if (!isVisible() && m_pages->currentWidget() == m_scroll && m_context.run.isOpen()) {
        return; // shown anew when it is seen again
    }
    const bool works = m_context.run.isOpen() && (m_context.run.isActive() || m_context.run.isStarting());
    works ? m_clock.start() : m_clock.stop();
    const QString step = m_context.selection.step();
    if (!m_context.run.isOpen() || m_context.run.isBeingRead() || (!step.isEmpty() && m_context.run.step(step) == nullptr && !m_context.run.picture().steps().empty())) {
        showHint();
        return;
    }
    m_pages->setCurrentWidget(m_scroll);
    std::optional<triage::Verdict> verdict;
    if (!step.isEmpty()) {
        verdict = triage::verdictOf(m_context.run.picture(), m_context.run.spec(), toStd(step), liveness());
    }
    m_links.clear();
    showVerdict(verdict ? *verdict : triage::verdictOf(m_context.run.picture(), m_context.run.spec(), liveness()));
    showFigures();
    showBudgets();
    askCode();
    const bool some = m_failures->refresh(stepsInView());
    m_failures->setVisible(some);
    m_rest->setVisible(!some);
}

void VerdictPage::showHint()
{
    m_pages->setCurrentWidget(m_hint);
    const bool chosen = !m_context.selection.step().isEmpty();
    if (m_context.run.isBeingRead()) {
        const StepPicture* lead = m_context.run.step(leadStep());
        m_hint->setWords(tr("Reading the run"), lead != nullptr && lead->planned
                ? tr("%1 of %2 mini-batches read.").arg(countText(lead->ended()), countText(lead->total()))
                : tr("The verdict comes as soon as its record has been read."));
    } else if (m_context.run.isOpen()) {
        m_hint->setWords(tr("Not part of this run"), tr("The step %1 came into the file later, or is disabled.").arg(m_context.selection.step()));
    } else if (!m_context.pipeline.isOpen()) {
        m_hint->setWords(tr("No run"), tr("Open a pipeline file and run it, or open a run from the history."));
    } else if (!m_context.pipeline.canRun()) {
        m_hint->setWords(tr("Not run"), tr("The file has errors: mend what the Problems panel names, then press Run."));
    } else {
        m_hint->setWords(tr("Not run"), chosen ? tr("Press Run to see this step at work.") : tr("Press Run to see the pipeline at work."));
    }
}

void VerdictPage::setHtml(QLabel* label, const QString& html, const QString& plain)
{
    if (label->text() != html) { // a label that is set anew loses the keyboard's place among its links
        label->setText(html);
    }
    label->setAccessibleName(plain);
    label->setVisible(!html.isEmpty());
}

void VerdictPage::showVerdict(const triage::Verdict& verdict)
{
    const QString word = wordOfOutcome(verdict.outcome);
    m_badge->setState(toneOfOutcome(verdict.outcome), m_context.run.isReplaying() ? tr("Replay: %1").arg(word) : word);
    m_times->setText(timesText());
    setHtml(m_sentence, m_links.html(verdict.what), plainText(verdict.what));
    QString html;
    QStringList plain;
    for (const triage::Sentence& why : verdict.why) {
        html += QStringLiteral("<p style=\"margin:0 0 4px 0\">%1</p>").arg(m_links.html(why));
        plain << plainText(why);
    }
    setHtml(m_why, html, plain.join(QLatin1Char(' ')));
    showNext(verdict.next);
}

QString VerdictPage::timesText() const
{
    const event::RunPicture& picture = m_context.run.picture();
    QStringList parts;
    if (picture.startedMicros() > 0) {
        parts << dateTimeText(picture.startedMicros());
        parts << durationText(m_context.run.elapsedSeconds());
    }
    if (!picture.nodes().empty()) {
        const auto nodes = picture.nodes().size();
        parts << (nodes == 1 ? tr("1 node") : tr("%1 nodes").arg(nodes));
    }
    parts << m_context.run.run();
    return parts.join(QStringLiteral(" · "));
}

void VerdictPage::showFigures()
{
    const QString lead = leadStep();
    const StepPicture* step = m_context.run.step(lead);
    const bool some = step != nullptr && step->planned;
    m_strip->setVisible(some);
    m_counts->setVisible(some);
    if (!some) {
        return;
    }
    m_strip->setShares(sharesOf(*step));
    m_strip->setAccessibleName(tr("%1 of %2 mini-batches have ended").arg(countText(step->ended()), countText(step->total())));
    QStringList parts { tr("%1 of %2 ended").arg(countText(step->ended()), countText(step->total())) };
    if (stepsInView().size() > 1) {
        parts.first().prepend(lead + QLatin1String(": "));
    }
    const auto add = [&](MiniBatchState state, const QString& words) {
        if (step->count(state) > 0) {
            parts << words.arg(countText(step->count(state)));
        }
    };
    add(MiniBatchState::Failed, tr("%1 failed"));
    add(MiniBatchState::TimedOut, tr("%1 timed out"));
    add(MiniBatchState::Ignored, tr("%1 ignored"));
    add(MiniBatchState::Running, tr("%1 running"));
    add(MiniBatchState::Retrying, tr("%1 to be tried again"));
    if (step->itemsFailed > 0) {
        parts << tr("%1 items without a result").arg(countText(step->itemsFailed));
    }
    const std::int64_t now = m_context.run.liveMicros();
    // A step that was over before this life began has the pace that it had.
    const std::int64_t life = m_context.run.picture().lifeMicros();
    const triage::Pace pace = triage::paceOf(*step, step->isOver() ? step->endedMicros : now, step->isOver() && step->endedMicros < life ? 0 : life);
    if (pace.ended > 0 && pace.seconds > 0) {
        parts << rateText(pace.ended / pace.seconds);
    }
    if (now > 0 && !step->isOver()) {
        const auto live = std::count_if(step->workers.begin(), step->workers.end(), [](const event::WorkerNow& worker) { return !worker.ended; });
        parts << (live == 1 ? tr("1 worker") : tr("%1 workers").arg(live));
        if (std::abs(now - m_leftAsked) > kTimeLeftMicros || m_leftOf != lead) {
            m_leftAsked = now;
            m_leftOf = lead;
            m_left = triage::timeLeft(*step, now, life);
        }
        parts << (m_left ? tr("%1 left").arg(toQt(m_left->text)) : tr("time left cannot be told yet"));
    }
    m_counts->setText(parts.join(QStringLiteral(" · ")));
}

void VerdictPage::showNext(const std::vector<Action>& actions)
{
    m_nextBox->setVisible(!actions.empty());
    QString made = m_context.run.whyOnlyLooked();
    std::vector<std::pair<QString, QString>> rows; // button's anchor, html
    for (const Action& action : actions) {
        rows.emplace_back(action.does ? m_links.anchor(*action.does) : QString(), m_links.html(action.text));
        made += rows.back().first + rows.back().second + QLatin1Char('\n');
    }
    if (made == m_next->property("made").toString() && !made.isEmpty()) {
        return; // the buttons keep the keyboard
    }
    m_next->setProperty("made", made);
    while (QLayoutItem* item = m_next->takeAt(0)) {
        if (QWidget* widget = item->widget()) { // later: it may be the one whose click led here
            widget->hide();
            widget->setObjectName({});
            widget->deleteLater();
        }
        delete item;
    }
    for (std::size_t i = 0; i < actions.size(); ++i) {
        const Action& action = actions[i];
        const int row = static_cast<int>(i);
        auto* label = new QLabel(rows[i].second, m_nextBox);
        useLinks(label);
        label->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        label->setAccessibleName(plainText(action.text));
        label->setObjectName(QStringLiteral("verdict.next.%1").arg(i));
        if (action.command) {
            const auto& command = *action.command;
            label->setToolTip(tipText(tr("In a terminal: %1").arg(toQt("sheaf " + command.verb + " " + command.subject + (command.rest.empty() ? "" : " " + command.rest)))));
        }
        connect(label, &QLabel::linkActivated, this, &VerdictPage::follow);
        if (action.does) {
            auto* button = new QPushButton(buttonText(action.does->kind), m_nextBox);
            button->setObjectName(QStringLiteral("verdict.do.%1").arg(i));
            button->setAccessibleDescription(plainText(action.text));
            const bool isVerb = action.does->kind == LinkKind::Resume || action.does->kind == LinkKind::Repair || action.does->kind == LinkKind::Debug;
            const QString why = isVerb ? m_context.run.whyOnlyLooked() : QString();
            button->setEnabled(why.isEmpty() && (action.does->kind != LinkKind::Resume || !m_context.run.isStarting()));
            button->setToolTip(tipText(why));
            connect(button, &QPushButton::clicked, this, [this, anchor = rows[i].first] { follow(anchor); });
            m_next->addWidget(button, row, 0);
            m_next->addWidget(label, row, 1);
        } else {
            m_next->addWidget(label, row, 0, 1, 2);
        }
    }
}

void VerdictPage::askCode()
{
    const QString name = leadStep();
    const StepPicture* step = m_context.run.step(name);
    const bool matters = step != nullptr && step->isOver() && !m_context.run.isActive() && m_context.run.whyOnlyLooked().isEmpty()
        && step->count(MiniBatchState::Failed) + step->count(MiniBatchState::TimedOut) > 0;
    const QString asked = QStringLiteral("%1/%2/%3").arg(m_context.run.run(), name).arg(m_context.run.picture().lastSequence());
    if (!matters) {
        m_codeNote->hide();
        m_codeAsked.clear();
        return;
    }
    if (asked == m_codeAsked) {
        return;
    }
    m_codeAsked = asked;
    m_context.run.askCodeDifference(this, name, [this, asked](const Result<workspace::CodeDifference>& difference) {
        if (asked != m_codeAsked) {
            return;
        }
        QStringList files;
        for (const std::string& file : difference ? difference->files : std::vector<std::string>()) {
            files << toQt(file);
        }
        m_codeNote->setText(files.size() == 1 ? tr("%1 is not what this run ran. Run again offers to go on with the new code.").arg(files.first())
                                              : tr("%1 are not what this run ran. Run again offers to go on with the new code.").arg(files.join(QStringLiteral(", "))));
        m_codeNote->setVisible(!files.isEmpty());
    });
}

void VerdictPage::showBudgets()
{
    const QString lead = leadStep();
    const StepPicture* step = m_context.run.step(lead);
    const pipeline::StepSpec* spec = m_context.run.stepSpec(lead);
    std::vector<triage::Budget> budgets;
    if (step != nullptr && spec != nullptr && step->planned) {
        budgets = triage::budgetsOf(*step, *spec, m_context.run.liveMicros(), m_context.run.picture().lifeMicros());
        std::erase_if(budgets, [&](const triage::Budget& budget) {
            const bool isPast = budget.kind == triage::BudgetKind::Progress && !budget.isCrossed && (step->isOver() || m_context.run.liveMicros() == 0);
            return isPast || !isWorthShowing(budget);
        });
    }
    m_budgetBox->setVisible(!budgets.empty());
    m_budgetTitle->setText(stepsInView().size() > 1 ? tr("Budgets of %1").arg(lead) : tr("Budgets"));
    while (m_gauges.size() < budgets.size()) {
        auto* gauge = new BudgetGauge(m_budgetBox);
        gauge->setObjectName(QStringLiteral("verdict.budget.%1").arg(m_gauges.size()));
        connect(gauge, &BudgetGauge::settingAsked, this, [this](const QString& field) { m_context.selection.showField(QStringLiteral("jobs.%1.%2").arg(leadStep(), field)); });
        gauge->setMaximumWidth(kGaugeWidth * fontMetrics().height() / kLetterHeight);
        m_budgets->addWidget(gauge);
        m_gauges.push_back(gauge);
    }
    arrange();
    for (std::size_t i = 0; i < m_gauges.size(); ++i) {
        m_gauges[i]->setVisible(i < budgets.size());
        if (i < budgets.size()) {
            m_gauges[i]->setBudget(budgets[i]);
        }
    }
}

void VerdictPage::follow(const QString& anchor)
{
    if (const triage::Link* link = m_links.at(anchor)) {
        followLink(m_context, triage::Link(*link)); // choosing a step makes the links anew
    }
}

void VerdictPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
}

/// Side by side where there is room: what to do next and the budgets; the budgets themselves, when they stand alone.
void VerdictPage::arrange()
{
    const bool isNarrow = width() < kNarrow * fontMetrics().height() / kLetterHeight;
    m_columns->setDirection(isNarrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    const bool inARow = !isNarrow && m_nextBox->isHidden();
    m_budgets->setDirection(inARow ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_budgets->setSpacing(inARow ? space::kWide : space::kLarge);
}

void VerdictPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        // Links have the colour of the theme they were made in.
        for (QLabel* label : { m_sentence, m_why }) {
            label->setText({});
        }
        m_next->setProperty("made", QString());
        refreshSoon();
    }
    QWidget::changeEvent(event);
}

} // namespace sheaf::ui
