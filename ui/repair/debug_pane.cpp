// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/repair/debug_pane.h"

#include "core/base/paths.h"
#include "core/workspace/interpreter.h"
#include "ui/repair/terminal_program.h"
#include "ui/state/app_context.h"
#include "ui/state/code_place.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"
#include "ui/text/format.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_hint.h"
#include "ui/widgets/state_badge.h"
#include "ui/widgets/text_view.h"
#include "ui/widgets/traceback_view.h"

#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QDesktopServices>
#include <QDir>
#include <QEvent>
#include <QFile>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedLayout>
#include <QTextCursor>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <csignal>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sheaf::ui {

namespace {

constexpr int kTailMilliseconds = 60;
constexpr int kImpatientMilliseconds = 2000;
constexpr qint64 kMostBehind = 512 * 1024; // of output that is shown at once; what is before is in the file
constexpr int kMostLines = 20000; // of output in the window
constexpr qint64 kRowBytes = 256 * 1024;
constexpr int kEndMilliseconds = 2000;
constexpr int kPort = 5678; // what editors ask for unless told otherwise
constexpr int kNamedFiles = 3;
constexpr int kWide = 900;
constexpr int kLeastHeight = 140;
constexpr int kLeastTraceback = 6; // lines
constexpr qsizetype kMostUnfinished = 4096; // bytes of a line without an end that are shown

QString named(const std::vector<std::string>& files)
{
    QStringList names;
    for (const auto& file : files) {
        if (names.size() == kNamedFiles) {
            return DebugPane::tr("%1 and %2 more").arg(names.join(QStringLiteral(", ")), countText(files.size() - kNamedFiles));
        }
        names << toQt(file);
    }
    return names.join(QStringLiteral(", "));
}

/// What an outcome that the run's words do not have is called.
QString wordOf(const workspace::DebugResult& result)
{
    if (const auto outcome = json::enumFromName<event::AttemptOutcome>(result.outcome)) {
        return ui::wordOf(*outcome);
    }
    return result.outcome == "ImportFailed" ? DebugPane::tr("Import failed")
        : result.outcome == "InitFailed"    ? DebugPane::tr("init() raised")
        : result.outcome == "Exit"          ? DebugPane::tr("Script ended itself")
        : result.outcome == "Left"          ? DebugPane::tr("Left")
                                            : DebugPane::tr("Not begun");
}

Tone toneOf(const QString& outcome)
{
    return outcome == QLatin1String("Done") ? Tone::Done
        : outcome == QLatin1String("Left") || outcome == QLatin1String("Lost") ? Tone::Canceled
        : outcome.contains(QLatin1String("Timeout"))                           ? Tone::TimedOut
                                                                                 : Tone::Failed;
}

ElidedLabel* value(QGridLayout* grid, int row, const QString& caption, const char* name, QWidget* parent)
{
    auto* words = new QLabel(caption, parent);
    words->setProperty("muted", true);
    auto* label = new ElidedLabel(parent, Qt::ElideMiddle);
    label->setObjectName(QLatin1String(name));
    grid->addWidget(words, row, 0);
    grid->addWidget(label, row, 1);
    return label;
}

/// When packages last came to an interpreter or went: the newest of the folders where it may have them.
qint64 packagesStamp(const std::string& python)
{
    const QString prefix = QFileInfo(QFileInfo(toQt(python)).path()).path(); // of PREFIX/bin/python; links are a venv's own
    qint64 newest = 0;
    for (const QString& root : { prefix, QStringLiteral("/usr/local"), QDir::homePath() + QStringLiteral("/.local") }) {
        const QDir lib(root + QStringLiteral("/lib"));
        for (const QString& version : lib.entryList({ QStringLiteral("python3*") }, QDir::Dirs)) {
            for (const QString& folder : { QStringLiteral("site-packages"), QStringLiteral("dist-packages") }) {
                const QFileInfo info(lib.filePath(version + QLatin1Char('/') + folder));
                newest = std::max(newest, info.exists() ? info.lastModified().toMSecsSinceEpoch() : 0);
            }
        }
    }
    return newest;
}

/// What a terminal would show of lines where each '\r' begins them anew.
QString asInTerminal(const QByteArray& bytes)
{
    QString text = QString::fromUtf8(bytes);
    if (!text.contains(QLatin1Char('\r'))) {
        return text;
    }
    QStringList lines = text.split(QLatin1Char('\n'));
    for (QString& line : lines) {
        while (line.endsWith(QLatin1Char('\r'))) {
            line.chop(1);
        }
        line = line.mid(line.lastIndexOf(QLatin1Char('\r')) + 1);
    }
    return lines.join(QLatin1Char('\n'));
}

/// A port that nobody listens on: the usual one, if it is free.
int freePort()
{
    int found = kPort;
    for (const int port : { kPort, 0 }) {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        socklen_t length = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        const bool isFree = socket >= 0 && ::bind(socket, any, length) == 0 && ::getsockname(socket, any, &length) == 0;
        if (socket >= 0) {
            ::close(socket);
        }
        if (isFree) {
            found = ntohs(address.sin_port);
            break;
        }
    }
    return found;
}

} // namespace

