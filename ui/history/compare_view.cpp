// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/history/compare_view.h"

#include "core/triage/settings_in_force.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"
#include "ui/text/format.h"
#include "ui/widgets/empty_hint.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace sheaf::ui {

namespace {

constexpr int kRowsInView = 12; // of one table, then it scrolls

/// "12 ms", "1.42 s", "12.5 s", "3 min 20 s": what is compared needs its unit, and more digits than a clock.
QString secondsText(double seconds)
{
    if (seconds < 0.9995) {
        return CompareView::tr("%1 ms").arg(QLocale().toString(seconds * 1000, 'f', seconds < 0.0095 ? 1 : 0));
    }
    if (seconds < 60) {
        return CompareView::tr("%1 s").arg(QLocale().toString(seconds, 'f', seconds < 10 ? 2 : 1));
    }
    const auto whole = std::llround(seconds);
    return whole < 3600 ? CompareView::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60) : CompareView::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString secondsChange(double first, double second)
{
    const double difference = second - first;
    if (secondsText(first) == secondsText(second)) {
        return CompareView::tr("the same");
    }
    const QString share = first > 0 ? CompareView::tr(", %1 %").arg(QLocale().toString(std::abs(difference) / first * 100, 'f', 0)) : QString();
    return (difference > 0 ? CompareView::tr("%1 more%2") : CompareView::tr("%1 less%2")).arg(secondsText(std::abs(difference)), share);
}

QString batchesText(std::uint64_t count)
{
    return count == 1 ? CompareView::tr("1 mini-batch") : CompareView::tr("%1 mini-batches").arg(countText(count));
}

QString countChange(std::uint64_t first, std::uint64_t second)
{
    if (first == second) {
        return CompareView::tr("the same");
    }
    return second > first ? CompareView::tr("%1 more").arg(batchesText(second - first)) : CompareView::tr("%1 fewer").arg(batchesText(first - second));
}

QString shown(const std::string& value)
{
    return value.empty() ? CompareView::tr("(none)") : toQt(value);
}

QString placeText(const event::CodePlace& place)
{
    if (place.line == 0) {
        return {};
    }
    const std::string file = place.file.substr(place.file.rfind('/') + 1);
    return CompareView::tr("%1, line %2, in %3").arg(toQt(file)).arg(place.line).arg(toQt(place.function));
}

QTreeWidgetItem* addRow(QTreeWidget* table, const QStringList& cells, int firstFigure = 99, int figures = 0)
{
    auto* row = new QTreeWidgetItem(table, cells);
    for (int column = 0; column < cells.size(); ++column) {
        row->setToolTip(column, tipText(cells[column]));
        if (column >= firstFigure && column < firstFigure + figures) {
            row->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
        }
    }
    return row;
}

} // namespace

CompareView::CompareView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_other(new QComboBox(this))
    , m_swap(new QPushButton(tr("S&wap A and B"), this))
    , m_bar(new QWidget(this))
    , m_pages(new QStackedWidget(this))
    , m_hint(new EmptyHint(QStringLiteral("history"), this))
    , m_sides(new QLabel(this))
{
    setObjectName(QStringLiteral("compare"));
    m_other->setObjectName(QStringLiteral("compare.other"));
    m_other->setAccessibleName(tr("Run to compare the open one with"));
    m_other->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_swap->setObjectName(QStringLiteral("compare.swap"));
    m_swap->setCheckable(true);
    auto* label = new QLabel(tr("Compare &with"), this);
    label->setBuddy(m_other);
    auto* bar = new QHBoxLayout(m_bar);
    bar->setContentsMargins(space::kPanel, space::kMedium, space::kPanel, space::kMedium);
    bar->setSpacing(space::kMedium);
    bar->addWidget(label);
    bar->addWidget(m_other);
    bar->addWidget(m_swap);
    bar->addStretch(1);
    m_pages->addWidget(m_hint);
    m_pages->addWidget(buildContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_pages, 1);

    connect(m_other, &QComboBox::activated, this, [this] {
        m_wanted = m_other->currentData().toString();
        ask();
    });
    connect(m_swap, &QPushButton::toggled, this, [this] { ask(); });
    connect(&context.selection, &SelectionState::compareAsked, this, [this](const QString& run) {
        m_wanted = run;
        m_asked.clear();
        listRuns();
    });
    connect(&context.history, &HistoryState::changed, this, [this] { listRuns(); });
    for (const auto signal : { &RunState::opened, &RunState::closed, &RunState::activityChanged }) {
        connect(&context.run, signal, this, [this] {
            m_asked.clear(); // read anew
            listRuns();
        });
    }
    connect(&context.run, &RunState::closed, this, [this] { m_wanted.clear(); });
    listRuns();
}

