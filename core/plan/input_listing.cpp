// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/input_listing.h"

#include "core/plan/glob.h"
#include "core/plan/plan_line.h"
#include "core/plan/plan_watch.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sheaf::plan {

namespace {

constexpr std::size_t kEntriesBetweenLooks = 512;

struct CloseFolder
{
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

/// What a folder is, whatever way leads to it.
using FolderIdentity = std::pair<dev_t, ino_t>;

enum class EntryKind { File, Folder, Skipped };

/// The entries of one folder: names in one piece of memory, a folder's with "/" at its end. Sorted
/// by these names, a walk in order gives the paths of all files sorted by their bytes.
struct Entries
{
    struct Place
    {
        std::size_t begin;
        std::size_t length;
    };
    std::string letters;
    std::vector<Place> places;

    [[nodiscard]] std::string_view name(const Place& place) const
    {
        return std::string_view(letters).substr(place.begin, place.length);
    }
    void sort()
    {
        std::sort(places.begin(), places.end(),
            [this](const Place& a, const Place& b) { return name(a) < name(b); });
    }
};

class Listing
{
public:
    Listing(const std::filesystem::path& root,
        const Glob* glob,
        std::string prefix,
        PlanWatch& watch,
        const OnFile& onFile,
        std::vector<std::string>& warnings)
        : m_root(root.string())
        , m_glob(glob)
        , m_prefix(std::move(prefix))
        , m_watch(watch)
        , m_onFile(onFile)
        , m_warnings(warnings)
    {
    }

    Result<void> run()
    {
        rememberParents();
        return walk(AT_FDCWD, m_root.c_str());
    }

private:
    [[nodiscard]] std::string fullPath(std::string_view relative) const
    {
        return relative.empty()
            ? m_root
            : m_root + (m_root.ends_with('/') ? "" : "/") + std::string(relative);
    }
    [[nodiscard]] std::string_view relativeFolder() const
    {
        return std::string_view(m_relative)
            .substr(0, m_relative.empty() ? 0 : m_relative.size() - 1);
    }
    void warn(std::string_view what, std::string_view relative)
    {
        m_warnings.push_back(
            std::string(what) + " at " + readableText(fullPath(relative)) + ": skipped");
    }

    /// The folders above the root count as parents too: a link to one of them would lead back here.
    void rememberParents()
    {
        std::error_code ignored;
        std::filesystem::path above = std::filesystem::canonical(m_root, ignored);
        while (!ignored && above.has_relative_path()) {
            above = above.parent_path();
            struct stat status
            {
            };
            if (::stat(above.c_str(), &status) == 0) {
                m_parents.emplace_back(status.st_dev, status.st_ino);
            }
        }
    }

    Result<void> walk(int parent, const char* name)
    {
        if (m_watch.shouldStop()) {
            return PlanWatch::canceled();
        }
        const std::string path = fullPath(relativeFolder());
        m_watch.setReading(path);
        const int descriptor = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0) {
            return m_watch.unreadable(path, errno);
        }
        const OpenFolder folder(::fdopendir(descriptor));
        struct stat status
        {
        };
        if (!folder || ::fstat(descriptor, &status) != 0) {
            return m_watch.unreadable(path, errno);
        }
        const FolderIdentity identity(status.st_dev, status.st_ino);
        // Only by a link can a folder lie in itself; how many real folders lie between does not
        // matter.
        if (std::find(m_parents.begin(), m_parents.end(), identity) != m_parents.end()) {
            warn("a link leads back to a parent folder", relativeFolder());
            return {};
        }
        m_parents.push_back(identity);
        auto walked = walkEntries(folder.get(), path);
        m_parents.pop_back();
        return walked;
    }

