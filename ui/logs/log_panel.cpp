// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/logs/log_panel.h"

#include "core/base/clock.h"
#include "core/logs/log_level.h"
#include "core/logs/log_scan.h"
#include "ui/logs/log_view.h"
#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"
#include "ui/widgets/elided_label.h"

#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <set>

namespace sheaf::ui {

namespace {

constexpr int kReadInterval = 200;
constexpr int kTypingPause = 250;
constexpr int kListPause = 2000; // a listing goes over all folders of the logs
constexpr std::int64_t kNotListed = -1;
constexpr std::int64_t kNotShown = -2;
constexpr std::uint64_t kIndexTurn = 32U << 20; // bytes
constexpr std::uint64_t kFirstTurn = 1U << 20; // of a search: hits are there at once
constexpr std::uint64_t kMostTurn = 32U << 20;
constexpr std::uint64_t kFirstRows = 20000; // the same in a merge
constexpr std::uint64_t kMostRows = 200000;
constexpr std::uint64_t kMostFound = 128U << 20; // bytes of packed hits: some hundred million lines
constexpr std::uint64_t kMostMerged = 320U << 20; // bytes of packed rows: some sixty million lines
const QString kWholeStep = QStringLiteral("*step");
const QString kWholeRun = QStringLiteral("*run");

/// Apart for colour-blind eyes and on both themes.
const std::array kNodeColors { QColor(0x2f, 0x7e, 0xd8), QColor(0xe0, 0x8a, 0x1e), QColor(0x2a, 0x9d, 0x6f), QColor(0xb0, 0x5c, 0xd0),
    QColor(0xd0, 0x4a, 0x4a), QColor(0x7a, 0x8a, 0x99), QColor(0xa8, 0x9b, 0x2c), QColor(0x3f, 0xb6, 0xc8) };

/// Paths below `folder` of the files that hold text for people, in the order of their use: own output, then the rest.
QStringList logFiles(const std::filesystem::path& folder)
{
    QStringList files;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const auto extension = at->path().extension();
        if (at->is_regular_file(error) && (extension == ".txt" || extension == ".csv")) {
            files << toQt(at->path().lexically_relative(folder));
        }
    }
    std::sort(files.begin(), files.end(), [](const QString& a, const QString& b) {
        const auto rank = [](const QString& path) { return path.startsWith(QLatin1String("user")) ? 0 : path.contains(QLatin1Char('/')) ? 2 : 1; };
        return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
    });
    return files;
}

/// The node that a file is about: the folder in its path that is a number; "" for files of the whole step.
QString nodeOf(const QString& file)
{
    if (file.startsWith(QLatin1String("user_logs/std_log_"))) {
        return file.section(QLatin1Char('_'), -1).section(QLatin1Char('.'), 0, 0);
    }
    for (const QString& part : file.split(QLatin1Char('/')).mid(0, file.count(QLatin1Char('/')))) {
        bool isNumber = false;
        part.toUInt(&isNumber);
        if (isNumber) {
            return part;
        }
    }
    return {};
}

/// Streams that make up the merged view: what scripts and their children wrote, and what Sheaf noted of each process. Not the reports about them.
bool isStream(const QString& file)
{
    return file.endsWith(QLatin1String(".txt"))
        && (file.startsWith(QLatin1String("user/stdout/")) || file.startsWith(QLatin1String("user/stderr/"))
            || file.startsWith(QLatin1String("user/entry_script_log/")) || file.startsWith(QLatin1String("sys/node/"))
            || file.startsWith(QLatin1String("user_logs/")));
}

/// "process003 · stdout": what a file holds, in the words of its path.
QString titleOf(const QString& file)
{
    const QString node = nodeOf(file);
    if (node.isEmpty()) {
        return file;
    }
    QStringList parts = file.split(QLatin1Char('/'));
    const QString name = parts.takeLast();
    if (file.startsWith(QLatin1String("user_logs/"))) {
        return LogPanel::tr("output of the command");
    }
    const QString process = name.section(QLatin1Char('.'), 0, 0);
    parts.removeOne(node);
    const bool isChild = file.startsWith(QLatin1String("sys/node/"));
    const QString stream = name.section(QLatin1Char('.'), 1, 1);
    const QString what = isChild ? (stream == QLatin1String("txt") ? LogPanel::tr("what it did") : LogPanel::tr("of its children: %1").arg(stream))
                                 : parts.join(QLatin1Char(' ')).remove(QStringLiteral("user ")).replace(QLatin1Char('_'), QLatin1Char(' '));
    return process + QStringLiteral(" · ") + what;
}

/// "0/003 out": the same, short, before each line of several files.
QString shortTitle(const QString& file)
{
    const QString node = nodeOf(file);
    const QString name = file.section(QLatin1Char('/'), -1).section(QLatin1Char('.'), 0, 0);
    const QString process = name.startsWith(QLatin1String("process")) ? QLatin1Char('/') + name.mid(7) : QString();
    const QString stream = file.startsWith(QLatin1String("user/stdout")) ? QStringLiteral("out") : file.startsWith(QLatin1String("user/stderr")) ? QStringLiteral("err")
        : file.startsWith(QLatin1String("user/entry")) ? QStringLiteral("log") : file.startsWith(QLatin1String("user_logs")) ? QStringLiteral("cmd") : QStringLiteral("sys");
    return node + process + QLatin1Char(' ') + stream;
}

QString problemText(const logs::QueryProblem& problem)
{
    switch (problem.kind) {
    case logs::QueryProblem::Kind::Empty:
        return {};
    case logs::QueryProblem::Kind::OpenQuote:
        return LogPanel::tr("The quote at letter %1 has no end.").arg(problem.at + 1);
    case logs::QueryProblem::Kind::Expected:
        return LogPanel::tr("At letter %1: expressions are in quotes and joined by and, or, not: \"a\" and not \"b\".").arg(problem.at + 1);
    case logs::QueryProblem::Kind::Expression:
        return LogPanel::tr("This is no regular expression: %1. Switch .* off to look for it as it stands.").arg(toQt(problem.detail));
    case logs::QueryProblem::Kind::LettersOfClass:
        return LogPanel::tr("%1 cannot be looked for: of letters such as ä only single ones can stand between brackets, as in [aäö], no ranges, and not behind ^.").arg(toQt(problem.detail));
    case logs::QueryProblem::Kind::Processor:
        return LogPanel::tr("This machine cannot search: its processor lacks SSSE3.");
    }
    return {};
}

} // namespace