DebugPane::DebugPane(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_pages(new QStackedLayout(this))
    , m_hint(new EmptyHint(QStringLiteral("command"), this))
    , m_printed(new QFile(this))
{
    setObjectName(QStringLiteral("debug.pane"));
    setAccessibleName(tr("One mini-batch, here and alone"));
    m_hint->setWords(tr("No mini-batch was asked for"),
        tr("\"Run here…\" beside a mini-batch runs it on this machine, alone, with its output kept aside and a debugger if you want one."));
    build();
    m_tail.setInterval(kTailMilliseconds);
    m_impatience.setSingleShot(true);
    m_impatience.setInterval(kImpatientMilliseconds);
    // A group of its own, so that Stop reaches what the script starts; and it does not outlive a window that is killed.
    m_process.setChildProcessModifier([] {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    });
    m_process.setProcessChannelMode(QProcess::MergedChannels); // what was said before what stays so
    m_process.setStandardInputFile(QProcess::nullDevice());
    connect(&m_tail, &QTimer::timeout, this, [this] { readOutput(); });
    connect(&m_impatience, &QTimer::timeout, this, [this] { signalGroup(SIGKILL); });
    connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) { onEnded(code, status); });
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            m_tail.stop();
            m_impatience.stop();
            m_state->setState(Tone::Failed, tr("Not begun"));
            say(tr("%1 cannot be started: %2").arg(m_process.program(), m_process.errorString()), true);
            refreshButtons();
        }
    });
    connect(&context.selection, &SelectionState::debugAsked, this, [this](qint64 miniBatch) { showMiniBatch(miniBatch); });
    connect(&context.document, &DocumentState::dirtyChanged, this, [this] { refresh(); });
}

DebugPane::~DebugPane()
{
    disconnect(&m_process, nullptr, this, nullptr);
    if (m_process.state() != QProcess::NotRunning) {
        signalGroup(SIGKILL);
        m_process.waitForFinished(kEndMilliseconds);
    }
}

// ---- building -----------------------------------------------------------------------------------------------------------

void DebugPane::build()
{
    auto* page = new QWidget(this);
    m_output = makeTextView(page, QStringLiteral("debug.output"), tr("What it prints"));
    m_output->setMaximumBlockCount(kMostLines);
    m_output->setPlaceholderText(tr("What it prints is shown here, as it comes."));
    m_splitter = new QSplitter(Qt::Vertical, page);
    m_splitter->setObjectName(QStringLiteral("debug.splitter"));
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(m_output);
    m_splitter->addWidget(buildEnd());
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 1);
    m_note = new QLabel(page);
    m_note->setObjectName(QStringLiteral("debug.note"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_note->hide();
    auto* head = new QVBoxLayout;
    head->setContentsMargins(space::kPanel, space::kLarge, space::kPanel, space::kLarge);
    head->setSpacing(space::kMedium);
    head->addWidget(buildSubject());
    head->addWidget(buildButtons());
    head->addWidget(m_note);
    head->addWidget(m_commandRow);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_splitter, 1);
    auto* area = new QScrollArea(this); // in a low window the page is scrolled: it must not make the window grow
    area->setObjectName(QStringLiteral("debug.area"));
    area->setAccessibleName(accessibleName());
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setMinimumHeight(kLeastHeight);
    area->setWidget(page);
    m_pages->addWidget(m_hint);
    m_pages->addWidget(area);
}

