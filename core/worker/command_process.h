// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/worker/worker_process.h"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace sheaf::worker {

/// The shell process of a command step: same supervision as a worker (own group, dies with the agent, cleaned environment),
/// but no channel: its output is text and its exit code the result. Agent's thread.
class CommandProcess
{
public:
    struct Command {
        std::string text; // run by /bin/bash -c, or sh where there is no bash
        std::string directory;
        std::map<std::string, std::string> environment;
    };
    using OnOutput = std::function<void(bool isError, std::string_view bytes)>;
    using OnEnded = std::function<void(const ProcessEnd& end)>;

    [[nodiscard]] static Result<std::unique_ptr<CommandProcess>> start(
        boost::asio::io_context& context, const Command& command, OnOutput onOutput, OnEnded onEnded);
    ~CommandProcess();
    CommandProcess(const CommandProcess&) = delete;
    CommandProcess& operator=(const CommandProcess&) = delete;

    [[nodiscard]] std::int64_t pid() const;
    void setReading(bool reading);
    void terminate();
    void kill();

private:
    struct Impl;
    explicit CommandProcess(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace sheaf::worker
