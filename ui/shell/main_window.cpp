// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/main_window.h"

#include "core/edit/pipeline_edit.h"
#include "ui/canvas/canvas_actions.h"
#include "ui/canvas/canvas_panel.h"
#include "ui/canvas/graph_view.h"
#include "ui/history/history_panel.h"
#include "ui/palette/palette_panel.h"
#include "ui/palette/starter_files_dialog.h"
#include "ui/problems/problem_list.h"
#include "ui/repair/repair_dialog.h"
#include "ui/shell/file_keeper.h"
#include "ui/shell/preferences_dialog.h"
#include "ui/shell/run_notice.h"
#include "ui/shell/run_page.h"
#include "ui/shell/shortcuts_dialog.h"
#include "ui/shell/start_page.h"
#include "ui/shell/step_details.h"
#include "ui/source/source_panel.h"
#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"
#include "ui/text/format.h"
#include "ui/widgets/message_bar.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QStatusBar>
#include <QTabBar>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <filesystem>
#include <utility>

namespace sheaf::ui {

namespace fs = std::filesystem;

MainWindow::MainWindow(AppContext& context)
    : m_context(context)
{
    setObjectName(QStringLiteral("main.window"));
    m_notice = new RunNotice(m_context, *this);
    connect(m_notice, &RunNotice::markChanged, this, &MainWindow::refreshTitle);
    refreshTitle();
    setWindowIcon(icon(QStringLiteral("sheaf")));
    setAcceptDrops(true);
    setDockNestingEnabled(true);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea); // fields and plan need the height
    resize(1360, 860);
    buildPanels();
    buildActions();
    connectAll();
    m_theme = m_context.settings.settings().theme;
    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    if (const QByteArray layout = settings.value(QStringLiteral("window/state")).toByteArray(); restoreState(layout)) {
        m_graphLayout = layout;
    }
    m_runLayout = settings.value(QStringLiteral("window/runState")).toByteArray();
    showStart();
    refreshActions();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildPanels()
{
    m_message = new MessageBar(this);
    m_files = new FileKeeper(m_context, m_message, this);
    m_pages = new QStackedWidget(this);
    auto* start = new StartPage(m_context, this);
    m_canvas = new CanvasPanel(m_context, this);
    m_pages->addWidget(start);
    m_runPage = new RunPage(m_context, this);
    m_pages->addWidget(m_canvas);
    m_pages->addWidget(m_runPage);
    m_modes = new QTabBar(this);
    m_modes->setObjectName(QStringLiteral("main.modes"));
    m_modes->setAccessibleName(tr("Graph or run"));
    m_modes->setDocumentMode(true);
    m_modes->setDrawBase(false);
    m_modes->setExpanding(false);
    m_modes->addTab(tr("Graph"));
    m_modes->addTab(tr("Run"));
    auto* center = new QWidget(this);
    auto* layout = new QVBoxLayout(center);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_modes);
    layout->addWidget(m_message);
    layout->addWidget(m_pages, 1);
    setCentralWidget(center);

