// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/disk_check.h"

#include "core/base/text.h"
#include "core/spec/findings.h"

#include <fmt/format.h>

namespace sheaf::workspace {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::uint64_t kForLogs = 200 * kMiB; // logs, rows and the database of an ordinary run
constexpr std::uint64_t kLeast = kMiB; // less than this is full
constexpr int kMostEntries = 200'000; // a larger folder is not counted to its end

std::uint64_t bytesOf(const fs::path& code)
{
    std::error_code error;
    if (fs::is_regular_file(code, error)) {
        return fs::file_size(code, error);
    }
    std::uint64_t bytes = 0;
    int seen = 0;
    for (fs::recursive_directory_iterator it(code, error), end; !error && it != end && ++seen < kMostEntries; it.increment(error)) {
        const std::string name = it->path().filename().string();
        std::error_code unknown;
        if (name == ".git" || name == ".sheaf") {
            it.disable_recursion_pending();
        } else if (it->is_regular_file(unknown)) {
            const std::uint64_t size = it->file_size(unknown);
            bytes += unknown ? 0 : size;
        }
    }
    return bytes;
}

/// The folder itself, or the nearest one above that is there.
fs::path nearestFolder(fs::path folder)
{
    std::error_code error;
    while (!fs::exists(folder, error) && folder.has_relative_path()) {
        folder = folder.parent_path();
    }
    return folder;
}

} // namespace

std::vector<spec::Diagnostic> diskFindings(std::uint64_t free, std::uint64_t copies, const fs::path& folder, const std::string& jobFile)
{
    const std::uint64_t needed = copies + kForLogs;
    if (free >= needed) {
        return {};
    }
    const std::string found = text::humanBytes(free);
    const std::string remedy = "make room there, or give a folder on another disk with --workspace";
    if (free < kLeast) {
        return { spec::finding(spec::Severity::Error, "disk-full", { jobFile, {}, "" },
            fmt::format("the disk of {} is full: {} are free, a run needs about {}", folder.string(), found, text::humanBytes(needed)),
            { found, text::humanBytes(needed), remedy }) };
    }
    return { spec::finding(spec::Severity::Warning, "disk-low", { jobFile, {}, "" },
        fmt::format("there is little room for the run: {} are free at {}, it needs about {} ({} of code are copied; logs and outputs come on top)",
            found, folder.string(), text::humanBytes(needed), text::humanBytes(copies)),
        { found, text::humanBytes(needed), remedy }) };
}

std::vector<spec::Diagnostic> checkDisk(const pipeline::RunSpec& spec, const fs::path& runDir)
{
    std::error_code error;
    const fs::path folder = nearestFolder(fs::absolute(runDir, error));
    const fs::space_info space = fs::space(folder, error);
    if (error) {
        return {};
    }
    std::uint64_t copies = 0;
    for (const auto& step : spec.steps) { // each step has a copy of its own
        const std::string& code = step.kind == pipeline::StepKind::Parallel ? step.parallel.code : step.command.code;
        copies += code.empty() ? 0 : bytesOf(code);
    }
    return diskFindings(space.available, copies, folder, spec.jobFile);
}

} // namespace sheaf::workspace
