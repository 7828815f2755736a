// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace sheaf::runtime {

/// Carries bytes between the ranks of a run: rank 0 is the coordinator, rank 1 + n the agent of node n. Real: MpiTransport;
/// in tests: FakeTransport. Never blocks. Owned by the rank's loop; its one thread.
class Transport
{
public:
    virtual ~Transport() = default;
    [[nodiscard]] virtual int rank() const = 0;
    [[nodiscard]] virtual int size() const = 0;
    /// Takes the bytes over and sends them in order.
    virtual void send(int rank, std::string bytes) = 0;
    using OnBytes = std::function<void(int rank, std::string_view bytes)>;
    /// Hands over what has come and lets go of what is sent; true if anything came.
    virtual bool poll(const OnBytes& onBytes) = 0;
    /// Bytes given to send() that the receiver has not taken yet.
    [[nodiscard]] virtual std::size_t unsentBytes() const = 0;
};

} // namespace sheaf::runtime
