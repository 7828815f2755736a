// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/tool_output.h"

#include "core/base/text.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace sheaf::workspace {

namespace {

struct Pipe
{
    int ends[2] = { -1, -1 };
    Pipe()
    {
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            ends[0] = ends[1] = -1;
        }
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe()
    {
        closeEnd(0);
        closeEnd(1);
    }
    void closeEnd(int end)
    {
        if (ends[end] >= 0) {
            ::close(ends[end]);
            ends[end] = -1;
        }
    }
};

int spawn(
    pid_t& pid, const std::string& program, const std::vector<std::string>& words, int out, int err)
{
    std::vector<char*> argv;
    for (const auto& word : words) {
        argv.push_back(const_cast<char*>(word.c_str()));
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out, 1);
    ::posix_spawn_file_actions_adddup2(&actions, err, 2);
    const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    return error;
}

/// Reads both pipes to their ends; false when the time was over first.
bool drain(Pipe& out,
    Pipe& err,
    std::string& outText,
    std::string& errText,
    std::chrono::steady_clock::time_point end)
{
    while (out.ends[0] >= 0 || err.ends[0] >= 0) {
        pollfd waits[2] = { { out.ends[0], POLLIN, 0 }, { err.ends[0], POLLIN, 0 } };
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        const int ready = left.count() > 0 ? ::poll(waits, 2, static_cast<int>(left.count())) : 0;
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready <= 0) {
            return false;
        }
        for (int i = 0; i < 2; ++i) {
            if (waits[i].revents == 0) {
                continue;
            }
            char buffer[4096];
            const ssize_t got = ::read(waits[i].fd, buffer, sizeof buffer);
            if (got > 0) {
                (i == 0 ? outText : errText).append(buffer, static_cast<std::size_t>(got));
            } else if (got == 0 || errno != EINTR) {
                (i == 0 ? out : err).closeEnd(0);
            }
        }
    }
    return true;
}

std::string lastLine(const std::string& text)
{
    const std::string_view trimmed = text::trim(text);
    return std::string(trimmed.substr(trimmed.rfind('\n') + 1));
}

} // namespace

std::string findProgram(const std::string& program)
{
    const auto isProgram = [](const std::filesystem::path& path) {
        std::error_code ignored;
        return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
    };
    if (program.find('/') != std::string::npos) {
        return isProgram(program) ? std::filesystem::absolute(program).lexically_normal().string()
                                  : std::string();
    }
    const char* path = std::getenv("PATH");
    for (const auto& folder :
        text::split(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
        const auto candidate = std::filesystem::path(folder.empty() ? "." : folder) / program;
        if (isProgram(candidate)) {
            return std::filesystem::absolute(candidate).string();
        }
    }
    return {};
}

Result<std::string> toolOutput(
    const std::vector<std::string>& words, std::chrono::milliseconds atMost)
{
    const auto end = std::chrono::steady_clock::now() + atMost;
    const std::string program = words.empty() ? std::string() : findProgram(words.front());
    if (program.empty()) {
        return fail(
            ErrorCode::ProgramMissing, { { "program", words.empty() ? "" : words.front() } });
    }
    Pipe out;
    Pipe err;
    pid_t pid = 0;
    if (const int error = spawn(pid, program, words, out.ends[1], err.ends[1]); error != 0) {
        return fail(ErrorCode::Launch, { { "reason", program + ": " + std::strerror(error) } });
    }
    out.closeEnd(1);
    err.closeEnd(1);
    std::string outText;
    std::string errText;
    const bool inTime = drain(out, err, outText, errText, end);
    if (!inTime) {
        ::kill(pid, SIGKILL);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    if (!inTime) {
        return fail(ErrorCode::Launch, { { "reason", program + " did not answer in time" } });
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        const std::string why = lastLine(errText);
        return fail(ErrorCode::Launch,
            { { "reason", program + (why.empty() ? " ended with an error" : ": " + why) } });
    }
    return std::string(text::trim(outText));
}

} // namespace sheaf::workspace
