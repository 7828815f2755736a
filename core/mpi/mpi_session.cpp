// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/mpi/mpi_session.h"

#include "core/mpi/mpi_transport.h"

#include <mpi.h>

#include <cstdlib>

namespace sheaf::mpi {

MpiSession::MpiSession()
{
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    m_transport = std::make_unique<MpiTransport>();
}

MpiSession::~MpiSession()
{
    m_transport.reset();
    MPI_Finalize();
}

runtime::Transport& MpiSession::transport()
{
    return *m_transport;
}

void MpiSession::abort(int exitCode)
{
    MPI_Abort(MPI_COMM_WORLD, exitCode);
    std::_Exit(exitCode);
}

int MpiSession::rankFromEnvironment()
{
    const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
    return rank != nullptr ? std::atoi(rank) : -1;
}

} // namespace sheaf::mpi