QWidget* DebugPane::buildSubject()
{
    auto* box = new QWidget(this);
    m_title = new QLabel(box);
    m_title->setTextFormat(Qt::PlainText); // it has names of the user's
    m_title->setObjectName(QStringLiteral("debug.title"));
    m_title->setFont(textFont(2, true));
    m_state = new StateBadge(box);
    m_state->setObjectName(QStringLiteral("debug.state"));
    m_state->hide();
    auto* title = new QHBoxLayout;
    title->setSpacing(space::kMedium);
    title->addWidget(m_title);
    title->addWidget(m_state);
    title->addStretch(1);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::kPanel);
    grid->setVerticalSpacing(space::kSmall);
    grid->setColumnStretch(1, 1);
    m_inputs = value(grid, 0, tr("Inputs"), "debug.inputs", box);
    m_python = value(grid, 1, tr("Interpreter"), "debug.python", box);
    auto* words = new QLabel(tr("Code"), box);
    words->setProperty("muted", true);
    m_snapshot = new QRadioButton(tr("as the run took it"), box);
    m_snapshot->setObjectName(QStringLiteral("debug.code.snapshot"));
    m_snapshot->setAccessibleName(tr("Code as the run took it"));
    m_present = new QRadioButton(tr("as it is now"), box);
    m_present->setObjectName(QStringLiteral("debug.code.present"));
    m_present->setAccessibleName(tr("Code as it is now"));
    m_codeNote = new QLabel(box);
    m_codeNote->setObjectName(QStringLiteral("debug.code.note"));
    m_codeNote->setTextFormat(Qt::PlainText);
    m_codeNote->setWordWrap(true);
    m_codeNote->setProperty("muted", true);
    auto* code = new QHBoxLayout;
    code->setSpacing(space::kPanel);
    code->addWidget(m_snapshot);
    code->addWidget(m_present);
    code->addWidget(m_codeNote, 1);
    grid->addWidget(words, 2, 0);
    grid->addLayout(code, 2, 1);
    for (QRadioButton* button : { m_snapshot, m_present }) {
        connect(button, &QRadioButton::clicked, this, [this] {
            m_codeChosen = true;
            refresh();
        });
    }
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kMedium);
    column->addLayout(title);
    column->addLayout(grid);
    return box;
}

QWidget* DebugPane::buildButtons()
{
    auto* box = new QWidget(this);
    const auto button = [box](const QString& text, const char* name, const QString& tip) {
        auto* one = new QPushButton(text, box);
        one->setObjectName(QLatin1String(name));
        one->setToolTip(tip);
        return one;
    };
    m_run = button(tr("Run"), "debug.run", tr("Runs it; what it prints is shown below"));
    m_run->setProperty("primary", true);
    m_run->setAutoDefault(true);
    m_stop = button(tr("Stop"), "debug.stop", tr("Ends it, and what it started"));
    m_terminal = button(tr("pdb in a terminal"), "debug.terminal", tr("Opens a terminal where pdb stops at what is raised"));
    m_debugpy = button(tr("Wait for a debugger"), "debug.debugpy", tr("Starts it and waits until your editor's debugger attaches (debugpy)"));
    m_folder = button(tr("Its folder"), "debug.folder", tr("Opens the folder with all that it wrote"));
    m_folder->setProperty("quiet", true);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kMedium);
    for (QPushButton* one : { m_run, m_stop, m_terminal, m_debugpy, m_folder }) {
        row->addWidget(one);
    }
    row->addStretch(1);

    m_commandRow = new QWidget(box);
    m_command = new QLineEdit(m_commandRow);
    m_command->setObjectName(QStringLiteral("debug.command"));
    m_command->setAccessibleName(tr("The command for a terminal"));
    m_command->setReadOnly(true);
    m_command->setFont(monoFont());
    auto* copy = new QPushButton(tr("Copy"), m_commandRow);
    copy->setObjectName(QStringLiteral("debug.command.copy"));
    copy->setAccessibleName(tr("Copy the command"));
    auto* line = new QHBoxLayout(m_commandRow);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_command, 1);
    line->addWidget(copy);
    m_commandRow->hide();
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kMedium);
    column->addLayout(row);
    connect(m_run, &QPushButton::clicked, this, [this] { run(false); });
    connect(m_stop, &QPushButton::clicked, this, [this] { stop(); });
    connect(m_terminal, &QPushButton::clicked, this, [this] { openTerminal(); });
    connect(m_debugpy, &QPushButton::clicked, this, [this] { run(true); });
    connect(m_folder, &QPushButton::clicked, this, [this] {
        if (m_session) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(toQt(m_session->folder)));
        }
    });
    connect(copy, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(m_command->text());
        say(tr("Copied."));
    });
    return box;
}

