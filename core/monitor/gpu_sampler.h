// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/monitor/sample.h"

#include <string>
#include <string_view>
#include <vector>

namespace sheaf::monitor {

/// Figures of a node's graphics processors, as `nvidia-smi` prints them when it is started once with words() and left running: starting it
/// for each sample would cost more than what it measures. Owned by the agent, which starts it, if it is there, and feeds what it prints; one thread.
class GpuSampler
{
public:
    /// What nvidia-smi is started with: a line for each processor, every `milliseconds`.
    [[nodiscard]] static std::vector<std::string> words(int milliseconds);

    void feed(std::string_view bytes);
    /// The last line of each processor; empty until there is one.
    [[nodiscard]] const std::vector<GpuSample>& latest() const { return m_latest; }

private:
    void take(std::string_view line);
    std::string m_open; // a line that is not finished
    std::vector<GpuSample> m_latest; // by index
};

} // namespace sheaf::monitor