    const auto dock = [this](const QString& id, const QString& title, QWidget* panel, Qt::DockWidgetArea area) {
        auto* made = new QDockWidget(title, this);
        made->setObjectName(id);
        made->setWidget(panel);
        addDockWidget(area, made);
        return made;
    };
    m_paletteDock = dock(QStringLiteral("dock.palette"), tr("Palette"), new PalettePanel(m_context, this), Qt::LeftDockWidgetArea);
    m_details = new StepDetails(m_context, this);
    m_detailsDock = dock(QStringLiteral("dock.details"), tr("Step"), m_details, Qt::RightDockWidgetArea);
    m_sourceDock = dock(QStringLiteral("dock.source"), tr("Text"), new SourcePanel(m_context, this), Qt::RightDockWidgetArea);
    tabifyDockWidget(m_detailsDock, m_sourceDock);
    m_detailsDock->raise();
    auto* problems = new ProblemList(m_context, this);
    m_problemsDock = dock(QStringLiteral("dock.problems"), tr("Problems"), problems, Qt::BottomDockWidgetArea);
    m_history = new HistoryPanel(m_context, this);
    m_historyDock = dock(QStringLiteral("dock.runs"), tr("Runs"), m_history, Qt::BottomDockWidgetArea);
    tabifyDockWidget(m_problemsDock, m_historyDock);
    m_problemsDock->raise();
    connect(problems, &ProblemList::failed, this, [this](const QString& sentence) { m_message->showMessage(MessageBar::Kind::Error, sentence); });
    connect(problems, &ProblemList::titleChanged, m_problemsDock, &QDockWidget::setWindowTitle);
    m_status = new QLabel(this);
    m_status->setObjectName(QStringLiteral("status.line"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setContentsMargins(8, 0, 8, 0);
    statusBar()->addWidget(m_status, 1);
    connect(start, &StartPage::openRequested, this, [this](const QString& file) {
        if (m_files->mayLeave()) {
            openPath(file);
        }
    });
    connect(start, &StartPage::newRequested, m_files, &FileKeeper::askNew);
    connect(start, &StartPage::browseRequested, m_files, &FileKeeper::askOpen);
    connect(start, &StartPage::sampleRequested, m_files, &FileKeeper::askSample);
    connect(m_files, &FileKeeper::openRequested, this, [this](const QString& file) { openPath(file); });
    connect(m_canvas, &CanvasPanel::stepMade, this, [this](const QString& step) { m_wantsFiles << step; });
    connect(m_canvas, &CanvasPanel::fileAsked, this, [this](const QString& file) {
        if (m_files->mayLeave()) {
            const QStringList parents = m_parents + QStringList { m_context.pipeline.file() };
            openFile(file);
            m_parents = parents;
            refreshActions();
        }
    });
}

QAction* MainWindow::addAction(
    const QString& id, const QString& text, const QString& iconName, const QKeySequence& shortcut)
{
    auto* action = new QAction(text, this);
    action->setObjectName(id);
    action->setShortcut(shortcut);
    if (!iconName.isEmpty()) {
        action->setIcon(icon(iconName));
    }
    return action;
}

void MainWindow::buildActions()
{
    buildFileMenu();
    buildEditMenus();
    m_run = addAction(QStringLiteral("run.start"), tr("&Run"), QStringLiteral("run"), QKeySequence(Qt::CTRL | Qt::Key_Return));
    m_run->setShortcuts({ m_run->shortcut(), QKeySequence(Qt::Key_F5) });
    m_stop = addAction(QStringLiteral("run.stop"), tr("&Stop"), QStringLiteral("stop"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_Return));
    m_stop->setShortcuts({ m_stop->shortcut(), QKeySequence(Qt::SHIFT | Qt::Key_F5) });
    m_resume = addAction(QStringLiteral("run.resume"), tr("R&esume"), QStringLiteral("resume"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R));
    m_about = addAction(QStringLiteral("help.about"), tr("&About Sheaf"), {}, {});
    m_stop->setToolTip(tr("Stop: lets running mini-batches finish; pressed again, ends them now"));
    m_resume->setToolTip(tr("Resume: does only what is missing"));

    QMenu* runMenu = menuBar()->addMenu(tr("&Run"));
    runMenu->addActions({ m_run, m_stop, m_resume });
    buildViewMenu();
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    auto* keys = addAction(QStringLiteral("help.keys"), tr("&Keyboard shortcuts"), {}, QKeySequence(Qt::CTRL | Qt::Key_F1));
    connect(keys, &QAction::triggered, this, [this] { ShortcutsDialog(*this).exec(); });
    help->addActions({ keys, m_about });
    QToolBar* bar = addToolBar(tr("Main"));
    bar->setObjectName(QStringLiteral("main.toolbar"));
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->addActions({ m_new, m_open, m_save });
    bar->addSeparator();
    for (const char* id : { "edit.undo", "edit.redo" }) {
        auto* action = findChild<QAction*>(QString::fromLatin1(id));
        bar->addAction(action);
        static_cast<QToolButton*>(bar->widgetForAction(action))->setToolButtonStyle(Qt::ToolButtonIconOnly); // their words change
    }
    bar->addSeparator();
    bar->addActions({ m_run, m_stop, m_resume });
    bar->widgetForAction(m_run)->setObjectName(QStringLiteral("toolbar.run.start")); // the one that stands out
}

void MainWindow::buildFileMenu()
{
    m_new = addAction(QStringLiteral("file.new"), tr("&New pipeline…"), QStringLiteral("pipeline"), QKeySequence::New);
    m_open = addAction(QStringLiteral("file.open"), tr("&Open…"), QStringLiteral("open"), QKeySequence::Open);
    m_save = addAction(QStringLiteral("file.save"), tr("&Save"), QStringLiteral("save"), QKeySequence::Save);
    m_saveAs = addAction(QStringLiteral("file.saveAs"), tr("Save &as…"), {}, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S));
    m_back = addAction(QStringLiteral("file.back"), tr("&Back to the pipeline around it"), {}, QKeySequence(Qt::ALT | Qt::Key_Left));
    m_start = addAction(QStringLiteral("file.start"), tr("S&tart page"), {}, QKeySequence(Qt::CTRL | Qt::Key_H));
    m_report = addAction(QStringLiteral("file.report"), tr("Save re&port of the run…"), {}, QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_S));
    m_preferences = addAction(QStringLiteral("file.preferences"), tr("&Preferences…"), QStringLiteral("settings"), QKeySequence(Qt::CTRL | Qt::Key_Comma));
    m_quit = addAction(QStringLiteral("file.quit"), tr("&Quit"), {}, QKeySequence::Quit);
    QMenu* file = menuBar()->addMenu(tr("&File"));
    file->addActions({ m_new, m_open });
    QMenu* recent = file->addMenu(tr("Open &recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] {
        recent->clear();
        for (const QString& path : m_context.settings.settings().recentFiles) {
            recent->addAction(path, this, [this, path] {
                if (m_files->mayLeave()) {
                    openPath(path);
                }
            });
        }
    });
    file->addActions({ m_save, m_saveAs, m_back, m_start });
    file->addSeparator();
    file->addAction(m_report);
    file->addSeparator();
    file->addAction(m_preferences);
    file->addSeparator();
    file->addAction(m_quit);
    connect(m_new, &QAction::triggered, m_files, &FileKeeper::askNew);
    connect(m_open, &QAction::triggered, m_files, &FileKeeper::askOpen);
    connect(m_save, &QAction::triggered, m_files, &FileKeeper::save);
    connect(m_saveAs, &QAction::triggered, m_files, &FileKeeper::askSaveAs);
    connect(m_back, &QAction::triggered, this, [this] { goBack(); });
}

