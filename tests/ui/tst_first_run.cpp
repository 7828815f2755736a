// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/paths.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/canvas/canvas_panel.h"
#include "ui/shell/main_window.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"

#include <filesystem>
#endif

#include <QAbstractItemView>
#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTableWidget>
#include <QToolBar>
#include <QToolButton>


using namespace sheaf;
using namespace sheaf::ui;

namespace fs = std::filesystem;

/// A newcomer's first minutes, as a person: the window, real clicks, a real run over mpirun.
class tst_first_run : public QObject
{
    Q_OBJECT

private:
    test::TempFolder m_folder;

    static void shot(QWidget& window, const char* name)
    {
        QDir().mkpath(QCoreApplication::applicationDirPath() + QStringLiteral("/../shots"));
        QVERIFY(window.grab().save(QCoreApplication::applicationDirPath() + QStringLiteral("/../shots/%1.png").arg(QLatin1String(name))));
    }

    QString sample(const char* name)
    {
        fs::copy(paths::samplesDir() / name, m_folder.path() / name, fs::copy_options::recursive);
        return QString::fromStdString((m_folder.path() / name / "pipeline.yml").string());
    }

    static QToolButton* button(MainWindow& window, const char* action)
    {
        const auto buttons = window.findChild<QToolBar*>(QStringLiteral("main.toolbar"))->findChildren<QToolButton*>();
        for (QToolButton* one : buttons) {
            if (one->defaultAction() != nullptr && one->defaultAction()->objectName() == QLatin1String(action)) {
                return one;
            }
        }
        return nullptr;
    }

    static QString python()
    {
        return QFile::exists(QStringLiteral("/usr/bin/python3")) ? QStringLiteral("/usr/bin/python3")
                                                                 : QStandardPaths::findExecutable(QStringLiteral("python3"));
    }

private slots:
    void a_sample_is_opened_run_and_read_to_its_result()
    {
        AppContext context;
        context.settings.overrideForSession(python(), {});
        MainWindow window(context);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        shot(window, "start");

        window.openPath(sample("score-table"));
        QTRY_VERIFY(context.pipeline.canRun());
        QTRY_VERIFY(button(window, "run.start")->isEnabled());
        shot(window, "opened");

        QTest::mouseClick(button(window, "run.start"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(context.run.isOpen(), 15000);
        QTRY_VERIFY_WITH_TIMEOUT(context.run.isOver(), 60000);
        QCOMPARE(context.run.picture().state(), event::RunState::Completed);

        context.selection.setStep(QStringLiteral("score"));
        auto* tabs = window.findChild<QTabWidget*>(QStringLiteral("run.tabs"));
        QVERIFY(tabs != nullptr && tabs->isVisible());
        shot(window, "completed");

        tabs->setCurrentIndex(1);
        auto* table = window.findChild<QAbstractItemView*>(QStringLiteral("run.batches.table"));
        QTRY_COMPARE(table->model()->rowCount(), static_cast<int>(context.run.step(QStringLiteral("score"))->total()));
        QVERIFY(table->model()->rowCount() > 0);
        QTest::keyClicks(window.findChild<QLineEdit*>(QStringLiteral("run.batches.filter")), QStringLiteral("state:failed"));
        QTRY_COMPARE(table->model()->rowCount(), 0);
        window.findChild<QLineEdit*>(QStringLiteral("run.batches.filter"))->clear();
        table->setCurrentIndex(table->model()->index(0, 0));
        QTRY_VERIFY(window.findChild<QLabel*>(QStringLiteral("batch.sentence"))->isVisible());
        shot(window, "mini-batches");

        for (int tab = 2; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            shot(window, QStringLiteral("tab-%1").arg(tab).toLatin1().constData());
        }
        auto* result = window.findChild<QPlainTextEdit*>(QStringLiteral("run.result.text"));
        QTRY_VERIFY(result->toPlainText().startsWith(QStringLiteral("Completed")));
    }

    void a_file_with_an_error_says_where_and_cannot_be_run()
    {
        const auto file = m_folder.write("broken/pipeline.yml", "type: pipeline\njobs:\n  a:\n    type: sweep\n");
        AppContext context;
        MainWindow window(context);
        window.show();
        window.openPath(QString::fromStdString(file.string()));
        QTRY_VERIFY(context.pipeline.snapshot() != nullptr);
        QVERIFY(!button(window, "run.start")->isEnabled());
        QVERIFY(context.pipeline.count(spec::Severity::Error) > 0);
        shot(window, "problems");
    }

    void the_dark_theme_draws_the_same_window()
    {
        applyTheme(*qobject_cast<QApplication*>(QCoreApplication::instance()), ThemeChoice::Dark);
        QVERIFY(theme().dark);
        AppContext context;
        MainWindow window(context);
        window.show();
        window.openPath(sample("many-models"));
        QTRY_VERIFY(context.pipeline.canRun());
        shot(window, "dark");
        applyTheme(*qobject_cast<QApplication*>(QCoreApplication::instance()), ThemeChoice::Light);
    }
};

SHEAF_TEST(tst_first_run)
#include "tst_first_run.moc"
