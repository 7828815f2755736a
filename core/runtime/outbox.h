// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/wire.h"
#include "core/runtime/transport.h"

#include <string>
#include <string_view>

namespace sheaf::runtime {

/// Messages to one rank, gathered over a turn of the loop and sent as one. Belongs to the loop that fills it.
class Outbox
{
public:
    Outbox(Transport& transport, int rank)
        : m_transport(transport)
        , m_rank(rank)
    {
    }

    template <class Message>
    void put(const Message& message)
    {
        wire::write(m_bytes, message);
        if (m_bytes.size() > kMostBytes) {
            flush();
        }
    }

    void flush()
    {
        if (!m_bytes.empty()) {
            m_transport.send(m_rank, std::move(m_bytes));
            m_bytes = {};
        }
    }

    [[nodiscard]] std::size_t unsentBytes() const { return m_bytes.size() + m_transport.unsentBytes(); }

private:
    static constexpr std::size_t kMostBytes = 4U << 20;
    Transport& m_transport;
    int m_rank;
    std::string m_bytes;
};

/// Hands each message in `bytes` (as an Outbox sent them) to `handle`; false when they are not what they should be.
template <class Message, class Handle>
[[nodiscard]] bool forEachMessage(std::string_view bytes, Handle&& handle)
{
    wire::Reader reader(bytes);
    while (!reader.atEnd()) {
        Message message;
        reader.read(message);
        if (!reader.ok()) {
            return false;
        }
        handle(message);
    }
    return true;
}

} // namespace sheaf::runtime
