// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/launcher.h"

#include "core/base/fingerprint.h"
#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace sheaf::runtime {

namespace fs = std::filesystem;

namespace {

constexpr auto kAnswerWithin = std::chrono::seconds(5);
constexpr auto kSweepAfter = std::chrono::minutes(2);

/// A file descriptor that is closed with its scope.
struct Descriptor
{
    int number = -1;
    explicit Descriptor(int number_)
        : number(number_)
    {
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { reset(); }
    void reset()
    {
        if (number >= 0) {
            ::close(number);
            number = -1;
        }
    }
};

/// Folder of this user for what Open MPI keeps while it runs: memory where there is some, and a
/// short path, since Unix sockets lie in it.
fs::path scratchRoot()
{
    const std::string name = fmt::format("sheaf-{}", ::getuid());
    const fs::path memory = "/dev/shm";
    return (::access(memory.c_str(), W_OK) == 0 ? memory : fs::path("/tmp")) / name;
}

fs::path scratchOf(const RunDir& dir)
{
    Fingerprint fingerprint;
    fingerprint.add(dir.path().string());
    return scratchRoot() / fmt::format("{:016x}", fingerprint.value());
}

/// mpirun cleans up after itself unless it was killed: then its segments of shared memory stay. So
/// each run has a folder of its own, with the run's path in it, and the next launch takes away
/// those of runs that are over.
void sweepScratch()
{
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(scratchRoot(), error)) {
        const auto changed = fs::last_write_time(entry.path(), error);
        const auto owner = paths::readFile(entry.path() / "run");
        const bool young = !error && fs::file_time_type::clock::now() - changed < kSweepAfter;
        if (!young && (!owner || !coordinatorLives(RunDir(*owner)))) {
            std::error_code ignored;
            fs::remove_all(entry.path(), ignored);
        }
    }
}

Result<void> makeScratch(const RunDir& dir)
{
    const fs::path root = scratchRoot();
    if (::mkdir(root.c_str(), 0700) != 0 && errno != EEXIST) {
        return failErrno(root.string(), errno);
    }
    struct stat status
    {
    };
    if (::lstat(root.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)
        || status.st_uid != ::getuid()) {
        return fail(ErrorCode::NoPermission, { { "path", root.string() } });
    }
    sweepScratch();
    std::error_code ignored;
    fs::remove_all(scratchOf(dir), ignored);
    if (auto made = paths::makeDirs(scratchOf(dir)); !made) {
        return made;
    }
    return paths::writeFile(scratchOf(dir) / "run", dir.path().string());
}

std::string findOnPath(const std::string& program)
{
    const char* path = std::getenv("PATH");
    for (const auto& folder :
        text::split(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
        const fs::path candidate = fs::path(folder.empty() ? "." : folder) / program;
        std::error_code ignored;
        if (fs::is_regular_file(candidate, ignored) && ::access(candidate.c_str(), X_OK) == 0) {
            return candidate.string();
        }
    }
    return {};
}

/// Ours, without the traces of an MPI job that we may be part of ourselves, and with the words that
/// Open MPI wants from root.
std::vector<std::string> launchEnvironment(const RunDir& dir)
{
    std::vector<std::string> environment { "PATH=" + searchPath(dir) };
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view word = *entry;
        const bool ofOtherJob = word.starts_with("PMIX_") || word.starts_with("OMPI_COMM_")
            || word.starts_with("OMPI_UNIVERSE_") || word.starts_with("OMPI_FILE_")
            || word.starts_with("ORTE_");
        if (!ofOtherJob && !word.starts_with("PATH=") && !word.starts_with("OMPI_ALLOW_RUN_AS_ROOT")) {
            environment.emplace_back(word);
        }
    }
    if (::geteuid() == 0) {
        environment.emplace_back("OMPI_ALLOW_RUN_AS_ROOT=1");
        environment.emplace_back("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1");
    }
    return environment;
}

std::vector<char*> pointers(std::vector<std::string>& words)
{
    std::vector<char*> result;
    for (auto& word : words) {
        result.push_back(word.data());
    }
    result.push_back(nullptr);
    return result;
}

/// What the two children do is prepared before the fork: the caller may have threads.
struct Launch
{
    const char* program = nullptr;
    char* const* words = nullptr;
    char* const* environment = nullptr;
    const char* directory = nullptr;
    int in = -1;
    int out = -1;
    int lock = -1; // handed on as kLockNumber; -1: none
    int report = -1; // the pid, then errno if exec failed
};

constexpr int kLockNumber = 9; // of the descriptor that a Keeper is born with

[[noreturn]] void becomeProgram(const Launch& launch)
{
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int signal :
        { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU }) {
        ::signal(signal, SIG_DFL);
    }
    // A caller without stdin may have given these the numbers 0 to 2.
    const int in = ::fcntl(launch.in, F_DUPFD, kLockNumber + 1);
    const int out = ::fcntl(launch.out, F_DUPFD, kLockNumber + 1);
    const int report = ::fcntl(launch.report, F_DUPFD, kLockNumber + 1);
    const int lock = launch.lock >= 0 ? ::fcntl(launch.lock, F_DUPFD, kLockNumber + 1) : -1;
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (lock >= 0) {
        ::dup2(lock, kLockNumber); // without close-on-exec
    }
    if (::chdir(launch.directory) == 0) {
        ::execve(launch.program, launch.words, launch.environment);
    }
    const int error = errno;
    [[maybe_unused]] const ssize_t written = ::write(report, &error, sizeof error);
    ::_exit(127);
}

