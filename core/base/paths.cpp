// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/paths.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>

namespace sheaf::paths {

namespace {

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// `relativeToPrefix` of an installed Sheaf (bin/ is beside share/), else the folder of the source tree it was built from.
fs::path dataDir(const char* override_, const char* installed, const char* source)
{
    if (const std::string given = environment(override_); !given.empty()) {
        return given;
    }
    std::error_code ignored;
    const fs::path beside = programDir().parent_path() / SHEAF_INSTALL_DATADIR / installed;
    if (fs::is_directory(beside, ignored)) {
        return beside;
    }
    return fs::path(SHEAF_SOURCE_DIR) / source;
}

} // namespace

fs::path programDir()
{
    if (const std::string given = environment("SHEAF_BIN_DIR"); !given.empty()) {
        return given;
    }
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path("/usr/bin") : self.parent_path();
}

fs::path program(const std::string& name)
{
    return programDir() / name;
}

fs::path workerDir()
{
    return dataDir("SHEAF_WORKER_DIR", "worker", "core/worker/python");
}

fs::path rowsLibrary()
{
    std::error_code ignored;
    const fs::path beside = programDir().parent_path() / "lib" / "libsheaf_rows.so";
    return fs::exists(beside, ignored) ? beside : workerDir() / "sheaf_worker" / "libsheaf_rows.so";
}

fs::path guardProgram()
{
    std::error_code ignored;
    const fs::path beside = programDir().parent_path() / "lib" / "sheaf-guard";
    return fs::exists(beside, ignored) ? beside : programDir().parent_path() / "libexec" / "sheaf" / "sheaf-guard";
}

fs::path samplesDir()
{
    return dataDir("SHEAF_SAMPLES_DIR", "samples", "resources/samples");
}

Result<std::string> readFile(const fs::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return failErrno(path.string(), errno);
    }
    std::string bytes;
    struct stat status { };
    if (::fstat(file, &status) == 0 && status.st_size > 0) {
        bytes.reserve(static_cast<std::size_t>(status.st_size));
    }
    char buffer[65536];
    for (;;) {
        const ssize_t got = ::read(file, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            const int error = errno;
            ::close(file);
            return failErrno(path.string(), error);
        }
        if (got == 0) {
            break;
        }
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(file);
    return bytes;
}

Result<std::string> readEnd(const fs::path& path, std::size_t atMost)
{
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) {
        return failErrno(path.string(), errno);
    }
    const auto size = std::max<std::streamoff>(0, file.tellg());
    std::string end(std::min(static_cast<std::size_t>(size), atMost), '\0');
    file.seekg(size - static_cast<std::streamoff>(end.size()));
    file.read(end.data(), static_cast<std::streamsize>(end.size()));
    end.resize(static_cast<std::size_t>(file.gcount())); // it may have become shorter meanwhile
    return end;
}

Result<void> writeFile(const fs::path& path, std::string_view bytes)
{
    const std::string temporary = path.string() + ".new-" + std::to_string(::getpid());
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        return failErrno(path.string(), errno);
    }
    int error = 0;
    while (!bytes.empty() && error == 0) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0) {
            error = errno == EINTR ? 0 : errno;
            continue;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::close(file) != 0 && error == 0) {
        error = errno;
    }
    if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) {
        error = errno;
    }
    if (error != 0) {
        ::unlink(temporary.c_str());
        return failErrno(path.string(), error);
    }
    return {};
}

Result<void> overwriteFile(const fs::path& path, std::string_view bytes)
{
    std::error_code error;
    const fs::path real = fs::weakly_canonical(path, error);
    const fs::path& target = error ? path : real;
    struct stat before { };
    const bool isThere = ::stat(target.c_str(), &before) == 0;
    if (isThere && ((before.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0 || ::access(target.c_str(), W_OK) != 0)) {
        return failErrno(path.string(), EACCES);
    }
    auto written = writeFile(target, bytes);
    if (written && isThere) {
        ::chmod(target.c_str(), before.st_mode & 07777);
    }
    return written;
}

Result<void> makeDirs(const fs::path& path)
{
    std::error_code error;
    fs::create_directories(path, error);
    if (error) {
        return failErrno(path.string(), error.value());
    }
    return {};
}

} // namespace sheaf::paths
