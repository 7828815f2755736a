// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/log_sources.h"

#include "core/base/text.h"

#include <algorithm>
#include <fstream>

namespace sheaf::cli {

namespace fs = std::filesystem;

namespace {

struct Folder
{
    const char* path; // below logs(step); has a folder per node
    const char* suffix;
    const char* stream;
};
constexpr Folder kFolders[] = { { "user/stdout", ".stdout.txt", "stdout" },
    { "user/stderr", ".stderr.txt", "stderr" }, { "user/entry_script_log", ".log.txt", "log" },
    { "user/error", ".txt", "errors" }, { "sys/node", ".stdout.txt", "children's stdout" },
    { "sys/node", ".stderr.txt", "children's stderr" } };

struct Found
{
    std::string node;
    std::string process;
    std::size_t stream = 0;
    fs::path path;
    auto operator<=>(const Found&) const = default;
};

std::vector<fs::path> entriesOf(const fs::path& folder)
{
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        entries.push_back(it->path());
    }
    return entries;
}

bool wanted(const std::string& filter, const std::string& value)
{
    return filter.empty() || filter == value;
}

std::vector<Found> workerLogs(const fs::path& logs, const LogFilter& filter)
{
    std::vector<Found> found;
    for (std::size_t i = 0; i < std::size(kFolders); ++i) {
        for (const auto& node : entriesOf(logs / kFolders[i].path)) {
            for (const auto& file : entriesOf(node)) {
                const std::string name = file.filename().string();
                if (!name.starts_with("process") || !name.ends_with(kFolders[i].suffix)) {
                    continue;
                }
                const std::string process = name.substr(0, name.find('.'));
                if (wanted(filter.node, node.filename().string())
                    && wanted(filter.process, process)) {
                    found.push_back({ node.filename().string(), process, i, file });
                }
            }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

void add(std::vector<LogSource>& sources, const fs::path& path, std::string title)
{
    const auto known = std::find_if(
        sources.begin(), sources.end(), [&](const auto& source) { return source.path == path; });
    if (known == sources.end()) {
        sources.push_back({ path, std::move(title), 0 });
    }
}

} // namespace

std::string processWord(const std::string& text)
{
    const auto number = text::toInt(text);
    return number && *number >= 0
        ? runtime::RunDir::processName(ProcessNumber(static_cast<std::uint32_t>(*number)))
        : text;
}

void findLogSources(const OpenRun& run, const LogFilter& filter, std::vector<LogSource>& sources)
{
    constexpr std::string_view kCommandPrefix = "std_log_";
    for (const auto& step : run.spec.steps) {
        if (!wanted(filter.step, step.name)) {
            continue;
        }
        const fs::path logs = run.dir.logs(step.name);
        auto files = entriesOf(logs / "user_logs");
        std::sort(files.begin(), files.end());
        for (const auto& file : files) {
            const std::string name = file.stem().string();
            if (filter.process.empty() && name.starts_with(kCommandPrefix)
                && wanted(filter.node, name.substr(kCommandPrefix.size()))) {
                add(sources, file, step.name + "  node " + name.substr(kCommandPrefix.size()));
            }
        }
        for (const auto& found : workerLogs(logs, filter)) {
            add(sources, found.path,
                step.name + "  node " + found.node + "  " + found.process + "  "
                    + kFolders[found.stream].stream);
        }
    }
}

std::string readRange(const fs::path& path, std::uint64_t begin, std::uint64_t end)
{
    std::ifstream file(path, std::ios::binary);
    std::string bytes;
    if (file && end > begin) {
        bytes.resize(end - begin);
        file.seekg(static_cast<std::streamoff>(begin));
        file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        bytes.resize(static_cast<std::size_t>(file.gcount()));
    }
    return bytes;
}

std::string readNew(LogSource& source, bool toEnd)
{
    constexpr std::uint64_t kAtOnce = 16 << 20;
    std::error_code error;
    const std::uint64_t size = fs::file_size(source.path, error);
    if (error || size <= source.printed) {
        return {};
    }
    std::string bytes
        = readRange(source.path, source.printed, std::min(size, source.printed + kAtOnce));
    const bool isPart = bytes.size() == kAtOnce;
    if (!toEnd && !isPart) {
        bytes.resize(bytes.rfind('\n') + 1); // npos + 1 is 0: no whole line yet
    }
    source.printed += bytes.size();
    return bytes;
}

} // namespace sheaf::cli
