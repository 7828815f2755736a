// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "tests/support/test_runner.h"
#include "tests/ui/real_run.h"
#include "ui/repair/debug_pane.h"
#include "ui/repair/terminal_program.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/text/format.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_hint.h"
#include "ui/widgets/state_badge.h"
#include "ui/widgets/traceback_view.h"

#include <csignal>
#include <fstream>
#include <future>
#include <memory>
#include <sys/stat.h>
#endif

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QSplitter>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

const char* const kScript = "def price(row):\n"
                            "    return row['x']\n"
                            "def run(mini_batch):\n"
                            "    n = number(mini_batch[0])\n"
                            "    print('given', n)\n"
                            "    return [price({} if n == 2 else {'x': n})]\n";

} // namespace

/// A mini-batch of a real run, run alone from the window.
class tst_debug_pane : public QObject
{
    Q_OBJECT

private:
    test::RealRun m_job;

    template <class Widget>
    static Widget* child(QWidget& parent, const char* name)
    {
        return parent.findChild<Widget*>(QLatin1String(name));
    }
    void open(AppContext& context)
    {
        context.run.open(m_job.path(), QStringLiteral("r"));
        QTRY_VERIFY_WITH_TIMEOUT(context.run.isLoaded() && context.run.step(QStringLiteral("work")) != nullptr, 20000);
        context.selection.setStep(QStringLiteral("work"));
    }
    static void click(QWidget& pane, const char* name)
    {
        auto* button = child<QPushButton>(pane, name);
        QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), 20000);
        QTest::mouseClick(button, Qt::LeftButton);
    }
    static QString state(QWidget& pane) { return child<StateBadge>(pane, "debug.state")->word(); }
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
    [[nodiscard]] std::string hangingScript() const
    {
        return "import subprocess, threading\ndef run(b):\n    child = subprocess.Popen(['sleep', '600'])\n    with open('" + m_job.folder().path().string()
            + "/pids.new', 'w') as file:\n        file.write('%d %d' % (os.getpid(), child.pid))\n    os.rename(file.name, file.name[:-4])\n"
              "    print('hangs')\n    threading.Event().wait()\n";
    }
    [[nodiscard]] std::pair<int, int> pids() const
    {
        int own = 0;
        int child_ = 0;
        const std::string text = test::readAll(m_job.folder().path() / "pids");
        return std::sscanf(text.c_str(), "%d %d", &own, &child_) == 2 ? std::pair(own, child_) : std::pair(0, 0);
    }
    /// What has ended may still wait for the first process of a container to notice.
    static bool lives(int pid)
    {
        QFile stat(QStringLiteral("/proc/%1/stat").arg(pid));
        if (!stat.open(QIODevice::ReadOnly)) {
            return false;
        }
        const QByteArray text = stat.readAll();
        const char letter = text.mid(text.lastIndexOf(')') + 2, 1).at(0);
        return letter != 'Z' && letter != 'X';
    }

