// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/source/source_panel.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/pipeline/entry_script.h"
#include "core/edit/completion.h"
#include "ui/source/code_editor.h"
#include "ui/source/diff_view.h"
#include "ui/source/source_page.h"
#include "ui/state/app_context.h"
#include "ui/state/local_file.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_hint.h"

#include <QAction>
#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProcess>
#include <QShortcut>
#include <QSplitter>
#include <QStackedLayout>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

namespace sheaf::ui {

namespace {

constexpr int kRefreshMilliseconds = 150;

/// Where a run keeps its copy of a file: {in its folder, in the folders of code}. The first that is there counts.
std::vector<std::filesystem::path> copiesIn(
    const runtime::RunDir& dir, const std::filesystem::path& file, const std::filesystem::path& jobFile, const std::vector<std::pair<std::string, std::filesystem::path>>& codes)
{
    std::vector<std::filesystem::path> places;
    if (file == jobFile) {
        return { dir.job() };
    }
    const auto below = [&file](const std::filesystem::path& folder) {
        const auto beside = file.lexically_relative(folder);
        return beside.empty() || *beside.begin() == ".." ? std::filesystem::path() : beside;
    };
    if (const auto beside = below(jobFile.parent_path()); !beside.empty()) {
        places.push_back(dir.files() / beside);
    } else {
        places.push_back(dir.files() / "outside" / file.relative_path());
    }
    for (const auto& [step, code] : codes) {
        const auto beside = file == code ? file.filename() : below(code);
        if (!beside.empty()) {
            places.push_back(dir.code(step) / beside);
        }
    }
    return places;
}

} // namespace

SourcePanel::SourcePanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_files(new QToolButton(this))
    , m_filesMenu(new QMenu(this))
    , m_path(new ElidedLabel(this, Qt::ElideMiddle))
    , m_changes(new QToolButton(this))
    , m_sinceSave(new QAction(tr("Changes since the last &save"), this))
    , m_sinceRun(new QAction(tr("Changes since the last &run"), this))
    , m_outside(new QAction(tr("Open in my &editor"), this))
    , m_tabs(new QTabWidget(this))
    , m_splitter(new QSplitter(Qt::Vertical, this))
    , m_changesPane(new QWidget(this))
    , m_changesTitle(new QLabel(m_changesPane))
    , m_diff(new DiffView(m_changesPane))
    , m_hint(new EmptyHint(QStringLiteral("file"), this))
    , m_stack(new QStackedLayout(this))
{
    setObjectName(QStringLiteral("source.panel"));
    m_hint->setWords(tr("No pipeline file is open"), tr("The text of the file that is open is shown and changed here, beside the canvas."));
    m_tabs->setObjectName(QStringLiteral("source.tabs"));
    m_tabs->setAccessibleName(tr("Files of the pipeline"));
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setExpanding(false);
    buildBar();
    buildChanges();
    connectAll();
    begin();
}

void SourcePanel::buildBar()
{
    m_files->setObjectName(QStringLiteral("source.files"));
    m_files->setText(tr("Files"));
    m_files->setIcon(icon(QStringLiteral("file")));
    m_files->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_files->setToolTip(tr("Components, scripts and tables that the pipeline uses"));
    m_files->setPopupMode(QToolButton::InstantPopup);
    m_filesMenu->setObjectName(QStringLiteral("source.files.menu"));
    m_files->setMenu(m_filesMenu);
    m_sinceSave->setObjectName(QStringLiteral("source.changes.save"));
    m_sinceSave->setCheckable(true);
    m_sinceRun->setObjectName(QStringLiteral("source.changes.run"));
    m_sinceRun->setCheckable(true);
    m_outside->setObjectName(QStringLiteral("source.outside"));
    m_outside->setIcon(icon(QStringLiteral("external")));
    m_outside->setToolTip(tr("Open in my editor: the program that the desktop, or VISUAL, has for this file"));
    m_changes->setObjectName(QStringLiteral("source.changes"));
    m_changes->setText(tr("Changes"));
    m_changes->setIcon(icon(QStringLiteral("changes")));
    m_changes->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_changes->setToolTip(tr("What was changed in this file since it was saved, or run"));
    m_changes->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_changes);
    menu->addActions({ m_sinceSave, m_sinceRun });
    m_changes->setMenu(menu);
    m_path->setObjectName(QStringLiteral("source.path"));
    for (QToolButton* button : { m_files, m_changes }) {
        button->setAccessibleName(button->text());
        button->setFocusPolicy(Qt::TabFocus);
    }
    auto* outside = new QToolButton(this);
    outside->setDefaultAction(m_outside);
    outside->setObjectName(QStringLiteral("source.outside.button"));
    outside->setAccessibleName(tr("Open in my editor"));
    outside->setToolButtonStyle(Qt::ToolButtonIconOnly);
    outside->setFocusPolicy(Qt::TabFocus);

