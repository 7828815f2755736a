// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/paths.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/canvas/canvas_panel.h"
#include "ui/canvas/graph_view.h"
#include "ui/logs/log_panel.h"
#include "ui/logs/log_view.h"
#include "ui/shell/main_window.h"
#include "ui/shell/shortcuts_dialog.h"
#include "ui/widgets/traceback_view.h"
#include "ui/state/app_context.h"
#include "ui/widgets/message_bar.h"
#endif

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QPointer>
#include <QPlainTextEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTextBrowser>
#include <QTimer>
#include <QTreeWidget>

using namespace sheaf;
using namespace sheaf::ui;

/// The frame and its panels over one real run with two failed mini-batches, by mouse and by keys.
class tst_shell : public QObject
{
    Q_OBJECT

    test::TempFolder m_folder;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<MainWindow> m_window;
    QString m_run;

    template <class Widget> Widget* child(const char* name) const
    {
        return m_window->findChild<Widget*>(QString::fromLatin1(name));
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const
    {
        QTest::keyClick(QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : m_window.get(), key, modifiers);
    }
    void trigger(const char* action) const { m_window->findChild<QAction*>(QString::fromLatin1(action))->trigger(); }
    /// A pipeline of its own, opened and read; no step of it is at work.
    QString openPlain(const std::string& folder)
    {
        const QString file = QString::fromStdString(
            m_folder.write(folder + "/pipeline.yml", "type: pipeline\ndescription: old\njobs:\n  a:\n    type: command\n    command: echo\n    environment: azureml:any:1\n").string());
        m_window->openPath(file);
        [&] { QTRY_VERIFY(m_context->pipeline.snapshot()); }();
        return file;
    }
    std::string textOf(const QString& file) const { return paths::readFile(std::filesystem::path(file.toStdString())).value_or(std::string()); }
    QStringList drafts() const
    {
        return QDir(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/drafts")).entryList({ QStringLiteral("*.json") });
    }
    void describe(const QString& file, const char* words) { QVERIFY(m_context->document.edit(QStringLiteral("Set"), file, { { { "description" }, words } })); }
    /// What a session leaves that ends without asking.
    void leaveDraft(const QString& file, const char* words) const
    {
        const auto before = drafts().size();
        DocumentState document;
        document.open(file);
        QVERIFY(document.edit(QStringLiteral("Set"), file, { { { "description" }, words } }));
        QTRY_VERIFY(drafts().size() > before);
    }
    /// Answers the question about unsaved changes as soon as it is asked.
    void answerLeaving(QMessageBox::StandardButton button) const
    {
        QTimer::singleShot(0, m_window.get(), [this, button] {
            auto* box = m_window->findChild<QMessageBox*>(QStringLiteral("leave.question"));
            QVERIFY(box != nullptr);
            QTest::mouseClick(box->button(button), Qt::LeftButton);
        });
    }
    /// What a file dialog is left with; "": canceled.
    void answerDialog(const QString& file) const
    {
        QFileDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QFileDialog*>()) != nullptr);
        const QPointer<QFileDialog> gone = dialog;
        if (file.isEmpty()) {
            dialog->reject();
        } else {
            dialog->selectFile(file);
            QMetaObject::invokeMethod(dialog, "accept");
        }
        QTRY_VERIFY(gone.isNull());
    }
    bool isAsked(const char* choice) const
    {
        const auto* button = child<QAbstractButton>(choice);
        return button != nullptr && button->isVisible();
    }
    int rows() const { return child<QAbstractItemView>("run.batches.table")->model()->rowCount(); }

private slots:
    void initTestCase()
    {
        QSettings().clear();
        for (int i = 0; i < 12; ++i) {
            m_folder.write("data/" + std::to_string(100 + i) + ".txt", "");
        }
        m_folder.write("src/work.py",
            "def run(paths):\n"
            "    for path in paths:\n"
            "        print('line of', path[-7:-4])\n"
            "        if path.endswith(('103.txt', '107.txt')):\n"
            "            raise ValueError('bad ' + path[-7:-4])\n"
            "    return paths\n");
        const auto file = m_folder.write("pipeline.yml",
            "type: pipeline\njobs:\n  work:\n    type: parallel\n    mini_batch_size: '1'\n    max_concurrency_per_instance: 1\n"
            "    inputs:\n      files:\n        type: uri_folder\n        path: ./data\n    input_data: ${{inputs.files}}\n"
            "    retry_settings: {max_retries: 0}\n"
            "    task:\n      type: run_function\n      code: ./src\n      entry_script: work.py\n      environment: azureml:any:1\n");
        m_context = std::make_unique<AppContext>();
        m_context->settings.overrideForSession(QFile::exists(QStringLiteral("/usr/bin/python3"))
                ? QStringLiteral("/usr/bin/python3")
                : QStandardPaths::findExecutable(QStringLiteral("python3")),
            {});
        m_window = std::make_unique<MainWindow>(*m_context);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->openPath(QString::fromStdString(file.string()));
        QTRY_VERIFY(m_context->pipeline.canRun());
        m_window->run();
        QTRY_VERIFY_WITH_TIMEOUT(m_context->run.isOpen() && m_context->run.isOver(), 60000);
        m_run = m_context->run.run();
        QTRY_VERIFY(child<QWidget>("run.page")->isVisible()); // who starts a run wants to see how it goes
        m_context->selection.setStep(QStringLiteral("work"));
        m_context->selection.showPage(QStringLiteral("batches"));
        QTRY_COMPARE(rows(), 12);
    }

