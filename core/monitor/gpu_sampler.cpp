// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/gpu_sampler.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sheaf::monitor {

namespace {

constexpr std::size_t kLongestLine = 4096; // more is no line of it

/// The number before the next comma, which is taken away with it; nothing for "[N/A]".
std::optional<double> nextNumber(std::string_view& line)
{
    const std::size_t comma = std::min(line.find(','), line.size());
    std::string_view word = line.substr(0, comma);
    line.remove_prefix(std::min(comma + 1, line.size()));
    word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc() && end != word.data() ? std::optional(value) : std::nullopt;
}

std::uint64_t mebibytes(double value)
{
    return static_cast<std::uint64_t>(value * 1024.0 * 1024.0);
}

} // namespace

std::vector<std::string> GpuSampler::words(int milliseconds)
{
    return { "--query-gpu=index,utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits", "-lms", std::to_string(milliseconds) };
}

void GpuSampler::feed(std::string_view bytes)
{
    m_open.append(bytes);
    std::size_t begin = 0;
    for (std::size_t end = m_open.find('\n'); end != std::string::npos; end = m_open.find('\n', begin)) {
        take(std::string_view(m_open).substr(begin, end - begin));
        begin = end + 1;
    }
    m_open.erase(0, begin);
    if (m_open.size() > kLongestLine) {
        m_open.clear();
    }
}

void GpuSampler::take(std::string_view line)
{
    const auto index = nextNumber(line);
    const auto utilization = nextNumber(line);
    const auto used = nextNumber(line);
    const auto total = nextNumber(line);
    if (!index || *index < 0 || !used || !total) {
        return; // a message, not figures
    }
    GpuSample sample;
    sample.index = static_cast<int>(*index);
    sample.percent = static_cast<float>(utilization.value_or(-1)); // some cards do not tell
    sample.memoryUsedBytes = mebibytes(*used);
    sample.memoryTotalBytes = mebibytes(*total);
    const auto place = std::lower_bound(
        m_latest.begin(), m_latest.end(), sample.index, [](const GpuSample& one, int number) { return one.index < number; });
    if (place != m_latest.end() && place->index == sample.index) {
        *place = sample;
    } else {
        m_latest.insert(place, sample);
    }
}

} // namespace sheaf::monitor