    Result<void> walkEntries(DIR* folder, const std::string& path)
    {
        auto entries = readEntries(folder, path);
        if (!entries) {
            return tl::unexpected<Error>(entries.error());
        }
        const std::size_t depth = m_relative.size();
        std::size_t taken = 0;
        for (const auto& place : entries->places) {
            const std::string_view name = entries->name(place);
            if (!name.ends_with('/')) {
                takeFile(name);
                if (++taken % kEntriesBetweenLooks == 0 && m_watch.shouldStop()) {
                    return PlanWatch::canceled();
                }
                continue;
            }
            m_relative.append(name);
            const std::string bare(name.substr(0, name.size() - 1));
            Result<void> walked;
            if (m_glob == nullptr || m_glob->mayMatchBelow(relativeFolder())) {
                walked = walk(::dirfd(folder), bare.c_str());
            }
            m_relative.resize(depth);
            if (!walked) {
                return walked;
            }
        }
        return {};
    }

    void takeFile(std::string_view name)
    {
        if (m_glob != nullptr && !m_glob->matches(m_relative + std::string(name))) {
            return;
        }
        if (m_glob != nullptr) { // else it was counted when its folder was read
            m_watch.addFiles(1);
        }
        if (m_prefix.empty()) {
            m_onFile(m_relative, name);
        } else {
            m_onFile(m_prefix + m_relative, name);
        }
    }

    Result<Entries> readEntries(DIR* folder, const std::string& path)
    {
        Entries entries;
        for (;;) {
            errno = 0;
            const dirent* entry = ::readdir(folder);
            if (entry == nullptr) {
                break;
            }
            const std::string_view name = entry->d_name;
            if (name == "." || name == "..") {
                continue;
            }
            if (entries.places.size() % kEntriesBetweenLooks == kEntriesBetweenLooks - 1
                && m_watch.shouldStop()) {
                return PlanWatch::canceled();
            }
            addEntry(entries, folder, *entry, name);
        }
        if (errno != 0) {
            return m_watch.unreadable(path, errno);
        }
        entries.sort();
        return entries;
    }

    void addEntry(Entries& entries, DIR* folder, const dirent& entry, std::string_view name)
    {
        EntryKind kind = EntryKind::File;
        if (entry.d_type == DT_DIR) {
            kind = EntryKind::Folder;
        } else if (entry.d_type != DT_REG) {
            kind = askKind(::dirfd(folder), entry);
        }
        if (kind == EntryKind::Skipped) {
            return;
        }
        const std::size_t begin = entries.letters.size();
        entries.letters.append(name);
        if (kind == EntryKind::Folder) {
            entries.letters += '/';
        } else if (m_glob == nullptr) {
            m_watch.addFiles(1);
        }
        entries.places.push_back({ begin, entries.letters.size() - begin });
    }

    /// For links, and for file systems that do not tell the kind with the name.
    EntryKind askKind(int folder, const dirent& entry)
    {
        struct stat target
        {
        };
        const std::string relative = m_relative + entry.d_name;
        if (::fstatat(folder, entry.d_name, &target, 0) != 0) {
            warn(errno == ELOOP ? "a link that leads to itself" : "a link to nothing", relative);
            return EntryKind::Skipped;
        }
        if (S_ISDIR(target.st_mode)) {
            return EntryKind::Folder;
        }
        if (S_ISREG(target.st_mode)) {
            return EntryKind::File;
        }
        if (m_glob == nullptr || m_glob->matches(relative)) {
            warn("neither a file nor a folder", relative);
        }
        return EntryKind::Skipped;
    }

    std::string m_root;
    const Glob* m_glob;
    std::string m_prefix;
    PlanWatch& m_watch;
    const OnFile& m_onFile;
    std::vector<std::string>& m_warnings;
    std::string m_relative; // of the folder being read: "" or "a/b/"
    std::vector<FolderIdentity> m_parents;
};

} // namespace

Result<void> listFiles(const std::filesystem::path& folder,
    const Glob* glob,
    const std::string& prefix,
    PlanWatch& watch,
    PathList& files,
    std::vector<std::string>& warnings)
{
    return listFiles(folder, glob, prefix, watch, [&files](std::string_view in, std::string_view name) { files.add(in, name); }, warnings);
}

Result<void> listFiles(const std::filesystem::path& folder,
    const Glob* glob,
    const std::string& prefix,
    PlanWatch& watch,
    const OnFile& onFile,
    std::vector<std::string>& warnings)
{
    return Listing(folder, glob, prefix, watch, onFile, warnings).run();
}

} // namespace sheaf::plan
