// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/paths.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "tests/ui/real_run.h"
#include "ui/shell/main_window.h"
#include "ui/source/code_editor.h"
#include "ui/state/app_context.h"
#include "ui/widgets/traceback_view.h"

#include <QAbstractButton>
#include <QAction>
#include <QDialog>
#include <QLabel>
#include <QSettings>
#include <QTreeWidget>
#include <QtTest>

using namespace sheaf;
using namespace sheaf::ui;
using event::MiniBatchState;

/// The sample seven-bad-files, as a user walks through it: from the red node to both causes, the mended script and the whole output.
/// Every key and click is counted, but for the letters of the mended lines.
class tst_walk : public QObject
{
    Q_OBJECT

    int m_gestures = 0;

    void press(QWidget* widget, Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        ++m_gestures;
        QTest::keyClick(widget, key, modifiers);
    }
    void click(QWidget* widget)
    {
        ++m_gestures;
        QTest::mouseClick(widget, Qt::LeftButton);
    }

private slots:
    void from_the_red_node_to_the_completed_run()
    {
        QSettings().clear();
        const test::TempFolder folder;
        const auto sample = paths::samplesDir() / "seven-bad-files";
        std::filesystem::copy(sample, folder.path(), std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
        std::string job = test::readAll(folder.path() / "pipeline.yml");
        const std::string allowed = "mini_batch_error_threshold: 10";
        job.replace(job.find(allowed), allowed.size(), "mini_batch_error_threshold: 3");
        folder.write("pipeline.yml", job);

        AppContext context;
        context.settings.overrideForSession(test::RealRun::python(), {});
        MainWindow window(context);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.openPath(QString::fromStdString((folder.path() / "pipeline.yml").string()));
        QTRY_VERIFY(context.pipeline.canRun());
        window.run();
        QTRY_VERIFY_WITH_TIMEOUT(context.run.isOpen() && context.run.isOver() && !context.run.isActive(), 60000);
        QCOMPARE(context.run.picture().state(), event::RunState::Failed);

        // The verdict is there by itself and names both causes.
        auto* why = window.findChild<QLabel*>(QStringLiteral("verdict.why"));
        QTRY_VERIFY(why->isVisible() && why->text().contains(QStringLiteral("ValueError")));
        auto* groups = window.findChild<QTreeWidget*>(QStringLiteral("verdict.groups"));
        QTRY_VERIFY(groups->topLevelItemCount() >= 2);
        QStringList causes;
        for (int row = 0; row < groups->topLevelItemCount(); ++row) {
            causes << groups->topLevelItem(row)->text(3);
        }
        QVERIFY2(causes.filter(QStringLiteral("ValueError")).size() == 1 && causes.filter(QStringLiteral("KeyError")).size() == 1, qPrintable(causes.join(QLatin1Char('\n'))));

        // From the traceback into the script: its last frame is the user's line.
        auto* traceback = window.findChild<TracebackView*>(QStringLiteral("verdict.traceback"));
        traceback->setFocus();
        ++m_gestures; // a click into it
        press(traceback, Qt::Key_Tab);
        press(traceback, Qt::Key_Tab);
        press(traceback, Qt::Key_Return);
        CodeEditor* editor = nullptr;
        QTRY_VERIFY((editor = [&]() -> CodeEditor* {
            for (auto* one : window.findChildren<CodeEditor*>()) {
                if (one->isVisible() && one->file().endsWith(QStringLiteral("check.py"))) {
                    return one;
                }
            }
            return nullptr;
        }()) != nullptr);
        QTRY_VERIFY(editor->text().contains(QStringLiteral("float(value)")));

        // The script is mended (by an editor's own means) and saved.
        QString script = editor->text();
        script.replace(QStringLiteral("for value in reading[\"values\"]], reading[\"tolerance\"]"),
            QStringLiteral("for value in reading[\"values\"] if value != \"n/a\"], max(reading[\"tolerance\"], 0.001)"));
        script.replace(QStringLiteral("reading['station']"), QStringLiteral("reading.get('station', '-')"));
        editor->setFocus();
        editor->selectAll();
        editor->replaceSelectedText(script);
        ++m_gestures; // the edit
        QTRY_VERIFY(window.findChild<QAction*>(QStringLiteral("file.save"))->isEnabled());
        press(editor, Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(test::readAll(folder.path() / "src/check.py").find("n/a") != std::string::npos);

        // Go on: the code differs, so the list and the code are shown first.
        auto* resume = window.findChild<QAction*>(QStringLiteral("run.resume"));
        QTRY_VERIFY(resume->isEnabled());
        ++m_gestures; // Ctrl+Shift+R
        resume->trigger();
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = window.findChild<QDialog*>(QStringLiteral("repair"))) != nullptr);
        QTRY_VERIFY(dialog->findChild<QAbstractButton*>(QStringLiteral("repair.ownCode"))->isVisible());
        QVERIFY(dialog->findChild<QAbstractButton*>(QStringLiteral("repair.ownCode"))->isChecked());
        QVERIFY(test::keepShot(window, QStringLiteral("walk-failed")));
        click(dialog->findChild<QAbstractButton*>(QStringLiteral("repair.run")));
        QTRY_VERIFY_WITH_TIMEOUT(context.run.picture().state() == event::RunState::Completed && !context.run.isActive(), 60000);

        QCOMPARE(context.run.step(QStringLiteral("check"))->count(MiniBatchState::Done), 80U);
        const auto rows = test::readAll(context.run.spec().steps.back().outputs.front().path);
        QCOMPARE(std::count(rows.begin(), rows.end(), '\n'), 400);
        QVERIFY(test::keepShot(window, QStringLiteral("walk-completed")));
        qInfo("gestures: %d", m_gestures);
        QVERIFY2(m_gestures <= 8, qPrintable(QString::number(m_gestures)));
    }
};

SHEAF_TEST(tst_walk)
#include "tst_walk.moc"
