// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/run_labels.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/workspace/run_index.h"

#include <algorithm>
#include <set>
#include <sys/stat.h>

namespace sheaf::workspace {

namespace fs = std::filesystem;

namespace {

const std::string kRemoved = ".removed-";

/// Whose a folder of .sheaf/debug is: they are named after their run and more, and runs may have a dash in their names.
bool isOf(const std::string& folder, const std::string& run, const std::vector<std::string>& others)
{
    return folder.starts_with(run + "-")
        && std::none_of(others.begin(), others.end(), [&](const std::string& other) { return other.size() > run.size() && folder.starts_with(other + "-"); });
}

/// The folders that are of this run and no other; its own is the last.
std::vector<fs::path> foldersOf(const Workspace& workspace, const std::string& run)
{
    std::vector<std::string> others;
    std::error_code error;
    for (fs::directory_iterator it(workspace.runDir(run).path().parent_path(), error), end; !error && it != end; it.increment(error)) {
        others.push_back(it->path().filename().string());
    }
    std::vector<fs::path> folders;
    for (fs::directory_iterator it(workspace.folder() / ".sheaf" / "debug", error), end; !error && it != end; it.increment(error)) {
        if (isOf(it->path().filename().string(), run, others)) {
            folders.push_back(it->path());
        }
    }
    folders.push_back(workspace.runDir(run).path());
    return folders;
}

/// What removals that were cut off have left.
std::vector<fs::path> restsIn(const fs::path& folder)
{
    std::vector<fs::path> rests;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (it->path().filename().string().starts_with(kRemoved)) {
            rests.push_back(it->path());
        }
    }
    return rests;
}

} // namespace

RunLabels labelsOf(const Workspace& workspace, const std::string& run)
{
    const auto text = paths::readFile(workspace.runDir(run).labels());
    auto labels = text ? json::deserialize<RunLabels>(*text, "labels.json") : Result<RunLabels>(RunLabels());
    return labels ? std::move(*labels) : RunLabels();
}

Result<void> setLabels(const Workspace& workspace, const std::string& run, const RunLabels& labels)
{
    RunLabels clean;
    clean.note = labels.note;
    for (const auto& tag : labels.tags) {
        const std::string word(text::trim(tag));
        if (!word.empty() && std::find(clean.tags.begin(), clean.tags.end(), word) == clean.tags.end()) {
            clean.tags.push_back(word);
        }
    }
    return paths::writeFile(workspace.runDir(run).labels(), json::serialize(clean) + "\n");
}

RunSize sizeOf(const Workspace& workspace, const std::string& run)
{
    constexpr std::uint64_t kBlock = 512; // of st_blocks, whatever the file system's
    RunSize size;
    for (const auto& folder : foldersOf(workspace, run)) {
        std::error_code error;
        for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end; !error && it != end;
             it.increment(error)) {
            struct stat status {};
            if (::lstat(it->path().c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) {
                size.bytes += static_cast<std::uint64_t>(status.st_blocks) * kBlock;
                ++size.files;
            }
        }
    }
    return size;
}

Result<void> removeRun(const Workspace& workspace, const std::string& run)
{
    std::error_code error;
    if (!fs::exists(workspace.runDir(run).spec(), error)) {
        return fail(ErrorCode::RunMissing, { { "run", run }, { "workspace", workspace.folder().string() } });
    }
    if (workspace.isActive(run)) {
        return fail(ErrorCode::RunActive, { { "run", run } });
    }
    const auto lock = workspace.take(run, summaryOf(workspace, run).endedMicros, {}); // nobody begins to carry it on meanwhile
    if (!lock) {
        return tl::unexpected<Error>(lock.error());
    }
    forgetRun(workspace, run);
    auto folders = foldersOf(workspace, run);
    std::reverse(folders.begin(), folders.end()); // the run leaves the list before anything is lost
    std::set<fs::path> parents;
    for (const auto& folder : folders) {
        // A name with a dot is no run: what happens half-way is only a rest to be swept away.
        const fs::path gone = folder.parent_path() / (kRemoved + folder.filename().string());
        fs::remove_all(gone, error);
        fs::rename(folder, gone, error);
        if (error) {
            return failErrno(folder.string(), error.value());
        }
        parents.insert(folder.parent_path());
    }
    Result<void> removed;
    for (const auto& parent : parents) {
        for (const auto& rest : restsIn(parent)) { // also of removals that were cut off: those that cannot be swept do not stand in the way
            fs::remove_all(rest, error);
            const bool isOurs = std::any_of(folders.begin(), folders.end(), [&](const fs::path& folder) { return rest.filename() == kRemoved + folder.filename().string(); });
            if (error && isOurs && removed) {
                removed = failErrno(rest.string(), error.value());
            }
        }
    }
    return removed;
}

} // namespace sheaf::workspace
