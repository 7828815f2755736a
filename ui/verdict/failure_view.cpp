// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/verdict/failure_view.h"

#include "core/plan/plan_file.h"
#include "core/triage/failed_now.h"
#include "core/triage/shared_traits.h"
#include "ui/state/app_context.h"
#include "ui/state/code_place.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"
#include "ui/widgets/traceback_view.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <filesystem>

namespace sheaf::ui {

using event::FailureGroup;
using event::MiniBatchState;
using event::StepPicture;

namespace {

enum Column { Count, Failed, Kind, Raised, Where, Attempts, First, Last, Nodes, Step, Columns };
constexpr int kMostNodesNamed = 6;
constexpr int kMostLines = 8; // of the list before it scrolls

constexpr int kIconRole = Qt::UserRole;

/// Sets it only when it is another one: a list may have a thousand rows, and each icon is painted.
void setIcon(QTreeWidgetItem* item, Tone tone, qreal ratio)
{
    const QString look = QStringLiteral("%1/%2/%3").arg(static_cast<int>(tone)).arg(theme().dark).arg(ratio);
    if (item->data(Kind, kIconRole).toString() != look) {
        item->setData(Kind, kIconRole, look);
        item->setIcon(Kind, toneIcon(tone, ratio));
    }
}

QString nodesText(const FailureGroup& group)
{
    QStringList names;
    for (const auto& [node, attempts] : group.nodes) {
        if (names.size() == kMostNodesNamed) {
            names << QStringLiteral("…");
            break;
        }
        names << QString::number(node);
    }
    return names.join(QLatin1String(", "));
}

/// What of a mini-batch matters for what members share: a million of these are copied in some milliseconds.
struct Fact {
    NodeIndex node;
    ProcessNumber process;
    MiniBatchState state = MiniBatchState::Pending;
    bool wasTried = false;
};

/// What the working thread needs to say what a group's members share: copies, since the picture goes on.
struct TraitQuestion {
    FailureGroup group;
    std::string step;
    std::vector<Fact> facts; // by mini-batch
    std::filesystem::path plan;
};

QStringList traitsOf(const TraitQuestion& question)
{
    StepPicture step;
    step.name = question.step;
    step.miniBatches.reserve(question.facts.size());
    for (const Fact& fact : question.facts) {
        event::MiniBatchNow& now = step.miniBatches.emplace_back();
        now.state = fact.state;
        now.node = fact.node;
        now.process = fact.process;
        now.lastEvent = fact.wasTried ? 1 : 0;
    }
    triage::TraitSources sources;
    const auto plan = plan::PlanFile::open(question.plan);
    if (plan) {
        const auto& header = plan->header();
        sources.planLine = [&](MiniBatchIndex index) { return index.value < plan->count() ? plan->line(index) : std::string_view(); };
        sources.slicesAreBytes = header.tableFormat != plan::TableFormat::Parquet && header.tableFormat != plan::TableFormat::DeltaLake;
        sources.fileBytes = [root = std::filesystem::path(header.root)](const std::string& path) -> std::optional<std::uint64_t> {
            std::error_code error;
            const auto bytes = std::filesystem::file_size(root / path, error);
            return error ? std::nullopt : std::optional<std::uint64_t>(bytes);
        };
    }
    QStringList sentences;
    for (const auto& trait : triage::sharedTraits(question.group, step, sources)) {
        sentences << toQt(trait.sentence);
    }
    return sentences;
}

} // namespace

FailureView::FailureView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_title(new QLabel(this))
    , m_list(new QTreeWidget(this))
    , m_shares(new QLabel(this))
    , m_traceback(new TracebackView(this))
    , m_batches(new QPushButton(tr("Show &mini-batches"), this))
    , m_again(new QPushButton(tr("Run these &again…"), this))
    , m_here(new QPushButton(tr("Run one &here…"), this))
{
    setObjectName(QStringLiteral("verdict.failures"));
    build();
    connect(m_list, &QTreeWidget::currentItemChanged, this, [this] { showChosen(); });
    connect(m_list, &QTreeWidget::itemActivated, this, [this] { doWith(&FailureView::showBatches); });
    connect(m_batches, &QPushButton::clicked, this, [this] { doWith(&FailureView::showBatches); });
    connect(m_again, &QPushButton::clicked, this, [this] { doWith(&FailureView::runAgain); });
    connect(m_here, &QPushButton::clicked, this, [this] { doWith(&FailureView::runHere); });
    connect(m_traceback, &TracebackView::placeActivated, this, [this](const QString& file, int line) {
        if (const Row* row = current()) {
            showUserLine(m_context, this, row->step, file, line);
        }
    });
}

void FailureView::build()
{
    m_title->setFont(textFont(1, true));
    m_title->setObjectName(QStringLiteral("verdict.failures.title"));
    m_list->setObjectName(QStringLiteral("verdict.groups"));
    m_list->setAccessibleName(tr("Groups of failures"));
    m_list->setHeaderLabels({ tr("Mini-batches"), tr("For good"), tr("Kind"), tr("What was raised"), tr("Where"), tr("Attempts"), tr("First"), tr("Last"), tr("Nodes"), tr("Step") });
    m_list->headerItem()->setToolTip(Count, tr("Those whose last failure was of this kind"));
    m_list->headerItem()->setToolTip(Failed, tr("Of these, those that no attempt is left for"));
    for (const Column column : { Count, Failed, Attempts }) {
        m_list->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    }
    for (const Column column : { First, Last }) {
        m_list->headerItem()->setTextAlignment(column, Qt::AlignCenter);
    }
    m_list->setRootIsDecorated(false);
    m_list->setAlternatingRowColors(true);
    m_list->setUniformRowHeights(true);
    m_list->setAllColumnsShowFocus(true);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(Raised, QHeaderView::Stretch);
    int widest = 0; // the view does not count all of what the style puts around a heading
    for (const Column column : { Failed, Attempts, First, Last, Nodes }) {
        widest = std::max(widest, fontMetrics().horizontalAdvance(m_list->headerItem()->text(column)));
    }
    m_list->header()->setMinimumSectionSize(widest + 3 * space::kMedium);
    m_shares->setObjectName(QStringLiteral("verdict.shares"));
    m_shares->setWordWrap(true);
    m_shares->setTextFormat(Qt::PlainText);
    m_shares->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_traceback->setObjectName(QStringLiteral("verdict.traceback"));
    m_traceback->setAccessibleName(tr("First traceback of this group"));
    m_batches->setObjectName(QStringLiteral("verdict.show"));
    m_again->setObjectName(QStringLiteral("verdict.again"));
    m_here->setObjectName(QStringLiteral("verdict.here"));

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::kMedium);
    buttons->addWidget(m_batches);
    buttons->addWidget(m_again);
    buttons->addWidget(m_here);
    buttons->addStretch(1);
    auto* chosen = new QWidget(this);
    auto* below = new QVBoxLayout(chosen);
    below->setContentsMargins(0, space::kMedium, 0, 0);
    below->setSpacing(space::kMedium);
    below->addLayout(buttons);
    below->addWidget(m_shares);
    below->addWidget(m_traceback, 1);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_list);
    splitter->addWidget(chosen);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 4);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kMedium);
    column->addWidget(m_title);
    column->addWidget(splitter, 1);
}