QWidget* DebugPane::buildEnd()
{
    m_end = new QWidget(this);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::kMedium);
    grid->setVerticalSpacing(space::kSmall);
    grid->setColumnStretch(2, 1);
    const auto row = [&](int number, const QString& caption, const char* name, StateBadge*& badge, ElidedLabel*& words) {
        auto* label = new QLabel(caption, m_end);
        label->setProperty("muted", true);
        badge = new StateBadge(m_end);
        words = new ElidedLabel(m_end);
        words->setObjectName(QLatin1String(name));
        grid->addWidget(label, number, 0);
        grid->addWidget(badge, number, 1, Qt::AlignLeft);
        grid->addWidget(words, number, 2);
    };
    row(0, tr("In the run"), "debug.was", m_was, m_wasWords);
    row(1, tr("Here"), "debug.now", m_now, m_nowWords);
    m_traceback = new TracebackView(m_end);
    m_traceback->setObjectName(QStringLiteral("debug.traceback"));
    m_traceback->setMinimumHeight(kLeastTraceback * QFontMetrics(m_traceback->font()).lineSpacing()); // else it wants all its lines
    m_traceback->setProperty("boxed", true);
    m_rowsTitle = new QLabel(m_end);
    m_rowsTitle->setObjectName(QStringLiteral("debug.rows.title"));
    m_rowsTitle->setFont(textFont(0, true));
    m_rows = makeTextView(m_end, QStringLiteral("debug.rows"), tr("Rows that run() returned"));
    m_rows->setProperty("boxed", true);
    auto* column = new QVBoxLayout(m_end);
    column->setContentsMargins(space::kPanel, space::kLarge, space::kPanel, space::kMedium);
    column->setSpacing(space::kMedium);
    column->addLayout(grid);
    column->addWidget(m_traceback);
    column->addWidget(m_rowsTitle);
    column->addWidget(m_rows, 1);
    column->addStretch(0);
    m_end->hide();
    connect(m_traceback, &TracebackView::placeActivated, this,
        [this](const QString& file, int line) { showUserLine(m_context, this, m_step, file, line); });
    return m_end;
}

// ---- what will run --------------------------------------------------------------------------------------------------------

workspace::DebugRequest DebugPane::request() const
{
    return { toStd(m_runName), toStd(m_step), MiniBatchIndex(static_cast<std::uint32_t>(m_number)), m_present->isChecked() };
}

void DebugPane::showMiniBatch(qint64 miniBatch)
{
    if (!m_context.run.isOpen() || miniBatch < 0 || !m_context.run.whyOnlyLooked().isEmpty()) {
        return;
    }
    if (isRunning()) {
        say(tr("Mini-batch %1 of %2 is still running here: stop it first.").arg(countText(static_cast<std::uint64_t>(m_number)), m_step), true);
        return;
    }
    const bool isOther = m_runName != m_context.run.run() || m_step != m_context.selection.step() || m_number != miniBatch;
    m_runName = m_context.run.run();
    m_workspace = m_context.run.workspaceFolder();
    m_step = m_context.selection.step();
    m_number = miniBatch;
    if (isOther) {
        ++m_question;
        m_codeChosen = false;
        m_subject.reset();
        m_session.reset();
        m_output->clear();
        m_showsUnfinished = false;
        m_end->hide();
        m_state->hide();
        m_commandRow->hide();
        say({});
    }
    m_pages->setCurrentIndex(1);
    refresh();
    look();
    m_run->setFocus();
}

