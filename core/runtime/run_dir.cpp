// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/run_dir.h"

#include <fmt/format.h>

namespace sheaf::runtime {

std::string RunDir::processName(ProcessNumber process)
{
    return fmt::format("process{:03}", process.value);
}

RunDir::Path RunDir::userLog(
    const std::string& step, event::LogStream stream, NodeIndex node, ProcessNumber process) const
{
    const Path user = logs(step) / "user";
    const std::string nodeName = std::to_string(node.value);
    const std::string name = processName(process);
    switch (stream) {
    case event::LogStream::Stdout:
        return user / "stdout" / nodeName / (name + ".stdout.txt");
    case event::LogStream::Stderr:
        return user / "stderr" / nodeName / (name + ".stderr.txt");
    case event::LogStream::EntryScriptLog:
        return user / "entry_script_log" / nodeName / (name + ".log.txt");
    }
    return user;
}

RunDir::Path RunDir::childLog(
    const std::string& step, bool isError, NodeIndex node, ProcessNumber process) const
{
    return logs(step) / "sys" / "node" / std::to_string(node.value)
        / (processName(process) + (isError ? ".stderr.txt" : ".stdout.txt"));
}

RunDir::Path RunDir::commandLog(const std::string& step, NodeIndex node) const
{
    return logs(step) / "user_logs" / ("std_log_" + std::to_string(node.value) + ".txt");
}

} // namespace sheaf::runtime
