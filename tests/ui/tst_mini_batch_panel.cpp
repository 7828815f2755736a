// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "tests/support/test_runner.h"
#include "tests/ui/real_run.h"
#include "ui/run/attempt_model.h"
#include "ui/run/mini_batch_panel.h"
#include "ui/run/node_spark.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/text/format.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_hint.h"
#include "ui/widgets/state_badge.h"
#include "ui/widgets/traceback_view.h"

#include <fstream>
#include <sys/stat.h>
#endif

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTableWidget>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

const char* const kScript = "import json, logging, sys\n"
                            "from azureml_user.parallel_run import EntryScript\n"
                            "def price(row):\n"
                            "    return row['x']\n"
                            "def run(mini_batch):\n"
                            "    n = number(mini_batch[0])\n"
                            "    print('given', pathlib.Path(mini_batch[0]).name)\n"
                            "    print('a warning of', n, file=sys.stderr)\n"
                            "    EntryScript().logger.info('logged by %d', n)\n"
                            "    if n == 2:\n"
                            "        return [price(json.loads('{}'))]\n"
                            "    if n == 3 and not os.path.exists(mini_batch[0] + '.seen'):\n"
                            "        open(mini_batch[0] + '.seen', 'w').close()\n"
                            "        raise ValueError('first time')\n"
                            "    return ['row %d' % n, 'second row of %d' % n]\n";

} // namespace

/// The panel of one mini-batch over a real run.
class tst_mini_batch_panel : public QObject
{
    Q_OBJECT

private:
    test::RealRun m_job;

    template <class Widget>
    static Widget* child(QWidget& parent, const char* name)
    {
        return parent.findChild<Widget*>(QLatin1String(name));
    }
    static QString text(QWidget& parent, const char* name) { return child<QPlainTextEdit>(parent, name)->toPlainText(); }
    static QString note(QWidget& parent, const char* name) { return child<ElidedLabel>(parent, name)->fullText(); }

    void open(AppContext& context, const char* run)
    {
        context.run.open(m_job.path(), QLatin1String(run));
        QTRY_VERIFY_WITH_TIMEOUT(context.run.isLoaded() && context.run.step(QStringLiteral("work")) != nullptr, 20000);
        context.selection.setStep(QStringLiteral("work"));
    }
    static void bothThemes(QWidget& widget, const QString& name)
    {
        auto& application = *qobject_cast<QApplication*>(QCoreApplication::instance());
        QVERIFY(test::keepShot(widget, name + QStringLiteral("-light")));
        applyTheme(application, ThemeChoice::Dark);
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
        QVERIFY(test::keepShot(widget, name + QStringLiteral("-dark")));
        applyTheme(application, ThemeChoice::Light);
        QCoreApplication::processEvents();
    }

private slots:
    void initTestCase()
    {
        applyTheme(*qobject_cast<QApplication*>(QCoreApplication::instance()), ThemeChoice::Light);
        m_job.write(kScript, 5, "    retry_settings: { max_retries: 1 }\n");
        QVERIFY2(m_job.run(QStringLiteral("r")) == 0, qPrintable(m_job.said));
    }

    void nothing_chosen_says_where_to_choose()
    {
        AppContext context;
        MiniBatchPanel panel(context);
        panel.resize(520, 600);
        panel.show();
        auto* hint = panel.findChild<EmptyHint*>();
        QVERIFY(hint->isVisible());
        open(context, "r");
        QVERIFY(hint->isVisible());
        bothThemes(panel, QStringLiteral("batch-none"));
        context.selection.setMiniBatch(1);
        QTRY_VERIFY(!hint->isVisible());
        context.selection.setMiniBatch(-1);
        QVERIFY(hint->isVisible());
    }