QString LogPanel::orderRule()
{
    return tr("Lines in the order of time. The time of a line is the one it begins with; if it has none, the share of its attempt's time that its place "
              "among the attempt's lines is; else that of the line before it, and of the first ones that of their file. Each file keeps its own order. While a run goes on, lines "
              "stand as they came, to a fraction of a second.");
}

LogPanel::LogPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_logs(context.run, m_reader, this)
    , m_nodes(new QComboBox(this))
    , m_picker(new QComboBox(this))
    , m_filterEdit(new QLineEdit(this))
    , m_find(new QLineEdit(this))
    , m_regular(new QToolButton(this))
    , m_previous(new QToolButton(this))
    , m_next(new QToolButton(this))
    , m_times(new QToolButton(this))
    , m_follow(new QToolButton(this))
    , m_found(new QLabel(this))
    , m_problem(new QLabel(this))
    , m_happened(new QLabel(this))
    , m_count(new QLabel(this))
    , m_about(new ElidedLabel(this))
    , m_toBatch(new QToolButton(this))
    , m_view(new LogView(this))
{
    setObjectName(QStringLiteral("logs.panel"));
    build();
    connectParts();
    fillNodes();
    fillFiles();
    updateWords();
    m_timer.start(kReadInterval);
}

LogPanel::~LogPanel()
{
    m_filter.stop.request_stop();
    m_search.stop.request_stop();
    m_counter.request_stop();
}

void LogPanel::build()
{
    m_nodes->setObjectName(QStringLiteral("logs.nodes"));
    m_nodes->setAccessibleName(tr("Node whose log files are listed"));
    m_picker->setObjectName(QStringLiteral("logs.picker"));
    m_picker->setAccessibleName(tr("Log file: process and stream"));
    m_picker->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_picker->setMinimumContentsLength(26);
    m_picker->setMaxVisibleItems(24);
    m_picker->setPlaceholderText(tr("No log files yet"));
    m_filterEdit->setObjectName(QStringLiteral("logs.filter"));
    m_filterEdit->setAccessibleName(tr("Show only lines that match"));
    m_filterEdit->setPlaceholderText(tr("Show only lines that match"));
    m_filterEdit->setToolTip(tr("A regular expression, or several: \"time-?out\" and not \"retry\". Small letters match large ones, too."));
    m_filterEdit->setClearButtonEnabled(true);
    m_find->setObjectName(QStringLiteral("logs.find"));
    m_find->setAccessibleName(tr("Find in these lines"));
    m_find->setPlaceholderText(tr("Find (Enter or F3: next, with Shift: previous)"));
    m_find->setToolTip(m_filterEdit->toolTip());
    m_find->setClearButtonEnabled(true);
    const auto tool = [](QToolButton* button, const QString& name, const QString& words, const QString& iconName) {
        button->setObjectName(name);
        button->setAccessibleName(words);
        button->setToolTip(words);
        button->setAutoRaise(true);
        if (!iconName.isEmpty()) {
            button->setIcon(icon(iconName));
        }
    };
    tool(m_regular, QStringLiteral("logs.regular"), tr("Filter and search are regular expressions"), {});
    m_regular->setText(QStringLiteral(".*"));
    m_regular->setCheckable(true);
    m_regular->setChecked(true);
    tool(m_previous, QStringLiteral("logs.previous"), tr("Previous hit (Shift+F3)"), QStringLiteral("up"));
    tool(m_next, QStringLiteral("logs.next"), tr("Next hit (F3)"), QStringLiteral("down"));
    tool(m_times, QStringLiteral("logs.times"), tr("Show when each line was written"), {});
    m_times->setText(tr("Times"));
    m_times->setCheckable(true);
    tool(m_follow, QStringLiteral("logs.follow"), tr("Keep the newest line in view (End)"), QStringLiteral("follow"));
    m_follow->setText(tr("Follow"));
    m_follow->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_follow->setCheckable(true);
    m_found->setObjectName(QStringLiteral("logs.found"));
    m_problem->setObjectName(QStringLiteral("logs.problem"));
    m_happened->setObjectName(QStringLiteral("logs.happened"));
    for (QLabel* label : { m_problem, m_happened }) {
        label->setWordWrap(true);
        label->hide();
    }
    m_count->setObjectName(QStringLiteral("logs.count"));
    m_about->setObjectName(QStringLiteral("logs.about"));
    tool(m_toBatch, QStringLiteral("logs.toBatch"), tr("Show the mini-batch that wrote the marked line (Enter)"), {});
    m_toBatch->hide();

    auto* choice = new QHBoxLayout;
    choice->addWidget(m_nodes);
    choice->addWidget(m_picker, 1);
    choice->addWidget(m_times);
    choice->addWidget(m_follow);
    auto* questions = new QHBoxLayout;
    questions->addWidget(m_filterEdit, 1);
    questions->addWidget(m_regular);
    questions->addWidget(m_find, 1);
    questions->addWidget(m_previous);
    questions->addWidget(m_next);
    questions->addWidget(m_found);
    auto* below = new QHBoxLayout;
    below->addWidget(m_count);
    below->addSpacing(space::kLarge);
    below->addWidget(m_about, 1);
    below->addWidget(m_toBatch);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kSmall);
    layout->setSpacing(space::kSmall);
    layout->addLayout(choice);
    layout->addLayout(questions);
    layout->addWidget(m_problem);
    layout->addWidget(m_happened);
    layout->addWidget(m_view, 1);
    layout->addLayout(below);
}