std::vector<FailureView::Row> FailureView::rowsOf(const QStringList& steps) const
{
    std::vector<Row> rows;
    for (const QString& name : steps) {
        const StepPicture* step = m_context.run.step(name);
        if (step == nullptr) {
            continue;
        }
        if (!step->initTraceback.empty()) {
            rows.push_back({ name, 0, 0, 0 });
        }
        const std::size_t first = rows.size();
        for (std::size_t i = 0; i < step->failures.groups().size(); ++i) {
            rows.push_back({ name, i + 1, 0, 0 });
        }
        const auto& numbers = step->failures.numbers();
        for (std::size_t i = 0; i < std::min<std::size_t>(numbers.size(), step->total()); ++i) {
            if (numbers[i] > 0) {
                Row& row = rows[first + numbers[i] - 1];
                ++row.members;
                row.failed += triage::isFailed(step->miniBatches[i].state) ? 1 : 0;
            }
        }
    }
    return rows;
}

bool FailureView::refresh(const QStringList& steps)
{
    const Row* chosen = current();
    const QString step = chosen != nullptr ? chosen->step : QString();
    const std::size_t number = chosen != nullptr ? chosen->number : 0;
    m_rows = rowsOf(steps);
    const auto count = static_cast<int>(m_rows.size());
    std::size_t groups = 0;
    {
        const QSignalBlocker blocker(m_list);
        while (m_list->topLevelItemCount() > count) {
            delete m_list->takeTopLevelItem(m_list->topLevelItemCount() - 1);
        }
        while (m_list->topLevelItemCount() < count) {
            auto* item = new QTreeWidgetItem(m_list);
            for (const Column column : { Count, Failed, Attempts }) {
                item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
            }
            item->setTextAlignment(First, Qt::AlignCenter);
            item->setTextAlignment(Last, Qt::AlignCenter);
        }
        int place = count > 0 ? 0 : -1;
        for (int i = 0; i < count; ++i) {
            const Row& row = m_rows[static_cast<std::size_t>(i)];
            fill(i, row);
            groups += row.number > 0 ? 1 : 0;
            if (row.step == step && row.number == number) {
                place = i;
            }
        }
        if (place >= 0) {
            m_list->setCurrentItem(m_list->topLevelItem(place));
        }
        const bool isOneStep = std::all_of(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.step == m_rows.front().step; });
        m_list->setColumnHidden(Step, isOneStep);
    }
    const int lines = std::clamp(count, 2, kMostLines);
    const int lineHeight = m_list->topLevelItemCount() > 0 ? m_list->visualItemRect(m_list->topLevelItem(0)).height() : 0;
    m_list->setMaximumHeight(m_list->header()->sizeHint().height() + lines * std::max(lineHeight, fontMetrics().height() + space::kMedium) + space::kMedium
        + (m_list->horizontalScrollBar()->maximum() > 0 ? m_list->horizontalScrollBar()->sizeHint().height() : 0));
    m_list->setMinimumHeight(m_list->maximumHeight()); // the traceback below gives way, not the causes
    m_title->setText(groups == 0 ? tr("The entry script did not get ready") : groups == 1 ? tr("What failed, all for one cause") : tr("What failed, by cause: %1").arg(groups));
    showChosen();
    return count > 0;
}