private slots:
    void initTestCase()
    {
        applyTheme(*qobject_cast<QApplication*>(QCoreApplication::instance()), ThemeChoice::Light);
        m_job.write(kScript, 4, "    retry_settings: { max_retries: 0 }\n");
        QVERIFY2(m_job.run(QStringLiteral("r")) == 0, qPrintable(m_job.said));
    }
    void init()
    {
        m_job.writeScript(kScript);
        std::filesystem::remove(m_job.folder().path() / "pids");
    }

    void what_failed_is_run_again_here_and_told_beside_the_record()
    {
        AppContext context;
        open(context);
        DebugPane pane(context);
        pane.resize(760, 640);
        pane.show();
        QVERIFY(pane.findChild<EmptyHint*>()->isVisible());
        context.selection.askDebug(2);
        QVERIFY(!pane.findChild<EmptyHint*>()->isVisible());
        QTRY_COMPARE(child<ElidedLabel>(pane, "debug.inputs")->fullText(), QStringLiteral("1 file: 002.txt"));
        QCOMPARE(child<QLabel>(pane, "debug.title")->text(), QStringLiteral("Mini-batch 2 of work, here and alone"));
        QCOMPARE(child<QLabel>(pane, "debug.code.note")->text(), QStringLiteral("Your code has not changed since."));
        QVERIFY(child<QRadioButton>(pane, "debug.code.snapshot")->isChecked());
        click(pane, "debug.run");
        QTRY_COMPARE_WITH_TIMEOUT(state(pane), wordOf(event::AttemptOutcome::Exception), 20000);
        const QString output = child<QPlainTextEdit>(pane, "debug.output")->toPlainText();
        QVERIFY2(output.contains(QStringLiteral("\ngiven 2\n")) && output.contains(QStringLiteral("-- import entry.py")), qPrintable(output));
        QCOMPARE(child<ElidedLabel>(pane, "debug.was")->fullText(), QStringLiteral("KeyError: 'x'"));
        QCOMPARE(child<ElidedLabel>(pane, "debug.now")->fullText(), QStringLiteral("KeyError: 'x' – the same"));
        auto* traceback = child<TracebackView>(pane, "debug.traceback");
        QVERIFY(traceback->toPlainText().contains(QStringLiteral("File \"entry.py\", line ")));
        bothThemes(pane, QStringLiteral("debug-failed"));
        pane.resize(1180, 380); // below the pages of a run
        QCOMPARE(child<QSplitter>(pane, "debug.splitter")->orientation(), Qt::Horizontal);
        bothThemes(pane, QStringLiteral("debug-wide"));

        QSignalSpy places(&context.selection, &SelectionState::placeAsked);
        emit traceback->placeActivated(m_job.path() + QStringLiteral("/.sheaf/debug/r-work-2-1/code/entry.py"), 1);
        QTRY_COMPARE(places.count(), 1);
        QCOMPARE(places.first().first().toString(), m_job.path() + QStringLiteral("/src/entry.py"));
    }

    void mended_code_is_offered_and_its_rows_are_shown()
    {
        AppContext context;
        open(context);
        DebugPane pane(context);
        pane.resize(760, 640);
        pane.show();
        m_job.writeScript("def run(mini_batch):\n    return ['mended %d' % i for i in range(3)]\n");
        context.selection.askDebug(2);
        QTRY_COMPARE(child<QLabel>(pane, "debug.code.note")->text(), QStringLiteral("Changed since: entry.py"));
        QVERIFY(child<QRadioButton>(pane, "debug.code.present")->isChecked());
        click(pane, "debug.run");
        QTRY_COMPARE_WITH_TIMEOUT(state(pane), wordOf(event::AttemptOutcome::Done), 20000);
        QCOMPARE(child<QPlainTextEdit>(pane, "debug.rows")->toPlainText(), QStringLiteral("mended 0\nmended 1\nmended 2"));
        QVERIFY(!child<TracebackView>(pane, "debug.traceback")->isVisible());
        bothThemes(pane, QStringLiteral("debug-mended"));

        QTRY_VERIFY(child<QRadioButton>(pane, "debug.code.snapshot")->isEnabled());
        child<QRadioButton>(pane, "debug.code.snapshot")->click();
        click(pane, "debug.run");
        QTRY_COMPARE_WITH_TIMEOUT(state(pane), wordOf(event::AttemptOutcome::Exception), 20000);
        QVERIFY(child<QRadioButton>(pane, "debug.code.snapshot")->isChecked()); // looking again does not choose for the user
    }

    void how_one_ended_is_not_told_of_the_next()
    {
        AppContext context;
        open(context);
        DebugPane pane(context);
        pane.resize(760, 640);
        pane.show();
        context.selection.askDebug(1);
        click(pane, "debug.run");
        QVERIFY(pane.isRunning());
        std::promise<void> gate; // how it ended is read late
        context.reader.ask(&pane, [open = gate.get_future().share()] { return open.wait(), 0; }, [](int) {});
        QTRY_VERIFY_WITH_TIMEOUT(!pane.isRunning(), 20000);
        context.selection.askDebug(2);
        QCOMPARE(child<QLabel>(pane, "debug.title")->text(), QStringLiteral("Mini-batch 2 of work, here and alone"));
        bool isRead = false;
        context.reader.ask(&pane, [] { return 0; }, [&](int) { isRead = true; });
        gate.set_value();
        QTRY_VERIFY(isRead);
        QVERIFY(!child<ElidedLabel>(pane, "debug.now")->isVisible());
        QVERIFY(!child<StateBadge>(pane, "debug.state")->isVisible());
    }

    void stop_ends_it_and_what_it_started()
    {
        AppContext context;
        open(context);
        DebugPane pane(context);
        pane.resize(760, 640);
        pane.show();
        m_job.writeScript(hangingScript());
        context.selection.askDebug(1);
        click(pane, "debug.run");
        QTRY_VERIFY_WITH_TIMEOUT(pids().first > 0, 20000);
        const auto [own, started] = pids();
        QTRY_VERIFY(child<QPlainTextEdit>(pane, "debug.output")->toPlainText().endsWith(QStringLiteral("hangs"))); // live
        QVERIFY(!child<QPushButton>(pane, "debug.run")->isEnabled());
        bothThemes(pane, QStringLiteral("debug-running"));
        context.selection.askDebug(2); // not in its way
        QVERIFY(child<QLabel>(pane, "debug.note")->text().contains(QStringLiteral("still running")));
        QCOMPARE(child<QLabel>(pane, "debug.title")->text(), QStringLiteral("Mini-batch 1 of work, here and alone"));
        click(pane, "debug.stop");
        QTRY_COMPARE_WITH_TIMEOUT(state(pane), QStringLiteral("Stopped"), 20000);
        QTRY_VERIFY(!lives(own) && !lives(started));
        QVERIFY(child<QPushButton>(pane, "debug.run")->isEnabled());
    }

    /// A bar of progress and a prompt have no line end.
    void the_unfinished_end_of_its_output_is_shown_as_it_comes()
    {
        AppContext context;
        open(context);
        DebugPane pane(context);
        pane.show();
        QCOMPARE(::mkfifo((m_job.folder().path() / "go").c_str(), 0600), 0); // the script waits for who writes to it
        m_job.writeScript("def run(b):\n    print('first')\n    for part in ('10%\\r', '20%\\r', '30%'):\n        print(part, end='', flush=True)\n"
                          "    open('"
            + m_job.folder().path().string() + "/go').read()\n    print('\\rdone')\n    print('last')\n    return []\n");
        context.selection.askDebug(1);
        click(pane, "debug.run");
        auto* output = child<QPlainTextEdit>(pane, "debug.output");
        QTRY_VERIFY2_WITH_TIMEOUT(output->toPlainText().endsWith(QStringLiteral("first\n30%")), qPrintable(output->toPlainText()), 20000);
        std::ofstream(m_job.folder().path() / "go") << "go";
        QTRY_COMPARE_WITH_TIMEOUT(state(pane), wordOf(event::AttemptOutcome::Done), 20000);
        QVERIFY2(output->toPlainText().contains(QStringLiteral("first\ndone\nlast")), qPrintable(output->toPlainText()));
    }

    void it_does_not_outlive_its_pane()
    {
        AppContext context;
        open(context);
        auto pane = std::make_unique<DebugPane>(context);
        pane->show();
        m_job.writeScript(hangingScript());
        context.selection.askDebug(1);
        click(*pane, "debug.run");
        QTRY_VERIFY_WITH_TIMEOUT(pids().first > 0, 20000);
        const auto [own, started] = pids();
        QVERIFY(lives(own));
        pane.reset();
        QTRY_VERIFY(!lives(own) && !lives(started));
    }

    void a_flood_of_output_is_shown_by_its_end()
    {
        AppContext context;
        open(context);
        DebugPane pane(context);
        pane.resize(760, 640);
        pane.show();
        m_job.writeScript("def run(b):\n    for i in range(600):\n        print(('%d ' % i) * 2000)\n    print('the last line')\n    return []\n");
        context.selection.askDebug(0);
        click(pane, "debug.run");
        QTRY_COMPARE_WITH_TIMEOUT(state(pane), wordOf(event::AttemptOutcome::Done), 20000);
        const QString output = child<QPlainTextEdit>(pane, "debug.output")->toPlainText();
        QVERIFY(output.contains(QStringLiteral("the last line")));
        QVERIFY(output.contains(QStringLiteral("are not shown here")) || output.contains(QStringLiteral("\n0 0 0")));
    }

    void a_crash_is_told_as_one()
    {
        AppContext context;
        open(context);
        DebugPane pane(context);
        pane.show();
        m_job.writeScript("import signal\ndef run(b):\n    os.kill(os.getpid(), signal.SIGSEGV)\n");
        context.selection.askDebug(0);
        click(pane, "debug.run");
        QTRY_COMPARE_WITH_TIMEOUT(state(pane), QStringLiteral("Crashed"), 20000);
        QCOMPARE(child<ElidedLabel>(pane, "debug.now")->fullText(), QStringLiteral("The process was killed by signal 11 before it was over."));
    }

    void pdb_opens_in_a_terminal_or_the_command_is_shown()
    {
        AppContext context;
        open(context);
        DebugPane pane(context);
        pane.resize(760, 640);
        pane.show();
        context.selection.askDebug(2);
        const QByteArray display = qgetenv("DISPLAY");
        const QByteArray wayland = qgetenv("WAYLAND_DISPLAY");
        qunsetenv("DISPLAY");
        qunsetenv("WAYLAND_DISPLAY");
        qunsetenv("TERMINAL");
        click(pane, "debug.terminal");
        auto* command = child<QLineEdit>(pane, "debug.command");
        QVERIFY(command->isVisible());
        const QString words = QStringLiteral("sheaf debug r work --batch 2 --pdb --workspace ") + m_job.path();
        QCOMPARE(command->text(), words);
        bothThemes(pane, QStringLiteral("debug-no-terminal"));
        click(pane, "debug.command.copy");
        QCOMPARE(QApplication::clipboard()->text(), words);

        const auto terminal = m_job.folder().write("my terminal", "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + m_job.folder().path().string() + "/words.new'\n"
                "mv '" + m_job.folder().path().string() + "/words.new' '" + m_job.folder().path().string() + "/words'\n");
        std::filesystem::permissions(terminal, std::filesystem::perms::owner_all);
        qputenv("TERMINAL", QByteArray("\"") + terminal.c_str() + "\" --title x");
        click(pane, "debug.terminal");
        QTRY_VERIFY(QFile::exists(m_job.path() + QStringLiteral("/words")));
        const auto given = QString::fromStdString(test::readAll(m_job.folder().path() / "words")).split(QLatin1Char('\n'));
        QCOMPARE(given.mid(0, 5), (QStringList { QStringLiteral("--title"), QStringLiteral("x"), QStringLiteral("-e"), QStringLiteral("sh"), QStringLiteral("-c") }));
        QVERIFY2(given.value(5).contains(QStringLiteral("/sheaf debug r work --batch 2 --pdb ")), qPrintable(given.value(5)));
        qunsetenv("TERMINAL");
        if (!display.isEmpty()) {
            qputenv("DISPLAY", display);
        }
        if (!wayland.isEmpty()) {
            qputenv("WAYLAND_DISPLAY", wayland);
        }
    }

    void words_for_a_shell_are_quoted()
    {
        QCOMPARE(shellWord(QStringLiteral("/a/b-1_2.txt")), QStringLiteral("/a/b-1_2.txt"));
        QCOMPARE(shellWord(QStringLiteral("it's $HOME")), QStringLiteral("'it'\\''s $HOME'"));
        QCOMPARE(shellWord(QString()), QStringLiteral("''"));
    }
};

SHEAF_TEST(tst_debug_pane)
#include "tst_debug_pane.moc"