void LogPanel::connectParts()
{
    connect(m_nodes, &QComboBox::currentIndexChanged, this, [this] { fillFiles(); });
    connect(m_picker, &QComboBox::currentIndexChanged, this, [this] { openChosen(); });
    connect(m_picker, &QComboBox::activated, this, [this] {
        m_isChosen = true;
        forgetWanted();
    });
    connect(m_nodes, &QComboBox::activated, this, [this] { forgetWanted(); });
    m_typed.setSingleShot(true);
    connect(&m_typed, &QTimer::timeout, this, [this] {
        askFilter();
        askSearch();
    });
    for (QLineEdit* edit : { m_filterEdit, m_find }) {
        connect(edit, &QLineEdit::textChanged, this, [this] { m_typed.start(kTypingPause); });
    }
    connect(m_filterEdit, &QLineEdit::returnPressed, this, [this] { askFilter(); });
    connect(m_find, &QLineEdit::returnPressed, this, [this] { goToHit(false); });
    const auto key = [this](const QKeySequence& keys, QWidget* where, auto does) {
        auto* shortcut = new QShortcut(keys, where);
        shortcut->setContext(where == this ? Qt::WidgetWithChildrenShortcut : Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, this, does);
    };
    key(QKeySequence(Qt::SHIFT | Qt::Key_Return), m_find, [this] { goToHit(true); });
    key(QKeySequence(Qt::Key_F3), this, [this] { goToHit(false); });
    key(QKeySequence(Qt::SHIFT | Qt::Key_F3), this, [this] { goToHit(true); });
    key(QKeySequence(QKeySequence::Find), this, [this] {
        m_find->setFocus(Qt::ShortcutFocusReason);
        m_find->selectAll();
    });
    key(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), this, [this] {
        m_filterEdit->setFocus(Qt::ShortcutFocusReason);
        m_filterEdit->selectAll();
    });
    for (QLineEdit* edit : { m_filterEdit, m_find }) {
        key(QKeySequence(Qt::Key_Escape), edit, [this] { m_view->setFocus(Qt::ShortcutFocusReason); });
    }
    connect(m_previous, &QToolButton::clicked, this, [this] { goToHit(true); });
    connect(m_next, &QToolButton::clicked, this, [this] { goToHit(false); });
    connect(m_regular, &QToolButton::toggled, this, [this] {
        m_filter.query.reset();
        m_search.query.reset();
        askFilter();
        askSearch();
    });
    connect(m_times, &QToolButton::toggled, m_view, &LogView::setTimesShown);
    connect(m_follow, &QToolButton::toggled, m_view, &LogView::setFollowing);
    connect(m_view, &LogView::followingChanged, this, [this](bool following) {
        m_follow->setChecked(following);
        m_followed.insert(m_source, following);
        m_errors = 0;
        m_errorsAt = m_view->leftEnd();
    });
    connect(m_view, &LogView::markedChanged, this, [this] { onMarked(); });
    connect(m_view, &LogView::openRequested, this, [this] { openMiniBatch(); });
    connect(m_view, &LogView::menuRequested, this, [this](const QPoint& place) { showMenu(place); });
    connect(m_view, &LogView::goToLineRequested, this, [this] { goToLine(); });
    connect(m_view, &LogView::told, this, [this](const QString& text) { tell(text); });
    connect(m_toBatch, &QToolButton::clicked, this, [this] { openMiniBatch(); });

    connect(&m_context.run, &RunState::opened, this, [this] {
        m_listPause.stop();
        listSoon();
    });
    connect(&m_context.run, &RunState::closed, this, [this] {
        forgetWanted();
        m_rowFiles.clear();
        m_filesListedFor = m_stepsOver = 0;
        listFiles();
    });
    connect(&m_context.run, &RunState::activityChanged, this, [this] { listSoon(); });
    connect(&m_context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) {
        const auto& steps = m_context.run.picture().steps();
        const auto over = static_cast<std::size_t>(std::count_if(steps.begin(), steps.end(), [](const event::StepPicture& step) { return step.isOver(); }));
        // Files come with workers and with the end of a step; counts change with nearly every poll.
        if (!changes.workers.empty() || !changes.plans.empty() || m_stepsOver != over) {
            m_stepsOver = over;
            listSoon();
        }
    });
    m_listPause.setSingleShot(true);
    connect(&m_listPause, &QTimer::timeout, this, [this] {
        if (m_listStale || m_wanted) {
            listSoon();
        }
    });
    connect(&m_context.selection, &SelectionState::stepChanged, this, [this] {
        m_isChosen = false;
        forgetWanted();
        fillNodes();
        fillFiles();
    });
    connect(&m_context.selection, &SelectionState::logAsked, this, [this](const QString& file, qint64 offset) { showPlace(file, offset); });
    connect(&m_context.selection, &SelectionState::timeChanged, this, [this](qint64 micros) { goToTime(micros); });
    connect(&m_logs, &LogState::changed, this, [this] {
        updateWords();
        merge();
    });
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (isVisible()) {
            readMore();
        }
    });
}

void LogPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_listStale) {
        listSoon();
    }
    readMore();
}

QString LogPanel::file() const
{
    return m_rows.isMerged() || m_rows.files().empty() ? QString() : toQt(m_rows.files().front());
}

bool LogPanel::isGrowing() const
{
    if (!m_context.run.isActive()) {
        return false;
    }
    const auto* step = m_shown.empty() ? nullptr : m_context.run.step(m_shown.front().step);
    return m_source.startsWith(kWholeRun) || step == nullptr || !step->isOver();
}

bool LogPanel::isQuiet() const
{
    const bool read = m_rows.isMerged() ? m_merger != nullptr && !m_reading && m_logs.isUpToDate() : m_index.size() == m_index.fileSize() && m_index.fileSize() > 0;
    return read && !m_filter.running && !m_search.running && !m_typed.isActive();
}

void LogPanel::listFiles()
{
    if (!m_context.run.isOpen()) {
        onListed({});
        return;
    }
    if (m_listing) {
        m_listStale = true; // the one under way may have passed the new ones by
        return;
    }
    m_listing = true;
    m_listStale = false;
    const auto steps = m_context.run.dir().path() / "steps";
    m_reader.ask(
        this,
        [steps] {
            std::vector<LogFile> files;
            std::error_code error;
            std::set<QString> names;
            for (std::filesystem::directory_iterator at(steps, error), end; !error && at != end; at.increment(error)) {
                names.insert(toQt(at->path().filename()));
            }
            for (const QString& step : names) {
                for (const QString& file : logFiles(steps / toStd(step) / "logs")) {
                    files.push_back({ step, file });
                }
            }
            return files;
        },
        [this, steps](std::vector<LogFile> files) {
            m_listing = false;
            if (m_context.run.isOpen() && steps == m_context.run.dir().path() / "steps") {
                onListed(std::move(files));
            } else {
                listFiles();
            }
        });
}

/// When somebody looks, and not at every change of a run.
void LogPanel::listSoon()
{
    m_listStale = true;
    if (isVisible() && !m_listPause.isActive()) {
        m_listPause.start(kListPause);
        listFiles();
    }
}

/// Something else is wanted now: the panel does not jump minutes later.
void LogPanel::forgetWanted()
{
    if (m_wanted) {
        m_wanted.reset();
        m_told.clear();
        updateWords();
    }
}