void MainWindow::buildEditMenus()
{
    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    auto& stack = m_context.document.undoStack();
    auto* undo = stack.createUndoAction(this, tr("&Undo:"));
    undo->setObjectName(QStringLiteral("edit.undo"));
    undo->setIcon(icon(QStringLiteral("undo")));
    undo->setShortcut(QKeySequence::Undo);
    auto* redo = stack.createRedoAction(this, tr("&Redo:"));
    redo->setObjectName(QStringLiteral("edit.redo"));
    redo->setIcon(icon(QStringLiteral("redo")));
    redo->setShortcuts({ QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y) });
    edit->addActions({ undo, redo });
    edit->addSeparator();
    m_canvas->canvasActions()->fillEditMenu(edit);
    QMenu* arrange = menuBar()->addMenu(tr("&Arrange"));
    m_canvas->canvasActions()->fillArrangeMenu(arrange);
}

QList<QDockWidget*> MainWindow::docks() const
{
    return { m_paletteDock, m_detailsDock, m_sourceDock, m_problemsDock, m_historyDock };
}

void MainWindow::goBack()
{
    if (m_parents.isEmpty() || !m_files->mayLeave()) {
        return;
    }
    QStringList parents = m_parents;
    const QString file = parents.takeLast();
    openFile(file);
    m_parents = parents;
    refreshActions();
}

/// A new step may name a script or a table that is not there yet. One step after the other: what was written for the first, the next does
/// not want any more.
void MainWindow::offerFiles()
{
    const auto snapshot = m_context.pipeline.snapshot();
    const std::string* text = m_context.document.text(m_context.document.jobFile());
    if (m_wantsFiles.isEmpty() || !snapshot || text == nullptr || (m_starter != nullptr && m_starter->isVisible())) {
        return;
    }
    const auto names = edit::namesIn(*text, "jobs");
    const auto& steps = snapshot->spec.steps;
    for (const QString& wanted : std::exchange(m_wantsFiles, {})) {
        const auto step = std::find_if(steps.begin(), steps.end(), [&](const auto& candidate) { return toQt(candidate.name) == wanted; });
        if (std::find(names.begin(), names.end(), toStd(wanted)) == names.end()) {
            continue; // it was taken back
        }
        if (step == steps.end() || (m_starter != nullptr && m_starter->isVisible())) {
            m_wantsFiles << wanted; // the snapshot is of before; or its turn comes
            continue;
        }
        const auto files = starterFiles(*step);
        if (files.isEmpty()) {
            continue;
        }
        m_starter = new StarterFilesDialog(wanted, files, this);
        connect(m_starter, &StarterFilesDialog::written, this, [this] {
            m_context.pipeline.reload();
            m_context.catalog.refresh();
        });
        connect(m_starter, &StarterFilesDialog::failed, this, [this](const QString& sentence) { m_message->showMessage(MessageBar::Kind::Error, sentence); });
        connect(m_starter, &QDialog::finished, this, &MainWindow::offerFiles);
        m_starter->open();
    }
}

