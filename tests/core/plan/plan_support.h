// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/plan/mini_batch_planner.h"
#include "core/plan/plan_watch.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace sheaf::test {

/// The same numbers on every machine (the distributions of the standard library are not).
class Chance
{
public:
    explicit Chance(std::uint64_t seed)
        : m_engine(seed)
    {
    }
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(m_engine() % limit); }
    bool oneIn(std::size_t count) { return below(count) == 0; }

private:
    std::mt19937_64 m_engine;
};

/// JSON written with single quotes, so that it can be read in a test (moc does not get on with raw
/// strings).
inline std::string quoted(std::string text)
{
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

struct Slice
{
    std::string path;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    bool operator==(const Slice&) const = default;
};

/// A plan with its lines.
struct Planned
{
    plan::PlanHeader header;
    std::vector<std::string> lines;

    [[nodiscard]] boost::json::object line(std::size_t index) const
    {
        return boost::json::parse(lines.at(index)).as_object();
    }
    [[nodiscard]] std::vector<Slice> slices(std::size_t index) const
    {
        std::vector<Slice> found;
        const auto object = line(index);
        for (const auto& part : object.at("slices").as_array()) {
            const auto& three = part.as_array();
            found.push_back({ three.at(0).as_string().c_str(), three.at(1).as_int64(),
                three.at(2).as_int64() });
        }
        return found;
    }
    [[nodiscard]] std::vector<Slice> allSlices() const
    {
        std::vector<Slice> all;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto some = slices(i);
            all.insert(all.end(), some.begin(), some.end());
        }
        return all;
    }
};

inline plan::PlanRequest requestFor(const std::filesystem::path& path, std::int64_t size = 0)
{
    plan::PlanRequest request;
    request.step = "score";
    request.input = "data";
    request.path = path;
    request.miniBatchSize = size;
    request.python = "/usr/bin/python3";
    return request;
}

inline plan::PlanRequest tableRequest(const std::filesystem::path& path, std::int64_t size = 0)
{
    auto request = requestFor(path, size);
    request.isMlTable = true;
    return request;
}

inline Result<Planned> planOf(const plan::PlanRequest& request)
{
    Planned planned;
    auto header = plan::planMiniBatches(
        request, [&](std::string_view line) { planned.lines.emplace_back(line); });
    if (!header) {
        return tl::unexpected<Error>(header.error());
    }
    planned.header = std::move(*header);
    return planned;
}

} // namespace sheaf::test