/// Forks twice, so that the Keeper belongs to init and leaves no zombie with the caller, in a session of its own.
[[noreturn]] void forkAgain(const Launch& launch)
{
    ::setsid();
    const pid_t keeper = ::fork();
    if (keeper == 0) {
        becomeProgram(launch);
    }
    const std::int64_t pid = keeper;
    [[maybe_unused]] const ssize_t written = ::write(launch.report, &pid, sizeof pid);
    ::_exit(keeper > 0 ? 0 : 1);
}

/// Reads `size` bytes; false when the other end closed first.
bool readWhole(int descriptor, void* bytes, std::size_t size)
{
    auto* to = static_cast<char*>(bytes);
    while (size > 0) {
        const ssize_t got = ::read(descriptor, to, size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        to += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

Result<std::int64_t> startDetached(const Launch& prepared)
{
    int ends[2] = { -1, -1 };
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return fail(ErrorCode::Launch, { { "reason", std::strerror(errno) } });
    }
    const Descriptor readEnd(ends[0]);
    Descriptor writeEnd(ends[1]);
    Launch launch = prepared;
    launch.report = writeEnd.number;
    const pid_t first = ::fork();
    if (first == 0) {
        forkAgain(launch);
    }
    const int forkError = errno;
    writeEnd.reset();
    if (first < 0) {
        return fail(ErrorCode::Launch, { { "reason", std::strerror(forkError) } });
    }
    int status = 0;
    while (::waitpid(first, &status, 0) < 0 && errno == EINTR) { }
    // The order of the two reports is not fixed: 8 bytes are the pid, 4 bytes an errno.
    char report[sizeof(std::int64_t) + sizeof(int)] = {};
    std::size_t size = 0;
    while (size < sizeof report && readWhole(readEnd.number, report + size, 1)) {
        ++size;
    }
    if (size != sizeof(std::int64_t)) {
        return fail(ErrorCode::Launch, { { "reason", std::string(prepared.program) + " could not be executed" } });
    }
    std::int64_t pid = 0;
    std::memcpy(&pid, report, sizeof pid);
    if (pid <= 0) {
        return fail(ErrorCode::Launch, { { "reason", "no more processes may be started" } });
    }
    return pid;
}

Result<std::string> exchange(int socket, std::string message, const std::string& run)
{
    const auto end = std::chrono::steady_clock::now() + kAnswerWithin;
    message += '\n';
    std::string_view unsent = message;
    std::string answer;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        pollfd wait { socket, static_cast<short>(unsent.empty() ? POLLIN : POLLOUT), 0 };
        const int ready = left.count() > 0 ? ::poll(&wait, 1, static_cast<int>(left.count())) : 0;
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready <= 0) {
            return fail(ErrorCode::Protocol,
                { { "peer", "the coordinator of " + run }, { "reason", "no answer within 5 s" } });
        }
        if (!unsent.empty()) {
            const ssize_t sent = ::send(socket, unsent.data(), unsent.size(), MSG_NOSIGNAL);
            if (sent < 0) {
                return fail(ErrorCode::RunNotActive, { { "run", run } });
            }
            unsent.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        char buffer[512];
        const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
        if (got <= 0) {
            return fail(ErrorCode::RunNotActive, { { "run", run } });
        }
        answer.append(buffer, static_cast<std::size_t>(got));
        if (const auto lineEnd = answer.find('\n'); lineEnd != std::string::npos) {
            return answer.substr(0, lineEnd);
        }
    }
}

} // namespace