void MainWindow::buildViewMenu()
{
    GraphView* graph = m_canvas->view();
    QMenu* view = menuBar()->addMenu(tr("&View"));
    const auto add = [&](const QString& id, const QString& text, const QList<QKeySequence>& keys, auto&& does) {
        auto* action = addAction(id, text, {}, {});
        action->setShortcuts(keys);
        connect(action, &QAction::triggered, this, does);
        view->addAction(action);
        return action;
    };
    m_graphActions = {
        add(QStringLiteral("view.fit"), tr("Show &all of the graph"), { QKeySequence(Qt::CTRL | Qt::Key_1) }, [graph] { graph->fitAll(); }),
        add(QStringLiteral("view.fitSelection"), tr("Show what is &chosen"), { QKeySequence(Qt::CTRL | Qt::Key_2) }, [graph] { graph->fitSelection(); }),
        add(QStringLiteral("view.zoomIn"), tr("Zoom &in"), { QKeySequence(QKeySequence::ZoomIn), QKeySequence(Qt::CTRL | Qt::Key_Equal) }, [graph] { graph->zoomBy(1.25); }),
        add(QStringLiteral("view.zoomOut"), tr("Zoom &out"), { QKeySequence(QKeySequence::ZoomOut) }, [graph] { graph->zoomBy(1 / 1.25); }),
        add(QStringLiteral("view.actualSize"), tr("A&ctual size"), { QKeySequence(Qt::CTRL | Qt::Key_0) }, [graph] { graph->zoomTo(1); }),
    };
    view->addSeparator();
    add(QStringLiteral("view.graph"), tr("&Graph"), { QKeySequence(Qt::ALT | Qt::Key_1) }, [this] {
        if (m_context.pipeline.isOpen()) {
            showPage(m_canvas);
        }
    });
    add(QStringLiteral("view.run"), tr("&Run"), { QKeySequence(Qt::ALT | Qt::Key_2) }, [this] {
        if (m_context.run.isOpen()) {
            showPage(m_runPage);
        }
    });
    view->addActions(m_runPage->pageActions());
    view->addSeparator();
    add(QStringLiteral("view.nextPanel"), tr("&Next panel"), { QKeySequence(Qt::Key_F6) }, [this] { focusPanel(1); });
    add(QStringLiteral("view.previousPanel"), tr("&Previous panel"), { QKeySequence(Qt::SHIFT | Qt::Key_F6) }, [this] { focusPanel(-1); });
    view->addSeparator();
    for (QDockWidget* dock : docks()) {
        view->addAction(dock->toggleViewAction());
    }
}

/// From panel to panel, in reading order: the page in the middle, then the docks that can be seen.
void MainWindow::focusPanel(int step)
{
    QList<QWidget*> panels { m_pages->currentWidget() };
    for (QDockWidget* dock : docks()) {
        if (dock->isVisible() && !dock->visibleRegion().isEmpty()) { // not behind another tab
            panels << dock->widget();
        }
    }
    const QWidget* focus = focusWidget();
    const auto current = std::find_if(panels.begin(), panels.end(),
        [focus](const QWidget* panel) { return focus != nullptr && (panel == focus || panel->isAncestorOf(focus)); });
    const auto count = panels.size();
    const auto at = current == panels.end() ? (step > 0 ? count - 1 : 0) : current - panels.begin();
    // The first widget that takes the keyboard; a panel without one (no problems, say) is passed over.
    for (qsizetype tried = 1; tried < count; ++tried) {
        QWidget* next = panels[(at + tried * step + count * tried) % count];
        for (QWidget* candidate = next->nextInFocusChain(); candidate != next; candidate = candidate->nextInFocusChain()) { // in the order of Tab
            if (next->isAncestorOf(candidate) && candidate->isVisible() && candidate->isEnabled() && (candidate->focusPolicy() & Qt::TabFocus) != 0
                && qobject_cast<QTabBar*>(candidate) == nullptr) {
                candidate->setFocus(Qt::TabFocusReason);
                return;
            }
        }
    }
}