void LogPanel::onListed(std::vector<LogFile> files)
{
    if (files != m_files) {
        m_files = std::move(files);
        m_rowFiles.clear();
        fillNodes();
        fillFiles();
        if (m_rows.isMerged()) {
            startMerging(); // new ones are added, those that are there stay
        }
    }
    if (m_wanted) {
        if (std::find(m_files.begin(), m_files.end(), *m_wanted) != m_files.end()) {
            const QString file = m_wanted->path;
            showPlace(file, m_wantedOffset);
        } else if (m_listStale) {
            listFiles(); // it was asked for while these were being listed
        } else if (m_told.isEmpty()) {
            tell(tr("%1 has not been written yet. It is shown when it is.").arg(m_wanted->path));
            m_listPause.start(kListPause);
        }
    }
}

void LogPanel::fillNodes()
{
    QStringList nodes;
    for (const LogFile& file : m_files) {
        if (const QString node = nodeOf(file.path); file.step == m_context.selection.step() && !node.isEmpty() && !nodes.contains(node)) {
            nodes << node;
        }
    }
    std::sort(nodes.begin(), nodes.end(), [](const QString& a, const QString& b) { return a.toUInt() < b.toUInt(); });
    const QString chosen = m_nodes->currentData().toString();
    const QSignalBlocker quiet(m_nodes);
    m_nodes->clear();
    m_nodes->addItem(tr("All nodes"), QString());
    for (const QString& node : nodes) {
        m_nodes->addItem(tr("Node %1").arg(node), node);
    }
    m_nodes->setCurrentIndex(std::max(0, m_nodes->findData(chosen)));
}

/// Together first, then the files of the chosen node; what is chosen stays if it is among them.
void LogPanel::fillFiles()
{
    const QString step = m_context.selection.step();
    const QString node = m_nodes->currentData().toString();
    const bool several = m_nodes->count() > 2;
    const QString chosen = m_isChosen ? m_picker->currentData().toString() : QString();
    const bool wasChosen = m_isChosen;
    QSignalBlocker quiet(m_picker);
    m_picker->clear();
    const auto isHere = [&](const LogFile& file) { return file.step == step && (node.isEmpty() || nodeOf(file.path) == node); };
    const auto streams = std::count_if(m_files.begin(), m_files.end(), [&](const LogFile& file) { return isHere(file) && isStream(file.path); });
    if (streams > 0) {
        m_picker->addItem(tr("All together, in the order of time"), kWholeStep);
        m_picker->setItemData(0, orderRule(), Qt::ToolTipRole);
    }
    if (node.isEmpty() && std::any_of(m_files.begin(), m_files.end(), [&](const LogFile& file) { return file.step != step && isStream(file.path); })) {
        m_picker->addItem(tr("The whole run, in the order of time"), kWholeRun);
        m_picker->setItemData(m_picker->count() - 1, orderRule(), Qt::ToolTipRole);
    }
    int first = -1;
    for (const LogFile& file : m_files) {
        if (!isHere(file)) {
            continue;
        }
        if (first < 0 && m_picker->count() > 0) {
            m_picker->insertSeparator(m_picker->count());
        }
        const QString of = nodeOf(file.path);
        const bool saysNode = node.isEmpty() && several && !of.isEmpty();
        m_picker->addItem(saysNode ? tr("node %1 · %2").arg(of, titleOf(file.path)) : titleOf(file.path), file.path);
        m_picker->setItemData(m_picker->count() - 1, file.path, Qt::ToolTipRole);
        first = first < 0 ? m_picker->count() - 1 : first;
    }
    const int again = wasChosen ? m_picker->findData(chosen) : -1;
    m_picker->setCurrentIndex(again >= 0 ? again : m_picker->count() > 0 ? 0 : -1);
    quiet.unblock();
    openChosen();
}

void LogPanel::openChosen()
{
    const QString step = m_context.selection.step();
    const QString chosen = m_picker->currentData().toString();
    const QString run = m_context.run.isOpen() ? toQt(m_context.run.dir().path()) : QString();
    const QString source = chosen.isEmpty() ? QString()
                                            : chosen + QLatin1Char('\n') + (chosen == kWholeRun ? QString() : step) + QLatin1Char('\n')
            + (chosen == kWholeStep ? m_nodes->currentData().toString() : QString()) + QLatin1Char('\n') + run;
    if (source == m_source) {
        return;
    }
    ++m_generation;
    m_source = source;
    m_reading = m_counting = false;
    m_index = {};
    m_merged = {};
    m_merger.reset();
    m_parcelsGiven = 0;
    m_rowFiles.clear();
    m_awaitedOffset = -1;
    m_errors = m_errorsAt = 0;
    m_counter.request_stop();
    m_counter = std::stop_source();
    m_shown.clear();
    m_rows = {};
    forgetFound();
    m_happened->hide();
    m_picker->setToolTip(chosen.startsWith(QLatin1Char('*')) ? orderRule() : tipText(chosen));
    m_times->setEnabled(chosen.startsWith(QLatin1Char('*')));
    if (chosen == kWholeStep || chosen == kWholeRun) {
        m_rows.showMerged({});
        m_view->setRows(m_rows);
        startMerging();
    } else if (!chosen.isEmpty()) {
        const auto path = m_context.run.dir().logs(toStd(step)) / toStd(chosen);
        m_shown.push_back({ step, chosen });
        m_rows.showFile(path);
        std::error_code error;
        const auto size = std::filesystem::file_size(path, error);
        m_rows.setFileSize(error ? 0 : size); // so its lines are on screen before anything has been counted
        m_view->setRows(m_rows);
    } else {
        m_view->setRows(m_rows);
    }
    m_view->setFollowing(m_followed.value(m_source, isGrowing()));
    m_follow->setChecked(m_view->isFollowing());
    askFilter();
    askSearch();
    readMore();
    updateWords();
}

/// Adds the files that are not yet among those put in order.
void LogPanel::startMerging()
{
    const QString chosen = m_picker->currentData().toString();
    const QString node = m_nodes->currentData().toString();
    std::vector<std::filesystem::path> paths = m_rows.files();
    struct Added {
        std::filesystem::path path;
        std::int64_t beginMicros = 0;
    };
    std::vector<Added> added;
    const event::RunPicture& picture = m_context.run.picture();
    for (const LogFile& file : m_files) {
        const bool isOurs = isStream(file.path) && (chosen == kWholeRun || (file.step == m_context.selection.step() && (node.isEmpty() || nodeOf(file.path) == node)));
        if (isOurs && std::find(m_shown.begin(), m_shown.end(), file) == m_shown.end()) {
            m_shown.push_back(file);
            const event::StepPicture* step = m_context.run.step(file.step);
            added.push_back({ m_context.run.dir().logs(toStd(file.step)) / toStd(file.path), step != nullptr && step->startedMicros > 0 ? step->startedMicros : picture.startedMicros() });
            paths.push_back(added.back().path);
        }
    }
    m_rowFiles.clear();
    if (!m_merger) {
        m_merger = std::make_shared<logs::LogMerger>();
    }
    m_rows.setFiles(std::move(paths));
    m_reader.ask(
        this,
        [merger = m_merger, added = std::move(added), end = m_context.run.isActive() ? 0 : picture.endedMicros()] {
            for (const auto& file : added) {
                merger->addFile(file.path, file.beginMicros, end);
            }
            return true;
        },
        [](bool) {});
    std::vector<LogView::FileMark> marks;
    for (const LogFile& file : m_shown) {
        const QString name = chosen == kWholeRun ? file.step + QLatin1Char(' ') + shortTitle(file.path) : shortTitle(file.path);
        marks.push_back({ name, kNodeColors[nodeOf(file.path).toUInt() % kNodeColors.size()] });
    }
    m_view->setFileMarks(std::move(marks));
}