std::string searchPath(const RunDir& dir)
{
    const char* own = std::getenv("PATH");
    const std::string rest = own != nullptr ? own : "/usr/local/bin:/usr/bin:/bin";
    const auto spec = paths::readFile(dir.spec()).and_then([](const std::string& text) { return json::parse(text); });
    const auto* python = spec && spec->is_object() ? spec->get_object().if_contains("python") : nullptr;
    std::string path = dir.programs().string() + ":";
    if (python != nullptr && python->is_string()) {
        const std::string beside = fs::path(std::string(python->get_string())).parent_path().string();
        const auto known = text::split(rest, ':');
        path += std::find(known.begin(), known.end(), beside) == known.end() ? beside + ":" : "";
    }
    return path + rest;
}

std::vector<std::string> mpirunWords(const RunDir& dir, int nodes, Life life, const std::string& lost)
{
    // ob1 with self and vader is all that one machine needs; without the search for network
    // hardware MPI_Init takes 0.15 s instead of 0.37. Single copy is off because containers forbid
    // it, with a warning for each message.
    const std::string scratch = scratchOf(dir).string();
    std::vector<std::string> words { "mpirun", "-n", std::to_string(1 + nodes), "--bind-to", "none", "--oversubscribe", //
        "--mca", "pml", "ob1", "--mca", "btl", "self,vader", //
        "--mca", "btl_vader_single_copy_mechanism", "none", //
        "--mca", "btl_vader_backing_directory", scratch, "--mca", "orte_tmpdir_base", scratch, //
        "--mca", "mpi_yield_when_idle", "1", //
        paths::program("sheaf-run").string(), dir.path().string() };
    if (life == Life::Repair) {
        words.emplace_back("--repair");
    }
    if (!lost.empty()) {
        words.emplace_back("--lost");
        words.push_back(lost);
    }
    return words;
}

