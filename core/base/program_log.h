// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <fmt/format.h>

#include <string_view>

/// The program's own log lines (never the user's): "<time> <LEVEL> <who>: text" on stderr, which the
/// launcher sends to the run's mpirun.log. SHEAF_LOG=debug|info|warning|error; default warning.
namespace sheaf::programLog {

enum class Level { Debug, Info, Warning, Error };

void setName(std::string_view who);
void write(Level level, std::string_view text);
[[nodiscard]] bool enabled(Level level);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args)
{
    if (enabled(Level::Debug)) {
        write(Level::Debug, fmt::format(format, std::forward<Args>(args)...));
    }
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args)
{
    if (enabled(Level::Info)) {
        write(Level::Info, fmt::format(format, std::forward<Args>(args)...));
    }
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args)
{
    if (enabled(Level::Warning)) {
        write(Level::Warning, fmt::format(format, std::forward<Args>(args)...));
    }
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args)
{
    write(Level::Error, fmt::format(format, std::forward<Args>(args)...));
}

} // namespace sheaf::programLog