void LogPanel::readMore()
{
    if (!m_context.run.isOpen()) {
        return;
    }
    if (m_files.empty() && !m_listing) {
        listFiles();
    }
    m_logs.readMore();
    if (m_rows.isMerged()) {
        merge();
    } else if (!m_rows.files().empty()) {
        readIndex();
    }
}

/// Mostly nothing has been written since the last time: then the index is not even copied.
void LogPanel::readIndex()
{
    if (m_reading) {
        return;
    }
    m_reading = true;
    m_reader.ask(
        this, [file = m_rows.files().front(), seen = m_index.seen()] { return logs::LineIndex::mayExtend(file, seen); },
        [this, generation = m_generation](bool may) {
            if (generation != m_generation) {
                return;
            }
            if (may) {
                extendIndex();
            } else {
                m_reading = false;
            }
        });
}

void LogPanel::extendIndex()
{
    m_reading = true;
    struct Read {
        bool changed = false;
        logs::LineIndex index;
    };
    m_reader.ask(
        this,
        [file = m_rows.files().front(), index = m_index]() mutable {
            const auto changed = index.extend(file, kIndexTurn);
            return Read { changed.value_or(false), std::move(index) };
        },
        [this, generation = m_generation](Read read) {
            if (generation != m_generation) {
                return;
            }
            m_reading = false;
            if (read.changed) {
                takeIndex(std::move(read.index));
            }
        });
}

void LogPanel::takeIndex(logs::LineIndex index)
{
    using Restart = logs::LineIndex::Restart;
    const Restart restart = index.restart();
    m_index = std::move(index);
    m_rows.setIndex(m_index);
    m_rows.setFileSize(m_index.fileSize());
    if (restart != Restart::None) {
        forgetFound();
        m_rows.setFilter(std::nullopt);
        m_view->restartRows(m_rows);
        m_happened->setText(restart == Restart::Shorter ? tr("The file has become shorter and was read again from its begin.")
                : restart == Restart::Gone             ? tr("The file is not there any more.")
                : restart == Restart::Replaced         ? tr("Another file has this name now (it was rotated): it was read from its begin. Bookmarks stay on lines that are the same.")
                                                       : tr("The file was written anew: it was read again from its begin. Bookmarks stay on lines that are the same."));
        m_happened->show();
        m_errorsAt = 0;
        askFilter();
        askSearch();
    }
    grow();
    if (m_index.size() < m_index.fileSize() && !m_reading) {
        extendIndex();
    }
}

/// More is known of what is in view.
void LogPanel::grow()
{
    m_view->growRows(m_rows);
    seekMore(m_filter);
    seekMore(m_search);
    countErrors();
    showAwaited();
    updateWords();
}

void LogPanel::merge()
{
    // Ranges say when lines were written: they come first.
    if (!m_rows.isMerged() || !m_merger || m_reading || !m_logs.isUpToDate()) {
        return;
    }
    if (m_merged.bytes() > kMostMerged) {
        return; // said in updateWords()
    }
    if (!areFilesListed() && m_filesListedFor != m_logs.files().size()) { // a file that an attempt wrote
        if (!m_listing) {
            m_filesListedFor = m_logs.files().size(); // what is not there the next time either has been deleted
            listFiles();
        }
        return;
    }
    m_reading = true;
    const auto& parcels = m_logs.parcels();
    std::vector<LogState::Parcel> given(parcels.begin() + static_cast<std::ptrdiff_t>(m_parcelsGiven), parcels.end());
    m_parcelsGiven = parcels.size();
    struct Merged {
        bool more = false;
        bool outdated = false;
        logs::MergedRows rows;
    };
    m_reader.ask(
        this,
        [merger = m_merger, rows = m_merged, given = std::move(given), numbers = m_rowFiles, growing = isGrowing()]() mutable {
            for (const auto& parcel : given) {
                for (const auto& [file, range] : *parcel) {
                    if (numbers[file] >= 0) {
                        merger->addRange(static_cast<std::uint32_t>(numbers[file]), range);
                    }
                }
            }
            const bool outdated = merger->isOutdated();
            const bool more = !outdated && merger->turn(rows, kMostRows, growing ? wallMicros() : 0, !growing);
            return Merged { more, outdated, std::move(rows) };
        },
        [this, generation = m_generation](Merged merged) {
            if (generation != m_generation) {
                return;
            }
            m_reading = false;
            if (merged.outdated) {
                m_source.clear();
                openChosen();
                m_happened->setText(tr("A file has become shorter: all were put in order again."));
                m_happened->show();
                return;
            }
            if (merged.rows.size() != m_merged.size()) {
                m_merged = std::move(merged.rows);
                m_rows.setMerged(m_merged);
                grow();
            }
            if (merged.more) {
                merge();
            }
        });
}

/// Which file of the record is which of those in view, looked up once for each of them. False when one has not been listed.
bool LogPanel::areFilesListed()
{
    const auto& files = m_logs.files();
    if (m_rowFiles.size() < files.size()) {
        std::set<std::pair<QString, QString>> listed;
        for (const LogFile& file : m_files) {
            listed.emplace(file.step, file.path);
        }
        std::map<std::pair<QString, QString>, std::int64_t> shown;
        for (std::size_t i = 0; i < m_shown.size(); ++i) {
            shown.emplace(std::pair(m_shown[i].step, m_shown[i].path), static_cast<std::int64_t>(i));
        }
        for (std::size_t i = m_rowFiles.size(); i < files.size(); ++i) {
            const std::pair key(files[i].step, files[i].file);
            const auto found = shown.find(key);
            m_rowFiles.push_back(found != shown.end() ? found->second : listed.contains(key) ? kNotShown : kNotListed);
        }
    }
    return std::find(m_rowFiles.begin(), m_rowFiles.end(), kNotListed) == m_rowFiles.end();
}