void MainWindow::connectAll()
{
    connect(m_start, &QAction::triggered, this, [this] { showStart(); });
    connect(m_report, &QAction::triggered, this, [this] { askReport(); });
    connect(&m_context.selection, &SelectionState::reportAsked, m_report, &QAction::trigger);
    connect(&m_context.run, &RunState::reportSaved, this,
        [this](const QString& file) { m_message->showMessage(MessageBar::Kind::Note, tr("The report is in %1.").arg(file)); });
    connect(&m_context.run, &RunState::replayed, this, [this] { refreshActions(); });
    connect(m_quit, &QAction::triggered, this, [this] { close(); });
    connect(m_run, &QAction::triggered, this, [this] { run(); });
    connect(m_stop, &QAction::triggered, this, [this] { stop(); });
    connect(m_resume, &QAction::triggered, this, &MainWindow::resume);
    connect(&m_context.selection, &SelectionState::resumeAsked, this, &MainWindow::resume);
    connect(m_preferences, &QAction::triggered, this, [this] { PreferencesDialog(m_context, this).exec(); });
    connect(m_about, &QAction::triggered, this, [this] {
        QMessageBox::about(this, tr("About Sheaf"),
            tr("<b>Sheaf %1</b><br>A studio and a runtime for parallel batch jobs over MPI.<br>GPL-3.0-or-later")
                .arg(QApplication::applicationVersion()));
    });
    connect(m_modes, &QTabBar::currentChanged, this, [this](int mode) {
        if (m_pages->currentIndex() != 0) {
            showPage(mode == 0 ? static_cast<QWidget*>(m_canvas) : m_runPage);
        }
    });
    connect(m_history, &HistoryPanel::openRequested, this, [this](const QString& name) { openRun(name); });
    connect(m_history, &HistoryPanel::refused, this,
        [this](const QString& sentence, const QString& fix) { m_message->showMessage(MessageBar::Kind::Warning, sentence, fix); });
    const auto showDetails = [this] {
        showPage(m_canvas);
        m_detailsDock->show();
        m_detailsDock->raise();
    };
    connect(&m_context.selection, &SelectionState::stepOpened, this, showDetails);
    connect(&m_context.selection, &SelectionState::fieldAsked, this, showDetails);
    connect(&m_context.selection, &SelectionState::pageAsked, this, [this] {
        if (m_context.run.isOpen()) {
            showPage(m_runPage);
        }
    });
    connect(&m_context.selection, &SelectionState::debugAsked, this, [this] {
        showPage(m_runPage);
        tellOnlyLooked();
    });
    connect(&m_context.selection, &SelectionState::repairAsked, this, [this](const QString& filter) {
        if (!tellOnlyLooked()) {
            (new RepairDialog(m_context, filter, this))->open();
        }
    });
    connect(&m_context.selection, &SelectionState::logAsked, this, [this] { showPage(m_runPage); });
    connect(&m_context.settings, &SettingsState::changed, this, [this] {
        const QString chosen = m_context.settings.settings().theme;
        auto* application = qobject_cast<QApplication*>(QCoreApplication::instance());
        if (application != nullptr && chosen != std::exchange(m_theme, chosen)) {
            applyTheme(*application, themeFromKey(m_context.settings.settings().theme));
        }
    });
    connect(&m_context.pipeline, &PipelineState::opened, this, [this] {
        m_isFresh = true;
        m_hadErrors = false;
        m_wantsFiles.clear();
    });
    connect(&m_context.pipeline, &PipelineState::changed, this, [this] {
        // Something to look at when a file is opened; later what is chosen, and be it nothing, is the user's.
        if (std::exchange(m_isFresh, false) && m_context.selection.step().isEmpty() && m_context.pipeline.snapshot() && !m_context.pipeline.snapshot()->spec.steps.empty()) {
            m_context.selection.setStep(toQt(m_context.pipeline.snapshot()->spec.steps.back().name));
        }
        // The first errors are shown; who looks at something else then is left alone.
        const bool hasErrors = m_context.pipeline.count(spec::Severity::Error) > 0;
        if (!std::exchange(m_hadErrors, hasErrors) && hasErrors) {
            m_problemsDock->raise();
        }
        refreshActions();
        offerFiles();
        if (std::exchange(m_runWhenRead, false) && m_context.pipeline.canRun()) {
            run();
        }
    });
    connect(&m_context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) {
        if (changes.run || !changes.steps.empty()) {
            refreshActions();
        }
    });
    connect(&m_context.run, &RunState::activityChanged, this, [this] {
        refreshActions();
        if (!m_context.run.isActive()) {
            m_context.history.refresh();
        }
    });
    connect(&m_context.run, &RunState::opened, this, [this] { openPipelineOfRun(); });
    connect(&m_context.run, &RunState::closed, this, [this] {
        m_isAskingCode = false;
        refreshActions();
    });
    connect(&m_context.run, &RunState::started, this, [this](const QString& run, const QStringList& remarks) {
        m_context.history.refresh();
        if (run != m_context.run.run()) { // another was opened meanwhile
            m_message->showMessage(MessageBar::Kind::Note, (QStringList { tr("%1 has been started: the Runs panel lists it.").arg(run) } + remarks).join(QLatin1Char('\n')));
            return;
        }
        showPage(m_runPage);
        if (remarks.isEmpty()) {
            m_message->clearMessage();
        } else {
            m_message->showMessage(MessageBar::Kind::Note, remarks.join(QLatin1Char('\n')));
        }
    });
    connect(&m_context.run, &RunState::failed, this, [this](const Error& error) {
        const ErrorText text = errorText(error);
        m_message->showMessage(MessageBar::Kind::Error, text.sentence, text.fix);
        refreshActions();
    });
    connect(&m_context.document, &DocumentState::dirtyChanged, this, [this] {
        setWindowModified(m_context.document.isDirty());
        refreshActions();
    });
    connect(&m_context.selection, &SelectionState::placeAsked, this, [this] {
        m_sourceDock->show();
        m_sourceDock->raise();
    });
    connect(&m_context.history, &HistoryState::loaded, this, [this] { attachToActive(); });
}

