// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/input_bytes.h"

#include "core/plan/line_content.h"

#include <filesystem>

namespace sheaf::plan {

namespace fs = std::filesystem;

std::vector<std::uint64_t> inputBytesOf(const PlanFile& plan)
{
    const PlanHeader& header = plan.header();
    std::vector<std::uint64_t> bytes;
    if (header.tableFormat == TableFormat::Parquet || header.tableFormat == TableFormat::DeltaLake) {
        return bytes;
    }
    bytes.reserve(plan.count());
    const fs::path root(header.root);
    for (std::uint32_t i = 0; i < plan.count(); ++i) {
        const std::string_view line = plan.line(MiniBatchIndex(i));
        const LineContent content = readLine(line, false);
        std::uint64_t sum = content.hasSlices ? content.amount : 0;
        if (!content.hasSlices) {
            for (const auto& path : pathsOfLine(line)) {
                std::error_code isGone;
                const auto size = fs::file_size(root / path, isGone);
                sum += isGone ? 0 : size;
            }
        }
        bytes.push_back(sum);
    }
    return bytes;
}

} // namespace sheaf::plan
