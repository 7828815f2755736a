// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace sheaf {

/// The one container that crosses threads: many put, one takes all that is there. Values only.
/// It holds the only lock of core (the layer test counts them).
template <class T>
class Mailbox
{
public:
    /// Any thread. Returns whether the box was empty, so that the caller wakes the taker only then.
    bool put(T value)
    {
        bool wasEmpty = false;
        {
            const std::lock_guard lock(m_mutex);
            wasEmpty = m_values.empty();
            m_values.push_back(std::move(value));
        }
        m_filled.notify_one();
        return wasEmpty;
    }

    /// Any thread. Takes everything at once, in the order it was put; empty when there is nothing.
    [[nodiscard]] std::vector<T> takeAll()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_values, {});
    }

    /// The taker's thread: waits until something is there or the time is over, then takes all.
    [[nodiscard]] std::vector<T> waitAll(std::chrono::milliseconds atMost)
    {
        std::unique_lock lock(m_mutex);
        m_filled.wait_for(lock, atMost, [this] { return !m_values.empty(); });
        return std::exchange(m_values, {});
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::vector<T> m_values;
};

} // namespace sheaf