QWidget* CompareView::buildContent()
{
    auto* scroll = new QScrollArea(this);
    auto* content = new QWidget(scroll);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(space::kPanel, space::kMedium, space::kPanel, space::kPanel);
    column->setSpacing(space::kMedium);
    m_sides->setObjectName(QStringLiteral("compare.sides"));
    m_sides->setProperty("muted", true);
    m_sides->setTextFormat(Qt::PlainText);
    m_sides->setWordWrap(true);
    column->addWidget(m_sides);
    m_settings = addSection(content, QStringLiteral("compare.settings"), tr("Settings and code that differ"));
    m_times = addSection(content, QStringLiteral("compare.times"), tr("Times"));
    m_failures = addSection(content, QStringLiteral("compare.failures"), tr("Failures"));
    column->addStretch(1);
    m_settings.table->setHeaderLabels({ tr("Step"), tr("Setting"), tr("A"), tr("B") });
    m_times.table->setHeaderLabels({ tr("Step"), tr("Of"), tr("A"), tr("B"), tr("B against A") });
    m_failures.table->setHeaderLabels({ tr("Step"), tr("In B"), tr("A"), tr("B"), tr("Error"), tr("Place") });
    for (const auto& [table, widths] : { std::pair(m_settings.table, QList<int> { 130, 260, 260 }), std::pair(m_times.table, QList<int> { 130, 130, 120, 120 }),
             std::pair(m_failures.table, QList<int> { 130, 120, 70, 70, 420 }) }) {
        for (int i = 0; i < widths.size(); ++i) {
            table->setColumnWidth(i, widths[i]);
        }
    }
    for (const auto& [table, first] : { std::pair(m_times.table, 2), std::pair(m_failures.table, 2) }) {
        for (int column2 : { first, first + 1 }) {
            table->headerItem()->setTextAlignment(column2, Qt::AlignRight | Qt::AlignVCenter);
        }
    }
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    return scroll;
}

CompareView::Section CompareView::addSection(QWidget* parent, const QString& id, const QString& accessible)
{
    Section section { new QLabel(parent), new QLabel(parent), new QTreeWidget(parent) };
    section.title->setObjectName(id + QStringLiteral(".title"));
    section.title->setFont(textFont(1, true));
    section.title->setContentsMargins(0, space::kMedium, 0, 0);
    section.empty->setObjectName(id + QStringLiteral(".empty"));
    section.empty->setProperty("muted", true);
    section.table->setObjectName(id);
    section.table->setAccessibleName(accessible);
    section.table->setRootIsDecorated(false);
    section.table->setUniformRowHeights(true);
    section.table->setAllColumnsShowFocus(true);
    section.table->header()->setStretchLastSection(true);
    for (QWidget* widget : { static_cast<QWidget*>(section.title), static_cast<QWidget*>(section.empty), static_cast<QWidget*>(section.table) }) {
        parent->layout()->addWidget(widget);
    }
    return section;
}

void CompareView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    ask();
}