/// Errors among the lines that came since the user looked away, for the chip.
void LogPanel::countErrors()
{
    if (m_view->isFollowing() || m_view->leftEnd() == 0 || m_counting || m_rows.files().empty()) {
        return;
    }
    static const auto query = logs::LogQuery::parse(logs::kErrorLines);
    const std::uint64_t from = std::max(m_errorsAt, m_view->leftEnd());
    const std::uint64_t all = m_rows.isMerged() ? m_merged.size() : m_index.size();
    const std::uint64_t to = m_rows.isMerged() ? std::min(all, from + kMostRows) : all;
    if (from >= to || !query) {
        return;
    }
    m_counting = true;
    struct Counted {
        std::uint64_t errors = 0;
        std::uint64_t end = 0;
    };
    m_searcher.ask(
        this,
        [rows = m_rows, from, to, stop = m_counter.get_token()]() -> Counted {
            if (rows.isMerged()) {
                const auto scan = logs::scanMerged(rows.merged(), rows.files(), from, to, *query, stop);
                return { scan.rows.size(), scan.end };
            }
            const auto turn = logs::scanLines(rows.files().front(), from, to, kMostTurn, *query, false, stop);
            return turn ? Counted { turn->lines.size(), std::max(from, turn->end) } : Counted { 0, to };
        },
        [this, generation = m_generation, from, left = m_view->leftEnd()](const Counted& counted) {
            if (generation != m_generation) {
                return;
            }
            m_counting = false;
            if (left != m_view->leftEnd() || from != std::max(m_errorsAt, left) || m_view->isFollowing()) {
                return;
            }
            const bool moved = counted.end > m_errorsAt;
            m_errorsAt = counted.end;
            m_errors += counted.errors;
            m_view->setNewErrors(m_errors);
            if (moved && counted.end < (m_rows.isMerged() ? m_merged.size() : m_index.size())) {
                countErrors();
            }
        });
}

void LogPanel::forgetFound()
{
    for (Sought* sought : { &m_filter, &m_search }) {
        sought->stop.request_stop();
        ++sought->generation;
        sought->query.reset();
        sought->found = {};
        sought->at = sought->asked = 0;
        sought->running = sought->isFull = false;
    }
    m_wantedHit = 0;
    m_view->setHits({});
}

/// Takes the text of a line as its question, if it is another one.
void LogPanel::ask(QLineEdit* edit, Sought& sought)
{
    const std::string text = toStd(edit->text());
    if (sought.query ? sought.query->text() == text : text.empty() && sought.found.isEmpty()) {
        return;
    }
    sought.stop.request_stop();
    sought.stop = std::stop_source();
    ++sought.generation;
    sought.found = {};
    sought.at = 0;
    sought.asked = std::numeric_limits<std::uint64_t>::max();
    sought.turn = m_rows.isMerged() ? kFirstRows : kFirstTurn;
    sought.running = sought.isFull = false;
    sought.query.reset();
    auto query = logs::LogQuery::parse(text, m_regular->isChecked());
    if (query) {
        sought.query = std::move(*query);
    }
    const QString problem = query ? QString() : problemText(query.error());
    edit->setProperty("wrong", !problem.isEmpty());
    if (!problem.isEmpty()) {
        m_problem->setText(problem);
    }
    m_problem->setVisible(!problem.isEmpty());
}

void LogPanel::askFilter()
{
    const bool had = m_filter.query.has_value();
    const int generation = m_filter.generation;
    ask(m_filterEdit, m_filter);
    if (generation == m_filter.generation) {
        return;
    }
    if (had || m_filter.query) {
        m_rows.setFilter(m_filter.query ? std::optional(logs::LineSet()) : std::nullopt);
        if (!m_filter.query) {
            m_view->growRows(m_rows); // at once; with a filter when its first lines are there
        }
    }
    seekMore(m_filter);
    updateWords();
}

void LogPanel::askSearch()
{
    const int generation = m_search.generation;
    ask(m_find, m_search);
    if (generation == m_search.generation) {
        return;
    }
    m_view->setHits({});
    m_view->setQuery(m_search.query);
    seekMore(m_search);
    updateWords();
}

/// The next turn of a search, if there is something it has not looked at.
void LogPanel::seekMore(Sought& sought)
{
    const std::uint64_t to = m_rows.end();
    if (!sought.query || sought.running || sought.isFull || m_rows.files().empty() || sought.at >= to || sought.asked == to) {
        return;
    }
    sought.running = true;
    const std::uint64_t turn = sought.turn;
    sought.turn = std::min(sought.turn * 2, m_rows.isMerged() ? kMostRows : kMostTurn);
    struct Turn {
        std::vector<std::uint64_t> lines;
        std::uint64_t end = 0;
        bool atEnd = false;
    };
    m_searcher.ask(
        this,
        [rows = m_rows, from = sought.at, to, turn, query = *sought.query, unfinished = !isGrowing(), stop = sought.stop.get_token()]() -> Turn {
            if (rows.isMerged()) {
                auto scan = logs::scanMerged(rows.merged(), rows.files(), from, std::min(to, from + turn), query, stop);
                return { std::move(scan.rows), scan.end, scan.end == to };
            }
            auto scan = logs::scanLines(rows.files().front(), from, to, turn, query, unfinished, stop);
            return scan ? Turn { std::move(scan->lines), scan->end, scan->atEnd } : Turn { {}, from, true };
        },
        [this, &sought, to, generation = sought.generation](const Turn& one) {
            if (generation == sought.generation) {
                sought.running = false;
                sought.asked = one.atEnd ? to : std::numeric_limits<std::uint64_t>::max();
                takeFound(sought, one.lines, one.end, one.atEnd);
            }
        });
}

void LogPanel::takeFound(Sought& sought, const std::vector<std::uint64_t>& lines, std::uint64_t end, bool atEnd)
{
    for (const std::uint64_t line : lines) {
        sought.found.add(line);
    }
    sought.at = end;
    sought.isFull = sought.found.bytes() > kMostFound;
    seekMore(sought);
    if (&sought == &m_filter) {
        m_rows.setFilter(sought.found);
        m_view->growRows(m_rows);
    } else {
        if (!lines.empty()) {
            m_view->setHits(sought.found);
        }
        const auto hit = m_wantedHit == 0 ? std::nullopt : hitAfter(m_wantedHit < 0);
        const bool ahead = hit && m_wantedHit > 0 && *hit > m_view->marked().value_or(0);
        if (ahead || (m_wantedHit != 0 && (atEnd || sought.isFull))) {
            goToHit(m_wantedHit < 0);
        }
    }
    updateWords();
}

