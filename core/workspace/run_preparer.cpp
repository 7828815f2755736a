// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/run_preparer.h"

#include "core/base/paths.h"
#include "core/workspace/code_snapshot.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

namespace sheaf::workspace {

namespace fs = std::filesystem;

namespace {

/// A folder that is removed again unless it was given its final name.
class UnfinishedFolder
{
public:
    explicit UnfinishedFolder(fs::path path)
        : m_path(std::move(path))
    {
    }
    UnfinishedFolder(const UnfinishedFolder&) = delete;
    UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;
    ~UnfinishedFolder()
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }

    [[nodiscard]] const fs::path& path() const { return m_path; }

    Result<void> make() const
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
        if (auto made = paths::makeDirs(m_path.parent_path()); !made) {
            return made;
        }
        if (::mkdir(m_path.c_str(), 0700) != 0) {
            return failErrno(m_path.string(), errno);
        }
        return {};
    }

    Result<void> renameTo(const fs::path& to) const
    {
        if (::rename(m_path.c_str(), to.c_str()) == 0) {
            return {};
        }
        if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR) {
            return fail(ErrorCode::RunExists, { { "run", to.filename().string() } });
        }
        return failErrno(to.string(), errno);
    }

private:
    fs::path m_path;
};

Result<void> copyBytes(const fs::path& from, const fs::path& to)
{
    const auto bytes = paths::readFile(from);
    if (!bytes) {
        return tl::unexpected<Error>(bytes.error());
    }
    if (auto made = paths::makeDirs(to.parent_path()); !made) {
        return made;
    }
    return paths::writeFile(to, *bytes);
}

/// Component and MLTable files keep their place beside the job file; those from elsewhere go under
/// outside/.
Result<void> copyFiles(const pipeline::Resolved& job, const runtime::RunDir& dir)
{
    if (auto copied = copyBytes(job.spec.jobFile, dir.job()); !copied) {
        return copied;
    }
    const fs::path home = fs::path(job.spec.jobFile).parent_path();
    for (const auto& file : job.files) {
        if (file == fs::path(job.spec.jobFile)) {
            continue;
        }
        const fs::path beside = file.lexically_relative(home);
        const bool isBeside = !beside.empty() && *beside.begin() != "..";
        const fs::path place = isBeside ? beside : fs::path("outside") / file.relative_path();
        if (auto copied = copyBytes(file, dir.files() / place); !copied) {
            return copied;
        }
    }
    return {};
}

/// `python train.py` in a command step must mean the run's interpreter, whatever it is called and whether or not Debian has a
/// `python`. Scripts, not links: the Python of a virtual environment must be started by its own name.
Result<void> writePrograms(const pipeline::RunSpec& spec, const runtime::RunDir& dir)
{
    std::string quoted;
    for (const char c : spec.python) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    if (auto made = paths::makeDirs(dir.programs()); !made) {
        return made;
    }
    for (const char* name : { "python", "python3" }) {
        const fs::path program = dir.programs() / name;
        if (auto written = paths::writeFile(program, "#!/bin/sh\nexec '" + quoted + "' \"$@\"\n"); !written) {
            return written;
        }
        std::error_code ignored;
        fs::permissions(program, fs::perms::owner_all, ignored);
    }
    return {};
}

Result<void> takeSnapshots(
    const pipeline::RunSpec& spec, const runtime::RunDir& dir, std::vector<std::string>& warnings)
{
    for (const auto& step : spec.steps) {
        const bool isParallel = step.kind == pipeline::StepKind::Parallel;
        auto snapshot = takeCodeSnapshot(
            isParallel ? step.parallel.code : step.command.code, dir.code(step.name));
        if (!snapshot) {
            return tl::unexpected<Error>(snapshot.error());
        }
        for (auto& warning : snapshot->warnings) {
            if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) {
                warnings.push_back(std::move(warning));
            }
        }
    }
    return {};
}

} // namespace

Result<void> prepareRun(
    const pipeline::Resolved& job, const runtime::RunDir& dir, std::vector<std::string>& warnings)
{
    std::error_code ignored;
    if (fs::exists(dir.path(), ignored)) {
        return fail(ErrorCode::RunExists, { { "run", dir.name() } });
    }
    const UnfinishedFolder unfinished(
        dir.path().parent_path() / (".new-" + dir.name() + "-" + std::to_string(::getpid())));
    const runtime::RunDir draft(unfinished.path());
    return unfinished.make()
        .and_then([&] { return copyFiles(job, draft); })
        .and_then([&] { return writePrograms(job.spec, draft); })
        .and_then([&] { return takeSnapshots(job.spec, draft, warnings); })
        .and_then([&] { return paths::writeFile(draft.spec(), json::serialize(job.spec)); })
        .and_then([&] { return unfinished.renameTo(dir.path()); });
}

} // namespace sheaf::workspace
