// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include <optional>
#include <string>
#endif

#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QMenu;
class QSplitter;
class QStackedLayout;
class QTabWidget;
class QToolButton;

namespace sheaf::ui {

class AppContext;
class CodeEditor;
class DiffView;
class ElidedLabel;
class EmptyHint;
class SourcePage;

/// The files of the pipeline as text: the job file first, then components, scripts and tables in tabs; what was changed since the last save or the
/// last run below. The step in view and the place in the text go together. Owned by the frame; main thread.
class SourcePanel : public QWidget
{
    Q_OBJECT

public:
    explicit SourcePanel(AppContext& context, QWidget* parent = nullptr);

    /// Shows the file in its tab, with the cursor before this byte (-1: where it is), and gives it the keyboard.
    void openFile(const QString& file, qint64 offset = -1);
    /// Null when no file is open.
    [[nodiscard]] CodeEditor* editor() const;
    /// Opens the file in view with the program that the desktop, or VISUAL, has for it.
    void openOutside();

    enum class Changes { None, SinceSave, SinceRun };
    void showChanges(Changes changes);
    /// For the frame's menus: source.changes.save, source.changes.run, source.outside.
    [[nodiscard]] QList<QAction*> panelActions() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void buildBar();
    void buildChanges();
    void connectAll();
    void begin();
    void clear();
    [[nodiscard]] SourcePage* page(int index) const;
    [[nodiscard]] int indexOf(const QString& file) const;
    SourcePage* add(const QString& file);
    void closeTab(int index);
    [[nodiscard]] QString title(const QString& file) const;
    void refreshTabs();
    void onTabChanged();
    void giveDiagnostics(SourcePage& page);
    void listFiles();
    void onCursorMoved(const QString& file, qint64 offset);
    void showStep(const QString& step);
    void refreshChanges();
    void compare(const std::optional<std::string>& before, const QString& of);

    AppContext& m_context;
    QToolButton* m_files;
    QMenu* m_filesMenu;
    ElidedLabel* m_path;
    QToolButton* m_changes;
    QAction* m_sinceSave;
    QAction* m_sinceRun;
    QAction* m_outside;
    QTabWidget* m_tabs;
    QSplitter* m_splitter;
    QWidget* m_changesPane;
    QLabel* m_changesTitle;
    DiffView* m_diff;
    EmptyHint* m_hint;
    QStackedLayout* m_stack;
    QTimer m_refresh; // of the changes, when typing has settled
    Changes m_shown = Changes::None;
    int m_question = 0; // answers to older ones are dropped
    QString m_pendingStep; // selected while the panel was not to be seen
    bool m_isFollowing = false; // the selection came from here
};

} // namespace sheaf::ui
