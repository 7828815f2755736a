// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/code_snapshot.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/workspace/ignore_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <linux/fs.h>
#include <map>
#include <set>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sheaf::workspace {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kLargeBytes = 300ULL * 1024 * 1024;

/// Copies bytes and mode; a reflink where the file system has them.
Result<void> copyFile(const fs::path& from, const fs::path& to)
{
    const int in = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
    if (in < 0) {
        return failErrno(from.string(), errno);
    }
    struct stat status
    {
    };
    ::fstat(in, &status);
    // The owner may write the copy: a script that opens its neighbour for writing works as on a
    // fresh machine.
    const int out = ::open(
        to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (status.st_mode & 0777) | 0600);
    int error = out < 0 ? errno : 0;
    if (error == 0 && ::ioctl(out, FICLONE, in) != 0) {
        char buffer[1 << 16];
        ssize_t got = 0;
        errno = 0;
        while (error == 0 && (got = ::read(in, buffer, sizeof buffer)) != 0) {
            if (got < 0 || ::write(out, buffer, static_cast<std::size_t>(got)) != got) {
                error = errno != 0 ? errno : EIO;
            }
        }
    }
    ::close(in);
    if (out >= 0 && ::close(out) != 0 && error == 0) {
        error = errno;
    }
    if (error != 0) {
        return failErrno(to.string(), error);
    }
    return {};
}

/// What is found in a code folder; paths are relative to it.
class CodeVisitor
{
public:
    virtual ~CodeVisitor() = default;
    virtual Result<void> onFolder(const std::string& relative) = 0;
    virtual Result<void> onFile(const fs::directory_entry& entry, const std::string& relative) = 0;
    virtual void onLinkOut(const fs::path& target, const std::string& relative) = 0;
    virtual void onWarning(const std::string& text) = 0;
};

/// Goes over what belongs to a snapshot, in order.
class CodeWalk
{
public:
    CodeWalk(fs::path root, CodeVisitor& visitor)
        : m_root(std::move(root))
        , m_visitor(visitor)
    {
        std::error_code ignored;
        m_ignoreName = fs::exists(m_root / ".amlignore", ignored) ? ".amlignore" : ".gitignore";
    }

    Result<void> walk() { return enter(m_root, ""); }

private:
    Result<void> enter(const fs::path& folder, const std::string& relative)
    {
        if (auto taken = m_visitor.onFolder(relative); !taken) {
            return taken;
        }
        if (const auto lines = paths::readFile(folder / m_ignoreName)) {
            m_rules.add(relative, *lines);
        }
        std::error_code error;
        std::vector<fs::directory_entry> entries;
        for (fs::directory_iterator it(folder, error), end; !error && it != end;
             it.increment(error)) {
            entries.push_back(*it);
        }
        if (error) {
            return failErrno(folder.string(), error.value());
        }
        std::sort(entries.begin(), entries.end());
        m_open.push_back(fs::canonical(folder, error));
        for (const auto& entry : entries) {
            if (auto taken = look(entry, relative); !taken) {
                return taken;
            }
        }
        m_open.pop_back();
        return {};
    }

    Result<void> look(const fs::directory_entry& entry, const std::string& folder)
    {
        const std::string name = entry.path().filename().string();
        const std::string relative = folder.empty() ? name : folder + "/" + name;
        std::error_code error;
        const bool isFolder = entry.is_directory(error); // follows links
        if (name == ".git" || name == ".sheaf" || m_rules.isIgnored(relative, isFolder)) {
            return {};
        }
        if (entry.is_symlink(error) && !isLinkToFollow(entry.path(), relative)) {
            return {};
        }
        if (isFolder) {
            return enter(entry.path(), relative);
        }
        if (!entry.is_regular_file(error)) {
            return {}; // sockets, pipes and devices are no code
        }
        return m_visitor.onFile(entry, relative);
    }