    auto* content = new QWidget(this);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(space::kSmall, space::kHair, space::kSmall, space::kHair);
    bar->setSpacing(space::kSmall);
    bar->addWidget(m_files);
    bar->addWidget(m_changes);
    bar->addWidget(m_path, 1);
    bar->addWidget(outside);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_splitter, 1);
    m_stack->addWidget(content);
    m_stack->addWidget(m_hint);
}

void SourcePanel::buildChanges()
{
    m_changesPane->setObjectName(QStringLiteral("source.changes.pane"));
    m_changesTitle->setObjectName(QStringLiteral("source.changes.title"));
    m_changesTitle->setFont(textFont(0, true));
    auto* shut = new QToolButton(m_changesPane);
    shut->setObjectName(QStringLiteral("source.changes.close"));
    shut->setIcon(icon(QStringLiteral("close")));
    shut->setAccessibleName(tr("Close the list of changes"));
    shut->setToolTip(tr("Close"));
    shut->setAutoRaise(true);
    connect(shut, &QToolButton::clicked, this, [this] { showChanges(Changes::None); });
    auto* head = new QHBoxLayout;
    head->setContentsMargins(space::kMedium, space::kHair, space::kSmall, space::kHair);
    head->addWidget(m_changesTitle, 1);
    head->addWidget(shut);
    auto* layout = new QVBoxLayout(m_changesPane);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_diff, 1);
    m_splitter->addWidget(m_tabs);
    m_splitter->addWidget(m_changesPane);
    m_splitter->setStretchFactor(0, 2);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    m_changesPane->hide();
}

void SourcePanel::connectAll()
{
    DocumentState& document = m_context.document;
    connect(&document, &DocumentState::opened, this, &SourcePanel::begin);
    connect(&document, &DocumentState::closed, this, &SourcePanel::begin);
    connect(&document, &DocumentState::dirtyChanged, this, &SourcePanel::refreshTabs);
    connect(&document, &DocumentState::textChanged, this, [this](const QString& file) {
        if (m_shown != Changes::None && editor() != nullptr && file == editor()->file()) {
            m_refresh.start();
        }
    });
    connect(&m_context.pipeline, &PipelineState::changed, this, [this] {
        for (int i = 0; i < m_tabs->count(); ++i) {
            giveDiagnostics(*page(i));
        }
    });
    connect(&m_context.history, &HistoryState::changed, this, [this] {
        if (m_shown == Changes::SinceRun) {
            m_refresh.start();
        }
    });
    connect(&m_context.selection, &SelectionState::placeAsked, this, &SourcePanel::openFile);
    connect(&m_context.selection, &SelectionState::stepChanged, this, &SourcePanel::showStep);
    connect(m_tabs, &QTabWidget::currentChanged, this, &SourcePanel::onTabChanged);
    auto* shut = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_W), this);
    shut->setContext(Qt::WidgetWithChildrenShortcut);
    connect(shut, &QShortcut::activated, this, [this] { closeTab(m_tabs->currentIndex()); });
    connect(m_filesMenu, &QMenu::aboutToShow, this, &SourcePanel::listFiles);
    connect(m_outside, &QAction::triggered, this, &SourcePanel::openOutside);
    connect(m_sinceSave, &QAction::triggered, this, [this](bool isWanted) { showChanges(isWanted ? Changes::SinceSave : Changes::None); });
    connect(m_sinceRun, &QAction::triggered, this, [this](bool isWanted) { showChanges(isWanted ? Changes::SinceRun : Changes::None); });
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMilliseconds);
    connect(&m_refresh, &QTimer::timeout, this, &SourcePanel::refreshChanges);
}

