// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <QStringList>

class QAction;
class QDockWidget;
class QLabel;
class QStackedWidget;
class QTabBar;

namespace sheaf::ui {

class AppContext;
class CanvasPanel;
class FileKeeper;
class HistoryPanel;
class MessageBar;
class StarterFilesDialog;
class RunNotice;
class RunPage;
class StepDetails;

/// The frame: places the panels, holds the actions, says in one line what is going on. It knows no more of a panel than
/// that it is a widget and what it asks for. Owned by main; lives in the main thread. Closing it never touches a run.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(AppContext& context);
    ~MainWindow() override;

    /// A pipeline file or the folder of a run.
    void openPath(const QString& path);
    void run();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildPanels();
    void buildActions();
    void buildFileMenu();
    void buildEditMenus();
    void buildViewMenu();
    void connectAll();
    void focusPanel(int step);
    QAction* addAction(const QString& id, const QString& text, const QString& iconName, const QKeySequence& shortcut);
    void openFile(const QString& file);
    void openRun(const QString& run);
    void openPipelineOfRun();
    void openCopy(const QString& folder);
    void goBack();
    void offerFiles();
    void showStart();
    void showPage(QWidget* page);
    void refreshModes();
    void refreshTitle();
    void resume();
    void lookAtCode(const QString& run, QStringList steps, qsizetype openSteps);
    void askWhichCode(const QString& step, qsizetype openSteps);
    bool tellOnlyLooked();
    void askReport();
    void stop();
    void attachToActive();
    void refreshActions();
    void refreshStatus();
    [[nodiscard]] QString workspaceOf(const QString& file) const;
    [[nodiscard]] QList<QDockWidget*> docks() const;

    AppContext& m_context;
    QStackedWidget* m_pages = nullptr;
    MessageBar* m_message = nullptr;
    FileKeeper* m_files = nullptr;
    QTabBar* m_modes = nullptr; // graph or run
    CanvasPanel* m_canvas = nullptr;
    RunPage* m_runPage = nullptr;
    RunNotice* m_notice = nullptr;
    QString m_name; // of the file that is open
    StepDetails* m_details = nullptr;
    HistoryPanel* m_history = nullptr;
    QDockWidget* m_paletteDock = nullptr;
    QDockWidget* m_detailsDock = nullptr;
    QDockWidget* m_sourceDock = nullptr;
    QDockWidget* m_problemsDock = nullptr;
    QDockWidget* m_historyDock = nullptr;
    QLabel* m_status = nullptr;
    QAction* m_new = nullptr;
    QAction* m_open = nullptr;
    QAction* m_save = nullptr;
    QAction* m_saveAs = nullptr;
    QAction* m_back = nullptr;
    QAction* m_report = nullptr;
    QAction* m_start = nullptr;
    QAction* m_quit = nullptr;
    QAction* m_run = nullptr;
    QAction* m_stop = nullptr;
    QAction* m_resume = nullptr;
    QAction* m_preferences = nullptr;
    QAction* m_about = nullptr;
    QList<QAction*> m_graphActions;
    QString m_theme; // the one that is drawn
    QStringList m_parents; // pipelines that led to the sub-pipeline that is open
    QStringList m_wantsFiles; // steps that were just made from templates
    QPointer<StarterFilesDialog> m_starter; // for one of them
    bool m_runWhenRead = false;
    bool m_isAskingCode = false;
    bool m_isFresh = false; // opened, and not read yet
    bool m_hadErrors = false; // the last time it was read
    QByteArray m_graphLayout; // of the docks, as the user left them beside the graph
    QByteArray m_runLayout; // and beside a run
};

} // namespace sheaf::ui