/// All runs of the workspace but the open one; what is chosen stays.
void CompareView::listRuns()
{
    const QSignalBlocker blocker(m_other);
    m_other->clear();
    const bool isOpen = m_context.run.isOpen();
    for (const auto& run : m_context.history.runs()) {
        const bool isOpenOne = m_context.run.workspaceFolder() == m_context.history.folder() && m_context.run.run() == toQt(run.run);
        if (isOpen && !isOpenOne) {
            m_other->addItem(toneIcon(run.interrupted ? Tone::Canceled : toneOf(run.state), devicePixelRatioF()),
                tr("%1 · %2 · %3").arg(toQt(run.run), run.interrupted ? tr("Interrupted") : wordOf(run.state), dateTimeText(run.startedMicros)), toQt(run.run));
        }
    }
    const int wanted = m_other->findData(m_wanted);
    m_other->setCurrentIndex(wanted >= 0 ? wanted : m_other->findData(likeliest()));
    m_other->setEnabled(m_other->count() > 0);
    m_swap->setEnabled(m_other->count() > 0);
    m_bar->setVisible(m_other->count() > 0); // nothing to choose: the hint below says it all
    ask();
}

/// The last that completed of the same job file before the open one; else the one it took mini-batches over from; else the one before.
QString CompareView::likeliest() const
{
    const auto& run = m_context.run;
    const std::int64_t started = run.recorded().startedMicros();
    QString before;
    for (const auto& other : m_context.history.runs()) {
        const QString name = toQt(other.run);
        if (m_other->findData(name) < 0 || (started > 0 && other.startedMicros >= started)) {
            continue;
        }
        if (other.state == event::RunState::Completed && other.jobFile == run.spec().jobFile) {
            return name;
        }
        before = before.isEmpty() ? name : before;
    }
    for (const auto& step : run.spec().steps) {
        if (const QString from = toQt(step.parallel.resumeFrom); !from.isEmpty() && m_other->findData(from) >= 0) {
            return from;
        }
    }
    return before.isEmpty() && m_other->count() > 0 ? m_other->itemData(0).toString() : before;
}

void CompareView::say(const QString& title, const QString& text)
{
    m_hint->setWords(title, text);
    m_pages->setCurrentIndex(0);
}

void CompareView::ask()
{
    const QString other = m_other->currentData().toString();
    if (!m_context.run.isOpen() || other.isEmpty()) {
        m_asked.clear();
        ++m_question;
        say(tr("Nothing to compare with"), m_context.run.isOpen() ? tr("This workspace has no other run yet.") : tr("Open a run first, from the list of runs."));
        return;
    }
    const QString open = toQt(m_context.run.dir().path());
    const QString folder = m_context.history.folder() + QStringLiteral("/.sheaf/runs/") + other;
    const QString first = m_swap->isChecked() ? open : folder;
    const QString second = m_swap->isChecked() ? folder : open;
    if (!isVisible() || m_asked == first + QLatin1Char('\n') + second) {
        return;
    }
    if (m_pages->currentIndex() == 0) {
        say(tr("Reading both runs"), {});
    }
    m_asked = first + QLatin1Char('\n') + second;
    m_context.history.askComparison(this, first, second, [this, question = ++m_question](const Result<HistoryState::Comparison>& comparison) {
        if (question != m_question) {
            return;
        }
        if (!comparison) {
            const ErrorText text = errorText(comparison.error());
            say(text.sentence, text.fix);
            return;
        }
        show(*comparison);
    });
}

void CompareView::show(const HistoryState::Comparison& comparison)
{
    const QString other = m_other->currentData().toString();
    const QString open = tr("%1, the open run").arg(m_context.run.run());
    m_sides->setText(tr("A is %1 (%2). B is %3 (%4).")
                         .arg(m_swap->isChecked() ? open : other, wordOf(comparison.first), m_swap->isChecked() ? other : open, wordOf(comparison.second)));
    showSettings(comparison);
    showTimes(comparison.differences);
    showFailures(comparison);
    m_pages->setCurrentIndex(1);
}

void CompareView::showSettings(const HistoryState::Comparison& comparison)
{
    m_settings.table->clear();
    for (const auto& step : comparison.code) {
        QStringList files;
        for (const std::string& file : step.files) {
            files << toQt(file);
        }
        addRow(m_settings.table, { toQt(step.step), tr("code"), tr("as it ran there"), files.isEmpty() ? tr("cannot be compared: a copy is missing") : files.size() == 1 ? tr("%1 differs").arg(files.first()) : tr("%1 differ").arg(files.join(QStringLiteral(", "))) });
    }
    for (const auto& setting : comparison.differences.settings) {
        addRow(m_settings.table,
            { setting.step.empty() ? tr("(pipeline)") : toQt(setting.step), toQt(triage::settingWord(setting.field)), shown(setting.first), shown(setting.second) });
    }
    fill(m_settings, tr("Settings and code that differ"), tr("Settings and code are the same."));
}