QList<QAction*> SourcePanel::panelActions() const
{
    return { m_sinceSave, m_sinceRun, m_outside };
}

// ---- tabs ---------------------------------------------------------------------------------------

/// Another job file, or none.
void SourcePanel::begin()
{
    clear();
    const bool isOpen = m_context.document.isOpen();
    if (isOpen) {
        add(m_context.document.jobFile());
    }
    for (QAction* action : { m_sinceSave, m_sinceRun, m_outside }) {
        action->setEnabled(isOpen);
    }
    m_stack->setCurrentIndex(isOpen ? 0 : 1);
}

void SourcePanel::clear()
{
    showChanges(Changes::None);
    const QSignalBlocker quiet(m_tabs);
    while (m_tabs->count() > 0) {
        QWidget* gone = m_tabs->widget(0);
        m_tabs->removeTab(0);
        delete gone;
    }
    m_path->setFullText({});
}

SourcePage* SourcePanel::page(int index) const
{
    return qobject_cast<SourcePage*>(m_tabs->widget(index));
}

CodeEditor* SourcePanel::editor() const
{
    const SourcePage* current = page(m_tabs->currentIndex());
    return current == nullptr ? nullptr : &current->editor();
}

int SourcePanel::indexOf(const QString& file) const
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (page(i)->editor().file() == file) {
            return i;
        }
    }
    return -1;
}

SourcePage* SourcePanel::add(const QString& file)
{
    auto* made = new SourcePage(m_context.document, file, m_tabs);
    connect(&made->editor(), &CodeEditor::cursorMoved, this, [this, made](qint64 offset) { onCursorMoved(made->editor().file(), offset); });
    giveDiagnostics(*made);
    const int index = m_tabs->addTab(made, title(file));
    if (index > 0) { // the job file stays
        auto* shut = new QToolButton(m_tabs);
        shut->setObjectName(QStringLiteral("source.tab.close"));
        shut->setIcon(icon(QStringLiteral("close")));
        shut->setIconSize({ 12, 12 });
        shut->setAutoRaise(true);
        shut->setAccessibleName(tr("Close %1").arg(QFileInfo(file).fileName()));
        shut->setToolTip(tr("Close; what was changed stays, and is saved with the rest"));
        connect(shut, &QToolButton::clicked, this, [this, made] { closeTab(m_tabs->indexOf(made)); });
        m_tabs->tabBar()->setTabButton(index, QTabBar::RightSide, shut);
    }
    refreshTabs();
    return made;
}

/// What was changed stays in the document.
void SourcePanel::closeTab(int index)
{
    if (index > 0) {
        QWidget* gone = m_tabs->widget(index);
        m_tabs->removeTab(index);
        gone->deleteLater();
        editor()->setFocus(Qt::OtherFocusReason);
    }
}

/// All tables have one name: their folder tells them apart.
QString SourcePanel::title(const QString& file) const
{
    const QFileInfo info(file);
    QString name = info.fileName() == QLatin1String("MLTable") ? info.dir().dirName() + QStringLiteral("/MLTable") : info.fileName();
    return m_context.document.isDirty(file) ? tr("%1 •", "file with unsaved changes").arg(name) : name;
}

