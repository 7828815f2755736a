// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/runtime/transport.h"

#include <memory>
#include <string>

namespace sheaf::mpi {

/// Transport over MPI_COMM_WORLD: MPI_Isend from buffers it keeps until they are taken, MPI_Improbe and MPI_Mrecv for what
/// has come. Never waits inside MPI but for the end of sends at destruction. Owned by MpiSession; its one thread.
class MpiTransport final : public runtime::Transport
{
public:
    MpiTransport();
    ~MpiTransport() override;
    MpiTransport(const MpiTransport&) = delete;
    MpiTransport& operator=(const MpiTransport&) = delete;

    [[nodiscard]] int rank() const override;
    [[nodiscard]] int size() const override;
    void send(int rank, std::string bytes) override;
    bool poll(const OnBytes& onBytes) override;
    [[nodiscard]] std::size_t unsentBytes() const override;

private:
    struct Impl;
    void letGo(bool wait);
    std::unique_ptr<Impl> m_impl;
};

} // namespace sheaf::mpi
