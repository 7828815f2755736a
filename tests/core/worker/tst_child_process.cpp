// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/worker/child_process.h"
#include "core/worker/process_guard.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>

using namespace sheaf;
using namespace sheaf::worker;

namespace {

/// One child run by the shell, and all that was told of it.
struct Child {
    boost::asio::io_context& context;
    ChildProcess process;
    std::string out;
    std::string error;
    std::string calls; // "before ended "
    std::optional<ProcessEnd> end;

    explicit Child(boost::asio::io_context& io)
        : context(io)
        , process(io)
    {
    }
    Result<void> start(const std::string& script)
    {
        return process.start({ { "/bin/sh", "-c", script }, "/", { { "GIVEN", "yes" } }, {} },
            [this](bool isError, std::string_view bytes) { (isError ? error : out) += bytes; }, [this] { calls += "before "; },
            [this](const ProcessEnd& how) {
                calls += "ended";
                end = how;
            });
    }
    void waitForEnd()
    {
        while (!end) {
            context.run_one_for(std::chrono::seconds(20));
        }
    }
};

bool isAlive(pid_t pid)
{
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(stat, text);
    const auto close = text.rfind(')');
    return close != std::string::npos && text[close + 2] != 'Z' && text[close + 2] != 'X';
}

} // namespace

class tst_child_process : public QObject
{
    Q_OBJECT

private slots:
    void how_it_ended_is_told_after_all_that_it_wrote()
    {
        boost::asio::io_context context;
        Child child(context);
        VERIFY_OK(child.start("echo out $GIVEN; echo error >&2; exit 7"));
        child.waitForEnd();
        QCOMPARE(child.out, std::string("out yes\n"));
        QCOMPARE(child.error, std::string("error\n"));
        QCOMPARE(child.calls, std::string("before ended"));
        QCOMPARE(child.end->words(), std::string("exited with 7"));
    }

    void a_signal_is_told_with_its_name()
    {
        boost::asio::io_context context;
        Child child(context);
        VERIFY_OK(child.start("kill -KILL $$"));
        child.waitForEnd();
        QVERIFY(child.end->signaled);
        QCOMPARE(child.end->words(), std::string("was killed by signal 9 (Killed)"));
    }

    void a_program_that_is_not_there_is_an_error()
    {
        boost::asio::io_context context;
        ChildProcess process(context);
        COMPARE_ERROR(process.start({ { "/no/such/program" }, "/", {}, {} }, [](bool, std::string_view) { }, [] { },
                          [](const ProcessEnd&) { }),
            ErrorCode::NotFound);
    }

    void what_it_forked_ends_with_it()
    {
        boost::asio::io_context context;
        Child child(context);
        VERIFY_OK(child.start("sleep 1000 & echo $!; exit 0"));
        child.waitForEnd();
        const auto grandchild = static_cast<pid_t>(std::stoi(child.out));
        QVERIFY(QTest::qWaitFor([&] { return !isAlive(grandchild); }, 20000));
    }

    void what_a_shell_waits_for_has_its_time_when_asked_gently()
    {
        boost::asio::io_context context;
        Child child(context);
        // The shell dies of SIGTERM at once; the one in it still says what it has to say.
        VERIFY_OK(child.start("sh -c 'trap \"sleep 0.3; echo saved; exit 0\" TERM; echo ready; while :; do sleep 0.05; done'; echo never"));
        while (child.out.empty()) {
            context.run_one_for(std::chrono::seconds(20));
        }
        child.process.terminateGently();
        child.waitForEnd();
        QCOMPARE(child.out, std::string("ready\nsaved\n"));
        QVERIFY(child.end->signaled);
    }

    void what_does_not_heed_it_ends_when_killed()
    {
        boost::asio::io_context context;
        Child child(context);
        VERIFY_OK(child.start("sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.05; done'; echo never"));
        while (child.out.empty()) {
            context.run_one_for(std::chrono::seconds(20));
        }
        const auto deaf = static_cast<pid_t>(std::stoi(child.out));
        child.process.terminateGently();
        context.run_for(std::chrono::milliseconds(100));
        QVERIFY(!child.end);
        QVERIFY(isAlive(deaf));
        child.process.signalGroup(SIGKILL);
        child.waitForEnd();
        QVERIFY(QTest::qWaitFor([&] { return !isAlive(deaf); }, 20000));
    }

