// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::plan {

/// Many relative paths in one piece of memory: 8 bytes and its letters a path. A value.
/// A view is valid until the next add().
class PathList
{
public:
    void add(std::string_view folder, std::string_view name)
    {
        m_letters.append(folder);
        m_letters.append(name);
        m_ends.push_back(m_letters.size());
    }
    void add(std::string_view path) { add({}, path); }

    [[nodiscard]] std::size_t size() const { return m_ends.size(); }
    [[nodiscard]] bool empty() const { return m_ends.empty(); }
    [[nodiscard]] std::string_view operator[](std::size_t index) const
    {
        const std::uint64_t begin = index == 0 ? 0 : m_ends[index - 1];
        return std::string_view(m_letters).substr(begin, m_ends[index] - begin);
    }

private:
    std::string m_letters;
    std::vector<std::uint64_t> m_ends;
};

} // namespace sheaf::plan
