// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/plan/path_list.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace sheaf::plan {

/// The lines of a plan that is growing: pages that are filled in one thread and, once full, are only read; so adding one
/// copies no letter. 8 bytes and its letters a line. A value; the views stay valid as long as a copy of it lives.
class PlanLines
{
public:
    void add(std::shared_ptr<const PathList> page)
    {
        if (page && !page->empty()) {
            m_size += page->size();
            m_ends.push_back(m_size);
            m_pages.push_back(std::move(page));
        }
    }

    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] std::string_view operator[](std::size_t index) const
    {
        const auto page = static_cast<std::size_t>(std::upper_bound(m_ends.begin(), m_ends.end(), index) - m_ends.begin());
        if (page == m_pages.size()) {
            return {};
        }
        return (*m_pages[page])[index - (m_ends[page] - m_pages[page]->size())];
    }

private:
    std::vector<std::shared_ptr<const PathList>> m_pages;
    std::vector<std::size_t> m_ends; // lines up to the end of each page
    std::size_t m_size = 0;
};

} // namespace sheaf::plan
