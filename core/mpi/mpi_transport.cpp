// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/mpi/mpi_transport.h"

#include <mpi.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string_view>

namespace sheaf::mpi {

namespace {

/// Message tags: bytes that are whole or the last of a message; bytes that go on in the next one of that rank. MPI keeps the
/// order of what one rank sends to another.
constexpr int kLastTag = 1;
constexpr int kPartTag = 2;
/// MPI counts bytes in an int.
constexpr std::size_t kMostInPart = std::size_t { 1 } << 30;
/// Messages taken in one poll, so that the loop comes round to its descriptors and timers.
constexpr int kMostPerPoll = 64;
constexpr std::size_t kKeptCapacity = 8U << 20;

} // namespace

struct MpiTransport::Impl {
    struct Sending {
        std::string bytes;
        MPI_Request request = MPI_REQUEST_NULL;
    };
    int rank = 0;
    int size = 1;
    std::deque<Sending> sending; // MPI holds pointers into it: a deque does not move its elements
    std::size_t unsent = 0;
    std::string received;
    std::map<int, std::string> parts; // by rank: of a message whose last part has not come yet

    void post(std::string bytes, int to, int tag)
    {
        auto& one = sending.emplace_back();
        one.bytes = std::move(bytes);
        unsent += one.bytes.size();
        MPI_Isend(one.bytes.data(), static_cast<int>(one.bytes.size()), MPI_BYTE, to, tag, MPI_COMM_WORLD, &one.request);
    }
};

MpiTransport::MpiTransport()
    : m_impl(std::make_unique<Impl>())
{
    MPI_Comm_rank(MPI_COMM_WORLD, &m_impl->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &m_impl->size);
}

MpiTransport::~MpiTransport()
{
    letGo(true);
}

int MpiTransport::rank() const
{
    return m_impl->rank;
}

int MpiTransport::size() const
{
    return m_impl->size;
}

void MpiTransport::send(int rank, std::string bytes)
{
    std::string_view left = bytes;
    while (left.size() > kMostInPart) {
        m_impl->post(std::string(left.substr(0, kMostInPart)), rank, kPartTag);
        left.remove_prefix(kMostInPart);
    }
    m_impl->post(left.size() == bytes.size() ? std::move(bytes) : std::string(left), rank, kLastTag);
}

void MpiTransport::letGo(bool wait)
{
    // In order of sending: one that has not been taken holds up the freeing of those behind it, nothing else.
    while (!m_impl->sending.empty()) {
        auto& oldest = m_impl->sending.front();
        int done = 0;
        if (wait) {
            MPI_Wait(&oldest.request, MPI_STATUS_IGNORE);
            done = 1;
        } else {
            MPI_Test(&oldest.request, &done, MPI_STATUS_IGNORE);
        }
        if (done == 0) {
            return;
        }
        m_impl->unsent -= oldest.bytes.size();
        m_impl->sending.pop_front();
    }
}

bool MpiTransport::poll(const OnBytes& onBytes)
{
    letGo(false);
    bool came = false;
    for (int i = 0; i < kMostPerPoll; ++i) {
        int there = 0;
        MPI_Message message = MPI_MESSAGE_NULL;
        MPI_Status status;
        MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &message, &status);
        if (there == 0) {
            break;
        }
        int count = 0;
        MPI_Get_count(&status, MPI_BYTE, &count);
        m_impl->received.resize(static_cast<std::size_t>(count));
        MPI_Mrecv(m_impl->received.data(), count, MPI_BYTE, &message, MPI_STATUS_IGNORE);
        came = true;
        if (status.MPI_TAG == kPartTag) {
            m_impl->parts[status.MPI_SOURCE] += m_impl->received;
        } else if (auto parts = m_impl->parts.extract(status.MPI_SOURCE)) {
            onBytes(status.MPI_SOURCE, parts.mapped() += m_impl->received);
        } else {
            onBytes(status.MPI_SOURCE, m_impl->received);
        }
    }
    if (m_impl->received.capacity() > kKeptCapacity) {
        m_impl->received = {};
    }
    return came;
}

std::size_t MpiTransport::unsentBytes() const
{
    return m_impl->unsent;
}

} // namespace sheaf::mpi