    void a_failed_one_shows_its_traceback_its_lines_and_its_inputs_at_once()
    {
        AppContext context;
        open(context, "r");
        MiniBatchPanel panel(context);
        panel.resize(560, 1040);
        panel.show();
        context.selection.setMiniBatch(2);
        QTRY_VERIFY(child<TracebackView>(panel, "batch.traceback")->isVisible());
        QCOMPARE(child<QLabel>(panel, "batch.title")->text(), QStringLiteral("Mini-batch 2"));
        QCOMPARE(child<StateBadge>(panel, "batch.state")->word(), wordOf(event::MiniBatchState::Failed));
        QCOMPARE(child<QLabel>(panel, "batch.sentence")->text(), QStringLiteral("KeyError: 'x'"));
        const QString traceback = child<TracebackView>(panel, "batch.traceback")->toPlainText();
        QVERIFY2(traceback.contains(QStringLiteral("File \"entry.py\", line ")), qPrintable(traceback)); // its own folder is not told
        QVERIFY(traceback.endsWith(QStringLiteral("KeyError: 'x'")));
        const QString lines = text(panel, "batch.lines");
        QVERIFY2(lines.contains(QStringLiteral("given 002.txt")) && lines.contains(QStringLiteral("a warning of 2"))
                && lines.contains(QStringLiteral("logged by 2")),
            qPrintable(lines));
        QVERIFY(!lines.contains(QStringLiteral("001.txt")));
        auto* inputs = child<QTableWidget>(panel, "batch.inputs");
        QTRY_COMPARE(inputs->rowCount(), 1);
        QCOMPARE(inputs->item(0, 0)->text(), QStringLiteral("002.txt"));
        QVERIFY(child<QPushButton>(panel, "batch.inputs.open")->isEnabled());
        QVERIFY(!child<QPlainTextEdit>(panel, "batch.rows")->isVisible());
        bothThemes(panel, QStringLiteral("batch-failed"));
    }