    /// This process is the agent: a child of it plays one that dies with a command still running.
    void what_it_forked_dies_with_an_agent_that_is_killed()
    {
        int words[2] = {};
        QCOMPARE(::pipe(words), 0);
        const pid_t agent = ::fork();
        if (agent == 0) {
            if (!startGuard()) {
                ::_exit(1);
            }
            boost::asio::io_context context;
            Child child(context);
            if (!child.start("sleep 1000 & echo $!; wait")) {
                ::_exit(1);
            }
            while (child.out.empty()) {
                context.run_one_for(std::chrono::seconds(20));
            }
            [[maybe_unused]] const auto told = ::write(words[1], child.out.data(), child.out.size());
            ::kill(::getpid(), SIGKILL);
        }
        ::close(words[1]);
        char text[32] = {};
        QVERIFY(::read(words[0], text, sizeof text - 1) > 0);
        ::close(words[0]);
        QCOMPARE(::waitpid(agent, nullptr, 0), agent);
        const auto grandchild = static_cast<pid_t>(std::stoi(text));
        QVERIFY(QTest::qWaitFor([&] { return !isAlive(grandchild); }, 20000));
    }

    void letting_go_of_it_ends_it()
    {
        boost::asio::io_context context;
        auto child = std::make_unique<Child>(context);
        VERIFY_OK(child->start("sleep 1000"));
        const auto pid = static_cast<pid_t>(child->process.pid());
        QVERIFY(isAlive(pid));
        child.reset();
        QVERIFY(!isAlive(pid));
    }

    void what_waits_in_the_pipe_is_not_read_while_reading_is_off()
    {
        boost::asio::io_context context;
        Child child(context);
        VERIFY_OK(child.start("head -c 1000000 /dev/zero"));
        child.process.setReading(false);
        // It can write no more than a pipe holds, so it cannot end.
        for (int i = 0; i < 20; ++i) {
            context.run_one_for(std::chrono::milliseconds(5));
        }
        QVERIFY(!child.end);
        const std::size_t before = child.out.size();
        child.process.setReading(true);
        child.waitForEnd();
        QVERIFY(before < child.out.size());
        QCOMPARE(child.out.size(), std::size_t { 1000000 });
    }

    /// The reactor's event of a process that has ended must not be taken for the end of the one that replaced it.
    void a_fresh_one_outlives_the_end_of_the_one_it_replaces()
    {
        boost::asio::io_context context;
        struct Slot {
            std::unique_ptr<Child> child;
        };
        int replaced = 0;
        std::vector<std::unique_ptr<Child>> fresh;
        for (int round = 0; round < 60; ++round) {
            std::vector<Slot> places(4);
            for (auto& slot : places) {
                slot.child = std::make_unique<Child>(context);
                Child* old = slot.child.get();
                VERIFY_OK(old->process.start({ { "/bin/true" }, "/", {}, {} }, [](bool, std::string_view) { }, [] { },
                    [&, old](const ProcessEnd& end) {
                        old->end = end;
                        ++replaced;
                        auto next = std::make_unique<Child>(context);
                        QVERIFY(next->start("exec sleep 1000").has_value());
                        fresh.push_back(std::move(next));
                        boost::asio::post(context, [gone = std::shared_ptr<Child>(std::move(slot.child))] { });
                    }));
            }
            const int wanted = (round + 1) * 4;
            while (replaced < wanted) {
                context.run_one_for(std::chrono::seconds(20));
            }
            while (context.poll_one() > 0) { }
            for (const auto& one : fresh) {
                QVERIFY2(!one->end, one->end ? one->end->words().c_str() : "");
                QVERIFY(isAlive(static_cast<pid_t>(one->process.pid())));
            }
            fresh.clear();
        }
    }
};

SHEAF_TEST(tst_child_process)
#include "tst_child_process.moc"
