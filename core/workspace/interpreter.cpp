// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/interpreter.h"

#include "core/base/fingerprint.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/workspace/tool_output.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sys/stat.h>

namespace sheaf::workspace {

namespace fs = std::filesystem;

namespace {

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::string stampOf(const fs::path& file)
{
    struct stat status
    {
    };
    if (::stat(file.c_str(), &status) != 0) {
        return "-";
    }
    return fmt::format("{}.{}+{}", status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size);
}

bool isScript(const fs::path& file)
{
    std::ifstream bytes(file, std::ios::binary);
    return bytes.get() == '#' && bytes.get() == '!';
}

/// What the answer of a program depends on. A shim (a script) looks at more than itself: pyenv's at
/// PYENV_VERSION, at .python-version of this folder and its parents, and at the version file beside
/// its shims.
std::string cacheKey(const fs::path& program)
{
    std::string key = program.string() + " " + stampOf(program);
    if (!isScript(program)) {
        return key;
    }
    key += " " + environment("PYENV_VERSION") + " "
        + stampOf(program.parent_path().parent_path() / "version");
    std::error_code ignored;
    for (fs::path folder = fs::current_path(ignored); !folder.empty();
         folder = folder.parent_path()) {
        key += " " + stampOf(folder / ".python-version");
        if (folder == folder.parent_path()) {
            break;
        }
    }
    return key;
}

using Cache = std::map<std::string, Interpreter>;

Cache readCache(const fs::path& file)
{
    if (const auto bytes = paths::readFile(file)) {
        if (auto cache = json::deserialize<Cache>(*bytes, file.string())) {
            return *cache;
        }
    }
    return {};
}

Result<Interpreter> ask(const std::string& name, const std::string& program)
{
    const auto answer = toolOutput({ program, "-I", "-S", "-c",
        "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3])))" });
    if (!answer) {
        return fail(ErrorCode::InterpreterMissing,
            { { "python", name }, { "reason", answer.error().arg("reason") } });
    }
    const auto lines = text::split(*answer, '\n');
    if (lines.size() != 2 || lines[0].empty()) {
        return fail(ErrorCode::InterpreterMissing,
            { { "python", name }, { "reason", "it does not answer as Python does" } });
    }
    const auto numbers = text::split(lines[1], '.');
    if (numbers[0] != "3" || text::toInt(numbers.at(1)).value_or(0) < 8) {
        return fail(ErrorCode::InterpreterMissing,
            { { "python", name },
                { "reason", "it is Python " + lines[1] + ", and 3.8 or newer is needed" } });
    }
    return Interpreter { lines[0], lines[1] };
}

/// Packages whose conda name is not the name that Python knows them by.
std::string pythonName(const std::string& normalized)
{
    static const std::map<std::string, std::string> names { { "pytorch", "torch" },
        { "pytorch-cpu", "torch" }, { "opencv", "opencv-python" }, { "py-opencv", "opencv-python" },
        { "py-xgboost", "xgboost" }, { "msgpack-python", "msgpack" },
        { "matplotlib-base", "matplotlib" }, { "tensorflow-gpu", "tensorflow" } };
    const auto found = names.find(normalized);
    return found != names.end() ? found->second : normalized;
}

} // namespace

std::string normalizedPackage(std::string_view name)
{
    std::string result;
    for (const char c : text::trim(name)) {
        if (c == '-' || c == '_' || c == '.') {
            result += !result.empty() && result.back() == '-' ? "" : "-";
        } else if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else {
            break;
        }
    }
    return result;
}

Result<Interpreter> findInterpreter(const std::string& wanted, const fs::path& cacheFolder)
{
    const std::string fromEnvironment = environment("SHEAF_PYTHON");
    const std::string name = !wanted.empty() ? wanted
        : !fromEnvironment.empty()           ? fromEnvironment
                                             : "python3";
    const std::string program = findProgram(name);
    if (program.empty()) {
        return fail(ErrorCode::InterpreterMissing,
            { { "python", name }, { "reason", "there is no such program" } });
    }
    const fs::path cacheFile = cacheFolder / "interpreters.json";
    const std::string key = cacheKey(program);
    Cache cache = cacheFolder.empty() ? Cache {} : readCache(cacheFile);
    if (const auto known = cache.find(key);
        known != cache.end() && !findProgram(known->second.path).empty()) {
        return known->second;
    }
    auto interpreter = ask(name, program);
    if (interpreter && !cacheFolder.empty()) {
        if (cache.size() >= 32) {
            cache.clear();
        }
        cache[key] = *interpreter;
        // A cache that cannot be written costs a moment next time, nothing else.
        if (paths::makeDirs(cacheFolder)) {
            [[maybe_unused]] const auto written
                = paths::writeFile(cacheFile, json::serialize(cache));
        }
    }
    return interpreter;
}

std::vector<std::string> missingPackages(
    const std::string& python, const std::vector<std::string>& packages)
{
    static constexpr const char* kScript = "import sys, importlib.metadata as m\n"
                                           "for name in sys.argv[1:]:\n"
                                           "    try:\n"
                                           "        m.distribution(name)\n"
                                           "    except m.PackageNotFoundError:\n"
                                           "        print(name)\n";
    std::map<std::string, std::string> wanted; // as asked for → as written
    std::vector<std::string> words { python, "-c", kScript };
    for (const auto& package : packages) {
        const std::string name = pythonName(normalizedPackage(package));
        if (!name.empty() && name != "python" && name != "pip"
            && wanted.emplace(name, package).second) {
            words.push_back(name);
        }
    }
    std::vector<std::string> missing;
    if (const auto answer = wanted.empty() ? Result<std::string>("") : toolOutput(words)) {
        for (const auto& name : text::split(*answer, '\n')) {
            if (const auto found = wanted.find(name); found != wanted.end()) {
                missing.push_back(found->second);
            }
        }
    }
    return missing;
}

} // namespace sheaf::workspace