/// The hit to go to from the marked line, or from the first in sight; around the end. Not one that the filter hides.
std::optional<std::uint64_t> LogPanel::hitAfter(bool backward) const
{
    const auto& hits = m_search.found;
    const auto marked = m_view->marked();
    std::uint64_t place = marked ? hits.placeOf(backward ? *marked : *marked + 1) : hits.placeOf(m_view->top());
    int laps = 0;
    for (std::uint64_t tried = 0; tried < hits.size(); ++tried) {
        if (backward ? place == 0 : place >= hits.size()) {
            if (++laps == 2) {
                break; // all have been seen, or leapt over
            }
            place = backward ? hits.size() : 0;
        }
        place -= backward ? 1 : 0;
        const std::uint64_t hit = hits.at(place);
        if (!m_filter.query || m_filter.found.holds(hit)) {
            return hit;
        }
        const std::uint64_t shown = m_filter.found.placeOf(hit); // on to the next line that the filter lets through
        if (backward) {
            place = shown > 0 ? hits.placeOf(m_filter.found.at(shown - 1) + 1) : 0;
        } else {
            place = shown < m_filter.found.size() ? hits.placeOf(m_filter.found.at(shown)) : hits.size();
        }
    }
    return std::nullopt;
}

void LogPanel::goToHit(bool backward)
{
    if (m_typed.isActive()) { // what has just been typed
        m_typed.stop();
        askFilter();
    }
    askSearch();
    if (!m_search.query) {
        m_find->setFocus(Qt::OtherFocusReason);
        return;
    }
    const bool whole = !m_search.running && (m_search.at >= m_rows.end() || m_search.asked == m_rows.end() || m_search.isFull);
    const auto hit = hitAfter(backward);
    // What has not been looked at may hold a nearer one: only a hit ahead is taken before the end has been reached.
    const bool ahead = hit && !backward && (!m_view->marked() || *hit > *m_view->marked());
    if (!hit || (!whole && !ahead)) {
        m_wantedHit = whole ? 0 : (backward ? -1 : 1);
        if (whole && !m_search.found.isEmpty()) {
            tell(tr("The filter hides all hits."));
        }
        updateWords();
        return;
    }
    m_wantedHit = 0;
    m_view->mark(*hit);
    updateWords();
}

const LogPanel::LogFile* LogPanel::fileOf(const ShownLine& line) const
{
    return line.file < m_shown.size() ? &m_shown[line.file] : nullptr;
}

std::optional<logs::AttemptRange> LogPanel::rangeOf(const ShownLine& line) const
{
    const LogFile* file = fileOf(line);
    return file == nullptr ? std::nullopt : m_logs.rangesOf(file->step, file->path).at(line.begin);
}

/// 0 when it cannot be known.
std::int64_t LogPanel::timeOf(const ShownLine& line) const
{
    const LogFile* file = fileOf(line);
    if (file == nullptr || m_rows.isMerged()) {
        return line.timeMicros;
    }
    return logs::LineTimes(0).of(m_logs.rangesOf(file->step, file->path), line.begin, line.bytes, 0);
}

void LogPanel::onMarked()
{
    m_told.clear();
    m_awaitedOffset = -1; // who has marked another line stays there
    if (m_view->marked() && !m_settingTime) {
        m_wanted.reset();
    }
    if (const auto line = m_view->markedLine()) {
        if (const std::int64_t time = timeOf(*line); time > 0 && !m_settingTime) { // else another panel's moment led here
            m_settingTime = true;
            m_context.selection.setTime(time);
            m_settingTime = false;
        }
    }
    updateWords();
}

void LogPanel::openMiniBatch()
{
    const auto line = m_view->markedLine();
    if (!line) {
        tell(tr("Choose a line first."));
        return;
    }
    const auto range = rangeOf(*line);
    if (!range) {
        updateWords(); // says why
        return;
    }
    const QString step = fileOf(*line)->step;
    if (step != m_context.selection.step()) {
        m_context.selection.setStep(step);
    }
    m_context.selection.setMiniBatch(range->miniBatch.value);
    m_context.selection.showPage(QStringLiteral("batches"));
}

/// The moment that another panel marks.
void LogPanel::goToTime(qint64 micros)
{
    if (m_settingTime || micros == 0 || !m_rows.isMerged() || m_merged.size() == 0) {
        return;
    }
    m_settingTime = true;
    m_view->mark(std::min(m_merged.rowAt(micros), m_merged.size() - 1));
    m_settingTime = false;
}

void LogPanel::goToLine()
{
    bool ok = false;
    const QString text = QInputDialog::getText(
        this, tr("Go to"), m_rows.isMerged() ? tr("Line number, or a time of day as 14:32:07:") : tr("Line number:"), QLineEdit::Normal, {}, &ok);
    if (!ok || text.isEmpty()) {
        return;
    }
    const QTime time = QTime::fromString(text, text.count(QLatin1Char(':')) == 2 ? QStringLiteral("H:mm:ss") : QStringLiteral("H:mm"));
    if (m_rows.isMerged() && time.isValid() && m_merged.size() > 0) {
        const auto day = QDateTime::fromMSecsSinceEpoch(m_merged.lastMicros() / 1000).date();
        goToTime(QDateTime(day, time).toMSecsSinceEpoch() * 1000);
        return;
    }
    QString digits = text;
    const std::uint64_t number = digits.remove(QLatin1Char(',')).trimmed().toULongLong(&ok);
    if (!ok || number == 0) {
        tell(tr("%1 is no line number.").arg(text));
        return;
    }
    LogRows all = m_rows;
    all.setFilter(std::nullopt);
    if (!all.isCounted()) {
        tell(tr("Lines are still being counted; try again in a moment."));
        return;
    }
    if (number > all.count()) {
        tell(all.count() == 1 ? tr("There is only 1 line.") : tr("There are only %1 lines.").arg(countText(all.count())));
    }
    m_view->mark(all.positionOf(std::min(number, all.count()) - 1));
    m_view->setFocus(Qt::OtherFocusReason);
}