void SourcePanel::refreshTabs()
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        const QString& file = page(i)->editor().file();
        const QString name = title(file);
        if (m_tabs->tabText(i) != name) {
            m_tabs->setTabText(i, name);
        }
        m_tabs->setTabToolTip(i, m_context.document.isDirty(file) ? tr("%1 (not saved)").arg(file) : file);
    }
    if (m_shown == Changes::SinceSave) {
        m_refresh.start();
    }
}

void SourcePanel::onTabChanged()
{
    m_path->setFullText(editor() == nullptr ? QString() : QDir::toNativeSeparators(editor()->file()));
    refreshChanges();
}

void SourcePanel::openFile(const QString& file, qint64 offset)
{
    if (!m_context.document.isOpen()) {
        return;
    }
    const QString wanted = tidyPath(file);
    const int known = indexOf(wanted);
    SourcePage* const shown = known >= 0 ? page(known) : add(wanted);
    m_tabs->setCurrentWidget(shown);
    if (offset >= 0) {
        shown->editor().showOffset(offset);
    }
    shown->editor().setFocus(Qt::OtherFocusReason);
}

void SourcePanel::giveDiagnostics(SourcePage& page)
{
    std::vector<spec::Diagnostic> own;
    if (const auto snapshot = m_context.pipeline.snapshot()) {
        const std::string file = toStd(page.editor().file());
        for (const auto& diagnostic : snapshot->diagnostics) {
            if (diagnostic.file == file) {
                own.push_back(diagnostic);
            }
        }
    }
    page.editor().setDiagnostics(std::move(own));
}

/// All that the pipeline reads as text: files of its own, tables, scripts.
void SourcePanel::listFiles()
{
    m_filesMenu->clear();
    QStringList files { m_context.document.jobFile() };
    if (const auto snapshot = m_context.pipeline.snapshot()) {
        for (const auto& file : snapshot->files) {
            files << tidyPath(toQt(file));
        }
        for (const auto& step : snapshot->spec.steps) {
            if (const auto script = pipeline::findEntryScript(step.parallel.code, step.parallel.entryScript); !script.empty()) {
                files << tidyPath(toQt(script));
            }
        }
    }
    files.removeDuplicates();
    const QDir home = QFileInfo(m_context.document.jobFile()).dir();
    for (const QString& file : files) {
        QAction* action = m_filesMenu->addAction(home.relativeFilePath(file));
        action->setToolTip(file);
        action->setCheckable(true);
        action->setChecked(editor() != nullptr && editor()->file() == file);
        connect(action, &QAction::triggered, this, [this, file] { openFile(file); });
    }
}

void SourcePanel::openOutside()
{
    if (editor() == nullptr) {
        return;
    }
    const QString& file = editor()->file();
    QStringList words = QProcess::splitCommand(qEnvironmentVariable("VISUAL"));
    if (!words.isEmpty()) {
        const QString program = words.takeFirst();
        if (QProcess::startDetached(program, words << file, QFileInfo(file).absolutePath())) {
            return;
        }
    }
    QDesktopServices::openUrl(QUrl::fromLocalFile(file));
}

// ---- the step in view ---------------------------------------------------------------------------

void SourcePanel::onCursorMoved(const QString& file, qint64 offset)
{
    const std::string* text = file == m_context.document.jobFile() ? m_context.document.text(file) : nullptr;
    if (text == nullptr) {
        return;
    }
    const auto parts = text::split(edit::pathAt(*text, static_cast<std::size_t>(offset)), '.');
    if (parts.size() > 1 && parts[0] == "jobs") {
        m_isFollowing = true;
        m_context.selection.setStep(toQt(parts[1]));
        m_isFollowing = false;
    }
}