    /// A link that stays inside is copied as its target. One that leads out is kept as a link, one
    /// in a circle left out; both are told.
    bool isLinkToFollow(const fs::path& link, const std::string& relative)
    {
        std::error_code error;
        const fs::path target = fs::canonical(link, error);
        if (error) {
            m_visitor.onWarning(fmt::format(
                "The link {} in the code folder leads nowhere; it is left out.", relative));
            return false;
        }
        if (std::find(m_open.begin(), m_open.end(), target) != m_open.end()) {
            m_visitor.onWarning(fmt::format(
                "The link {} in the code folder leads back to its own parent; it is left out.",
                relative));
            return false;
        }
        const auto inside
            = std::mismatch(m_root.begin(), m_root.end(), target.begin(), target.end()).first
            == m_root.end();
        if (!inside) {
            m_visitor.onLinkOut(target, relative);
        }
        return inside;
    }

    fs::path m_root; // canonical
    CodeVisitor& m_visitor;
    std::string m_ignoreName;
    IgnoreRules m_rules;
    std::vector<fs::path> m_open; // canonical paths of the folders that are gone into
};

class Copier final : public CodeVisitor
{
public:
    explicit Copier(fs::path to)
        : m_to(std::move(to))
    {
    }
    Result<void> onFolder(const std::string& relative) override
    {
        return paths::makeDirs(m_to / relative);
    }
    Result<void> onFile(const fs::directory_entry& entry, const std::string& relative) override
    {
        std::error_code error;
        ++result.files;
        result.bytes += entry.file_size(error);
        return copyFile(entry.path(), m_to / relative);
    }
    void onLinkOut(const fs::path& target, const std::string& relative) override
    {
        std::error_code error;
        fs::create_symlink(target, m_to / relative, error);
        onWarning(fmt::format("The link {} leads out of the code folder, to {}: it stays a link, so "
                              "the run sees later changes there.",
            relative, target.string()));
    }
    void onWarning(const std::string& text) override { result.warnings.push_back(text); }

    CodeSnapshot result;

private:
    fs::path m_to;
};

bool holdsSameBytes(const fs::path& one, const fs::path& other)
{
    std::error_code error;
    if (fs::file_size(one, error) != fs::file_size(other, error) || error) {
        return false;
    }
    std::ifstream first(one, std::ios::binary);
    std::ifstream second(other, std::ios::binary);
    std::vector<char> left(1 << 16);
    std::vector<char> right(left.size());
    while (first && second) {
        first.read(left.data(), static_cast<std::streamsize>(left.size()));
        second.read(right.data(), static_cast<std::streamsize>(right.size()));
        if (first.gcount() != second.gcount()
            || !std::equal(left.begin(), left.begin() + first.gcount(), right.begin())) {
            return false;
        }
    }
    return first.eof() && second.eof();
}

class Comparer final : public CodeVisitor
{
public:
    explicit Comparer(fs::path snapshot)
        : m_snapshot(std::move(snapshot))
    {
    }
    Result<void> onFolder(const std::string&) override { return {}; }
    Result<void> onFile(const fs::directory_entry& entry, const std::string& relative) override
    {
        // What the interpreter keeps beside the sources is made again whenever they change.
        if (relative.find("__pycache__/") == std::string::npos
            && !holdsSameBytes(entry.path(), m_snapshot / relative)) {
            changed.push_back(relative);
        }
        return {};
    }
    void onLinkOut(const fs::path& target, const std::string& relative) override
    {
        std::error_code error;
        if (fs::read_symlink(m_snapshot / relative, error) != target) {
            changed.push_back(relative);
        }
    }
    void onWarning(const std::string&) override { }

    std::vector<std::string> changed;

private:
    fs::path m_snapshot;
};

} // namespace