namespace {

/// Taken for a moment only: who meets this probe tries again.
bool isLocked(const fs::path& lock)
{
    const Descriptor file(::open(lock.c_str(), O_RDONLY | O_CLOEXEC));
    return file.number >= 0 && ::flock(file.number, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/// mpirun.log, for what a program says.
Result<int> openLog(const RunDir& dir)
{
    const int log = ::open(dir.launchLog().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    return log >= 0 ? Result<int>(log) : failErrno(dir.launchLog().string(), errno);
}

} // namespace

Result<std::int64_t> launch(const RunDir& dir, int nodes, LaunchLock lock)
{
    const std::string ranks = paths::program("sheaf-run").string();
    if (findOnPath("mpirun").empty()) {
        return fail(ErrorCode::ProgramMissing, { { "program", "mpirun" } });
    }
    if (::access(ranks.c_str(), X_OK) != 0) {
        return fail(ErrorCode::ProgramMissing, { { "program", ranks } });
    }
    const Descriptor in(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const auto log = openLog(dir);
    if (!log) {
        return tl::unexpected<Error>(log.error());
    }
    const Descriptor out(*log);
    std::vector<std::string> words { ranks, "--keep", dir.path().string(), std::to_string(nodes) };
    const auto wordPointers = pointers(words);
    const std::string directory = dir.path().string();
    auto pid = startDetached({ ranks.c_str(), wordPointers.data(), environ, directory.c_str(), in.number, out.number, lock.m_file, -1 });
    if (!pid) {
        return pid;
    }
    ::close(std::exchange(lock.m_file, -1)); // not given back: the Keeper has it now
    if (auto noted = paths::writeFile(dir.launched(), std::to_string(*pid) + "\n"); !noted) {
        return tl::unexpected<Error>(noted.error());
    }
    return pid;
}

Result<std::int64_t> startMpirun(const RunDir& dir, int nodes, Life life, const std::string& lost)
{
    const std::string mpirun = findOnPath("mpirun");
    if (mpirun.empty()) {
        return fail(ErrorCode::ProgramMissing, { { "program", "mpirun" } });
    }
    if (auto made = makeScratch(dir); !made) {
        return tl::unexpected<Error>(made.error());
    }
    const Descriptor in(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const auto log = openLog(dir);
    if (!log) {
        return tl::unexpected<Error>(log.error());
    }
    const Descriptor out(*log);
    int ends[2] = { -1, -1 };
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return fail(ErrorCode::Launch, { { "reason", std::strerror(errno) } });
    }
    const Descriptor readEnd(ends[0]);
    Descriptor writeEnd(ends[1]);
    auto words = mpirunWords(dir, nodes, life, lost);
    auto environment = launchEnvironment(dir);
    const auto wordPointers = pointers(words);
    const auto environmentPointers = pointers(environment);
    const std::string directory = dir.path().string();
    const Launch child { mpirun.c_str(), wordPointers.data(), environmentPointers.data(), directory.c_str(), in.number, out.number, -1, writeEnd.number };
    const pid_t pid = ::fork();
    if (pid == 0) {
        becomeProgram(child);
    }
    if (pid < 0) {
        return fail(ErrorCode::Launch, { { "reason", std::strerror(errno) } });
    }
    writeEnd.reset();
    if (int error = 0; readWhole(readEnd.number, &error, sizeof error)) {
        ::waitpid(pid, nullptr, 0);
        return fail(ErrorCode::Launch, { { "reason", mpirun + ": " + std::strerror(error) } });
    }
    return pid;
}

bool coordinatorLives(const RunDir& dir)
{
    return isLocked(dir.lock());
}

Result<std::optional<LaunchLock>> LaunchLock::take(const RunDir& dir)
{
    const int file = ::open(dir.keeperLock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return failErrno(dir.keeperLock().string(), errno);
    }
    LaunchLock lock(file);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
        return std::optional(std::move(lock));
    }
    const int error = errno;
    ::close(std::exchange(lock.m_file, -1)); // nothing to give back
    return error == EWOULDBLOCK ? Result<std::optional<LaunchLock>>(std::optional<LaunchLock>()) : failErrno(dir.keeperLock().string(), error);
}

Result<std::optional<LaunchLock>> LaunchLock::inherit(const RunDir& dir)
{
    struct stat own { };
    struct stat file { };
    if (::fstat(kLockNumber, &own) == 0 && ::stat(dir.keeperLock().c_str(), &file) == 0 && own.st_dev == file.st_dev && own.st_ino == file.st_ino) {
        ::fcntl(kLockNumber, F_SETFD, FD_CLOEXEC); // mpirun is to live without it
        return std::optional(LaunchLock(kLockNumber));
    }
    return take(dir);
}

bool LaunchLock::isTaken(const RunDir& dir)
{
    return isLocked(dir.keeperLock());
}

LaunchLock::~LaunchLock()
{
    if (m_file >= 0) {
        (void)::flock(m_file, LOCK_UN); // also for a child that was forked meanwhile
        ::close(m_file);
    }
}

Result<std::string> request(const RunDir& dir, const std::string& line)
{
    const auto notActive = fail(ErrorCode::RunNotActive, { { "run", dir.name() } });
    const auto name = paths::readFile(dir.socketName());
    if (!name || !coordinatorLives(dir)) {
        return notActive;
    }
    const std::string_view path = text::trim(*name);
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return notActive;
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.number < 0
        || ::connect(socket.number, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        return notActive;
    }
    return exchange(socket.number, line, dir.name());
}

} // namespace sheaf::runtime
