// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/worker/worker_process.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <boost/asio/io_context.hpp>

#include <QStandardPaths>

#include <filesystem>
#include <map>

using namespace sheaf;
using namespace sheaf::worker;

namespace {

/// A real Python worker with a script of its own, and all that it told.
struct Told : WorkerListener {
    test::TempFolder folder;
    boost::asio::io_context context;
    std::unique_ptr<WorkerProcess> process;
    bool ready = false;
    std::string initError;
    std::map<std::uint64_t, std::string> rows; // by attempt
    std::map<std::uint64_t, std::string> failed;
    std::map<std::uint64_t, event::AttemptOutcome> outcomes;
    std::string logs;
    std::string child;
    std::optional<bool> finished;
    std::optional<ProcessEnd> end;

    void onReady(double, std::string_view) override { ready = true; }
    void onInitFailed(bool, std::string_view error, std::string_view) override { initError = error; }
    void onDone(const DoneFrame& frame) override { rows[frame.attempt.value] = frame.rows; }
    void onFailed(const FailedFrame& frame) override
    {
        failed[frame.attempt.value] = frame.error;
        outcomes[frame.attempt.value] = frame.outcome;
    }
    void onLog(event::LogStream stream, std::string_view bytes) override { logs += std::to_string(static_cast<int>(stream)) + ":" + std::string(bytes); }
    void onChildOutput(bool, std::string_view bytes) override { child += bytes; }
    void onFinished(bool ok, std::string_view) override { finished = ok; }
    void onEnded(const ProcessEnd& how) override { end = how; }

    Result<void> start(const std::string& script)
    {
        folder.write("code/entry.py", script);
        std::filesystem::create_directories(folder.path() / "temp");
        WorkerCommand command;
        command.python = std::filesystem::exists("/usr/bin/python3") ? "/usr/bin/python3"
                                                                     : QStandardPaths::findExecutable(QStringLiteral("python3")).toStdString();
        command.start.codeDir = (folder.path() / "code").string();
        command.start.entryScript = "entry.py";
        command.start.process = "process000";
        command.start.loggingLevel = "INFO";
        command.start.logDir = command.start.outputDir = folder.path().string();
        command.start.tempDir = (folder.path() / "temp").string();
        command.start.miniBatchKind = "Files";
        command.start.root = "/data";
        command.start.tableFormat = "None";
        auto started = WorkerProcess::start(context, command, *this);
        if (!started) {
            return tl::unexpected<Error>(started.error());
        }
        process = std::move(*started);
        return {};
    }
    void run(std::uint64_t attempt, const std::string& file)
    {
        process->run(AttemptId(attempt), MiniBatchIndex(static_cast<std::uint32_t>(attempt)), "{\"files\":[\"" + file + "\"]}");
    }
    template <class Condition> bool wait(Condition condition)
    {
        for (int i = 0; i < 400 && !condition(); ++i) {
            context.run_one_for(std::chrono::milliseconds(50));
        }
        return condition();
    }
};

} // namespace

class tst_worker_process : public QObject
{
    Q_OBJECT

private slots:
    void rows_come_back_and_it_leaves_when_asked()
    {
        Told told;
        VERIFY_OK(told.start("def run(files):\n    print('got', *files)\n    return files\n"));
        told.run(1, "a");
        told.run(2, "b");
        QVERIFY2(told.wait([&] { return told.rows.size() == 2; }), (told.initError + told.child + told.failed[1]).c_str());
        QVERIFY(told.ready);
        QCOMPARE(told.rows[1], std::string("/data/a\n"));
        QCOMPARE(told.rows[2], std::string("/data/b\n"));
        QVERIFY2(told.logs.find("0:got /data/a") != std::string::npos, told.logs.c_str());
        told.process->finish();
        QVERIFY(told.wait([&] { return told.end.has_value(); }));
        QCOMPARE(told.finished, std::optional(true));
        QCOMPARE(told.end->words(), std::string("exited with 0"));
    }

    void what_raises_and_what_returns_nothing_fails_and_the_next_goes_on()
    {
        Told told;
        VERIFY_OK(told.start("def run(files):\n    if files[0].endswith('bad'): raise KeyError('x')\n"
                             "    return None if files[0].endswith('none') else files\n"));
        told.run(1, "bad");
        told.run(2, "none");
        told.run(3, "good");
        QVERIFY(told.wait([&] { return told.rows.contains(3); }));
        QCOMPARE(told.failed[1], std::string("KeyError: 'x'"));
        QCOMPARE(told.outcomes[1], event::AttemptOutcome::Exception);
        QCOMPARE(told.outcomes[2], event::AttemptOutcome::BadReturn);
        QVERIFY2(told.failed[2].find("NoneType") != std::string::npos, told.failed[2].c_str());
    }

    void an_init_that_raises_is_told_and_the_process_is_gone()
    {
        Told told;
        VERIFY_OK(told.start("def init():\n    raise OSError('no model')\ndef run(files):\n    return files\n"));
        QVERIFY(told.wait([&] { return told.end.has_value(); }));
        QCOMPARE(told.initError, std::string("OSError: no model"));
        QVERIFY(!told.ready);
    }

    void the_status_page_names_what_hangs_and_the_stack_can_be_asked_for()
    {
        Told told;
        VERIFY_OK(told.start("import threading\ndef hang():\n    threading.Event().wait()\ndef run(files):\n    hang()\n"));
        told.run(5, "a");
        told.run(6, "b");
        QVERIFY(told.wait([&] { return told.process->status().phase == WorkerPhase::Run; }));
        QCOMPARE(told.process->status().attempt, AttemptId(5));
        QCOMPARE(told.process->status().items, 1U);
        told.process->askForStack();
        QVERIFY(told.wait([&] { return told.child.find("in run") != std::string::npos; }));
        QVERIFY(told.child.find("in hang") != std::string::npos);
        told.process->kill();
        QVERIFY(told.wait([&] { return told.end.has_value(); }));
        QVERIFY(told.end->signaled);
        QCOMPARE(told.process->status().attempt, AttemptId(5)); // whom the death is blamed on
        QVERIFY(told.rows.empty());
    }

    void what_has_not_been_begun_comes_back_when_asked()
    {
        Told told;
        const std::string gate = (told.folder.path() / "go").string();
        VERIFY_OK(told.start("import os, threading\ndef run(files):\n    while not os.path.exists('" + gate
            + "'): threading.Event().wait(0.01)\n    return files\n"));
        told.run(1, "a");
        told.run(2, "b");
        told.run(3, "c");
        QVERIFY(told.wait([&] { return told.process->status().phase == WorkerPhase::Run; }));
        told.process->handBack(true);
        told.folder.write("go", "");
        QVERIFY(told.wait([&] { return told.outcomes.size() == 2; }));
        QCOMPARE(told.outcomes[2], event::AttemptOutcome::Lost);
        QCOMPARE(told.outcomes[3], event::AttemptOutcome::Lost);
        QVERIFY(told.rows.contains(1));
        told.process->handBack(false);
        told.run(2, "b");
        QVERIFY(told.wait([&] { return told.rows.contains(2); }));
    }

    void an_interpreter_that_is_not_there_is_an_error()
    {
        boost::asio::io_context context;
        Told told;
        WorkerCommand command;
        command.python = "/no/python";
        command.start.codeDir = "/";
        COMPARE_ERROR(WorkerProcess::start(context, command, told), ErrorCode::InterpreterMissing);
    }
};

SHEAF_TEST(tst_worker_process)
#include "tst_worker_process.moc"