void CompareView::showTimes(const triage::RunComparison& comparison)
{
    m_times.table->clear();
    for (const auto& step : comparison.steps) {
        QString name = toQt(step.step);
        const auto add = [&](const QString& what, const QString& first, const QString& second, const QString& change) {
            QTreeWidgetItem* row = addRow(m_times.table, { name, what, first, second, change }, 2, 2);
            row->setData(0, Qt::UserRole, toQt(step.step));
            row->setFont(0, textFont(0, true));
            name.clear(); // once a step
        };
        if (!step.first || !step.second) {
            add(tr("the step"), step.first ? tr("yes") : tr("no"), step.second ? tr("yes") : tr("no"), step.first ? tr("only in A") : tr("only in B"));
            continue;
        }
        const auto& a = *step.first;
        const auto& b = *step.second;
        const auto addSeconds = [&](const QString& what, double first, double second, bool isKnown) {
            const QString none = QStringLiteral("–");
            const bool hasBoth = isKnown && first > 0 && second > 0;
            add(what, first > 0 ? secondsText(first) : none, second > 0 ? secondsText(second) : none, hasBoth ? secondsChange(first, second) : tr("not known of both"));
        };
        if (a.done + a.failed + b.done + b.failed > 0) {
            add(tr("done"), countText(a.done), countText(b.done), countChange(a.done, b.done));
            add(tr("failed"), countText(a.failed), countText(b.failed), countChange(a.failed, b.failed));
            addSeconds(tr("median"), a.median, b.median, a.done > 0 && b.done > 0);
            addSeconds(tr("95 % within"), a.p95, b.p95, a.done > 0 && b.done > 0);
            addSeconds(tr("slowest"), a.worst, b.worst, a.done > 0 && b.done > 0);
        }
        addSeconds(tr("the whole step"), a.wall, b.wall, true);
    }
    fill(m_times, tr("Times"), tr("Neither run has a step."));
}

void CompareView::showFailures(const HistoryState::Comparison& comparison)
{
    m_failures.table->clear();
    const bool goesOn = comparison.second == event::RunState::Starting || comparison.second == event::RunState::Running;
    for (const auto& failure : comparison.differences.failures) {
        const bool isGone = failure.change == triage::FailureChange::Gone;
        const bool isNew = failure.change == triage::FailureChange::New;
        const QString change = isNew ? tr("new")
            : isGone                 ? (goesOn ? tr("not so far") : tr("gone"))
            : failure.second > failure.first ? tr("more")
            : failure.second < failure.first ? (goesOn ? tr("fewer so far") : tr("fewer"))
                                             : tr("as many");
        QTreeWidgetItem* row = addRow(m_failures.table,
            { toQt(failure.step), change, countText(failure.first), countText(failure.second), toQt(failure.error), placeText(failure.signature.place) }, 2, 2);
        if (isNew || (isGone && !goesOn)) {
            row->setIcon(1, toneIcon(isNew ? Tone::Failed : Tone::Done, devicePixelRatioF()));
        }
    }
    fill(m_failures, tr("Failures by cause"), tr("Nothing failed in either."));
}

/// As high as its rows, up to a dozen.
void CompareView::fill(const Section& section, const QString& title, const QString& empty)
{
    const int rows = section.table->topLevelItemCount();
    section.title->setText(title);
    section.empty->setText(empty);
    section.empty->setVisible(rows == 0);
    section.table->setVisible(rows > 0);
    if (rows > 0) {
        const int row = std::max(section.table->sizeHintForRow(0), fontMetrics().height() + space::kMedium);
        section.table->setFixedHeight(section.table->header()->sizeHint().height() + row * std::min(rows, kRowsInView) + space::kMedium);
    }
}

} // namespace sheaf::ui
