// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/keeper.h"
#include "core/runtime/launcher.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace sheaf;

/// The launcher with a made-up keeper: the words it gets, that it is free of its caller, the locks
/// and the socket.
class tst_launcher : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void oneRankForTheCoordinatorAndOnePerNode();
    void neverBindsRanksToCores();
    void theKeeperLivesInASessionOfItsOwnAndIsNotOurChild();
    void theLockIsTheKeepersUntilItGoes();
    void whatWasLostIsToldInTheWordsOfMpirun();
    void itsOutputGoesToTheLaunchLog();
    void aMissingMpirunIsNamed();
    void aHeldLockMeansThatACoordinatorLives();
    void aRequestIsOneLineAndSoIsItsAnswer();
    void nobodyListeningMeansNotActive();

private:
    QByteArray m_path;
    std::int64_t m_pid = 0;
    std::unique_ptr<test::TempFolder> m_temp;
};

namespace {

struct HeldLock
{
    int file;
    explicit HeldLock(const fs::path& path)
        : file(::open(path.c_str(), O_RDWR | O_CREAT, 0600))
    {
        ::flock(file, LOCK_EX);
    }
    ~HeldLock() { ::close(file); }
};

runtime::LaunchLock lockOf(const runtime::RunDir& dir)
{
    auto lock = runtime::LaunchLock::take(dir);
    return std::move(**lock);
}

} // namespace

void tst_launcher::init()
{
    m_path = qgetenv("PATH");
    m_temp = std::make_unique<test::TempFolder>();
    // Says who it is and what it got, then waits until the test has looked.
    const auto keeper = m_temp->write("bin/sheaf-run",
        "#!/bin/sh\n"
        "echo \"$@\" >words\n"
        "cut -d' ' -f1,4,6 /proc/$$/stat >who.new && mv who.new who\n"
        "echo said; echo complained >&2\n"
        "while [ ! -e go ] && [ -d . ]; do sleep 0.02; done\n");
    fs::permissions(keeper, fs::perms::owner_all);
    fs::create_directories(m_temp->path() / "run");
    qputenv("PATH", (m_temp->path() / "bin").string().c_str() + QByteArray(":") + m_path);
    const auto mpirun = m_temp->write("bin/mpirun", "#!/bin/sh\n");
    fs::permissions(mpirun, fs::perms::owner_all);
    qputenv("SHEAF_BIN_DIR", (m_temp->path() / "bin").string().c_str());
}

void tst_launcher::cleanup()
{
    m_temp->write("run/go", "");
    QTRY_VERIFY(m_pid == 0 || ::kill(static_cast<pid_t>(m_pid), 0) != 0);
    m_pid = 0;
    qputenv("PATH", m_path);
}

void tst_launcher::oneRankForTheCoordinatorAndOnePerNode()
{
    const auto words = runtime::mpirunWords(runtime::RunDir("/w/.sheaf/runs/r"), 3);
    QCOMPARE(words.front(), std::string("mpirun"));
    const auto n = std::find(words.begin(), words.end(), "-n");
    QVERIFY(n != words.end());
    QCOMPARE(*(n + 1), std::string("4"));
    QCOMPARE(words.back(), std::string("/w/.sheaf/runs/r"));
    QVERIFY(words[words.size() - 2].ends_with("/sheaf-run"));
}

void tst_launcher::neverBindsRanksToCores()
{
    const auto words = runtime::mpirunWords(runtime::RunDir("/r"), 1);
    const auto bind = std::find(words.begin(), words.end(), "--bind-to");
    QVERIFY(bind != words.end());
    QCOMPARE(*(bind + 1), std::string("none"));
    QVERIFY(std::find(words.begin(), words.end(), "--oversubscribe") != words.end());
}

void tst_launcher::theKeeperLivesInASessionOfItsOwnAndIsNotOurChild()
{
    const runtime::RunDir dir(m_temp->path() / "run");
    const auto pid = runtime::launch(dir, 1, lockOf(dir));
    VERIFY_OK(pid);
    QTRY_VERIFY(fs::exists(dir.path() / "who"));
    const auto words
        = QString::fromStdString(test::readAll(dir.path() / "who")).simplified().split(' ');
    QCOMPARE(words.at(0).toLongLong(), *pid);
    QVERIFY(words.at(1).toLongLong() != ::getpid()); // its parent
    QVERIFY(words.at(2).toLongLong() != ::getsid(0)); // its session
    QCOMPARE(QString::fromStdString(test::readAll(dir.launched())).trimmed().toLongLong(), *pid);
    m_temp->write("run/go", "");
    QTRY_VERIFY(::kill(static_cast<pid_t>(*pid), 0) != 0);
}