    void the_counts_of_the_states_are_the_filter()
    {
        auto* failed = child<QAbstractButton>("run.batches.state.Failed");
        QTRY_VERIFY(failed->isVisible());
        QVERIFY2(failed->text().endsWith(QStringLiteral(" 2")), qPrintable(failed->text()));
        QVERIFY(!child<QAbstractButton>("run.batches.state.TimedOut")->isVisible()); // there is none
        QTest::mouseClick(failed, Qt::LeftButton);
        QTRY_COMPARE(rows(), 2);
        QCOMPARE(child<QLineEdit>("run.batches.filter")->text(), QStringLiteral("state:failed"));
        failed->setFocus();
        key(Qt::Key_Space);
        QTRY_COMPARE(rows(), 12);
        QVERIFY(child<QLineEdit>("run.batches.filter")->text().isEmpty());
    }

    void from_a_mini_batch_to_its_first_line_in_the_log()
    {
        auto* table = child<QAbstractItemView>("run.batches.table");
        table->setCurrentIndex(table->model()->index(3, 0));
        QTRY_VERIFY(child<TracebackView>("batch.traceback")->toPlainText().contains(QStringLiteral("ValueError: bad 103")));
        auto* showLog = child<QAbstractButton>("run.batches.showLog");
        QTRY_VERIFY(showLog->isEnabled());
        table->setFocus();
        key(Qt::Key_L, Qt::ControlModifier);
        auto* tabs = child<QTabWidget>("run.tabs");
        QTRY_COMPARE(tabs->tabText(tabs->currentIndex()), QStringLiteral("Logs"));
        auto* view = child<LogView>("logs.view");
        QTRY_VERIFY(view->marked().has_value());
        QCOMPARE(view->textAt(*view->marked()), QStringLiteral("line of 103"));
        QVERIFY(child<LogPanel>("logs.panel")->file().endsWith(QStringLiteral("user/stdout/0/process000.stdout.txt")));
        QCOMPARE(child<QComboBox>("logs.nodes")->itemText(1), QStringLiteral("Node 0"));
    }

    void the_graph_and_a_run_each_keep_their_docks()
    {
        auto* details = child<QDockWidget>("dock.details");
        auto* runs = child<QDockWidget>("dock.runs");
        QVERIFY(!details->isVisible()); // a run has the whole window
        runs->show();
        key(Qt::Key_1, Qt::AltModifier);
        QTRY_VERIFY(details->isVisible());
        details->hide();
        key(Qt::Key_2, Qt::AltModifier);
        QTRY_VERIFY(child<QWidget>("run.page")->isVisible());
        QVERIFY(runs->isVisible());
        QVERIFY(!details->isVisible());
        runs->hide();
        key(Qt::Key_1, Qt::AltModifier);
        QTRY_VERIFY(runs->isVisible());
        QVERIFY(!details->isVisible());
        details->show();
        details->raise();
    }

