// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/run_server.h"

#include "core/base/paths.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace sheaf::runtime {

namespace fs = std::filesystem;
using Local = boost::asio::local::stream_protocol;

namespace {

constexpr std::size_t kLongestLine = 64U << 20; // a repair may list a million mini-batches; only the user's own processes get here

/// A folder of this user's own: a socket's path may only have 108 bytes, so it cannot lie in the run's folder.
fs::path socketFolder()
{
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    std::error_code error;
    if (runtime != nullptr && fs::is_directory(runtime, error) && std::string_view(runtime).size() < 60) {
        return fs::path(runtime) / "sheaf";
    }
    return fs::path("/tmp") / ("sheaf-" + std::to_string(getuid()));
}

struct Connection : std::enable_shared_from_this<Connection> {
    Local::socket socket;
    RunServer::OnRequest onRequest;
    std::string line;
    std::string answer;

    Connection(Local::socket accepted, RunServer::OnRequest handler)
        : socket(std::move(accepted))
        , onRequest(std::move(handler))
    {
    }

    void read()
    {
        boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(line, kLongestLine), '\n',
            [self = shared_from_this()](const boost::system::error_code& error, std::size_t count) {
                if (!error) {
                    self->answer = self->onRequest(self->line.substr(0, count - 1)) + "\n";
                    self->line.erase(0, count);
                    self->write();
                }
            });
    }

    void write()
    {
        boost::asio::async_write(socket, boost::asio::buffer(answer),
            [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                if (!error) {
                    self->read();
                }
            });
    }
};

} // namespace

struct RunServer::Impl {
    Local::acceptor acceptor;
    OnRequest onRequest;
    fs::path path;

    Impl(boost::asio::io_context& context, OnRequest handler, fs::path where)
        : acceptor(context)
        , onRequest(std::move(handler))
        , path(std::move(where))
    {
    }

    void accept()
    {
        acceptor.async_accept([this](const boost::system::error_code& error, Local::socket socket) {
            if (error) {
                return; // closed: the run is over
            }
            std::make_shared<Connection>(std::move(socket), onRequest)->read();
            accept();
        });
    }
};

RunServer::RunServer(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

RunServer::~RunServer()
{
    boost::system::error_code ignored;
    m_impl->acceptor.close(ignored);
    ::unlink(m_impl->path.c_str());
}

Result<std::unique_ptr<RunServer>> RunServer::start(
    boost::asio::io_context& context, const RunDir& dir, OnRequest onRequest)
{
    const fs::path folder = socketFolder();
    std::error_code folderError;
    fs::create_directories(folder, folderError);
    struct stat status { };
    if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != getuid()) {
        return fail(ErrorCode::NoPermission, { { "path", folder.string() } });
    }
    ::chmod(folder.c_str(), 0700);
    const fs::path path = folder / ("run-" + std::to_string(getpid()) + ".sock");
    auto impl = std::make_unique<Impl>(context, std::move(onRequest), path);
    ::unlink(path.c_str());
    boost::system::error_code error;
    impl->acceptor.open(Local(), error);
    if (!error) {
        impl->acceptor.bind(Local::endpoint(path.string()), error);
    }
    if (!error) {
        impl->acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        return fail(ErrorCode::Io, { { "path", path.string() }, { "reason", error.message() } });
    }
    ::chmod(path.c_str(), 0600);
    impl->accept();
    if (auto written = paths::writeFile(dir.socketName(), path.string()); !written) {
        return tl::unexpected<Error>(written.error());
    }
    return std::unique_ptr<RunServer>(new RunServer(std::move(impl)));
}

} // namespace sheaf::runtime