void tst_launcher::theLockIsTheKeepersUntilItGoes()
{
    const runtime::RunDir dir(m_temp->path() / "run");
    QVERIFY(!runtime::LaunchLock::isTaken(dir));
    const auto pid = runtime::launch(dir, 3, lockOf(dir));
    VERIFY_OK(pid);
    QVERIFY(runtime::LaunchLock::isTaken(dir));
    QVERIFY(!runtime::LaunchLock::take(dir)->has_value());
    QTRY_VERIFY(fs::exists(dir.path() / "who"));
    QCOMPARE(test::readAll(dir.path() / "words"), "--keep " + dir.path().string() + " 3\n");
    m_temp->write("run/go", "");
    QTRY_VERIFY(!runtime::LaunchLock::isTaken(dir));
}

void tst_launcher::whatWasLostIsToldInTheWordsOfMpirun()
{
    constexpr int kEndedBySignal9 = 9; // as of waitpid
    constexpr int kExited1 = 1 << 8;
    QCOMPARE(runtime::lossClause("----\nmpirun noticed that process rank 2 with PID 0 on node vm exited on signal 9 (Killed).\n----\n", 137 << 8),
        std::string("node 1 was lost: its process on vm was ended by signal 9 (Killed)"));
    QCOMPARE(runtime::lossClause("mpirun noticed that process rank 0 with PID 7 on node head exited on signal 11 (Segmentation fault).", kExited1),
        std::string("the coordinator was lost: its process on head was ended by signal 11 (Segmentation fault)"));
    QCOMPARE(runtime::lossClause("2026-11-22T01:56:35 ERROR coordinator: lost: node 3 was lost: it said nothing for 8 s\nMPI_ABORT was invoked on rank 0", kExited1),
        std::string("node 3 was lost: it said nothing for 8 s"));
    QCOMPARE(runtime::lossClause("", kEndedBySignal9), std::string("mpirun was ended by signal 9 (Killed)"));
    QCOMPARE(runtime::lossClause("", kExited1), std::string("mpirun ended with 1 before the run was over"));
}

void tst_launcher::itsOutputGoesToTheLaunchLog()
{
    const runtime::RunDir dir(m_temp->path() / "run");
    m_temp->write("run/mpirun.log", "before\n");
    const auto pid = runtime::launch(dir, 1, lockOf(dir));
    VERIFY_OK(pid);
    m_pid = *pid;
    QTRY_COMPARE(test::readAll(dir.launchLog()), std::string("before\nsaid\ncomplained\n"));
}

void tst_launcher::aMissingMpirunIsNamed()
{
    qputenv("PATH", "/nowhere");
    const runtime::RunDir dir(m_temp->path() / "run");
    const auto launched = runtime::launch(dir, 1, lockOf(dir));
    COMPARE_ERROR(launched, ErrorCode::ProgramMissing);
    QCOMPARE(launched.error().arg("program"), std::string("mpirun"));
}

void tst_launcher::aHeldLockMeansThatACoordinatorLives()
{
    const runtime::RunDir dir(m_temp->path() / "run");
    QVERIFY(!runtime::coordinatorLives(dir));
    {
        const HeldLock held(dir.lock());
        QVERIFY(runtime::coordinatorLives(dir));
    }
    QVERIFY(!runtime::coordinatorLives(dir));
}

void tst_launcher::aRequestIsOneLineAndSoIsItsAnswer()
{
    const runtime::RunDir dir(m_temp->path() / "run");
    const HeldLock held(dir.lock());
    const auto path = m_temp->path() / "socket";
    m_temp->write("run/run.socket", path.string() + "\n");
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    QCOMPARE(::bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    QCOMPARE(::listen(server, 1), 0);
    std::string heard;
    std::thread coordinator([&] {
        const int client = ::accept(server, nullptr, nullptr);
        for (char c = 0; ::read(client, &c, 1) == 1 && c != '\n';) {
            heard += c;
        }
        QCOMPARE(::write(client, "o", 1), 1);
        QCOMPARE(::write(client, "k\nrest", 6), 6);
        ::close(client);
    });
    const auto answer = runtime::request(dir, "stop now");
    coordinator.join();
    ::close(server);
    VERIFY_OK(answer);
    QCOMPARE(*answer, std::string("ok"));
    QCOMPARE(heard, std::string("stop now"));
}

void tst_launcher::nobodyListeningMeansNotActive()
{
    const runtime::RunDir dir(m_temp->path() / "run");
    COMPARE_ERROR(runtime::request(dir, "ping"), ErrorCode::RunNotActive);
    const HeldLock held(dir.lock());
    m_temp->write("run/run.socket", (m_temp->path() / "nobody").string());
    COMPARE_ERROR(runtime::request(dir, "ping"), ErrorCode::RunNotActive);
}

SHEAF_TEST(tst_launcher)
#include "tst_launcher.moc"
