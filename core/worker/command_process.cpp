// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/worker/command_process.h"

#include "core/worker/child_process.h"

#include <unistd.h>

#include <csignal>

namespace sheaf::worker {

struct CommandProcess::Impl {
    ChildProcess child;
    explicit Impl(boost::asio::io_context& context)
        : child(context)
    {
    }
};

CommandProcess::CommandProcess(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

CommandProcess::~CommandProcess() = default;

Result<std::unique_ptr<CommandProcess>> CommandProcess::start(
    boost::asio::io_context& context, const Command& command, OnOutput onOutput, OnEnded onEnded)
{
    const std::string shell = ::access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh";
    auto impl = std::make_unique<Impl>(context);
    const ChildCommand child { { shell, "-c", command.text }, command.directory, command.environment, {} };
    if (auto started = impl->child.start(child, std::move(onOutput), {}, std::move(onEnded)); !started) {
        return tl::unexpected<Error>(started.error());
    }
    return std::unique_ptr<CommandProcess>(new CommandProcess(std::move(impl)));
}

std::int64_t CommandProcess::pid() const
{
    return m_impl->child.pid();
}

void CommandProcess::setReading(bool reading)
{
    m_impl->child.setReading(reading);
}

void CommandProcess::terminate()
{
    m_impl->child.terminateGently();
}

void CommandProcess::kill()
{
    m_impl->child.signalGroup(SIGKILL);
}

} // namespace sheaf::worker