QString MainWindow::workspaceOf(const QString& file) const
{
    const QString chosen = m_context.settings.workspace();
    return chosen.isEmpty() ? toQt(workspace::Workspace::around(toPath(file)).folder()) : chosen;
}

void MainWindow::openPath(const QString& path)
{
    const QFileInfo info(path);
    if (info.isDir() && QFileInfo::exists(path + QStringLiteral("/run.json"))) {
        const fs::path folder = toPath(QDir::cleanPath(info.absoluteFilePath()));
        if (folder.parent_path().filename() != "runs" || folder.parent_path().parent_path().filename() != ".sheaf") {
            openCopy(toQt(folder));
            return;
        }
        // …/<workspace>/.sheaf/runs/<run>
        m_context.history.setFolder(toQt(folder.parent_path().parent_path().parent_path()));
        openRun(toQt(folder.filename()));
        return;
    }
    if (info.isDir() && QFileInfo::exists(path + QStringLiteral("/pipeline.yml"))) {
        openFile(info.absoluteFilePath() + QStringLiteral("/pipeline.yml"));
        return;
    }
    if (!info.isFile()) {
        m_context.settings.forgetRecentFile(path);
        m_message->showMessage(MessageBar::Kind::Error, tr("%1 is not there.").arg(path), tr("Check the path, or open another file."));
        return;
    }
    openFile(info.absoluteFilePath());
}

void MainWindow::openFile(const QString& file)
{
    m_message->clear();
    m_parents.clear();
    m_context.run.close();
    m_context.selection.setStep({});
    m_context.settings.addRecentFile(file);
    m_context.pipeline.open(file);
    m_context.history.setFolder(workspaceOf(file));
    showPage(m_canvas);
    m_problemsDock->raise();
    m_name = QFileInfo(file).dir().dirName() + QLatin1Char('/') + QFileInfo(file).fileName();
    refreshTitle();
    refreshActions();
}

void MainWindow::openRun(const QString& name)
{
    m_message->clearMessage();
    const QString folder = m_context.history.folder();
    m_context.run.open(folder, name);
    showPage(m_runPage);
    refreshActions();
}

/// A run that is opened by its folder brings its pipeline along, so that its settings and its script can be gone to and mended.
void MainWindow::openPipelineOfRun()
{
    const QString file = toQt(m_context.run.spec().jobFile);
    if (m_context.pipeline.isOpen() || file.isEmpty() || !m_context.run.whyOnlyLooked().isEmpty() || !QFileInfo(file).isFile()) {
        return;
    }
    m_context.settings.addRecentFile(file);
    m_context.pipeline.open(file);
    m_name = QFileInfo(file).dir().dirName() + QLatin1Char('/') + QFileInfo(file).fileName();
    refreshTitle();
    refreshActions();
}

/// A run's folder that came from elsewhere.
void MainWindow::openCopy(const QString& folder)
{
    m_message->clearMessage();
    m_context.run.openCopy(folder);
    showPage(m_runPage);
    refreshActions();
}

/// A pipeline of this workspace that is at work already is watched at once.
void MainWindow::attachToActive()
{
    if (m_context.run.isOpen() || !m_context.pipeline.isOpen()) {
        return;
    }
    for (const auto& summary : m_context.history.runs()) {
        const bool going = (summary.state == event::RunState::Running || summary.state == event::RunState::Starting) && !summary.interrupted;
        if (going && toQt(summary.jobFile) == m_context.pipeline.file()) {
            openRun(toQt(summary.run));
            return;
        }
    }
}

void MainWindow::showStart()
{
    showPage(m_pages->widget(0));
    refreshActions();
}