/// Files of the code may have been saved since: it is looked at again whenever somebody comes back to the window.
void DebugPane::look()
{
    if (m_number < 0 || m_looking) {
        return;
    }
    m_looking = true;
    struct Answer {
        Result<workspace::DebugSubject> subject;
        Known known;
    };
    m_context.worker.ask(
        this,
        [folder = toPath(m_workspace), request = request(), known = m_known]() mutable {
            auto subject = workspace::debugSubject(workspace::Workspace(folder), request);
            if (subject) {
                const qint64 stamp = packagesStamp(subject->python);
                if (known.python != subject->python || known.stamp != stamp) {
                    known = { subject->python, stamp, workspace::missingPackages(subject->python, { "debugpy" }).empty() };
                }
            }
            return Answer { std::move(subject), std::move(known) };
        },
        [this, run = m_runName, step = m_step, number = m_number](Answer answer) {
            m_looking = false;
            m_known = std::move(answer.known);
            if (run != m_runName || step != m_step || number != m_number) {
                look();
                return;
            }
            if (!answer.subject) {
                const ErrorText error = errorText(answer.subject.error());
                say(error.sentence + QLatin1Char(' ') + error.fix, true);
                m_subject.reset();
                refreshButtons();
                return;
            }
            take(std::move(*answer.subject));
        });
}

void DebugPane::take(workspace::DebugSubject subject)
{
    m_subject = std::move(subject);
    if (!m_codeChosen) { // who has mended something wants to see it
        const bool isMended = m_subject->isCodeThere && !m_subject->changed.empty();
        (isMended ? m_present : m_snapshot)->setChecked(true);
    }
    refresh();
}

void DebugPane::refresh()
{
    if (m_number < 0) {
        return;
    }
    m_title->setText(tr("Mini-batch %1 of %2, here and alone").arg(countText(static_cast<std::uint64_t>(m_number)), m_step));
    if (!m_subject) {
        m_inputs->setFullText(tr("reading…"));
        m_python->setFullText({});
        m_codeNote->setText({});
        refreshButtons();
        return;
    }
    const bool areFiles = m_subject->kind == plan::MiniBatchKind::Files;
    const auto count = m_subject->inputs.size();
    m_inputs->setFullText(count == 0 ? tr("none")
            : areFiles               ? tr("%1: %2").arg(count == 1 ? tr("1 file") : tr("%1 files").arg(countText(count)), named(m_subject->inputs))
                                     : tr("rows of %1").arg(named(m_subject->inputs)));
    m_python->setFullText(toQt(m_subject->python));
    m_snapshot->setEnabled(!isRunning());
    m_present->setEnabled(!isRunning() && m_subject->isCodeThere);
    QString note;
    if (!m_subject->isCodeThere) {
        note = tr("Your code folder cannot be read: %1").arg(toQt(m_subject->code));
    } else if (m_subject->changed.empty()) {
        note = tr("Your code has not changed since.");
    } else {
        note = tr("Changed since: %1").arg(named(m_subject->changed));
    }
    if (m_context.document.isOpen() && m_context.document.isDirty() && m_present->isChecked()) {
        note += QLatin1Char(' ') + tr("What is not saved yet does not count.");
    }
    m_codeNote->setText(note);
    refreshButtons();
}

void DebugPane::refreshButtons()
{
    const bool runs = isRunning();
    const bool hadFocus = m_stop->hasFocus();
    m_run->setEnabled(m_subject && !runs);
    m_run->setText(m_session ? tr("Run again") : tr("Run"));
    m_terminal->setEnabled(m_subject.has_value());
    m_debugpy->setEnabled(m_subject && !runs && m_known.hasDebugpy);
    m_debugpy->setToolTip(m_subject && !m_known.hasDebugpy
            ? tr("%1 has no debugpy. Install it there: pip install debugpy").arg(toQt(m_subject->python))
            : tr("Starts it and waits until your editor's debugger attaches (debugpy)"));
    m_stop->setEnabled(runs && !m_stopped);
    m_folder->setVisible(m_session.has_value());
    m_snapshot->setEnabled(m_subject && !runs);
    m_present->setEnabled(m_subject && !runs && m_subject->isCodeThere);
    if (hadFocus && !m_stop->isEnabled()) {
        m_run->setFocus(); // it must not go astray with its button
    }
    if (!m_commandRow->isHidden() && !m_isAttach) {
        m_command->setText(command());
    }
}