    void a_frame_of_the_user_leads_to_its_line_by_keys()
    {
        AppContext context;
        open(context, "r");
        MiniBatchPanel panel(context);
        panel.resize(560, 900);
        panel.show();
        panel.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&panel));
        context.selection.setMiniBatch(2);
        auto* traceback = child<TracebackView>(panel, "batch.traceback");
        QTRY_VERIFY(traceback->isVisible());
        QSignalSpy places(&context.selection, &SelectionState::placeAsked);
        traceback->setFocus();
        QTest::keyClick(traceback, Qt::Key_Tab); // the first frame, then the one inside it
        QTest::keyClick(traceback, Qt::Key_Tab);
        QTest::keyClick(traceback, Qt::Key_Return);
        QTRY_COMPARE(places.count(), 1);
        const QString file = places.first().at(0).toString();
        QCOMPARE(file, m_job.path() + QStringLiteral("/src/entry.py")); // the user's, not the copy that ran
        const std::string script = test::readAll(m_job.folder().path() / "src/entry.py");
        QVERIFY(script.substr(static_cast<std::size_t>(places.first().at(1).toLongLong())).starts_with("    return row['x']"));
    }

    void attempts_stand_side_by_side_and_one_can_be_chosen()
    {
        AppContext context;
        open(context, "r");
        MiniBatchPanel panel(context);
        panel.resize(560, 1000);
        panel.show();
        context.selection.setMiniBatch(3);
        auto* attempts = child<QTableView>(panel, "batch.attempts");
        QTRY_COMPARE(attempts->model()->columnCount(), 2);
        const auto cell = [&](int row, int column) { return attempts->model()->index(row, column).data().toString(); };
        QCOMPARE(cell(AttemptModel::Outcome, 0), wordOf(event::AttemptOutcome::Exception));
        QCOMPARE(cell(AttemptModel::Outcome, 1), wordOf(event::AttemptOutcome::Done));
        QCOMPARE(cell(AttemptModel::Node, 1), QStringLiteral("0"));
        QVERIFY(cell(AttemptModel::Process, 0).startsWith(QStringLiteral("process00")));
        QCOMPARE(cell(AttemptModel::Returned, 1), QStringLiteral("2"));
        QCOMPARE(text(panel, "batch.rows"), QStringLiteral("row 3\nsecond row of 3")); // the last one is shown first
        QVERIFY(!child<TracebackView>(panel, "batch.traceback")->isVisible());
        bothThemes(panel, QStringLiteral("batch-done"));

        attempts->setCurrentIndex(attempts->model()->index(0, 0));
        QTRY_VERIFY(child<TracebackView>(panel, "batch.traceback")->toPlainText().endsWith(QStringLiteral("ValueError: first time")));
        QVERIFY(!child<QPlainTextEdit>(panel, "batch.rows")->isVisible());
    }

    void its_buttons_ask_for_what_they_say()
    {
        AppContext context;
        open(context, "r");
        MiniBatchPanel panel(context);
        panel.resize(560, 900);
        panel.show();
        context.selection.setMiniBatch(2);
        QTRY_VERIFY(child<QPushButton>(panel, "batch.log")->isEnabled());
        QSignalSpy repairs(&context.selection, &SelectionState::repairAsked);
        QSignalSpy debugs(&context.selection, &SelectionState::debugAsked);
        QSignalSpy logs(&context.selection, &SelectionState::logAsked);
        QTest::mouseClick(child<QPushButton>(panel, "batch.again"), Qt::LeftButton);
        QCOMPARE(repairs.value(0).value(0).toString(), QStringLiteral("id:2"));
        QTest::mouseClick(child<QPushButton>(panel, "batch.here"), Qt::LeftButton);
        QCOMPARE(debugs.value(0).value(0).toLongLong(), 2);
        QTest::mouseClick(child<QPushButton>(panel, "batch.log"), Qt::LeftButton);
        const QString file = logs.value(0).value(0).toString();
        QVERIFY2(file.startsWith(QStringLiteral("user/stdout/0/process")), qPrintable(file));
        const std::string log = test::readAll(context.run.dir().logs("work") / file.toStdString());
        QTest::mouseClick(child<QPushButton>(panel, "batch.copy"), Qt::LeftButton);
        const QString copied = QApplication::clipboard()->text();
        QVERIFY2(copied.contains(QStringLiteral("KeyError: 'x'\n")) && copied.contains(QStringLiteral("given 002.txt\n"))
                && copied.contains(QStringLiteral("{\"files\":[\"002.txt\"]}")),
            qPrintable(copied));
        QVERIFY(log.substr(static_cast<std::size_t>(logs.value(0).value(1).toLongLong())).starts_with("given 002.txt\n"));
    }

    void rows_of_a_table_are_shown_as_run_was_given_them()
    {
        test::RealRun job;
        job.write("def run(frame):\n    return frame\n", 0);
        job.folder().write("data/rows.csv", "id,name\n1,x\n2,\n3,z\n");
        job.folder().write("data/MLTable", "type: mltable\npaths:\n  - file: ./rows.csv\ntransformations:\n  - read_delimited:\n"
                                           "      delimiter: ','\n      header: all_files_same_headers\n");
        std::string text_ = test::readAll(job.folder().path() / "pipeline.yml");
        text_.replace(text_.find("uri_folder"), 10, "mltable");
        text_.replace(text_.find("'1'"), 3, "1mb");
        job.folder().write("pipeline.yml", text_);
        QVERIFY2(job.run(QStringLiteral("t")) == 0, qPrintable(job.said));
        AppContext context;
        MiniBatchPanel panel(context);
        panel.resize(560, 800);
        panel.show();
        context.run.open(job.path(), QStringLiteral("t"));
        QTRY_VERIFY(context.run.isLoaded() && context.run.step(QStringLiteral("work")) != nullptr);
        context.selection.setStep(QStringLiteral("work"));
        context.selection.setMiniBatch(0);
        auto* inputs = child<QTableWidget>(panel, "batch.inputs");
        QTRY_COMPARE_WITH_TIMEOUT(inputs->columnCount(), 2, 20000);
        QCOMPARE(inputs->horizontalHeaderItem(1)->text(), QStringLiteral("name"));
        QCOMPARE(inputs->rowCount(), 3);
        QCOMPARE(inputs->item(2, 1)->text(), QStringLiteral("z"));
        QCOMPARE(inputs->item(1, 1)->text(), QStringLiteral("missing"));
        QVERIFY(note(panel, "batch.section.inputs.note").startsWith(QStringLiteral("3 rows · rows.csv")));
        QVERIFY(!child<QPushButton>(panel, "batch.inputs.open")->isVisible());

        // A copy may name any program as its interpreter: none is started.
        const test::TempFolder elsewhere;
        const auto copy = elsewhere.path() / "copy";
        std::filesystem::copy(context.run.dir().path(), copy, std::filesystem::copy_options::recursive);
        pipeline::RunSpec spec = context.run.spec();
        spec.python = elsewhere.write("python", "#!/bin/sh\ntouch '" + (elsewhere.path() / "ran").string() + "'\n").string();
        std::filesystem::permissions(std::string(spec.python), std::filesystem::perms::owner_all);
        std::ofstream(copy / "run.json") << json::serialize(spec);
        context.run.openCopy(QString::fromStdString(copy.string()));
        QTRY_VERIFY(context.run.isLoaded() && context.run.step(QStringLiteral("work")) != nullptr);
        QCOMPARE(context.run.spec().python, spec.python);
        context.selection.setStep(QStringLiteral("work"));
        context.selection.setMiniBatch(0);
        QTRY_COMPARE(note(panel, "batch.section.inputs.note"), QStringLiteral("rows of a copy are not read"));
        bool isIdle = false;
        context.previewer.ask(&panel, [] { return 0; }, [&](int) { isIdle = true; });
        QTRY_VERIFY(isIdle);
        QVERIFY(!std::filesystem::exists(elsewhere.path() / "ran"));
    }

    void one_that_is_running_is_followed_to_its_end()
    {
        test::RealRun job;
        const auto gate = job.folder().path() / "go"; // opened by both sides at once
        QCOMPARE(::mkfifo(gate.c_str(), 0600), 0);
        job.write("def run(mini_batch):\n    print('begun')\n    if number(mini_batch[0]) == 0:\n        open('" + gate.string() + "').close()\n    return ['late']\n",
            2, "    retry_settings: { timeout: 100 }\n");
        QCOMPARE(job.sheaf({ QStringLiteral("run"), QStringLiteral("pipeline.yml"), QStringLiteral("--name"), QStringLiteral("live"), QStringLiteral("--detach") }), 0);
        AppContext context;
        MiniBatchPanel panel(context);
        panel.resize(560, 700);
        panel.show();
        context.run.open(job.path(), QStringLiteral("live"));
        context.selection.setStep(QStringLiteral("work"));
        context.selection.setMiniBatch(0);
        auto* badge = child<StateBadge>(panel, "batch.state");
        QTRY_COMPARE_WITH_TIMEOUT(badge->word(), wordOf(event::MiniBatchState::Running), 30000);
        QVERIFY(!child<QPushButton>(panel, "batch.again")->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(!child<NodeSpark>(panel, "batch.node")->points().empty(), 20000);
        QCOMPARE(child<QTableView>(panel, "batch.attempts")->model()->columnCount(), 1);
        QSignalSpy logs(&context.selection, &SelectionState::logAsked);
        QTest::mouseClick(child<QPushButton>(panel, "batch.log"), Qt::LeftButton);
        QCOMPARE(logs.value(0).value(1).toLongLong(), -1); // the end of its process's file
        bothThemes(panel, QStringLiteral("batch-running"));
        std::ofstream(gate).close();
        QTRY_COMPARE_WITH_TIMEOUT(badge->word(), wordOf(event::MiniBatchState::Done), 30000);
        QTRY_COMPARE(text(panel, "batch.rows"), QStringLiteral("late"));
        QCOMPARE(text(panel, "batch.lines"), QStringLiteral("begun"));
        QTRY_VERIFY_WITH_TIMEOUT(context.run.isOver() && !context.run.isActive(), 30000);
    }

    void the_model_of_attempts_keeps_its_promises()
    {
        AttemptModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setAttempts({ event::AttemptEnded {}, event::AttemptEnded {} }, event::MiniBatchNow {});
        QCOMPARE(model.columnCount(), 3);
        QVERIFY(model.at(1) != nullptr && model.at(2) == nullptr);
        model.setAttempts({}, {});
        QCOMPARE(model.columnCount(), 0);
    }

    void a_traceback_marks_only_what_is_the_users()
    {
        TracebackView view;
        view.setUserFolders({ QStringLiteral("/home/me/src/") });
        view.setTraceback(QStringLiteral("Traceback (most recent call last):\n  File \"/home/me/src/a<b>.py\", line 3, in run\n    x = y\n"
                                         "  File \"/usr/lib/python3/json.py\", line 9, in loads\n    raise\nValueError: <no>\n"));
        QSignalSpy places(&view, &TracebackView::placeActivated);
        QCOMPARE(view.toPlainText().count(QStringLiteral("File \"a<b>.py\", line 3, in run")), 1);
        QVERIFY(view.toPlainText().contains(QStringLiteral("/usr/lib/python3/json.py")));
        QCOMPARE(view.toHtml().count(QStringLiteral("<a href=")), 1);
        view.show();
        view.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Tab);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(places.value(0).value(0).toString(), QStringLiteral("/home/me/src/a<b>.py"));
        QCOMPARE(places.value(0).value(1).toInt(), 3);
    }
};

SHEAF_TEST(tst_mini_batch_panel)
#include "tst_mini_batch_panel.moc"
