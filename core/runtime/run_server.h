// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/runtime/run_dir.h"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace sheaf::runtime {

/// Rank 0's socket: one line in, one line out. It takes requests (`stop`, `stop now`, `ping`); facts are not asked for here,
/// they are read from run.db. Reachable by the run's user only. Lives on rank 0's loop.
class RunServer
{
public:
    /// `onRequest` gets a line and gives the answer's line.
    using OnRequest = std::function<std::string(const std::string& line)>;
    [[nodiscard]] static Result<std::unique_ptr<RunServer>> start(
        boost::asio::io_context& context, const RunDir& dir, OnRequest onRequest);
    ~RunServer();
    RunServer(const RunServer&) = delete;
    RunServer& operator=(const RunServer&) = delete;

private:
    struct Impl;
    explicit RunServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace sheaf::runtime
