// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/input_stamps.h"

#include "core/plan/plan_line.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <optional>

namespace sheaf::plan {

namespace {

std::optional<boost::json::array> stampOf(const std::string& file)
{
    struct stat status
    {
    };
    if (::stat(file.c_str(), &status) != 0) {
        return std::nullopt;
    }
    const std::int64_t nanos
        = std::int64_t { status.st_mtim.tv_sec } * 1'000'000'000 + status.st_mtim.tv_nsec;
    return boost::json::array { std::int64_t { status.st_size }, nanos };
}

} // namespace

void addStamp(PlanHeader& header, std::string_view relative, const std::string& full)
{
    if (auto stamp = stampOf(full); stamp && readableText(relative) == relative) {
        if (!header.inputFiles.is_object()) {
            header.inputFiles = boost::json::object();
        }
        header.inputFiles.get_object()[relative] = std::move(*stamp);
    }
}

Result<void> checkStamps(const PlanHeader& header)
{
    if (!header.inputFiles.is_object()) {
        return {};
    }
    for (const auto& [relative, stamp] : header.inputFiles.get_object()) {
        const std::string file = (std::filesystem::path(header.root) / std::string(relative)).string();
        const auto now = stampOf(file);
        if (!now || *now != stamp) {
            return fail(ErrorCode::InputChanged, { { "path", file } });
        }
    }
    return {};
}

} // namespace sheaf::plan