/// The graph and a run each have their docks as the user left them; the start page has none.
void MainWindow::showPage(QWidget* page)
{
    QWidget* before = m_pages->currentWidget();
    if (before == m_canvas && before != page) {
        m_graphLayout = saveState();
    } else if (before == m_runPage && before != page) {
        m_runLayout = saveState();
    }
    const bool isOther = before != page;
    for (int i = 0; i < m_pages->count(); ++i) { // a page that is not seen must not keep the docks of this one narrow
        const QSizePolicy::Policy policy = m_pages->widget(i) == page ? QSizePolicy::Preferred : QSizePolicy::Ignored;
        m_pages->widget(i)->setSizePolicy(policy, policy);
    }
    m_pages->setCurrentWidget(page);
    m_modes->setVisible(page != m_pages->widget(0));
    const QSignalBlocker blocker(m_modes);
    m_modes->setCurrentIndex(page == m_runPage ? 1 : 0);
    const bool known = isOther && page == m_canvas ? restoreState(m_graphLayout) : isOther && page == m_runPage ? restoreState(m_runLayout) : !isOther && page != m_pages->widget(0);
    if (!known) {
        for (QDockWidget* dock : docks()) {
            dock->setVisible(page == m_canvas);
        }
    }
    if (!known && page == m_canvas) { // sizes only hold once the docks are shown
        resizeDocks({ m_paletteDock, m_detailsDock }, { 210, width() * 2 / 5 }, Qt::Horizontal);
        resizeDocks({ m_problemsDock, m_historyDock }, { 250, 250 }, Qt::Vertical);
    }
    refreshActions();
}

/// How the run is doing, then what is open.
void MainWindow::refreshTitle()
{
    const QString name = m_name.isEmpty() && m_context.run.isOpen() ? m_context.run.run() : m_name;
    const QString what = name.isEmpty() ? QString() : tr("%1[*] — ").arg(name);
    setWindowTitle((m_notice->mark().isEmpty() ? QString() : m_notice->mark() + QStringLiteral(" · ")) + what + tr("Sheaf"));
}

/// A look at the tab says how the run is doing while the graph is worked on.
void MainWindow::refreshModes()
{
    const QSignalBlocker blocker(m_modes); // a tab that is switched off chooses its neighbour
    const auto& run = m_context.run;
    m_modes->setTabEnabled(0, m_context.pipeline.isOpen());
    m_modes->setTabEnabled(1, run.isOpen() || run.isStarting());
    const QString state = !run.isOpen() ? QString()
        : run.isBeingRead()             ? tr("Reading…")
        : run.isReplaying()             ? tr("Replay")
        : run.isInterrupted()           ? tr("Interrupted")
                                        : wordOf(run.picture().state());
    m_modes->setTabText(1, state.isEmpty() ? tr("Run") : tr("Run: %1").arg(state));
    const Tone tone = run.isBeingRead() ? Tone::Queued : run.isInterrupted() ? Tone::Canceled : toneOf(run.picture().state());
    m_modes->setTabIcon(1, run.isOpen() ? toneIcon(tone, devicePixelRatioF()) : QIcon());
    m_modes->setCurrentIndex(m_pages->currentWidget() == m_runPage ? 1 : 0);
}

void MainWindow::run()
{
    // What runs is what is on disk.
    m_context.document.settleEdits();
    if (m_context.document.isOpen() && m_context.document.isDirty() && !m_files->save()) {
        return;
    }
    if (!m_context.pipeline.canRun()) {
        m_runWhenRead = m_context.pipeline.isOpen() && !m_context.pipeline.snapshot();
        return;
    }
    workspace::StartRequest request;
    request.jobFile = toPath(m_context.pipeline.file());
    request.python = toStd(m_context.settings.python());
    m_context.run.start(workspaceOf(m_context.pipeline.file()), request);
    refreshActions();
}

/// Who has mended a script since wants it to be run: then the list and the code are shown first. Else it just goes on.
void MainWindow::resume()
{
    if (tellOnlyLooked()) {
        return;
    }
    QStringList open;
    for (const auto& step : m_context.run.picture().steps()) {
        if (step.state != event::StepState::Completed && step.planned) {
            open << toQt(step.name);
        }
    }
    if (std::exchange(m_isAskingCode, true)) {
        return; // the answer to the last press is on its way
    }
    lookAtCode(m_context.run.run(), open, open.size());
}

/// Whether nothing can be done to the run as it is open; then it says why.
bool MainWindow::tellOnlyLooked()
{
    const QString why = m_context.run.whyOnlyLooked();
    if (!why.isEmpty()) {
        m_message->showMessage(MessageBar::Kind::Note, why);
    }
    return !why.isEmpty();
}

