// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/json.h"
#include "core/base/paths.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/canvas/canvas_panel.h"
#include "ui/canvas/graph_view.h"
#include "ui/shell/file_keeper.h"
#include "ui/shell/main_window.h"
#include "ui/state/app_context.h"

#include <cmath>
#include <filesystem>
#include <functional>
#endif

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSettings>
#include <QStandardPaths>
#include <QToolBar>
#include <QToolButton>
#include <QTreeWidget>

using namespace sheaf;
using namespace sheaf::ui;
namespace fs = std::filesystem;

/// What comes after a step that failed says nothing.
#define SHEAF_STEP(does)                                                                                               \
    does;                                                                                                              \
    if (QTest::currentTestFailed()) {                                                                                  \
        return;                                                                                                        \
    }

/// The sample score-table drawn anew from an empty canvas and run: once by the mouse (the keyboard only writes into fields), once by the keyboard alone.
class tst_authoring : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<MainWindow> m_window;
    bool m_byKeys = false;

    template <class Widget> [[nodiscard]] Widget* child(const QString& name) const { return m_window->findChild<Widget*>(name); }
    [[nodiscard]] CanvasPanel* canvas() const { return m_window->findChild<CanvasPanel*>(); }
    [[nodiscard]] GraphView* view() const { return canvas()->view(); }
    [[nodiscard]] GraphScene* scene() const { return canvas()->scene(); }
    [[nodiscard]] std::string text() const { return *m_context->document.text(m_context->document.jobFile()); }

    /// The widget that has the keyboard; the platform may take a moment to give it back after a dialog.
    [[nodiscard]] QWidget* focus() const
    {
        if (QWidget* popup = QApplication::activePopupWidget(); popup != nullptr && popup->focusWidget() != nullptr) {
            return popup->focusWidget();
        }
        QWidget* has = QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : m_window->focusWidget();
        return has != nullptr ? has : m_window.get();
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const { QTest::keyClick(focus(), key, modifiers); }
    void letters(const QString& typed) const { QTest::keyClicks(focus(), typed); }
    /// Presses a key until the keyboard is where it is wanted.
    void keyUntil(Qt::Key pressed, const std::function<bool()>& there, const char* where) const
    {
        QStringList visited;
        for (int i = 0; i < 60 && !there(); ++i) {
            key(pressed);
            visited << focus()->objectName();
        }
        const QByteArray way = visited.mid(0, 12).join(QStringLiteral(" > ")).toUtf8();
        QVERIFY2(there(), qPrintable(QStringLiteral("%1; the keyboard went %2").arg(QString::fromLatin1(where), QString::fromUtf8(way))));
    }
    [[nodiscard]] bool hasFocusIn(const QString& name) const
    {
        for (const QWidget* at = focus(); at != nullptr; at = at->parentWidget()) {
            if (at->objectName() == name) {
                return true;
            }
        }
        return false;
    }
    void goToCanvas() const
    {
        keyUntil(Qt::Key_F6, [this] { return hasFocusIn(QStringLiteral("canvas.view")); }, "canvas");
    }
    /// Like the first letters of a step; what it wants to be written is declined.
    void add(const QString& name, const QString& id)
    {
        if (m_byKeys) {
            goToCanvas();
            key(Qt::Key_Tab);
            letters(name);
            key(Qt::Key_Return);
        } else {
            auto* tree = child<QTreeWidget>(QStringLiteral("palette.tree"));
            const auto found = tree->findItems(name, Qt::MatchExactly | Qt::MatchRecursive);
            QCOMPARE(found.size(), 1);
            tree->scrollToItem(found[0]);
            QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualItemRect(found[0]).center());
            QTest::mouseDClick(tree->viewport(), Qt::LeftButton, {}, tree->visualItemRect(found[0]).center());
        }
        QTRY_VERIFY2(scene()->node(id) != nullptr, qPrintable(id));
    }
    void decline()
    {
        QTRY_VERIFY(m_window->findChild<QDialog*>(QStringLiteral("starter.dialog")) != nullptr);
        auto* dialog = m_window->findChild<QDialog*>(QStringLiteral("starter.dialog"));
        if (m_byKeys) {
            QTest::keyClick(dialog, Qt::Key_Escape);
        } else {
            for (auto* button : dialog->findChildren<QAbstractButton*>()) {
                if (button->text().contains(QStringLiteral("Not now"))) {
                    QTest::mouseClick(button, Qt::LeftButton);
                    break;
                }
            }
        }
        QTRY_VERIFY(m_window->findChild<QDialog*>(QStringLiteral("starter.dialog")) == nullptr);
        m_window->activateWindow();
    }
    /// As a person looks where the box is, and presses the arrow that leads there.
    void walkTo(const QString& id)
    {
        key(Qt::Key_Escape);
        QStringList way;
        while (scene()->selectedIds() != QStringList { id } && way.size() < 12) {
            const QString here = scene()->selectedIds().value(0);
            if (here.isEmpty()) {
                key(Qt::Key_Right); // the first step
            } else {
                const QPointF lies = scene()->node(id)->box().center() - scene()->node(here)->box().center();
                const Qt::Key across = lies.x() > 0 ? Qt::Key_Right : Qt::Key_Left;
                const Qt::Key along = lies.y() > 0 ? Qt::Key_Down : Qt::Key_Up;
                key(std::abs(lies.x()) >= std::abs(lies.y()) ? across : along);
                if (scene()->selectedIds() == QStringList { here }) { // nothing lies that way
                    key(std::abs(lies.x()) >= std::abs(lies.y()) ? along : across);
                }
            }
            way << scene()->selectedIds().value(0);
        }
        QVERIFY2(scene()->selectedIds() == QStringList { id }, qPrintable(QStringLiteral("%1; the arrows went %2").arg(id, way.join(QStringLiteral(" > ")))));
    }
    void open(const QString& step)
    {
        if (m_byKeys) {
            goToCanvas();
            SHEAF_STEP(walkTo(step));
            key(Qt::Key_Return);
        } else {
            view()->reveal(step);
            QTest::mouseDClick(view()->viewport(), Qt::LeftButton, {}, view()->mapFromScene(scene()->node(step)->box().topLeft() + QPointF(80, 20)));
        }
        QTRY_COMPARE(m_context->selection.step(), step);
    }
    void fill(const QString& field, const QString& value)
    {
        const QString name = QStringLiteral("form.") + field;
        auto* filter = child<QLineEdit>(QStringLiteral("form.filter"));
        if (m_byKeys) {
            keyUntil(Qt::Key_F6, [this] { return hasFocusIn(QStringLiteral("dock.details")); }, "details");
            keyUntil(Qt::Key_Tab, [this] { return hasFocusIn(QStringLiteral("form")); }, "form");
            QTRY_VERIFY((key(Qt::Key_F, Qt::ControlModifier), focus() == filter));
            key(Qt::Key_A, Qt::ControlModifier);
            letters(field.section(QLatin1Char('.'), -1));
            QTRY_VERIFY(child<QWidget>(name) != nullptr && child<QWidget>(name)->isVisible());
            keyUntil(Qt::Key_Tab, [&] { return hasFocusIn(name); }, qPrintable(name));
        } else {
            QTest::mouseClick(filter, Qt::LeftButton);
            filter->selectAll();
            QTest::keyClicks(filter, field.section(QLatin1Char('.'), -1));
            QTRY_VERIFY2(child<QWidget>(name) != nullptr && child<QWidget>(name)->isVisible(), qPrintable(name));
            QWidget* input = child<QWidget>(name);
            child<QScrollArea>(QStringLiteral("form.scroll"))->ensureWidgetVisible(input);
            auto* area = qobject_cast<QAbstractScrollArea*>(input);
            QTest::mouseClick(area != nullptr ? area->viewport() : input, Qt::LeftButton);
        }
        key(Qt::Key_A, Qt::ControlModifier);
        letters(value);
        key(qobject_cast<QPlainTextEdit*>(focus()) != nullptr ? Qt::Key_Tab : Qt::Key_Return); // texts of several lines are taken when one leaves them
    }
    void addInput(const QString& name)
    {
        auto* filter = child<QLineEdit>(QStringLiteral("form.filter"));
        if (m_byKeys) {
            keyUntil(Qt::Key_F6, [this] { return hasFocusIn(QStringLiteral("dock.details")); }, "details");
            keyUntil(Qt::Key_Tab, [this] { return hasFocusIn(QStringLiteral("form")); }, "form");
            QTRY_VERIFY((key(Qt::Key_F, Qt::ControlModifier), focus() == filter));
            key(Qt::Key_A, Qt::ControlModifier);
            key(Qt::Key_Delete);
            keyUntil(Qt::Key_Tab, [&] { return hasFocusIn(QStringLiteral("form.group.inputs")); }, "inputs");
            if (child<QAbstractButton>(QStringLiteral("form.addInput")) == nullptr || !child<QAbstractButton>(QStringLiteral("form.addInput"))->isVisible()) {
                key(Qt::Key_Space);
            }
            keyUntil(Qt::Key_Tab, [&] { return hasFocusIn(QStringLiteral("form.addInput")); }, "add input");
            key(Qt::Key_Space);
            keyUntil(Qt::Key_Tab, [&] { return hasFocusIn(QStringLiteral("form.addInput.name")); }, "its name");
        } else {
            filter->clear();
            auto* head = child<QWidget>(QStringLiteral("form.group.inputs"));
            QVERIFY(head != nullptr);
            if (child<QAbstractButton>(QStringLiteral("form.addInput")) == nullptr || !child<QAbstractButton>(QStringLiteral("form.addInput"))->isVisible()) {
                child<QScrollArea>(QStringLiteral("form.scroll"))->ensureWidgetVisible(head);
                QTest::mouseClick(head, Qt::LeftButton);
            }
            QTRY_VERIFY(child<QAbstractButton>(QStringLiteral("form.addInput")) != nullptr && child<QAbstractButton>(QStringLiteral("form.addInput"))->isVisible());
            auto* button = child<QAbstractButton>(QStringLiteral("form.addInput"));
            child<QScrollArea>(QStringLiteral("form.scroll"))->ensureWidgetVisible(button);
            QTest::mouseClick(button, Qt::LeftButton);
            QTest::mouseClick(child<QLineEdit>(QStringLiteral("form.addInput.name")), Qt::LeftButton);
        }
        letters(name);
        key(Qt::Key_Return);
    }
    void wire(const PortPlace& from, const PortPlace& to)
    {
        if (m_byKeys) {
            goToCanvas();
            SHEAF_STEP(walkTo(from.node));
            key(Qt::Key_C);
            auto* bubble = view()->viewport()->findChild<QLabel*>(QStringLiteral("canvas.bubble"));
            const QString end = to.node + QLatin1Char('.') + scene()->node(to.node)->node().inputs[static_cast<std::size_t>(to.index)].name + QLatin1Char(':');
            keyUntil(Qt::Key_Tab, [&] { return bubble->text().contains(QStringLiteral("→ ") + end); }, qPrintable(end));
            key(Qt::Key_Return);
        } else {
            QWidget* port = view()->viewport();
            view()->fitAll();
            const QPoint begin = view()->mapFromScene(scene()->pointOf(from));
            const QPoint end = view()->mapFromScene(scene()->pointOf(to));
            QTest::mousePress(port, Qt::LeftButton, {}, begin);
            QMouseEvent move(QEvent::MouseMove, end, port->mapToGlobal(end), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(port, &move);
            QTest::mouseRelease(port, Qt::LeftButton, {}, end);
        }
    }
    static QString python()
    {
        return QFile::exists(QStringLiteral("/usr/bin/python3")) ? QStringLiteral("/usr/bin/python3") : QStandardPaths::findExecutable(QStringLiteral("python3"));
    }

    void openEmpty()
    {
        QSettings().clear();
        m_folder = std::make_unique<test::TempFolder>();
        for (const char* part : { "data", "src" }) {
            fs::copy(paths::samplesDir() / "score-table" / part, m_folder->path() / part, fs::copy_options::recursive);
        }
        m_context = std::make_unique<AppContext>();
        m_context->settings.overrideForSession(python(), {});
        m_window = std::make_unique<MainWindow>(*m_context);
        m_window->resize(1500, 1000);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QVERIFY(m_window->findChild<FileKeeper*>()->createPipeline(QString::fromStdString((m_folder->path() / "pipeline.yml").string())));
        QTRY_VERIFY(view()->isEditable() && view()->isVisible());
        QTRY_VERIFY(m_context->catalog.find(QStringLiteral("data:./data")) != nullptr);
    }

    void drawAndRun()
    {
        SHEAF_STEP(openEmpty());
        SHEAF_STEP(add(m_byKeys ? QStringLiteral("data table") : QStringLiteral("data"), QStringLiteral("input:data")));
        SHEAF_STEP(add(QStringLiteral("Command"), QStringLiteral("command")));
        SHEAF_STEP(decline());
        SHEAF_STEP(open(QStringLiteral("command")));
        SHEAF_STEP(fill(QStringLiteral("command"), QStringLiteral("python train.py --homes ${{inputs.data}} --model ${{outputs.result}}")));
        QTRY_VERIFY(text().find("train.py") != std::string::npos);
        SHEAF_STEP(fill(QStringLiteral("name"), QStringLiteral("train")));
        QTRY_VERIFY(scene()->node(QStringLiteral("train")) != nullptr);

        SHEAF_STEP(add(QStringLiteral("Parallel over a table"), QStringLiteral("process")));
        SHEAF_STEP(decline());
        SHEAF_STEP(open(QStringLiteral("process")));
        SHEAF_STEP(fill(QStringLiteral("task.entry_script"), QStringLiteral("score.py")));
        SHEAF_STEP(fill(QStringLiteral("mini_batch_size"), QStringLiteral("16kb")));
        SHEAF_STEP(fill(QStringLiteral("task.program_arguments"), QStringLiteral("--model ${{inputs.model}}")));
        QTRY_VERIFY2(text().find("--model ${{inputs.model}}") != std::string::npos, qPrintable(focus()->objectName()));
        SHEAF_STEP(addInput(QStringLiteral("model")));
        QTRY_VERIFY(scene()->node(QStringLiteral("process"))->node().inputs.size() == 2);
        SHEAF_STEP(wire({ QStringLiteral("train"), false, 0 }, { QStringLiteral("process"), true, 1 }));
        SHEAF_STEP(wire({ QStringLiteral("input:data"), false, 0 }, { QStringLiteral("process"), true, 0 }));
        QTRY_COMPARE(scene()->edges().size(), 2U);
        QTRY_VERIFY2(m_context->pipeline.canRun(), text().c_str());

        if (m_byKeys) {
            goToCanvas();
            key(Qt::Key_Return, Qt::ControlModifier); // saves and runs
        } else {
            for (auto* button : child<QToolBar>(QStringLiteral("main.toolbar"))->findChildren<QToolButton*>()) {
                if (button->defaultAction() != nullptr && button->defaultAction()->objectName() == QStringLiteral("run.start")) {
                    QTest::mouseClick(button, Qt::LeftButton);
                }
            }
        }
        QTRY_VERIFY_WITH_TIMEOUT(m_context->run.isOpen(), 15000);
        QTRY_VERIFY_WITH_TIMEOUT(m_context->run.isOver(), 60000);
        if (m_context->run.picture().state() != event::RunState::Completed) {
            qWarning("%s", (paths::readFile(m_context->run.dir().path() / "steps/process/logs/job_result.txt").value_or("none") + boost::json::serialize(json::toJson(*m_context->run.stepSpec(QStringLiteral("process"))))).c_str());
        }
        QCOMPARE(m_context->run.picture().state(), event::RunState::Completed);
        const auto* step = m_context->run.step(QStringLiteral("process"));
        QVERIFY(step != nullptr && step->total() > 20 && step->count(event::MiniBatchState::Done) == step->total());
        QCOMPARE(m_context->document.undoStack().isClean(), true);
        QDir().mkpath(QCoreApplication::applicationDirPath() + QStringLiteral("/../shots"));
        QVERIFY(m_window->grab().save(QCoreApplication::applicationDirPath() + QStringLiteral("/../shots/authored-%1.png").arg(m_byKeys ? QStringLiteral("keys") : QStringLiteral("mouse"))));
        m_window.reset();
        m_context.reset();
    }

private slots:
    void cleanup()
    {
        if (m_context) {
            m_context->document.discardOnClose();
        }
        m_window.reset();
        m_context.reset();
    }

    void files_are_offered_though_an_older_snapshot_comes_first()
    {
        m_byKeys = true;
        SHEAF_STEP(openEmpty());
        m_context->catalog.ask(QStringLiteral("template:command"));
        emit m_context->pipeline.changed(); // as what the interpreter says of the text before
        SHEAF_STEP(decline());
    }

    void files_are_offered_for_each_step_that_is_still_there()
    {
        m_byKeys = true;
        SHEAF_STEP(openEmpty());
        const auto title = [this] {
            const auto* dialog = m_window->findChild<QDialog*>(QStringLiteral("starter.dialog"));
            return dialog != nullptr && dialog->isVisible() ? dialog->windowTitle() : QString();
        };
        const auto press = [this](const char* button) {
            auto* dialog = m_window->findChild<QDialog*>(QStringLiteral("starter.dialog"));
            dialog->setObjectName({}); // it goes a moment later, the next one may be there by then
            if (button == nullptr) {
                QTest::keyClick(dialog, Qt::Key_Escape);
            } else {
                dialog->findChild<QAbstractButton*>(QString::fromLatin1(button))->click();
            }
        };
        // Three faster than they are read; the second is taken back by then.
        m_context->catalog.ask(QStringLiteral("template:command"));
        m_context->catalog.ask(QStringLiteral("template:parallel-files"));
        m_context->document.undoStack().undo();
        m_context->catalog.ask(QStringLiteral("template:command"));
        QTRY_COMPARE(title(), QStringLiteral("Files for command"));
        press(nullptr);
        QTRY_COMPARE(title(), QStringLiteral("Files for command_2"));
        press("starter.write");
        QTRY_VERIFY(fs::exists(m_folder->path() / "src/command_2.py"));
        QTRY_VERIFY(title().isEmpty());
        // A step that somebody writes later is another one, though it has the name.
        QVERIFY(m_context->document.rewrite(QStringLiteral("x"), m_context->document.jobFile(),
            text() + "  process:\n    type: command\n    code: ./src\n    command: python none.py\n    environment: azureml:any:1\n"));
        QTRY_VERIFY(scene()->node(QStringLiteral("process")) != nullptr);
        QCOMPARE(title(), QString());
    }

    void score_table_is_drawn_by_the_mouse_and_runs()
    {
        m_byKeys = false;
        drawAndRun();
    }

    void score_table_is_drawn_by_the_keyboard_and_runs()
    {
        m_byKeys = true;
        drawAndRun();
    }
};

SHEAF_TEST(tst_authoring)
#include "tst_authoring.moc"