bool DebugPane::event(QEvent* event)
{
    if (event->type() == QEvent::WindowActivate && isVisible() && !isRunning()) {
        look();
    }
    return QWidget::event(event);
}

void DebugPane::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::StyleChange) {
        QTimer::singleShot(0, this, [this] { refresh(); }); // colours are the theme's
    }
}

/// Where there is more width than height, what it prints and how it ended stand beside each other.
void DebugPane::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_splitter->setOrientation(width() >= kWide ? Qt::Horizontal : Qt::Vertical);
}

void DebugPane::say(const QString& words, bool isBad)
{
    QPalette colors = palette();
    if (isBad) {
        colors.setColor(QPalette::WindowText, toneTextColor(Tone::Failed));
    }
    m_note->setPalette(colors);
    m_note->setText(words);
    m_note->setVisible(!words.isEmpty());
}

// ---- running ----------------------------------------------------------------------------------------------------------------

void DebugPane::run(bool withDebugpy)
{
    if (!m_subject || isRunning()) {
        return;
    }
    m_takesFocus = m_run->hasFocus() || m_debugpy->hasFocus();
    ++m_question;
    m_preparing = true;
    m_stopped = false; // asked for anew
    say({});
    m_output->clear();
    m_showsUnfinished = false;
    m_end->hide();
    m_commandRow->hide();
    m_state->setState(Tone::Queued, tr("Preparing"));
    m_state->show();
    refreshButtons();
    m_context.worker.ask(
        this, [folder = toPath(m_workspace), request = request()] { return workspace::prepareDebug(workspace::Workspace(folder), request); },
        [this, withDebugpy](Result<workspace::DebugSession> session) {
            m_preparing = false;
            if (!session) {
                const ErrorText error = errorText(session.error());
                say(error.sentence + QLatin1Char(' ') + error.fix, true);
                m_state->hide();
                refreshButtons();
                return;
            }
            if (m_stopped) {
                m_state->setState(Tone::Canceled, tr("Stopped"));
                refreshButtons();
                return;
            }
            begin(std::move(*session), withDebugpy);
        });
}

void DebugPane::begin(workspace::DebugSession session, bool withDebugpy)
{
    m_session = std::move(session);
    QStringList words;
    for (const auto& word : m_session->words) {
        words << toQt(word);
    }
    QStringList environment;
    for (const auto& variable : m_session->environment) {
        environment << toQt(variable);
    }
    const QString printed = toQt(m_session->folder / "printed.txt");
    if (withDebugpy) {
        const int port = freePort();
        words << QStringLiteral("--debugpy") << QString::number(port);
        const QJsonObject folders { { QStringLiteral("localRoot"), toQt(m_session->subject.code) }, { QStringLiteral("remoteRoot"), toQt(m_session->code) } };
        const QJsonObject place { { QStringLiteral("host"), QStringLiteral("127.0.0.1") }, { QStringLiteral("port"), port } };
        const QJsonObject attach { { QStringLiteral("name"), m_title->text() }, { QStringLiteral("type"), QStringLiteral("debugpy") },
            { QStringLiteral("request"), QStringLiteral("attach") }, { QStringLiteral("connect"), place },
            { QStringLiteral("pathMappings"), QJsonArray { folders } }, { QStringLiteral("justMyCode"), false } };
        m_isAttach = true;
        m_command->setText(QString::fromUtf8(QJsonDocument(attach).toJson(QJsonDocument::Compact)));
        m_command->setCursorPosition(0);
        m_commandRow->show();
        say(tr("It waits on port %1 of this machine until your editor's debugger attaches, with this as its configuration:").arg(port));
    }
    m_process.setProgram(words.takeFirst());
    m_process.setArguments(words);
    m_process.setEnvironment(environment);
    m_process.setWorkingDirectory(toQt(m_session->code));
    m_process.setStandardOutputFile(printed);
    m_printed->close();
    m_printed->setFileName(printed);
    m_unfinished.clear();
    m_state->setState(Tone::Running, withDebugpy ? tr("Waiting or running") : tr("Running"));
    m_process.start();
    m_tail.start();
    refreshButtons();
    if (m_takesFocus) {
        m_stop->setFocus(); // the button that was pressed is disabled meanwhile
    }
}