/// One HTML file with all there is to say.
void MainWindow::askReport()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    auto* dialog = new QFileDialog(this, tr("Save report"), folder, tr("HTML pages (*.html)"));
    dialog->setObjectName(QStringLiteral("report.dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("html"));
    dialog->selectFile(m_context.run.run() + QStringLiteral(".html"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) { m_context.run.saveReport(file); });
    dialog->open();
}

void MainWindow::lookAtCode(const QString& run, QStringList steps, qsizetype openSteps)
{
    if (steps.isEmpty()) {
        m_isAskingCode = false;
        m_context.run.resume();
        return;
    }
    const QString step = steps.takeFirst();
    m_context.run.askCodeDifference(this, step, [this, run, step, steps, openSteps](const Result<workspace::CodeDifference>& difference) {
        if (m_context.run.run() != run) {
            m_isAskingCode = false; // another run is looked at by now
        } else if (!difference || difference->files.empty()) {
            lookAtCode(run, steps, openSteps);
        } else {
            m_isAskingCode = false;
            askWhichCode(step, openSteps);
        }
    });
}

/// With one open step the dialog says all. With several, going on with all of them means the code that the run has.
void MainWindow::askWhichCode(const QString& step, qsizetype openSteps)
{
    const auto repair = [this, step] {
        m_context.selection.setStep(step);
        (new RepairDialog(m_context, QStringLiteral("state:unfinished,failed,timedout,canceled"), this))->open();
    };
    if (openSteps == 1) {
        repair();
        return;
    }
    auto* box = new QMessageBox(QMessageBox::Question, tr("Go on with the run"),
        tr("Your code of step %1 differs from the run's. Going on with all steps uses the code that the run has.").arg(step), QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("resume.ask"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    auto* own = box->addButton(tr("Only %1, with my code…").arg(step), QMessageBox::ActionRole);
    auto* all = box->addButton(tr("Go on with all"), QMessageBox::AcceptRole);
    connect(own, &QAbstractButton::clicked, this, repair);
    connect(all, &QAbstractButton::clicked, this, [this] { m_context.run.resume(); });
    connect(&m_context.run, &RunState::opened, box, &QWidget::close);
    connect(&m_context.run, &RunState::closed, box, &QWidget::close);
    box->open();
}

void MainWindow::stop()
{
    m_context.run.stop(m_context.run.isStopAsked());
}

void MainWindow::refreshActions()
{
    refreshModes();
    const bool busy = m_context.run.isOpen() && (m_context.run.isActive() || m_context.run.isStarting());
    const bool isOpen = m_context.document.isOpen();
    m_save->setEnabled(isOpen && m_context.document.isDirty());
    m_saveAs->setEnabled(isOpen);
    m_back->setEnabled(!m_parents.isEmpty());
    m_run->setEnabled(m_context.pipeline.canRun() && !busy && !m_context.run.isStarting());
    m_stop->setEnabled(busy && m_context.run.isActive());
    m_stop->setText(m_context.run.isOpen() && m_context.run.isStopAsked() && busy ? tr("&Stop now") : tr("&Stop"));
    const bool over = m_context.run.isOpen() && m_context.run.isOver();
    const bool unfinished = over && m_context.run.picture().state() != event::RunState::Completed;
    for (QAction* action : m_graphActions) {
        action->setEnabled(m_pages->currentWidget() == m_canvas);
    }
    const QString why = m_context.run.whyOnlyLooked();
    m_resume->setEnabled(!busy && m_context.run.isOpen() && why.isEmpty() && (unfinished || m_context.run.isInterrupted()));
    m_resume->setToolTip(why.isEmpty() ? tr("Resume: does only what is missing") : why);
    m_report->setEnabled(m_context.run.isOpen() && m_context.run.isLoaded());
    refreshStatus();
}

void MainWindow::refreshStatus()
{
    if (m_context.run.isBeingRead()) {
        m_status->setText(tr("%1: its record is being read.").arg(m_context.run.run()));
    } else if (m_context.run.isOpen()) {
        const auto& picture = m_context.run.picture();
        const QString state = m_context.run.isInterrupted() ? tr("Interrupted") : wordOf(picture.state());
        m_status->setText(tr("%1: %2. %3").arg(m_context.run.run(), state, toQt(picture.message())));
    } else if (m_context.pipeline.isOpen()) {
        const int errors = m_context.pipeline.count(spec::Severity::Error);
        m_status->setText(errors > 0 ? tr("%1 to mend before it can run: see Problems").arg(errors == 1 ? tr("1 error") : tr("%1 errors").arg(errors)) : tr("Ready to run"));
    } else {
        m_status->setText({});
    }
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!m_files->mayLeave()) {
        event->ignore();
        return;
    }
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    (m_pages->currentWidget() == m_canvas ? m_graphLayout : m_runLayout) = m_pages->currentIndex() == 0 ? m_runLayout : saveState();
    settings.setValue(QStringLiteral("window/state"), m_graphLayout);
    settings.setValue(QStringLiteral("window/runState"), m_runLayout);
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const auto urls = event->mimeData()->urls();
    if (!urls.isEmpty() && urls.first().isLocalFile() && m_files->mayLeave()) {
        openPath(urls.first().toLocalFile());
    }
}

} // namespace sheaf::ui