/// A file that is not listed yet is shown when it is.
void LogPanel::showPlace(const QString& file, qint64 offset)
{
    const LogFile wanted { m_context.selection.step(), file };
    m_told.clear();
    if (!m_context.run.isOpen()) {
        return;
    }
    if (std::find(m_files.begin(), m_files.end(), wanted) == m_files.end()) {
        m_wanted = wanted;
        m_wantedOffset = offset;
        listFiles();
        return;
    }
    m_wanted.reset();
    m_isChosen = true;
    if (m_picker->findData(file) < 0) {
        m_nodes->setCurrentIndex(0);
    }
    m_picker->setCurrentIndex(m_picker->findData(file));
    m_filterEdit->clear(); // a line that was asked for is never hidden
    askFilter();
    if (offset >= 0) {
        m_awaitedOffset = offset;
        showAwaited();
    } else {
        m_view->setFollowing(true);
    }
    m_view->setFocus(Qt::OtherFocusReason);
}

void LogPanel::showAwaited()
{
    if (m_awaitedOffset < 0 || m_rows.isMerged() || m_index.size() <= static_cast<std::uint64_t>(m_awaitedOffset)) {
        return;
    }
    const auto offset = static_cast<std::uint64_t>(std::exchange(m_awaitedOffset, -1));
    m_view->mark(m_rows.positionOf(m_rows.rowOf(offset)));
}

void LogPanel::showMenu(const QPoint& place)
{
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("logs.menu"));
    const auto line = m_view->markedLine();
    const auto range = line ? rangeOf(*line) : std::nullopt;
    auto* batch = menu.addAction(range ? tr("Show mini-batch %1").arg(countText(range->miniBatch.value)) : tr("Show its mini-batch"), this, [this] { openMiniBatch(); });
    batch->setEnabled(range.has_value());
    if (line && m_rows.isMerged() && fileOf(*line) != nullptr) {
        const LogFile file = *fileOf(*line);
        menu.addAction(tr("Show in its own file"), this, [this, file, begin = line->begin] {
            if (file.step != m_context.selection.step()) {
                m_context.selection.setStep(file.step);
            }
            showPlace(file.path, static_cast<qint64>(begin));
        });
    }
    menu.addSeparator();
    menu.addAction(tr("Copy"), QKeySequence(QKeySequence::Copy), m_view, [this] { m_view->copyMarked(); })->setEnabled(line.has_value());
    menu.addAction(tr("Bookmark"), QKeySequence(Qt::CTRL | Qt::Key_F2), m_view, [this] { m_view->toggleBookmark(); })->setEnabled(line.has_value());
    menu.addAction(tr("Next bookmark"), QKeySequence(Qt::Key_F2), m_view, [this] { m_view->goToBookmark(false); });
    menu.addAction(tr("Go to line…"), QKeySequence(Qt::CTRL | Qt::Key_G), this, [this] { goToLine(); });
    menu.exec(place);
}

void LogPanel::tell(const QString& text)
{
    m_told = text;
    updateWords();
}

void LogPanel::updateWords()
{
    const std::uint64_t all = m_rows.allLines();
    const bool counted = m_rows.isMerged() || m_index.size() >= m_rows.end();
    QString count;
    if (!m_rows.files().empty()) {
        const QString whole = counted ? countText(all) : tr("about %1").arg(countText(all));
        count = m_filter.query ? tr("%1 of %2 lines").arg(countText(m_filter.found.size()), whole) : counted && all == 1 ? tr("1 line") : tr("%1 lines").arg(whole);
        if (m_filter.query && m_filter.isFull) {
            count += tr(" (more match: beyond %1 % nothing was looked at)").arg(100 * m_filter.at / std::max<std::uint64_t>(1, m_rows.end()));
        } else if (m_filter.running) {
            count += tr(", looking: %1 %").arg(100 * m_filter.at / std::max<std::uint64_t>(1, m_rows.end()));
        } else if (!counted) {
            count += tr(", counting: %1 %").arg(100 * m_index.size() / std::max<std::uint64_t>(1, m_rows.end()));
        }
        if (m_rows.isMerged() && m_merged.bytes() > kMostMerged) {
            count += tr("; what comes after %1 is only in the files: the list of lines is full").arg(clockText(m_merged.lastMicros()));
        }
    }
    m_count->setText(count);
    m_count->setToolTip(m_rows.isMerged() ? orderRule() : QString());

    QString found;
    if (m_search.query) {
        const auto& hits = m_search.found;
        const auto marked = m_view->marked();
        const bool onHit = marked && hits.holds(*marked);
        found = onHit ? tr("%1 of %2").arg(countText(hits.placeOf(*marked) + 1), countText(hits.size())) : hits.isEmpty() && !m_search.running ? tr("Not found") : tr("%1 hits").arg(countText(hits.size()));
        if (m_search.isFull) {
            found += tr(" and more");
        } else if (m_search.running) {
            found += QStringLiteral(" … ") + tr("%1 %").arg(100 * m_search.at / std::max<std::uint64_t>(1, m_rows.end()));
        }
    }
    m_found->setText(found);
    m_previous->setEnabled(m_search.query.has_value());
    m_next->setEnabled(m_search.query.has_value());

    QString about = m_told;
    bool toBatch = false;
    if (const auto line = m_view->markedLine()) {
        QStringList parts;
        if (const LogFile* file = fileOf(*line); file != nullptr && m_rows.isMerged()) {
            parts << (nodeOf(file->path).isEmpty() ? titleOf(file->path) : tr("node %1 · %2").arg(nodeOf(file->path), titleOf(file->path)));
        }
        if (const auto number = m_rows.lineNumber(line->position)) {
            parts << tr("line %1").arg(countText(*number + 1));
        }
        const std::int64_t time = timeOf(*line);
        parts << (time > 0 ? QDateTime::fromMSecsSinceEpoch(time / 1000).toString(QStringLiteral("HH:mm:ss.zzz")) : tr("time not known: it has none, and no attempt wrote it"));
        if (const auto range = rangeOf(*line)) {
            parts << (range->tryNumber > 1 ? tr("mini-batch %1, try %2").arg(countText(range->miniBatch.value)).arg(range->tryNumber)
                                           : tr("mini-batch %1").arg(countText(range->miniBatch.value)));
            m_toBatch->setText(tr("Show mini-batch %1").arg(countText(range->miniBatch.value)));
            toBatch = true;
        } else if (!m_logs.isUpToDate()) {
            parts << tr("its mini-batch is being looked up");
        } else if (isGrowing()) {
            parts << tr("of no ended attempt: init(), or one that still runs");
        } else {
            parts << tr("of no mini-batch: init(), shutdown() or Sheaf itself");
        }
        about = about.isEmpty() ? parts.join(QStringLiteral(" · ")) : about;
    }
    m_toBatch->setVisible(toBatch);
    m_about->setFullText(about);
}

} // namespace sheaf::ui
