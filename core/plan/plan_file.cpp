// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/plan_file.h"

#include "core/base/fingerprint.h"
#include "core/base/paths.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sheaf::plan {

namespace {

constexpr int kFormat = 1;

tl::unexpected<Error> changed(const std::filesystem::path& dir, const std::string& reason)
{
    return fail(ErrorCode::PlanChanged,
        { { "step", dir.filename().string() }, { "path", dir.string() }, { "reason", reason } });
}

} // namespace

/// The mapped bytes of plan.jsonl and where its lines begin (the last place is the file's end).
struct PlanFile::Map
{
    const char* bytes = nullptr;
    std::size_t size = 0;
    std::vector<std::uint64_t> begins;

    Map() = default;
    Map(const Map&) = delete;
    Map& operator=(const Map&) = delete;
    ~Map()
    {
        if (bytes != nullptr) {
            ::munmap(const_cast<char*>(bytes), size);
        }
    }

    [[nodiscard]] std::string_view text() const { return { bytes, size }; }

    Result<void> open(const std::string& path)
    {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        struct stat status
        {
        };
        if (descriptor < 0 || ::fstat(descriptor, &status) != 0) {
            const int error = errno;
            if (descriptor >= 0) {
                ::close(descriptor);
            }
            return failErrno(path, error);
        }
        size = static_cast<std::size_t>(status.st_size);
        void* mapped
            = size > 0 ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0) : nullptr;
        const int error = errno;
        ::close(descriptor);
        if (mapped == MAP_FAILED) {
            return failErrno(path, error);
        }
        bytes = static_cast<const char*>(mapped);
        return {};
    }

    void findLines(std::uint32_t expected)
    {
        begins.reserve(static_cast<std::size_t>(expected) + 1);
        begins.push_back(0);
        const std::string_view all = text();
        for (std::size_t newline = all.find('\n'); newline != std::string_view::npos;
             newline = all.find('\n', newline + 1)) {
            begins.push_back(newline + 1);
        }
    }
};

PlanFile::PlanFile()
    : m_map(std::make_unique<Map>())
{
}

PlanFile::PlanFile(PlanFile&&) noexcept = default;
PlanFile& PlanFile::operator=(PlanFile&&) noexcept = default;
PlanFile::~PlanFile() = default;

Result<PlanFile> PlanFile::open(const std::filesystem::path& dir)
{
    const auto text = paths::readFile(dir / "plan.json");
    if (!text) {
        return tl::unexpected<Error>(text.error());
    }
    auto header = json::deserialize<PlanHeader>(*text, (dir / "plan.json").string());
    if (!header) {
        return tl::unexpected<Error>(header.error());
    }
    PlanFile plan;
    plan.m_header = std::move(*header);
    if (plan.m_header.format != kFormat) {
        return changed(dir, "it is of format " + std::to_string(plan.m_header.format));
    }
    if (auto opened = plan.m_map->open((dir / "plan.jsonl").string()); !opened) {
        return tl::unexpected<Error>(opened.error());
    }
    Fingerprint fingerprint;
    fingerprint.add(plan.m_map->text());
    if (fingerprint.value() != plan.m_header.fingerprint) {
        return changed(dir, "plan.jsonl is not the file that plan.json describes");
    }
    plan.m_map->findLines(plan.m_header.miniBatches);
    if (plan.m_map->begins.size() != std::size_t { plan.m_header.miniBatches } + 1) {
        return changed(dir, "plan.jsonl has another number of lines than plan.json says");
    }
    return plan;
}

std::string_view PlanFile::line(MiniBatchIndex index) const
{
    if (index.value >= count()) {
        return {};
    }
    const std::uint64_t begin = m_map->begins[index.value];
    return m_map->text().substr(begin, m_map->begins[index.value + 1] - begin - 1);
}

} // namespace sheaf::plan