/// What has been printed since; only its end when it is much.
void DebugPane::readOutput()
{
    if (!m_printed->isOpen() && !m_printed->open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        return;
    }
    const qint64 behind = m_printed->size() - m_printed->pos();
    if (behind <= 0) {
        return;
    }
    if (behind > kMostBehind) {
        m_printed->seek(m_printed->size() - kMostBehind);
        m_printed->readLine(); // from a whole line on
        m_unfinished.clear();
        m_showsUnfinished = false;
        m_output->appendPlainText(
            tr("… %1 are not shown here; all of it is in printed.txt …").arg(bytesText(static_cast<double>(behind - kMostBehind))));
    }
    m_unfinished += m_printed->read(kMostBehind);
    QString lines;
    if (const qsizetype whole = m_unfinished.lastIndexOf('\n'); whole >= 0) {
        lines = asInTerminal(m_unfinished.left(whole)) + QLatin1Char('\n');
        m_unfinished.remove(0, whole + 1);
    }
    // A bar of progress draws itself over and over: what it has drawn over is nobody's.
    if (const qsizetype drawn = m_unfinished.lastIndexOf('\r', m_unfinished.size() - 2); m_unfinished.size() > 1 && drawn >= 0) {
        m_unfinished.remove(0, drawn + 1);
    }
    print(lines, asInTerminal(m_unfinished.right(kMostUnfinished)));
}

/// Shows more lines, each with its end, and behind them what there is of the next one, which is replaced when there is more of it.
void DebugPane::print(const QString& lines, const QString& unfinished)
{
    QString text = lines + unfinished;
    if (unfinished.isEmpty() && !lines.isEmpty()) {
        text.chop(1); // the end of the last line; the next text begins a line
    }
    const int eye = m_output->verticalScrollBar()->value();
    const bool isAtEnd = eye == m_output->verticalScrollBar()->maximum();
    if (m_showsUnfinished) {
        QTextCursor last(m_output->document());
        last.movePosition(QTextCursor::End);
        last.movePosition(QTextCursor::StartOfBlock, QTextCursor::KeepAnchor);
        last.insertText(text);
    } else if (!lines.isEmpty() || !unfinished.isEmpty()) {
        m_output->appendPlainText(text);
    }
    m_showsUnfinished = !unfinished.isEmpty();
    m_output->verticalScrollBar()->setValue(isAtEnd ? m_output->verticalScrollBar()->maximum() : eye);
}

void DebugPane::stop()
{
    if (!isRunning()) {
        return;
    }
    m_stopped = true;
    m_stop->setEnabled(false);
    if (m_preparing) {
        return; // it is not begun then
    }
    signalGroup(SIGTERM);
    m_impatience.start();
}

void DebugPane::signalGroup(int number)
{
    const qint64 pid = m_process.processId();
    if (pid > 0) {
        ::kill(static_cast<pid_t>(-pid), number);
        ::kill(static_cast<pid_t>(pid), number); // it may not have come to its own group yet
    }
}

void DebugPane::onEnded(int code, QProcess::ExitStatus status)
{
    m_impatience.stop();
    m_tail.stop();
    readOutput();
    m_unfinished.clear(); // it is in view
    m_showsUnfinished = false;
    m_printed->close();
    struct Answer {
        workspace::DebugSession session;
        std::optional<workspace::DebugResult> result;
        QString rows;
        bool areAll = true;
    };
    m_context.reader.ask(
        this,
        [session = *m_session] {
            QFile file(toQt(session.rows));
            Answer answer { session, workspace::readDebugResult(session), {}, true };
            if (file.open(QIODevice::ReadOnly)) {
                answer.rows = QString::fromUtf8(file.read(kRowBytes));
                answer.areAll = file.atEnd();
            }
            return answer;
        },
        [this, code, status, question = m_question](const Answer& answer) {
            if (question != m_question) {
                return; // another mini-batch is in view, or this one runs again
            }
            if (answer.result || m_stopped) {
                showEnd(answer.session, answer.result, answer.rows, answer.areAll);
            } else {
                showEnd(answer.session, {}, {}, true);
                const QString words = status == QProcess::CrashExit ? tr("The process was killed by signal %1 before it was over.").arg(code)
                                                                    : tr("The process ended with %1 before it was over.").arg(code);
                m_nowWords->setFullText(words);
            }
            refreshButtons();
            look();
        });
    refreshButtons();
}