void FailureView::fill(int place, const Row& row)
{
    QTreeWidgetItem* item = m_list->topLevelItem(place);
    item->setText(Step, row.step);
    if (row.number == 0) {
        const QString traceback = toQt(m_context.run.step(row.step)->initTraceback).trimmed();
        for (const Column column : { Count, Failed, Where, Attempts, First, Last, Nodes }) {
            item->setText(column, {});
        }
        item->setText(Kind, tr("init()"));
        item->setText(Raised, traceback.section(QLatin1Char('\n'), -1));
        setIcon(item, Tone::Failed, devicePixelRatioF());
        return;
    }
    const FailureGroup& group = *groupOf(row);
    const event::CodePlace& code = group.signature.place;
    const bool late = group.outcome == event::AttemptOutcome::Timeout || group.outcome == event::AttemptOutcome::LoadTimeout;
    item->setText(Count, countText(row.members));
    item->setText(Failed, countText(row.failed));
    item->setText(Kind, wordOf(group.outcome));
    setIcon(item, late ? Tone::TimedOut : row.failed > 0 ? Tone::Failed : Tone::Retry, devicePixelRatioF());
    item->setText(Raised, toQt(group.firstError));
    item->setToolTip(Raised, tipText(tr("First in mini-batch %1:\n%2").arg(group.firstMiniBatch.value).arg(toQt(group.firstError))));
    item->setText(Where, code.line == 0 ? QString() : QStringLiteral("%1:%2").arg(QFileInfo(toQt(code.file)).fileName()).arg(code.line));
    item->setToolTip(Where, tipText(toQt(code.text)));
    item->setText(Attempts, countText(group.attempts));
    item->setText(First, clockText(group.firstMicros));
    item->setText(Last, clockText(group.lastMicros));
    item->setToolTip(First, dateTimeText(group.firstMicros));
    item->setToolTip(Last, dateTimeText(group.lastMicros));
    item->setText(Nodes, nodesText(group));
}

const FailureView::Row* FailureView::current() const
{
    const int place = m_list->currentItem() != nullptr ? m_list->indexOfTopLevelItem(m_list->currentItem()) : -1;
    return place >= 0 && static_cast<std::size_t>(place) < m_rows.size() ? &m_rows[static_cast<std::size_t>(place)] : nullptr;
}

const FailureGroup* FailureView::groupOf(const Row& row) const
{
    const StepPicture* step = m_context.run.step(row.step);
    return step != nullptr && row.number > 0 && row.number <= step->failures.groups().size() ? &step->failures.groups()[row.number - 1] : nullptr;
}