/// The job file goes to the step, unless the user is at work in it.
void SourcePanel::showStep(const QString& step)
{
    m_pendingStep.clear();
    if (m_isFollowing || m_tabs->count() == 0 || step.isEmpty()) {
        return;
    }
    if (!isVisible()) {
        m_pendingStep = step;
        return;
    }
    CodeEditor& job = page(0)->editor();
    const std::string* text = m_context.document.text(job.file());
    if (text == nullptr || job.hasFocus()) {
        return;
    }
    const auto offset = static_cast<std::size_t>(job.cursorOffset());
    const std::string path = "jobs." + toStd(step);
    const auto range = edit::rangeOfPath(*text, path);
    if (range && (offset < range->begin || offset > range->wholeEnd)) {
        job.showOffset(static_cast<qint64>(range->begin));
    }
}

void SourcePanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (!m_pendingStep.isEmpty()) {
        showStep(QString(m_pendingStep));
    }
}

// ---- changes ------------------------------------------------------------------------------------

void SourcePanel::showChanges(Changes changes)
{
    m_shown = changes;
    m_sinceSave->setChecked(changes == Changes::SinceSave);
    m_sinceRun->setChecked(changes == Changes::SinceRun);
    m_changesPane->setVisible(changes != Changes::None);
    refreshChanges();
}

void SourcePanel::refreshChanges()
{
    m_refresh.stop();
    const int question = ++m_question;
    if (m_shown == Changes::None || editor() == nullptr) {
        return;
    }
    const QString file = editor()->file();
    if (m_shown == Changes::SinceSave) {
        const std::string* saved = m_context.document.savedText(file);
        compare(saved == nullptr ? std::nullopt : std::optional(*saved), tr("the last save"));
        return;
    }
    const auto jobFile = toPath(m_context.document.jobFile());
    const auto& runs = m_context.history.runs();
    const auto last = std::find_if(runs.begin(), runs.end(), [&](const workspace::RunSummary& run) { return run.jobFile == jobFile.string(); });
    if (last == runs.end()) {
        m_changesTitle->setText(tr("This pipeline was not run yet"));
        m_diff->setTexts({}, {});
        return;
    }
    std::vector<std::pair<std::string, std::filesystem::path>> codes;
    if (const auto snapshot = m_context.pipeline.snapshot()) {
        for (const auto& step : snapshot->spec.steps) {
            const std::string& code = step.kind == pipeline::StepKind::Parallel ? step.parallel.code : step.command.code;
            if (!code.empty()) {
                codes.emplace_back(step.name, code);
            }
        }
    }
    const auto dir = workspace::Workspace(toPath(m_context.history.folder())).runDir(last->run);
    m_context.reader.ask(
        this,
        [places = copiesIn(dir, toPath(file), jobFile, codes)] {
            for (const auto& place : places) {
                if (auto bytes = paths::readFile(place)) {
                    return std::optional(std::move(*bytes));
                }
            }
            return std::optional<std::string>();
        },
        [this, question, run = toQt(last->run)](const std::optional<std::string>& bytes) {
            if (question == m_question) {
                compare(bytes, tr("the run %1").arg(run));
            }
        });
}

/// `of`: what the text before is of, in words.
void SourcePanel::compare(const std::optional<std::string>& before, const QString& of)
{
    const std::string* now = editor() == nullptr ? nullptr : m_context.document.text(editor()->file());
    if (now == nullptr) {
        return;
    }
    const QString name = QFileInfo(editor()->file()).fileName();
    if (!before) {
        m_changesTitle->setText(tr("%1 was not part of %2").arg(name, of));
        m_diff->setTexts({}, {});
        return;
    }
    m_diff->setTexts(*before, *now);
    m_changesTitle->setText(m_diff->added() + m_diff->removed() == 0
            ? tr("%1: nothing changed since %2").arg(name, of)
            : tr("%1 since %2: +%3 −%4 lines").arg(name, of).arg(m_diff->added()).arg(m_diff->removed()));
}

} // namespace sheaf::ui
