// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/runtime/transport.h"

#include <memory>

namespace sheaf::mpi {

/// MPI from init to finalize: one per rank, on its one thread (MPI_THREAD_FUNNELED). Gives the transport that lives in it.
class MpiSession
{
public:
    MpiSession();
    ~MpiSession();
    MpiSession(const MpiSession&) = delete;
    MpiSession& operator=(const MpiSession&) = delete;

    [[nodiscard]] runtime::Transport& transport();
    /// Ends every rank of the run, this one too: when the others would wait for what does not come. Does not return.
    [[noreturn]] void abort(int exitCode);
    /// Rank and size as mpirun said them, before MPI is up (Open MPI's environment); -1 when not started by mpirun.
    [[nodiscard]] static int rankFromEnvironment();

private:
    std::unique_ptr<runtime::Transport> m_transport;
};

} // namespace sheaf::mpi
