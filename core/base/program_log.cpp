// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/program_log.h"

#include "core/base/clock.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

namespace sheaf::programLog {

namespace {

Level levelFromEnvironment()
{
    const char* text = std::getenv("SHEAF_LOG");
    const std::string_view word = text != nullptr ? text : "";
    if (word == "debug") {
        return Level::Debug;
    }
    if (word == "info") {
        return Level::Info;
    }
    return word == "error" ? Level::Error : Level::Warning;
}

std::string& name()
{
    static std::string who = "sheaf";
    return who;
}

constexpr const char* kWords[] = { "DEBUG", "INFO", "WARNING", "ERROR" };

} // namespace

void setName(std::string_view who)
{
    name() = who;
}

bool enabled(Level level)
{
    static const Level least = levelFromEnvironment();
    return level >= least;
}

void write(Level level, std::string_view text)
{
    // One write per line: lines of several ranks share mpirun.log and must not mix.
    const std::string line
        = fmt::format("{} {} {}: {}\n", isoTime(wallMicros()), kWords[static_cast<int>(level)], name(), text);
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace sheaf::programLog
