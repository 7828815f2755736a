// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/monitor/sample.h"

#include <filesystem>

namespace sheaf::monitor {

/// Resource figures as the service's files: <folder>/<node>/node_resource_usage.csv, node_disk_usage.csv and
/// processes_resource_usage.csv with the columns of reference §4.2. Goes on in a file that is there. One thread.
class PerfCsv
{
public:
    explicit PerfCsv(std::filesystem::path folder)
        : m_folder(std::move(folder))
    {
    }
    [[nodiscard]] Result<void> append(const NodeSample& sample) const;

private:
    std::filesystem::path m_folder;
};

} // namespace sheaf::monitor