void FailureView::showChosen()
{
    const Row* row = current();
    const FailureGroup* group = row != nullptr ? groupOf(*row) : nullptr;
    m_batches->setEnabled(group != nullptr);
    const bool works = m_context.run.isActive() && !m_context.run.isOver();
    const QString why = m_context.run.whyOnlyLooked();
    m_again->setEnabled(group != nullptr && row->failed > 0 && !works && why.isEmpty());
    m_again->setToolTip(!why.isEmpty() ? why : works ? tr("When the run is over") : tr("Shows the list first; all others stay as they are"));
    m_here->setEnabled(group != nullptr && why.isEmpty());
    m_here->setToolTip(!why.isEmpty() ? why : tr("The first of them, on this machine, alone; its output is kept aside"));
    if (row == nullptr) {
        m_traceback->setTraceback({});
        m_shares->hide();
        m_traitsOf.clear();
        return;
    }
    const StepPicture* step = m_context.run.step(row->step);
    const QString traceback = toQt(group != nullptr ? (group->firstTraceback.empty() ? group->firstError : group->firstTraceback) : step->initTraceback);
    if (traceback != m_traceback->traceback()) {
        m_traceback->setUserFolders(userFolders(m_context, row->step));
        m_traceback->setTraceback(traceback);
        m_traceback->verticalScrollBar()->setValue(m_traceback->verticalScrollBar()->maximum()); // the cause stands at the end
    }
    askTraits(*row);
}

void FailureView::askTraits(const Row& row)
{
    const FailureGroup* group = groupOf(row);
    const StepPicture* step = m_context.run.step(row.step);
    const QString about = group == nullptr ? QString() : QStringLiteral("%1/%2/%3/%4").arg(m_context.run.run(), row.step).arg(row.number).arg(group->members.size());
    if (group == nullptr || about == m_traitsOf) {
        m_shares->setVisible(group != nullptr && !m_shares->text().isEmpty());
        return;
    }
    // While failures come in by the hundred it is asked again when they are a tenth more, not at each.
    const QString kind = about.section(QLatin1Char('/'), 0, -2);
    const auto asked = m_traitsOf.section(QLatin1Char('/'), -1).toULongLong();
    const bool isOther = m_traitsOf.section(QLatin1Char('/'), 0, -2) != kind;
    if (isOther) {
        m_traitsOf.clear();
        m_shares->clear();
        m_shares->hide();
    }
    if (m_asking || !m_context.run.isLoaded()) {
        return; // asked with the answer, or when all of the record has been read
    }
    if (!isOther && m_context.run.isActive() && group->members.size() < asked + asked / 10) {
        return;
    }
    m_traitsOf = about;
    TraitQuestion question;
    question.group = *group;
    question.step = step->name;
    question.facts.reserve(step->miniBatches.size());
    for (const event::MiniBatchNow& now : step->miniBatches) {
        question.facts.push_back({ now.node, now.process, now.state, now.lastEvent != 0 });
    }
    question.plan = m_context.run.dir().plan(toStd(row.step));
    m_asking = true;
    m_context.worker.ask(
        this, [question = std::move(question)] { return traitsOf(question); },
        [this, about](const QStringList& sentences) {
            m_asking = false;
            if (about == m_traitsOf) {
                QString text;
                for (const QString& sentence : sentences) {
                    text += (text.isEmpty() ? tr("What they share: ") : QStringLiteral("\n")) + sentence;
                }
                m_shares->setText(text);
                m_shares->setVisible(!text.isEmpty());
            }
            if (const Row* chosen = current()) {
                askTraits(*chosen); // another one has been chosen, or there are many more
            }
        });
}

void FailureView::doWith(void (FailureView::*what)(const Row&))
{
    const Row* row = current();
    if (row != nullptr && row->number > 0) {
        const Row copy = *row; // choosing the step makes the rows anew
        m_context.selection.setStep(copy.step);
        (this->*what)(copy);
    }
}

void FailureView::showBatches(const Row& row)
{
    m_context.selection.showBatches(QStringLiteral("group:%1").arg(row.number));
}

void FailureView::runAgain(const Row& row)
{
    m_context.selection.askRepair(QStringLiteral("group:%1").arg(row.number));
}

void FailureView::runHere(const Row& row)
{
    if (groupOf(row) != nullptr) {
        m_context.selection.askDebug(triage::firstFailedOf(*m_context.run.step(row.step), row.number).value);
    }
}

} // namespace sheaf::ui