Result<CodeSnapshot> takeCodeSnapshot(const fs::path& code, const fs::path& to)
{
    if (auto made = paths::makeDirs(to); !made) {
        return tl::unexpected<Error>(made.error());
    }
    if (code.empty()) {
        return CodeSnapshot {};
    }
    std::error_code error;
    const fs::path root = fs::canonical(code, error);
    if (error) {
        return failErrno(code.string(), error.value());
    }
    if (!fs::is_directory(root)) {
        if (auto copied = copyFile(root, to / code.filename()); !copied) {
            return tl::unexpected<Error>(copied.error());
        }
        return CodeSnapshot { 1, fs::file_size(root, error), {} };
    }
    Copier copier(to);
    if (auto copied = CodeWalk(root, copier).walk(); !copied) {
        return tl::unexpected<Error>(copied.error());
    }
    if (copier.result.bytes > kLargeBytes) {
        copier.result.warnings.push_back(
            fmt::format("The code folder {} holds {}, and each run keeps a copy of it. An "
                        ".amlignore file there leaves out what the step does not need.",
                code.string(), text::humanBytes(copier.result.bytes)));
    }
    return copier.result;
}

Result<std::vector<std::string>> changedCode(const fs::path& code, const fs::path& snapshot)
{
    if (code.empty()) {
        return std::vector<std::string> {};
    }
    std::error_code error;
    const fs::path root = fs::canonical(code, error);
    if (error) {
        return failErrno(code.string(), error.value());
    }
    if (!fs::is_directory(root)) {
        const std::string name = code.filename().string();
        return holdsSameBytes(root, snapshot / name) ? std::vector<std::string> {}
                                                     : std::vector<std::string> { name };
    }
    Comparer comparer(snapshot);
    if (auto walked = CodeWalk(root, comparer).walk(); !walked) {
        return tl::unexpected<Error>(walked.error());
    }
    // Scripts write beside themselves, so of what only the snapshot has just sources count: one that is gone may have been the mistake.
    for (fs::recursive_directory_iterator it(snapshot, error), end; !error && it != end; it.increment(error)) {
        const fs::path relative = it->path().lexically_relative(snapshot);
        std::error_code looked;
        if (it->path().extension() == ".py" && !fs::exists(root / relative, looked)) {
            comparer.changed.push_back(relative.string());
        }
    }
    return comparer.changed;
}

namespace {

/// Of a snapshot: relative path → as it is there.
Result<std::map<std::string, fs::path>> codeIn(const fs::path& snapshot, std::int64_t untilMicros)
{
    std::map<std::string, fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator it(snapshot, error);
    for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
        struct stat status { };
        const std::string relative = it->path().lexically_relative(snapshot).string();
        if (::lstat(it->path().c_str(), &status) != 0 || S_ISDIR(status.st_mode) || relative.find("__pycache__/") != std::string::npos) {
            continue;
        }
        const std::int64_t changed = status.st_ctim.tv_sec * std::int64_t { 1'000'000 } + status.st_ctim.tv_nsec / 1000;
        if (untilMicros == 0 || changed <= untilMicros) {
            files.emplace(relative, it->path());
        }
    }
    if (error) {
        return failErrno(snapshot.string(), error.value());
    }
    return files;
}

bool areSame(const fs::path& one, const fs::path& other)
{
    std::error_code error;
    if (fs::is_symlink(one, error) || fs::is_symlink(other, error)) {
        return fs::read_symlink(one, error) == fs::read_symlink(other, error);
    }
    return holdsSameBytes(one, other);
}

} // namespace

Result<std::vector<std::string>> differentCode(const fs::path& first, std::int64_t firstMicros, const fs::path& second, std::int64_t secondMicros)
{
    auto one = codeIn(first, firstMicros);
    auto other = codeIn(second, secondMicros);
    if (!one || !other) {
        return tl::unexpected<Error>(one ? other.error() : one.error());
    }
    std::set<std::string> different;
    for (const auto& [relative, file] : *one) {
        const auto found = other->find(relative);
        if (found == other->end() || !areSame(file, found->second)) {
            different.insert(relative);
        }
    }
    for (const auto& [relative, file] : *other) {
        if (!one->contains(relative)) {
            different.insert(relative);
        }
    }
    return std::vector<std::string>(different.begin(), different.end());
}

} // namespace sheaf::workspace