    void the_graph_is_zoomed_by_keys()
    {
        auto* view = m_window->findChild<CanvasPanel*>()->view();
        key(Qt::Key_1, Qt::AltModifier);
        QTRY_VERIFY(view->isVisible());
        QVERIFY(child<QDockWidget>("dock.details")->isVisible());
        view->setFocus();
        key(Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(view->scaleNow(), 1.0);
        key(Qt::Key_Equal, Qt::ControlModifier);
        QVERIFY(view->scaleNow() > 1.2);
        key(Qt::Key_Minus, Qt::ControlModifier);
        QCOMPARE(qRound(view->scaleNow() * 100), 100);
    }

    void f6_goes_through_the_panels_and_comes_back()
    {
        m_window->findChild<CanvasPanel*>()->view()->setFocus();
        const auto panelOf = [this]() -> QString {
            for (const QWidget* at = QApplication::focusWidget(); at != nullptr; at = at->parentWidget()) {
                if (qobject_cast<const QDockWidget*>(at) != nullptr || qobject_cast<const CanvasPanel*>(at) != nullptr) {
                    return at->objectName();
                }
            }
            return {};
        };
        QStringList visited { panelOf() };
        for (int i = 0; i < 6; ++i) {
            key(Qt::Key_F6);
            if (panelOf() == visited.first()) {
                break;
            }
            visited << panelOf();
        }
        QVERIFY2(visited.contains(QStringLiteral("dock.details")) && visited.size() >= 2, qPrintable(visited.join(QLatin1Char(' '))));
        QVERIFY2(panelOf() == visited.first(), qPrintable(visited.join(QLatin1Char(' '))));
        key(Qt::Key_F6, Qt::ShiftModifier);
        QCOMPARE(panelOf(), visited.last());
    }

    void what_takes_the_keyboard_has_a_name()
    {
        QStringList nameless;
        auto* tabs = child<QTabWidget>("run.tabs");
        key(Qt::Key_2, Qt::AltModifier);
        QTRY_VERIFY(tabs->isVisible());
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            for (QWidget* widget : m_window->findChildren<QWidget*>()) {
                const auto* button = qobject_cast<QAbstractButton*>(widget);
                const auto* area = qobject_cast<QAbstractScrollArea*>(widget->parentWidget());
                const bool isOurs = !widget->objectName().startsWith(QLatin1String("qt_")) && (area == nullptr || area->viewport() != widget);
                if (widget->isVisible() && isOurs && (widget->focusPolicy() & Qt::TabFocus) != 0 && widget->accessibleName().isEmpty()
                    && (button == nullptr || button->text().isEmpty()) && qobject_cast<QTabBar*>(widget) == nullptr) {
                    nameless << QStringLiteral("%1 %2 of %3 in tab %4").arg(QLatin1String(widget->metaObject()->className()), widget->objectName(), QLatin1String(widget->parentWidget()->metaObject()->className())).arg(tab);
                }
            }
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QLatin1Char('\n'))));
    }

    void every_key_of_the_menus_is_in_the_list_of_keys()
    {
        ShortcutsDialog dialog(*m_window);
        auto* list = dialog.findChild<QTreeWidget*>(QStringLiteral("shortcuts.list"));
        QStringList listed;
        for (int i = 0; i < list->topLevelItemCount(); ++i) {
            listed << list->topLevelItem(i)->text(0);
        }
        int keys = 0;
        for (const QAction* action : m_window->findChildren<QAction*>()) {
            if (!action->shortcut().isEmpty()) {
                ++keys;
                QVERIFY2(listed.join(QLatin1Char('\n')).contains(action->shortcut().toString(QKeySequence::NativeText)), qPrintable(action->text()));
            }
        }
        QVERIFY(keys >= 12);
    }

    void the_start_page_lists_the_last_runs_and_opens_them()
    {
        m_window->findChild<QAction*>(QStringLiteral("file.start"))->trigger();
        const QString name = QStringLiteral("start.run.") + m_run;
        QTRY_VERIFY(m_window->findChild<QAbstractButton*>(name) != nullptr);
        m_context->run.close();
        QVERIFY(!m_window->findChild<QAction*>(QStringLiteral("view.fit"))->isEnabled()); // nothing to zoom here
        QTest::mouseClick(m_window->findChild<QAbstractButton*>(name), Qt::LeftButton);
        QTRY_COMPARE(m_context->run.run(), m_run);
    }

    // ---- files ------------------------------------------------------------------------------------------

    void save_as_keeps_what_was_changed_in_other_files()
    {
        const QString file = openPlain("save_as");
        const QString script = QString::fromStdString(m_folder.write("save_as/work.py", "old = 1\n").string());
        const QString other = QString::fromStdString((m_folder.path() / "save_as" / "other.yml").string());
        describe(file, "new");
        QVERIFY(m_context->document.rewrite(QStringLiteral("Typing"), script, "new = 2\n"));
        trigger("file.saveAs");
        answerDialog(other);
        QTRY_COMPARE(m_context->document.jobFile(), other);
        QCOMPARE(textOf(script), std::string("new = 2\n"));
        QVERIFY(textOf(other).find("description: new") != std::string::npos);
        QVERIFY(textOf(file).find("description: old") != std::string::npos);
        QVERIFY(!m_context->document.isDirty());
    }

    void a_question_outlives_a_run_that_is_opened()
    {
        const QString file = QString::fromStdString((m_folder.path() / "pipeline.yml").string());
        const std::string before = textOf(file);
        leaveDraft(file, "of the killed session");
        m_window->openPath(file);
        QVERIFY(isAsked("draft.restore"));
        m_window->openPath(m_context->history.folder() + QStringLiteral("/.sheaf/runs/") + m_run);
        QTRY_COMPARE(m_context->run.run(), m_run);
        QVERIFY(isAsked("draft.restore"));
        emit m_context->run.started(m_run, {});
        QVERIFY(isAsked("draft.restore"));
        QTest::mouseClick(child<QAbstractButton>("draft.restore"), Qt::LeftButton);
        QVERIFY(m_context->document.text(file)->find("of the killed session") != std::string::npos);
        m_context->document.undoStack().undo();
        QTRY_VERIFY(drafts().isEmpty());
        QCOMPARE(textOf(file), before);
    }

    void to_discard_at_the_end_leaves_the_draft_of_the_killed_session()
    {
        QString file = openPlain("discard");
        leaveDraft(file, "killed");
        m_window->openPath(file);
        QVERIFY(isAsked("draft.restore")); // and is not answered
        describe(file, "mine");
        QTRY_COMPARE(drafts().size(), 2);
        answerLeaving(QMessageBox::Discard);
        QVERIFY(m_window->close());
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->openPath(file);
        QVERIFY(isAsked("draft.restore"));
        QCOMPARE(drafts().size(), 1);
        QTest::mouseClick(child<QAbstractButton>("draft.restore"), Qt::LeftButton);
        QVERIFY(m_context->document.text(file)->find("killed") != std::string::npos);
        m_context->document.undoStack().undo();
        QTRY_VERIFY(drafts().isEmpty());
    }

    void a_draft_stays_when_the_next_file_is_not_chosen()
    {
        const QString file = openPlain("cancel");
        describe(file, "mine");
        QTRY_COMPARE(drafts().size(), 1);
        answerLeaving(QMessageBox::Discard);
        trigger("file.open");
        answerDialog({});
        QVERIFY(m_context->document.isDirty());
        QCOMPARE(drafts().size(), 1);
        answerLeaving(QMessageBox::Discard);
        trigger("file.open");
        answerDialog(QString::fromStdString((m_folder.path() / "pipeline.yml").string()));
        QTRY_VERIFY(m_context->document.jobFile() != file);
        QVERIFY(drafts().isEmpty());
    }

    void a_new_reading_leaves_the_choice_alone()
    {
        const QString file = openPlain("choice");
        QTRY_COMPARE(m_context->selection.step(), QStringLiteral("a")); // the first reading shows something
        m_context->selection.setStep({});
        const QSignalSpy changed(&m_context->pipeline, &PipelineState::changed);
        describe(file, "new");
        QTRY_VERIFY(changed.count() > 0);
        QVERIFY(m_context->selection.step().isEmpty());
        m_context->document.undoStack().undo();
        QTRY_VERIFY(changed.count() > 1);
        QVERIFY(m_context->selection.step().isEmpty());
    }

    void to_save_under_a_question_says_that_it_comes_first()
    {
        const QString file = openPlain("conflict");
        const QString script = QString::fromStdString(m_folder.write("conflict/work.py", "old = 1\n").string());
        describe(file, "mine");
        std::string theirs = textOf(file);
        theirs.replace(theirs.find("old"), 3, "theirs");
        m_folder.write("conflict/pipeline.yml", theirs);
        QTRY_VERIFY(isAsked("conflict.mine"));
        QVERIFY(m_context->document.rewrite(QStringLiteral("Typing"), script, "mine = 2\n"));
        m_folder.write("conflict/work.py", "theirs = 2\n");
        QTRY_COMPARE(m_context->document.conflicts().size(), 2); // the second question waits behind the first
        QVERIFY(child<QLabel>("shell.message.sentence")->text().contains(QStringLiteral("pipeline.yml")));
        m_window->activateWindow(); // a dialog was in front before
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->findChild<CanvasPanel*>()->view()->setFocus();
        key(Qt::Key_S, Qt::ControlModifier);
        QVERIFY2(child<QLabel>("shell.message.sentence")->text().contains(QStringLiteral("not saved")), qPrintable(child<QLabel>("shell.message.sentence")->text()));
        QVERIFY(QApplication::focusWidget() != nullptr && QApplication::focusWidget()->objectName().startsWith(QStringLiteral("conflict.")));
        QCOMPARE(textOf(file), theirs);
        QTest::mouseClick(child<QAbstractButton>("conflict.mine"), Qt::LeftButton);
        QVERIFY(child<QLabel>("shell.message.sentence")->text().contains(QStringLiteral("work.py")));
        m_folder.write("conflict/work.py", "old = 1\n"); // the other program takes its change back: nothing to ask any more
        QTRY_VERIFY(m_context->document.conflicts().isEmpty());
        QVERIFY(!isAsked("conflict.mine"));
        key(Qt::Key_S, Qt::ControlModifier);
        QVERIFY(!m_context->document.isDirty());
        QVERIFY(textOf(file).find("mine") != std::string::npos);
        QCOMPARE(textOf(script), std::string("mine = 2\n"));
    }

    void what_goes_wrong_under_a_question_is_said()
    {
        const QString file = openPlain("wrong");
        leaveDraft(file, "killed");
        m_window->openPath(file);
        QVERIFY(isAsked("draft.restore"));
        emit m_context->document.failed(fail(ErrorCode::NoPermission, { { "path", "/x/y" } }).value());
        auto* bar = m_window->findChild<MessageBar*>();
        QStringList shown;
        for (const QLabel* label : bar->findChildren<QLabel*>()) {
            if (label->isVisible()) {
                shown << label->text();
            }
        }
        QVERIFY2(shown.join(QLatin1Char('\n')).contains(QStringLiteral("/x/y")), qPrintable(shown.join(QLatin1Char('\n'))));
        QTest::mouseClick(child<QAbstractButton>("draft.discard"), Qt::LeftButton);
        QVERIFY(drafts().isEmpty());
        QVERIFY(child<QLabel>("shell.message.sentence")->text().contains(QStringLiteral("/x/y"))); // alone now
        m_window->findChild<QAction*>(QStringLiteral("file.start"))->trigger();
    }

    void problems_that_were_shown_do_not_cover_what_is_looked_at()
    {
        const QString file = QString::fromStdString(m_folder.write("wrong/pipeline.yml", "type: pipeline\njobs:\n  a:\n    type: comand\n").string());
        m_window->openPath(file);
        QTRY_VERIFY(m_context->pipeline.count(spec::Severity::Error) > 0);
        auto* problems = child<QDockWidget>("dock.problems");
        QTRY_VERIFY(!problems->visibleRegion().isEmpty());
        auto* runs = child<QDockWidget>("dock.runs");
        runs->raise();
        QTRY_VERIFY(!runs->visibleRegion().isEmpty());
        QSignalSpy read(&m_context->pipeline, &PipelineState::changed);
        emit qGuiApp->applicationStateChanged(Qt::ApplicationActive); // everything is looked at again
        QTRY_VERIFY(read.count() > 0);
        QVERIFY(!runs->visibleRegion().isEmpty());
        QVERIFY(problems->visibleRegion().isEmpty());
    }
};

SHEAF_TEST(tst_shell)
#include "tst_shell.moc"