void DebugPane::showEnd(
    const workspace::DebugSession& session, const std::optional<workspace::DebugResult>& result, const QString& rows, bool areAllRows)
{
    const auto& recorded = session.subject.recorded;
    if (recorded) {
        const bool isDone = recorded->outcome == event::AttemptOutcome::Done;
        m_was->setState(toneOf(toQt(json::enumName(recorded->outcome))), ui::wordOf(recorded->outcome));
        m_wasWords->setFullText(isDone ? tr("%1 items in %2").arg(countText(recorded->returned), durationText(recorded->runSeconds)) : toQt(recorded->error));
    } else {
        m_was->setState(Tone::Pending, ui::wordOf(event::MiniBatchState::Pending));
        m_wasWords->setFullText(tr("not tried yet"));
    }
    const bool isDone = result && result->outcome == "Done";
    const bool wasStopped = m_stopped && !isDone;
    const Tone tone = wasStopped ? Tone::Canceled : result ? toneOf(toQt(result->outcome)) : Tone::Failed;
    const QString word = wasStopped ? tr("Stopped") : result ? wordOf(*result) : tr("Crashed");
    m_now->setState(tone, word);
    m_state->setState(tone, word);
    QString words = !result || wasStopped ? QString()
        : isDone                          ? tr("%1 items in %2").arg(countText(result->returned), durationText(result->runSeconds))
                                          : toQt(result->error);
    if (recorded && result && workspace::isAsRecorded(*recorded, *result)) {
        words += words.isEmpty() ? tr("the same") : tr(" – the same");
    }
    m_nowWords->setFullText(words);
    const QString traceback = result && !wasStopped ? toQt(result->traceback) : QString();
    m_traceback->setUserFolders(QStringList { toQt(session.code) + QLatin1Char('/') } + userFolders(m_context, m_step));
    m_traceback->setTraceback(traceback);
    m_traceback->setVisible(!traceback.isEmpty());
    m_rowsTitle->setVisible(isDone);
    m_rows->setVisible(isDone);
    if (isDone) {
        m_rowsTitle->setText(!areAllRows ? tr("The first rows that it returned; all are in rows.txt")
                : rows.isEmpty()         ? tr("It returned no rows that are kept")
                                         : tr("Rows that it returned"));
        m_rows->setVisible(!rows.isEmpty());
        m_rows->setPlainText(rows.endsWith(QLatin1Char('\n')) ? rows.chopped(1) : rows);
    }
    m_end->show();
}

// ---- a terminal -----------------------------------------------------------------------------------------------------------

/// Words that a user can type, too.
QString DebugPane::command() const
{
    QStringList words { QStringLiteral("sheaf"), QStringLiteral("debug"), m_runName, m_step, QStringLiteral("--batch"), QString::number(m_number),
        QStringLiteral("--pdb") };
    if (m_present->isChecked()) {
        words << QStringLiteral("--current-code");
    }
    words << QStringLiteral("--workspace") << m_workspace;
    QStringList quoted;
    for (const auto& word : words) {
        quoted << shellWord(word);
    }
    return quoted.join(QLatin1Char(' '));
}

void DebugPane::openTerminal()
{
    const auto terminal = findTerminal();
    if (terminal) {
        QString words = command();
        words.replace(0, 5, shellWord(toQt(paths::program("sheaf")))); // ours, whatever is on the path
        const QString script = words + QStringLiteral("; printf '\\n%s' ") + shellWord(tr("[Enter closes this window]")) + QStringLiteral("; read -r line");
        if (QProcess::startDetached(terminal->program, terminal->words + QStringList { QStringLiteral("sh"), QStringLiteral("-c"), script }, m_workspace)) {
            say(tr("pdb is in a terminal of its own, which stays when this window is closed."));
            return;
        }
    }
    m_isAttach = false;
    m_commandRow->show();
    m_command->setText(command());
    m_command->setCursorPosition(0);
    m_command->setFocus();
    m_command->selectAll();
    say(tr("No terminal was found that could be opened. Type this in one:"));
}

} // namespace sheaf::ui
