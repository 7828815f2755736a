// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/workspace/interpreter.h"
#include "core/workspace/tool_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sched.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

namespace sheaf::cli {

namespace {

namespace fs = std::filesystem;

enum class Grade { Good, Weak, Missing };
BOOST_DESCRIBE_ENUM(Grade, Good, Weak, Missing)

struct Finding
{
    std::string what;
    Grade grade = Grade::Good;
    std::string found;
    std::string fix; // what to do; "" when nothing is to be done
};
BOOST_DESCRIBE_STRUCT(Finding, (), (what, grade, found, fix))

Finding mpirun()
{
    const auto answer = workspace::toolOutput({ "mpirun", "--version" });
    if (!answer) {
        return { "mpirun", Grade::Missing, "not found", "apt-get install openmpi-bin" };
    }
    const std::string first = text::split(*answer, '\n').front();
    const bool isOpenMpi = first.find("Open MPI") != std::string::npos;
    return { "mpirun", isOpenMpi ? Grade::Good : Grade::Weak,
        first + ", " + workspace::findProgram("mpirun"),
        isOpenMpi ? "" : "Sheaf is made for Open MPI: apt-get install openmpi-bin" };
}

Finding ranks()
{
    const auto program = paths::program("sheaf-run");
    const bool isThere = ::access(program.c_str(), X_OK) == 0;
    return { "sheaf-run", isThere ? Grade::Good : Grade::Missing, program.string(),
        isThere ? ""
                : "it belongs beside the program sheaf; install Sheaf again or set SHEAF_BIN_DIR" };
}

Finding workerPackage()
{
    const auto folder = paths::workerDir();
    std::error_code ignored;
    const bool isThere = fs::is_directory(folder / "sheaf_worker", ignored)
        && fs::is_directory(folder / "azureml_user", ignored);
    return { "worker package", isThere ? Grade::Good : Grade::Missing, folder.string(),
        isThere ? ""
                : "install Sheaf again, or set SHEAF_WORKER_DIR to the folder with sheaf_worker/" };
}

/// "pandas 1.5.3, numpy 1.24.2, no pyarrow"
std::string packagesOf(const std::string& python)
{
    const auto answer = workspace::toolOutput({ python, "-c",
        "import importlib.metadata as m\n"
        "out = []\n"
        "for name in ('pandas', 'numpy', 'pyarrow'):\n"
        "    try:\n"
        "        out.append(name + ' ' + m.version(name))\n"
        "    except m.PackageNotFoundError:\n"
        "        out.append('no ' + name)\n"
        "print(', '.join(out))\n" });
    return answer ? *answer : "its packages cannot be listed";
}

Finding interpreter(const std::string& name, const std::string& wanted)
{
    const auto python = workspace::findInterpreter(wanted, {});
    if (!python) {
        return { name, Grade::Missing, python.error().arg("reason"),
            "apt-get install python3 python3-pandas" };
    }
    const std::string packages = packagesOf(python->path);
    const bool hasPandas = packages.starts_with("pandas ");
    return { name, hasPandas ? Grade::Good : Grade::Weak,
        "Python " + python->version + ", " + python->path + ": " + packages,
        hasPandas ? ""
                  : "tables need pandas: `" + python->path
                + " -m pip install pandas`, or give an interpreter that has it with --python or "
                  "SHEAF_PYTHON" };
}

/// The one a run takes by default, then others that are easily found.
std::vector<Finding> interpreters()
{
    const char* fromEnvironment = std::getenv("SHEAF_PYTHON");
    const bool isSet = fromEnvironment != nullptr && *fromEnvironment != '\0';
    std::vector<Finding> findings { interpreter(
        isSet ? "SHEAF_PYTHON" : "python3 on the path", "") };
    const auto used = workspace::findInterpreter("", {});
    for (const char* other : { "python3", "/usr/bin/python3" }) {
        const auto python = workspace::findInterpreter(other, {});
        const bool isNew = python && (!used || python->path != used->path)
            && std::none_of(findings.begin(), findings.end(),
                [&](const auto& finding) { return finding.what == python->path; });
        if (isNew) {
            auto finding = interpreter(python->path, python->path);
            finding.fix.clear(); // only the default one is worth a remedy
            findings.push_back(std::move(finding));
        }
    }
    return findings;
}

Finding cores()
{
    cpu_set_t mine;
    CPU_ZERO(&mine);
    ::sched_getaffinity(0, sizeof mine, &mine);
    return { "cores", Grade::Good,
        fmt::format("{}: as many workers a node unless the job says otherwise", CPU_COUNT(&mine)),
        "" };
}

Finding memory()
{
    struct sysinfo info
    {
    };
    ::sysinfo(&info);
    const std::uint64_t total = std::uint64_t { info.totalram } * info.mem_unit;
    return { "memory", total < (1ULL << 30) ? Grade::Weak : Grade::Good, text::humanBytes(total),
        "" };
}

Finding space(
    const std::string& what, const fs::path& folder, std::uint64_t enough, const std::string& fix)
{
    struct statvfs disk
    {
    };
    if (::statvfs(folder.c_str(), &disk) != 0) {
        return { what, Grade::Weak, folder.string() + " is not there", fix };
    }
    const std::uint64_t free = std::uint64_t { disk.f_bavail } * disk.f_frsize;
    return { what, free < enough ? Grade::Weak : Grade::Good,
        text::humanBytes(free) + " free in " + folder.string(), free < enough ? fix : "" };
}

std::vector<Finding> examine()
{
    std::error_code ignored;
    std::vector<Finding> findings { mpirun(), ranks(), workerPackage() };
    for (auto& finding : interpreters()) {
        findings.push_back(std::move(finding));
    }
    findings.push_back(cores());
    findings.push_back(memory());
    findings.push_back(space("disk", fs::current_path(ignored), 1ULL << 30,
        "runs keep their outputs and logs beside the job file"));
    findings.push_back(space("shared memory", "/dev/shm", 32ULL << 20,
        "MPI ranks talk through it; in a container give --shm-size=256m"));
    return findings;
}

int doctor(bool json)
{
    const auto findings = examine();
    const bool anyMissing = std::any_of(
        findings.begin(), findings.end(), [](const auto& f) { return f.grade == Grade::Missing; });
    if (json) {
        fmt::print("{}\n", json::serialize(findings));
        return anyMissing ? 1 : 0;
    }
    for (const auto& finding : findings) {
        const char* words[] = { "ok", "weak", "missing" };
        const Colour colours[] = { Colour::Green, Colour::Yellow, Colour::Red };
        const auto grade = static_cast<std::size_t>(finding.grade);
        fmt::print("{}  {}: {}\n", coloured(colours[grade], fmt::format("{:7}", words[grade])),
            finding.what, harmlessLine(finding.found));
        if (!finding.fix.empty()) {
            fmt::print("         {}\n", finding.fix);
        }
    }
    return anyMissing ? 1 : 0;
}

} // namespace

void addDoctor(CLI::App& app, int& exitCode)
{
    auto json = std::make_shared<bool>(false);
    auto* verb = app.add_subcommand(
        "doctor", "Say what this machine has, and what to install for what it lacks");
    verb->footer("Exit code: 0 when runs can be made, 1 when something is missing.");
    verb->add_flag("--json", *json, "One JSON array, an object per finding");
    verb->callback([json, &exitCode] { exitCode = doctor(*json); });
}

} // namespace sheaf::cli
